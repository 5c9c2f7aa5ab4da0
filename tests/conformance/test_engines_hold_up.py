"""Engines under threads, forks, long use, plans that come and go, and input that no caller should send.

PLAN_RULES_SOAK=1 makes the long runs long: a million decisions each.
"""

from __future__ import annotations

import dataclasses
import gc
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from random import Random
from typing import Any

import durable_rules_engine
import pytest

from plan_rules.condition import ALWAYS, NEVER, All, AnyOf, Is, Present, Within
from plan_rules.engines import ENGINES, durable, engine, generated, shards
from plan_rules.errors import EngineError
from plan_rules.normal import Lowered, Normal
from plan_rules.truth import Wide
from tests.conformance.plans import disagreements, lowered, random_plan, random_wide

SOAK = os.environ.get("PLAN_RULES_SOAK") == "1"
DECISIONS = 1_000_000 if SOAK else 10_000

# The reference reads plans as they are written, so it has no part in tests of normal forms, and needs no speed.
fast_engine = pytest.mark.parametrize("name", [name for name in ENGINES if name != "reference"])


def _case(seed: int, clauses: int = 60, facts: int = 15) -> tuple[Lowered, list[Wide]]:
    random = Random(seed)
    plan = random_plan(random, clauses, facts)
    return lowered(plan), [random_wide(random, plan) for _ in range(50)]


def _with(conditions: dict[str, Normal]) -> Lowered:
    """A lowered plan with these normal forms in place of its own, over a date fact, a flag and an integer."""
    plan = next(plan for plan in map(_plan_with_every_kind, range(1000)) if plan)
    return dataclasses.replace(plan, key=(repr(conditions), ()), conditions=conditions)


def _plan_with_every_kind(seed: int) -> Lowered | None:
    plan = lowered(random_plan(Random(seed), 1, 20))
    facts = plan.plan.facts
    kinds = {name: str(facts[name].kind) for name in ("fact_0", "fact_1", "fact_2")}
    return plan if kinds == {"fact_0": "date", "fact_1": "bool", "fact_2": "integer"} else None


def _resident_kilobytes() -> int:
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


# --------------------------------------------------------------------------- long use


@fast_engine
def test_eight_threads_get_the_answers_of_the_reference(name: str) -> None:
    cases = [_case(seed) for seed in (1, 2)]
    fires = [(engine(name, plan), wides, [engine("reference", plan)(wide) for wide in wides]) for plan, wides in cases]

    def work(thread: int) -> int:
        wrong = 0
        for turn in range(DECISIONS // 8):
            decide, wides, right = fires[(turn + thread) % len(fires)]
            wrong += decide(wides[turn % 50]) != right[turn % 50]
        return wrong

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(work, range(8))) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@fast_engine
def test_memory_stays_flat_over_many_decisions(name: str) -> None:
    plan, wides = _case(3)
    decide = engine(name, plan)
    for turn in range(3_000):
        decide(wides[turn % 50])
    before = _resident_kilobytes()
    for turn in range(DECISIONS):
        decide(wides[turn % 50])
    assert _resident_kilobytes() - before < 2_048


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_plans_that_come_and_go_leave_no_rulesets_behind() -> None:
    def use(seed: int) -> None:
        plan, wides = _case(seed, clauses=40)
        durable.lower(plan)(wides[0])

    for seed in range(1_000, 1_060):
        use(seed)
    before = _resident_kilobytes()
    for seed in range(2_000, 2_600 if SOAK else 2_200):
        use(seed)
    # What remains is the cache of normal forms, which holds a fixed number of plans, and not a ruleset a plan (1 MB).
    assert _resident_kilobytes() - before < 80_000
    gc.collect()
    durable.lower(_case(1)[0])
    assert not durable._ABANDONED


def test_equal_plans_share_one_set_of_rulesets() -> None:
    first, second = durable.lower(_case(5)[0]), durable.lower(_case(5)[0])
    assert first.__self__ is second.__self__  # type: ignore[attr-defined]


