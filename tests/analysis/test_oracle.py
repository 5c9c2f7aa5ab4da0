"""The proofs against an oracle: an SMT solver, and enumeration, decide every claim again from the plan's semantics."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from functools import cache, lru_cache
from itertools import product
from typing import Any

import pytest

import plan_rules as pr
from plan_rules.analysis.claims import exceptions
from plan_rules.analysis.finding import Witness
from plan_rules.analysis.proving import Proof, Result, proof
from plan_rules.analysis.scales import scales
from plan_rules.condition import All, Condition, Is, UnderReading, Unstated
from plan_rules.fact import UNKNOWN, Fact, Kind, Value
from plan_rules.facts import fact_reader
from plan_rules.invariant import Invariant, Requirement
from plan_rules.norm import Step, Strength, Term, TimeLimit
from plan_rules.plan import Action, Impossible, Option, Plan, Presumption, Principle, Reading, Tier
from plan_rules.predicate import compiled, instant_key
from plan_rules.truth import truth
from tests.analysis.oracle import AS_TOLD, Formulas, Semantics, at_value, expected
from tests.analysis.plans import HERE, bare_plan, dated, must, random_plan, yes_or_no

SOAK = bool(os.environ.get("PLAN_RULES_SOAK"))
SEEDS = range(150 if SOAK else 60)
COUNTED = range(200, 230)
TOLD = (60, 200, 202, 208, 209) if SOAK else (200, 208)  # 60 loses a duty silently, 202 and on withhold one


@lru_cache(maxsize=4)
def shown(plan: Plan) -> tuple[Proof, Formulas]:
    """What is proved of the plan, and the oracle of it."""
    return proof(plan), Formulas(plan)


def disagreements(plan: Plan) -> list[str]:
    """The claims on which proof and oracle differ."""
    found, oracle = shown(plan)
    decided = [(result, oracle.verdict(result.claim.code, result.claim.subject)) for result in found.results]
    return [f"{r.claim.name}: {r.verdict}, oracle {verdict}" for r, verdict in decided if r.verdict != verdict]


def doubtful(plan: Plan) -> list[str]:
    """The claims whose witness does not refute them by the oracle."""
    found, oracle = shown(plan)
    return [result.claim.name for result in found.results if result.witness and not _refutes(oracle, result)]


def _refutes(oracle: Formulas, result: Result) -> bool:
    claim, witness = result.claim, result.witness
    assert witness is not None
    stated = list(_as_stated(oracle, witness, marked=claim.code in AS_TOLD))
    return oracle.shows(claim.code, claim.subject, oracle.telling(claim.code, claim.subject), *stated)


def _as_stated(oracle: Formulas, witness: Witness, *, marked: bool) -> Iterator[Any]:
    """That the incident is the witness: what it states, what follows, and the defaults; what is unknown is free."""
    plan = oracle.plan
    options = {**plan.chosen(), **witness.readings}
    yield from (oracle.holds(UnderReading(name, (option,))) for name, option in options.items())
    chosen = {name: replace(reading, chosen=options[name]) for name, reading in plan.readings.items()}
    values = fact_reader(dated(replace(plan, readings=chosen))).read(witness.facts).values
    for fact in oracle.facts:
        yield at_value(oracle, fact, values[fact])
        if marked:
            yield oracle.told.marks[fact] == (values[fact] is UNKNOWN)


# --------------------------------------------------------------------------- the shipped plan


@pytest.mark.slow
def test_every_verdict_on_the_shipped_plan_is_the_oracles() -> None:
    assert disagreements(pr.load()) == []


def test_every_witness_against_the_shipped_plan_refutes_its_claim_by_the_oracle() -> None:
    assert sum(result.witness is not None for result in shown(pr.load())[0].results) > 20
    assert doubtful(pr.load()) == []


def test_every_claim_that_ought_to_be_made_of_the_shipped_plan_is_made() -> None:
    assert _claimed(pr.load()) == set(expected(pr.load()))


def _claimed(plan: Plan) -> set[tuple[str, str]]:
    return {(r.claim.code, r.claim.subject) for r in shown(plan)[0].results if r.claim.code != "PF002"}


# --------------------------------------------------------------------------- plans at random


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
def test_every_verdict_and_witness_on_a_random_plan_is_the_oracles(seed: int) -> None:
    plan = random_plan(seed)

    assert disagreements(plan) == []
    assert doubtful(plan) == []
    assert _claimed(plan) == {
        claim for claim in expected(plan) if claim[0] != "PF012" or claim[1].split("/")[1] in scales([plan])
    }


def test_random_plans_refute_and_prove_claims_of_every_kind() -> None:
    verdicts: dict[str, set[str]] = {}
    for seed in range(300, 420):
        oracle = Formulas(random_plan(seed))
        for code, subject in expected(oracle.plan):
            if not {"proved", "refuted"} <= verdicts.setdefault(code, set()):
                verdicts[code].add(oracle.verdict(code, subject))

    assert {code for code, found in verdicts.items() if not {"proved", "refuted"} <= found} == set()
    assert len(verdicts) == 15  # all but PF002, of which the oracle does not list the parts


# --------------------------------------------------------------------------- counts


class Enumerated(Semantics[int]):
    """Sets of complete incidents as bits of a number, one for each incident under the readings as they stand."""

    def __init__(self, plan: Plan) -> None:
        super().__init__(plan)
        self.facts = list(scales([plan]))
        values = [list(_values(plan, plan.facts[name])) for name in self.facts]
        self.points = list(product(*values))  # of pairs: a value, and how many values it stands for
        self.place = {tuple(value for value, _ in point): n for n, point in enumerate(self.points)}
        self.wides = [dict(zip(self.facts, values, strict=True)) for values in self.place]
        self.everything = (1 << len(self.points)) - 1
        self.holds = cache(self._where)  # type: ignore[method-assign]
        self.possible = sum(1 << n for n, wide in enumerate(self.wides) if self._can_be(wide))

    def _where(self, condition: Condition) -> int:
        chosen = self.plan.chosen()
        return sum(1 << n for n, wide in enumerate(self.wides) if truth(condition, wide, self.plan, chosen))

    def both(self, *truths: int) -> int:
        found = self.everything
        for each in truths:
            found &= each
        return found

    def either(self, *truths: int) -> int:
        found = 0
        for each in truths:
            found |= each
        return found

    def no(self, truth: int) -> int:
        return self.everything & ~truth

    def is_empty(self, truth: int) -> bool:
        return not truth & self.possible

    def with_better(self, fact: Fact, truth: int) -> int:
        index = self.facts.index(fact.id)
        order = sorted({point[index][0] for point in self.points}, key=lambda v: _rank(fact, v))
        order = order if fact.worse == "up" else order[::-1]
        found = 0
        for n, values in enumerate(self.place):
            better = order[: order.index(values[index])]
            places = (self.place[(*values[:index], value, *values[index + 1 :])] for value in better)
            found |= (1 << n) * any(truth & self.possible & 1 << place for place in places)
        return found

    def _can_be(self, wide: Mapping[str, Any]) -> bool:
        """Does every presumption hold of it, and, with its days in some order, no impossible combination?"""
        chosen = self.plan.chosen()
        for item in self.plan.presumptions:
            fills = [(fact, values) for fact, values in item.fills if UNKNOWN not in values]
            if truth(item.condition, wide, self.plan, chosen) and any(wide[fact] not in v for fact, v in fills):
                return False
        rules = [compiled(item.condition, self.plan, chosen) for item in self.plan.impossibles if not item.warn]
        days = [instant_key(fact) for fact in self.facts if self.plan.facts[fact].kind is Kind.DATE and wide[fact]]
        orders = (dict(zip(days, order, strict=True)) for order in product(range(len(days)), repeat=len(days)))
        return any(not any(rule({**wide, **order}) for rule in rules) for order in orders)

    def count(self, truth: int) -> int:
        """How many incidents that can be are in the set."""
        found = 0
        for n, point in enumerate(self.points):
            if truth & self.possible & 1 << n:
                weight = 1
                for _, many in point:
                    weight *= many
                found += weight
        return found


def _rank(fact: Fact, value: Any) -> int:
    return value if fact.kind is Kind.INTEGER else (fact.domain or (False, True)).index(value)


def _values(plan: Plan, fact: Fact) -> Iterator[tuple[Any, int]]:
    """Values of the fact, each with how many it stands for; whole numbers up to ten one by one, the rest as one."""
    if fact.kind is not Kind.INTEGER:
        yield from ((value, 1) for value in fact.domain or (False, True))
        return
    yield from ((number, 1) for number in range(fact.low, min(fact.high, 10) + 1))  # no condition asks for more
    if fact.high > 10:
        yield 11, fact.high - 10


@pytest.mark.slow
@pytest.mark.parametrize("seed", COUNTED)
def test_incidents_are_counted_as_they_are_enumerated(seed: int) -> None:
    plan = random_plan(seed, clauses=5)
    found, all_of = proof(plan), Enumerated(plan)
    counted = [r for r in found.results if r.count and r.claim.code not in AS_TOLD]

    assert found.total == all_of.count(all_of.everything)
    assert {r.claim.name: r.count for r in counted} == {
        r.claim.name: all_of.count(all_of.telling(r.claim.code, r.claim.subject)) for r in counted
    }
    assert {(r.total, r.all_situations) for r in counted} <= {(found.total, found.situations)}


@pytest.mark.slow
@pytest.mark.parametrize("seed", TOLD)
def test_incidents_of_which_something_is_unknown_are_counted_as_the_engine_decides_them(seed: int) -> None:
    plan = _with_few_facts(random_plan(seed, clauses=5))
    found = [r for r in proof(plan).results if r.claim.code in AS_TOLD and r.verdict != "refuted_otherwise"]
    told = _told(plan) if found else {}

    assert {r.claim.name: r.count or 0 for r in found} == {
        r.claim.name: _how_many(plan, told, r.claim.code, r.claim.subject) for r in found
    }


def _with_few_facts(plan: Plan) -> Plan:
    """The plan with whole numbers to three, so that every incident can be decided."""
    small = {name: replace(fact, high=3) if fact.kind is Kind.INTEGER else fact for name, fact in plan.facts.items()}
    return dated(replace(plan, facts=small))


def _told(plan: Plan) -> dict[tuple[tuple[Any, ...], tuple[bool, ...]], Any]:
    """Each incident that can be, with each choice of facts that are not known, and the engine's decision."""
    all_of = Enumerated(plan)
    found = {}
    for n, values in enumerate(all_of.place):
        if all_of.possible & 1 << n:
            whole = _to_state(plan, dict(zip(all_of.facts, values, strict=True)))
            for marks in product((False, True), repeat=len(values)):
                unknown = {fact: UNKNOWN for fact, mark in zip(all_of.facts, marks, strict=True) if mark}
                found[values, marks] = pr.decide(plan, {**whole, **unknown}, engine="reference")
    return found


