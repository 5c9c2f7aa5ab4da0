"""A store -> is it whole: its log, and all that follows from the log, by the pure fold and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import closing
from typing import Any

from plan_rules.calendars import CHINA
from plan_rules.cases.advance import advance, begin
from plan_rules.cases.casebook import Cases
from plan_rules.cases.event import Erased, Event, read
from plan_rules.cases.lives import next_review
from plan_rules.cases.step import Step
from plan_rules.cases.store import schema
from plan_rules.cases.store.database import Database
from plan_rules.cases.store.outbox import text_of
from plan_rules.digests import canonical
from tests.cases.crashing import KEYS, PLAN, Clock

_FOLDED: dict[tuple[str, str], Step] = {}  # stories are told again and again, so each is folded once
_AT_ONCE = ("immediate", "prompt")


def tables(url: str, *names: str) -> dict[str, list[dict[str, Any]]]:
    """These tables, at one moment."""
    with closing(Database(url)) as database, database.reading() as connection:
        return {
            name: [dict(row._mapping) for row in connection.execute(schema.metadata.tables[name].select())]
            for name in names
        }


def rows(url: str, table: str) -> list[dict[str, Any]]:
    """A table."""
    return tables(url, table)[table]


def assert_whole(url: str, acknowledged: Iterable[str] = (), *, replay: bool = True) -> dict[str, list[dict[str, Any]]]:
    """The log is whole, everything acknowledged is in it once, and all else is what the log comes to: the tables."""
    stored = tables(url, "cases", "entries", "deadlines", "messages", "personal")
    stories: dict[str, list[Event]] = {}
    for entry in sorted(stored["entries"], key=lambda row: (row["stream"], row["version"])):
        stories.setdefault(entry["stream"], []).append(read(json.loads(entry["body"])["event"]))
    logged = [(case, event.id) for case, story in stories.items() for event in story]
    assert len(logged) == len(set(logged))
    missing = [each for each in acknowledged if tuple(each.split(" ")) not in set(logged)]
    assert missing == []
    with Cases.connect(url, clock=Clock(), keyring=KEYS) as cases:
        verdict = cases.audit.verify()
        assert verdict.whole, verdict.breaks
        assert verdict.entries == len(logged)
        if replay:
            assert all(each.same for case in stories for each in cases.audit.replay(case))
    steps = {case: _fold(case, story) for case, story in stories.items()}
    _assert_cases(stored, steps)
    _assert_deadlines(stored, steps)
    _assert_messages(stored, steps)
    _assert_personal(stored, stories)
    return stored


def _fold(case: str, story: list[Event]) -> list[Step]:
    steps: list[Step] = []
    told = ""
    for event in story:
        told += canonical(event.model_copy(update={"sealed": ()}).model_dump(mode="json"))
        step = _FOLDED.get((case, told))
        if step is None:
            step = advance(steps[-1].case, event) if steps else begin(case, PLAN, event, CHINA)
            _FOLDED[case, told] = step
        steps.append(step)
    return steps


def _assert_cases(stored: dict[str, list[dict[str, Any]]], steps: dict[str, list[Step]]) -> None:
    expected = {}
    for name, found in steps.items():
        case = found[-1].case
        review = next_review(case)
        expected[name] = {
            "id": name,
            "plan": PLAN.digest,
            "calendar": CHINA.digest,
            "version": len(found),
            "phase": case.phase.value,
            "tier": case.tier,
            "outlet": case.outlet,
            "opened_at": text_of(case.opened_at),
            "at": text_of(case.at),
            "review_at": text_of(review) if review else None,
            "snapshot": canonical(case.to_dict()),
        }
    assert {row["id"]: row for row in stored["cases"]} == expected


def _assert_deadlines(stored: dict[str, list[dict[str, Any]]], steps: dict[str, list[Step]]) -> None:
    expected = {
        (name, life.action, life.occasion): (text_of(life.since), life.due)
        for name, found in steps.items()
        for life in found[-1].case.lives
        if life.open and (life.due is not None or life.term in _AT_ONCE)
    }
    found = {(row["case"], row["action"], row["occasion"]): (row["since"], row["due"]) for row in stored["deadlines"]}
    assert found == expected
    for row in stored["deadlines"]:
        assert row["duty"] != "{}"


def _assert_messages(stored: dict[str, list[dict[str, Any]]], steps: dict[str, list[Step]]) -> None:
    made = [message for found in steps.values() for step in found for message in step.messages]
    about = [
        (each.case, each.kind, each.body["action"], each.body["occasion"], each.body.get("rung", 0)) for each in made
    ]
    assert len(about) == len(set(about))
    found = {row["id"]: (row["case"], row["kind"], json.loads(row["body"])) for row in stored["messages"]}
    assert found == {each.id: (each.case, each.kind, json.loads(canonical(dict(each.body)))) for each in made}


def _assert_personal(stored: dict[str, list[dict[str, Any]]], stories: dict[str, list[Event]]) -> None:
    expected: dict[str, tuple[str, str, bool]] = {}
    for case, story in stories.items():
        for event in story:
            expected |= {sealed.ref: (case, sealed.item, False) for sealed in event.sealed}
            if isinstance(event.what, Erased):
                for ref, (whose, item, _) in expected.items():
                    if whose == case and item in event.what.items:
                        expected[ref] = (whose, item, True)
    found = {row["ref"]: (row["case"], row["item"], row["sealed"] is None) for row in stored["personal"]}
    assert found == expected


def picture(url: str) -> dict[str, list[str]]:
    """Every table, apart from what is drawn at random, what depends on it, and what workers did."""
    left_out = {
        "messages": ("status", "attempt", "worker", "why", "due_at"),
        "personal": ("ref", "wrapped", "sealed"),
        "entries": ("digest",),
        "streams": ("head",),
    }
    found = {}
    for name, stored in tables(url, *schema.metadata.tables).items():
        lines = []
        for row in stored:
            for column in left_out.get(name, ()):
                row.pop(column)
            if name == "entries":
                body = json.loads(row["body"])
                body.pop("previous")
                for sealed in body["event"]["sealed"]:
                    del sealed["ref"], sealed["commitment"]
                row["body"] = body
            if name == "personal":
                row["erased"] = row["erased_at"] is not None
            lines.append(json.dumps(row, sort_keys=True, default=repr))
        found[name] = sorted(lines)
    return found
