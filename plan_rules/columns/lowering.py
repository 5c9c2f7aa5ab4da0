"""(Plan, readings, the columns a table has) -> Program."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType

from plan_rules.columns import simple
from plan_rules.columns.conditions import Conditions
from plan_rules.columns.formula import Constant
from plan_rules.columns.notebook import Notebook
from plan_rules.columns.outcome import Outcome
from plan_rules.columns.presumed import Presumed
from plan_rules.columns.program import Answer, Program
from plan_rules.columns.stated import inputs, stated
from plan_rules.errors import Message, ToldError
from plan_rules.fact import Kind
from plan_rules.normal import lower as lowered
from plan_rules.plan import Plan
from plan_rules.skeleton import Articulation

_LONGEST = 60  # bytes of a column's name: PostgreSQL cuts after 63


class ReadingInvalid(ToldError, ValueError):
    """No reading of the plan has this name, or it has no such option."""


def lower(plan: Plan, readings: Mapping[str, str] | None = None, given: Collection[str] | None = None) -> Program:
    """The program of a plan under these readings; those not named stand as they do in the plan.

    `given` are the names of the columns that the table has: of a fact without one nothing is stated in any row, and
    the program is the smaller for it.  Without `given` the program takes every column that a table may have.
    Raises ReadingInvalid.
    """
    chosen = {**plan.chosen(), **(readings or {})}
    for name, option in chosen.items():
        if name not in plan.readings or option not in {each.id for each in plan.readings[name].options}:
            raise ReadingInvalid(_no_reading(plan, name, option))
    wanted = None if given is None else frozenset(given)
    return _lower(plan, tuple(sorted(chosen.items())), wanted)


@lru_cache(maxsize=32)
def _lower(plan: Plan, chosen: tuple[tuple[str, str], ...], given: frozenset[str] | None) -> Program:
    readings = dict(chosen)
    notebook = Notebook(inputs(plan, given))
    told = {fact.id: stated(fact, notebook) for fact in plan.facts.values() if fact.kind is not Kind.READINGS}
    presumed = Presumed(plan, readings, notebook, told)
    conditions = Conditions(plan, readings, notebook, presumed.wide(), {})
    outcome = Outcome(plan, Articulation(lowered(plan, readings)), conditions, notebook)
    found = [("rejected", "", presumed.rejected)]
    for kind, subject, said in outcome.answers():
        nothing = Constant(None, notebook.type_of(said))
        found.append((kind, subject, simple.choice([(presumed.accepted, said)], nothing)))
    taken = [each.name for each in notebook.inputs]
    names = _names(((kind, subject) for kind, subject, _ in found), taken)
    answers = [
        Answer(name, kind, subject, formula, notebook.type_of(formula))
        for name, (kind, subject, formula) in zip(names, found, strict=True)
    ]
    stages, answers_ = notebook.stages(answers, (each.column for each in presumed.rejections))
    return Program(
        plan.id, plan.digest, MappingProxyType(readings), notebook.inputs, stages, answers_, tuple(presumed.rejections)
    )


def _names(answers: Iterable[tuple[str, str]], taken: Iterable[str]) -> Iterator[str]:
    """Names of columns that no database takes for each other: short enough, and unlike but for case in no two."""
    seen = {name.casefold() for name in taken}
    for kind, subject in answers:
        name = f"{kind}_{subject}" if subject else kind
        if len(name.encode()) > _LONGEST or name.casefold() in seen:
            mark = sha256(name.encode()).hexdigest()[:8]
            name = name.encode()[: _LONGEST - 9].decode("utf-8", "ignore") + "_" + mark
        seen.add(name.casefold())
        yield name


def _no_reading(plan: Plan, name: str, option: str) -> Message:
    known = "; ".join(f"{each.id}: {', '.join(o.id for o in each.options)}" for each in plan.readings.values())
    return Message(
        f"预案“{plan.name}”没有解释“{name}: {option}”; 可用: {known}",
        f"the plan {plan.id} has no reading `{name}: {option}`; there are: {known}",
    )
