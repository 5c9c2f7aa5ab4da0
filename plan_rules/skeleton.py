"""(Lowered plan, the clauses that fired) -> what is in force: all of a Decision that does not depend on values.

One function for every engine: tier, exceptions, strength, who and to whom, order.  It depends on the fired clauses
(and the deputies who stand in) alone, so it is remembered for each set of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from plan_rules.applied import Applied, as_it_stands, ladders, nearest
from plan_rules.condition import ALWAYS, Condition, UnderReading
from plan_rules.decision import (
    Bearer,
    BearerGroup,
    DiscretionAnswer,
    Due,
    LadderAnswer,
    LadderPlace,
    NoticeAnswer,
    Post,
    PrincipleAnswer,
    TierAnswer,
)
from plan_rules.layer_answers import LayerInForce, Override
from plan_rules.layered import overrides, sources
from plan_rules.norm import Norm, Step, Strength, TimeLimit
from plan_rules.normal import Lowered
from plan_rules.plan import Action, Clause, Deputy, Plan, norm_key
from plan_rules.predicate import Predicate, compiled
from plan_rules.urgency import apart, urgency


@dataclass(frozen=True, slots=True)
class Demand:
    """One action demanded, forbidden or allowed by one or more fired clauses, with the parts that do not vary."""

    action: str
    label: str
    roles: tuple[str, ...]
    clauses: tuple[str, ...]
    bearers: tuple[Bearer, ...]
    recipient: str | None
    limit: TimeLimit | None
    order: int | None
    defeasible: bool
    instead: tuple[str, ...]
    deadline: Due | None
    done_by: Predicate | None
    done_on: str | None
    broken_by: Predicate | None
    own: tuple[TimeLimit | None, ...] = ()  # of each bearer, where it is not the demand's
    state: str = ""  # why it is not in force; empty where it is
    need: str = ""  # of `approvals`: all of them, or any
    approvals: tuple[tuple[str, Predicate], ...] = ()  # whose approval, and what shows it
    discretion: DiscretionAnswer | None = None
    ladder: LadderPlace | None = None
    form: str | None = None  # the report to be filled in
    varies: bool = field(init=False)  # does its status or its deadline depend on the facts' values?

    def __post_init__(self) -> None:
        limits = (self.limit, *self.own)
        varies = self.done_by is not None or any(limit is not None and limit.start is not None for limit in limits)
        object.__setattr__(self, "varies", varies)  # asked at every decision


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What a set of fired clauses comes to."""

    fired: tuple[str, ...]
    tier: TierAnswer | None
    duties: tuple[Demand, ...]
    prohibitions: tuple[Demand, ...]
    permissions: tuple[Demand, ...]
    principles: tuple[PrincipleAnswer, ...]
    notices: tuple[NoticeAnswer, ...]
    sources: tuple[LayerInForce, ...] = ()
    overrides: tuple[Override, ...] = ()
    exclusions: tuple[str, ...] = ()  # the clauses
    handoffs: tuple[tuple[str, str | None, tuple[str, ...]], ...] = ()  # plan, recipient, the clauses
    ladders: tuple[LadderAnswer, ...] = ()


