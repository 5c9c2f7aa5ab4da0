"""(Conditions and values, plan) -> the words in which a plan file says them, on one line, in Chinese or English."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, assert_never

from plan_rules.condition import (
    All,
    AnyOf,
    Condition,
    Earlier,
    InSituation,
    Is,
    Not,
    Present,
    TierIs,
    UnderReading,
    Unstated,
    Within,
)
from plan_rules.fact import UNKNOWN, Fact
from plan_rules.norm import Term
from plan_rules.plan import Plan, Tier


def condition_phrase(condition: Condition, plan: Plan, lang: str = "zh") -> str:
    """The condition as a plan file has it: `{发生殴打: 是, 任一: [...]}`, or the name of a situation."""
    words = _Words(plan, lang == "zh")
    match condition:
        case InSituation(name):
            return name
        case All(parts) if len(parts) > 1 and all(isinstance(part, InSituation) for part in parts):
            return "[" + ", ".join(words.entry(part)[0] for part in parts) + "]"
        case _:
            return words.mapping(condition)


def facts_phrase(facts: Mapping[str, Any], plan: Plan, lang: str = "zh") -> str:
    """Stated facts as a facts file or a plan file has them: `{媒体到场: 是, 投诉人数: 3}`."""
    named = (
        f"{name_of(plan.facts[fact], lang)}: {value_phrase(plan.facts[fact], value, lang)}"
        for fact, value in facts.items()
    )
    return "{" + ", ".join(named) + "}"


def name_of(fact: Fact, lang: str) -> str:
    """What the fact is called: by its name in Chinese, by its id in English."""
    return fact.label if lang == "zh" else fact.id


def tier_phrase(tier: Tier, lang: str) -> str:
    """What the tier is called in a plan file."""
    return (tier.name or tier.label) if lang == "zh" else tier.id


def modality_phrase(modality: str, lang: str) -> str:
    """How a demand is called in a plan file: must, must not or may."""
    zh, en = _MODALITIES[modality]
    return zh if lang == "zh" else en


_MODALITIES = {"duty": ("应当", "must"), "prohibition": ("不得", "must not"), "permission": ("可以", "may")}


def term_phrase(term: Term, lang: str) -> str:
    """What a time limit is called in a plan file."""
    zh, en = TERM_WORDS[term]
    return zh if lang == "zh" else en


TERM_WORDS = {
    Term.IMMEDIATE: ("立即", "immediately"),
    Term.PROMPT: ("及时", "promptly"),
    Term.CONTINUOUS: ("持续", "continuously"),
    Term.STANDING: ("常设", "standing"),
    Term.PERIODIC: ("定期", "periodically"),
    Term.BEFOREHAND: ("事前", "beforehand"),
    Term.DURING: ("事中", "during"),
    Term.AFTERWARDS: ("事后", "afterwards"),
    Term.MINUTES: ("分钟", "minutes"),
    Term.HOURS: ("小时", "hours"),
    Term.NATURAL_DAYS: ("自然日", "natural days"),
    Term.WORKING_DAYS: ("工作日", "working days"),
    Term.WEEKS: ("周", "weeks"),
    Term.MONTHS: ("个月", "months"),
    Term.YEARS: ("年", "years"),
}


def value_phrase(fact: Fact, value: Any, lang: str = "zh") -> str:
    """A value of a fact; of a day or instant, that it has happened, which True says too."""
    zh = lang == "zh"
    if value is UNKNOWN:
        return "未知" if zh else "unknown"
    if isinstance(value, bool) and not fact.dated:
        return ("是" if value else "否") if zh else ("yes" if value else "no")
    if value is None or value is False:
        return "无" if zh else "not happened"
    if value is True or isinstance(value, date):  # an instant is a date too
        return "有" if zh else "happened"
    label = next((each.label for each in fact.values if each.id == value), str(value))
    return label if zh else str(value)


def answer_phrase(fact: Fact, value: Any, lang: str = "zh") -> str:
    """An answer to a question: a value of the fact, or (low, high) of a number."""
    if isinstance(value, tuple):
        low, high = value
        return fact.measured(str(low) if low == high else f"{low}–{high}")
    return value_phrase(fact, value, lang)


class _Words:
    def __init__(self, plan: Plan, zh: bool) -> None:
        self._plan = plan
        self._zh = zh

    def mapping(self, condition: Condition) -> str:
        match condition:
            case All(()):
                return self._say("总是", "always")
            case All((part,)):
                return self.mapping(part)
            case All(parts) if self._distinct(parts):
                return "{" + ", ".join(f"{name}: {value}" for name, value in map(self.entry, parts)) + "}"
            case All(parts):
                return "{" + f"{self._say('全部', 'all')}: [{', '.join(map(self.mapping, parts))}]" + "}"
            case _:
                name, value = self.entry(condition)
                return "{" + f"{name}: {value}" + "}"

    def _distinct(self, parts: tuple[Condition, ...]) -> bool:
        names = [self.entry(part)[0] for part in parts]
        return len(set(names)) == len(names)

    def entry(self, condition: Condition) -> tuple[str, str]:  # noqa: C901, PLR0912  an arm for each kind of condition
        """The key and the value of one entry."""
        plan, yes = self._plan, self._say("是", "yes")
        match condition:
            case Is(fact, values):
                known = [value_phrase(plan.facts[fact], value, self._lang) for value in values]
                return self._fact(fact), known[0] if len(known) == 1 else "[" + ", ".join(known) + "]"
            case Within(fact, low, high):
                return self._fact(fact), self._bound(low, high)
            case Present(fact, present):
                return self._fact(fact), self._say("有", "happened") if present else self._say("无", "not happened")
            case Earlier(fact, than):
                return self._fact(fact), f"{self._say('早于', 'earlier than')} {self._fact(than)}"
            case Unstated(fact):
                return self._fact(fact), self._say("未填", "unstated")
            case TierIs(tiers):
                labels = [tier_phrase(plan.tiers[tier], self._lang) for tier in tiers]
                return self._say("等级", "tier"), labels[0] if len(labels) == 1 else "[" + ", ".join(labels) + "]"
            case InSituation(name):
                return name, yes
            case UnderReading(reading, options):
                option = options[0] if len(options) == 1 else "[" + ", ".join(options) + "]"
                return self._say("解释", "reading"), "{" + f"{reading}: {option}" + "}"
            case All((part,)):
                return self.entry(part)
            case All(parts):
                return self._say("全部", "all"), "[" + ", ".join(map(self.mapping, parts)) + "]"
            case AnyOf(parts):
                return self._say("任一", "any"), "[" + ", ".join(map(self.mapping, parts)) + "]"
            case Not(InSituation(name)):
                return name, self._say("否", "no")
            case Not(AnyOf(parts)):
                return self._say("除非", "unless"), "[" + ", ".join(map(self.mapping, parts)) + "]"
            case Not(part):
                return self._say("除非", "unless"), self.mapping(part)
            case _:
                assert_never(condition)

    def _bound(self, low: int | None, high: int | None) -> str:
        if low is None and high is None:
            return self._say("任意", "any number")
        if low == high:
            return str(low)
        if high is None:
            return f"{self._say('至少', 'at least')} {low}"
        if low is None:
            return f"{self._say('至多', 'at most')} {high}"
        return self._say(f"至少 {low} 且至多 {high}", f"at least {low} and at most {high}")

    def _fact(self, fact: str) -> str:
        return name_of(self._plan.facts[fact], self._lang)

    def _say(self, zh: str, en: str) -> str:
        return zh if self._zh else en

    @property
    def _lang(self) -> str:
        return "zh" if self._zh else "en"
