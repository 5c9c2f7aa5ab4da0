"""Plan -> Findings where it does not say what people will ask of it: why, by whom, from where (LN005)."""

from __future__ import annotations

from collections.abc import Iterator

from plan_rules.analysis.finding import Finding
from plan_rules.analysis.linters.defect import Words, of_declaration
from plan_rules.errors import Severity, Span
from plan_rules.plan import Plan


def metadata(plan: Plan) -> Iterator[Finding]:
    """LN005: a purpose, a question for every fact, who chose a reading and among what, where a notice comes from."""
    if not plan.purpose.strip():
        yield _missing(
            plan.id,
            (f"预案“{plan.name}”没有写目的", f"plan `{plan.id}` states no purpose"),
            ("在“预案”里补上“目的: …”", "add `purpose: ...` under `plan`"),
            _head(plan),
        )
    yield from _facts(plan)
    yield from _readings(plan)
    for notice in plan.notices:
        if not notice.origin.strip():
            yield _missing(
                notice.id,
                (f"提示“{notice.id}”没有写来源", f"notice `{notice.id}` has no origin"),
                ("补上“来源: …”, 写明是谁的话", "add `origin: ...`: whose words they are"),
                notice.span,
                clauses=notice.clauses,
            )


def _facts(plan: Plan) -> Iterator[Finding]:
    for fact in plan.facts.values():
        # Nobody is asked for what is known from the case's history.
        if not fact.of_case and fact.question.strip() in ("", f"{fact.label}?"):
            yield _missing(
                fact.id,
                (f"事实“{fact.label}”没有写提问", f"fact `{fact.id}` has no question of its own"),
                (
                    f"补上“提问: …”, 写成人能回答的一句话; 现在问的是“{fact.label}?”",
                    f"add `question: ...`, a sentence that people can answer; now it is `{fact.label}?`",
                ),
                fact.span,
                facts=(fact.id,),
            )


def _readings(plan: Plan) -> Iterator[Finding]:
    for reading in plan.readings.values():
        if not reading.decided_by.strip():
            yield _missing(
                reading.id,
                (f"解释“{reading.id}”没有写由谁决定", f"reading `{reading.id}` does not say who decided"),
                ("补上“决定: …”, 写明部门或职务", "add `decided_by: ...`, a department or a post"),
                reading.span,
                clauses=reading.clauses,
            )
        if len(reading.options) < 2:
            yield _missing(
                reading.id,
                (f"解释“{reading.id}”只有一个选项, 没有什么可选", f"reading `{reading.id}` leaves nothing to choose"),
                (
                    "补上另一种读法; 没有疑义的写进“备注”",
                    "add the other way to read it; what is not in doubt is a remark",
                ),
                reading.span,
                clauses=reading.clauses,
            )


def _missing(
    subject: str,
    says: Words,
    mend: Words,
    span: Span | None,
    *,
    facts: tuple[str, ...] = (),
    clauses: tuple[str, ...] = (),
) -> Finding:
    return of_declaration("LN005", Severity.NOTE, subject, says, mend, span, facts=facts, clauses=clauses)


def _head(plan: Plan) -> Span | None:
    """The beginning of the plan's text: its head has no place of its own."""
    known = next((section.span for section in plan.sections.values()), None)
    return Span(known.source, 1, 1) if known else None
