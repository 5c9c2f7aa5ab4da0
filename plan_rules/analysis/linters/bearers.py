"""Plan -> Findings where a duty or a prohibition binds nobody (LN007)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from plan_rules.analysis.finding import Finding
from plan_rules.analysis.linters.defect import action_name, of_clause
from plan_rules.condition import UnderReading
from plan_rules.errors import Severity
from plan_rules.norm import Norm
from plan_rules.plan import Clause, Plan


def bearers(plan: Plan) -> Iterator[Finding]:
    """LN007: as the readings are chosen, no role is left that must act or refrain."""
    chosen = plan.chosen()
    for clause in plan.clauses.values():
        for norm in clause.norms:
            if norm.modality != "permission" and _stands(norm.under, chosen) and not _bound(plan, norm, chosen):
                yield _binds_nobody(plan, clause, norm)


def _bound(plan: Plan, norm: Norm, chosen: Mapping[str, str]) -> frozenset[str]:
    """The roles that the norm binds."""
    excepted = set(norm.bearers.excepted)
    for alias in plan.aliases:
        if _stands((alias.under,), chosen) and {alias.role, alias.same_as} & excepted:
            excepted |= {alias.role, alias.same_as}
    named = (role for group in norm.bearers.groups if _stands(group.under, chosen) for role in group.roles)
    return frozenset(named) - excepted


def _stands(under: tuple[UnderReading, ...], chosen: Mapping[str, str]) -> bool:
    return all(chosen[each.reading] in each.options for each in under)


def _binds_nobody(plan: Plan, clause: Clause, norm: Norm) -> Finding:
    zh, en = ("不得", "must_not") if norm.modality == "prohibition" else ("应当", "must")
    action = action_name(plan, norm)
    if set(norm.bearers.roles) & set(norm.bearers.excepted):
        labels = "、".join(plan.roles[role].label for role in norm.bearers.excepted)
        says = (
            f"“{zh}: {action}”约束不到任何人: 责任里的角色都写在了除外里({labels})",
            f"`{en}: {norm.action}` binds nobody: all its bearers are excepted",
        )
        mend = ("改正“责任”或“除外”", "mend `bearers` or `excepted`")
    else:
        says = (
            f"“{zh}: {action}”约束不到任何人: 按现在采用的解释, 没有一个责任组成立",
            f"`{en}: {norm.action}` binds nobody: none of its groups stands under the readings chosen",
        )
        mend = ("给每个选项都写上责任组, 或写明角色", "give every option of the reading a group, or name a role")
    return of_clause("LN007", clause, says, mend, norm, Severity.ERROR)
