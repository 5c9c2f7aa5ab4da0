"""Lowered plan -> durable_rules rulesets, and the set of clauses that fire on a wide fact.

The only file that knows durable_rules.  Its own `Host` loses firings under load and swallows errors, so its C module
is driven directly, in the one pattern that holds up: flat rules over constants, each with a constant marker first; one
wide fact with a fixed id in one fixed session, taken back after every question; one lock; nothing else kept.  To make a
session writes half a megabyte, ten times what a question costs, so it stays, empty; after anything amiss it is deleted.
Every question also fires one rule that always holds, so that silence is never taken for "nothing applies".
"""

from __future__ import annotations

import json
import os
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import partial
from itertools import count, islice
from operator import getitem
from typing import Protocol, TypeAlias, assert_never
from weakref import WeakValueDictionary, finalize

from plan_rules.condition import Is, Present, Scalar, Within
from plan_rules.engines.shards import And, Derived, Index, Leaf, Node, Or, Program, Rule, build, leaves
from plan_rules.errors import EngineError, Message
from plan_rules.fact import Fact
from plan_rules.normal import Lowered
from plan_rules.truth import Wide

Json: TypeAlias = "dict[str, Json] | list[Json] | int | str"
Table: TypeAlias = "dict[Scalar, str]"  # value (None: unknown) -> what the engine is told, ready to be joined

_SESSION = "s"
_HEAD = '{"sid":"s","id":"f","k":1'
_TAKEN_BACK = '{"sid":"s","id":"f"}'
_ANSWERED = "00"  # the name of the rule that always holds
_INT64 = 1 << 63
_OFFSET_BASIS, _PRIME = 0x811C9DC5, 16777619
# fmt: off
_RESERVED = (  # words the engine knows
    "sid", "id", "k", "m", "$m", "$s", "$i", "$forward", "$and", "$or", "$eq", "$neq", "$lt", "$lte", "$gt", "$gte",
    "$ex", "$nex", "$mt", "$imt", "$iall", "$iany", "$add", "$sub", "$mul", "$div", "$l", "$r", "all", "any", "pri",
    "count", "cap", "dist", "name", "$timerName", "$baseTime", "$time",
)
# fmt: on

# The C module keeps global tables, so one lock guards every use; a fork waits for it, and finds it free in the child.
_LOCK = threading.Lock()
os.register_at_fork(before=_LOCK.acquire, after_in_parent=_LOCK.release, after_in_child=_LOCK.release)
_LIVE: WeakValueDictionary[object, Engine] = WeakValueDictionary()
_ABANDONED: deque[int] = deque()  # rulesets whose engine is gone; deleted before the next one is made


class Module(Protocol):
    """What is used of the C module `durable_rules_engine`."""

    error: type[Exception]
    create_ruleset: Callable[[str, str], int]  # (name, rules as JSON) -> handle
    delete_ruleset: Callable[[int], None]
    assert_fact: Callable[[int, str], tuple[int, int]]  # (handle, fact as JSON) -> (error code, state)
    start_action_for_state: Callable[[int, int], tuple[str, str] | None]  # -> (session, {rule: its facts})
    complete_and_start_action: Callable[[int, int], str | None]  # -> {rule: its facts}, or None: no more
    retract_fact: Callable[[int, str], tuple[int, int]]
    delete_state: Callable[[int, str], None]


def lower(lowered: Lowered) -> Callable[[Wide], frozenset[str]]:
    """The engine of a plan: a function from a wide fact to the ids of the clauses and notices that fire.

    Raises EngineError when the engine cannot take the plan, and from the function when it does not answer as it must.
    """
    module = _module()
    with _LOCK:
        while _ABANDONED:
            _delete(module, _ABANDONED.popleft())
        engine = _LIVE.get(lowered.key)
        if engine is None:
            try:
                engine = Engine(module, build(lowered.conditions, lowered.plan.facts), lowered.plan.facts)
            except RecursionError as error:
                raise EngineError(Message("条件嵌套过深", "the plan's conditions are nested too deeply")) from error
            _LIVE[lowered.key] = engine
    return engine.fires


