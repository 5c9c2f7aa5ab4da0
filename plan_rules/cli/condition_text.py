"""(Condition, Plan) -> words, as lines indented by what belongs together, in Chinese or English."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from plan_rules.condition import (
    ALWAYS,
    NEVER,
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
from plan_rules.plan import Plan
from plan_rules.wording import value_text


def condition_lines(condition: Condition, plan: Plan, lang: str = "zh") -> list[str]:
    """The condition, a line a part."""
    return list(_Words(plan, lang).lines(condition, ""))


def situations_in(condition: Condition, plan: Plan) -> dict[str, Condition]:
    """The named conditions it rests on, each once, in order of appearance; those within them too."""
    found: dict[str, Condition] = {}
    pending = [condition]
    while pending:
        match pending.pop(0):
            case All(parts) | AnyOf(parts):
                pending[:0] = parts
            case Not(part):
                pending.insert(0, part)
            case InSituation(name) if name not in found:
                found[name] = plan.situations[name].condition
                pending.append(found[name])
            case _:
                pass
    return found


class _Words:
    def __init__(self, plan: Plan, lang: str) -> None:
        self._plan = plan
        self._zh = lang == "zh"
        self._lang = lang

    def lines(self, condition: Condition, indent: str) -> Iterator[str]:
        """A compound as a heading with its parts below, a literal as one line."""
        match condition:
            case All(()) | AnyOf(()):
                yield indent + self._constant(condition)
            case All((part,)) | AnyOf((part,)):
                yield from self.lines(part, indent)
            case All(parts):
                yield from self._compound("全部:" if self._zh else "all of:", parts, indent)
            case AnyOf(parts):
                yield from self._compound("任一:" if self._zh else "any of:", parts, indent)
            case Not(part):
                yield from self._compound("除非:" if self._zh else "unless:", (part,), indent)
            case _:
                yield indent + self._literal(condition)

    def _compound(self, heading: str, parts: tuple[Condition, ...], indent: str) -> Iterator[str]:
        yield indent + heading
        for part in parts:
            yield from self.lines(part, indent + "  ")

    def _constant(self, condition: All | AnyOf) -> str:
        if condition == ALWAYS:
            return "总是" if self._zh else "always"
        assert condition == NEVER
        return "从不" if self._zh else "never"

    def _literal(self, condition: Condition) -> str:
        plan, zh = self._plan, self._zh
        match condition:
            case Is(fact, values):
                named = (" 或 " if zh else " or ").join(value_text(fact, value, plan, self._lang) for value in values)
                return f"{self._fact(fact)} = {named}"
            case Within(fact, low, high):
                return self._within(fact, low, high)
            case Present(fact, present):
                happened = ("已有" if present else "尚无") if zh else ("is known" if present else "not yet")
                return f"{self._fact(fact)} {happened}"
            case Earlier(fact, than):
                return f"{self._fact(fact)} {'早于' if zh else 'before'} {self._fact(than)}"
            case Unstated(fact):
                return f"{self._fact(fact)} {'没有说明' if zh else 'is not stated'}"
            case TierIs(tiers):
                labels = (" 或 " if zh else " or ").join(plan.tiers[tier].label for tier in tiers)
                return f"{'等级' if zh else 'tier'} = {labels}"
            case InSituation(name):
                return f"{'情形' if zh else 'situation'} {name}"
            case UnderReading(reading, options):
                return f"{'解释' if zh else 'reading'} {reading} = {'|'.join(options)}"
            case All() | AnyOf() | Not():
                raise AssertionError("compounds are spread over lines")
            case _:
                assert_never(condition)

    def _within(self, fact: str, low: int | None, high: int | None) -> str:
        name, zh = self._fact(fact), self._zh
        if low is not None and high is not None:
            text = f"{name}: {low if low == high else f'{low}–{high}'}"
        elif low is not None:
            text = f"{name} {'至少' if zh else 'at least'} {low}"
        else:
            text = f"{name} {'至多' if zh else 'at most'} {high}"
        return self._plan.facts[fact].measured(text)

    def _fact(self, fact: str) -> str:
        return self._plan.facts[fact].label if self._zh else fact
