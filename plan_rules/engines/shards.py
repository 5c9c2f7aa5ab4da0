"""Conditions -> stages of shards: small groups of small rules, each well within the limits of an engine.

A rule engine with a fixed stack and a fixed number of branches a rule cannot take every condition as it stands.  Here
a condition that is too large is cut: a disjunction becomes several rules with one output, and a part that would
multiply firings becomes an output of an earlier stage, which later stages read as a derived fact.  Size stays linear.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from math import prod
from operator import getitem
from typing import TypeAlias, assert_never

from plan_rules.condition import ALWAYS, NEVER, All, AnyOf, Is, Present, Scalar, Within
from plan_rules.errors import EngineError, Message
from plan_rules.fact import Fact, Kind
from plan_rules.normal import Normal
from plan_rules.truth import Wide

# One fact may satisfy at most this many paths of a rule: each is a firing, and a place on the engine's stack.
RULE_WEIGHT = 8
# Literals, and nested conjunctions and disjunctions, in one rule (the engine takes 14 of the latter).
RULE_LEAVES = 40
RULE_COMPOUNDS = 12
# The same for all rules of a shard together: below the engine's stack of 64, 512 siblings and 252 properties.
SHARD_RULES = 47
SHARD_WEIGHT = 56
SHARD_LEAVES = 300
SHARD_PROPERTIES = 120
# A plan needing more rules than this is refused when it is lowered.
PLAN_RULES = 100_000


@dataclass(frozen=True, slots=True)
class Derived:
    """An earlier stage found this output true."""

    output: int


@dataclass(frozen=True, slots=True)
class And:
    """Every part holds; at least two."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one part holds; at least two."""

    parts: tuple[Node, ...]


Leaf: TypeAlias = Is | Within | Present | Derived
Node: TypeAlias = Leaf | And | Or


@dataclass(frozen=True, slots=True)
class Rule:
    """When the condition holds, the output is true.  Several rules may have one output."""

    output: int
    condition: Node
    weight: int


@dataclass(frozen=True, slots=True)
class Program:
    """Shards in the order in which to ask them, what each output means, and what needs no asking.

    `clauses[n]` are the clauses that fire when output n is true: none for a part of a condition.  No rule of a shard
    can fire unless one of its `guards` holds.
    """

    always: frozenset[str]
    clauses: tuple[frozenset[str], ...]
    shards: tuple[tuple[Rule, ...], ...]
    guards: tuple[frozenset[Leaf], ...]


def build(conditions: Mapping[str, Normal], facts: Mapping[str, Fact]) -> Program:
    """The program of these conditions (clause id -> normal form).  Raises EngineError for a plan of absurd size."""
    named: dict[Normal, list[str]] = {}
    for clause, condition in conditions.items():
        named.setdefault(condition, []).append(clause)
    always = frozenset(named.pop(ALWAYS, ()))
    named.pop(NEVER, None)
    nodes = {_node(condition): ids for condition, ids in named.items()}
    cutter = _Cutter()
    meaning: dict[int, set[str]] = {}
    for node, ids in nodes.items():
        for alternative in _alternatives(node, nodes):
            meaning.setdefault(cutter.output(alternative), set()).update(ids)
    clauses = tuple(frozenset(meaning.get(output, ())) for output in range(len(cutter.outputs)))
    shards = tuple(shard for stage in cutter.stages for shard in _shards(stage, facts))
    guards = tuple(frozenset(guard for rule in shard for guard in _guards(rule.condition, facts)) for shard in shards)
    return Program(always, clauses, shards, guards)


def _alternatives(node: Node, nodes: Container[Node]) -> Iterator[Node]:
    """The node itself; of a disjunction, the alternatives that are other clauses' conditions, then the rest."""
    if not isinstance(node, Or):
        yield node
        return
    shared = [part for part in node.parts if part in nodes]
    yield from shared
    rest = tuple(part for part in node.parts if part not in shared)
    if rest:
        yield rest[0] if len(rest) == 1 else Or(rest)


