"""Random -> small whole plans: facts, roles, actions, norms, exceptions, tiers, readings, presumptions, red lines.

Small enough that every complete incident can be written down, and full of what claims are about: clauses that never
fire, exceptions to exceptions, orders that contradict, duties that vanish.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from plan_rules.condition import (
    ALWAYS,
    All,
    AnyOf,
    Condition,
    Earlier,
    InSituation,
    Is,
    Not,
    Present,
    Scalar,
    TierIs,
    UnderReading,
    Unstated,
    Within,
)
from plan_rules.errors import Span
from plan_rules.fact import UNKNOWN, Fact, Kind, Unknown, Value
from plan_rules.invariant import Invariant, Requirement
from plan_rules.norm import Bearers, Exemption, Group, Norm, Recipient, Role, Step, Strength, Term, TimeLimit
from plan_rules.plan import (
    Action,
    Alias,
    Clause,
    Deputy,
    Impossible,
    Notice,
    Option,
    Plan,
    Presumption,
    Principle,
    Reading,
    Section,
    Situation,
    Tier,
)

HERE = Span("generated.yaml", 1, 1)
_LIMITS = (
    TimeLimit(Term.IMMEDIATE, "立即"),
    TimeLimit(Term.AFTERWARDS, "事后"),
    TimeLimit(Term.BEFOREHAND, "事前"),
    TimeLimit(Term.CONTINUOUS, "持续"),
    TimeLimit(Term.MINUTES, "30 分钟", 30, "seen_on"),
    TimeLimit(Term.HOURS, "2 小时", 2, "seen_on"),
    TimeLimit(Term.HOURS, "2 小时", 2, "told_on"),
    TimeLimit(Term.WORKING_DAYS, "3 个工作日", 3, "seen_on"),
    TimeLimit(Term.WORKING_DAYS, "5 个工作日", 5, "seen_on"),
)


def random_plan(seed: int, clauses: int = 7) -> Plan:
    """The plan of this seed, with so many clauses besides those that assign tiers."""
    return dated(_Author(Random(seed)).plan(clauses))


def dated(plan: Plan) -> Plan:
    """The plan with the digest of what is in it."""
    parts = tuple(getattr(plan, name) for name in plan.__dataclass_fields__ if name != "digest")
    return replace(plan, digest=hashlib.sha256(repr(parts).encode()).hexdigest())


class _Author:
    """Writes one random plan."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.facts = self._facts()
        self.situations: dict[str, Situation] = {}
        self.tiers: tuple[str, ...] = ()
        options = (Option("a", "甲", Strength.STRICT), Option("b", "乙", Strength.DEFEASIBLE), Option("c", "丙"))
        self.readings = {
            name: Reading(name, name, (), options[: random.choice((2, 3))], random.choice("ab"), "合规部", HERE)
            for name in ("how", "who")[: random.choice((1, 2, 2))]
        }

    def _facts(self) -> dict[str, Fact]:
        some = self.random.choice
        values = tuple(Value(f"v{number}", f"值{number}") for number in range(3))
        found = [
            Fact("hit", "打人", Kind.BOOL, HERE, default=some((False, UNKNOWN)), worse=some(("up", ""))),
            Fact("calm", "平静", Kind.BOOL, HERE, default=some((True, False)), worse=some(("down", ""))),
            Fact("place", "地点", Kind.ENUM, HERE, values=values[: some((2, 3))], default=some(("v0", UNKNOWN))),
            Fact("harm", "伤害", Kind.ORDINAL, HERE, values=values, default=some(("v0", UNKNOWN)), worse=some(("up", "up", ""))),
            Fact("people", "人数", Kind.INTEGER, HERE, low=1, high=some((9, 100_000)), default=some((1, UNKNOWN)), worse=some(("up", ""))),
            Fact("seen_on", "发现日", Kind.DATE, HERE),
            Fact("told_on", "报告日", Kind.DATE, HERE, default=some((None, UNKNOWN))),
        ]  # fmt: skip
        kept = [fact for fact in found if fact.kind is Kind.DATE or self.random.random() < 0.85]
        return {fact.id: fact for fact in kept}

    # ----------------------------------------------------------------- conditions

    def literal(self, facts: Sequence[str] = ()) -> Condition:
        """Something of one fact."""
        fact = self.facts[self.random.choice(facts or list(self.facts))]
        if fact.kind is Kind.INTEGER:
            low = self.random.randint(1, 6)
            return self.random.choice(
                (Within(fact.id, low, None), Within(fact.id, None, low), Within(fact.id, low, low + 2))
            )
        if fact.kind is Kind.DATE:
            return Present(fact.id, self.random.random() < 0.6)
        return Is(fact.id, self._values(fact, len(fact.domain) - 1))

    def _values(self, fact: Fact, most: int) -> tuple[Scalar, ...]:
        wanted = self.random.sample(fact.domain, self.random.randint(1, most))
        return tuple(value for value in fact.domain if value in wanted)

    def condition(self, depth: int, *, tiers: bool = True) -> Condition:
        """A condition nested to this depth."""
        if depth == 0 or self.random.random() < 0.2:
            return self._named(tiers=tiers) if self.random.random() < 0.25 else self.literal()
        parts = [self.condition(depth - 1, tiers=tiers) for _ in range(self.random.choice((2, 2, 3)))]
        if self.random.random() < 0.15:
            parts.append(parts[0])  # said twice: it cannot matter
        return self.random.choice((All(tuple(parts)), All(tuple(parts)), AnyOf(tuple(parts)), Not(parts[0])))

    def _named(self, *, tiers: bool) -> Condition:
        names: list[Condition] = [InSituation(name) for name in self.situations]
        names += [TierIs((tier,)) for tier in self.tiers if tiers]
        for reading in self.readings.values():
            names.append(UnderReading(reading.id, (self.random.choice(reading.options).id,)))
        return self.random.choice(names)

    # ----------------------------------------------------------------- the plan

    def plan(self, clauses: int) -> Plan:
        some = self.random
        for name in ("急", "缓"):
            self.situations[name] = Situation(name, self.condition(1, tiers=False), HERE)
        ranks = tuple(f"tier_{rank}" for rank in (1, 2, 3))
        assigning = [self._tiered(f"t{number}", tier) for number, tier in enumerate((*ranks, "tier_1"))]
        self.tiers = ranks
        sections = {
            name: Section(name, name, condition, HERE)
            for name, condition in (("总则", ALWAYS), ("现场", self.condition(1)))
        }
        actions = self._actions()
        written: list[Clause] = []
        for number in range(clauses):
            written.append(self._clause(f"{number}条", sections, list(actions), written))
        return Plan(
            id="generated",
            name="随机预案",
            version="1",
            digest="",
            purpose="",
            facts=self.facts,
            roles=self._roles(),
            tiers={tier: Tier(tier, tier, rank, HERE) for rank, tier in enumerate(ranks, 1)},
            principles={"稳": Principle("稳", "稳", HERE)},
            actions=actions,
            situations=self.situations,
            sections=sections,
            clauses={clause.id: clause for clause in (*assigning, *written)},
            presumptions=tuple(self._presumptions()),
            impossibles=tuple(self._impossibles()),
            notices=(Notice("提示一", self.condition(1), "", "", (), HERE),) if some.random() < 0.3 else (),
            readings=self.readings,
            aliases=(Alias("guard", "clerk", UnderReading("how", ("a",))),) if some.random() < 0.4 else (),
            deputies=(Deputy("deputy", self.literal(), (UnderReading("how", ("b",)),)),) if some.random() < 0.1 else (),
            invariants=tuple(self._invariant(name, list(actions)) for name in ("红一", "红二", "红三")),
            scope=some.choice((ALWAYS, self.condition(1, tiers=False))),
            highest_tier=some.random() < 0.8,
        )

    def _roles(self) -> dict[str, Role]:
        groups = {"clerk": ("staff",), "guard": (), "chief": ("staff",), "staff": (), "deputy": ()}
        return {name: Role(name, name, "post", HERE, member_of=groups[name]) for name in groups}

    def _actions(self) -> dict[str, Action]:
        names = ("call", "report", "guard_it", "invite", "wait")
        found = {}
        for number, name in enumerate(names):
            after = tuple(self.random.sample(names[:number], min(number, self.random.choice((0, 1, 1, 2)))))
            others = [other for other in names if other != name]
            excludes = (self.random.choice(others),) if self.random.random() < 0.3 else ()
            protective = name in ("call", "guard_it")
            found[name] = Action(name, name, HERE, after=after, protective=protective, excludes=excludes)
        return found

    def _tiered(self, name: str, tier: str) -> Clause:
        condition = self.condition(self.random.choice((0, 1, 2)), tiers=False)
        return Clause(name, "", "", "总则", condition, HERE, "definition", tier=tier)

    def _clause(self, name: str, sections: dict[str, Section], actions: list[str], before: list[Clause]) -> Clause:
        section = self.random.choice(list(sections))
        own = self.condition(self.random.choice((0, 1, 1, 2)))
        if before and self.random.random() < 0.2:
            own = self.random.choice(before).condition
        heading = sections[section].condition
        norms = tuple(self._norm(actions) for _ in range(self.random.choice((1, 1, 2))))
        return Clause(
            name,
            "",
            "",
            section,
            own if heading == ALWAYS else All((heading, own)),
            HERE,
            "mixed",
            norms=norms,
            exemptions=tuple(self._exemptions(before)),
            principle="稳" if self.random.random() < 0.1 else None,
            governs=tuple(clause.id for clause in before[:2]),
        )

    def _exemptions(self, before: list[Clause]) -> list[Exemption]:
        """Only from clauses written before, so that there is no circle."""
        if not before or self.random.random() < 0.55:
            return []
        bases = self.random.sample(before, min(len(before), self.random.choice((1, 1, 2))))
        excepting = [clause for clause in before if clause.exemptions]
        if excepting and self.random.random() < 0.5:
            bases[0] = excepting[-1]
        return [
            Exemption(base.id, self.random.choice(((), (self.random.choice(base.norms).action,))), HERE)
            for base in dict.fromkeys(bases)
        ]

    def _norm(self, actions: list[str]) -> Norm:
        some = self.random
        modality = some.choice(("duty", "duty", "duty", "prohibition", "permission"))
        reading = some.choice(list(self.readings.values()))
        return Norm(
            modality,
            some.choice(actions),
            self._bearers(reading),
            HERE,
            recipient=Recipient((some.choice(("chief", "police")),)) if some.random() < 0.3 else None,
            limit=some.choice(_LIMITS) if modality == "duty" and some.random() < 0.6 else None,
            step=Step(some.choice((1, 2)), some.choice((1, 2)), "甲")
            if modality == "duty" and some.random() < 0.5
            else None,
            strength=some.choice((Strength.STRICT, Strength.STRICT, Strength.DEFEASIBLE, Strength.ADVISORY)),
            strength_by=reading.id if some.random() < 0.1 else None,
            done_by=Present("told_on", True) if modality == "duty" and some.random() < 0.1 else None,
            condition=self.condition(1) if some.random() < 0.25 else ALWAYS,
            under=(UnderReading(reading.id, (some.choice(reading.options).id,)),) if some.random() < 0.15 else (),
            instead=(some.choice(actions),) if modality == "prohibition" and some.random() < 0.3 else (),
        )

    def _bearers(self, reading: Reading) -> Bearers:
        some = self.random
        under = (UnderReading(reading.id, (some.choice(reading.options).id,)),) if some.random() < 0.15 else ()
        roles = tuple(some.sample(("clerk", "guard", "chief", "staff"), some.choice((1, 1, 2))))
        groups = (Group(roles, some.choice(("any", "first_available"))), Group(("chief",), under=under))
        excepted = ("clerk",) if some.random() < 0.15 else ()
        return Bearers(groups[: some.choice((1, 1, 2))], excepted=excepted)

    # ----------------------------------------------------------------- what can be, and what must

    def _presumptions(self) -> list[Presumption]:
        """Each fills in facts that come after those it looks at, so that none follows from itself."""
        names = list(self.facts)
        found = []
        for number in range(self.random.choice((0, 1, 2, 3))):
            cut = self.random.randint(1, len(names) - 1)
            when = self.literal(names[:cut])
            if self.random.random() < 0.2:
                reading = self.random.choice(list(self.readings.values()))
                when = All((when, UnderReading(reading.id, (self.random.choice(reading.options).id,))))
            fact = self.facts[self.random.choice(names[cut:])]
            found.append(Presumption(f"推{number}", when, ((fact.id, self._fill(fact)),), HERE))
        return found

    def _fill(self, fact: Fact) -> tuple[Scalar | Unknown, ...]:
        if self.random.random() < 0.15:
            return (UNKNOWN,)
        if fact.kind is Kind.DATE:
            return (self.random.random() < 0.7,)
        if fact.kind is Kind.INTEGER:
            return self.random.choice(((3,), (2, 4)))
        return self._values(fact, len(fact.domain) - 1)

    def _impossibles(self) -> list[Impossible]:
        found = []
        for number in range(self.random.choice((0, 1, 2))):
            condition: Condition = All((self.literal(), self.literal()))
            facts = tuple(dict.fromkeys(self._named_in(condition)))
            found.append(Impossible(f"非{number}", condition, facts, HERE))
        if self.random.random() < 0.5:
            found.append(Impossible("非时", Earlier("told_on", "seen_on"), ("told_on", "seen_on"), HERE))
        if self.random.random() < 0.3:
            warned = All((self.literal(), Unstated("told_on")))
            found.append(Impossible("非警", warned, tuple(self._named_in(warned)), HERE, warn=True))
        return found

    def _named_in(self, condition: Condition) -> list[str]:
        assert isinstance(condition, All)
        return [part.fact for part in condition.parts if isinstance(part, Is | Within | Present | Unstated)]

    def _invariant(self, name: str, actions: list[str]) -> Invariant:
        some = self.random
        modality = some.choice(("duty", "prohibition", "permission", "no_duty", "no_prohibition"))
        roles = ("clerk",) if modality == "duty" and some.random() < 0.3 else ()
        term = Term.IMMEDIATE if modality == "duty" and some.random() < 0.3 else None
        return Invariant(
            name,
            name,
            self.condition(some.choice((0, 1, 2))),
            (Requirement(modality, some.choice(actions), roles, term),),
            (some.choice(self.tiers),) if some.random() < 0.4 else (),
            (some.choice(actions),) if some.random() < 0.4 else (),
            HERE,
        )


