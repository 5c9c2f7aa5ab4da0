"""`plan-rules case watch`: a case as it stands, drawn anew every second until `q` is pressed."""

from __future__ import annotations

import select
import sys
import termios
import time
import tty
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from rich.console import RenderableType
from rich.live import Live

from plan_rules.cases.case_page import case_page
from plan_rules.cases.casebook import Cases
from plan_rules.cases.story import Story
from plan_rules.cli import output
from plan_rules.cli.cases.asked import Asked
from plan_rules.cli.cases.desk import opened
from plan_rules.cli.cases.drawn_case import drawn
from plan_rules.cli.cases.looking import show, told
from plan_rules.cli.stop import OK

_EVERY = 1.0  # seconds
_EVENTS = 4


def watch(asked: Asked, case: str) -> int:
    """Draw it every second; what the store holds is read again only when the case has moved on."""
    if asked.as_json or not output.to_terminal():
        return show(asked, case)
    with opened(asked) as cases, suppress(KeyboardInterrupt):
        story = told(cases, case)
        with _keys(), Live(console=output.console(), screen=True, auto_refresh=False) as live:
            while True:
                if cases.version(case) != story.case.version:
                    story = told(cases, case)
                live.update(_view(cases, story, asked.lang), refresh=True)
                if _ended():
                    break
    return OK


def _view(cases: Cases, story: Story, lang: str) -> RenderableType:
    at = max(cases.now(), story.case.at)
    return drawn(case_page(story, at, lang, recent=_EVENTS), at, lang, live=True)


@contextmanager
def _keys() -> Iterator[None]:
    """Keys come at once and are not shown, where they come from a terminal."""
    if not sys.stdin.isatty():
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    try:
        tty.setcbreak(sys.stdin)
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _ended() -> bool:
    """Wait for a second; was `q` pressed meanwhile?"""
    if not sys.stdin.isatty():
        time.sleep(_EVERY)
        return False
    ready, _, _ = select.select([sys.stdin], [], [], _EVERY)
    return bool(ready) and sys.stdin.read(1) in ("q", "Q", "")
