"""(Desk, incoming CloudEvent) -> the CloudEvent that answers it: a decision, what was recorded, or a problem.

Deciding is pure.  Recording is one transaction of the store; an event that comes again, with the same source and id,
has no second effect and is answered with the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from plan_rules.calendars import CHINA, Calendar
from plan_rules.cases.event import NAME, Erased, Noted, Opened, Reviewed, Upgraded, What, what_of
from plan_rules.cases.refusal import EventRefused, listed, refuse
from plan_rules.deciding import decide
from plan_rules.errors import CalendarUnknown, DiagnosedError, Diagnostic
from plan_rules.events import problem
from plan_rules.events.envelope import Incoming, malformed_data, unpack
from plan_rules.events.outgoing import Outgoing, id_of
from plan_rules.events.types import CASE, DECIDED, PROBLEM, RECORDED, REPORTED
from plan_rules.instants import local
from plan_rules.plan import Plan

if TYPE_CHECKING:
    from plan_rules.cases.casebook import Cases, Recorded

_LEFT_OUT = ("facts", "reasons")  # of a decision: what the sender said of the incident goes no further


@dataclass(frozen=True, slots=True)
class Desk:
    """What takes events: the plan, the cases it keeps, and the `source` that its answers name.

    Without `cases` it only decides.  `calendar` is that of the incidents decided and the cases opened.
    """

    plan: Plan
    cases: Cases | None = None
    source: str = "/plan-rules"
    calendar: Calendar = CHINA


def answer(desk: Desk, headers: Mapping[str, str | bytes], body: bytes, *, origin: str, received: datetime) -> Outgoing:
    """The event that answers this one.  What an event says can make a problem of it, but raises nothing.

    `origin` names the message in the system that brought it, such as `incidents/0/17`, and `received` when that system
    had it: by these a problem is known where the event itself cannot be read.  Raises StoreError, EngineError: then
    nothing was recorded, and the same message can be given again.
    """
    incoming: Incoming | None = None
    try:
        incoming = unpack(headers, body)
        return _taken(desk, incoming)
    except DiagnosedError as refusal:
        return _problem(desk, refusal.diagnostics, incoming, origin, received)
    except CalendarUnknown as failure:
        return _problem(desk, (problem.of_calendar(failure),), incoming, origin, received)


def _taken(desk: Desk, incoming: Incoming) -> Outgoing:
    if incoming.type == REPORTED:
        return decided(desk, incoming)
    if incoming.type == CASE and desk.cases is not None:
        return _recorded(desk, desk.cases, incoming)
    taken = (REPORTED, CASE) if desk.cases is not None else (REPORTED,)
    raise refuse(
        "EV003",
        ("这里不接收这种类型的事件", "events of this type are not taken here"),
        listed("可以发送: ", "what is taken: ", taken),
        subject="type",
    )


# --------------------------------------------------------------------------- an incident


def decided(desk: Desk, incoming: Incoming) -> Outgoing:
    """The decision on an incident, as it stood at the event's time.  Pure.  Raises EventRefused, FactsInvalid, ..."""
    facts = _only(incoming.data, ("facts",))["facts"]
    if not isinstance(facts, Mapping):
        raise malformed_data("facts")
    _check_plan(desk.plan, incoming.plan)
    decision = decide(desk.plan, facts, at=incoming.at, calendar=desk.calendar)
    return Outgoing(
        id=id_of(DECIDED, incoming.source, incoming.id, desk.plan.digest),
        source=desk.source,
        type=DECIDED,
        at=incoming.at,
        data={"cause": _cause(incoming), "decision": _without_facts(decision.to_dict())},
        plan=desk.plan,
        subject=incoming.subject,
        trace=incoming.trace,
    )


def _without_facts(plain: Any) -> Any:
    """A decision without what was said of the incident, at every depth."""
    if isinstance(plain, dict):
        return {name: _without_facts(value) for name, value in plain.items() if name not in _LEFT_OUT}
    return [_without_facts(part) for part in plain] if isinstance(plain, list) else plain


def _check_plan(plan: Plan, wanted: str | None) -> None:
    if wanted is not None and wanted != plan.digest:
        raise refuse(
            "EV005",
            (
                f"事件要按另一版预案办理; 这里是 {plan.id} {plan.version}",
                f"the event asks for another plan than {plan.version}",
            ),
            (
                f"去掉 plandigest, 或写 {plan.digest}",
                f"leave plandigest out, or write {plan.digest}",
            ),
            subject="plandigest",
        )


# --------------------------------------------------------------------------- a case


