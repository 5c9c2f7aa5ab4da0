"""Random -> plans and wide facts, of every shape the language of conditions allows, and some names chosen to hurt."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from random import Random

from hypothesis import strategies as st

from plan_rules.condition import (
    ALWAYS,
    NEVER,
    All,
    AnyOf,
    Condition,
    InSituation,
    Is,
    Not,
    Present,
    TierIs,
    UnderReading,
    Within,
)
from plan_rules.engines import engine
from plan_rules.errors import Span
from plan_rules.fact import Fact, Kind, Value
from plan_rules.norm import Bearers, Norm
from plan_rules.normal import Lowered, lower
from plan_rules.plan import Action, Clause, Notice, Option, Plan, Reading, Situation, Tier
from plan_rules.truth import Wide

HERE = Span("generated.yaml", 1, 1)
# Words that engines keep for themselves, text that needs escaping, and two names with one 32-bit hash.
NAMES = (
    "sid",
    "id",
    "$s",
    "$forward",
    "k",
    "m",
    "p0",
    "f0",
    "a.b",
    "a",
    "字段549599",
    "字段712382",
    "it's \"\\",
    "read",
    "fired",
)
BOUNDS = ((0, 20), (-5, 5), (1, 1), (0, 2**62), (-(2**63), 2**63 - 1))
KINDS = (Kind.BOOL, Kind.BOOL, Kind.BOOL, Kind.ENUM, Kind.ORDINAL, Kind.INTEGER, Kind.DATE, Kind.DATETIME)


def random_plan(random: Random, clauses: int, facts: int) -> Plan:
    """A plan of so many clauses over so many facts, with situations, readings, tiers, notices and norms."""
    return _Author(random, facts).plan(clauses)


def random_wide(random: Random, plan: Plan) -> dict[str, bool | int | str]:
    """A wide fact of the plan: anything from nothing known to everything known, often at a boundary."""
    known = random.choice((0.0, 0.5, 0.9, 1.0))
    return {fact.id: _value(random, fact) for fact in plan.facts.values() if random.random() < known}


def _value(random: Random, fact: Fact) -> bool | int | str:
    if fact.kind is Kind.INTEGER:
        near = (fact.low, fact.low + 1, fact.high - 1, fact.high, random.randint(fact.low, fact.high))
        return min(max(random.choice(near), fact.low), fact.high)
    value = random.choice(fact.domain or (False, True))
    assert value is not None
    return value


class _Author:
    """Writes one random plan."""

    def __init__(self, random: Random, facts: int) -> None:
        self.random = random
        names = [*NAMES[: facts // 2], *(f"fact_{number}" for number in range(facts))][:facts]
        self.facts = {name: self._fact(name) for name in names}
        self.readings = {name: self._reading(name) for name in ("r1", "r2")}
        self.situations: dict[str, Situation] = {}
        self.tiers: tuple[str, ...] = ()

    def _fact(self, name: str) -> Fact:
        kind = self.random.choice(KINDS)
        low, high = self.random.choice(BOUNDS)
        values = tuple(Value(f'v{number}"\\', f"值{number}") for number in range(self.random.randint(1, 7)))
        return Fact(
            name,
            name,
            kind,
            HERE,
            values=values if kind in (Kind.ENUM, Kind.ORDINAL) else (),
            low=low if kind is Kind.INTEGER else 0,
            high=high if kind is Kind.INTEGER else 0,
        )

    def _reading(self, name: str) -> Reading:
        options = (Option("a", "甲"), Option("b", "乙"), Option("c", "丙"))
        return Reading(name, name, (), options, self.random.choice("abc"), "合规部", HERE)

    def plan(self, clauses: int) -> Plan:
        for number in range(self.random.randint(0, 4)):
            name = f"情形{number}"
            self.situations[name] = Situation(name, self.condition(2), HERE)
        down = self.random.random() < 0.4
        tiers = {
            f"tier_{rank}": Tier(f"tier_{rank}", f"{rank} 级", rank, HERE, smaller_is_worse=down)
            for rank in range(1, 4)
        }
        assigning = {f"t{number}": self._clause(f"t{number}", tier) for number, tier in enumerate((*tiers, "tier_1"))}
        self.tiers = tuple(tiers)
        written = {f"{number}.条": self._clause(f"{number}.条", None) for number in range(clauses)}
        notices = tuple(Notice(f"N{n}", self.condition(2), "", "", (), HERE) for n in range(self.random.randint(0, 2)))
        contents = (self.facts, self.readings, self.situations, tiers, assigning, written, notices)
        return Plan(
            id="generated",
            name="随机预案",
            version="1",
            digest=hashlib.sha256(repr(contents).encode()).hexdigest(),
            purpose="",
            facts=self.facts,
            roles={},
            tiers=tiers,
            principles={},
            actions={"act": Action("act", "做", HERE)},
            situations=self.situations,
            sections={},
            clauses={**assigning, **written},
            notices=notices,
            readings=self.readings,
            highest_tier=self.random.random() < 0.8,
        )

    def _clause(self, name: str, tier: str | None) -> Clause:
        condition = self.condition(self.random.choice((0, 1, 1, 2, 2, 3, 4)))
        norms = (
            (Norm("duty", "act", Bearers(()), HERE, condition=self.condition(1)),) if self.random.random() < 0.1 else ()
        )
        return Clause(name, "", "", "s", condition, HERE, "duty", tier=tier, norms=norms)

    def condition(self, depth: int) -> Condition:
        """A condition nested to this depth."""
        if depth == 0:
            return self.random.choice((self._literal, self._literal, self._literal, self._literal, self._named))()
        parts = tuple(self.condition(depth - 1) for _ in range(self.random.choice((0, 1, 2, 2, 3, 4, 9))))
        return self.random.choice((All(parts), AnyOf(parts), Not(self.condition(depth - 1)), self._literal()))

    def _named(self) -> Condition:
        names: list[Condition] = [InSituation(name) for name in self.situations]
        names += [TierIs((tier,)) for tier in self.tiers]
        names += [UnderReading(reading, ("a", "b")) for reading in self.readings]
        return self.random.choice([*names, ALWAYS, NEVER])

    def _literal(self) -> Condition:
        fact = self.random.choice(list(self.facts.values()))
        if fact.kind is Kind.INTEGER:
            bounds = sorted(self.random.randint(fact.low, fact.high) for _ in range(2))
            low = self.random.choice((bounds[0], bounds[0], None, fact.low))
            high = self.random.choice((bounds[1], bounds[1], None, fact.high))
            return Within(fact.id, low, high)
        if fact.kind in (Kind.DATE, Kind.DATETIME):
            return Present(fact.id, self.random.random() < 0.5)
        wanted = self.random.sample(fact.domain, self.random.randint(1, len(fact.domain)))
        return Is(fact.id, tuple(value for value in fact.domain if value in wanted))


@st.composite
def plans(draw: st.DrawFn, clauses: int = 25, facts: int = 12) -> Plan:
    """Plans of up to so many clauses."""
    random = draw(st.randoms(use_true_random=False))
    return random_plan(random, draw(st.integers(1, clauses)), draw(st.integers(1, facts)))


@st.composite
def seeds(draw: st.DrawFn) -> Random:
    """Sources for plans too large to be drawn choice by choice."""
    return Random(draw(st.integers(0, 2**32)))


def lowered(plan: Plan) -> Lowered:
    """The plan under the readings chosen in it."""
    return lower(plan, plan.chosen())


def disagreements(name: str, plan: Lowered, wides: list[Wide]) -> Iterator[str]:
    """Where the engine of this name and the reference differ; nothing when they agree."""
    yours, reference = engine(name, plan), engine("reference", plan)
    for wide in wides:
        mine, right = yours(wide), reference(wide)
        if mine != right:
            yield f"{name} on {wide}: fires {sorted(mine - right)} wrongly, misses {sorted(right - mine)}"
