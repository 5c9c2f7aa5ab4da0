"""(Plan, facts, instant) -> Decision: read the facts, let an engine say which clauses fire, put the answer together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from plan_rules.assembly import Assembler, assembler
from plan_rules.calendars import CHINA, Calendar
from plan_rules.decision import Decision
from plan_rules.engines import engine as obtain
from plan_rules.errors import Diagnostic, FactsInvalid, Message, Severity
from plan_rules.facts import FactReader, fact_reader
from plan_rules.instants import read_moment
from plan_rules.layer import Layering
from plan_rules.normal import lower
from plan_rules.plan import Plan
from plan_rules.truth import Wide


def decide(
    plan: Plan,
    facts: Mapping[str, Any] | BaseModel,
    *,
    at: date | datetime | str | None = None,
    engine: str = "durable",
    calendar: Calendar = CHINA,
) -> Decision:
    """What the plan asks of this incident at this instant.

    `facts` maps fact ids to values (or is an instance of the plan's incident model); facts that are not given have the
    plan's defaults.  `at` is the instant of the decision, local time unless it has an offset; without it nothing is
    late.  `engine` is `durable` (the engine of the product), `generated` or `reference`; all give the same answer.
    `calendar` says which days are working days.

    Raises FactsInvalid with every defect of the facts, and for an instant at which the layers over the plan stand
    otherwise; and CalendarUnknown where a deadline in working days falls in a
    year that the calendar does not know.
    """
    instant = None if at is None else moment(at)
    if plan.layering is not None and instant is not None and not plan.layering.holds_on(instant.date()):
        raise FactsInvalid((_of_another_day(plan.layering, instant),))
    reader, fires, put_together = _as_it_stands(plan, engine)
    incident = reader.read(facts, instant)
    if incident.readings is not None:
        lowered = lower(plan, incident.readings)
        fires, put_together = obtain(engine, lowered), assembler(lowered)
    return put_together.decision(incident, fires(incident.wide), instant, calendar)


@lru_cache(maxsize=64)
def _as_it_stands(plan: Plan, engine: str) -> tuple[FactReader, Callable[[Wide], frozenset[str]], Assembler]:
    """What decides under the readings that the plan stands at, found once."""
    lowered = lower(plan, plan.chosen())
    return fact_reader(plan), obtain(engine, lowered), assembler(lowered)


def _of_another_day(layering: Layering, instant: datetime) -> Diagnostic:
    since = layering.since.isoformat() if layering.since else "…"
    until = layering.until.isoformat() if layering.until else "…"
    return Diagnostic(
        "OV009",
        Severity.ERROR,
        Message(
            f"这份叠加后的预案是 {since} 起、{until} 前的, 不能用于 {instant.date()}",
            f"the plan was composed as it stands from {since} to before {until}, which {instant.date()} is not",
        ),
        help=Message(
            f"按那一天重新叠加: load(..., at={instant.date()})",
            f"compose it for that day: load(..., at={instant.date()})",
        ),
    )


def moment(at: date | datetime | str | None) -> datetime | None:
    """The instant of a decision in local time; FactsInvalid where it is none."""
    try:
        return read_moment(at)
    except ValueError:
        shown = at[:40].encode("utf-8", "replace").decode() if isinstance(at, str) else type(at).__name__
        raise FactsInvalid(
            (
                Diagnostic(
                    "FA008",
                    Severity.ERROR,
                    Message(f"时刻“{shown}”写法不对", f"`{shown}` is no instant"),
                    help=Message("写成 2025-05-20 或 2025-05-20T09:41", "write 2025-05-20 or 2025-05-20T09:41"),
                ),
            )
        ) from None