FORKING = """
import os, sys, threading, warnings
warnings.simplefilter("ignore", DeprecationWarning)  # Python warns of forks beside threads: that is what is tested
sys.path.insert(0, {root!r})
from tests.conformance.test_engines_hold_up import _case
from plan_rules.engines import engine
plan, wides = _case(4)
decide = engine("durable", plan)
right = [engine("reference", plan)(wide) for wide in wides]
stop = threading.Event()
def work():
    while not stop.is_set():
        for wide in wides:
            decide(wide)
threads = [threading.Thread(target=work) for _ in range(3)]
for thread in threads:
    thread.start()
codes = []
for _ in range(20):
    child = os.fork()
    if child == 0:
        os._exit(0 if [decide(wide) for wide in wides] == right else 1)
    codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
stop.set()
for thread in threads:
    thread.join()
assert [decide(wide) for wide in wides] == right
sys.exit(any(codes))
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_forked_child_decides_even_when_threads_were_deciding() -> None:
    script = FORKING.format(root=str(Path(__file__).parents[2]))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


# --------------------------------------------------------------------------- the edges of what an engine can take

FLAG = Is("fact_1", (True,))


@fast_engine
def test_a_fact_with_any_value_is_a_condition_too(name: str) -> None:
    plan = _with(
        {"any": Is("fact_1", (False, True)), "number": Within("fact_2", None, None), "day": Present("fact_0", False)}
    )
    if name == "reference":  # reads the source form, which these normal forms do not have
        return
    decide = engine(name, plan)
    assert decide({}) == frozenset()
    assert decide({"fact_1": False, "fact_2": 0, "fact_0": False}) == {"any", "number", "day"}
    assert decide({"fact_1": True, "fact_0": True}) == {"any"}


@fast_engine
def test_clauses_that_always_or_never_apply_need_no_fact(name: str) -> None:
    assert engine(name, _with({"always": ALWAYS, "never": NEVER, "flag": FLAG}))({}) == {"always"}


@fast_engine
def test_a_wide_conjunction_of_wide_disjunctions_is_no_explosion(name: str) -> None:
    columns = [
        tuple(Within("fact_2", 10 * row + column, 10 * row + column) for row in range(9)) for column in range(10)
    ]
    wide_disjunction = tuple(All((FLAG, Within("fact_2", number, None))) for number in range(300))
    conditions: dict[str, Normal] = {
        "product": All(tuple(AnyOf((*column, FLAG)) for column in columns)),
        "sum": AnyOf(wide_disjunction),
        "both": All((AnyOf(wide_disjunction), AnyOf((*columns[0], *columns[1], Present("fact_0", True))))),
    }
    decide = engine(name, _with(conditions))
    assert decide({"fact_1": True, "fact_2": 5, "fact_0": True}) == {"product", "sum", "both"}
    assert decide({"fact_1": True, "fact_2": 0}) == {"product", "sum", "both"}
    assert decide({"fact_1": False, "fact_2": 300, "fact_0": True}) == frozenset()


@fast_engine
def test_conditions_nested_forty_deep_are_taken(name: str) -> None:
    nested: Normal = FLAG
    for level in range(20):
        nested = All((AnyOf((nested, Within("fact_2", level, level))), AnyOf((FLAG, Present("fact_0", True)))))
    decide = engine(name, _with({"deep": nested}))
    assert decide({"fact_1": True}) == {"deep"}
    assert decide({"fact_0": True, "fact_2": 7}) == {"deep"}
    assert decide({"fact_0": False, "fact_2": 7}) == frozenset()


def test_a_plan_of_absurd_size_is_refused_when_it_is_lowered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shards, "PLAN_RULES", 3)
    with pytest.raises(EngineError, match="预案过大"):
        durable.lower(_with({f"c{number}": Within("fact_2", number, None) for number in range(4)}))


def test_a_condition_too_deep_for_the_compiler_is_an_engine_error() -> None:
    nested: Normal = FLAG
    for level in range(5_000):
        nested = All((AnyOf((nested, Within("fact_2", level, level))), FLAG))
    plan = _with({"flag": FLAG})
    object.__setattr__(plan, "conditions", {"deep": nested})
    with pytest.raises(EngineError, match="嵌套过深"):
        generated.lower(plan)
    with pytest.raises(EngineError, match="嵌套过深"):
        durable.lower(dataclasses.replace(plan, key=("too deep", ())))


def test_an_integer_in_a_condition_beyond_64_bits_is_refused() -> None:
    with pytest.raises(EngineError, match="64"):
        durable.lower(_with({"big": Within("fact_2", 2**63, None)}))


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, True, "5", 1.5, [5], float("nan")])
def test_what_is_no_64_bit_integer_is_never_given_to_the_engine(value: Any) -> None:
    decide = durable.lower(_with({"five": Within("fact_2", 5, None)}))
    with pytest.raises(EngineError, match="取值"):
        decide({"fact_2": value})
    assert decide({"fact_2": 2**63 - 1}) == {"five"}


def test_a_value_outside_its_declaration_is_never_given_to_the_engine() -> None:
    decide = durable.lower(_with({"flag": FLAG}))
    for value in ("true", 2, ["x"]):
        with pytest.raises(EngineError, match="取值"):
            decide({"fact_1": value})  # type: ignore[dict-item]


def test_an_engine_that_is_not_installed_says_which_command_brings_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "durable_rules_engine", None)
    with pytest.raises(EngineError, match="pip install durable-rules"):
        durable.lower(_with({"flag": FLAG}))


# --------------------------------------------------------------------------- an engine that misbehaves


class Faulty:
    """The real C module, but for one function."""

    def __init__(self, **functions: Callable[..., object]) -> None:
        self.functions = functions
        self.on = False

    def __getattr__(self, name: str) -> Any:
        real = getattr(durable_rules_engine, name)
        return lambda *arguments: (
            self.functions[name](*arguments) if self.on and name in self.functions else real(*arguments)
        )

    @property
    def error(self) -> type[Exception]:
        return durable_rules_engine.error  # type: ignore[no-any-return]


def _engine(faulty: Faulty, plan: Lowered) -> Callable[[Wide], frozenset[str]]:
    facts = plan.plan.facts
    return durable.Engine(faulty, shards.build(plan.conditions, facts), facts).fires


def _raise(error: BaseException) -> Callable[..., object]:
    def fail(*arguments: object) -> object:
        raise error

    return fail


FAULTS: dict[str, tuple[str, Callable[..., object]]] = {
    "says the fact was seen before": ("assert_fact", lambda *_: (2, 1)),
    "puts the fact off": ("assert_fact", lambda *_: (3, 0)),
    "fails to take the fact": ("assert_fact", _raise(durable_rules_engine.error("303"))),
    "runs nothing": ("start_action_for_state", lambda *_: None),
    "runs another rule first": ("start_action_for_state", lambda *_: ("{}", '{"01":{}}')),
    "fires for ever": ("complete_and_start_action", lambda *_: '{"01":{}}'),
    "fires a rule it does not have": ("complete_and_start_action", iter(['{"99":{}}', None]).__next__),
    "fails between rules": ("complete_and_start_action", _raise(durable_rules_engine.error("307"))),
    "does not give the fact back": ("retract_fact", _raise(durable_rules_engine.error("309"))),
}


@pytest.mark.parametrize("fault", list(FAULTS))
def test_an_engine_that_misbehaves_raises_and_then_recovers(fault: str) -> None:
    name, function = FAULTS[fault]
    plan = _with({"flag": FLAG, "five": Within("fact_2", 5, None)})
    faulty = Faulty(**{name: (lambda *_: function()) if fault == "fires a rule it does not have" else function})
    fires = _engine(faulty, plan)
    faulty.on = True
    with pytest.raises(EngineError):
        fires({"fact_1": True})
    faulty.on = False
    assert fires({"fact_1": True}) == {"flag"}
    assert fires({"fact_1": False, "fact_2": 5}) == {"five"}


@pytest.mark.parametrize("fails", [False, True])
def test_a_fact_that_is_still_there_is_never_taken_for_the_next_one(fails: bool) -> None:
    """The engine does not take it back, and says so (and cannot delete the session either) or does not."""
    fault = _raise(durable_rules_engine.error("309")) if fails else lambda *_: (0, 1)
    faulty = Faulty(retract_fact=fault, delete_state=fault if fails else durable_rules_engine.delete_state)
    fires = _engine(faulty, _with({"flag": FLAG, "five": Within("fact_2", 5, None)}))
    faulty.on = True
    with pytest.raises(EngineError) if fails else nullcontext():
        assert fires({"fact_1": True}) == {"flag"}
    faulty.on = False
    with pytest.raises(EngineError, match="未受理"):
        fires({"fact_2": 5})
    assert fires({"fact_2": 5}) == {"five"}


def test_an_interrupted_question_leaves_the_engine_usable() -> None:
    plan = _with({"flag": FLAG, "five": Within("fact_2", 5, None)})
    faulty = Faulty(complete_and_start_action=_raise(KeyboardInterrupt()))
    fires = _engine(faulty, plan)
    faulty.on = True
    with pytest.raises(KeyboardInterrupt):
        fires({"fact_1": True})
    faulty.on = False
    assert fires({"fact_1": True, "fact_2": 9}) == {"flag", "five"}


def test_an_engine_out_of_memory_is_never_touched_again() -> None:
    plan = _with({"flag": FLAG})
    faulty = Faulty(assert_fact=_raise(MemoryError()))
    fires = _engine(faulty, plan)
    faulty.on = True
    for _ in range(2):
        with pytest.raises(EngineError, match="内存不足"):
            fires({"fact_1": True})
        faulty.on = False


def test_property_names_never_share_a_hash() -> None:
    names = durable._distinct_names()
    hashes = {durable._fnv32(next(names)) for _ in range(20_000)}
    assert len(hashes) == 20_000
    assert durable._fnv32("字段549599") != 0
    assert not hashes & {durable._fnv32(word) for word in durable._RESERVED}


def test_the_reference_is_not_compared_with_itself_alone() -> None:
    plan, wides = _case(6)
    assert len({engine("durable", plan)(wide) for wide in wides}) > 5
    assert not list(disagreements("durable", plan, wides))
