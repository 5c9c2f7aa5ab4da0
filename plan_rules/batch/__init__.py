"""Whole tables answered where they are: in DuckDB, Polars, Spark or PostgreSQL, through ibis.

    con = ibis.duckdb.connect()
    said = plan_rules.batch.answers(plan, con.read_parquet("archive.parquet"))
    said.group_by("tier").count().to_pandas()

Needs `pip install 'plan-rules[batch]'`.  What the columns are: docs/explanation/columns.md.
"""

from plan_rules.batch.answering import SEPARATOR, TableInvalid, answer_names, answers, answers_in_parts, input_names

__all__ = ["SEPARATOR", "TableInvalid", "answer_names", "answers", "answers_in_parts", "input_names"]
