"""Rows of a part, decided again by durable_rules -> nothing, or the ids of rows that the batch answers otherwise."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from typing import Any

from plan_rules.backtest.answered import Asked, accepted, reasons
from plan_rules.backtest.cells import Unstated, stated
from plan_rules.backtest.layout import Layout
from plan_rules.backtest.part import ROW, literal, quoted
from plan_rules.columns.formula import Type
from plan_rules.deciding import decide
from plan_rules.errors import FactsInvalid, Message, ToldError
from plan_rules.fact import Kind
from plan_rules.fact_values import FactDefect
from plan_rules.plan import Plan

_MOST_NAMED = 20


class ReplayDisagrees(ToldError):
    """The batch and durable_rules answer a row differently: the counts cannot be trusted."""


def chosen(known: str, so_far: Sequence[int], most: int) -> str:
    """The query of the numbers of the rows to replay: their mixed numbers are among the lowest that were seen.

    `known` is the query of what rows are known by.
    """
    bound = f"WHERE {quoted('#mixed')} < {max(so_far)}" if len(so_far) >= most else ""
    order = f"ORDER BY {quoted('#mixed')}, {quoted('#row')} LIMIT {most}"
    return f"SELECT {quoted('#row')} FROM ({known}) {bound} {order}"  # noqa: S608  names are quoted


def among(rows: str, numbers: Sequence[int]) -> str:
    """The query, in brackets, of the rows of these numbers."""
    listed = f"SELECT unnest([{', '.join(map(str, numbers))}]::BIGINT[])"
    return f"(SELECT * FROM {rows} WHERE {quoted(ROW)} IN ({listed}))"  # noqa: S608  numbers, and names that are quoted


def lowest(so_far: Sequence[int], more: Sequence[int], most: int) -> list[int]:
    """The mixed numbers that the next part's rows are held to."""
    return heapq.nsmallest(most, (*so_far, *more))


def replaying(asked: Sequence[Asked], layout: Layout, answered: str) -> str:
    """The query of what has to agree: the row, its cells, and for each plan (accepted, tier, reasons, answers)."""
    columns = [quoted("#mixed"), quoted("#row"), quoted("#id"), *(quoted(f"#text {fact}") for fact in layout.facts)]
    for index, each in enumerate(asked):
        prefix = f"{index}."
        columns += [accepted(index), quoted(prefix + each.program.of_kind("tier")[0].name)]
        columns.append(_true({f"{code} {fact}": sql for (code, fact), sql in reasons(each, prefix).items()}))
        columns.append(
            _true(
                {
                    f"{a.kind} {a.subject}": quoted(prefix + a.name)
                    for a in each.program.answers
                    if _is_told(a.kind, a.type)
                }
            )
        )
    return f"SELECT {', '.join(columns)} FROM ({answered}) ORDER BY 1, 2"  # noqa: S608  names and texts are quoted


def _is_told(kind: str, type_: Type) -> bool:
    return type_ is Type.BOOLEAN and kind in ("clause", "duty", "prohibition", "permission", "handoff")


def _true(conditions: Mapping[str, str]) -> str:
    """The SQL of the list of the names whose condition is true."""
    names = ", ".join(f"CASE WHEN {sql} THEN {literal(name)} END" for name, sql in conditions.items())
    return f"list_filter([{names}], lambda x: x IS NOT NULL)" if names else "[]"


def replayed(
    asked: Sequence[Asked], layout: Layout, readings: Mapping[str, str], rows: Sequence[Sequence[Any]], source: str
) -> list[int]:
    """The mixed numbers of the rows.  Raises ReplayDisagrees with the ids of those that are answered differently."""
    wrong = []
    for mixed, number, id_, *rest in rows:
        texts = dict(zip(layout.facts, rest, strict=False))
        answers = rest[len(texts) :]
        for index, each in enumerate(asked):
            taken, tier, why, told = answers[4 * index : 4 * index + 4]
            said = (tier, frozenset(told)) if taken else frozenset(why)
            if not _agree(said, _decided(each.plan, layout, readings, texts)):
                wrong.append((mixed, f"{id_} ({source} {number})"))
    if wrong:
        ids = [text for _, text in wrong]
        shown = "、".join(ids[:_MOST_NAMED])
        raise ReplayDisagrees(
            Message(
                f"抽样重放不一致, 统计不可用: {len(ids)} 行, {shown}",
                f"the replay disagrees, so the counts cannot be used: {len(ids)} rows, {', '.join(ids[:_MOST_NAMED])}",
            )
        )
    return [row[0] for row in rows]


def _agree(said: Any, decided: Any) -> bool:
    """The same answer; or both refuse it, and every reason that `decide` names is among the batch's."""
    if isinstance(decided, frozenset):
        names = {name.partition(" ")[0] for name in said} if isinstance(said, frozenset) else set()
        return bool(names) and decided <= names
    return bool(said == decided)


def _decided(plan: Plan, layout: Layout, readings: Mapping[str, str], texts: Mapping[str, str | None]) -> Any:
    """(tier, what is told), or the codes for which the row is refused."""
    facts: dict[str, Any] = {}
    codes = set()
    for id_, (_, column) in layout.facts.items():
        if id_ not in plan.facts:
            continue
        try:
            value = stated(plan.facts[id_], column, texts[id_], plan)
        except FactDefect as defect:
            codes.add(defect.diagnostic.code)
            continue
        if not isinstance(value, Unstated):
            facts[id_] = value
    if codes:
        return frozenset(codes)
    if readings:
        facts |= {fact.id: dict(readings) for fact in plan.facts.values() if fact.kind is Kind.READINGS}
    try:
        decision = decide(plan, facts)
    except FactsInvalid as refused:
        return frozenset(found.code for found in refused.diagnostics)
    told = [f"clause {clause}" for clause in decision.fired]
    told += [f"duty {duty.action}" for duty in decision.in_force]
    told += [f"prohibition {each.action}" for each in decision.prohibitions]
    told += [f"permission {each.action}" for each in decision.allowed]
    told += [f"handoff {each.plan}" for each in decision.handoffs]
    return decision.tier.id if decision.tier else None, frozenset(told)
