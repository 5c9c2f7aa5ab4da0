"""(Refusal, what the event said) -> diagnostics for a dead letter: in two languages, and with nothing that it said.

A diagnostic quotes what is wrong to whoever wrote it.  A dead letter is read by others, so whatever of the event's data
is no word of the plan is struck from it: a name typed into the wrong field must not travel on.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from plan_rules.errors import CalendarUnknown, Diagnostic, Message, Severity
from plan_rules.plan import Plan

STRUCK = "…"
_QUOTED = re.compile(r"[“`]([^”`]*)[”`]")
_LONG = 4  # characters from which on a text is struck outside quotes too; shorter ones would garble the sentence


def told(diagnostics: Iterable[Diagnostic], data: Any, plan: Plan) -> list[dict[str, Any]]:
    """The diagnostics as JSON, without anything of the data but words of the plan."""
    said = sorted({*_texts(data)} - _words(plan), key=lambda text: (-len(text), text))
    return [_plain(found, said, _words(plan)) for found in diagnostics]


def of_calendar(failure: CalendarUnknown) -> Diagnostic:
    """The diagnostic of working days that nobody has published yet."""
    return Diagnostic(
        "EV007",
        Severity.ERROR,
        Message(
            f"{failure.year} 年的法定节假日未知, 无法计算工作日", f"the public holidays of {failure.year} are not known"
        ),
        help=Message(
            "升级 chinesecalendar 或给出日历文件, 然后重新投递",
            "upgrade chinesecalendar or give a calendar, then send it again",
        ),
    )


def _plain(found: Diagnostic, said: list[str], words: frozenset[str]) -> dict[str, Any]:
    def both(message: Message | None) -> dict[str, str] | None:
        return None if message is None else {"zh": _struck(message.zh, said), "en": _struck(message.en, said)}

    return {
        "code": found.code,
        "severity": found.severity.value,
        "message": both(found.message),
        "help": both(found.help),
        "facts": [fact if fact in words else STRUCK for fact in found.facts],
    }


def _struck(text: str, said: list[str]) -> str:
    """The sentence without what was said: in quotes, also where it was cut short; elsewhere, where it is long."""

    def quoted(match: re.Match[str]) -> str:
        inner = match[1]
        hit = any(inner and (inner in each or each in inner) for each in said)
        return f"{match[0][0]}{STRUCK}{match[0][-1]}" if hit else match[0]

    text = _QUOTED.sub(quoted, text)
    for each in said:
        if len(each) >= _LONG:
            text = text.replace(each, STRUCK)
    return text


def _texts(data: Any) -> Iterator[str]:
    """Every key and every scalar of it, as text; true, false and null say nothing of anybody."""
    left = [data]
    while left:
        part = left.pop()
        if isinstance(part, Mapping):
            yield from (str(key) for key in part if key != "")
            left += part.values()
        elif isinstance(part, list | tuple):
            left += part
        elif not isinstance(part, bool | None) and part != "":
            yield str(part)


@lru_cache(maxsize=64)
def _words(plan: Plan) -> frozenset[str]:
    """Ids of the plan's vocabulary, and the keys and kinds that events are made of."""
    values = (value.id for fact in plan.facts.values() for value in fact.values)
    return frozenset((*plan.facts, *values, *plan.actions, *plan.roles, *plan.parties, *_KEYS))


_KEYS = (
    *("facts", "by", "what", "kind", "plan", "outlet", "withdrawn", "action", "role", "reason", "approver", "to"),
    *("opened", "observed", "done", "breached", "overridden", "handed_over"),
    *("resolved", "reopened", "upgraded", "closed"),
)
