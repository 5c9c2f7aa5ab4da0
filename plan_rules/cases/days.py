"""Days, instants and lengths of time -> words: 星期五, “周六, 非工作日”, 2 小时 5 分."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from plan_rules.calendars import Calendar
from plan_rules.errors import CalendarUnknown
from plan_rules.instants import read_due

_ZH = "一二三四五六日"
_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def weekday(day: date, lang: str = "zh") -> str:
    """星期五, or Friday."""
    return _EN[day.weekday()] if lang == "en" else f"星期{_ZH[day.weekday()]}"


def rest_note(day: date, calendar: Calendar, lang: str = "zh") -> str:
    """That the day is not a working day; empty where it is one, or where nobody has said how that year is worked."""
    try:
        works = calendar.is_working_day(day)
    except CalendarUnknown:
        return ""
    if works:
        return ""
    return f"{_EN[day.weekday()]}, no working day" if lang == "en" else f"周{_ZH[day.weekday()]}, 非工作日"


def due_words(due: str, calendar: Calendar, lang: str = "zh") -> str:
    """A due day or instant with its weekday; of a day, that it is not a working day."""
    on = read_due(due)
    if on is None:
        return due
    said = "" if isinstance(on, datetime) else rest_note(on, calendar, lang)
    said = said or weekday(on, lang)
    return f"{moment(due)} ({said})" if lang == "en" else f"{moment(due)}({said})"


def moment(instant: datetime | str) -> str:
    """`2025-05-20 09:41`: an instant as people write it."""
    text = instant if isinstance(instant, str) else instant.isoformat("T", "seconds" if instant.second else "minutes")
    return text.replace("T", " ")


def length(span: timedelta, lang: str = "zh") -> str:
    """The two greatest units of a length of time: 6 小时 45 分; whole minutes, rounded down."""
    minutes = int(abs(span).total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    units = ((days, "天", "d"), (hours, "小时", "h"), (rest, "分", "min"))
    first = next((index for index, unit in enumerate(units) if unit[0]), 2)
    said = [unit for unit in units[first : first + 2] if unit[0]] or [units[2]]
    return " ".join(f"{amount} {en if lang == 'en' else zh}" for amount, zh, en in said)
