"""What stands between a norm and its binding: approvals (须经), discretion (裁量), the steps of a ladder (递进).

A norm is *in force* where nothing does.  Else it is pending: somebody's approval is missing, it is left to somebody's
judgement, or it is a step that failed.  Whether, is said by conditions over facts, so engines answer for them like for
any other; `GIVEN`, `CHOSEN`, `DECLINED` and `LAPSED` end the keys of `Plan.rules` that they have.
"""

from __future__ import annotations

from dataclasses import dataclass

from plan_rules.condition import All, AnyOf, Condition, Is

GIVEN = "+"  # the approvals are given
CHOSEN = "!"  # whoever may judge chose to
DECLINED = "?"  # whoever may judge chose not to
LAPSED = "-"  # the step failed; of a prohibition, the approvals that end it are given

AWAITING = "awaiting_approval"
AT_DISCRETION = "at_discretion"
FAILED = "failed"
PENDING = (AWAITING, AT_DISCRETION, FAILED)  # the nearest to being in force comes first


@dataclass(frozen=True, slots=True)
class Approval:
    """Whose approval, and what shows it given."""

    role: str
    shown_by: Condition


@dataclass(frozen=True, slots=True)
class Approvals:
    """须经: the approvals of all of these (`need` is "all"), or of one of them ("any")."""

    parts: tuple[Approval, ...]
    need: str = "all"

    @property
    def given(self) -> Condition:
        """Where as many as needed are given."""
        shown = tuple(part.shown_by for part in self.parts)
        return AnyOf(shown) if self.need == "any" else All(shown)


@dataclass(frozen=True, slots=True)
class Discretion:
    """裁量: left to the judgement of `roles`, who are to weigh these considerations.

    `choice` is the bool fact that records what they chose; without one it stays with them.
    """

    roles: tuple[str, ...]
    considerations: tuple[str, ...] = ()
    choice: str | None = None

    @property
    def chosen(self) -> Condition | None:
        """Where they chose to."""
        return Is(self.choice, (True,)) if self.choice else None

    @property
    def declined(self) -> Condition | None:
        """Where they chose not to."""
        return Is(self.choice, (False,)) if self.choice else None


@dataclass(frozen=True, slots=True)
class Rung:
    """递进: which step it is of which ladder, counted from 1, of how many; and what shows that it failed."""

    ladder: str
    step: int
    of: int = 0
    failed: Condition | None = None
