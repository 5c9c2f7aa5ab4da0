"""Chinese prose -> the lengths of time that it names: 三日内, 30分钟, 一个半小时, ５个工作日.

A number and a unit, no more: what the words around make of it is judged from the characters next to it, and where that
is in doubt a length is taken to be mentioned rather than to be a limit.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

from plan_rules.norm import Term, TimeLimit

_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰〇", "一二三四五六七八九十百零")  # as in bills and contracts
_NUMERAL = re.compile(
    r"(?:(?P<hundreds>[一二两三四五六七八九])百)?(?P<zero>零)?(?:(?P<tens>[一二三四五六七八九])?(?P<ten>十))?"
    r"(?P<ones>[一二两三四五六七八九])?"
)
_NUMBER = r"(?:\d+(?:\.\d+)?|[零〇一二两三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰]+)"
_LENGTH = re.compile(
    rf"(?P<number>{_NUMBER})(?:\({_NUMBER}\))?\s*"
    r"(?P<unit>个?工作日|个?自然日|个半小时|个?小时|个?钟头|刻钟|分钟|个?星期|周(?!年)|个月|年内"
    r"|日(?![元本报志常期程均历])|天(?![气津然平空]))"
    r"|(?P<half>半个?(?:小时|钟头))"
)
# What stands right before or after a length that is no limit: an age, an amount to be exceeded, a date, opening hours.
_BEFORE = re.compile(
    r"(?:(?<!不)(?<!不得)(?<!不能)(?<!不应)超过|逾期?|满|达到?|不足|[少多]于|每隔?|第|提前|前|延长|营业|[×xX*]|初)$"
)
_AFTER = re.compile(r"(?:以|之)?[后前]|以上|仍|未|不|三餐|一次|营业|值[班守]|服务|运[营行]|轮班|开放|在线|热线")
_ONE_DAY = re.compile(r"[统万同唯单某这那哪有另逐任每之]$")  # 统一日…, 某一天: no number
_WITHIN = re.compile(r"(?:以|之)?内")
_MONTH_BEFORE = re.compile(r"月$")  # 5月3日, 本月三日


class Measure(Enum):
    """What a length of time is counted in."""

    CLOCK = "minutes"
    DAYS = "days"  # natural or working: the text leaves it open
    NATURAL = "natural days"
    WORKING = "working days"


_UNITS = {
    "工作日": (Measure.WORKING, 1),
    "自然日": (Measure.NATURAL, 1),
    "小时": (Measure.CLOCK, 60),
    "钟头": (Measure.CLOCK, 60),
    "刻钟": (Measure.CLOCK, 15),
    "分钟": (Measure.CLOCK, 1),
    "星期": (Measure.DAYS, 7),
    "周": (Measure.DAYS, 7),
    "日": (Measure.DAYS, 1),
    "天": (Measure.DAYS, 1),
}
_TERMS = {
    Term.MINUTES: (Measure.CLOCK, 1),
    Term.HOURS: (Measure.CLOCK, 60),
    Term.NATURAL_DAYS: (Measure.NATURAL, 1),
    Term.WORKING_DAYS: (Measure.WORKING, 1),
    Term.WEEKS: (Measure.NATURAL, 7),
}
MEASURED = frozenset(_TERMS)  # the terms that a length of a text can be held against: not months and years


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time as the text words it; `limit` is whether it reads as a time limit."""

    words: str
    measure: Measure
    amount: int
    limit: bool

    def met_by(self, limit: TimeLimit) -> bool:
        """Is it the same length as a rule's limit with a number?  日 may be either kind of day."""
        measure, factor = _TERMS[limit.term]
        same = measure is self.measure or (
            self.measure is Measure.DAYS and measure in (Measure.NATURAL, Measure.WORKING)
        )
        return same and self.amount == (limit.amount or 0) * factor

    @property
    def as_written(self) -> str:
        """How a rule's 时限 says it."""
        match self.measure:
            case Measure.CLOCK if self.amount % 60 == 0:
                return f"{self.amount // 60}小时"
            case Measure.CLOCK:
                return f"{self.amount}分钟"
            case Measure.WORKING:
                return f"{self.amount}工作日"
            case Measure.DAYS | Measure.NATURAL:
                return f"{self.amount}自然日"


def number(text: str) -> int | None:
    """The whole number from 1 to 999 in Chinese numerals, or any in Arabic ones; None for what is neither."""
    if text.isascii():
        return int(text) if text.isdigit() else None
    found = _NUMERAL.fullmatch(text.translate(_FORMAL))
    if found is None or _malformed(found):
        return None
    tens = _DIGITS[found["tens"] or "一"] if found["ten"] else 0
    return 100 * _DIGITS[found["hundreds"] or "零"] + 10 * tens + _DIGITS[found["ones"] or "零"] or None


def _malformed(found: re.Match[str]) -> bool:
    """一百二 may be 102 or 120, 零 stands only where tens are left out."""
    skipped = bool(found["hundreds"] and found["ones"] and not found["ten"])
    return bool(found["zero"]) != skipped


def lengths(prose: str) -> tuple[Length, ...] | None:
    """Every length of time in a text, in its order; None where one of them cannot be read for certain."""
    text = unicodedata.normalize("NFKC", prose)
    found: list[Length] = []
    for match in _LENGTH.finditer(text):
        before, after = text[: match.start()], text[match.end() :]
        if _no_length(match, before):
            continue
        read = _measured(match)
        if read is None:
            return None
        measure, amount = read
        found.append(Length(match[0], measure, amount, _is_limit(match[0], before, after)))
    return tuple(found)


def _no_length(match: re.Match[str], before: str) -> bool:
    """A day of a month, or 一日 in a word such as 统一日."""
    if match["unit"] not in ("日", "天"):
        return False
    return bool(_MONTH_BEFORE.search(before) or (match["number"] == "一" and _ONE_DAY.search(before)))


def _measured(match: re.Match[str]) -> tuple[Measure, int] | None:
    if match["half"]:
        return Measure.CLOCK, 30
    amount, unit = number(match["number"]), match["unit"].removeprefix("个")
    if amount is None:
        return None
    if unit == "半小时":
        return Measure.CLOCK, amount * 60 + 30
    if unit not in _UNITS:  # months and years: 每季度, 半年 and 一年内 are too many ways to say them
        return None
    measure, factor = _UNITS[unit]
    return measure, amount * factor


def _is_limit(words: str, before: str, after: str) -> bool:
    if words in ("24小时", "二十四小时", "24个小时", "二十四个小时"):  # mostly: round the clock
        return bool(_WITHIN.match(after))
    return not (_BEFORE.search(before) or _AFTER.match(after))
