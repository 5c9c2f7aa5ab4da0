"""Scenario: an incident, or the steps of one over time, with the answer a careful reader of the plan expects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from plan_rules.errors import Span


@dataclass(frozen=True, slots=True)
class Expected:
    """What must come out.  None is "not checked"; `tier_checked` tells an expected absence of a tier from silence.

    `clause_refs` fire, and others may; `fired` are exactly the clauses that do.
    `may_also` may come out or not, as duty, prohibition or permission.  `invalid` holds the codes of the refusal; with
    it nothing else is checked.
    """

    span: Span
    required: frozenset[str] | None = None
    prohibited: frozenset[str] | None = None
    permitted: frozenset[str] | None = None
    may_also: frozenset[str] = frozenset()
    unknown_blocking: frozenset[str] | None = None
    violations: frozenset[str] | None = None
    deadlines: Mapping[str, str] | None = None  # action -> ISO date or instant
    tier: str | None = None
    tier_checked: bool = False
    clause_refs: frozenset[str] | None = None
    fired: frozenset[str] | None = None
    pending: Mapping[str, frozenset[str]] | None = None  # one of `gates.PENDING` -> the actions
    exclusions: frozenset[str] | None = None  # the clauses by which the plan does not apply
    handoffs: frozenset[str] | None = None  # the plans that take over
    roles: Mapping[str, frozenset[str]] | None = None  # action -> the roles that bear it
    limits: Mapping[str, str] | None = None  # action -> `immediate`, `3 natural_days`, ...
    invalid: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """One moment: all facts known by then, and what the plan must answer at `at` (ISO date or instant)."""

    facts: Mapping[str, Any]
    expected: Expected
    span: Span
    at: str | None = None
    event: str = ""
    readings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A snapshot (one step) or a timeline (some), with a story for people."""

    id: str
    title: str
    kind: str  # "snapshot" | "timeline"
    steps: tuple[Step, ...]
    span: Span
    tags: tuple[str, ...] = ()
    narrative: str = ""
    ambiguity: tuple[str, ...] = ()
    note: str = ""
