"""The query of a part's rows that a plan refuses, a line for each reason: source, row, id, code, fact, plans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from plan_rules.backtest.answered import NAMES, Asked, reasons
from plan_rules.backtest.part import Part, literal, quoted
from plan_rules.backtest.reasons import MALFORMED

HEADER = ("source", "row", "id", "code", "fact", "plans", "reason")


def rejecting(asked: Sequence[Asked], source: str, answered: str) -> str:
    """The query, in the order of the rows; values are not told."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for index, each in enumerate(asked):
        for key, sql in reasons(each, f"{index}.").items():
            found.setdefault(key, []).append((NAMES[len(asked)][index], sql))
    cases = []
    for (code, fact), plans in found.items():
        which = ", ".join(f"CASE WHEN {sql} THEN {literal(name)} END" for name, sql in plans)
        row = f"{{'code': {literal(code)}, 'fact': {literal(fact)}, 'plans': concat_ws(' ', {which})}}"
        cases.append(f"CASE WHEN {' OR '.join(sql for _, sql in plans)} THEN {row} END")
    if not cases:
        return f"SELECT '', 0, '', '', '', '' FROM ({answered}) LIMIT 0"  # noqa: S608
    row, id_ = quoted("#row"), quoted("#id")
    why = f"unnest(list_filter([{', '.join(cases)}], lambda x: x IS NOT NULL)) AS why"
    told = f"SELECT {row}, {id_}, {why} FROM ({answered})"  # noqa: S608  names and texts are quoted
    return (
        f"SELECT {literal(source)}, {row}, {id_}, why.code, why.fact, why.plans FROM ({told}) "  # noqa: S608
        f"ORDER BY {row}, why.code, why.fact"
    )


def malformed_lines(part: Part) -> list[list[Any]]:
    """The lines of the rows that are no rows of the table."""
    return [[part.source, number, str(number), MALFORMED, "", ""] for number in part.malformed]