class Articulation:
    """Makes skeletons of one lowered plan."""

    def __init__(self, lowered: Lowered) -> None:
        self._plan: Plan = lowered.plan
        self._readings: Mapping[str, str] = lowered.readings
        self.norms: dict[str, tuple[Applied, ...]] = {
            clause.id: tuple(self._applied(clause)) for clause in self._plan.clauses.values()
        }
        self._firing = {clause: self._plan.firing_keys(clause) for clause in self._plan.clauses}
        self._excluding = frozenset(self._plan.exclusions)
        self.of = lru_cache(maxsize=4096)(self._skeleton)
        # What comes in many skeletons is one object: its text is found at once.
        self._tiers = {tier.id: TierAnswer(tier.id, tier.label, tier.rank) for tier in self._plan.tiers.values()}
        self._principle = lru_cache(maxsize=4096)(PrincipleAnswer)
        self._notice = lru_cache(maxsize=4096)(NoticeAnswer)

    def in_scope(self, fired: frozenset[str]) -> frozenset[str]:
        """What counts of what fired: only the clauses that exclude, where one does."""
        return fired & self._excluding or fired

    def _applied(self, clause: Clause) -> Iterable[Applied]:
        """The norms of a clause that stand under the readings chosen."""
        for index, norm in enumerate(clause.norms):
            if self._stands(norm.under):
                yield Applied(clause, norm, norm_key(clause.id, index), self._strength(norm), self._bearer(norm))

    def _stands(self, under: tuple[UnderReading, ...]) -> bool:
        return all(self._readings[reading.reading] in reading.options for reading in under)

    def _strength(self, norm: Norm) -> Strength:
        if norm.strength_by is None:
            return norm.strength
        reading = self._plan.readings[norm.strength_by]
        chosen = self._readings[reading.id]
        return next(option.strength or norm.strength for option in reading.options if option.id == chosen)

    def _bearer(self, norm: Norm) -> Bearer:
        groups = tuple(group for group in norm.bearers.groups if self._stands(group.under))
        through = tuple(role for group in norm.bearers.through if self._stands(group.under) for role in group.roles)
        return Bearer(
            groups=tuple(BearerGroup(group.roles, group.choice) for group in groups),
            through=through,
            deputies=(),
            excepted=self._with_aliases(norm.bearers.excepted),
            posts=tuple(
                Post(role.id, role.organisation, role.leader, role.members)
                for role in (self._plan.roles.get(name) for group in groups for name in group.roles)
                if role is not None and (role.organisation or role.leader or role.members)
            ),
        )

    def _with_aliases(self, roles: tuple[str, ...]) -> tuple[str, ...]:
        """The roles and, under the reading that says so, those that are the same."""
        found = list(roles)
        for alias in self._plan.aliases:
            if self._stands((alias.under,)):
                found += [
                    other for one, other in ((alias.role, alias.same_as), (alias.same_as, alias.role)) if one in roles
                ]
        return tuple(dict.fromkeys(found))

    # ----------------------------------------------------------------- one set of fired clauses

    def _skeleton(self, fired: frozenset[str], deputies: tuple[Deputy, ...]) -> Skeleton:
        plan = self._plan
        clauses = [clause for clause in plan.clauses.values() if any(key in fired for key in self._firing[clause.id])]
        waived = self._waived(clauses)
        applied = [
            _with_deputies(as_it_stands(norm, fired) if norm.norm.waits else norm, deputies)
            for clause in clauses
            for norm in self.norms[clause.id]
            if (norm.norm.condition == ALWAYS or norm.key in fired)
            and not waived.get(clause.id, frozenset()) & {norm.norm.action, _EVERYTHING}
        ]
        binding = [norm for norm in applied if norm.strength is not Strength.ADVISORY and norm.state is not None]
        advising = [norm for norm in applied if norm.strength is Strength.ADVISORY and norm.state == ""]
        names = tuple(clause.id for clause in clauses)
        return Skeleton(
            fired=names,
            tier=self._tier(clauses),
            duties=self._in_order(self._demands(binding, "duty", clauses)),
            prohibitions=self._demands(binding, "prohibition", clauses),
            permissions=self._demands(binding, "permission", clauses),
            principles=self._principles(clauses, frozenset(names)),
            notices=(*self._notices(fired), *map(self._advice, advising)),
            sources=sources(plan, clauses) if plan.layering else (),
            overrides=overrides(plan, clauses, self._holding(clauses, fired)) if plan.layering else (),
            exclusions=tuple(clause.id for clause in clauses if clause.excludes),
            handoffs=_handoffs(clauses),
            ladders=ladders(binding),
        )

    def _holding(self, clauses: list[Clause], fired: frozenset[str]) -> Mapping[str, tuple[Norm, ...]]:
        """The norms of each clause that bind where nothing is taken away."""
        return {
            clause.id: tuple(
                each.norm
                for each in self.norms[clause.id]
                if each.strength is not Strength.ADVISORY and (each.norm.condition == ALWAYS or each.key in fired)
            )
            for clause in clauses
        }

    def _waived(self, clauses: list[Clause]) -> Mapping[str, frozenset[str]]:
        """What exceptions take away: clause -> actions.  An exception that is itself excepted takes nothing away."""
        excepting = {clause.id: clause for clause in clauses if clause.exemptions}
        if not excepting:
            return {}
        waived: dict[str, set[str]] = {}
        for clause in self._outermost_first(excepting):
            if _EVERYTHING in waived.get(clause.id, ()):
                continue
            for exemption in clause.exemptions:
                waived.setdefault(exemption.clause, set()).update(exemption.actions or (_EVERYTHING,))
        return {clause: frozenset(actions) for clause, actions in waived.items()}

    @staticmethod
    def _outermost_first(excepting: Mapping[str, Clause]) -> list[Clause]:
        """Exceptions to exceptions come before what they except; there is no circle (the reader saw to it)."""
        ordered: dict[str, Clause] = {}

        def place(clause: Clause) -> None:
            for other in excepting.values():
                if any(exemption.clause == clause.id for exemption in other.exemptions) and other.id not in ordered:
                    place(other)
            ordered.setdefault(clause.id, clause)

        for clause in excepting.values():
            place(clause)
        return list(ordered.values())

    def _tier(self, clauses: list[Clause]) -> TierAnswer | None:
        tiers = [self._plan.tiers[clause.tier] for clause in clauses if clause.tier]
        if not tiers:
            return None
        pick = max if self._plan.highest_tier else min
        return self._tiers[pick(tiers, key=lambda found: found.severity).id]

    def _principles(self, clauses: list[Clause], fired: frozenset[str]) -> tuple[PrincipleAnswer, ...]:
        found = []
        for clause in clauses:
            governed = tuple(name for name in clause.governs if name in fired)
            if clause.principle and governed:
                principle = self._plan.principles[clause.principle]
                found.append(self._principle(principle.id, principle.label, clause.id, governed))
        return tuple(found)

    def _notices(self, fired: frozenset[str]) -> Iterable[NoticeAnswer]:
        for notice in self._plan.notices:
            if notice.id in fired:
                yield self._notice(notice.id, notice.text, notice.origin, notice.clauses)

    def _advice(self, norm: Applied) -> NoticeAnswer:
        verb = {"duty": "建议", "prohibition": "建议不要", "permission": "可以"}[norm.norm.modality]
        label = self._plan.actions[norm.norm.action].label
        return self._notice(
            f"{norm.clause.id}:{norm.norm.action}", f"{verb}: {label}", norm.clause.id, (norm.clause.id,)
        )

    # ----------------------------------------------------------------- demands

    def _demands(self, applied: list[Applied], modality: str, clauses: list[Clause]) -> tuple[Demand, ...]:
        by_action: dict[str, list[Applied]] = {}
        for norm in applied:
            if norm.norm.modality == modality:
                by_action.setdefault(norm.norm.action, []).append(norm)
        return tuple(
            self._demand(self._plan.actions[action], nearest(norms), clauses) for action, norms in by_action.items()
        )

    def _demand(self, action: Action, norms: list[Applied], clauses: list[Clause]) -> Demand:
        citing = {norm.clause.id for norm in norms} | {clause.id for clause in clauses if action.id in clause.supports}
        recipient = next((str(norm.norm.recipient) for norm in norms if norm.norm.recipient), None)
        limit = min((norm.norm.limit for norm in norms if norm.norm.limit), key=urgency, default=None)
        parts = tuple(_parts(norms, recipient, limit))
        bearers = tuple(bearer for bearer, _ in parts)
        done = next((norm.norm for norm in norms if norm.norm.done_by is not None), None)
        broken = next((norm.norm for norm in norms if norm.norm.broken_by is not None), None)
        return Demand(
            action=action.id,
            label=action.label,
            roles=tuple(dict.fromkeys(role for bearer in bearers for group in bearer.groups for role in group.roles)),
            clauses=tuple(clause.id for clause in clauses if clause.id in citing),
            bearers=bearers,
            recipient=recipient,
            limit=limit,
            order=None,
            defeasible=all(norm.strength is Strength.DEFEASIBLE for norm in norms),
            instead=tuple(dict.fromkeys(name for norm in norms for name in norm.norm.instead)),
            deadline=_due(limit),
            done_by=self._compiled(done.done_by if done else None),
            done_on=done.done_on if done else None,
            broken_by=self._compiled(broken.broken_by if broken else None),
            own=tuple(own for _, own in parts),
            form=next((norm.norm.form for norm in norms if norm.norm.form), None),
            **(self._waiting(norms) if any(norm.norm.waits for norm in norms) else {}),
        )

    def _waiting(self, norms: list[Applied]) -> dict[str, Any]:
        """What a demand waits for, or waited for."""
        approvals = next((norm.norm.approvals for norm in norms if norm.norm.approvals), None)
        discretion = next((norm.norm.discretion for norm in norms if norm.norm.discretion), None)
        rung = next((norm.norm.rung for norm in norms if norm.norm.rung), None)
        return {
            "state": norms[0].state,
            "need": approvals.need if approvals else "",
            "approvals": tuple(
                (part.role, compiled(part.shown_by, self._plan, self._readings))
                for part in (approvals.parts if approvals else ())
            ),
            "discretion": DiscretionAnswer(discretion.roles, discretion.considerations, discretion.choice)
            if discretion
            else None,
            "ladder": LadderPlace(rung.ladder, rung.step, rung.of) if rung else None,
        }

    def _compiled(self, condition: Condition | None) -> Predicate | None:
        return None if condition is None else compiled(condition, self._plan, self._readings)

    def _in_order(self, demands: tuple[Demand, ...]) -> tuple[Demand, ...]:
        """In the order in which to act: by step, each after what must come first; what goes on throughout, last."""
        steps = {demand.action: self._step(demand) for demand in demands}
        placed: dict[str, tuple[int, int]] = {}

        def place(action: str) -> tuple[int, int]:
            if action not in placed:
                own = steps[action]
                assert own is not None
                before = [name for name in self._plan.actions[action].after if steps.get(name)]
                placed[action] = max([own, *((stage, number + 1) for stage, number in map(place, before))])
            return placed[action]

        stepped = sorted((place(demand.action), index) for index, demand in enumerate(demands) if steps[demand.action])
        ranks = {place_: rank for rank, place_ in enumerate(dict.fromkeys(place_ for place_, _ in stepped), 1)}
        first = [_with_order(demands[index], ranks[place_]) for place_, index in stepped]
        return (*first, *(demand for demand in demands if not steps[demand.action]))

    def _step(self, demand: Demand) -> tuple[int, int] | None:
        """The earliest step that a clause gives the action."""
        steps: list[Step] = [
            norm.norm.step
            for clause in demand.clauses
            for norm in self.norms[clause]
            if norm.norm.action == demand.action and norm.norm.step
        ]
        first = min(steps, default=None)
        return (first.stage, first.number) if first else None


