"""(Lengths of time in a clause's text, the limits of its norms) -> Findings where they differ (LN001)."""

from __future__ import annotations

from collections.abc import Iterator

from plan_rules.analysis.finding import Finding
from plan_rules.analysis.linters.defect import action_name, of_clause
from plan_rules.analysis.linters.durations import MEASURED, Length, lengths
from plan_rules.norm import Norm, TimeLimit
from plan_rules.plan import Clause, Plan


def times(plan: Plan) -> Iterator[Finding]:
    """LN001: every limit with a number is in the text, and every limit of the text is in a norm."""
    for clause in plan.clauses.values():
        said = lengths(clause.text) if clause.norms and not clause.layer else None  # a layer's text is a summary
        if said is not None:
            yield from _compared(plan, clause, said)


def _compared(plan: Plan, clause: Clause, said: tuple[Length, ...]) -> Iterator[Finding]:
    counted = [(norm, norm.limit) for norm in clause.norms if norm.limit and norm.limit.term in MEASURED]
    wrong = {
        limit.text: (norm, limit)
        for norm, limit in reversed(counted)  # the first norm with each limit is the one shown
        if not any(length.met_by(limit) for length in said)
    }
    for norm, limit in reversed(wrong.values()):
        yield _not_in_text(plan, clause, norm, limit, said)
    if not wrong:
        # Where a limit differs its length is left over too, and needs no second finding.
        unused = [length for length in said if length.limit and not any(length.met_by(limit) for _, limit in counted)]
        if unused:
            yield _not_in_rules(clause, unused, [limit for _, limit in counted])


def _not_in_text(plan: Plan, clause: Clause, norm: Norm, limit: TimeLimit, said: tuple[Length, ...]) -> Finding:
    action, words = action_name(plan, norm), "、".join(f"“{length.words}”" for length in said)
    english = ", ".join(f"`{length.words}`" for length in said)
    if not said:
        return of_clause(
            "LN001",
            clause,
            (
                f"“{action}”的时限是“{limit.text}”, 原文没有写时间",
                f"`{norm.action}` has the limit `{limit.text}`, the text names no time",
            ),
            (
                "核对原文; 原文没有的时限不要写, 或改成“立即”“及时”等原文的词",
                "check the text; leave out a limit that it does not have, or write its own word, such as `immediately`",
            ),
            norm,
        )
    return of_clause(
        "LN001",
        clause,
        (
            f"原文写的是{words}, “{action}”的时限却是“{limit.text}”",
            f"the text says {english}, yet the limit of `{norm.action}` is `{limit.text}`",
        ),
        (f"照原文把时限改成{_wanted(said, '、')}", f"write the limit of the text: {_wanted(said, ', ')}"),
        norm,
    )


def _not_in_rules(clause: Clause, unused: list[Length], limits: list[TimeLimit]) -> Finding:
    words = "、".join(f"“{length.words}”" for length in unused)
    english = ", ".join(f"`{length.words}`" for length in unused)
    if limits:
        others = "、".join(dict.fromkeys(limit.text for limit in limits))
        says = (
            f"原文写了{words}, 时限只有“{others}”, 没有一处是它",
            f"the text says {english}, no limit of its norms is that, only `{others}`",
        )
    else:
        says = (f"原文写了{words}, 规则没有写时限", f"the text says {english}, its norms have no limit with a number")
    wanted = _wanted(unused, "、"), _wanted(unused, ", ")
    return of_clause(
        "LN001",
        clause,
        says,
        (f"在有关的应当或不得里写“时限: {wanted[0]}”和“起算”", f"write `limit: {wanted[1]}` and `start` in the norm"),
        clause.norms[0],
    )


def _wanted(said: tuple[Length, ...] | list[Length], separator: str) -> str:
    return separator.join(dict.fromkeys(length.as_written for length in said))
