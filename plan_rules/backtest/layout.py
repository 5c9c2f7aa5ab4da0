"""(Columns of a source, plans, mapping, options) -> Layout: what each column is, and what no column is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from plan_rules.backtest.cells import Column
from plan_rules.backtest.discretion import sensitive
from plan_rules.backtest.part import ArchiveUnreadable, unreadable
from plan_rules.errors import Message
from plan_rules.fact import Fact, Kind
from plan_rules.fact_values import label_to_id
from plan_rules.plan import Plan
from plan_rules.suggestion import did_you_mean

_PARTS = {"year": 4, "年": 4, "month": 7, "月": 7, "day": 10, "日": 10}  # characters of 2025-03-10


@dataclass(frozen=True, slots=True)
class By:
    """A dimension: a column, or the first characters of the day that stands in it."""

    column: str
    characters: int = 0

    @classmethod
    def named(cls, text: str, columns: Sequence[str]) -> By:
        """`branch`, or `month:received_on`."""
        part, colon, column = text.partition(":")
        if text not in columns and colon and part in _PARTS:
            return cls(column, _PARTS[part])
        return cls(text)


@dataclass(frozen=True, slots=True)
class Layout:
    """What the columns of one source are.

    `facts` are the columns of the facts by id, `by` those of the dimensions (None: the source has none), `id` that of
    the row's id; `unused` are no fact of any plan and nothing else.
    """

    facts: Mapping[str, tuple[str, Column]]
    by: tuple[By | None, ...]
    id: str | None
    unused: tuple[str, ...]
    kinds: Mapping[str, Kind] = field(default_factory=dict)  # of the columns that are no text

    def typed(self, fact: Fact) -> bool:
        """Does the fact's column hold its values as they are?"""
        name, column = self.facts[fact.id]
        return not column.values and self.kinds.get(name) is fact.kind

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read."""
        named = [column for column, _ in self.facts.values()]
        named += [by.column for by in self.by if by] + ([self.id] if self.id else [])
        return tuple(dict.fromkeys(named))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of every source."""

    plans: tuple[Plan, ...]
    mapping: Mapping[str, Column]
    by: tuple[str, ...] = ()
    id: str | None = None


def layout_of(name: str, columns: Sequence[str], wanted: Wanted, kinds: Mapping[str, Kind] | None = None) -> Layout:
    """The layout of a source.  Raises ArchiveUnreadable where it has no fact, or two columns of one."""
    facts: dict[str, tuple[str, Column]] = {}
    named = _named(wanted.plans)
    for column in columns:
        found = wanted.mapping.get(column) or Column(named.get(column))
        if found.fact is None:
            continue
        if found.fact in facts:
            other = facts[found.fact][0]
            raise unreadable(
                name,
                f"“{other}”和“{column}”两列是同一个事实; 在列对照文件里给其中一列写“不用”",
                f"columns `{other}` and `{column}` are the same fact; write `unused` for one in the mapping file",
            )
        facts[found.fact] = (column, found)
    by = tuple(By.named(text, columns) for text in wanted.by)
    _not_sensitive(name, facts, [each.column for each in by] + ([wanted.id] if wanted.id else []), wanted.plans)
    if not facts:
        raise _no_fact(name, columns, named)
    if wanted.id is not None and wanted.id not in columns:
        raise _no_column(name, "--id", wanted.id, columns)
    used = {column for column, _ in facts.values()} | {each.column for each in by} | {wanted.id}
    ignored = {column for column, found in wanted.mapping.items() if found.fact is None}
    return Layout(
        facts,
        tuple(each if each.column in columns else None for each in by),
        wanted.id,
        tuple(column for column in columns if column not in used | ignored),
        kinds or {},
    )


def asked_for(layouts: Mapping[str, Layout], columns: Sequence[str], wanted: Wanted) -> None:
    """Raises ArchiveUnreadable for a dimension or a mapped column that no source has."""
    for index, text in enumerate(wanted.by):
        if not any(layout.by[index] for layout in layouts.values()):
            raise _no_column("--by", "--by", By.named(text, columns).column, columns)
    for column in wanted.mapping:
        if column not in columns:
            raise _no_column("--mapping", "--mapping", column, columns)


def _named(plans: Sequence[Plan]) -> dict[str, str]:
    """The names a column may have: ids, and the plans' own names."""
    found: dict[str, str] = {}
    for plan in plans:
        found |= {label: id_ for label, id_ in label_to_id(plan).items() if _has_column(plan.facts[id_])}
    for plan in plans:
        found |= {fact.id: fact.id for fact in plan.facts.values() if _has_column(fact)}
    return found


def _has_column(fact: Fact) -> bool:
    return fact.kind is not Kind.READINGS


def _not_sensitive(
    name: str, facts: Mapping[str, tuple[str, Column]], shown: Sequence[str], plans: Sequence[Plan]
) -> None:
    """What is marked sensitive is not shown, neither as a group nor as an id."""
    hidden = sensitive(plans)
    for fact, (column, _) in facts.items():
        if fact in hidden and column in shown:
            raise unreadable(
                name,
                f"“{column}”是敏感事实, 不能用作 --by 或 --id",
                f"`{column}` is a sensitive fact; it cannot be used as --by or --id",
            )


def _no_fact(name: str, columns: Sequence[str], named: Mapping[str, str]) -> ArchiveUnreadable:
    hints = (did_you_mean(column, named) for column in columns[:20])
    zh, en = next((hint for hint in hints if hint), ("", ""))
    shown = "、".join(column[:20] for column in columns[:6])
    return unreadable(
        name,
        f"没有一列是预案的事实(列: {shown}); {zh or '列名写事实的编号或名称, 或用 --mapping 给出列对照文件'}",
        f"none of its columns is a fact of the plan (columns: {shown}); "
        f"{en or 'name columns by ids or names of facts, or give a mapping file with --mapping'}",
    )


def _no_column(name: str, option: str, column: str, columns: Sequence[str]) -> ArchiveUnreadable:
    shown = column[:60]
    zh, en = did_you_mean(column, columns) or (
        "有这些列: " + "、".join(each[:30] for each in columns[:20]),
        "columns: " + ", ".join(each[:30] for each in columns[:20]),
    )
    return ArchiveUnreadable(
        Message(
            f"{name}: 没有 {option} 所说的列“{shown}”; {zh}", f"{name}: no column `{shown}` as {option} asks for; {en}"
        )
    )
