"""A value as people write it (三天, 马上, 10人, 2030年12月31日) -> the forms of the language that it may have meant."""

from __future__ import annotations

import calendar
import re
import unicodedata

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_STEPS = {"十": 10, "百": 100, "千": 1000}
_NUMERAL = re.compile("[零〇一二两三四五六七八九十百千万]+")
_LIMIT = re.compile(r"(每)?(?:个)?([0-9]+|半)?(?:个)?(.*?)(?:以内|之内|内|一次)?")
_DATE = re.compile(r"([0-9]{4})(?:\D+([0-9]{1,2})(?:\D+([0-9]{1,2}))?)?\D*")
_BOUNDS = (
    ("至少", "不少于|不低于|不小于|大于等于|达到|达|>=|≥", "以上|起"),
    ("至多", "不超过|不多于|不大于|不高于|小于等于|最多|<=|≤", "以下|以内"),
    ("超过", "大于|多于|高于|>|超出|过", "多"),
    ("不足", "小于|少于|低于|<|不到|不满|未满", "不到"),
)
_SAME = {
    "立即": ("马上", "立刻", "即时", "即刻", "当即", "随即", "即可"),
    "及时": ("尽快", "尽早", "从速", "迅速", "抓紧"),
    "持续": ("一直", "全程", "始终", "不间断"),
    "定期": ("经常", "周期", "按期"),
    "事后": ("之后", "以后", "事毕", "过后"),
    "事前": ("之前", "以前", "事先", "预先"),
    "事中": ("期间", "当中", "过程中"),
    "常设": ("长期", "常年", "长设"),
}
_UNITS = {
    "分钟": ("分", "分种", "min", "mins", "分鈡", "minute"),
    "小时": ("时", "钟头", "h", "hr", "hour", "小時"),
    "自然日": ("日", "天", "自然天", "日历日", "day", "days", "昼夜"),
    "工作日": ("日", "天", "工作天", "交易日", "营业日", "工日", "上班日"),
    "周": ("星期", "礼拜", "week"),
    "个月": ("月", "月份", "month"),
    "年": ("周年", "年度", "year"),
}


def plain(word: str) -> str:
    """The word in half-width characters, its numerals as digits."""
    return _NUMERAL.sub(lambda hit: str(_number(hit.group())), unicodedata.normalize("NFKC", word)).replace(" ", "")


def _number(numeral: str) -> int:
    """A Chinese numeral below a hundred million."""
    if not any(step in numeral for step in (*_STEPS, "万")):
        return int("".join(str(_DIGITS[digit]) for digit in numeral))
    total = part = digit = 0
    for character in numeral:
        if character == "万":
            total, part, digit = (total + part + digit or 1) * 10_000, 0, 0
        elif character in _STEPS:
            part, digit = part + (digit or 1) * _STEPS[character], 0
        else:
            digit = _DIGITS[character]
    return total + part + digit


def limits_meant(word: str) -> tuple[str, ...]:
    """The time limits that a word may have meant: `三天` -> 3自然日, 3工作日; none where it is like none."""
    for right, others in _SAME.items():
        if any(word.startswith(other) for other in others):
            return (right,)
    found = _LIMIT.fullmatch(plain(word))
    if found is None or not (found[2] or found[1]):
        return ()
    every, amount, unit = found[1] or "", found[2] or "1", found[3]
    if amount == "半":
        return (f"{every}30分钟",) if unit in ("小时", *_UNITS["小时"]) else (f"{every}6个月",) if unit == "年" else ()
    if unit in ("季度", "季"):
        return (f"{every}{int(amount) * 3}个月",)
    near = [right for right, others in _UNITS.items() if unit == right or unit in others]
    near = near or [right for right in _UNITS if unit and (unit.endswith(right[-1]) or right[0] == unit[0])]
    return tuple(f"{every}{amount}{right}" for right in near or _UNITS)


def number_meant(word: str) -> str | None:
    """The number in a word: `10人` -> 10, `三` -> 3, `1,000` -> 1000, `2万` -> 20000; None where there is none."""
    written = unicodedata.normalize("NFKC", word).replace(",", "").replace(" ", "")
    counted = re.fullmatch(r"([0-9]+)(万)?\D*", written)
    if counted:
        return str(int(counted[1]) * (10_000 if counted[2] else 1))
    found = re.fullmatch(r"(-?[0-9]+)\D*", plain(written))
    return found[1] if found else None


def bound_meant(word: str) -> str | None:
    """The bound in a phrase: `10以上` -> 至少 10, `不到10人` -> 不足 10; None where it is like none."""
    written = plain(word)
    for right, before, after in _BOUNDS:
        found = re.fullmatch(f"(?:{before})?([0-9]+)\\D*?(?:{after})?", written)
        if found and written != found[1] and re.search(f"^(?:{before})|(?:{after})$", written):
            return f"{right} {found[1]}"
    return None


def date_meant(word: str) -> str | None:
    """The day in a word, as the language writes it; the last of a month or a year of which no day is named."""
    written = unicodedata.normalize("NFKC", word)
    if "年" in written:  # 二〇三〇年十二月三十一日
        written = "年".join(plain(piece) for piece in written.split("年"))
    run = re.fullmatch(r"([0-9]{4})([0-9]{2})([0-9]{2})", written)
    found = run or _DATE.fullmatch(written)
    if found is None:
        return None
    year, month = int(found[1]), min(max(int(found[2] or 12), 1), 12)
    last = calendar.monthrange(year, month)[1] if year else 31
    return f"{year:04}-{month:02}-{min(max(int(found[3] or last), 1), last):02}"


def did_you_mean(words: tuple[str, ...]) -> tuple[str, str] | None:
    """The beginning of a help that offers these forms."""
    if not words:
        return None
    return (
        "是不是" + "、".join(f"“{word}”" for word in words) + "? ",
        "did you mean " + ", ".join(f"`{word}`" for word in words) + "? ",
    )
