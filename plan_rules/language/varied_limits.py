"""(Norm, its 时限 by tier or by who must act) -> the norms that it comes to, each with one limit.

By tier: the norm itself, without a limit, and one for each tier named, with its limit, which binds in that tier; so the
norm holds whatever the tier.  By who must act: one for each of them that is named, and one for the rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plan_rules.condition import ALWAYS, All, AnyOf, Condition, Not
from plan_rules.language.clause_shape import NormShape
from plan_rules.language.keywords import canonical
from plan_rules.language.tree import Fields, Report, Text, Tree
from plan_rules.norm import Group, Norm, TimeLimit

if TYPE_CHECKING:
    from plan_rules.language.norms import NormReader

_WAYS = ("by_tier", "by_bearer")
_REST = "otherwise"


@dataclass(frozen=True, slots=True)
class VariedLimits:
    """Reads the 时限 of norms that say more than one."""

    norms: NormReader
    report: Report

    def read(self, norm: Norm, shape: NormShape) -> tuple[Norm, ...]:
        """The norms; the norm as it is where its limit is one for all."""
        if shape.limit is None or isinstance(shape.limit, Text):
            return (norm,)
        if not isinstance(shape.limit, Fields) or len(shape.limit) != 1:
            self._misshapen(shape.limit)
            return (norm,)
        way, limits = next(iter(shape.limit.items()))
        if canonical(way) not in _WAYS or not isinstance(limits, Fields) or not limits:
            self._misshapen(way if canonical(way) not in _WAYS else limits)
            return (norm,)
        if canonical(way) == "by_tier":
            return (norm, *self._by_tier(norm, shape, limits))
        return tuple(self._by_bearer(norm, shape, limits))

    def _by_tier(self, norm: Norm, shape: NormShape, limits: Fields) -> Iterator[Norm]:
        named = [(self.norms.conditions.tier(key), word) for key, word in limits.items() if canonical(key) != _REST]
        rest = [word for key, word in limits.items() if canonical(key) == _REST]
        other: Condition = Not(AnyOf(tuple(condition for condition, _ in named)))
        for condition, word in (*named, *((other, word) for word in rest)):
            limit = self._limit(shape, word)
            own = (condition,) if norm.condition == ALWAYS else (norm.condition, condition)
            if limit is not None:
                yield replace(norm, limit=limit, condition=All(own))

    def _by_bearer(self, norm: Norm, shape: NormShape, limits: Fields) -> Iterator[Norm]:
        left = list(norm.bearers.groups)
        rest: TimeLimit | None = None
        for key, word in limits.items():
            limit = self._limit(shape, word)
            if canonical(key) == _REST:
                rest = limit
                continue
            groups = self.norms.group(key)
            if groups and not set(groups) <= {*norm.bearers.groups}:
                self._not_by_itself(shape, key)
            left = [group for group in left if group not in groups]
            yield _borne_by(norm, groups, limit)
        if left:
            yield _borne_by(norm, tuple(left), rest)

    def _limit(self, shape: NormShape, word: Tree) -> TimeLimit | None:
        if isinstance(word, Text):
            return self.norms.limits.read(shape, word)
        self._misshapen(word)
        return None

    def _misshapen(self, at: Tree) -> None:
        self.report.add(
            "PR022",
            ("这里的时限写法不对", "this is no way to write a limit"),
            at.span,
            (
                "写一个时限; 各等级不同的写 {按等级: {一级: 2小时}}, 各人不同的写 {按责任: {经理: 15分钟}}",
                "write one limit, or `{by_tier: {tier: 2 hours}}`, or `{by_bearer: {role: 15 minutes}}`",
            ),
        )

    def _not_by_itself(self, shape: NormShape, key: Text) -> None:
        self.report.add(
            "PR085",
            (
                f"“{key}”没有单独负责“{shape.action}”, 不能单独定时限",
                f"`{key}` is not by itself responsible for `{shape.action}` and can have no limit of its own",
            ),
            key.span,
            (
                "“责任”写成列表 [甲, 乙], 各负其责的才能各有时限; “任一”“依次”里的几个人用一个时限",
                "list those who must each act in `bearers: [a, b]`; those in `any` or `in_order` share one limit",
            ),
            related=shape.action.span,
            subject=str(key),
        )


def _borne_by(norm: Norm, groups: tuple[Group, ...], limit: TimeLimit | None) -> Norm:
    return replace(norm, bearers=replace(norm.bearers, groups=groups), limit=limit)
