"""The dialects of SQL that a plan is written in, and in what they differ beyond their spelling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from plan_rules.errors import Message, ToldError
from plan_rules.sql.reserved import ANY, ORACLE


@dataclass(frozen=True, slots=True)
class Dialect:
    """One dialect, by the name that sqlglot has for it.

    `numbers`: it has no booleans in columns; they are 1, 0 and null.  `widest`: how many columns a select may have;
    `widest_table`: a table, where that is fewer.
    `fence` ends a stage so that the optimiser does not copy it into every place that reads it.  `exact`: text is
    compared byte for byte only where it is made bytes.  `replaces`: it has CREATE OR REPLACE VIEW.  `dots`: names of
    columns may hold dots.
    """

    name: str
    databases: str
    numbers: bool = False
    widest: int = 100_000
    fence: str = ""
    exact: bool = True
    replaces: bool = True
    dots: bool = True
    widest_table: int = 100_000

    def reserves(self, word: str) -> bool:
        """Is the word no plain name?"""
        return word.lower() in (ORACLE if self.name == "oracle" else ANY)


_ALL = (
    Dialect("duckdb", "DuckDB"),
    Dialect("postgres", "PostgreSQL", widest=1600, fence="OFFSET 0", replaces=False),
    Dialect(
        "mysql", "MySQL 8, MariaDB", widest=4000, widest_table=1017, fence="LIMIT 9223372036854775807", exact=False
    ),
    Dialect("oracle", "Oracle", numbers=True, widest=1000),
    Dialect("hive", "Hive", replaces=False, dots=False),
    Dialect("spark", "Spark SQL"),
    Dialect("sqlite", "SQLite", widest=1990, fence="LIMIT -1", replaces=False),
    Dialect("tsql", "SQL Server", numbers=True, widest=1000),
    Dialect("trino", "Trino"),
    Dialect("doris", "Apache Doris"),
    Dialect("starrocks", "StarRocks"),
)
DIALECTS: Mapping[str, Dialect] = MappingProxyType({each.name: each for each in _ALL})


class DialectUnknown(ToldError, ValueError):
    """No dialect has this name."""

    def __init__(self, name: str) -> None:
        known = "; ".join(f"{each.name} ({each.databases})" for each in _ALL)
        super().__init__(
            Message(f"没有方言“{name[:40]}”; 可用: {known}", f"there is no dialect `{name[:40]}`; use one of: {known}")
        )


def dialect(name: str) -> Dialect:
    """The dialect of this name.  Raises DialectUnknown."""
    if name not in DIALECTS:
        raise DialectUnknown(name)
    return DIALECTS[name]