def _handoffs(clauses: list[Clause]) -> tuple[tuple[str, str | None, tuple[str, ...]], ...]:
    """The plans that take over, to whom, each with the clauses that say so."""
    found: dict[tuple[str, str | None], list[str]] = {}
    for clause in clauses:
        if clause.handoff is not None:
            to = clause.handoff.recipient
            found.setdefault((clause.handoff.plan, str(to) if to else None), []).append(clause.id)
    return tuple((plan, to, tuple(ids)) for (plan, to), ids in found.items())


_EVERYTHING = "*"


def _with_deputies(norm: Applied, deputies: tuple[Deputy, ...]) -> Applied:
    """Deputies stand in for the roles that they are named for, or else where roles act in turn and none is there."""
    if not deputies:
        return norm
    groups = norm.bearer.groups
    in_turn = any(group.choice == "first_available" for group in groups)
    bearing = {role for group in groups for role in group.roles}
    acting = tuple(deputy.deputy for deputy in deputies if (bearing & {*deputy.roles} if deputy.roles else in_turn))
    return replace(norm, bearer=norm.bearer._replace(deputies=tuple(dict.fromkeys(acting)))) if acting else norm


def _parts(
    norms: list[Applied], recipient: str | None, limit: TimeLimit | None
) -> Iterator[tuple[Bearer, TimeLimit | None]]:
    """Who must act, each with the recipient and the limit of its own, where the demand's is another."""
    limits: dict[Bearer, list[TimeLimit]] = {}
    for norm in norms:
        to = str(norm.norm.recipient) if norm.norm.recipient else recipient
        mine = limits.setdefault(norm.bearer._replace(recipient=None if to == recipient else to), [])
        mine += [norm.norm.limit] if norm.norm.limit else []
    for bearer, given in limits.items():
        for own in apart(given, limit):
            yield bearer._replace(deadline=_due(own), status="open") if own else bearer, own


def _due(limit: TimeLimit | None) -> Due | None:
    return None if limit is None else Due(limit.text, limit.term.value, limit.amount, limit.start, None)


def _with_order(demand: Demand, order: int) -> Demand:
    return replace(demand, order=order)
