"""(Plans, Layout of a source) -> the query of its rows with what each plan answers, and the measures that are counted.

A row has `#row`, `#id`, `#mixed` (a number that looks drawn and is not: which rows are shown and replayed is its
choice), `#by0` and on; of plan 0 the inputs and definitions of its program under names that begin with `0.`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from plan_rules.backtest.cells import BLANKS, Cell, bare, cell, typed_cell
from plan_rules.backtest.discretion import resting, sensitive
from plan_rules.backtest.layout import By, Layout
from plan_rules.backtest.lowered import selected
from plan_rules.backtest.part import ROW, literal, quoted
from plan_rules.backtest.tally import Measure
from plan_rules.columns import Program, lower
from plan_rules.columns.formula import Type
from plan_rules.columns.program import NONE, UNKNOWN, VALUE
from plan_rules.plan import Plan

NAMES = {1: ("plan",), 2: ("old", "new")}  # what the plans are called
DEMANDS = ("duty", "prohibition", "permission", "handoff")
_PRIME = 2147483647
_LONGEST = 80  # characters of an id or a group that are shown


@dataclass(frozen=True, slots=True)
class Asked:
    """One plan, under these readings, and what a source has for it."""

    plan: Plan
    program: Program
    cells: Mapping[str, Cell]  # by fact

    @classmethod
    def of(cls, plan: Plan, readings: Mapping[str, str], layout: Layout, number: int) -> Asked:
        """What is asked of a source by one plan."""
        facts = {fact: plan.facts[fact] for fact in layout.facts if fact in plan.facts}
        given = [name for fact in facts for name in (fact, f"{fact}__{UNKNOWN}", f"{fact}__{NONE}")]
        cells = {
            id_: typed_cell(fact, quoted(f"#typed {id_}"))
            if layout.typed(fact)
            else cell(fact, layout.facts[id_][1], quoted(f"#text {id_}"), f"#cell {number} {id_}")
            for id_, fact in facts.items()
        }
        return cls(plan, lower(plan, readings, given), cells)

    def steps(self) -> Iterator[list[str]]:
        """The SQL of what is worked out of the cells first, a step after the other."""
        for step in range(2):
            late = [(None, None, *found.steps)[-2:][step] for found in self.cells.values()]  # the value comes last
            yield [f"{sql} AS {quoted(name)}" for name, sql in filter(None, late)]

    def inputs(self, prefix: str) -> Iterator[str]:
        """The SQL of the program's inputs, and of whether a cell is unreadable."""
        for given in self.program.inputs:
            found = self.cells[given.fact]
            sql = {VALUE: found.value, UNKNOWN: found.unknown, NONE: found.none}[given.part]
            yield f"{sql} AS {quoted(prefix + given.name)}"
        for fact, found in self.cells.items():
            if found.unreadable != "false":
                yield f"{found.unreadable} AS {quoted(f'{prefix}#unreadable {fact}')}"

    def unreadable(self, prefix: str) -> dict[str, str]:
        """By fact: the SQL of whether its cell is unreadable."""
        return {
            fact: quoted(f"{prefix}#unreadable {fact}")
            for fact, found in self.cells.items()
            if found.unreadable != "false"
        }


def answered(asked: Sequence[Asked], layout: Layout, source: str, rows: str) -> str:
    """The query over `rows`, which is a table or a query in brackets; for no plan, of what rows are known by."""
    known = {fact.id: fact for each in asked for fact in each.plan.facts.values()}
    texts = [
        f"{bare(known[fact], f'CAST({quoted(column)} AS VARCHAR)')} AS {quoted(f'#text {fact}')}"
        for fact, (column, _) in layout.facts.items()
        if fact in known
    ]
    texts += [
        f"{quoted(column)} AS {quoted(f'#typed {fact}')}"
        for fact, (column, found) in layout.facts.items()
        if column in layout.kinds and not found.values
    ]
    kept = [quoted(ROW), *_named(layout, source)]
    query = f"SELECT {', '.join([*kept, *texts])} FROM {rows}"  # noqa: S608  every name and text is quoted
    for step in zip(*(each.steps() for each in asked), strict=True):
        query = _with(query, [sql for columns in step for sql in columns])
    query = _with(query, [sql for index, each in enumerate(asked) for sql in each.inputs(f"{index}.")])
    for index, each in enumerate(asked):
        query = selected(each.program, query, f"{index}.")
    return _with(query, [f"{_accepting(each, f'{index}.')} AS {accepted(index)}" for index, each in enumerate(asked)])


