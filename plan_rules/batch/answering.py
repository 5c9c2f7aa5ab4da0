"""(Plan, an ibis table of incidents) -> the table of their answers, or several tables, on any backend of ibis."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, Literal, get_args

from plan_rules.columns import Input, Program, lower
from plan_rules.columns.coding import coded
from plan_rules.columns.formula import Type, balanced
from plan_rules.columns.slicing import handed_on, restricted, split, width
from plan_rules.errors import Message, ToldError
from plan_rules.extra import from_extra
from plan_rules.plan import Plan

with from_extra("batch"):
    import ibis
    import ibis.expr.types as ir

    from plan_rules.batch.expressions import DTYPES, expression

SEPARATOR = ";"
_EVERY_ROW = 2**62
_TEXTS_AS_FAST = frozenset({"duckdb"})  # where choosing a number for a text costs more than it saves
Form = Literal["columns", "lists"]
_LISTS = {
    "clauses": ("clause",),
    "duties": ("duty",),
    "prohibitions": ("prohibition",),
    "permissions": ("permission",),
    "handoffs": ("handoff",),
}


# Columns that a select of a backend may have: of PostgreSQL 1,664, but what is to be stored may have 1,600.
WIDEST: Mapping[str, int] = MappingProxyType({"postgres": 1600})


class TableInvalid(ToldError, ValueError):
    """A table does not have what is needed of it, has a column that cannot be taken, or cannot be answered at once."""


def answers(
    plan: Plan,
    table: ir.Table,
    *,
    readings: Mapping[str, str] | None = None,
    form: Form = "columns",
    keep: Collection[str] | None = None,
    only: Collection[str] | None = None,
) -> ir.Table:
    """What the plan says of every row of the table: an unexecuted table on the same backend.

    The columns of `table` are those of `plan_rules.columns`: facts by id, `FACT__unknown`, `FACT__none`; any may be
    missing.  Other columns are kept beside the answers, or those that `keep` names.  The answers are one column each
    (`rejected`, `tier`, `clause_三.3.c`, `duty_call_police`, ...), all or those that `only` names; in the form `lists`
    they are few: what is true, as text with `;` between, in `clauses`, `duties`, `prohibitions`, `permissions`,
    `handoffs`; what is open in `open_clauses`, `open_duties`, ...; what waits as `action=state` in `pending_duties`,
    `pending_permissions`.

    Raises TableInvalid for columns of the wrong type, of names that answers have or of which there are more than the
    backend holds at once (see `answers_in_parts`), ReadingInvalid for readings that the plan does not have.
    """
    if form not in get_args(Form):
        raise TableInvalid(Message("form 写 columns 或 lists", "form is `columns` or `lists`"))
    program = lower(plan, readings, frozenset(table.columns))
    kept, wanted = _kept(program, table, keep), _wanted(program, only, form)
    _narrow_enough(wanted, table, len(kept), form)
    return _answered(wanted, _conformed(program, table, kept), kept, form)


def answers_in_parts(
    plan: Plan,
    table: ir.Table,
    *,
    readings: Mapping[str, str] | None = None,
    keep: Collection[str] | None = None,
    only: Collection[str] | None = None,
    widest: int | None = None,
) -> tuple[ir.Table, ...]:
    """As `answers` in columns, but in as many tables as the backend needs, each of all rows and some of the answers.

    Every table has the columns that are kept: keep one that tells the rows apart, for tables have no order.  `widest`
    is the most columns that a select may have; without it what is known of the backend, and where nothing is, there
    is one table.  Raises TableInvalid, ReadingInvalid, and TooWide where one answer alone needs more columns at once.
    """
    program = lower(plan, readings, frozenset(table.columns))
    kept, wanted = _kept(program, table, keep), _wanted(program, only, "columns")
    most = WIDEST.get(table.get_backend().name) if widest is None else widest
    parts = (wanted,) if most is None else split(wanted, most - len(kept))
    conformed = _conformed(program, table, kept)
    return tuple(_answered(part, conformed, kept, "columns") for part in parts)


def _wanted(program: Program, only: Collection[str] | None, form: Form) -> Program:
    """The program of the answers that are wanted, with nothing that they do not need."""
    if only is None:
        return restricted(program, program.answers)
    if form == "lists":
        raise TableInvalid(
            Message(
                "only 写的是答案的列, 只能与 form='columns' 一起用",
                "`only` names columns of answers: use it with form='columns'",
            )
        )
    sought, known = frozenset(only), {each.name for each in program.answers}
    unknown = [name for name in only if name not in known]
    if unknown or not only:
        shown = unknown[0] if unknown else ""
        raise TableInvalid(
            Message(
                f"预案没有答案“{shown}”; answer_names(plan) 列出所有答案",
                f"the plan has no answer `{shown}`; answer_names(plan) lists them all",
            )
        )
    return restricted(program, [each for each in program.answers if each.name in sought])


def _narrow_enough(program: Program, table: ir.Table, kept: int, form: Form) -> None:
    """Raises TableInvalid, with what to do, where the backend does not hold so many columns at once."""
    backend = table.get_backend().name
    most, needed = WIDEST.get(backend), kept + (width(program) if form == "columns" else _handed(program))
    if most is not None and needed > most:
        raise TableInvalid(
            Message(
                f"{backend} 一次至多 {most} 列, 这里要 {needed} 列; 用 answers_in_parts 分成几张表, "
                "或用 only= 只要几项答案",
                f"{backend} holds at most {most} columns at once, and {needed} are needed here: get several tables by "
                "answers_in_parts, or some of the answers by only=",
            )
        )


def _handed(program: Program) -> int:
    """The most columns that one stage hands on."""
    return max(map(len, handed_on(program)), default=0)


def _answered(program: Program, table: ir.Table, kept: Mapping[str, str], form: Form) -> ir.Table:
    """The answers over a table of the columns that are kept and of inputs in the types that the program takes."""
    if table.get_backend().name not in _TEXTS_AS_FAST:
        program = coded(program)
    said = _staged(program, table, kept)
    found = _columns(program, said) if form == "columns" else _lists(program, said)
    clash = sorted(set(kept) & set(found))
    if clash:
        raise TableInvalid(
            Message(
                f"列“{clash[0]}”与答案的列同名, 请先改名",
                f"column `{clash[0]}` is named as an answer is: rename it first",
            )
        )
    return said.select(**{name: said[under] for name, under in kept.items()}, **found)


def input_names(plan: Plan) -> tuple[str, ...]:
    """Every column that a table may have for the plan."""
    return tuple(each.name for each in lower(plan).inputs)


def answer_names(plan: Plan) -> tuple[str, ...]:
    """Every column that an answer may have; which facts a table has columns of changes none."""
    return tuple(each.name for each in lower(plan).answers)


# --------------------------------------------------------------------------- what comes in


def _kept(program: Program, table: ir.Table, keep: Collection[str] | None) -> dict[str, str]:
    """The columns to keep, each with a name that it has meanwhile: no definition has it."""
    if keep is None:
        taken = {each.name for each in program.inputs}
        keep = [name for name in table.columns if name not in taken]
    missing = [name for name in keep if name not in table.columns]
    if missing:
        raise TableInvalid(Message(f"表中没有列“{missing[0]}”", f"the table has no column `{missing[0]}`"))
    return {name: f"_kept{number}" for number, name in enumerate(dict.fromkeys(keep))}


def _conformed(program: Program, table: ir.Table, kept: Mapping[str, str]) -> ir.Table:
    """The columns that are needed, in the types that the program takes."""
    given = {each.name: _conform(each, table[each.name]) for each in program.inputs}
    return table.select(**{under: table[name] for name, under in kept.items()}, **given)


def _conform(given: Input, column: Any) -> Any:
    found = column.type()
    if found.is_null():
        return column.cast(DTYPES[given.type])
    fits = {
        Type.BOOLEAN: found.is_boolean(),
        Type.INTEGER: found.is_integer(),
        Type.TEXT: found.is_string(),
        Type.DATE: found.is_date(),
        Type.INSTANT: found.is_timestamp() and found.timezone is None,
    }[given.type]
    if not fits:
        raise TableInvalid(
            Message(
                f"列“{given.name}”应是 {_TYPES_ZH[given.type]}, 不是 {found}; 请先转换",
                f"column `{given.name}` must be {_TYPES_EN[given.type]}, not {found}: cast it first",
            )
        )
    return column.cast("int64") if given.type is Type.INTEGER else column


_TYPES_ZH = {
    Type.BOOLEAN: "是否(boolean)",
    Type.INTEGER: "整数",
    Type.TEXT: "文字(取值的编号)",
    Type.DATE: "日期(date)",
    Type.INSTANT: "不带时区的本地时刻(timestamp)",
}
_TYPES_EN = {
    Type.BOOLEAN: "boolean",
    Type.INTEGER: "an integer",
    Type.TEXT: "text (ids of values)",
    Type.DATE: "a date",
    Type.INSTANT: "a timestamp in local time, without a zone",
}


# --------------------------------------------------------------------------- what goes out


def _staged(program: Program, table: ir.Table, kept: Mapping[str, str]) -> ir.Table:
    """What the last stage hands on.  Each stage stays apart: merged into one, stages would repeat one another.

    A view keeps ibis from merging them; PostgreSQL merges views, but not what has a limit.
    """
    merged_by_planner = table.get_backend().name == "postgres"
    for stage, handed in zip(program.stages, handed_on(program), strict=True):
        defined = {each.name: each.formula for each in stage}
        read = {name: expression(defined[name], table) if name in defined else table[name] for name in handed}
        table = table.select(**{under: table[under] for under in kept.values()}, **read)
        table = table.limit(_EVERY_ROW) if merged_by_planner else table.view()
    return table


def _columns(program: Program, table: ir.Table) -> dict[str, Any]:
    return {each.name: expression(each.formula, table) for each in program.answers}


def _lists(program: Program, table: ir.Table) -> dict[str, Any]:
    found: dict[str, Any] = {
        each.name: expression(each.formula, table)
        for kind in ("rejected", "tier", "excluded")
        for each in program.of_kind(kind)
    }
    refused = found["rejected"].notnull()
    for name, kinds in _LISTS.items():
        said = [each for kind in kinds for each in program.of_kind(kind)]
        values = [(expression(each.formula, table), each.subject) for each in said]
        found[name] = _joined(refused, [(value.fill_null(False), subject) for value, subject in values])
        found[f"open_{name}"] = _joined(refused, [(value.isnull(), subject) for value, subject in values])
    for kind, name in (("pending_duty", "pending_duties"), ("pending_permission", "pending_permissions")):
        states = [(expression(each.formula, table), each) for each in program.of_kind(kind)]
        told = [ibis.coalesce(ibis.literal(f"{each.subject}=") + value + SEPARATOR, "") for value, each in states]
        found[name] = _text(refused, told)
    return found


def _joined(refused: Any, said: list[tuple[Any, str]]) -> Any:
    return _text(refused, [ibis.ifelse(where, _ended(subject), "") for where, subject in said])


def _text(refused: Any, parts: list[Any]) -> Any:
    """The parts, each ended by the separator, as one text; null where the row is refused."""
    if not parts:
        return ibis.ifelse(refused, ibis.null("string"), ibis.literal(""))
    whole = balanced(parts, lambda one, other: one + other)
    return ibis.ifelse(refused, ibis.null("string"), whole.re_replace(f"{SEPARATOR}$", ""))


def _ended(subject: str) -> str:
    if SEPARATOR in subject:
        raise TableInvalid(
            Message(
                f"编号“{subject}”中有“{SEPARATOR}”, 不能列成文字; 请用 form='columns'",
                f"the id `{subject}` has a `{SEPARATOR}` in it and cannot stand in a list: use form='columns'",
            )
        )
    return subject + SEPARATOR
