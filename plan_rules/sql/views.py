"""(Plan, dialect, what is wanted) -> views over a table of incidents, each clause and action named in a comment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from plan_rules.columns.formula import Type
from plan_rules.columns.lowering import lower
from plan_rules.columns.program import VALUE, Answer, Definition, Program
from plan_rules.columns.slicing import handed_on, split
from plan_rules.columns.stated import inputs
from plan_rules.errors import Message, ToldError
from plan_rules.extra import from_extra
from plan_rules.plan import Plan
from plan_rules.sql.dialects import Dialect
from plan_rules.sql.expressions import Expressions, name_of

with from_extra("sql"):
    from sqlglot import exp

_PARTS = 3  # catalogue, schema, table
_LONGEST = 60  # characters of a comment's text of a clause


class SqlRefused(ToldError, ValueError):
    """A name that was given cannot be used: no table's, no column of the plan's, or one of the view's own."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The table, the view, which of the table's columns the view keeps, and which the table has.

    Without `columns` it has one for the value of each fact, and none for `unknown` and `none`.
    """

    table: str = "incidents"
    view: str = "plan_answers"
    keep: Sequence[str] = ("id",)
    columns: Sequence[str] | None = None
    readings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class View:
    """One view: its name, the program it computes, and its text, which ends with a semicolon and a newline."""

    name: str
    program: Program
    columns: tuple[str, ...]  # of the view, in order: those that are kept, then one for each answer
    text: str


def views(plan: Plan, dialect: Dialect, wanted: Wanted) -> tuple[View, ...]:
    """The views of a plan: one, or as many as the database's bound on columns needs, their names numbered.

    Raises SqlRefused, ReadingInvalid, TooWide.
    """
    given = value_columns(plan) if wanted.columns is None else _declared(plan, wanted.columns)
    program = lower(plan, wanted.readings, given)
    _check(program, wanted)
    parts = split(program, dialect.widest - len(wanted.keep))
    names = [wanted.view] if len(parts) == 1 else [f"{wanted.view}_{number}" for number in range(1, len(parts) + 1)]
    return tuple(_view(plan, part, dialect, wanted, name) for part, name in zip(parts, names, strict=True))


def value_columns(plan: Plan) -> tuple[str, ...]:
    """The columns of a table that has one for the value of each fact."""
    return tuple(each.name for each in inputs(plan, None) if each.part == VALUE)


def _declared(plan: Plan, columns: Sequence[str]) -> tuple[str, ...]:
    known = [each.name for each in inputs(plan, None)]
    for name in columns:
        if name not in known:
            message = Message(
                f"预案没有列“{name}”: 列名是事实编号, 或后面加 __unknown、__none; 用 plan-rules schema 查看编号",
                f"the plan has no column `{name}`: it is a fact's id, or that with __unknown or __none after it",
            )
            raise SqlRefused(message)
    return tuple(columns)


def _check(program: Program, wanted: Wanted) -> None:
    own = {answer.name.casefold() for answer in program.answers} | {given.name.casefold() for given in program.inputs}
    own |= {definition.name.casefold() for stage in program.stages for definition in stage}
    for name in wanted.keep:
        if name.casefold() in own or not name:
            message = Message(
                f"要保留的列“{name}”与视图自己的列同名; 请先在表上改名",
                f"the column to keep `{name}` is called like one of the view's own; rename it in the table first",
            )
            raise SqlRefused(message)


def table_named(name: str, dialect: Dialect) -> exp.Table:
    """A table or view, perhaps with its schema before a dot.  Raises SqlRefused."""
    parts = name.split(".")
    if len(parts) > _PARTS or not all(re.fullmatch(r"[\w$#]+", part) for part in parts):
        message = Message(
            f"“{name}”不是表名或视图名, 如 bank.incidents", f"`{name}` is no name, such as bank.incidents"
        )
        raise SqlRefused(message)
    names = dict(zip(("this", "db", "catalog"), (name_of(part, dialect) for part in reversed(parts)), strict=False))
    return exp.Table(**names)


# --------------------------------------------------------------------------- one view


def _view(plan: Plan, program: Program, dialect: Dialect, wanted: Wanted, name: str) -> View:
    columns = (*wanted.keep, *(_answer_name(each, dialect) for each in program.answers))
    target = table_named(name, dialect)
    created = exp.Create(
        this=target, kind="VIEW", replace=dialect.replaces, expression=_select(plan, program, dialect, wanted)
    )
    text = created.sql(dialect=dialect.name, pretty=True, comments=True)
    if not dialect.replaces:
        text = f"DROP VIEW IF EXISTS {target.sql(dialect=dialect.name)};\n{text}"
    return View(name, program, columns, f"{_heading(plan, program, dialect)}{text};\n")


def _heading(plan: Plan, program: Program, dialect: Dialect) -> str:
    readings = ", ".join(f"{reading}={option}" for reading, option in program.readings.items())
    lines = (
        f"{plan.name} ({plan.id} {plan.version}, {plan.digest})",
        f"解释 readings: {readings}" if readings else "",
        f"{dialect.databases}; 布尔 booleans: {'1, 0, null' if dialect.numbers else 'true, false, null'}",
    )
    return "".join(f"-- {' '.join(line.split())}\n" for line in lines if line)


def _select(plan: Plan, program: Program, dialect: Dialect, wanted: Wanted) -> exp.Select:
    """Stages as common table expressions, each of what later ones read; the answers over the last."""
    types = {each.name: each.type for each in program.inputs}
    types |= {each.name: each.type for stage in program.stages for each in stage}
    texts = frozenset(each.name for each in program.inputs if each.type is Type.TEXT)
    expressions = Expressions(dialect, types, texts)
    source: exp.Table = table_named(wanted.table, dialect)
    stages: list[tuple[str, exp.Select]] = []
    for number, (stage, handed) in enumerate(zip(program.stages, handed_on(program), strict=True), 1):
        defined = {each.name: each for each in stage}
        chosen = [_chosen(expressions, defined.get(column), column, dialect) for column in handed]
        kept = [exp.Column(this=name_of(column, dialect)) for column in wanted.keep]
        stages.append((f"stage_{number}", _fenced(_selected([*kept, *chosen], source), dialect)))
        source = exp.to_table(f"stage_{number}")
    kept = [exp.Column(this=name_of(column, dialect)) for column in wanted.keep]
    found = _selected([*kept, *(_answer(plan, expressions, each, dialect) for each in program.answers)], source)
    for alias, stage_select in stages:
        found = found.with_(alias, as_=stage_select, copy=False)
    return found


def _selected(columns: list[exp.Expr], source: exp.Table) -> exp.Select:
    """A select of columns; built in place, for sqlglot's own builders copy all they are given."""
    return exp.Select(expressions=columns).from_(source, copy=False)


