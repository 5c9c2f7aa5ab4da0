"""(Lowered plan, facts, the clauses that fired) -> the unknown facts that decide something, and what each blocks.

An unknown fact is named whenever, with all else as it stands, it would decide whether a clause fires: over the values
that it may have given what is stated.  Where no single fact settles a clause, each unknown fact in it is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from plan_rules.condition import leaves
from plan_rules.decision import Undetermined
from plan_rules.fact import UNKNOWN, telling_values
from plan_rules.facts import Facts
from plan_rules.inference import inference
from plan_rules.normal import Lowered, facts_of
from plan_rules.plan import clause_of
from plan_rules.predicate import Predicate, compiled


class Unknowns:
    """Tells what the unknown facts of an incident block, under one lowered plan."""

    def __init__(self, lowered: Lowered) -> None:
        plan = lowered.plan
        self._lowered = lowered
        self._facts = plan.facts
        self._order = {clause: index for index, clause in enumerate(plan.clauses)}
        self._conditions: dict[str, Predicate] = {
            key: compiled(condition, plan, lowered.readings)
            for key, condition in lowered.conditions.items()
            if clause_of(key) in plan.clauses
        }
        self._mentioned = {
            fact: tuple(key for key in keys if key in self._conditions) for fact, keys in lowered.mentioned.items()
        }
        self._asked = lru_cache(maxsize=4096)(self._may_wait)
        self._told = lru_cache(maxsize=8192)(Undetermined)
        self._read = {key: facts_of(lowered.conditions[key]) for key in self._conditions}
        self._come_to = lru_cache(maxsize=8192)(self._outcomes_seen)
        self._consistent = lru_cache(maxsize=8192)(self._could_be)
        self._inference = inference(plan, lowered.readings)

    def of(self, facts: Facts, fired: frozenset[str]) -> tuple[Undetermined, ...]:
        """The unknown facts worth asking about, in the plan's order."""
        wide = facts.wide
        unknown = tuple([fact for fact in self._mentioned if fact not in wide])
        waiting = self._asked(unknown, fired)
        open_ = {key: about for key, (condition, about) in waiting.items() if condition(wide) is None}
        return tuple(self._named(open_, facts)) if open_ else ()

    def _may_wait(
        self, unknown: tuple[str, ...], fired: frozenset[str]
    ) -> Mapping[str, tuple[Predicate, tuple[str, ...]]]:
        """What does not fire and mentions unknown facts: its condition, and those facts."""
        about: dict[str, list[str]] = {}
        for fact in unknown:
            for key in self._mentioned[fact]:
                if key not in fired:
                    about.setdefault(key, []).append(fact)
        return {key: (self._conditions[key], tuple(facts)) for key, facts in about.items()}

    def _named(self, open_: Mapping[str, tuple[str, ...]], facts: Facts) -> Iterator[Undetermined]:
        blocked: dict[str, set[str]] = {}
        for key, about in open_.items():
            outcomes = {fact: self._outcomes(fact, key, facts) for fact in about}
            possible = [fact for fact in about if outcomes[fact] != {False}]  # else it cannot be true at all
            if len(possible) < len(about):
                continue
            deciding = [fact for fact in possible if True in outcomes[fact] or False in outcomes[fact]]
            for fact in deciding or possible:
                blocked.setdefault(fact, set()).add(clause_of(key))
        declared = [fact for fact in self._facts if fact in blocked] if len(blocked) > 1 else list(blocked)
        for fact in declared:
            clauses = tuple(sorted(blocked[fact], key=self._order.__getitem__))
            yield self._told(fact, self._facts[fact].question, clauses)

    def _outcomes(self, fact_id: str, key: str, facts: Facts) -> frozenset[bool | None]:
        """What the condition comes to over the values that the fact may have, given what else is stated."""
        around = tuple(
            (name, facts.values[name])
            for name in self._inference.linked(fact_id)
            if name in facts.source and facts.values[name] is not UNKNOWN
        )
        return self._come_to(fact_id, key, tuple([facts.wide.get(name) for name in self._read[key]]), around)

    def _outcomes_seen(
        self, fact_id: str, key: str, seen: tuple[Any, ...], around: tuple[tuple[str, Any], ...]
    ) -> frozenset[bool | None]:
        """The same, of the values (None: unknown) of the facts that the condition reads."""
        fact, condition = self._facts[fact_id], self._conditions[key]
        known = {name: value for name, value in zip(self._read[key], seen, strict=True) if value is not None}
        return frozenset(
            condition({**known, fact_id: value})
            for value in telling_values(fact, leaves(self._lowered.conditions[key]))
            if not fact.domain or self._consistent(fact_id, value, around)
        )

    def _could_be(self, fact: str, value: Any, around: tuple[tuple[str, Any], ...]) -> bool:
        return self._inference.consistent({**dict(around), fact: value})
