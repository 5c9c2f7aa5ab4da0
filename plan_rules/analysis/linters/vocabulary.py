"""Plan -> Findings where something is declared that nothing uses (LN006)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from plan_rules.analysis.finding import Finding
from plan_rules.analysis.linters.defect import of_declaration
from plan_rules.condition import Condition, InSituation, TierIs, UnderReading, leaves, mentioned
from plan_rules.errors import Severity, Span
from plan_rules.fact import Fact, Kind
from plan_rules.norm import Norm, Role
from plan_rules.plan import Action, Plan, Principle, Tier


@dataclass(frozen=True, slots=True)
class _Sort:
    """One sort of declared thing: what is declared, what is used, and where it could be named."""

    zh: str
    en: str
    zh_place: str
    en_place: str
    used: frozenset[str]
    declared: tuple[tuple[str, str, Span | None], ...]  # id, label, place


def vocabulary(plan: Plan) -> Iterator[Finding]:
    """LN006: declared facts, roles, parties, actions, situations, tiers, principles and readings that nothing uses."""
    for sort in _sorts(plan, _Uses(plan)):
        for subject, label, span in sort.declared:
            if subject not in sort.used:
                yield _unused(sort, subject, label, span)


def _sorts(plan: Plan, uses: _Uses) -> tuple[_Sort, ...]:
    # A fact that holds the readings chosen is named by no condition: it is all of them.
    facts = tuple(fact for fact in plan.facts.values() if fact.kind is not Kind.READINGS)
    situations = tuple((each.name, each.name, each.span) for each in plan.situations.values())
    parties = tuple((party, label, None) for party, label in plan.parties.items())
    readings = tuple((each.id, each.id, each.span) for each in plan.readings.values())
    return (
        _Sort("事实", "fact", "条件", "condition", uses.facts, _labelled(facts)),
        _Sort("角色", "role", "责任、对象或认定", "norm", uses.roles, _labelled(plan.roles.values())),
        _Sort("相对方", "party", "对象", "recipient", uses.recipients, parties),
        _Sort("动作", "action", "应当、不得或可以", "norm", uses.actions, _labelled(plan.actions.values())),
        _Sort("情形", "situation", "条件", "condition", uses.situations, situations),
        _Sort("等级", "tier", "定为或条件", "clause or condition", uses.tiers, _labelled(plan.tiers.values())),
        _Sort("原则", "principle", "所立原则", "clause", uses.principles, _labelled(plan.principles.values())),
        _Sort("解释", "reading", "按解释或可推翻", "condition or norm", uses.readings, readings),
    )


def _labelled(things: Iterable[Fact | Role | Action | Tier | Principle]) -> tuple[tuple[str, str, Span | None], ...]:
    return tuple((thing.id, thing.label, thing.span) for thing in things)


def _unused(sort: _Sort, subject: str, label: str, span: Span | None) -> Finding:
    return of_declaration(
        "LN006",
        Severity.WARNING,
        subject,
        (f"{sort.zh}“{label}”声明了, 没有一处用到", f"{sort.en} `{subject}` is declared and never used"),
        (f"在{sort.zh_place}里写上它, 或删去这个声明", f"name it in a {sort.en_place}, or drop the declaration"),
        span,
        facts=(subject,) if sort.en == "fact" else (),
    )


class _Uses:
    """What the plan uses of what it declares.

    A situation is used from a condition that counts, so what only an unused situation names is itself unused.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._norms = tuple(norm for clause in plan.clauses.values() for norm in clause.norms)

    @cached_property
    def _roots(self) -> tuple[Condition, ...]:
        """Every condition that counts by itself."""
        plan = self._plan
        return (
            plan.scope,
            *(section.condition for section in plan.sections.values()),
            *(clause.condition for clause in plan.clauses.values()),
            *(found for norm in self._norms for found in (norm.condition, norm.done_by, norm.broken_by) if found),
            *(found for norm in self._norms for found in norm.gates().values()),
            *(presumption.condition for presumption in plan.presumptions),
            *(impossible.condition for impossible in plan.impossibles),
            *(notice.condition for notice in plan.notices),
            *(deputy.condition for deputy in plan.deputies),
            *(invariant.condition for invariant in plan.invariants),
        )

    @cached_property
    def situations(self) -> frozenset[str]:
        """Situations that a condition names, by way of others too."""
        found: set[str] = set()
        waiting = list(self._roots)
        while waiting:
            for leaf in leaves(waiting.pop()):
                if isinstance(leaf, InSituation) and leaf.situation not in found:
                    found.add(leaf.situation)
                    waiting.append(self._plan.situations[leaf.situation].condition)
        return frozenset(found)

    @cached_property
    def _conditions(self) -> tuple[Condition, ...]:
        return (*self._roots, *(self._plan.situations[name].condition for name in self.situations))

    @cached_property
    def facts(self) -> frozenset[str]:
        """Facts that a condition asks, a presumption fills in, a clock starts at, or that show something done."""
        plan = self._plan
        return frozenset(
            (
                *(fact for condition in self._conditions for fact in mentioned(condition)),
                *(fact for each in plan.presumptions for fact, _ in each.fills),
                *(fact for each in plan.impossibles for fact in each.facts),
                *(norm.limit.start for norm in self._norms if norm.limit and norm.limit.start),
                *(norm.done_on for norm in self._norms if norm.done_on),
                *((plan.case.resolved_on,) if plan.case.resolved_on else ()),
            )
        )

    @cached_property
    def recipients(self) -> frozenset[str]:
        """Roles and parties to whom something is done."""
        told = (
            *(norm.recipient for norm in self._norms),
            *(clause.handoff.recipient for clause in self._plan.clauses.values() if clause.handoff),
        )
        return frozenset(party for recipient in told if recipient for party in recipient.parties)

    @cached_property
    def roles(self) -> frozenset[str]:
        """Roles that anything names; one that belongs to a group says who is in it, and counts as named."""
        plan = self._plan
        return self.recipients.union(
            *(_bearing(norm) for norm in self._norms),
            *(clause.defines for clause in plan.clauses.values()),
            *(fact.confirm_by for fact in plan.facts.values()),
            *(need.roles for each in plan.invariants for need in each.requirements),
            *((alias.role, alias.same_as) for alias in plan.aliases),
            *((role.id, *role.member_of) for role in plan.roles.values() if role.member_of),
            *((role.id, role.leader or role.id, *role.members) for role in plan.roles.values() if role.members),
            *((deputy.deputy, *deputy.roles) for deputy in plan.deputies),
            *(rung.to for rung in plan.case.ladder),
            *(item.readers for item in plan.case.personal.values()),
        )

    @cached_property
    def actions(self) -> frozenset[str]:
        """Actions of norms, and those that other actions, clauses or invariants name."""
        plan = self._plan
        return frozenset(norm.action for norm in self._norms).union(
            *(norm.instead for norm in self._norms),
            *(clause.supports for clause in plan.clauses.values()),
            *(waived.actions for clause in plan.clauses.values() for waived in clause.exemptions),
            *((*action.after, *action.excludes) for action in plan.actions.values()),
            *((*(need.action for need in each.requirements), *each.monotone) for each in plan.invariants),
        )

    @cached_property
    def tiers(self) -> frozenset[str]:
        """Tiers that a clause assigns, or a condition or an invariant asks."""
        plan = self._plan
        asked = (leaf.tiers for condition in self._conditions for leaf in leaves(condition) if isinstance(leaf, TierIs))
        assigned = (clause.tier for clause in plan.clauses.values() if clause.tier)
        return frozenset(assigned).union(*asked, *(each.tiers for each in plan.invariants))

    @cached_property
    def principles(self) -> frozenset[str]:
        """Principles that a clause states."""
        return frozenset(clause.principle for clause in self._plan.clauses.values() if clause.principle)

    @cached_property
    def readings(self) -> frozenset[str]:
        """Readings on which anything at all depends."""
        plan = self._plan
        conditions = (*self._roots, *(situation.condition for situation in plan.situations.values()))
        groups = (group for norm in self._norms for group in (*norm.bearers.groups, *norm.bearers.through))
        under: tuple[Iterable[UnderReading], ...] = (
            *(norm.under for norm in self._norms),
            *(group.under for group in groups),
            *(deputy.under for deputy in plan.deputies),
            tuple(alias.under for alias in plan.aliases),
            tuple(leaf for found in conditions for leaf in leaves(found) if isinstance(leaf, UnderReading)),
        )
        return frozenset(each.reading for found in under for each in found).union(
            norm.strength_by for norm in self._norms if norm.strength_by
        )


def _bearing(norm: Norm) -> tuple[str, ...]:
    through = (role for group in norm.bearers.through for role in group.roles)
    approving = (part.role for part in (norm.approvals.parts if norm.approvals else ()))
    judging = norm.discretion.roles if norm.discretion else ()
    return (*norm.bearers.roles, *through, *norm.bearers.excepted, *approving, *judging)
