"""Lowered plan -> one Python function, compiled from syntax nodes, and the set of clauses that fire on a wide fact.

For hot paths.  Clauses that share a literal share its test; a fact is read once, where it is first needed.  Ids and
values of the plan enter only as constants of the syntax tree: no text from a plan file is ever parsed as Python.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import assert_never

from plan_rules.condition import ALWAYS, NEVER, All, AnyOf, Is, Present, Scalar, Within
from plan_rules.errors import EngineError, Message
from plan_rules.fact import Fact, Kind
from plan_rules.normal import Literal, Lowered, Normal, facts_of, literals_of
from plan_rules.truth import Wide

# Tests nested deeper than this are written as one `and`: Python's compiler recurses.
_DEPTH = 12
_SMALL = 3  # so many values are tried one after another faster than a set is searched


@dataclass(frozen=True, slots=True)
class Pending:
    """Clauses that fire once all of these parts (by number) hold too."""

    clauses: tuple[str, ...]
    parts: frozenset[int]


def lower(lowered: Lowered) -> Callable[[Wide], frozenset[str]]:
    """The engine of a plan: a function from a wide fact to the ids of the clauses and notices that fire.

    Raises EngineError when conditions are nested too deeply for Python's compiler.
    """
    try:
        return _compiled(lowered)
    except (RecursionError, MemoryError) as error:
        raise EngineError(
            Message("条件嵌套过深", "the plan's conditions are nested too deeply to be compiled")
        ) from error


def _compiled(lowered: Lowered) -> Callable[[Wide], frozenset[str]]:
    named: dict[Normal, list[str]] = {}
    for clause, condition in lowered.conditions.items():
        named.setdefault(condition, []).append(clause)
    always = tuple(named.pop(ALWAYS, ()))
    named.pop(NEVER, None)
    writer = _Writer(lowered.plan.facts, (part for condition in named for part in _parts(condition)))
    pending = [Pending(tuple(ids), writer.numbers(_parts(condition))) for condition, ids in named.items()]
    names: dict[str, Callable[[Wide], frozenset[str]]] = {}
    module = _module(always, writer.block(pending, 0, frozenset()))
    exec(compile(module, "<plan>", "exec"), names)  # noqa: S102  built from nodes, never from text
    return names["fires"]


def _parts(condition: Normal) -> tuple[Normal, ...]:
    return condition.parts if isinstance(condition, All) else (condition,)  # type: ignore[return-value]


def _module(always: tuple[str, ...], body: list[ast.stmt]) -> ast.Module:
    """A module with one function.

    def fires(wide):
        read = wide.get
        fired = [<always>]
        fire = fired.append
        <body>
        return frozenset(fired)
    """
    start: list[ast.stmt] = [
        _assign("read", ast.Attribute(_load("wide"), "get", ast.Load())),
        _assign("fired", ast.List(_constants(always), ast.Load())),
        _assign("fire", ast.Attribute(_load("fired"), "append", ast.Load())),
    ]
    end = ast.Return(ast.Call(_load("frozenset"), [_load("fired")], []))
    arguments = ast.arguments(posonlyargs=[], args=[ast.arg("wide")], kwonlyargs=[], kw_defaults=[], defaults=[])
    function = ast.FunctionDef("fires", arguments, [*start, *body, end], [])
    return ast.fix_missing_locations(ast.Module([function], []))


class _Writer:
    """Writes the statements; numbers the parts of conditions, cheap ones first, and the facts in local variables."""

    def __init__(self, facts: Mapping[str, Fact], parts: Iterable[Normal]) -> None:
        self._facts = facts
        self._locals: dict[str, str] = {}
        self._part = sorted(set(parts), key=_cost)
        self._number = {part: number for number, part in enumerate(self._part)}
        self._reads = [facts_of(part) for part in self._part]

    def numbers(self, parts: Iterable[Normal]) -> frozenset[int]:
        """The numbers of these parts."""
        return frozenset(self._number[part] for part in parts)

    def block(self, pending: list[Pending], depth: int, loaded: frozenset[str]) -> list[ast.stmt]:
        """Statements that fire these clauses, given the facts already in local variables."""
        statements: list[ast.stmt] = [_fire(rule.clauses) for rule in pending if not rule.parts]
        pending = [rule for rule in pending if rule.parts]
        groups = _groups(pending) if depth < _DEPTH else [(rule.parts, [_bare(rule)]) for rule in pending]
        read = [self._read_by(test, inner) for test, inner in groups]
        uses = Counter(fact for facts in read for fact in facts)
        chain: list[tuple[frozenset[int], ast.If]] = []
        for (test, inner), facts in zip(groups, read, strict=True):
            tested = self._read_by(test, ())
            needed = [fact for fact in facts if fact not in loaded and (uses[fact] > 1 or fact in tested)]
            reads = [self._read(fact) for fact in needed]
            block = ast.If(self._all(test), self.block(inner, depth + 1, loaded | frozenset(needed)), [])
            if chain and len(chain) < _DEPTH and all(self._exclusive(before, test) for before, _ in chain):
                chain[-1][1].orelse = [*reads, block]
            else:
                statements += [*reads, block]
                loaded |= frozenset(needed)
                chain = []
            chain.append((test, block))
        return statements

    def _read_by(self, test: frozenset[int], inner: Iterable[Pending]) -> dict[str, None]:
        """The facts read by a test and by the clauses inside it, in order."""
        every = [*sorted(test), *(part for rule in inner for part in sorted(rule.parts))]
        return dict.fromkeys(fact for part in every for fact in self._reads[part])

    def _exclusive(self, first: frozenset[int], second: frozenset[int]) -> bool:
        """Never both, so that the second need not be tested where the first held."""
        pairs = ((self._part[one], self._part[other]) for one in first for other in second)
        return any(
            isinstance(one, Is)
            and isinstance(other, Is)
            and one.fact == other.fact
            and not set(one.values) & set(other.values)
            for one, other in pairs
        )

    def _all(self, numbers: Iterable[int]) -> ast.expr:
        return self._every([self._part[number] for number in sorted(numbers)])

    def _every(self, parts: Iterable[Normal]) -> ast.expr:
        tests = [self._test(part) for part in parts]
        return tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), tests)

    def _read(self, fact: str) -> ast.stmt:
        name = self._locals.setdefault(fact, f"f{len(self._locals)}")
        return _assign(name, ast.Call(_load("read"), [ast.Constant(fact)], []))

    def _test(self, part: Normal) -> ast.expr:
        """True where the part is; an unknown fact reads as None, and no test holds of None."""
        match part:
            case All(parts):
                return self._every(sorted(parts, key=_cost))  # type: ignore[arg-type]
            case AnyOf(parts):
                return ast.BoolOp(ast.Or(), [self._test(one) for one in sorted(parts, key=_cost)])  # type: ignore[arg-type]
            case Present(_, present):
                return _is(self._value(part), present)
            case Within(_, low, high):
                return self._within(part, low, high)
            case Is(fact, values):
                return self._is_one_of(part, self._facts[fact], values)
            case _:
                assert_never(part)

    def _value(self, literal: Literal) -> ast.expr:
        return _load(self._locals[literal.fact])

    def _within(self, literal: Within, low: int | None, high: int | None) -> ast.expr:
        known = _compare(self._value(literal), ast.IsNot(), ast.Constant(None))
        if low is None and high is None:
            return known
        if low is not None and low == high:
            return _compare(self._value(literal), ast.Eq(), ast.Constant(low))
        bounds = [_compare(self._value(literal), ast.GtE(), ast.Constant(low))] if low is not None else []
        bounds += [_compare(self._value(literal), ast.LtE(), ast.Constant(high))] if high is not None else []
        return ast.BoolOp(ast.And(), [known, *bounds])

    def _is_one_of(self, literal: Is, fact: Fact, values: tuple[Scalar, ...]) -> ast.expr:
        value = self._value(literal)
        if set(values) >= set(fact.domain):
            return _compare(value, ast.IsNot(), ast.Constant(None))
        if fact.kind is Kind.BOOL:
            return _is(value, values[0] is True)
        if len(values) == 1:
            return _compare(value, ast.Eq(), ast.Constant(values[0]))
        few = len(values) <= _SMALL
        return _compare(value, ast.In(), _tuple(values) if few else ast.Set(_constants(values)))


def _groups(pending: list[Pending]) -> list[tuple[frozenset[int], list[Pending]]]:
    """What some clauses share, and those clauses with what they need besides; the most shared part first."""
    groups = []
    while pending:
        shares = Counter(part for rule in pending for part in rule.parts)
        part = max(shares, key=lambda one: (shares[one], -one))
        if shares[part] == 1:
            groups += [(rule.parts, [_bare(rule)]) for rule in pending]
            break
        mine = [rule for rule in pending if part in rule.parts]
        pending = [rule for rule in pending if part not in rule.parts]
        common = frozenset.intersection(*(rule.parts for rule in mine))
        groups.append((common, [Pending(rule.clauses, rule.parts - common) for rule in mine]))
    return sorted(groups, key=lambda group: sorted(group[0]))


def _bare(rule: Pending) -> Pending:
    return Pending(rule.clauses, frozenset())


def _cost(part: Normal) -> tuple[int, str]:
    """Cheap tests first; then in an order of our own, so that equal plans give equal functions."""
    return (sum(1 for _ in literals_of(part)), repr(part))


def _fire(clauses: tuple[str, ...]) -> ast.stmt:
    if len(clauses) == 1:
        return ast.Expr(ast.Call(_load("fire"), [ast.Constant(clauses[0])], []))
    return ast.AugAssign(ast.Name("fired", ast.Store()), ast.Add(), _tuple(clauses))


def _is(value: ast.expr, wanted: bool) -> ast.expr:
    return value if wanted else _compare(value, ast.Is(), ast.Constant(False))


def _compare(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> ast.expr:
    return ast.Compare(left, [operator], [right])


def _load(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


def _assign(name: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([ast.Name(name, ast.Store())], value)


def _tuple(values: Iterable[Scalar]) -> ast.expr:
    return ast.Tuple(_constants(values), ast.Load())


def _constants(values: Iterable[Scalar]) -> list[ast.expr]:
    return [ast.Constant(value) for value in values]