def _to_state(plan: Plan, wide: dict[str, Any]) -> dict[str, Any]:
    """The facts as they are stated, days in an order that can be."""
    days = [fact for fact, value in wide.items() if plan.facts[fact].kind is Kind.DATE]
    stated = {fact: value for fact, value in wide.items() if fact not in days}
    for order in product(range(2), repeat=len(days)):
        some = {d: date(2026, 1, 5) + timedelta(days=n) if wide[d] else None for d, n in zip(days, order, strict=True)}
        with suppress(pr.FactsInvalid):
            fact_reader(plan).read({**stated, **some})
            return {**stated, **some}
    raise AssertionError("it can be in some order")


def _how_many(plan: Plan, told: Mapping[Any, Any], code: str, action: str) -> int:
    facts = list(scales([plan]))
    asking = {c.id for c in plan.clauses.values() if any((n.modality, n.action) == ("duty", action) for n in c.norms)}
    complete = {values: decision.requires(action) for (values, marks), decision in told.items() if not any(marks)}
    many = 0
    for (values, _), decision in told.items():
        if complete[values] and not decision.requires(action):
            if code == "PF013":
                many += not any({*each.blocks} & asking for each in decision.undetermined)
            else:
                known = [n for n, fact in enumerate(facts) if decision.facts[fact] != "unknown"]
                many += all(asked for other, asked in complete.items() if all(other[n] == values[n] for n in known))
    return many