def _module() -> Module:
    try:
        import durable_rules_engine  # noqa: PLC0415  only when this engine is used: it is compiled code
    except ImportError as error:
        raise EngineError(
            Message(
                "规则引擎 durable_rules 未安装或无法装入, 请执行 pip install durable-rules",
                "the rule engine durable_rules is not installed or does not load; run: pip install durable-rules",
            )
        ) from error
    module: Module = durable_rules_engine
    return module


def _delete(module: Module, handle: int) -> None:
    """A ruleset, after its session, which would be leaked."""
    with suppress(module.error):  # there is none
        module.delete_state(handle, _SESSION)
    module.delete_ruleset(handle)


class Engine:
    """The rulesets of one plan, for as long as somebody holds the engine."""

    def __init__(self, module: Module, program: Program, facts: Mapping[str, Fact]) -> None:
        _keep_freed_memory()
        self._module = module
        self._always = program.always
        self._broken = False
        self._shards: list[Shard] = []
        self._handles: list[int] = []
        finalize(self, _ABANDONED.extend, self._handles).atexit = False
        for rules in program.shards:
            vocabulary = Vocabulary(rules, facts)
            handle = self._created(_ruleset(rules, vocabulary))
            self._handles.append(handle)
            self._warm(handle)
            self._shards.append(Shard(handle, rules, program, vocabulary))
        self._index = Index(program, facts)
        self._staged = any(shard.derived for shard in self._shards)

    def _created(self, ruleset: str) -> int:
        try:
            return self._module.create_ruleset("plan", ruleset)
        except self._module.error as error:
            raise EngineError(
                Message(f"规则引擎拒绝了预案: {error}", f"the rule engine refused the plan: {error}")
            ) from error

    def _warm(self, handle: int) -> None:
        """Run one action: before that, releasing a session would free a pointer that was never set."""
        try:
            code, state = self._module.assert_fact(handle, _HEAD + "}")
            message = None if code else self._module.start_action_for_state(handle, state)
            if message is None or self._module.complete_and_start_action(handle, state) is not None:
                raise EngineError(Message("规则引擎无法启动", "the rule engine does not start: no action ran"))
            self._module.delete_state(handle, _SESSION)
        except self._module.error as error:
            raise EngineError(
                Message(f"规则引擎无法启动: {error}", f"the rule engine does not start: {error}")
            ) from error

    def fires(self, wide: Wide) -> frozenset[str]:
        """The clauses that fire on a wide fact.  Raises EngineError rather than give an answer that may be wrong."""
        fired = [self._always]
        true: set[int] = set()
        try:
            concerned = self._index.concerned(wide)
        except (KeyError, TypeError) as error:
            raise _undeclared(error) from error
        with _LOCK:
            for number in concerned:
                shard = self._shards[number]
                told = shard.told(wide, true)
                if told:  # every condition needs a fact that speaks for it
                    names = self._ask(shard, told)
                    try:
                        fired += map(shard.clauses.__getitem__, names)
                    except KeyError as error:
                        self._let_go(shard)
                        raise EngineError(
                            Message(f"规则引擎答非所问: {error}", f"the engine fired a rule it does not have: {error}")
                        ) from error
                    if self._staged:
                        true.update(map(shard.outputs.__getitem__, names))
        return frozenset().union(*fired)

    def _ask(self, shard: Shard, told: str) -> list[str]:
        """The names of the rules that fire, some more than once."""
        if self._broken:
            raise EngineError(
                Message("规则引擎内存不足, 须重启进程", "the rule engine ran out of memory: restart the process")
            )
        try:
            return self._asked(shard, told)
        except MemoryError as error:  # it leaves a session half made, which may not be touched again
            self._broken = True
            self._handles.clear()
            raise EngineError(Message("规则引擎内存不足", "the rule engine ran out of memory")) from error
        except self._module.error as error:
            raise EngineError(Message(f"规则引擎出错: {error}", f"the rule engine failed: {error}")) from error

    def _asked(self, shard: Shard, told: str) -> list[str]:
        module, handle = self._module, shard.handle
        try:
            code, state = module.assert_fact(handle, _HEAD + told + "}")
            if code:  # 2: an earlier question was cut short, and is still there
                raise EngineError(Message("规则引擎未受理事实", f"the rule engine did not take the fact (code {code})"))
            first = module.start_action_for_state(handle, state)
            if first is None or first[1][2:4] != _ANSWERED:
                raise EngineError(Message("规则引擎未作答", "the rule engine did not answer"))
            more = iter(partial(module.complete_and_start_action, handle, state), None)
            names = [message[2:4] for message in islice(more, shard.budget)]
            if len(names) == shard.budget:
                raise EngineError(
                    Message("规则引擎触发次数超出上限", "the rule engine fired more often than the plan allows")
                )
            # All that fired is done with and the fact is alone in its session: so alone is it safe to take it back.
            module.retract_fact(handle, _TAKEN_BACK)
        except MemoryError:
            raise
        except BaseException:
            self._let_go(shard)
            raise
        return names

    def _let_go(self, shard: Shard) -> None:
        """The session is not used again: what is amiss in it goes with it."""
        with suppress(self._module.error):
            self._module.delete_state(shard.handle, _SESSION)


