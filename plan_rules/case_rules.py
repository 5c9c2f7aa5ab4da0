"""How incidents of a plan are kept as cases (案件): when one is resolved, who is told of delays, what is personal.

None of it is the plan's own text, and none of it changes a decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from plan_rules.errors import Span
from plan_rules.norm import Term


@dataclass(frozen=True, slots=True)
class PersonalItem:
    """Personal data that a case may hold: why, on what ground, which roles may read it, and how long it is kept.

    `keep_days` are natural days after the incident was resolved or the case closed.
    """

    id: str
    label: str
    span: Span
    purpose: str
    basis: str
    readers: tuple[str, ...]
    keep_days: int


@dataclass(frozen=True, slots=True)
class Rung:
    """The roles that are told of a duty `after_days` natural days after its due day; 0: as soon as it is overdue."""

    after_days: int
    to: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class CaseRules:
    """The section 案件.  `resolved_on` is the date fact that says on which day the incident was resolved.

    `ladder` is in order of `after_days`, each greater than the one before.  `reminders` are the minutes after which a
    duty that is to be done at once (立即) or promptly (及时) is reminded of.
    """

    resolved_on: str | None = None
    personal: Mapping[str, PersonalItem] = field(default_factory=dict)
    ladder: tuple[Rung, ...] = ()
    reminders: Mapping[Term, int] = field(default_factory=dict)