# --------------------------------------------------------------------------- a test that cannot fail is a defect


def test_the_oracle_notices_where_exceptions_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = random_plan(1)
    monkeypatch.setattr(
        exceptions, "_stripped", lambda meaning, clause, bound: bound.before & meaning.active(clause.id)
    )
    monkeypatch.setattr(exceptions, "_rest", lambda meaning, clause, bound: meaning.diagram.nothing)
    shown.cache_clear()
    found = disagreements(plan)
    shown.cache_clear()

    assert found
    assert all(name.startswith(("PF009", "PF010")) for name in found)


def test_a_clause_gives_its_tier_whether_or_not_its_norms_bind() -> None:
    norm = replace(must("一", "call").norms[0], condition=Is("hit", (True,)))
    tiered = replace(must("一", "call"), norms=(norm,), tier="tier_1")
    plan = bare_plan([tiered], [yes_or_no("hit")], tiers={"tier_1": Tier("tier_1", "一级", 1, HERE)})

    assert disagreements(plan) == []
    assert _verdict(plan, "PF003[bare]") == "proved"


# --------------------------------------------------------------------------- to the point


def _reading(*options: Option) -> Reading:
    return Reading("how", "how", (), options, options[0].id, "合规部", HERE)


def _verdict(plan: Plan, name: str) -> str:
    return next(result.verdict for result in proof(plan).results if result.claim.name == name)


