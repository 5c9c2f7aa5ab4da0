"""What a clause demands, forbids or allows: who, to whom, by when, in what order, how firmly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from plan_rules.condition import ALWAYS, Condition, UnderReading
from plan_rules.errors import Span
from plan_rules.gates import CHOSEN, DECLINED, GIVEN, LAPSED, Approvals, Discretion, Rung


@dataclass(frozen=True, slots=True)
class Role:
    """A post, body or outside party; a working group where it has a `leader` or `members`.

    `also_called` are other names that the plan file may use for it, `organisation` the one that it belongs to.
    """

    id: str
    label: str
    kind: str
    span: Span
    note: str = ""
    member_of: tuple[str, ...] = ()  # the groups of people that it is one of
    leader: str | None = None
    members: tuple[str, ...] = ()
    organisation: str = ""
    also_called: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Some of these roles: any one of them, the first of them that is available, or whoever received it first."""

    roles: tuple[str, ...]
    choice: str = "any"  # "any" | "first_available" | "first_contact"
    under: tuple[UnderReading, ...] = ()  # the group counts only under these options of readings


@dataclass(frozen=True, slots=True)
class Bearers:
    """Who must act: every group must; `through` does the work for them; `excepted` are not bound."""

    groups: tuple[Group, ...]
    through: tuple[Group, ...] = ()
    excepted: tuple[str, ...] = ()

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role named, once, in order."""
        return tuple(dict.fromkeys(role for group in self.groups for role in group.roles))


@dataclass(frozen=True, slots=True)
class Recipient:
    """To whom: role ids (or plain words such as `outlet`), joined by `|` (any of) or `,` (all of)."""

    parties: tuple[str, ...]
    joined: str = "all"  # "all" | "any"

    def __str__(self) -> str:
        return ("|" if self.joined == "any" else ",").join(self.parties)


class Term(StrEnum):
    """What a time limit means; only the last seven have a number, so only they can be missed."""

    IMMEDIATE = "immediate"  # 立即
    PROMPT = "prompt"  # 及时
    CONTINUOUS = "continuous"  # 持续
    STANDING = "standing"  # 常设
    PERIODIC = "periodic"  # 定期
    BEFOREHAND = "beforehand"  # 事前
    DURING = "during"  # 事中
    AFTERWARDS = "afterwards"  # 事后
    MINUTES = "minutes"
    HOURS = "hours"
    NATURAL_DAYS = "natural_days"  # the day itself does not count; ends at 24:00 of the last
    WORKING_DAYS = "working_days"
    WEEKS = "weeks"  # of seven natural days
    MONTHS = "months"  # to the same day of the month, or to its last
    YEARS = "years"


CLOCK = (Term.MINUTES, Term.HOURS)
COUNTED = (*CLOCK, Term.NATURAL_DAYS, Term.WORKING_DAYS, Term.WEEKS, Term.MONTHS, Term.YEARS)


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """By when.  `start` is the fact that starts the clock; `roll` moves a last day that is not a working day on.

    A clock of days that starts at an instant after the time of day `cutoff` (whole minutes) starts on the next day.
    What is to be done `every` so often starts its clock whenever it was last done.
    """

    term: Term
    text: str
    amount: int | None = None
    start: str | None = None
    roll: bool = False
    cutoff: time | None = None
    every: bool = False


class Strength(StrEnum):
    """How firmly a norm binds."""

    STRICT = "strict"
    DEFEASIBLE = "defeasible"  # overriding needs a reason and an approver, both recorded
    ADVISORY = "advisory"  # only advice: shown as a notice


@dataclass(frozen=True, slots=True, order=True)
class Step:
    """A place in the order of acting: the track's stage, then the step; equal places are taken together."""

    stage: int
    number: int
    track: str


@dataclass(frozen=True, slots=True)
class Norm:
    """What a clause demands, forbids or allows.  One record for all three: they differ in modality only.

    `under` limits the norm to some options of readings; `strength_by` names the reading that sets its strength;
    `done_by` (duty) and `broken_by` (prohibition) are conditions over facts that show it performed or broken.
    `approvals`, `discretion` and `rung` say what it waits for: see `gates`.
    """

    modality: str  # "duty" | "prohibition" | "permission"
    action: str
    bearers: Bearers
    span: Span
    recipient: Recipient | None = None
    limit: TimeLimit | None = None
    step: Step | None = None
    strength: Strength = Strength.STRICT
    strength_by: str | None = None
    done_by: Condition | None = None
    done_on: str | None = None
    broken_by: Condition | None = None
    instead: tuple[str, ...] = ()
    condition: Condition = ALWAYS  # the norm's own, besides the clause's
    under: tuple[UnderReading, ...] = ()
    inferred: tuple[str, ...] = ()  # which parts the source leaves out: "bearer", ...
    approvals: Approvals | None = None
    discretion: Discretion | None = None
    rung: Rung | None = None
    form: str | None = None  # the report to be filled in

    @property
    def waits(self) -> bool:
        """May it be pending, rather than in force, where it applies?"""
        return bool(self.approvals or self.discretion or self.rung)

    def gates(self) -> dict[str, Condition]:
        """What settles whether it is in force, by the ends of the keys that `Plan.rules` has for it."""
        found: dict[str, Condition | None] = {LAPSED: self.rung.failed if self.rung else None}
        if self.approvals:
            found[LAPSED if self.modality == "prohibition" else GIVEN] = self.approvals.given
        if self.discretion:
            found |= {CHOSEN: self.discretion.chosen, DECLINED: self.discretion.declined}
        return {end: condition for end, condition in found.items() if condition is not None}


@dataclass(frozen=True, slots=True)
class Handoff:
    """Another plan takes the incident over: its name or id, and who is to get it."""

    plan: str
    span: Span
    recipient: Recipient | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Exemption:
    """This clause, when it fires, takes these actions (all of them when empty) away from another clause."""

    clause: str
    actions: tuple[str, ...]
    span: Span
