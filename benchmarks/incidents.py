"""A name -> a plan and incidents: `shipped` comes with the library, a number makes a plan with as many clauses.

Everything is drawn from a fixed seed, so that every process and every run measures the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Any

import plan_rules
from plan_rules.condition import ALWAYS, NEVER, All, AnyOf, Is, Not
from plan_rules.errors import FactsInvalid, Span
from plan_rules.fact import Fact, Kind, Value
from plan_rules.facts import fact_reader
from plan_rules.normal import Lowered, Normal, lower
from plan_rules.plan import Clause, Plan

Wide = dict[str, "bool | int | str"]
HERE = Span("benchmark", 1, 1)
MOMENTS = {Kind.DATE: "2025-05-20", Kind.DATETIME: "2025-05-20T09:30"}


@dataclass(frozen=True)
class Case:
    """A plan and incidents: as callers state them (`stated`, shipped plan only), and as engines see them (`wide`)."""

    lowered: Lowered
    stated: list[dict[str, Any]]
    wide: list[Wide]

    @property
    def groups(self) -> list[tuple[Normal, tuple[str, ...]]]:
        """Each distinct condition with its clauses: what every peer is given, so that none evaluates one twice."""
        found: dict[Normal, list[str]] = {}
        for clause, condition in self.lowered.conditions.items():
            found.setdefault(condition, []).append(clause)
        return [(condition, tuple(ids)) for condition, ids in found.items() if condition not in (ALWAYS, NEVER)]

    @property
    def always(self) -> frozenset[str]:
        """The clauses that always fire: a constant that no peer needs to work out."""
        return frozenset(clause for clause, condition in self.lowered.conditions.items() if condition == ALWAYS)


@lru_cache(maxsize=4)
def case(name: str, incidents: int) -> Case:
    """The case of this name with so many incidents."""
    return _shipped(incidents) if name == "shipped" else _made(int(name), incidents)


# --------------------------------------------------------------------------- the shipped plan


def _shipped(incidents: int) -> Case:
    plan, random = plan_rules.load(), Random(20250520)
    reader, stated, wide = fact_reader(plan), [], []
    while len(stated) < incidents:
        given = _incident(plan, random)
        try:
            facts = reader.read(given)
        except FactsInvalid:  # a combination that cannot be
            continue
        stated.append(given)
        wide.append(dict(facts.wide))
    return Case(lower(plan, plan.chosen()), stated, wide)


def _incident(plan: Plan, random: Random) -> dict[str, Any]:
    """What a clerk states: between two and ten facts, most of them about how bad it is."""
    usable = [fact for fact in plan.facts.values() if fact.kind is not Kind.READINGS]
    chosen = random.sample(usable, random.randint(2, 10))
    given = {fact.id: _stated(fact, random) for fact in chosen}
    if random.random() < 0.7:
        given["aggression_level"] = random.choice(("none", "minor", "serious"))
    if random.random() < 0.5:
        given["order_disrupted"] = random.random() < 0.5
    return given


def _stated(fact: Fact, random: Random) -> Any:
    if fact.kind in MOMENTS:
        return MOMENTS[fact.kind]
    if fact.kind is Kind.INTEGER:
        return random.randint(fact.low, min(fact.high, fact.low + 30))
    return random.choice(fact.domain)


# --------------------------------------------------------------------------- plans of any size


def _made(clauses: int, incidents: int) -> Case:
    """Clauses in sections of ten: a section is about one value of an enum, its clauses about flags."""
    random = Random(clauses)
    sections = tuple(Value(f"s{number}", "") for number in range(max(clauses // 10, 3)))
    section = Fact("section", "", Kind.ENUM, HERE, values=sections)
    level = Fact("level", "", Kind.ORDINAL, HERE, values=tuple(Value(f"l{number}", "") for number in range(4)))
    flags = [Fact(f"flag_{number}", "", Kind.BOOL, HERE) for number in range(58)]
    facts = {fact.id: fact for fact in (section, level, *flags)}
    made = {f"c{number}": _clause(number, sections, level, flags, random) for number in range(clauses)}
    plan = Plan("made", "", "1", f"made-{clauses}", "", facts, {}, {}, {}, {}, {}, {}, made)
    wide: list[Wide] = [
        {
            "section": random.choice(sections).id,
            "level": random.choice(level.values).id,
            **{flag.id: random.random() < 0.4 for flag in flags if random.random() < 0.9},
        }
        for _ in range(incidents)
    ]
    return Case(lower(plan, {}), [], wide)


def _clause(number: int, sections: tuple[Value, ...], level: Fact, flags: list[Fact], random: Random) -> Clause:
    one, two, three = (Is(flag.id, (True,)) for flag in random.sample(flags, 3))
    least = random.randint(0, 3)
    at_least = Is(level.id, level.domain[least:])
    section = Is("section", (sections[number // 10 % len(sections)].id,))
    shapes = (All((one, two)), All((at_least, one)), All((one, Not(two))), AnyOf((All((one, two)), three)))
    return Clause(f"c{number}", "", "", "s", All((section, random.choice(shapes))), HERE, "duty")