def test_an_option_that_takes_advice_away_changes_something() -> None:
    reading = _reading(Option("a", "甲"), Option("b", "乙"))
    advice = must("一", "call", strength=Strength.ADVISORY, under=(UnderReading("how", ("a",)),))
    plan = bare_plan([advice], [], readings={"how": reading})

    assert Formulas(plan).verdict("PF015", "how/b") == "proved"
    assert _verdict(plan, "PF015[how/b]") == "proved"


def test_an_option_changes_something_though_something_else_differs_only_where_it_cannot_be() -> None:
    reading = _reading(Option("a", "甲"), Option("b", "乙"), Option("c", "丙"))
    hit, not_c = Is("hit", (True,)), All((Is("hit", (True,)), UnderReading("how", ("a", "b"))))
    plan = bare_plan(
        [must("一", "call", All((hit, UnderReading("how", ("a",))))), must("二", "wait", UnderReading("how", ("a",)))],
        [yes_or_no("hit")],
        readings={"how": reading},
        impossibles=(Impossible("非", not_c, ("hit",), HERE),),
    )

    assert Formulas(plan).verdict("PF015", "how/b") == "proved"
    assert _verdict(plan, "PF015[how/b]") == "proved"


def test_an_option_that_changes_what_a_principle_governs_changes_something() -> None:
    reading = _reading(Option("a", "甲"), Option("b", "乙"))
    principle = replace(must("三", "wait"), norms=(), principle="稳", governs=("一", "二"))
    besides = replace(must("二", "call", UnderReading("how", ("a",))), norms=())
    principles = {"稳": Principle("稳", "稳", HERE)}
    plan = bare_plan([must("一", "call"), besides, principle], [], readings={"how": reading}, principles=principles)

    assert Formulas(plan).verdict("PF015", "how/b") == "proved"
    assert _verdict(plan, "PF015[how/b]") == "proved"


def test_an_option_that_changes_how_a_duty_is_done_changes_something() -> None:
    reading = _reading(Option("a", "甲"), Option("b", "乙"))
    hit, other = Is("hit", (True,)), Is("hit", (False,))
    first = must("一", "call", other, done_by=Is("hurt", (True,)))
    second = must("二", "call", hit, done_by=All((Is("hurt", (True,)), UnderReading("how", ("a",)))))
    plan = bare_plan([first, second], [yes_or_no("hit"), yes_or_no("hurt")], readings={"how": reading})

    assert Formulas(plan).verdict("PF015", "how/b") == "proved"
    assert _verdict(plan, "PF015[how/b]") == "proved"


def test_a_witness_under_other_readings_may_contradict_presumptions_as_the_readings_stand() -> None:
    reading = _reading(Option("a", "甲"), Option("b", "乙"))
    presumed = Presumption("推", All((Is("hit", (True,)), UnderReading("how", ("a",)))), (("harm", (True,)),), HERE)
    clause = must("一", "call", All((Is("hit", (True,)), Is("harm", (False,)))))
    forbidding = replace(clause, id="二", norms=(replace(clause.norms[0], modality="prohibition"),))
    plan = bare_plan(
        [clause, forbidding], [yes_or_no("hit"), yes_or_no("harm")], readings={"how": reading}, presumptions=(presumed,)
    )

    assert Formulas(plan).verdict("PF005", "一#0+二#0") == "refuted_otherwise"
    assert _verdict(plan, "PF005[一#0+二#0]") == "refuted_otherwise"


def test_an_order_contradicts_itself_along_whichever_way() -> None:
    first, then = must("一", "call", step=Step(2, 1, "甲")), must("四", "wait", step=Step(1, 1, "甲"))
    between = [must("二", "ask", Is("hit", (True,))), must("三", "tell")]
    before = {"call": (), "ask": ("call",), "tell": ("call",), "wait": ("ask", "tell")}
    plan = bare_plan(
        [first, *between, then],
        [yes_or_no("hit")],
        actions={name: Action(name, name, HERE, after=after) for name, after in before.items()},
        impossibles=(Impossible("非", Is("hit", (True,)), ("hit",), HERE),),
    )

    assert Formulas(plan).verdict("PF007", "一#0+四#0") == "refuted"
    assert _verdict(plan, "PF007[一#0+四#0]") == "refuted"


