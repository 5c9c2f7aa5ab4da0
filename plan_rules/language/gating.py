"""(Shape of a norm, the vocabulary) -> what it waits for: approvals (须经), judgement (裁量), a failed step (递进)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from plan_rules.condition import Condition
from plan_rules.fact import UNKNOWN, Fact, Kind
from plan_rules.gates import Approval, Approvals, Discretion, Rung
from plan_rules.language.clause_shape import DiscretionShape, NormShape
from plan_rules.language.keywords import canonical
from plan_rules.language.names import Names
from plan_rules.language.tree import Fields, Report, Text, Tree
from plan_rules.norm import Role

_NEEDS = ("all", "any")
_RUNG = re.compile(r"(.+)-(\d{1,3})")


@dataclass(frozen=True, slots=True)
class GateReader:
    """Reads what a norm waits for."""

    roles: Names[Role]
    facts: Names[Fact]
    shown_by: Callable[[Tree | None], tuple[Condition | None, str | None]]  # what shows that it is so
    report: Report

    # ----------------------------------------------------------------- 须经

    def approvals(self, tree: Tree | None) -> Approvals | None:
        """`{院长: 院长已批准, …}`: all of them; `{任一: {…}}`: one of them."""
        if tree is None:
            return None
        need = "all"
        if isinstance(tree, Fields) and len(tree) == 1 and canonical(next(iter(tree))) in _NEEDS:
            need, tree = canonical(next(iter(tree))), next(iter(tree.values()))
        if not isinstance(tree, Fields) or not tree:
            self._no_approvals(tree)
            return None
        parts = [part for word, shown in tree.items() if (part := self._approval(word, shown))]
        return Approvals(tuple(parts), need) if parts else None

    def _approval(self, word: Text, shown: Tree) -> Approval | None:
        role = self.roles.find(word)
        condition, _ = self.shown_by(shown)
        return Approval(role.id, condition) if role and condition is not None else None

    def _no_approvals(self, at: Tree) -> None:
        self.report.add(
            "PR092",
            ("这里没有写明须经谁、什么表明已经同意", "this does not say whose approval, and what shows it"),
            at.span,
            (
                "写成 {角色: 事实, 角色: 事实}; 有一个同意就行的写 {任一: {角色: 事实, …}}",
                "write `{role: fact, role: fact}`; where one suffices, `{any: {role: fact, ...}}`",
            ),
        )

    # ----------------------------------------------------------------- 裁量

    def discretion(self, shape: DiscretionShape | None, norm: NormShape, modality: str) -> Discretion | None:
        """Who judges, by what, and which fact records the choice."""
        if shape is None:
            return None
        if modality == "prohibition":
            self.report.add(
                "PR093",
                ("不得不能写裁量", "a prohibition is left to nobody's judgement"),
                norm.action.span,
                ("写在应当或可以里, 或删去", "write it under `must` or `may`, or drop it"),
            )
        by = tuple(found.id for word in shape.by if (found := self.roles.find(word)))
        return Discretion(by, tuple(map(str, shape.considerations)), self._choice(shape.choice))

    def _choice(self, word: Text | None) -> str | None:
        fact = self.facts.find(word) if word is not None else None
        if fact is None or word is None:
            return None
        if fact.kind is not Kind.BOOL or fact.default is not UNKNOWN:
            self.report.add(
                "PR093",
                (
                    f"“{fact.label}”不能记录裁量的结果: 没有选定以前它就有了值",
                    f"`{fact.id}` cannot record a choice: it has a value before anybody chose",
                ),
                word.span,
                ("写一个“是否”的事实, “默认: 未知”", "name a bool fact with `default: unknown`"),
                related=fact.span,
                facts=(fact.id,),
            )
        return fact.id

    # ----------------------------------------------------------------- 递进

    def rung(self, shape: NormShape, modality: str, step: Rung | None) -> Rung | None:
        """The step of a ladder; `step` is where a clause lists it, else it is written `名-步`."""
        failed, _ = self.shown_by(shape.failed)
        if step is None and shape.escalation is None:
            if shape.failed is not None:
                self._no_step(shape.failed, "写了失败, 没有写递进", "this fails, and is no step of a ladder")
            return None
        if modality != "duty":
            self._no_step(shape.action, "递进的一步是应当做的", "a step of a ladder is a duty")
            return None
        if step is not None:
            return Rung(step.ladder, step.step, failed=failed)
        assert shape.escalation is not None
        found = _RUNG.fullmatch(shape.escalation)
        if found is None:
            self._no_step(shape.escalation, f"递进“{shape.escalation}”写法不对", f"`{shape.escalation}` is no step")
            return None
        return Rung(found.group(1), int(found.group(2)), failed=failed)

    def _no_step(self, at: Tree, zh: str, en: str) -> None:
        self.report.add(
            "PR094",
            (zh, en),
            at.span,
            (
                "写“递进: 名-步”, 如 升级-1; 或在条款里把各步列在“递进”下面",
                "write `escalation: name-number`, such as `raise-1`; or list the steps under a clause's `escalation`",
            ),
        )