def recorded_as(incoming: Incoming) -> str:
    """The id under which the case keeps the event: one for each source and id, as CloudEvents tells events apart."""
    return id_of(incoming.source, incoming.id)


def _recorded(desk: Desk, cases: Cases, incoming: Incoming) -> Outgoing:
    """The event, in its case.  Raises EventRefused, FactsInvalid, CalendarUnknown, StoreError."""
    case = incoming.subject
    if case is None:
        raise _no_subject()
    data = _only(incoming.data, ("by", "what"))
    if not isinstance(data["what"], dict) or not isinstance(data["by"], str):
        raise malformed_data("by" if isinstance(data["what"], dict) else "what")
    event = recorded_as(incoming)
    recorded = _record(desk, cases, case, _what(desk.plan, data["what"]), by=data["by"], event=event, incoming=incoming)
    if recorded.repeated:  # the case may have moved on since: the answer is that of the first time
        recorded = cases.retold(case, event)
    return _outgoing(desk, recorded, incoming)


def _record(desk: Desk, cases: Cases, case: str, what: What, *, by: str, event: str, incoming: Incoming) -> Recorded:
    if isinstance(what, Noted | Reviewed | Erased):
        raise refuse(
            "EV006",
            (f"“{what.kind}”不由外来事件登记", f"`{what.kind}` is not recorded by events from outside"),
            (
                "个人信息和删除由人在 plan-rules case 里办; 复查由时钟办",
                "personal data and erasure are a person's, with plan-rules case; reviews are the clock's",
            ),
            subject=what.kind,
        )
    if isinstance(what, Opened):
        _check_plan(desk.plan, incoming.plan)
        return cases.open(
            desk.plan,
            what.facts,
            by=by,
            case=case,
            at=incoming.at,
            event=event,
            outlet=what.outlet,
            calendar=desk.calendar,
        )
    moved = desk.plan if isinstance(what, Upgraded) and what.plan == desk.plan.digest else None
    return cases.record(case, what, by=by, at=incoming.at, event=event, plan=moved)


def _what(plan: Plan, plain: Mapping[str, Any]) -> What:
    """What happened; a case is opened, and moved, to the plan of the desk where the event does not name one."""
    named = {"plan": plan.digest} if plain.get("kind") in {"opened", "upgraded"} else {}
    what = what_of({**named, **plain})
    if isinstance(what, Opened):
        _check_plan(plan, what.plan)
    return what


def _outgoing(desk: Desk, recorded: Recorded, incoming: Incoming) -> Outgoing:
    case, change = recorded.case, recorded.change
    return Outgoing(
        id=id_of(RECORDED, incoming.source, incoming.id),
        source=desk.source,
        type=RECORDED,
        at=incoming.at,
        data={
            "cause": _cause(incoming),
            "case": case.id,
            "version": case.version,
            "phase": case.phase.value,
            "tier": case.tier,
            "change": change.to_dict() if change else None,
        },
        plan=case.plan,
        subject=case.id,
        trace=incoming.trace,
    )


def _no_subject() -> EventRefused:
    return refuse(
        "EV002",
        ("属性缺少或写法不对: subject", "attributes missing or malformed: subject"),
        ("subject 写案件编号", "subject is the id of the case"),
        subject="subject",
    )


# --------------------------------------------------------------------------- what all have in common


def _only(data: Mapping[str, Any], names: tuple[str, ...]) -> Mapping[str, Any]:
    """The data, where it has these keys and no others.  Raises EventRefused; keys of the sender's are not repeated."""
    missing = next((name for name in names if name not in data), None)
    if missing is not None or len(data) != len(names):
        raise malformed_data(missing or "data")
    return data


def _cause(incoming: Incoming) -> dict[str, str]:
    return {"id": incoming.id, "source": incoming.source, "type": incoming.type}


def _problem(
    desk: Desk,
    diagnostics: tuple[Diagnostic, ...],
    incoming: Incoming | None,
    origin: str,
    received: datetime,
) -> Outgoing:
    subject = incoming.subject if incoming else None
    called = subject is not None and re.fullmatch(NAME, subject) is not None  # or it is no case, and could be anything
    said = (incoming.data, None if called else subject) if incoming else None
    return Outgoing(
        id=id_of(PROBLEM, incoming.source, incoming.id, origin) if incoming else id_of(PROBLEM, origin),
        source=desk.source,
        type=PROBLEM,
        at=local(received),
        data={
            "cause": _cause(incoming) if incoming else None,
            "origin": origin,
            "diagnostics": problem.told(diagnostics, said, desk.plan),
        },
        plan=desk.plan,
        subject=subject if called else None,
        trace=incoming.trace if incoming else (),
    )