def test_a_number_is_cut_wherever_some_presumption_fills_it_in() -> None:
    people = Fact("people", "人数", Kind.INTEGER, HERE, low=0, high=9, default=0)
    fills = (
        Presumption("推一", Is("hit", (True,)), (("people", (2,)),), HERE),
        Presumption("推二", Is("harm", (True,)), (("people", (5,)),), HERE),
    )
    plan = bare_plan([must("一", "call")], [yes_or_no("hit"), yes_or_no("harm"), people], presumptions=fills)

    assert proof(plan).total == Enumerated(plan).count(Enumerated(plan).everything) == 12


def test_what_follows_from_presumptions_in_a_circle_is_known() -> None:
    facts = [yes_or_no(name) for name in ("cause", "one", "other")]
    fills = (
        Presumption("推一", Is("other", (True,)), (("one", (True,)),), HERE),
        Presumption("推二", Is("one", (True,)), (("other", (True,)),), HERE),
        Presumption("推三", Is("cause", (True,)), (("one", (True,)),), HERE),
    )
    clauses = [must("一", "call", Is("one", (True,))), must("二", "wait", Is("other", (True,)))]
    actions = {name: Action(name, name, HERE, protective=True) for name in ("call", "wait")}
    plan = bare_plan(clauses, facts, presumptions=fills, actions=actions)

    assert _how_many(plan, _told(plan), "PF017", "wait") == 0
    assert Formulas(plan).verdict("PF017", "wait") == "proved"
    assert _verdict(plan, "PF017[wait]") == "proved"


def test_a_fact_of_one_value_is_unknown_until_it_is_presumed() -> None:
    place = Fact("place", "地点", Kind.ENUM, HERE, values=(Value("v0", "值0"),), default="v0")
    fills = (Presumption("推", Is("hit", (True,)), (("place", ("v0",)),), HERE),)
    plan = bare_plan(
        [must("一", "call", Is("place", ("v0",)))],
        [yes_or_no("hit"), place],
        presumptions=fills,
        actions={"call": Action("call", "call", HERE, protective=True)},
    )

    assert Formulas(plan).verdict("PF017", "call") == "refuted"
    assert _verdict(plan, "PF017[call]") == "refuted"


@pytest.mark.parametrize(
    "besides",
    [
        {"step": Step(1, 1, "甲")},
        {"modality": "prohibition", "instead": ("wait",)},
        {"limit": TimeLimit(Term.HOURS, "2 小时", 2, "told_on")},
    ],
    ids=("step", "instead", "clock"),
)
def test_a_clause_that_says_more_adds_something(besides: dict[str, Any]) -> None:
    limit = replace(besides["limit"], start="seen_on") if "limit" in besides else None
    first, second = must("一", "call", limit=limit), must("二", "call")
    modality = besides.get("modality", "duty")
    first = replace(first, norms=(replace(first.norms[0], modality=modality),))
    second = replace(second, norms=(replace(second.norms[0], **besides),))

    assert _verdict(bare_plan([first, second], []), "PF011[二]") == "proved"


@pytest.mark.parametrize(
    ("limit", "before"),
    [((Term.NATURAL_DAYS, 2), (Term.HOURS, 50)), ((Term.WORKING_DAYS, 2), (Term.NATURAL_DAYS, 3))],
)
def test_a_deadline_is_too_soon_only_where_it_always_is(limit: tuple[Term, int], before: tuple[Term, int]) -> None:
    limits = [TimeLimit(term, str(amount), amount, "seen_on") for term, amount in (before, limit)]
    clauses = [must("一", "call", limit=limits[0]), must("二", "wait", limit=limits[1])]
    actions = {"call": Action("call", "call", HERE), "wait": Action("wait", "wait", HERE, after=("call",))}
    plan = bare_plan(clauses, [], actions=actions)

    assert Formulas(plan).verdict("PF008", "一#0+二#0") == "proved"
    assert _verdict(plan, "PF008[一#0+二#0]") == "proved"


def test_what_is_impossible_while_something_is_unstated_does_not_stop_the_proof() -> None:
    unstated = Impossible("非", All((Is("hit", (True,)), Unstated("harm"))), ("hit", "harm"), HERE)
    plan = bare_plan(
        [must("一", "call", All((Is("hit", (True,)), Is("harm", (True,)))))],
        [yes_or_no("hit"), yes_or_no("harm")],
        impossibles=(unstated,),
        actions={"call": Action("call", "call", HERE, protective=True)},
        invariants=(Invariant("红", "红", Is("hit", (True,)), (Requirement("duty", "call"),), (), (), HERE),),
    )

    assert _verdict(plan, "PF014[红/0]") == "refuted"
