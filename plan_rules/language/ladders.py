"""Clauses -> the same, each step of a ladder (递进) taken only where those before it failed, in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from plan_rules.condition import ALWAYS, All, AnyOf, Condition
from plan_rules.language.tree import Report
from plan_rules.norm import Norm, Step
from plan_rules.plan import Clause

_LAST_STAGE = 1000  # steps that no track puts in order come after those that one does


def laddered(clauses: Mapping[str, Clause], report: Report) -> dict[str, Clause]:
    """The clauses with their steps joined; a ladder with a gap, or one that cannot go on, is reported."""
    ladders: dict[str, dict[int, list[Norm]]] = {}
    for norm in _steps(clauses):
        assert norm.rung is not None
        ladders.setdefault(norm.rung.ladder, {}).setdefault(norm.rung.step, []).append(norm)
    for name, steps in ladders.items():
        _check(name, steps, report)
    return {name: replace(clause, norms=tuple(_placed(clause, ladders))) for name, clause in clauses.items()}


def _steps(clauses: Mapping[str, Clause]) -> Iterator[Norm]:
    yield from (norm for clause in clauses.values() for norm in clause.norms if norm.rung is not None)


def _check(name: str, steps: Mapping[int, list[Norm]], report: Report) -> None:
    last = max(steps)
    for step in range(1, last + 1):
        if step not in steps:
            report.add(
                "PR095",
                (f"递进“{name}”没有第 {step} 步", f"ladder `{name}` has no step {step}"),
                steps[last][0].span,
                ("各步从 1 起连着编号", "number the steps from 1 without a gap"),
            )
        elif step < last and not any(norm.rung and norm.rung.failed for norm in steps[step]):
            report.add(
                "PR095",
                (
                    f"递进“{name}”的第 {step} 步没有写失败, 到不了下一步",
                    f"step {step} of ladder `{name}` never fails, so the next is never reached",
                ),
                steps[step][0].span,
                ("补上“失败: 事实或条件”", "add `failed: fact or condition`"),
            )
    seen: dict[str, int] = {}
    for step, norms in steps.items():
        for norm in norms:
            if seen.setdefault(norm.action, step) != step:
                report.add(
                    "PR095",
                    (f"递进“{name}”的两步是同一个动作", f"two steps of ladder `{name}` are one action"),
                    norm.span,
                    ("每一步写不同的动作", "give each step an action of its own"),
                    subject=norm.action,
                )


def _placed(clause: Clause, ladders: Mapping[str, Mapping[int, list[Norm]]]) -> Iterator[Norm]:
    for norm in clause.norms:
        if norm.rung is None:
            yield norm
            continue
        steps = ladders[norm.rung.ladder]
        before = tuple(_failed(steps.get(step, [])) for step in range(1, norm.rung.step))
        own = () if norm.condition == ALWAYS else (norm.condition,)
        yield replace(
            norm,
            condition=All((*own, *before)) if before else norm.condition,
            rung=replace(norm.rung, of=max(steps)),
            step=norm.step or _order(norm.rung.step, norm.rung.ladder, steps.get(1, [])),
        )


def _failed(norms: list[Norm]) -> Condition:
    found = tuple(norm.rung.failed for norm in norms if norm.rung and norm.rung.failed is not None)
    return found[0] if len(found) == 1 else AnyOf(tuple(dict.fromkeys(found)))


def _order(step: int, ladder: str, first: list[Norm]) -> Step:
    """After the first step, as far as the ladder goes."""
    start = min((norm.step for norm in first if norm.step), default=None)
    return Step(_LAST_STAGE, step, ladder) if start is None else replace(start, number=start.number + step - 1)
