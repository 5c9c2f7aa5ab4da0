"""Defects in a text as values (Diagnostic, Span), and the exceptions that carry them.

PlanRulesError
├── PlanInvalid         a plan file has defects            (carries Diagnostics)
├── FactsInvalid        an incident's facts are refused    (carries Diagnostics)
├── ScenariosInvalid    a scenario file has defects        (carries Diagnostics)
├── CalendarInvalid     a calendar file has defects        (carries Diagnostics)
├── CalendarUnknown     working days of a year nobody has published
├── EngineError         an engine cannot take the plan, or broke its promise
└── of `plan_rules.cases`: EventRefused (carries Diagnostics), StoreError, KeyRefused, AccessRefused, Undelivered
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar


class Severity(StrEnum):
    """How much a Diagnostic weighs: only an error makes a text unusable."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a text: 1-based line and column of its first character, and its width in characters.

    `source` names the text as its reader was given it (a file name, never an absolute path of ours).
    """

    source: str
    line: int
    column: int
    width: int = 1

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence in both languages: what is wrong, or what to write instead."""

    zh: str
    en: str

    def within(self, lang: str) -> str:
        """The sentence in `zh` (the default) or `en`."""
        return self.en if lang == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A defect in a text: a permanent code, what is wrong, where, and what to write instead.

    `related` is a second place that helps, such as the declaration; `facts` names the facts concerned,
    and `subject` the clause, item or other id it is about.
    """

    code: str
    severity: Severity
    message: Message
    span: Span | None = None
    help: Message | None = None
    related: Span | None = None
    related_label: Message | None = None
    facts: tuple[str, ...] = ()
    subject: str | None = None

    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Order of report: by place, then by code."""
        place = self.span or Span("", 0, 0)
        return (place.source, place.line, place.column, self.code, self.message.zh)


class PlanRulesError(Exception):
    """Any error of this library."""


class ToldError(PlanRulesError):
    """An error that one `message` tells, in both languages."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(f"{message.zh} / {message.en}")

    def __reduce__(self) -> tuple[Any, ...]:  # it comes over from other processes, whatever made it
        return _again, (type(self), self.args), self.__dict__


def _again(kind: type[ToldError], args: tuple[Any, ...]) -> ToldError:
    return kind.__new__(kind, *args)


class DiagnosedError(PlanRulesError):
    """A text was refused; `diagnostics` holds every defect found in it."""

    noun: ClassVar[Message] = Message("文本无效", "the text is invalid")

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        self.diagnostics = diagnostics
        super().__init__(diagnostics)

    def __str__(self) -> str:
        lines = [f"{self.noun.zh} / {self.noun.en} ({len(self.diagnostics)})"]
        for found in self.diagnostics:
            place = f"{found.span}: " if found.span else ""
            lines.append(f"  {place}{found.code} {found.message.zh} / {found.message.en}")
        return "\n".join(lines)


class PlanInvalid(DiagnosedError):
    """The plan file has defects and cannot be used."""

    noun = Message("预案文件无效", "the plan file is invalid")


class FactsInvalid(DiagnosedError):
    """The incident's facts are refused: unknown names, wrong types, or a combination that cannot be."""

    noun = Message("事件事实无效", "the incident's facts are invalid")


class ScenariosInvalid(DiagnosedError):
    """The scenario file has defects and cannot be run."""

    noun = Message("场景文件无效", "the scenario file is invalid")


class CalendarInvalid(DiagnosedError):
    """The calendar file has defects and cannot be used."""

    noun = Message("日历文件无效", "the calendar file is invalid")


class CalendarUnknown(ToldError):
    """Working days were asked for in a year whose holidays are not published in the calendar in use."""

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(
            Message(
                f"{year} 年的法定节假日安排未知, 无法计算工作日; 请升级 chinesecalendar, 或给出列明这一年的日历文件"
                f"(年份: [{year}]), 或改用自然日的解释",
                f"the public holidays of {year} are not known, so working days cannot be counted; "
                f"upgrade chinesecalendar, or give a calendar file that lists the year (years: [{year}]), "
                "or choose the reading in natural days",
            )
        )


class EngineError(ToldError):
    """An engine cannot take this plan, or did not answer as it must; never an answer that may be wrong."""