class Shard:
    """One ruleset: how a wide fact is told to it, and what its rules mean."""

    __slots__ = ("budget", "clauses", "derived", "facts", "handle", "outputs", "tables")

    def __init__(self, handle: int, rules: tuple[Rule, ...], program: Program, vocabulary: Vocabulary) -> None:
        self.handle = handle
        self.facts = tuple(vocabulary.tables)
        self.tables = tuple(vocabulary.tables.values())
        self.derived = tuple(vocabulary.derived.items())
        self.outputs = {_name(index): rule.output for index, rule in enumerate(rules, 1)}
        self.clauses = {name: program.clauses[output] for name, output in self.outputs.items()}
        self.budget = 1 + sum(rule.weight for rule in rules)

    def told(self, wide: Wide, true: set[int]) -> str:
        """What the engine is told of a wide fact and of the outputs of earlier stages; nothing that no rule reads."""
        try:
            told = "".join(map(getitem, self.tables, map(wide.get, self.facts)))
        except (KeyError, TypeError) as error:
            raise _undeclared(error) from error
        if self.derived:
            told += "".join([fragment for output, fragment in self.derived if output in true])
        return told


def _undeclared(error: Exception) -> EngineError:
    return EngineError(
        Message(f"事实取值不在声明之内: {error}", f"a fact has a value outside its declaration: {error}")
    )


def _name(index: int) -> str:
    return f"{index:02d}"


# --------------------------------------------------------------------------- what the engine is told


class Vocabulary:
    """The short property names of one shard, what each value of a fact tells it, and its literals over them.

    Values that no literal of the shard tells apart share one number, and a value that speaks for no literal is not
    told at all.  Names are ours, and distinct by the 32-bit hash that is all the engine compares.
    """

    def __init__(self, rules: tuple[Rule, ...], facts: Mapping[str, Fact]) -> None:
        self.tables: dict[str, Table] = {}
        self.derived: dict[int, str] = {}
        self.literals: dict[Leaf, list[Json]] = {}
        self._names = _distinct_names()
        every = dict.fromkeys(leaf for rule in rules for leaf in leaves(rule.condition))
        sets: dict[str, list[Is | Present]] = {}
        for leaf in every:
            match leaf:
                case Derived(output):
                    name = next(self._names)
                    self.derived[output] = f',"{name}":1'
                    self.literals[leaf] = [{name: 1}]
                case Within(fact):
                    if fact not in self.tables:
                        self.tables[fact] = Integers(next(self._names))
                    self.literals[leaf] = _interval(self.tables[fact], leaf)
                case Is(fact) | Present(fact):
                    sets.setdefault(fact, []).append(leaf)
                case _:
                    assert_never(leaf)
        for fact, about in sets.items():
            self._number(fact, facts[fact].domain or (False, True), about)

    def _number(self, fact: str, domain: tuple[Scalar, ...], about: list[Is | Present]) -> None:
        holds = {leaf: frozenset(leaf.values if isinstance(leaf, Is) else (leaf.present,)) for leaf in about}
        numbers: dict[tuple[bool, ...], int] = {(False,) * len(about): 0}
        codes = {
            value: numbers.setdefault(tuple(value in holds[leaf] for leaf in about), len(numbers)) for value in domain
        }
        name = next(self._names)
        told: Table = {value: f',"{name}":{code}' if code else "" for value, code in codes.items()}
        for leaf in about:
            wanted = {codes[value] for value in holds[leaf]}
            low, high = min(wanted), max(wanted)
            if len(wanted) == high - low + 1:
                highest = len(numbers) - 1
                self.literals[leaf] = _between(name, None if low == 1 else low, None if high == highest else high)
            else:  # the numbers have gaps: the literal gets a property of its own
                own = next(self._names)
                self.literals[leaf] = [{own: 1}]
                told = {value: text + (f',"{own}":1' if value in holds[leaf] else "") for value, text in told.items()}
        self.tables[fact] = told | {None: ""}


