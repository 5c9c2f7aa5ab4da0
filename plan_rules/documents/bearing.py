"""(Norm, Plan) -> who bears it as the readings stand: in person, for others, as a stand-in, or as one of a group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from plan_rules.condition import UnderReading
from plan_rules.decision import Bearer, BearerGroup
from plan_rules.norm import Norm, Strength
from plan_rules.plan import Plan


class Capacity(StrEnum):
    """As what a role bears a norm."""

    ITSELF = "itself"
    ALIAS = "alias"  # it is another name of the role
    THROUGH = "through"  # it does the work for the role
    DEPUTY = "deputy"  # it stands in where no role named is there
    MEMBER = "member"  # it is one of the group


class Bears(NamedTuple):
    """A role that bears a norm, as what, and the role of the norm for which it does."""

    role: str
    capacity: Capacity
    of: str


def stands(under: Iterable[UnderReading], plan: Plan) -> bool:
    """Do these readings stand as chosen in the plan?"""
    return all(plan.readings[reading.reading].chosen in reading.options for reading in under)


def bearer_of(norm: Norm, plan: Plan) -> Bearer:
    """Who exactly, as a decision says it; `deputies` are all that may stand in."""
    groups = tuple(group for group in norm.bearers.groups if stands(group.under, plan))
    in_turn = any(group.choice == "first_available" for group in groups)
    deputies = (each.deputy for each in plan.deputies if in_turn and stands(each.under, plan))
    return Bearer(
        groups=tuple(BearerGroup(group.roles, group.choice) for group in groups),
        through=tuple(role for group in norm.bearers.through if stands(group.under, plan) for role in group.roles),
        deputies=tuple(dict.fromkeys(deputies)),
        excepted=excepted(norm, plan),
    )


def excepted(norm: Norm, plan: Plan) -> tuple[str, ...]:
    """The roles that the norm does not bind, under each of their names."""
    return tuple(dict.fromkeys(name for role in norm.bearers.excepted for name in (role, *aliases(role, plan))))


def aliases(role: str, plan: Plan) -> tuple[str, ...]:
    """The other names of a role, as the readings stand."""
    pairs = [(each.role, each.same_as) for each in plan.aliases if stands((each.under,), plan)]
    return tuple(dict.fromkeys(other for pair in pairs for one, other in (pair, pair[::-1]) if one == role))


def groups_of(role: str, plan: Plan) -> tuple[str, ...]:
    """The groups that a role is one of, those of its groups too."""
    found: dict[str, None] = {}
    pending = [role]
    while pending:
        known = plan.roles.get(pending.pop(0))
        new = [name for name in known.member_of if name not in found] if known else []
        found |= dict.fromkeys(new)
        pending += new
    return tuple(found)


def borne_by(norm: Norm, plan: Plan) -> tuple[Bears, ...]:
    """Every role that bears the norm, once each, in its nearest capacity."""
    found: dict[str, Bears] = {}
    for bears in _all(norm, plan):
        found.setdefault(bears.role, bears)
    return tuple(bears for role, bears in found.items() if role not in excepted(norm, plan))


def _all(norm: Norm, plan: Plan) -> Iterator[Bears]:
    bearer = bearer_of(norm, plan)
    named = tuple(dict.fromkeys(role for group in bearer.groups for role in group.roles))
    first = named[0] if named else ""
    yield from (Bears(role, Capacity.ITSELF, role) for role in named)
    yield from (Bears(role, Capacity.THROUGH, first) for role in bearer.through)
    for role in (*named, *bearer.through):
        yield from (Bears(other, Capacity.ALIAS, role) for other in aliases(role, plan))
    yield from (Bears(role, Capacity.DEPUTY, first) for role in bearer.deputies)
    for role in plan.roles:
        yield from (Bears(role, Capacity.MEMBER, group) for group in groups_of(role, plan) if group in named)


def strength_of(norm: Norm, plan: Plan) -> Strength:
    """How firmly the norm binds under the reading chosen."""
    reading = plan.readings.get(norm.strength_by or "")
    chosen = next((each.strength for each in reading.options if each.id == reading.chosen), None) if reading else None
    return chosen or norm.strength
