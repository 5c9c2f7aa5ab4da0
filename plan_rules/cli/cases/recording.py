"""`plan-rules case open`, `record`, `done` and the other commands that say what happened."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from plan_rules.cases.case import Case
from plan_rules.cases.casebook import Recorded
from plan_rules.cases.event import what_of
from plan_rules.cases.objects import recorded_object
from plan_rules.cases.vault import MAX_CHARACTERS
from plan_rules.cli import output
from plan_rules.cli.cases.asked import Asked
from plan_rules.cli.cases.desk import opened, recorder, told
from plan_rules.cli.cases.glance import show
from plan_rules.cli.cases.naming import action_id, fact_id, item_id, items_of, role_id
from plan_rules.cli.inputs import calendar_of, facts_of, refused
from plan_rules.cli.signed_plans import trusted_plan_of
from plan_rules.cli.stop import BAD_INPUT, OK, Stop, as_json
from plan_rules.diagnostic_text import Lines
from plan_rules.errors import Diagnostic, FactsInvalid, Message
from plan_rules.facts import fact_reader
from plan_rules.incident import read_words
from plan_rules.plan import Plan
from plan_rules.wording import value_text


def open_case(  # noqa: PLR0913  an option each
    asked: Asked,
    facts: str,
    case: str | None,
    plan: str | None,
    trust: str | None,
    calendar: str | None,
    outlet: str,
    personal: Sequence[str] | None,
) -> int:
    """Begin a case."""
    recording = told(asked)
    held_to, counted_by = trusted_plan_of(plan, trust, at=asked.at), calendar_of(calendar)
    found, sources = facts_of(facts, held_to, ())
    items = items_of(held_to, personal or ())
    with opened(asked, new=True) as cases:
        try:
            recorded = cases.open(
                held_to, found, case=case, outlet=outlet, personal=items, calendar=counted_by, **recording
            )
        except FactsInvalid as invalid:
            raise refused(invalid, sources) from invalid
        return _shown(recorded, asked)


def record(
    asked: Asked,
    case: str,
    facts: Sequence[str] | None,
    withdraw: Sequence[str] | None,
    file: str | None,
    personal: Sequence[str] | None,
) -> int:
    """Record facts, and withdraw what turned out wrong."""
    if not facts and not withdraw and not file:
        message = Message(
            "没有写登记什么; 写 名称=值, 或 --facts 文件, 或 --withdraw 名称",
            "nothing is named; write NAME=VALUE, --facts FILE or --withdraw NAME",
        )
        raise Stop(BAD_INPUT, "usage", message)
    recording = told(asked)
    with opened(asked) as cases:
        standing = cases.load(case)
        stated, sources = _stated(facts or (), file, standing, asked)
        gone = tuple(fact_id(standing.plan, name) for name in withdraw or ())
        items = items_of(standing.plan, personal or ())
        with _remedied(standing, stated, gone, sources):
            what = what_of({"kind": "observed", "facts": stated, "withdrawn": gone})
            return _shown(cases.record(case, what, personal=items, expected=asked.expected, **recording), asked)


def _stated(words: Sequence[str], file: str | None, case: Case, asked: Asked) -> tuple[dict[str, Any], Lines]:
    stated, sources = facts_of(file, case.plan, ()) if file else ({}, {})
    source = asked("命令行", "arguments")
    sources = {**sources, source: list(words)}
    try:
        return {**stated, **read_words(words, source, case.plan)}, sources
    except FactsInvalid as invalid:
        raise refused(invalid, sources) from invalid


# --------------------------------------------------------------------------- the other events


def done(asked: Asked, case: str, action: str, role: str) -> int:
    """A duty was done."""
    return _recorded(asked, case, lambda plan: _acted("done", plan, action, role))


def breach(asked: Asked, case: str, action: str, role: str) -> int:
    """Something forbidden was seen done."""
    return _recorded(asked, case, lambda plan: _acted("breached", plan, action, role))


def _acted(kind: str, plan: Plan, action: str, role: str) -> dict[str, Any]:
    return {"kind": kind, "action": action_id(plan, action), "role": role_id(plan, role) if role else ""}


def override(asked: Asked, case: str, action: str, reason: str, approver: str) -> int:
    """What binds as a rule is set aside."""

    def said(plan: Plan) -> dict[str, Any]:
        return {"kind": "overridden", "action": action_id(plan, action), "reason": reason, "approver": approver}

    return _recorded(asked, case, said)


def handover(asked: Asked, case: str, role: str, to: str) -> int:
    """A role is handed over."""

    def said(plan: Plan) -> dict[str, Any]:
        return {"kind": "handed_over", "role": role_id(plan, role), "to": role_id(plan, to)}

    return _recorded(asked, case, said)


def note(asked: Asked, case: str, words: str, item: str) -> int:
    """Words are kept as personal data."""
    said = sys.stdin.read(MAX_CHARACTERS + 1).strip() if words == "-" else words
    return _recorded(asked, case, lambda _: {"kind": "noted"}, personal=lambda plan: {item_id(plan, item): said})


def resolve(asked: Asked, case: str) -> int:
    """The incident is resolved."""
    return _recorded(asked, case, lambda _: {"kind": "resolved"})


def reopen(asked: Asked, case: str, reason: str) -> int:
    """It was not over."""
    return _recorded(asked, case, lambda _: {"kind": "reopened", "reason": reason})


def upgrade(asked: Asked, case: str, plan: str | None, trust: str | None) -> int:
    """The case is held to another plan."""
    newer = trusted_plan_of(plan, trust, at=asked.at)
    return _recorded(asked, case, lambda _: {"kind": "upgraded", "plan": newer.digest}, newer=newer)


def close(asked: Asked, case: str) -> int:
    """Nothing more is to be done."""
    return _recorded(asked, case, lambda _: {"kind": "closed"})


def erase(asked: Asked, case: str, item: Sequence[str], reason: str) -> int:
    """Personal data are erased."""

    def said(plan: Plan) -> dict[str, Any]:
        return {"kind": "erased", "items": [item_id(plan, name) for name in item], "reason": reason}

    return _recorded(asked, case, said)


def review(asked: Asked, limit: int) -> int:
    """Record what time alone changed."""
    by = recorder(asked)
    with opened(asked) as cases:
        found = cases.review(by=by, limit=limit)
    if asked.as_json:
        output.say([as_json({"reviewed": [recorded_object(recorded) for recorded in found]})])
        return OK
    for recorded in found:
        show(recorded, asked.lang)
    if not found:
        output.say([asked("没有因时间而变的案件", "time changed nothing")])
    return OK


def _recorded(
    asked: Asked,
    case: str,
    said: Callable[[Plan], Mapping[str, Any]],
    *,
    newer: Plan | None = None,
    personal: Callable[[Plan], Mapping[str, str]] = lambda _: {},
) -> int:
    """Record what `said` makes of the case's plan."""
    recording = told(asked)
    with opened(asked) as cases:
        standing = cases.load(case)
        what, items = what_of(said(standing.plan)), personal(standing.plan)
        with _remedied(standing, {}, (), {}):
            return _shown(
                cases.record(case, what, plan=newer, personal=items, expected=asked.expected, **recording), asked
            )