def _node(condition: Normal) -> Node:
    match condition:
        case All(parts):
            return And(tuple(_node(part) for part in parts))  # type: ignore[arg-type]
        case AnyOf(parts):
            return Or(tuple(_node(part) for part in parts))  # type: ignore[arg-type]
        case _:
            return condition


@dataclass
class _Cutter:
    """Cuts conditions into rules of bounded size, each in the first stage after the outputs it reads."""

    outputs: dict[Node, int] = field(default_factory=dict)
    stages: list[list[Rule]] = field(default_factory=list)
    _stage_of: dict[int, int] = field(default_factory=dict)
    _count: int = 0

    def output(self, node: Node) -> int:
        """The output that is true where the node is, with its rules made on first use."""
        if node not in self.outputs:
            pieces = [self._fitted(piece) for piece in _chunks(node)]
            output = self.outputs[node] = len(self.outputs)
            self._stage_of[output] = max([self._add(output, piece) for piece in pieces])
        return self.outputs[node]

    def _add(self, output: int, condition: Node) -> int:
        self._count += 1
        if self._count > PLAN_RULES:
            raise EngineError(
                Message("预案过大, 规则引擎无法承载", f"the plan needs more than {PLAN_RULES} engine rules")
            )
        reads = [leaf.output for leaf in leaves(condition) if isinstance(leaf, Derived)]
        stage = 1 + max((self._stage_of[read] for read in reads), default=-1)
        while len(self.stages) <= stage:
            self.stages.append([])
        self.stages[stage].append(Rule(output, condition, weight(condition)))
        return stage

    def _fitted(self, node: Node) -> Node:
        """The node, or one that means the same, within the limits of one rule."""
        if not isinstance(node, And | Or):
            return node
        parts = [self._fitted(part) for part in node.parts]
        while _too_large(node := type(node)(tuple(parts))):
            compound = [index for index, part in enumerate(parts) if isinstance(part, And | Or)]
            if compound:
                heaviest = max(compound, key=lambda index: (weight(parts[index]), len(list(leaves(parts[index])))))
                parts[heaviest] = Derived(self.output(parts[heaviest]))
            elif isinstance(node, Or):
                return Derived(self.output(node))
            else:
                half = And(tuple(parts[:RULE_LEAVES]))
                parts = [Derived(self.output(half)), *parts[RULE_LEAVES:]]
        return node


def _chunks(node: Node) -> Iterator[Node]:
    """A disjunction as few alternatives at a time; anything else whole."""
    if not isinstance(node, Or):
        yield node
        return
    chunk: list[Node] = []
    for part in node.parts:
        if chunk and _too_large(Or((*chunk, part))):
            yield chunk[0] if len(chunk) == 1 else Or(tuple(chunk))
            chunk = []
        chunk.append(part)
    yield chunk[0] if len(chunk) == 1 else Or(tuple(chunk))


def leaves(node: Node) -> Iterator[Leaf]:
    """The literals of a node, left to right."""
    if isinstance(node, And | Or):
        for part in node.parts:
            yield from leaves(part)
    else:
        yield node


def weight(node: Node) -> int:
    """How many paths through the node one fact can satisfy at most: the firings of its rule."""
    match node:
        case And(parts):
            return prod(weight(part) for part in parts)
        case Or(parts):
            return sum(weight(part) for part in parts)
        case _:
            return 1


def _compounds(node: Node, inside: bool = False) -> int:
    """Nested conjunctions and disjunctions; a range or a set may need one where no conjunction surrounds it."""
    match node:
        case And(parts):
            return 1 + sum(_compounds(part, inside=True) for part in parts)
        case Or(parts):
            return 1 + sum(_compounds(part) for part in parts)
        case _:
            return 0 if inside else 1


def _too_large(node: Node) -> bool:
    return weight(node) > RULE_WEIGHT or _compounds(node) > RULE_COMPOUNDS or sum(1 for _ in leaves(node)) > RULE_LEAVES