def _with(query: str, columns: Sequence[str]) -> str:
    return f"SELECT *, {', '.join(columns)} FROM ({query})" if columns else query  # noqa: S608


def accepted(index: int) -> str:
    """The column that says whether plan `index` takes the row."""
    return quoted(f"#accepted {index}")


def _named(layout: Layout, source: str) -> Iterator[str]:
    """The columns by which a row is known and grouped."""
    number = f"CAST({quoted(ROW)} AS VARCHAR)"
    text = (
        f"left(nullif(trim(CAST({quoted(layout.id)} AS VARCHAR), {literal(BLANKS)}), ''), {_LONGEST})"
        if layout.id
        else ""
    )
    yield f"{f'coalesce({text}, {number})' if text else number} AS {quoted('#id')}"
    salt = int.from_bytes(sha256(source.encode()).digest()[:4], "big") % _PRIME
    drawn = f"((({quoted(ROW)} + {salt}) % {_PRIME}) * 48271) % {_PRIME}"
    yield f"(xor({drawn}, ({drawn}) >> 15) * 69621) % {_PRIME} AS {quoted('#mixed')}"
    for index, by in enumerate(layout.by):
        yield f"{_group(by) if by else literal('')} AS {quoted(f'#by{index}')}"


def _group(by: By) -> str:
    text = f"trim(CAST({quoted(by.column)} AS VARCHAR), {literal(BLANKS)})"
    if by.characters:
        day = r"([0-9]{4})(?:[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})|([0-9]{2})([0-9]{2})).*"
        parts = [f"regexp_extract({text}, {literal(day)}, {group})" for group in range(1, 6)]
        year, month, date, month_8, date_8 = parts
        found = f"{year} || '-' || lpad({month} || {month_8}, 2, '0') || '-' || lpad({date} || {date_8}, 2, '0')"
        text = f"CASE WHEN regexp_full_match({text}, {literal(day)}) THEN left({found}, {by.characters}) ELSE '?' END"
    return f"left(coalesce({text}, ''), {_LONGEST})"


# --------------------------------------------------------------------------- what is counted


def measures(asked: Sequence[Asked]) -> tuple[Measure, ...]:
    """Everything that is counted of the rows of `answered`."""
    found = [Measure(("rows",), "true")]
    for index, each in enumerate(asked):
        found += _of_plan(each, f"{index}.", NAMES[len(asked)][index], accepted(index))
    if len(asked) == 2:
        found += _of_change(asked)
    return tuple(found)


def _accepting(asked: Asked, prefix: str) -> str:
    """The SQL of whether a plan takes the row."""
    rejected = quoted(prefix + asked.program.of_kind("rejected")[0].name)
    return " AND ".join([f"{rejected} IS NULL", *(f"NOT {sql}" for sql in asked.unreadable(prefix).values())])


def reasons(asked: Asked, prefix: str) -> dict[tuple[str, str], str]:
    """By code and fact ('' where it is about several): the SQL of whether the row is set aside for it."""
    found = {(asked.cells[fact].code, fact): sql for fact, sql in asked.unreadable(prefix).items()}
    for each in asked.program.rejections:
        sql, key = quoted(prefix + each.column), (each.code, each.fact)
        found[key] = f"({found[key]} OR {sql})" if key in found else sql
    return found