# --------------------------------------------------------------------------- plans to the point


def bare_plan(clauses: Sequence[Clause], facts: Sequence[Fact], **besides: object) -> Plan:
    """A plan of just these clauses and facts; `besides` are further fields of it."""
    named = dict.fromkeys(norm.action for clause in clauses for norm in clause.norms)
    plan = Plan(
        id="bare",
        name="小预案",
        version="1",
        digest="",
        purpose="",
        facts={fact.id: fact for fact in facts},
        roles={"clerk": Role("clerk", "clerk", "post", HERE)},
        tiers={},
        principles={},
        actions={name: Action(name, name, HERE) for name in named},
        situations={},
        sections={},
        clauses={clause.id: clause for clause in clauses},
    )
    return dated(replace(plan, **besides))  # type: ignore[arg-type]


def yes_or_no(name: str, **besides: object) -> Fact:
    """A fact that is or is not so."""
    return Fact(name, name, Kind.BOOL, HERE, default=False, **besides)  # type: ignore[arg-type]


def must(name: str, action: str, condition: Condition = ALWAYS, **besides: object) -> Clause:
    """A clause by which the clerk must do the action; `besides` are further fields of the norm."""
    norm = Norm("duty", action, Bearers((Group(("clerk",)),)), HERE, **besides)  # type: ignore[arg-type]
    return Clause(name, "", "", "", condition, HERE, "duty", norms=(norm,))
