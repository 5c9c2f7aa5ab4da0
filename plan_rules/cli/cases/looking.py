"""`plan-rules case show`, `list`, `due`, `overdue` and `history`: how cases stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from plan_rules.cases.case import LIVE, Case, Phase
from plan_rules.cases.case_page import case_page, lines
from plan_rules.cases.casebook import Cases
from plan_rules.cases.days import due_words, moment
from plan_rules.cases.event import written as written_event
from plan_rules.cases.objects import case_object, due_object, line_object
from plan_rules.cases.store.work import CaseLine, DueDuty
from plan_rules.cases.story import Story
from plan_rules.cases.story import told as story_of
from plan_rules.cases.telling import PHASES, telling, tier_name
from plan_rules.cli import output
from plan_rules.cli.cases.asked import Asked
from plan_rules.cli.cases.desk import opened
from plan_rules.cli.inputs import instant_of
from plan_rules.cli.stop import BAD_INPUT, OK, Stop, as_json
from plan_rules.display_width import pad, visible, width
from plan_rules.errors import Message
from plan_rules.instants import written
from plan_rules.plan import Plan
from plan_rules.wording import Wording


def show(asked: Asked, case: str) -> int:
    """One case as it stands, or stood."""
    asked_at = instant_of(asked.at)
    with opened(asked) as cases:
        story = told(cases, case, asked_at)
        at = max(asked_at or cases.now(), story.case.at)
    if asked.as_json:
        output.say([as_json(case_object(story.case, at, asked.lang))])
    elif output.to_terminal():
        from plan_rules.cli.cases.drawn_case import drawn  # noqa: PLC0415  loads rich, which a pipe does not need

        output.console().print(drawn(case_page(story, at, asked.lang), at, asked.lang))
    else:
        output.say(lines(case_page(story, at, asked.lang), asked.lang))
    return OK


def told(cases: Cases, case: str, at: datetime | None = None) -> Story:
    """The case with its past, up to this instant."""
    known = cases.load(case)
    events = [event for event in cases.events(case) if at is None or event.at <= at]
    if not events:
        opened_at = written(known.opened_at)
        message = Message(
            f"案件 {case} 到 {opened_at} 才开案", f"case {case} was not open then, but only at {opened_at}"
        )
        raise Stop(BAD_INPUT, "usage", message)
    return story_of(cases.plan, case, events, known.calendar)


# --------------------------------------------------------------------------- lists


def list_cases(asked: Asked, every: bool, limit: int) -> int:
    """Cases, the latest first."""
    phases = tuple(Phase) if every else LIVE
    with opened(asked) as cases:
        found = cases.list(phases, limit=_positive(limit))
        plans = {digest: cases.plan(digest) for digest in {line.plan for line in found}}
    if asked.as_json:
        output.say([as_json({"cases": [line_object(line) for line in found]})])
        return OK
    titles = (
        asked("案件", "case"),
        asked("状态", "phase"),
        asked("等级", "tier"),
        asked("网点", "outlet"),
        asked("开案", "opened"),
        asked("最后登记", "last event"),
    )
    rows = [
        (
            line.id,
            asked(*PHASES[line.phase]),
            _tier_of(line, plans[line.plan], asked.lang),
            line.outlet or "-",
            moment(line.opened_at),
            moment(line.at),
        )
        for line in found
    ]
    output.say(table(titles, rows) if rows else [asked("没有案件", "no cases")])
    return OK


def _tier_of(line: CaseLine, plan: Plan | None, lang: str) -> str:
    return tier_name(line.tier, Wording(plan, lang)) if plan else line.tier or "-"


def due(asked: Asked, before: str | None, case: str | None, limit: int) -> int:
    """What is to be done, the soonest first; what is to be done at once, first of all."""
    until = instant_of(before)
    with opened(asked) as cases:
        if case is not None:
            cases.load(case)
        at_once = () if until else cases.at_once(limit=_positive(limit), case=case)
        return _say_due(asked, cases, (*at_once, *cases.due(before=until, limit=_positive(limit), case=case)))


def overdue(asked: Asked, case: str | None, limit: int) -> int:
    """What is overdue by now."""
    with opened(asked) as cases:
        if case is not None:
            cases.load(case)
        return _say_due(asked, cases, cases.due(before=cases.now(), limit=_positive(limit), case=case))


def _say_due(asked: Asked, cases: Cases, found: Sequence[DueDuty]) -> int:
    now = cases.now()
    if asked.as_json:
        output.say([as_json({"at": written(now), "due": [due_object(each, now) for each in found]})])
        return OK
    standing = {name: cases.load(name) for name in dict.fromkeys(each.case for each in found)}
    titles = (asked("期限", "due"), asked("案件", "case"), asked("要办", "what"), asked("由谁", "who"))
    rows = [_due_row(each, standing[each.case], now, asked) for each in found]
    output.say(table(titles, rows) if rows else [asked("没有", "none")])
    return OK


def _due_row(each: DueDuty, case: Case, now: datetime, asked: Asked) -> tuple[str, ...]:
    if each.due is None:
        when = asked(f"立即(自 {moment(each.since)})", f"at once (since {moment(each.since)})")
    else:
        when = due_words(each.due, case.calendar, asked.lang)
    late = asked("逾期: ", "overdue: ") if each.overdue(now) else ""
    return (late + when, each.case, each.label, Wording(case.plan, asked.lang).roles(case.acting(each.roles)))


def _positive(limit: int) -> int:
    if limit < 1:
        raise Stop(BAD_INPUT, "usage", Message("--limit 至少是 1", "--limit is at least 1"))
    return limit


def table(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Columns under titles, as wide as what is in them; the last one is not filled up."""
    shown = [[visible(cell) for cell in row] for row in (titles, *rows)]
    widths = [max(width(row[column]) for row in shown) for column in range(len(titles) - 1)]
    for row in shown:
        yield "  ".join((*(pad(cell, size) for cell, size in zip(row, widths, strict=False)), row[-1])).rstrip()


# --------------------------------------------------------------------------- what happened


def history(asked: Asked, case: str) -> int:
    """What happened, event by event.  Values of sensitive facts are not printed."""
    with opened(asked) as cases:
        story = told(cases, case)
    if asked.as_json:
        events = [
            {"version": step.case.version, "event": written_event(event), "change": step.change.to_dict()}
            for event, step in story.pairs
        ]
        output.say([as_json({"case": case, "events": events})])
    else:
        output.say(visible(line) for line in _told(story, asked))
    return OK


def _told(story: Story, asked: Asked) -> Iterator[str]:
    for each in telling(story, asked.lang):
        by = asked(f"登记人 {each.event.by}", f"by {each.event.by}")
        yield f"{each.step.case.version}. {moment(each.event.at)}  {each.head}  ({by})"
        yield from (f"     {line}" for line in (*each.facts, *each.change))
