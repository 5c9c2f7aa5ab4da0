"""(Case, Event) -> Step: the case after the event, what that changed, and what has to be sent.

Pure, and total over what callers may hand in: an event that does not fit is refused whole, with what to do instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NoReturn, assert_never

from plan_rules.calendars import CHINA, Calendar
from plan_rules.cases.case import Breach, Case, Override, Phase, peak_fact, worded
from plan_rules.cases.duty_life import DutyLife, Life
from plan_rules.cases.event import (
    Breached,
    Closed,
    Done,
    Erased,
    Event,
    HandedOver,
    Noted,
    Observed,
    Opened,
    Overridden,
    Reopened,
    Resolved,
    Reviewed,
    Upgraded,
)
from plan_rules.cases.refusal import EventRefused, listed, refuse
from plan_rules.cases.showing import showing_what_is_due_from, shown_broken_by, shown_done_by, standing_in
from plan_rules.cases.step import Step, step
from plan_rules.decision import Duty, Prohibition
from plan_rules.fact import UNKNOWN
from plan_rules.fact_values import shown
from plan_rules.facts import Facts, fact_reader
from plan_rules.instants import written
from plan_rules.plan import Plan


def follow(
    before: Case | None,
    case_id: str,
    event: Event,
    plan_of: Callable[[str], Plan | None],
    calendar: Calendar = CHINA,
) -> Step:
    """The next step of a case, its first one where nothing came `before`.  `plan_of` gives the plan of a digest.

    Raises what `begin` and `advance` raise, and what `plan_of` does.
    """
    what = event.what
    if before is not None:
        return advance(before, event, plan_of(what.plan) if isinstance(what, Upgraded) else None)
    plan = plan_of(what.plan) if isinstance(what, Opened) else None
    if plan is None:
        raise _no_beginning()
    return begin(case_id, plan, event, calendar)


def begin(case_id: str, plan: Plan, event: Event, calendar: Calendar = CHINA) -> Step:
    """The case that an Opened event begins.  Raises EventRefused, FactsInvalid, CalendarUnknown."""
    what = event.what
    if not isinstance(what, Opened) or what.plan != plan.digest:
        raise _no_beginning()
    case = Case(case_id, plan, 0, Phase.OPEN, event.at, event.at, what.outlet, calendar=calendar)
    return step(case, replace(case, facts=_stated(case, what.facts, (), event.at)), event)


def _no_beginning() -> EventRefused:
    return refuse(
        "CS002",
        ("案件要从“opened”事件开始, 并写明预案", "a case begins with an `opened` event that names its plan"),
        ("先开案: plan-rules case open", "open it first: plan-rules case open"),
    )


def advance(case: Case, event: Event, plan: Plan | None = None) -> Step:
    """The case after the event; `plan` is the one an Upgraded event moves it to.

    Raises EventRefused, FactsInvalid where the facts cannot all be true, CalendarUnknown.
    """
    if event.at < case.at:
        raise refuse(
            "CS003",
            (
                f"事件时间 {written(event.at)} 早于本案上一事件 {written(case.at)}",
                f"the event at {written(event.at)} lies before the last one, at {written(case.at)}",
            ),
            (
                "检查时钟; 补记较早的事, 用现在的时间登记, 在事实里写发生时间",
                "check the clock; to record what happened earlier, use the time now and state the time in a fact",
            ),
        )
    if case.phase is Phase.CLOSED and not isinstance(event.what, Reopened | Erased | Noted):
        raise refuse(
            "CS004",
            (f"案件 {case.id} 已关闭", f"case {case.id} is closed"),
            ("要继续处理, 先重开: plan-rules case reopen", "reopen it first: plan-rules case reopen"),
        )
    return step(case, _applied(case, event, plan), event)


# --------------------------------------------------------------------------- what the event says


def _applied(case: Case, event: Event, plan: Plan | None) -> Case:
    what = event.what
    match what:
        case Observed():
            return _with_observed(case, what, event.at)
        case Done():
            return _with_done(case, what, event)
        case Breached():
            return _with_breach(case, what, event)
        case Overridden():
            return _with_override(case, what, event)
        case HandedOver():
            return _handed_over(case, what, event.at)
        case Resolved():
            return _resolved(case, event.at)
        case Reopened():
            return _reopened(case, event.at)
        case Upgraded():
            return _upgraded(case, what, plan)
        case Closed():
            return _closed(case)
        case Noted() | Reviewed() | Erased():
            return case
        case Opened():
            raise refuse(
                "CS002",
                (f"案件 {case.id} 已经开了", f"case {case.id} is open already"),
                ("换一个案件编号, 或登记新的事实", "choose another case id, or record new facts"),
            )
        case _:
            assert_never(what)


def _with_observed(case: Case, what: Observed, at: datetime) -> Case:
    """With what was seen; a duty was not done, whoever said so, once the fact that showed it is taken back."""
    facts = _stated(case, what.facts, what.withdrawn, at)
    gone = {name for name, value in case.facts.items() if _holds(value) and not _holds(facts.get(name))}

    def taken_back(life: DutyLife) -> bool:
        return (
            life.required
            and life.status is Life.DONE
            and not gone.isdisjoint(shown_done_by(case.plan, life.action, at))
        )

    lives = tuple(replace(life, said=False) if taken_back(life) else life for life in case.lives)
    return replace(case, facts=facts, lives=lives)


def _holds(value: Any) -> bool:
    """Does the stated value say that something is so, or has happened?"""
    return value not in (None, False, UNKNOWN.value)


def _stated(case: Case, facts: Mapping[str, Any], withdrawn: tuple[str, ...], at: datetime) -> dict[str, Any]:
    """The facts stated by now, as JSON: times of day are those of the day on which they were told."""
    for name in withdrawn:
        if name not in case.facts:
            raise refuse(
                "CS005",
                (f"本案没有登记过“{name}”, 不能撤回", f"`{name}` was never stated, so it cannot be withdrawn"),
                listed("可撤回: ", "stated: ", case.facts),
                subject=name,
            )
    together = {**{name: value for name, value in case.facts.items() if name not in withdrawn}, **facts}
    peak = peak_fact(case.plan)
    read = fact_reader(case.plan).read(together, at)
    told = {name: _told(read, name) for name in together if name in read.source}
    # The choice of readings is no fact that anything follows from: the reader keeps it apart.
    told |= {name: dict(value) for name, value in together.items() if isinstance(value, Mapping)}
    if peak is not None:
        told.pop(peak.id, None)
    return told


def _told(read: Facts, name: str) -> Any:
    """What was stated of a fact; only of one stated to be unknown does something else follow."""
    return shown(read.values[name]) if read.source[name] == "stated" else UNKNOWN.value


def _with_done(case: Case, what: Done, event: Event) -> Case:
    life = case.life(what.action)
    if life is None or not life.required:
        _not_asked(case, what.action)
    _known_role(case.plan, what.role)
    facts = shown_done_by(case.plan, what.action, event.at)
    facts = {name: value for name, value in facts.items() if not _holds(case.facts.get(name))}
    if facts:
        case = replace(case, facts=_stated(case, facts, (), event.at))
    until = life.until if life.status is Life.DONE else event.at  # said again, it was done when it was done
    done = replace(life, status=Life.DONE, until=until, by=what.role, said=True)
    return replace(case, lives=tuple(done if each is life else each for each in case.lives))


def _not_asked(case: Case, action: str) -> NoReturn:
    open_ = [life.action for life in case.lives if life.required]
    raise refuse(
        "CS006",
        (f"现在不要求“{worded(case.plan, [action])[0]}”", f"`{action}` is not required now"),
        listed("现在要求的: ", "required now: ", open_),
        subject=action,
    )


def _with_breach(case: Case, what: Breached, event: Event) -> Case:
    prohibitions = case.decided(event.at).prohibitions
    found = next((item for item in prohibitions if item.action == what.action), None)
    if found is None:
        forbidden = [item.action for item in prohibitions]
        raise refuse(
            "CS007",
            (f"现在不禁止“{worded(case.plan, [what.action])[0]}”", f"`{what.action}` is not forbidden now"),
            listed("现在禁止的: ", "forbidden now: ", forbidden),
            subject=what.action,
        )
    _known_role(case.plan, what.role)
    facts = shown_broken_by(case.plan, what.action)
    if facts:
        case = replace(case, facts=_stated(case, facts, (), event.at))
    seen = Breach(what.action, event.at, what.role, found.clauses, found.instead, excused=case.overridden(what.action))
    return replace(case, breaches=(*case.breaches, seen))


def _with_override(case: Case, what: Overridden, event: Event) -> Case:
    decision = case.decided(event.at)
    norms: tuple[Duty | Prohibition, ...] = (*decision.in_force, *decision.prohibitions)
    norm = next((item for item in norms if item.action == what.action), None)
    if norm is None:
        _not_asked(case, what.action)
    if not norm.defeasible:
        raise refuse(
            "CS008",
            (f"“{norm.label}”不能推翻({'、'.join(norm.clauses)})", f"`{what.action}` cannot be set aside"),
            ("只有“一般应当”“一般不得”可以例外", "only what binds as a rule has exceptions"),
            subject=what.action,
        )
    if what.approver == event.by:
        raise refuse(
            "CS009",
            ("批准人不能是申请的人自己", "whoever asks for an exception cannot approve of it"),
            ("写另一人的工号", "name somebody else as the approver"),
        )
    case = replace(case, overrides=(*case.overrides, Override(what.action, event.at, what.reason, what.approver)))
    return replace(
        case,
        lives=tuple(
            replace(life, status=Life.OVERRIDDEN, until=event.at, by=what.approver, said=True)
            if life.action == what.action and life.open
            else life
            for life in case.lives
        ),
    )


def _handed_over(case: Case, what: HandedOver, at: datetime) -> Case:
    _known_role(case.plan, what.role)
    _known_role(case.plan, what.to)
    handovers = {**{role: to for role, to in case.handovers.items() if role != what.to}, what.role: what.to}
    facts = standing_in(case.plan, what.to)
    case = replace(case, handovers=handovers)
    return replace(case, facts=_stated(case, facts, (), at)) if facts else case


def _known_role(plan: Plan, role: str) -> None:
    if role and role not in plan.roles:
        raise refuse(
            "CS010",
            (f"预案里没有角色“{role}”", f"the plan has no role `{role}`"),
            listed("可写: ", "roles: ", plan.roles),
            subject=role,
        )


def _resolved(case: Case, at: datetime) -> Case:
    if case.phase is not Phase.OPEN:
        raise refuse(
            "CS011",
            ("案件已经办结", "the case is resolved already"),
            ("要改办结日, 先重开", "to change the day, reopen it first"),
        )
    fact = case.plan.case.resolved_on
    told = fact is not None and _holds(case.facts.get(fact))
    facts = case.facts if fact is None or told else _stated(case, {fact: at.date().isoformat()}, (), at)
    return replace(case, facts=facts, phase=Phase.RESOLVED)


def _reopened(case: Case, at: datetime) -> Case:
    if case.phase is Phase.OPEN:
        raise refuse(
            "CS012",
            ("案件没有办结, 不用重开", "the case is open"),
            ("直接登记新的事实", "record what is new"),
        )
    fact = case.plan.case.resolved_on
    # What was due from the end that was none is due anew from the next one, whatever was done of it.
    counted = () if fact is None else (fact, *showing_what_is_due_from(case.plan, fact))
    gone = tuple(name for name in counted if name in case.facts)
    return replace(case, facts=_stated(case, {}, gone, at), phase=Phase.OPEN)


def _upgraded(case: Case, what: Upgraded, plan: Plan | None) -> Case:
    if plan is None or plan.digest != what.plan:
        raise refuse(
            "CS013",
            (f"没有存过这个版本的预案 {what.plan[:19]}", f"this version of the plan is not stored: {what.plan[:19]}"),
            ("先把新预案存进去, 再升级案件", "store the new plan before moving the case to it"),
        )
    return replace(case, plan=plan)


def _closed(case: Case) -> Case:
    left = [life.action for life in case.lives if life.open and life.due is not None]
    if case.phase is not Phase.RESOLVED or left:
        raise refuse(
            "CS014",
            (
                "还不能关闭: " + ("、".join(worded(case.plan, left)) + "没有办" if left else "事件没有处理完"),
                "cannot be closed: " + (f"{', '.join(left)} not done" if left else "the incident is not resolved"),
            ),
            ("办完并登记, 再关闭", "do and record it, then close"),
        )
    return replace(case, phase=Phase.CLOSED)
