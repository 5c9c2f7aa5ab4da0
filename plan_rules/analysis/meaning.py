"""Drawing -> what the plan asks, drawn: where each clause fires, each norm binds, each outcome is given.

The same rules as `skeleton`, over sets of incidents instead of one: exceptions take norms away, advice does not bind,
of several deadlines the most urgent counts.  Every witness is decided by the engine as well, which holds the two
together.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from plan_rules.analysis.aspects import Aspects, Where
from plan_rules.analysis.bound import Bound
from plan_rules.analysis.diagram import Points
from plan_rules.analysis.space import Drawing
from plan_rules.condition import ALWAYS, AnyOf, Condition, TierIs, UnderReading
from plan_rules.fact import UNKNOWN
from plan_rules.gates import LAPSED, PENDING
from plan_rules.norm import Group, Norm, Strength
from plan_rules.plan import Clause, norm_key
from plan_rules.truth import tier_condition

_IN_TURN = "first_available"
MODALITIES = ("duty", "prohibition", "permission")


class Outcome(NamedTuple):
    """Something that a decision says or does not say: a tier, a duty, a duty's deadline, ...

    `kind` is tier, duty, prohibition, permission, notice, principle, exclusion or handoff, or of `gates.PENDING`;
    `subject` the id of the tier, action and so on;
    an `aspect` of it (role, recipient, deadline, own, defeasible, step, status, instead, clause) has a `value`; `own`
    is `roles>recipient>` or `roles>>deadline` of those who have another than the decision says first.
    """

    kind: str
    subject: str
    aspect: str = ""
    value: str = ""


class Meaning:
    """What one drawn plan asks, where its conditions hold as `holds` says; as they are drawn unless it is given."""

    def __init__(self, drawing: Drawing, holds: Callable[[Condition], Points] | None = None) -> None:
        self.drawing = drawing
        self.holds = holds or drawing.holds
        self.plan = drawing.plan
        self.diagram = drawing.diagram
        self._rules = self.plan.rules()
        self._active: dict[str, Points] = {}

    # ----------------------------------------------------------------- clauses and norms

    def fires(self, clause: str) -> Points:
        """Where the clause fires and counts: where the plan applies, or the clause says that it does not."""
        where = self.holds(AnyOf(tuple(self._rules[key] for key in self.plan.firing_keys(clause))))
        return where if self.plan.clauses[clause].excludes else where & ~self.excluded

    @cached_property
    def excluded(self) -> Points:
        """Where the plan does not apply."""
        return self.diagram.any(self.holds(self._rules[clause]) for clause in self.plan.exclusions)

    def active(self, clause: str) -> Points:
        """Where the clause fires and no exception takes all of it away."""
        if clause not in self._active:
            self._active[clause] = self.fires(clause) & ~self._waived(clause, None)
        return self._active[clause]

    def _waived(self, clause: str, action: str | None) -> Points:
        """Where an exception takes the clause's action away (all of the clause, with None)."""
        return self.diagram.any(
            self.active(other.id)
            for other in self.plan.clauses.values()
            for exemption in other.exemptions
            if exemption.clause == clause and (not exemption.actions or action in exemption.actions)
        )

    def under(self, readings: Iterable[UnderReading]) -> Points:
        """Where the readings stand at these options."""
        return self.diagram.all(self.holds(reading) for reading in readings)

    @cached_property
    def bound(self) -> tuple[Bound, ...]:
        """Every norm of the plan that can bind, in the plan's order."""
        return tuple(
            self._bound(clause, index, norm)
            for clause in self.plan.clauses.values()
            for index, norm in enumerate(clause.norms)
        )

    def _bound(self, clause: Clause, index: int, norm: Norm) -> Bound:
        own = self.fires(clause.id)
        if norm.condition != ALWAYS:
            own &= self.holds(self._rules[norm_key(clause.id, index)])
        kept = ~self._waived(clause.id, norm.action)
        listed = own & self.binding(norm) & kept
        if norm.waits:
            own &= self._in_force(norm)
        before = own & self.binding(norm)
        where = before & kept
        otherwise = own & self.under(norm.under) & kept
        strict = where & self._strength(norm, (Strength.STRICT,))
        return Bound(clause, index, norm, where, before, strict, otherwise, listed)

    def _in_force(self, norm: Norm) -> Points:
        """Where nothing stands between the norm and its binding."""
        if norm.modality == "prohibition":
            return ~self._lapsed(norm)
        return ~self._lapsed(norm) & self._chosen(norm) & self._given(norm)

    def _lapsed(self, norm: Norm) -> Points:
        lapsed = norm.gates().get(LAPSED)
        return self.diagram.nothing if lapsed is None else self.holds(lapsed)

    def _given(self, norm: Norm) -> Points:
        return self.holds(norm.approvals.given) if norm.approvals else self.diagram.everything

    def _chosen(self, norm: Norm) -> Points:
        if norm.discretion is None:
            return self.diagram.everything
        chosen = norm.discretion.chosen
        return self.diagram.nothing if chosen is None else self.holds(chosen)

    def _declined(self, norm: Norm) -> Points:
        declined = norm.discretion.declined if norm.discretion else None
        return self.diagram.nothing if declined is None else self.holds(declined)

    def pending(self) -> dict[Outcome, Points]:
        """What decisions list that is not in force: outcomes of the kinds `gates.PENDING`, about the action."""
        found: dict[Outcome, Points] = {}
        for (modality, action), bounds in self._by_action.items():
            if modality == "prohibition" or not any(bound.norm.waits for bound in bounds):
                continue
            taken = self.asked(modality, action)
            for state in PENDING:
                where = self.diagram.any(bound.listed & self._pending_as(state, bound.norm) for bound in bounds)
                outcome = Outcome(state, action)
                found[outcome] = found.get(outcome, self.diagram.nothing) | (where & ~taken)
                taken |= where
        return found

    def _pending_as(self, state: str, norm: Norm) -> Points:
        lapsed, declined, chosen = self._lapsed(norm), self._declined(norm), self._chosen(norm)
        match state:
            case "failed":
                return lapsed
            case "at_discretion":
                return ~lapsed & ~declined & ~chosen
            case _:
                return ~lapsed & ~declined & chosen & ~self._given(norm)

    def binding(self, norm: Norm) -> Points:
        """Where the readings let the norm stand and bind."""
        return self.under(norm.under) & self._strength(norm, (Strength.STRICT, Strength.DEFEASIBLE))

    def _strength(self, norm: Norm, wanted: Sequence[Strength]) -> Points:
        if norm.strength_by is None:
            return self.diagram.everything if norm.strength in wanted else self.diagram.nothing
        options = self.plan.readings[norm.strength_by].options
        found = tuple(option.id for option in options if (option.strength or norm.strength) in wanted)
        return self.holds(UnderReading(norm.strength_by, found))

    def bound_by(self, clause: str) -> tuple[Bound, ...]:
        """The norms of one clause."""
        return self._by_clause[clause]

    def norms(self, modality: str, action: str) -> tuple[Bound, ...]:
        """The norms that demand, forbid or allow the action."""
        return self._by_action.get((modality, action), ())

    @cached_property
    def _by_clause(self) -> dict[str, tuple[Bound, ...]]:
        found: dict[str, list[Bound]] = {name: [] for name in self.plan.clauses}
        for bound in self.bound:
            found[bound.clause.id].append(bound)
        return {name: tuple(bounds) for name, bounds in found.items()}

    @cached_property
    def _by_action(self) -> dict[tuple[str, str], tuple[Bound, ...]]:
        found: dict[tuple[str, str], list[Bound]] = {}
        for bound in self.bound:
            found.setdefault((bound.norm.modality, bound.norm.action), []).append(bound)
        return {key: tuple(bounds) for key, bounds in found.items()}

    # ----------------------------------------------------------------- outcomes

    def asked(self, modality: str, action: str) -> Points:
        """Where the action is demanded, forbidden or allowed."""
        return self.diagram.any(bound.where for bound in self.norms(modality, action))

    def tier(self, tier: str) -> Points:
        """Where the incident has this tier."""
        return self.holds(TierIs((tier,))) & ~self.excluded

    def outcomes(self) -> dict[Outcome, Points]:
        """Everything that decisions of this plan can say, and where they say it."""
        found = {
            Outcome("tier", tier): self.holds(tier_condition(self.plan, tier)) & ~self.excluded
            for tier in self.plan.tiers
        }
        found |= self.demands()
        found |= self.pending()
        for notice in self.plan.notices:
            found[Outcome("notice", notice.id)] = self.holds(notice.condition) & ~self.excluded
        found |= {Outcome("exclusion", clause): self.fires(clause) for clause in self.plan.exclusions}
        for clause in self.plan.clauses.values():
            if clause.handoff is not None:
                handoff = Outcome("handoff", clause.handoff.plan)
                found[handoff] = found.get(handoff, self.diagram.nothing) | self.fires(clause.id)
        for outcome, where in (*self._principles(), *self._advice(), *self._deputies(), *self._questions()):
            found[outcome] = found.get(outcome, self.diagram.nothing) | where
        return found

    def demands(self, aspects: Container[str] | None = None) -> dict[Outcome, Points]:
        """What decisions demand, forbid and allow, and these aspects of it (all of them where none are named)."""
        found: dict[Outcome, Points] = {}
        said = Aspects(self.plan, self.diagram, Where(self.holds, self.under, self.fires))
        for (modality, action), bounds in self._by_action.items():
            found[Outcome(modality, action)] = self.asked(modality, action)
            for aspect, value, where in said.of(modality, bounds, aspects):
                found[Outcome(modality, action, aspect, value)] = where
        return found

    def _principles(self) -> Iterator[tuple[Outcome, Points]]:
        for clause in self.plan.clauses.values():
            for name in clause.governs if clause.principle else ():
                if name in self.plan.clauses:
                    both = self.fires(clause.id) & self.fires(name)
                    yield Outcome("principle", clause.principle or ""), both
                    yield Outcome("principle", clause.principle or "", "clause", f"{clause.id} > {name}"), both

    def _advice(self) -> Iterator[tuple[Outcome, Points]]:
        """Norms that only advise are told as notices."""
        for bound in self.bound:
            advised = bound.otherwise & self._strength(bound.norm, (Strength.ADVISORY,))
            yield Outcome("notice", f"{bound.clause.id}:{bound.norm.action}"), advised

    def _deputies(self) -> Iterator[tuple[Outcome, Points]]:
        """Where somebody stands in: for the roles named, or else for those that act in turn."""
        for deputy in self.plan.deputies:
            acting = self.holds(deputy.condition) & self.under(deputy.under)
            if not deputy.roles:
                yield Outcome("deputy", deputy.deputy), acting & self._bearing(lambda group: group.choice == _IN_TURN)
            for role in deputy.roles:
                where = acting & self._bearing(lambda group, role=role: role in group.roles)  # type: ignore[misc]
                yield Outcome("deputy", deputy.deputy), where
                yield Outcome("deputy", deputy.deputy, "for", role), where

    def _bearing(self, counts: Callable[[Group], bool]) -> Points:
        """Where a norm binds such a group."""
        return self.diagram.any(
            bound.where & self.under(group.under)
            for bound in self.bound
            for group in bound.norm.bearers.groups
            if counts(group)
        )

    def _questions(self) -> Iterator[tuple[Outcome, Points]]:
        """Where a presumption says that somebody must be asked."""
        for item in self.plan.presumptions:
            for fact, values in item.fills:
                if values[0] is UNKNOWN:
                    yield Outcome("question", fact), self.holds(item.condition) & ~self.excluded