def _shards(rules: list[Rule], facts: Mapping[str, Fact]) -> Iterator[tuple[Rule, ...]]:
    """Rules grouped so that those with one guard stay together, each group within the limits of a shard."""
    shard: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: _place(rule.condition, facts)):
        if shard and not _fits([*shard, rule]):
            yield tuple(shard)
            shard = []
        shard.append(rule)
    if shard:
        yield tuple(shard)


def _place(node: Node, facts: Mapping[str, Fact]) -> tuple[float, list[str]]:
    guards = _guards(node, facts)
    return (-max(_chance(guard, facts) for guard in guards), sorted(map(repr, guards)))


def _guards(node: Node, facts: Mapping[str, Fact]) -> tuple[Leaf, ...]:
    """Literals of which one must hold for the node to hold; of several such choices, the least likely to."""
    match node:
        case And(parts):
            return min((_guards(part, facts) for part in parts), key=lambda guards: _rarity(guards, facts))
        case Or(parts):
            return tuple(guard for part in parts for guard in _guards(part, facts))
        case _:
            return (node,)


def _rarity(guards: tuple[Leaf, ...], facts: Mapping[str, Fact]) -> tuple[float, list[str]]:
    return (sum(_chance(guard, facts) for guard in guards), sorted(map(repr, guards)))


def _chance(leaf: Leaf, facts: Mapping[str, Fact]) -> float:
    """A guess at how often a literal holds: what holds by default mostly does, what does not mostly does not."""
    match leaf:
        case Is(fact, values):
            default, domain = facts[fact].default, facts[fact].domain
            return (len(values) / len(domain)) if default not in domain else 0.9 if default in values else 0.1
        case Present(_, present):
            return 0.1 if present else 0.9
        case Within() | Derived():
            return 0.5
        case _:
            assert_never(leaf)


def _fits(rules: list[Rule]) -> bool:
    every = [leaf for rule in rules for leaf in leaves(rule.condition)]
    return (
        len(rules) <= SHARD_RULES
        and sum(rule.weight for rule in rules) <= SHARD_WEIGHT
        and len(every) <= SHARD_LEAVES
        and len(set(every)) <= SHARD_PROPERTIES
    )


class Index:
    """Which shards a wide fact concerns: those with a guard that may hold."""

    def __init__(self, program: Program, facts: Mapping[str, Fact]) -> None:
        always: set[int] = set()
        tables: dict[str, dict[Scalar, frozenset[int]]] = {}
        for shard, guards in enumerate(program.guards):
            for leaf in guards:
                if (
                    isinstance(leaf, Derived) or len(program.shards) == 1
                ):  # nothing to choose from is nothing to look up
                    always.add(shard)
                else:
                    _enter(tables.setdefault(leaf.fact, _empty(facts[leaf.fact])), leaf, frozenset((shard,)))
        self._always, self._facts, self._tables = frozenset(always), tuple(tables), tuple(tables.values())

    def concerned(self, wide: Wide) -> list[int]:
        """The numbers of the shards to ask, in order.  Raises KeyError for a value outside its declaration."""
        return sorted(self._always.union(*map(getitem, self._tables, map(wide.get, self._facts))))


class _Any(dict[Scalar, frozenset[int]]):
    """The shards about an integer, whatever its value."""

    shards: frozenset[int] = frozenset()

    def __missing__(self, value: Scalar) -> frozenset[int]:
        return self.shards


def _empty(fact: Fact) -> dict[Scalar, frozenset[int]]:
    if fact.kind is Kind.INTEGER:
        return _Any({None: frozenset()})
    return dict.fromkeys((None, *(fact.domain or (False, True))), frozenset())


def _enter(table: dict[Scalar, frozenset[int]], leaf: Is | Within | Present, shards: frozenset[int]) -> None:
    match leaf:
        case Within():
            assert isinstance(table, _Any)
            table.shards |= shards
        case Is(_, values):
            table.update({value: table[value] | shards for value in values})
        case Present(_, present):
            table[present] |= shards
        case _:
            assert_never(leaf)
