"""`plan-rules audit`: is the log whole, do the decisions replay, who read personal data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from plan_rules.cases.audit import Replayed, Verdict
from plan_rules.cases.chain import Break, Fault
from plan_rules.cli import output
from plan_rules.cli.cases.asked import Asked
from plan_rules.cli.cases.desk import opened, recorder
from plan_rules.cli.cases.files import write
from plan_rules.cli.inputs import read
from plan_rules.cli.stop import BAD_INPUT, DEFECTS, OK, Stop, as_json
from plan_rules.display_width import visible
from plan_rules.errors import DiagnosedError, Message
from plan_rules.instants import written

_FAULTS = {
    Fault.ALTERED: ("内容被改动", "altered"),
    Fault.MISSING: ("前面少了登记", "an entry before it is missing"),
    Fault.REORDERED: ("次序被调换", "out of order"),
    Fault.CUT: ("末尾被截断", "the end was cut off"),
    Fault.UNKNOWN: ("读不出来", "unreadable"),
}


def verify(asked: Asked, anchor: str | None) -> int:
    """Look at every entry; 1 where one does not fit."""
    known = _anchor(anchor) if anchor else None
    with opened(asked) as cases:
        verdict = cases.audit.verify(known)
    output.say([as_json(_verdict_object(verdict))] if asked.as_json else _verdict_lines(verdict, asked))
    return OK if verdict.whole else DEFECTS


def _anchor(path: str) -> dict[str, Any]:
    text = read(path, exit_code=BAD_INPUT, error="anchor_unreadable")
    try:
        found = json.loads(text)
    except ValueError as failure:
        message = Message(f"{path} 不是锚定文件", f"{path} is no anchor")
        raise Stop(BAD_INPUT, "anchor_unreadable", message) from failure
    return found if isinstance(found, dict) else {}


def _verdict_object(verdict: Verdict) -> dict[str, Any]:
    return {
        "whole": verdict.whole,
        "streams": verdict.streams,
        "entries": verdict.entries,
        "breaks": [
            {"stream": each.stream, "version": each.version, "fault": each.fault.value} for each in verdict.breaks
        ],
        "texts": list(verdict.texts),
    }


def _verdict_lines(verdict: Verdict, asked: Asked) -> Iterator[str]:
    counted = asked(
        f"{verdict.streams} 个案件和记录, {verdict.entries} 条登记",
        f"{verdict.streams} streams, {verdict.entries} entries",
    )
    if verdict.whole:
        yield asked(f"完整: {counted}", f"whole: {counted}")
        return
    for each in verdict.breaks:
        yield visible(_break(each, asked))
    for digest in verdict.texts:
        yield asked(
            f"✗ {digest}: 存的预案、底本或日历不见了, 或被改动",
            f"✗ {digest}: a stored plan, source text or calendar is gone or was altered",
        )
    wrong = len(verdict.breaks) + len(verdict.texts)
    yield asked(f"不完整: {counted}, {wrong} 处不对", f"not whole: {counted}, {wrong} breaks")


def _break(each: Break, asked: Asked) -> str:
    fault = asked(*_FAULTS[each.fault])
    return asked(f"✗ {each.stream} 第 {each.version} 条: {fault}", f"✗ {each.stream}, entry {each.version}: {fault}")


def anchor(asked: Asked, to: str | None) -> int:
    """Make an anchor."""
    by = recorder(asked)
    with opened(asked) as cases:
        made = cases.audit.anchor(by=by)
    write(as_json(made), to)
    if to is not None and not asked.as_json:
        output.say([asked(f"写好了 {to}; 存到别处", f"wrote {to}; keep it elsewhere")])
    return OK


def replay(asked: Asked, case: str, version: int | None) -> int:
    """Decide every event again; 1 where a decision is another than it was."""
    with opened(asked) as cases:
        cases.load(case)
        try:
            found = cases.audit.replay(case)
        except (KeyError, ValueError, TypeError, DiagnosedError) as failure:  # an entry that is none any more
            message = Message(
                "登记簿读不出来, 不能重放; 先运行 plan-rules audit verify",
                "the log cannot be read, so nothing is replayed; run `plan-rules audit verify`",
            )
            raise Stop(DEFECTS, "log_broken", message) from failure
    wanted = [each for each in found if version is None or each.version == version]
    if not wanted:
        message = Message(f"案件 {case} 只有 {len(found)} 版", f"case {case} has {len(found)} versions")
        raise Stop(BAD_INPUT, "usage", message)
    if asked.as_json:
        output.say([as_json(_replayed_object(case, wanted, version))])
    else:
        output.say(_replayed_line(each, asked) for each in wanted)
    return OK if all(each.same for each in wanted) else DEFECTS


def _replayed_object(case: str, found: list[Replayed], version: int | None) -> Any:
    if version is not None:
        return json.loads(found[0].decision)
    rows = [
        {"version": each.version, "at": written(each.event.at), "kind": each.event.what.kind, "same": each.same}
        for each in found
    ]
    return {"case": case, "same": all(each.same for each in found), "versions": rows}


def _replayed_line(each: Replayed, asked: Asked) -> str:
    same = asked("相同", "same") if each.same else asked("✗ 不同", "✗ DIFFERENT")
    return f"{each.version} | {written(each.event.at)} | {each.event.what.kind} | {same}"


def accesses(asked: Asked) -> int:
    """Who read personal data, or tried to."""
    with opened(asked) as cases:
        found = [entry.content for entry in cases.personal.accesses()]
    if asked.as_json:
        output.say([as_json({"accesses": found})])
        return OK
    for each in found:
        output.say([visible(_access(each, asked))])
    if not found:
        output.say([asked("没有人看过", "nobody read any")])
    return OK


def _access(content: dict[str, Any], asked: Asked) -> str:
    told = content["access"]
    kind = asked("看过", "read") if told["kind"] == "read" else asked("被拒绝", "refused")
    fields = (content["recorded_at"], told["case"], kind, ", ".join(told["items"]), told["role"], told["by"])
    return " | ".join((*fields, " ".join(str(told["reason"]).split())))
