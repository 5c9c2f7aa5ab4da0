"""What holds a plan to its word: 红线, which no amendment may break, and 认可, a finding that somebody stands by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from plan_rules.condition import Condition
from plan_rules.errors import Span
from plan_rules.norm import Term


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing a 红线 says of an action.

    `modality` is duty, prohibition or permission, or `no_duty` or `no_prohibition`; a duty may have to be borne by each
    of `roles`, within a `term`.
    """

    modality: str
    action: str
    roles: tuple[str, ...] = ()
    term: Term | None = None


@dataclass(frozen=True, slots=True)
class Invariant:
    """红线: what holds of every incident that meets `condition`, whatever is amended.

    `monotone` lists actions that, once demanded, stay demanded as facts get worse.
    """

    id: str
    label: str
    condition: Condition
    requirements: tuple[Requirement, ...]
    tiers: tuple[str, ...]
    monotone: tuple[str, ...]
    span: Span
    note: str = ""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """认可: findings of one code about these ids that somebody stands by, why, and until when.

    With `otherwise_only` it covers just what is found where readings are chosen otherwise than they stand.
    """

    finding: str
    about: tuple[str, ...]
    reason: str
    decided_by: str
    until: date | None
    span: Span
    otherwise_only: bool = False