def _fenced(select: exp.Select, dialect: Dialect) -> exp.Select:
    """A stage that stays one: copied into its readers, and they into theirs, its text would grow without bound."""
    word, _, amount = dialect.fence.partition(" ")
    if word == "OFFSET":
        return select.offset(int(amount), copy=False)
    return select.limit(int(amount), copy=False) if word else select


def _chosen(expressions: Expressions, definition: Definition | None, column: str, dialect: Dialect) -> exp.Expr:
    if definition is None:
        return exp.Column(this=name_of(column, dialect))
    found = exp.Alias(this=expressions.value(definition.formula), alias=name_of(column, dialect))
    found.add_comments([_comment(definition.about)])
    return found


def _answer(plan: Plan, expressions: Expressions, answer: Answer, dialect: Dialect) -> exp.Expr:
    found = exp.Alias(this=expressions.value(answer.formula), alias=name_of(_answer_name(answer, dialect), dialect))
    about = _comment(" ".join(_about(plan, answer)))
    if about:
        found.add_comments([about])
    return found


def _answer_name(answer: Answer, dialect: Dialect) -> str:
    return answer.name if dialect.dots else answer.name.replace(".", "_")


def _about(plan: Plan, answer: Answer) -> Iterator[str]:
    """The clauses that an answer rests on, and what it is called."""
    match answer.kind:
        case "clause":
            yield from (answer.subject, plan.clauses[answer.subject].text[:_LONGEST])
        case "tier":
            yield from (clause.id for clause in plan.clauses.values() if clause.tier)
        case "handoff":
            yield from (clause.id for clause in plan.clauses.values() if clause.handoff)
        case "excluded" | "rejected":
            return
        case kind:
            modality = kind.removeprefix("pending_")
            for clause in plan.clauses.values():
                if any(norm.action == answer.subject and norm.modality == modality for norm in clause.norms):
                    yield clause.id
            yield plan.actions[answer.subject].label


def _comment(text: str) -> str:
    return " ".join(text.replace("*/", "* /").replace("/*", "/ *").split())
