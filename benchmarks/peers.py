"""Conditions and their clauses -> the same plan in another rule engine, used the way its documentation shows.

Each peer gets every distinct condition once, compiled ahead where it can be, and the fastest call for one incident that
its documentation names.  Where an unknown fact would be an error or would count as false, the rule says so explicitly.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from itertools import compress
from typing import Any

from plan_rules.condition import All, AnyOf, Is, Present
from plan_rules.fact import Fact
from plan_rules.normal import Normal

Groups = list[tuple[Normal, tuple[str, ...]]]
Fires = Callable[[dict[str, Any]], frozenset[str]]
Written = Callable[[str, tuple[Any, ...]], str]  # a fact and its values, as text


def _holds(literal: Normal) -> tuple[str, tuple[Any, ...]]:
    """A literal as a fact and the values it may have."""
    match literal:
        case Is(fact, values):
            return fact, values
        case Present(fact, present):
            return fact, (present,)
    raise NotImplementedError(literal)


def _infix(
    condition: Normal, literal: Callable[[str, tuple[Any, ...]], str], conjunction: str, disjunction: str
) -> str:
    """The condition as text of an expression language."""
    match condition:
        case All(parts) | AnyOf(parts):
            joint = conjunction if isinstance(condition, All) else disjunction
            return "(" + joint.join(_infix(part, literal, conjunction, disjunction) for part in parts) + ")"
    return literal(*_holds(condition))


def _union(groups: Groups, wanted: Any) -> frozenset[str]:
    return frozenset().union(*compress([ids for _, ids in groups], wanted))


# --------------------------------------------------------------------------- the peers


def datalogic(groups: Groups, _facts: Mapping[str, Fact]) -> Fires:
    from datalogic_py import Engine

    def logic(condition: Normal) -> Any:
        match condition:
            case All(parts):
                return {"and": [logic(part) for part in parts]}
            case AnyOf(parts):
                return {"or": [logic(part) for part in parts]}
        fact, values = _holds(condition)
        variable = {"var": fact}
        return {"===": [variable, values[0]]} if len(values) == 1 else {"in": [variable, list(values)]}

    # One rule that gives one list: a call for each condition costs several times as much.
    rule = Engine().compile([logic(condition) for condition, _ in groups])
    return lambda wide: _union(groups, rule.evaluate(wide))


def zen(groups: Groups, _facts: Mapping[str, Fact]) -> Fires:
    from zen import ZenEngine

    def literal(fact: str, values: tuple[Any, ...]) -> str:
        listed = ", ".join(json.dumps(value) for value in values)
        return f"{fact} == {listed}" if len(values) == 1 else f"{fact} in [{listed}]"

    expressions = [
        {"id": f"e{number}", "key": f"r{number}", "value": _infix(condition, literal, " and ", " or ")}
        for number, (condition, _) in enumerate(groups)
    ]
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}},
        {
            "id": "rules",
            "type": "expressionNode",
            "name": "rules",
            "content": {"expressions": expressions},
            "position": {"x": 1, "y": 0},
        },
        {"id": "out", "type": "outputNode", "name": "out", "position": {"x": 2, "y": 0}},
    ]
    edges = [
        {"id": "a", "sourceId": "in", "targetId": "rules", "type": "edge"},
        {"id": "b", "sourceId": "rules", "targetId": "out", "type": "edge"},
    ]
    decision = ZenEngine().create_decision(json.dumps({"nodes": nodes, "edges": edges}))
    keys = [f"r{number}" for number in range(len(groups))]

    def fires(wide: dict[str, Any]) -> frozenset[str]:
        result = decision.evaluate(wide)["result"]
        return _union(groups, [result.get(key) for key in keys])

    return fires


def rule_engine(groups: Groups, facts: Mapping[str, Fact]) -> Fires:
    import rule_engine as peer

    def literal(fact: str, values: tuple[Any, ...]) -> str:
        listed = ", ".join(json.dumps(value) for value in values)
        return f"{fact} == {listed}" if len(values) == 1 else f"{fact} in [{listed}]"

    rules = [peer.Rule(_infix(condition, literal, " and ", " or ")).matches for condition, _ in groups]
    unknown = dict.fromkeys(facts)  # a name that does not resolve costs far more than one that is null

    def fires(wide: dict[str, Any]) -> frozenset[str]:
        known = unknown | wide
        return _union(groups, [matches(known) for matches in rules])

    return fires


def cedar(groups: Groups, _facts: Mapping[str, Fact]) -> Fires:
    import cedarpy

    def literal(fact: str, values: tuple[Any, ...]) -> str:
        listed = ", ".join(json.dumps(value) for value in values)
        test = f"context.{fact} == {listed}" if len(values) == 1 else f"[{listed}].contains(context.{fact})"
        return f"(context has {fact} && {test})"

    texts = (_infix(condition, literal, " && ", " || ") for condition, _ in groups)
    text = "\n".join(f"permit(principal, action, resource) when {{ {text} }};" for text in texts)
    policies = cedarpy.PolicySet.from_str(text)
    entities = cedarpy.Entities.from_json_str("[]")
    request = {"principal": 'Desk::"d"', "action": 'Action::"handle"', "resource": 'Incident::"i"'}
    names = {f"policy{number}": ids for number, (_, ids) in enumerate(groups)}

    def fires(wide: dict[str, Any]) -> frozenset[str]:
        answer = cedarpy.is_authorized({**request, "context": wide}, policies, entities)
        return frozenset().union(*[names[reason] for reason in answer.diagnostics.reasons])

    return fires


def clips(groups: Groups, facts: Mapping[str, Fact]) -> Fires:
    import clips as peer

    def symbol(value: Any) -> str:
        return {True: "TRUE", False: "FALSE"}[value] if isinstance(value, bool) else str(value)

    def pattern(condition: Normal) -> str:
        match condition:
            case All(parts):
                flat = [part for part in parts if not isinstance(part, All | AnyOf)]
                slots = " ".join(f"({fact} {'|'.join(map(symbol, values))})" for fact, values in map(_holds, flat))
                rest = " ".join(pattern(part) for part in parts if isinstance(part, All | AnyOf))
                return f"(and (incident {slots}) {rest})" if rest else f"(incident {slots})"
            case AnyOf(parts):
                return "(or " + " ".join(map(pattern, parts)) + ")"
        return pattern(All((condition,)))

    def build() -> tuple[Any, Any]:
        environment = peer.Environment()
        environment.define_function(fired.append, "fire")
        environment.build(f"(deftemplate incident {' '.join(f'(slot {fact} (default nil))' for fact in facts)})")
        for number, (condition, _) in enumerate(groups):
            environment.build(f"(defrule r{number} {pattern(condition)} => (fire {number}))")
        return environment, environment.find_template("incident")

    symbols = {value: peer.Symbol(symbol(value)) for fact in facts.values() for value in (*fact.domain, True, False)}
    fired: list[int] = []
    environment, template = build()
    asked = 0

    def fires(wide: dict[str, Any]) -> frozenset[str]:
        nonlocal environment, template, asked
        asked += 1
        if asked % 500 == 0:  # an environment slows down with age: a new one now and then is faster
            environment, template = build()
        environment.reset()
        template.assert_fact(**{fact: symbols.get(value, value) for fact, value in wide.items()})
        environment.run()
        found = frozenset().union(*[groups[number][1] for number in fired])
        fired.clear()
        return found

    return fires


def business_rules(groups: Groups, facts: Mapping[str, Fact]) -> Fires:
    from business_rules import run_all
    from business_rules.actions import BaseActions, rule_action
    from business_rules.fields import FIELD_NUMERIC
    from business_rules.variables import BaseVariables, string_rule_variable

    def said(value: Any) -> str:
        return str(value).lower() if isinstance(value, bool) else str(value)

    def variable(fact: str) -> Any:
        def read(self: Any) -> str:
            return self.said.get(fact, "")

        read.__name__ = fact
        return string_rule_variable()(read)

    class Variables(BaseVariables):  # type: ignore[misc]
        def __init__(self, wide: dict[str, Any]) -> None:
            self.said = {fact: said(value) for fact, value in wide.items()}

    class Actions(BaseActions):  # type: ignore[misc]
        def __init__(self) -> None:
            self.fired: list[int] = []

        @rule_action(params={"number": FIELD_NUMERIC})
        def fire(self, number: int) -> None:
            self.fired.append(number)

    for fact in facts:
        setattr(Variables, fact, variable(fact))

    def rule(condition: Normal) -> dict[str, Any]:
        match condition:
            case All(parts):
                return {"all": [rule(part) for part in parts]}
            case AnyOf(parts):
                return {"any": [rule(part) for part in parts]}
        fact, values = _holds(condition)
        tests = [{"name": fact, "operator": "equal_to", "value": said(value)} for value in values]
        return tests[0] if len(tests) == 1 else {"any": tests}

    rules = [
        {"conditions": {"all": [rule(condition)]}, "actions": [{"name": "fire", "params": {"number": number}}]}
        for number, (condition, _) in enumerate(groups)
    ]

    def fires(wide: dict[str, Any]) -> frozenset[str]:
        actions = Actions()
        run_all(rules, Variables(wide), actions)
        return frozenset().union(*[groups[number][1] for number in actions.fired])

    return fires


def durable_lang(groups: Groups, _facts: Mapping[str, Fact]) -> Fires:
    """durable_rules as its documentation shows it: rules by decorators, `assert_fact`, then `retract_fact`."""
    from durable.engine import MessageNotHandledException
    from durable.lang import assert_fact, m, retract_fact, ruleset, when_all

    def expression(condition: Normal) -> Any:
        match condition:
            case All(parts):
                joined = expression(parts[0])
                for part in parts[1:]:
                    joined = joined & expression(part)
                return joined
            case AnyOf(parts):
                joined = expression(parts[0])
                for part in parts[1:]:
                    joined = joined | expression(part)
                return joined
        fact, values = _holds(condition)
        tests = [getattr(m, fact) == value for value in values]
        joined = tests[0]
        for test in tests[1:]:
            joined = joined | test
        return joined

    fired: set[int] = set()

    def consequent(number: int) -> Callable[[Any], None]:
        def fire(_c: Any) -> None:
            fired.add(number)

        fire.__name__ = f"fire_{number}"
        return fire

    with ruleset("plan"):
        for number, (condition, _) in enumerate(groups):
            when_all(expression(condition))(consequent(number))

    def fires(wide: dict[str, Any]) -> frozenset[str]:
        fired.clear()
        fact = {**wide, "id": "incident"}
        try:
            assert_fact("plan", fact)
        except MessageNotHandledException:
            return frozenset()
        retract_fact("plan", fact)
        return frozenset().union(*[groups[number][1] for number in fired])

    return fires


def experta(groups: Groups, _facts: Mapping[str, Fact]) -> Fires:
    """experta as its documentation shows it: a class of rules, then reset, declare, run."""
    import collections

    # Its last release needs frozendict 1.2, which needs a name that Python 3.10 took away.
    collections.Mapping = collections.abc.Mapping  # type: ignore[attr-defined]
    from experta import AND, OR, Fact, KnowledgeEngine, L, Rule

    class Incident(Fact):  # type: ignore[misc]
        pass

    def one_of(values: tuple[Any, ...]) -> Any:
        joined = L(values[0])
        for value in values[1:]:
            joined = joined | L(value)
        return joined

    def pattern(condition: Normal) -> Any:
        match condition:
            case All(parts):
                flat = [part for part in parts if not isinstance(part, All | AnyOf)]
                own = Incident(**{fact: one_of(values) for fact, values in map(_holds, flat)})
                rest = [pattern(part) for part in parts if isinstance(part, All | AnyOf)]
                return AND(own, *rest) if rest else own
            case AnyOf(parts):
                return OR(*map(pattern, parts))
        return pattern(All((condition,)))

    fired: set[int] = set()

    def rule(number: int, condition: Normal) -> Any:
        def fire(_self: Any) -> None:
            fired.add(number)

        fire.__name__ = f"r{number}"
        return Rule(pattern(condition))(fire)

    rules = {f"r{number}": rule(number, condition) for number, (condition, _) in enumerate(groups)}
    engine = type("Plan", (KnowledgeEngine,), rules)()

    def fires(wide: dict[str, Any]) -> frozenset[str]:
        fired.clear()
        engine.reset()
        engine.declare(Incident(**wide))
        engine.run()
        return frozenset().union(*[groups[number][1] for number in fired])

    return fires


PEERS: dict[str, Callable[[Groups, Mapping[str, Fact]], Fires]] = {
    "datalogic-py": datalogic,
    "clipspy": clips,
    "cedarpy": cedar,
    "rule-engine": rule_engine,
    "zen-engine": zen,
    "business-rules": business_rules,
    "experta": experta,
    "durable_rules (durable.lang)": durable_lang,
}
