"""(Plan, facts, instant) -> Decision: read the facts, let an engine say which clauses fire, put the answer together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from plan_rules.assembly import assembler
from plan_rules.decision import Decision
from plan_rules.engines import engine as obtain
from plan_rules.errors import Diagnostic, FactsInvalid, Message, Severity
from plan_rules.facts import fact_reader
from plan_rules.instants import read_moment
from plan_rules.normal import Lowered, lower
from plan_rules.plan import Plan


def decide(
    plan: Plan,
    facts: Mapping[str, Any] | BaseModel,
    *,
    at: date | datetime | str | None = None,
    engine: str = "durable",
) -> Decision:
    """What the plan asks of this incident at this instant.

    `facts` maps fact ids to values (or is an instance of the plan's incident model); facts that are not given have the
    plan's defaults.  `at` is the instant of the decision, local time unless it has an offset; without it nothing is
    late.  `engine` is `durable` (the engine of the product), `generated` or `reference`; all give the same answer.

    Raises FactsInvalid with every defect of the facts, and CalendarUnknown where a deadline in working days falls in a
    year whose holidays are not published.
    """
    instant = moment(at)
    incident = fact_reader(plan).read(facts, instant)
    lowered = _as_it_stands(plan) if incident.readings is None else lower(plan, incident.readings)
    fired = obtain(engine, lowered)(incident.wide)
    return assembler(lowered).decision(incident, fired, instant)


@lru_cache(maxsize=64)
def _as_it_stands(plan: Plan) -> Lowered:
    return lower(plan, plan.chosen())


def moment(at: date | datetime | str | None) -> datetime | None:
    """The instant of a decision in local time; FactsInvalid where it is none."""
    try:
        return read_moment(at)
    except ValueError:
        shown = at[:40] if isinstance(at, str) else type(at).__name__
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