def _of_plan(asked: Asked, prefix: str, name: str, taken: str) -> Iterable[Measure]:
    yield Measure((name, "accepted"), taken)
    for (code, fact), sql in reasons(asked, prefix).items():
        yield Measure((name, "set_aside", code, fact), sql)
    tier = quoted(prefix + asked.program.of_kind("tier")[0].name)
    for each in (*asked.plan.tiers, ""):
        yield Measure((name, "tier", each), f"{taken} AND {_is(tier, each)}")
    for answer in asked.program.answers:
        if answer.type is Type.BOOLEAN and answer.kind != "rejected":
            sql = quoted(prefix + answer.name)
            yield Measure((name, answer.kind, answer.subject), f"{taken} AND {sql}")
            if answer.kind == "clause":
                yield Measure((name, "open", answer.subject), f"{taken} AND {sql} IS NULL")


def _of_change(asked: Sequence[Asked]) -> Iterable[Measure]:
    """What the plans say differently of a row; rows are named for what no sensitive fact has a part in."""
    facts = sensitive(each.plan for each in asked)
    secret = [resting(each.program, facts) for each in asked]
    for name, refusing in (("refused", 1), ("taken", 0)):
        where = f"{accepted(1 - refusing)} AND NOT {accepted(refusing)}"
        why = _openly(asked[refusing], f"{refusing}.", secret[refusing])
        yield Measure((name,), where, f"{where} AND ({why})" if why else "false")
    both = f"{accepted(0)} AND {accepted(1)}"
    yield Measure(("compared",), both)
    changes = list(_changes(asked, secret))
    openly = " OR ".join(sql for _, sql, named in changes if named)
    yield Measure(
        ("changed",),
        f"{both} AND ({' OR '.join(sql for _, sql, _ in changes) or 'false'})",
        f"{both} AND ({openly})" if openly else "false",
    )
    for key, sql, named in changes:
        yield Measure(key, f"{both} AND {sql}", f"{both} AND {sql}" if named else "false")


def _openly(asked: Asked, prefix: str, secret: Collection[str]) -> str:
    """The SQL of whether a row is set aside for a reason that no sensitive fact has a part in."""
    hidden = {(each.code, each.fact) for each in asked.program.rejections if each.column in secret}
    return " OR ".join(sql for key, sql in reasons(asked, prefix).items() if key not in hidden)


def _changes(asked: Sequence[Asked], secret: Sequence[Collection[str]]) -> Iterator[tuple[tuple[str, ...], str, bool]]:
    """By key: the SQL of what a row that both plans take has otherwise under the new one; may the row be named?"""
    old, new = asked
    tiers = [each.program.of_kind("tier")[0].name for each in asked]
    named = not any(tier in hidden for tier, hidden in zip(tiers, secret, strict=True))
    was, is_ = (quoted(f"{index}.{tier}") for index, tier in enumerate(tiers))
    for before in (*old.plan.tiers, ""):
        for after in (*new.plan.tiers, ""):
            if before != after:
                yield ("tier", before, after), f"({_is(was, before)} AND {_is(is_, after)})", named
    for kind in DEMANDS:
        sides = [{answer.subject: answer.name for answer in each.program.of_kind(kind)} for each in asked]
        for subject in dict.fromkeys((*sides[1], *sides[0])):
            names = [side.get(subject, "") for side in sides]
            named = not any(name in hidden for name, hidden in zip(names, secret, strict=True))
            before, after = (
                f"coalesce({quoted(f'{index}.{name}')}, false)" if name else "false" for index, name in enumerate(names)
            )
            if before != "false":
                yield ("lost", kind, subject), f"({before} AND NOT {after})", named
            if after != "false":
                yield ("gained", kind, subject), f"({after} AND NOT {before})", named


def _is(column: str, value: str) -> str:
    return f"{column} IS NOT DISTINCT FROM {literal(value) if value else 'NULL'}"