class Integers(dict[Scalar, str]):
    """What the engine is told of an integer: itself.  Nothing is kept but that None says nothing."""

    def __init__(self, name: str) -> None:
        super().__init__({None: ""})
        self.name = name

    def __missing__(self, value: Scalar) -> str:
        if type(value) is not int or not -_INT64 <= value < _INT64:
            raise KeyError(value)
        return f',"{self.name}":{value}'


def _interval(table: Table, literal: Within) -> list[Json]:
    for bound in (literal.low, literal.high):
        if bound is not None and not -_INT64 <= bound < _INT64:
            raise EngineError(Message("整数超出 64 位", f"an integer does not fit in 64 bits: {literal.fact} {bound}"))
    assert isinstance(table, Integers)
    return _between(table.name, literal.low, literal.high)


def _between(name: str, low: int | None, high: int | None) -> list[Json]:
    """The literals that hold together when the property is told and lies in the interval."""
    if low is None and high is None:
        return [{"$ex": {name: 1}}]
    if low == high and low is not None:
        return [{name: low}]
    lower: list[Json] = [] if low is None else [{"$gte": {name: low}}]
    upper: list[Json] = [] if high is None else [{"$lte": {name: high}}]
    return lower + upper


def _distinct_names() -> Iterator[str]:
    """p0, p1, ...: never two that the engine would take for one another, or for a word of its own."""
    seen = {_fnv32(word) for word in _RESERVED}
    for number in count():
        name = f"p{number}"
        if (hashed := _fnv32(name)) not in seen:
            seen.add(hashed)
            yield name


def _fnv32(text: str) -> int:
    hashed = _OFFSET_BASIS
    for byte in text.encode():
        hashed = (hashed ^ byte) * _PRIME & 0xFFFFFFFF
    return hashed


# --------------------------------------------------------------------------- rulesets


def _ruleset(rules: tuple[Rule, ...], vocabulary: Vocabulary) -> str:
    """The definition of a shard's ruleset: the rule that always holds, then the shard's own, in order."""
    popular = Counter(leaf for rule in rules for leaf in leaves(rule.condition))
    definition = {_ANSWERED: _rule([])}
    for index, rule in enumerate(rules, 1):
        definition[_name(index)] = _rule(_conjuncts(rule.condition, vocabulary, popular))
    return json.dumps(definition)


def _rule(conjuncts: list[Json]) -> Json:
    return {"all": [{"m": {"$and": [{"k": 1}, *conjuncts]}}]}


def _conjuncts(node: Node, vocabulary: Vocabulary, popular: Counter[Leaf]) -> list[Json]:
    match node:
        case And(parts):
            ordered = sorted(parts, key=lambda part: _precedence(part, popular))  # rules share what they begin with
            return [conjunct for part in ordered for conjunct in _conjuncts(part, vocabulary, popular)]
        case Or(parts):
            return [{"$or": [_expression(_conjuncts(part, vocabulary, popular)) for part in parts]}]
        case _:
            return vocabulary.literals[node]


def _expression(conjuncts: list[Json]) -> Json:
    return conjuncts[0] if len(conjuncts) == 1 else {"$and": conjuncts}


def _precedence(part: Node, popular: Counter[Leaf]) -> tuple[bool, int, str]:
    return (isinstance(part, And | Or), -popular[part] if not isinstance(part, And | Or) else 0, repr(part))


def _keep_freed_memory() -> None:
    """Make the C library keep freed memory at hand instead of returning it to the system each time.

    Every question allocates and frees some hundred kilobytes, and page faults would cost more than the question.
    glibc raises its thresholds when a larger block has been freed; elsewhere this does nothing.
    """
    bytes(8 << 20)
