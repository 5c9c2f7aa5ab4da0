"""(Plan under readings, wide facts as columns) -> the answers: which clauses fire, the tier, what is demanded.

The rules of `skeleton`, over columns: exceptions take norms away, advice does not bind, what waits is pending.
"""

from __future__ import annotations

from collections.abc import Iterator

from plan_rules.applied import Applied
from plan_rules.columns import simple
from plan_rules.columns.conditions import Conditions
from plan_rules.columns.formula import FALSE, TRUE, Constant, Formula, Type
from plan_rules.columns.notebook import Notebook
from plan_rules.condition import ALWAYS
from plan_rules.gates import AT_DISCRETION, AWAITING, CHOSEN, DECLINED, FAILED, GIVEN, LAPSED, PENDING
from plan_rules.norm import Strength
from plan_rules.plan import Plan
from plan_rules.skeleton import Articulation

MODALITIES = ("duty", "prohibition", "permission")


class Outcome:
    """What is said of rows by one plan under one choice of readings."""

    def __init__(self, plan: Plan, articulation: Articulation, conditions: Conditions, notebook: Notebook) -> None:
        self._plan = plan
        self._notebook = notebook
        self._norms = articulation.norms
        self._rules = {key: conditions.of(condition) for key, condition in plan.rules().items()}
        outside = simple.some(notebook.sure(self._rules[clause]) for clause in plan.exclusions)
        self.excluded = notebook.define("excluded", outside, "the plan does not apply")
        self._active: dict[str, Formula] = {}
        self._exempting: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for clause in plan.clauses.values():
            for exemption in clause.exemptions:
                self._exempting.setdefault(exemption.clause, []).append((clause.id, exemption.actions))
        self._fires = {clause: self._firing(clause) for clause in plan.clauses}

    def answers(self) -> Iterator[tuple[str, str, Formula]]:
        """The kind, the subject and the formula of each answer, in the plan's order."""
        yield "tier", "", self._tier()
        if self._plan.exclusions:
            yield "excluded", "", self.excluded
        for clause, fires in self._fires.items():
            yield "clause", clause, fires
        demands = self._demands()
        for modality in MODALITIES:
            for (each, action), norms in demands.items():
                if each == modality:
                    yield modality, action, simple.some(self._in_force(norm) for norm in norms)
        for (modality, action), norms in demands.items():
            if modality != "prohibition" and any(norm.norm.waits for norm in norms):
                yield f"pending_{modality}", action, self._pending(norms)
        yield from self._handoffs()

    # ----------------------------------------------------------------- clauses

    def _holds(self, key: str) -> Formula:
        """The rule of this key; false where the plan does not apply, but of the clauses that say so."""
        found = self._rules.get(key, FALSE)
        return found if key in self._plan.exclusions else simple.every((found, simple.no(self.excluded)))

    def _firing(self, clause: str) -> Formula:
        fires = simple.some(self._holds(key) for key in self._plan.firing_keys(clause))
        return self._notebook.define("clause", fires, f"clause {clause}")

    def _sure(self, key: str) -> Formula:
        return self._notebook.sure(self._holds(key))

    def _tier(self) -> Formula:
        plan = self._plan
        best = sorted(plan.tiers.values(), key=lambda tier: tier.severity, reverse=plan.highest_tier)
        assigning = {
            tier.id: simple.some(self._fires[clause.id] for clause in plan.clauses.values() if clause.tier == tier.id)
            for tier in best
        }
        nothing = Constant(None, Type.TEXT)
        return simple.choice([(assigning[tier.id], simple.constant(tier.id)) for tier in best], nothing)

    def _handoffs(self) -> Iterator[tuple[str, str, Formula]]:
        found: dict[str, list[str]] = {}
        for clause in self._plan.clauses.values():
            if clause.handoff is not None:
                found.setdefault(clause.handoff.plan, []).append(clause.id)
        for plan, clauses in found.items():
            yield "handoff", plan, simple.some(self._fires[clause] for clause in clauses)

    # ----------------------------------------------------------------- norms

    def _demands(self) -> dict[tuple[str, str], list[Applied]]:
        """The norms that bind where their clauses fire, by what they demand."""
        found: dict[tuple[str, str], list[Applied]] = {}
        for norms in self._norms.values():
            for norm in norms:
                if norm.strength is not Strength.ADVISORY:
                    found.setdefault((norm.norm.modality, norm.norm.action), []).append(norm)
        return found

    def _standing(self, norm: Applied) -> Formula:
        """Where its clause fires, its own condition holds and no exception takes it away."""
        own = TRUE if norm.norm.condition == ALWAYS else self._holds(norm.key)
        kept = simple.no(self._waived(norm.clause.id, norm.norm.action))
        standing = simple.every((self._fires[norm.clause.id], own, kept))
        return self._notebook.define("norm", standing, f"{norm.norm.modality} {norm.norm.action} of {norm.clause.id}")

    def _waived(self, clause: str, action: str | None) -> Formula:
        """Where an exception surely takes the clause's action away (all of the clause, with None)."""
        return simple.some(
            self._excepting(other)
            for other, actions in self._exempting.get(clause, ())
            if not actions or action in actions
        )

    def _excepting(self, clause: str) -> Formula:
        """Where the clause surely fires and no exception takes all of it away."""
        if clause not in self._active:
            fires = self._notebook.sure(self._fires[clause])
            active = simple.every((fires, simple.no(self._waived(clause, None))))
            self._active[clause] = self._notebook.define("exception", active, f"clause {clause} excepts")
        return self._active[clause]

    def _in_force(self, norm: Applied) -> Formula:
        """Where it stands, and nothing that it waits for is missing."""
        standing, key, waits = self._standing(norm), norm.key, norm.norm
        if not waits.waits:
            return standing
        gates = [standing, simple.no(self._sure(key + LAPSED)), simple.no(self._sure(key + DECLINED))]
        if waits.modality != "prohibition":
            gates += [self._holds(key + CHOSEN)] if waits.discretion else []
            gates += [self._holds(key + GIVEN)] if waits.approvals else []
        return simple.every(gates)

    def _pending(self, norms: list[Applied]) -> Formula:
        """The state of what is listed though it is not in force; the nearest to being so."""
        in_force = simple.some(self._in_force(norm) for norm in norms)
        cases: list[tuple[Formula, Formula]] = [(in_force, Constant(None, Type.TEXT))]
        for state in PENDING:
            where = simple.some(self._waiting(norm, state) for norm in norms if norm.norm.waits)
            cases.append((where, simple.constant(state)))
        return simple.choice(cases, Constant(None, Type.TEXT))

    def _waiting(self, norm: Applied, state: str) -> Formula:
        """Where the norm stands and is in this state."""
        key, waits = norm.key, norm.norm
        lapsed, declined = self._sure(key + LAPSED), self._sure(key + DECLINED)
        chosen = self._sure(key + CHOSEN) if waits.discretion else TRUE
        given = self._sure(key + GIVEN) if waits.approvals else TRUE
        parts = {
            FAILED: (lapsed,),
            AT_DISCRETION: (simple.no(lapsed), simple.no(declined), simple.no(chosen)),
            AWAITING: (simple.no(lapsed), simple.no(declined), chosen, simple.no(given)),
        }[state]
        return simple.every((self._standing(norm), *parts))