def _shown(recorded: Recorded, asked: Asked) -> int:
    show(recorded, asked.lang, as_json=asked.as_json)
    return OK


# --------------------------------------------------------------------------- what contradicts what was said before


@contextmanager
def _remedied(case: Case, stated: Mapping[str, Any], gone: Sequence[str], sources: Lines) -> Iterator[None]:
    """Facts that cannot all be true, with the earlier one that can be withdrawn."""
    try:
        yield
    except FactsInvalid as invalid:
        earlier = {name: value for name, value in case.facts.items() if name not in stated and name not in gone}
        culprits = [name for name in earlier if _fits(case, {**earlier, **stated}, name)] or [
            name for found in invalid.diagnostics for name in found.facts if name in earlier
        ]
        found = tuple(_with_remedy(diagnostic, case, culprits) for diagnostic in invalid.diagnostics)
        message = Message("事件事实有误, 没有登记任何内容", "the facts are refused; nothing was recorded")
        raise Stop(BAD_INPUT, "facts_invalid", message, found, sources) from invalid


def _fits(case: Case, facts: Mapping[str, Any], without: str) -> bool:
    """Can the rest be true without this one?"""
    try:
        fact_reader(case.plan).read({name: value for name, value in facts.items() if name != without}, case.at)
    except FactsInvalid:
        return False
    return True


def _with_remedy(found: Diagnostic, case: Case, culprits: Sequence[str]) -> Diagnostic:
    if not culprits:
        return found
    facts = case.plan.facts
    labels = "、".join(f"{facts[name].label}={value_text(name, case.facts[name], case.plan)}" for name in culprits)
    words = ", ".join(f"{name}={value_text(name, case.facts[name], case.plan, 'en')}" for name in culprits)
    flags = " ".join(f"--withdraw {name}" for name in culprits[:1])
    return replace(
        found,
        help=Message(
            f"早先登记过 {labels}; 如果不对, 一并撤回: {flags}",
            f"recorded earlier: {words}; where it is wrong, withdraw it in the same command: {flags}",
        ),
    )
