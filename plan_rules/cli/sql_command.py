"""`plan-rules sql`: a plan -> the SQL of a view over a table of incidents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plan_rules.cli import output
from plan_rules.cli.inputs import chosen_readings, plan_of
from plan_rules.cli.stop import BAD_INPUT, OK, Stop
from plan_rules.errors import ToldError
from plan_rules.sql import Wanted, dialect, table_text, views


@dataclass(frozen=True, slots=True)
class Asked:
    """Which plan, for which database and table."""

    plan: str | None
    dialect: str
    table: str
    view: str
    keep: str
    columns: str | None = None
    create_table: bool = False
    readings: Sequence[str] = ()
    overlays: Sequence[str] = ()
    at: str | None = None


def run(asked: Asked) -> int:
    """Print the statements."""
    plan = plan_of(asked.plan, asked.overlays, asked.at)
    columns = None if asked.columns is None else _names(asked.columns)
    wanted = Wanted(asked.table, asked.view, _names(asked.keep), columns, chosen_readings(asked.readings))
    try:
        chosen = dialect(asked.dialect)
        texts = [table_text(plan, chosen, wanted)] if asked.create_table else []
        texts += [view.text for view in views(plan, chosen, wanted)]
    except ToldError as refused:
        raise Stop(BAD_INPUT, "usage", refused.message) from refused
    output.say("\n".join(texts).splitlines())
    return OK


def _names(listed: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in listed.split(",") if name.strip())
