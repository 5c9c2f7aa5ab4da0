"""What went wrong -> Problem, and its form as `application/problem+json` (RFC 9457) in one of two languages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from plan_rules.diagnostic_object import diagnostic_object
from plan_rules.errors import (
    CalendarUnknown,
    DiagnosedError,
    Diagnostic,
    EngineError,
    FactsInvalid,
    Message,
    PlanRulesError,
    ToldError,
)

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:plan-rules:problem:"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a request was not answered.  `error` is a permanent name for programs, `message` a sentence for people."""

    status: int
    error: str
    message: Message
    diagnostics: tuple[Diagnostic, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self, lang: str, request: str) -> bytes:
        """The object, in `zh` or `en`; `request` is the id of the request."""
        found: dict[str, Any] = {
            "type": TYPE + self.error,
            "title": self.message.within(lang),
            "status": self.status,
            "error": self.error,
            "request": request,
        }
        if self.diagnostics:
            found["diagnostics"] = [diagnostic_object(each, lang) for each in self.diagnostics]
        return as_json(found)


class Refused(PlanRulesError):
    """A request is not answered, but with this problem."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.error)

    def __reduce__(self) -> tuple[type[Refused], tuple[Problem]]:
        return Refused, (self.problem,)  # it comes over from engine processes


def refused(status: int, error: str, zh: str, en: str, **headers: str) -> Refused:
    """The refusal; `_` in the name of a header is `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Refused(Problem(status, error, Message(zh, en), headers=named))


def problem_of(failure: PlanRulesError) -> Problem:
    """The problem of an error that a caller can cause, or that an engine has."""
    match failure:
        case Refused():
            return failure.problem
        case FactsInvalid():
            message = Message("事件事实有误, 没有作出决定", "the facts are refused; nothing was decided")
            return Problem(422, "facts_invalid", message, failure.diagnostics)
        case CalendarUnknown():
            return Problem(422, "calendar_unknown", failure.message)
        case EngineError():
            message = Message("规则引擎没有作答, 请再试一次", "the rule engine did not answer; try again")
            return Problem(503, "engine_failed", message, headers={"retry-after": "1"})
        case DiagnosedError():
            return Problem(422, "refused", failure.noun, failure.diagnostics)
        case ToldError():
            return Problem(422, "refused", failure.message)
        case _:
            assert isinstance(failure, Refused), "errors tell themselves in both languages"
            return failure.problem


def language_of(accepted: str) -> str:
    """`Accept-Language` -> `en` where English is preferred to Chinese, else `zh`."""
    best, lang = 0.0, "zh"
    for part in accepted[:200].split(","):
        name, _, weight = part.strip().lower().partition(";q=")
        speaks = name[:2]
        try:
            weighs = float(weight) if weight else 1.0
        except ValueError:
            continue
        if speaks in ("zh", "en") and weighs > best:
            best, lang = weighs, speaks
    return lang


def as_json(value: Any) -> bytes:
    """JSON in UTF-8, without spaces; half a surrogate pair, which UTF-8 does not have, is written out."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
