"""A day -> is it a working day; and YAML text -> a Calendar with a bank's own days, or every Diagnostic.

The base is China's public holidays with their make-up working days, as the package `chinesecalendar` has them.  A bank
may add days of its own, which win over the base, and list whole years that the package does not know.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Self, TypeVar

from plan_rules.errors import CalendarInvalid, CalendarUnknown, Span
from plan_rules.instants import read_day
from plan_rules.language.document import parse
from plan_rules.language.fitting import report_twice
from plan_rules.language.keywords import canonical, chinese
from plan_rules.language.tree import Fields, Report, Text, Tree
from plan_rules.suggestion import did_you_mean

MAX_LISTED = 5_000  # days, or years, in one list
_SATURDAY = 5
_KEYS = ("name", "rest", "work", "years")


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are working days.

    `rest` and `work` are a bank's own days.  Of the years in `years` the bank lists itself all that deviates from
    Monday to Friday, so nothing is asked of the base, whose name is `base`.  ValueError where a day is in both lists.
    """

    name: str = ""
    rest: frozenset[date] = frozenset()
    work: frozenset[date] = frozenset()
    years: frozenset[int] = frozenset()
    base: ClassVar[str] = "chinesecalendar"

    def __post_init__(self) -> None:
        both = self.rest & self.work
        if both:
            raise ValueError(f"a day both of rest and of work: {min(both).isoformat()}")

    def is_working_day(self, day: date) -> bool:
        """Is it a working day?  Raises CalendarUnknown where nobody has said how that year is worked."""
        if day in self.work or day in self.rest:
            return day in self.work
        return day.weekday() < _SATURDAY if day.year in self.years else _worked_in_china(day)

    @property
    def digest(self) -> str:
        """`sha256:...` of all that the calendar adds to its base, whatever version of the base is installed."""
        content = json.dumps(self.to_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return "sha256:" + hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """The calendar as plain data, days in ISO 8601, in order."""
        return {
            "base": self.base,
            "name": self.name,
            "rest": [day.isoformat() for day in sorted(self.rest)],
            "work": [day.isoformat() for day in sorted(self.work)],
            "years": sorted(self.years),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The calendar of what `to_dict` gave.  ValueError where it is something else."""
        try:
            base, name = data["base"], str(data["name"])
            rest, work = (frozenset(date.fromisoformat(day) for day in data[key]) for key in ("rest", "work"))
            years = frozenset(int(year) for year in data["years"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"no calendar: {error}") from error
        if base != cls.base:
            raise ValueError(f"no calendar over {cls.base}: {base}")
        return cls(name, rest, work, years)


CHINA = Calendar()


def _worked_in_china(day: date) -> bool:
    import chinese_calendar  # noqa: PLC0415  only limits that ask for working days need it

    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError as error:
        raise CalendarUnknown(day.year) from error


# --------------------------------------------------------------------------- a bank's own days, from a file


def read_calendar(text: str | bytes, source: str) -> Calendar:
    """The calendar of a YAML file of additions; `source` names it in messages.

    Keys: `名称` (name), `休息` (rest) and `上班` (work), lists of days; `年份` (years), years listed whole.  Raises
    CalendarInvalid with every defect of the file.
    """
    report = Report()
    tree = parse(text, source, report)
    calendar = _calendar(tree, report) if tree is not None else None
    if calendar is None or report.failed:
        raise CalendarInvalid(report.sorted())
    return calendar


def _calendar(tree: Tree, report: Report) -> Calendar | None:
    if not isinstance(tree, Fields):
        _misshapen(tree, "日历文件应写成“名称: 值”", "a calendar file must be a mapping", report)
        return None
    report_twice(tree, report)
    parts = {canonical(key): value for key, value in tree.items() if _known(key, report)}
    rest = _listed(parts.get("rest"), "rest", _day, report)
    work = _listed(parts.get("work"), "work", _day, report)
    years = _listed(parts.get("years"), "years", _year, report)
    for day in rest.keys() & work.keys():
        _twice(max(rest[day], work[day]), min(rest[day], work[day]), day.isoformat(), report)
    name = parts.get("name", "")
    if not isinstance(name, str):
        _misshapen(name, "“名称”应写成一段文字", "`name` must be a text", report)
    return None if report.failed else Calendar(str(name), frozenset(rest), frozenset(work), frozenset(years))


def _known(key: Text, report: Report) -> bool:
    if canonical(key) in _KEYS:
        return True
    words = [word for keyword in _KEYS for word in (chinese(keyword), keyword)]
    allowed = (
        "可以写: " + "、".join(chinese(keyword) for keyword in _KEYS),
        "known keys: " + ", ".join(_KEYS),
    )
    report.add(
        "CA001",
        (f"不认识的键“{key}”", f"unknown key `{key}`"),
        key.span,
        did_you_mean(key, words) or allowed,
    )
    return False


Entry = TypeVar("Entry")


def _listed(
    tree: Tree | None, key: str, read: Callable[[Text, Report], Entry | None], report: Report
) -> dict[Entry, Span]:
    """The entries of a list, each with its place."""
    word = chinese(key)
    if tree is None or tree == "":
        return {}
    words = [tree] if isinstance(tree, Text) else tree
    if not isinstance(words, list) or not all(isinstance(item, Text) for item in words):
        _misshapen(tree, f"“{word}”应写成列表: [..., ...]", f"`{key}` must be a list: [..., ...]", report)
        return {}
    if len(words) > MAX_LISTED:
        report.add(
            "CA005",
            (f"“{word}”超过 {MAX_LISTED} 项", f"`{key}` has more than {MAX_LISTED} entries"),
            tree.span,
            ("只写用得到的年份", "list only the years that are needed"),
        )
        return {}
    found: dict[Entry, Span] = {}
    for item in words:
        entry = read(item, report) if isinstance(item, Text) else None
        if entry is not None and entry in found:
            _twice(item.span, found[entry], str(item), report)
        elif entry is not None:
            found[entry] = item.span
    return found


def _day(word: Text, report: Report) -> date | None:
    found = read_day(word)
    if found is None:
        report.add(
            "CA003",
            (f"“{word}”不是日期", f"`{word}` is no day"),
            word.span,
            ("写成 2027-01-01", "write it as 2027-01-01"),
        )
    return found


def _year(word: Text, report: Report) -> int | None:
    if len(word) == 4 and word.isascii() and word.isdigit() and word != "0000":
        return int(word)
    report.add(
        "CA003",
        (f"“{word}”不是年份", f"`{word}` is no year"),
        word.span,
        ("写成 2027", "write it as 2027"),
    )
    return None


def _twice(at: Span, first: Span, word: str, report: Report) -> None:
    report.add(
        "CA004",
        (f"“{word}”写了两次", f"`{word}` is written twice"),
        at,
        ("只留一处: 休息或上班", "keep one of them: rest or work"),
        related=first,
        related_label=("第一次写在这里", "first written here"),
    )


def _misshapen(tree: Tree, zh: str, en: str, report: Report) -> None:
    report.add(
        "CA002",
        (zh, en),
        tree.span,
        ("写法如 休息: [2027-01-01]", "write it as `rest: [2027-01-01]`"),
    )
