"""(Tree of a condition, the vocabulary) -> Condition; unknown names, wrong types and bad phrases as Diagnostics.

A condition is a mapping (all of it holds), the name of a 情形, or a list (all of it).  What it says of a fact is a
closed phrase (`values`).  There is nothing to execute.
"""

from __future__ import annotations

from typing import TypeAlias

from plan_rules.condition import (
    ALWAYS,
    All,
    AnyOf,
    Condition,
    InSituation,
    Is,
    Not,
    Present,
    Scalar,
    TierIs,
    UnderReading,
    Within,
)
from plan_rules.fact import UNKNOWN, Fact, Unknown
from plan_rules.language.keywords import condition_word, value_word
from plan_rules.language.names import Names
from plan_rules.language.ranges import Bound, bounds, joined, report_empty
from plan_rules.language.tree import Fields, Items, Report, Text, Tree
from plan_rules.language.values import YES_NO, ValueReader, names_only, report_misplaced, shown
from plan_rules.plan import Reading, Tier

Filled: TypeAlias = tuple[Scalar | Unknown, ...]


class ConditionReader:
    """Reads conditions against the names declared in one plan file."""

    def __init__(
        self,
        facts: Names[Fact],
        tiers: Names[Tier],
        readings: Names[Reading],
        situations: Names[str],
        report: Report,
    ) -> None:
        self._facts = facts
        self._tiers = tiers
        self._readings = readings
        self.situations = situations
        self._report = report
        self._values = ValueReader(facts, report)

    def read(self, tree: Tree | None, *, stated: bool = False) -> Condition:
        """The condition; `stated` allows the words that only 不可能 may use.  A missing one always holds."""
        if tree is None:
            return ALWAYS
        if isinstance(tree, Text):
            return self._named(tree)
        if isinstance(tree, Items):
            return All(tuple(self.read(item, stated=stated) for item in tree))
        return All(tuple(self._entry(key, value, stated) for key, value in tree.items()))

    def under(self, tree: Tree | None) -> tuple[UnderReading, ...]:
        """The options of readings under which something counts: `{AMB-13: A}`."""
        if tree is None:
            return ()
        if not isinstance(tree, Fields):
            report_misplaced(self._report, tree, "{编号: 选项}", "{reading: option}")
            return ()
        return tuple(found for key, value in tree.items() if (found := self._under(key, value)))

    def fills(self, name: Text, value: Tree) -> tuple[str, Filled] | None:
        """What a presumption fills in: the fact and the values it may then have."""
        fact = self._facts.find(name)
        if fact is None:
            return None
        if isinstance(value, Text) and value_word(value) == "未知":
            return fact.id, (UNKNOWN,)
        condition = self._values.phrase(fact, value, stated=False)
        match condition:
            case Is(_, values):
                return fact.id, values
            case Present(_, present):
                return fact.id, (present,)
            case Within(_, low, high) if low is not None and low == high:
                return fact.id, (low,)
            case None:
                return None
            case _:
                report_misplaced(
                    self._report,
                    value,
                    "一个值、“至少 X”、“有”或“未知”",
                    "a value, `at least X`, `happened` or `unknown`",
                )
                return None

    def value(self, fact: Fact, text: Text) -> Scalar | Unknown:
        """A default value."""
        return self._values.default(fact, text)

    # ----------------------------------------------------------------- entries

    def _named(self, name: Text) -> Condition:
        if value_word(name) == "总是":
            return ALWAYS
        if not name:
            report_misplaced(
                self._report, name, "条件", "a condition", ("补上条件, 写在下一行的要缩进", "write it, indented")
            )
            return ALWAYS
        found = self.situations.find(name, also=())
        return InSituation(found) if found is not None else ALWAYS

    def _entry(self, key: Text, value: Tree, stated: bool) -> Condition:
        match condition_word(key):
            case "all":
                return self.read(value, stated=stated)
            case "any":
                return AnyOf(self._several(key, value, stated))
            case "unless":
                return Not(AnyOf(self._several(key, value, stated)))
            case "tier":
                return self.tier(value)
            case "reading":
                return All(self.under(value))
            case _:
                return self._about(key, value, stated)

    def _several(self, key: Text, value: Tree, stated: bool) -> tuple[Condition, ...]:
        if isinstance(value, Items) and value:
            return tuple(self.read(item, stated=stated) for item in value)
        if isinstance(value, Fields) and value:
            return tuple(self._entry(name, item, stated) for name, item in value.items())
        if not value:
            help_ = (f"补上“{key}: [...]”, 写各项条件", f"complete `{key}: [...]`: the conditions")
            report_misplaced(self._report, value, f"“{key}”后面的条件", "conditions", help_)
            return ()
        return (self.read(value, stated=stated),)

    def _about(self, key: Text, value: Tree, stated: bool) -> Condition:
        if key in self.situations.ids:
            return self._situation(key, value)
        fact = self._facts.find(key, also=tuple(self.situations.ids))
        if fact is None:
            return ALWAYS
        return self._values.phrase(fact, value, stated=stated) or ALWAYS

    def _situation(self, key: Text, value: Tree) -> Condition:
        holds = YES_NO.get(value_word(value)) if isinstance(value, Text) else None
        if holds is None:
            report_misplaced(
                self._report, value, "“是”或“否”", "`yes` or `no`", ("写“是”或“否”", "write `yes` or `no`")
            )
        condition = InSituation(self.situations.ids[key])
        return condition if holds or holds is None else Not(condition)

    def tier(self, value: Tree) -> Condition:
        """The incident has this tier, one of these, or one within a bound."""
        if isinstance(value, Text) and value not in self._tiers.ids and (found := bounds(value)):
            return self._tiers_within(found, value)
        words = value if isinstance(value, Items) else [value]
        names_only(self._report, value)
        named = [self._tiers.find(word) for word in words if isinstance(word, Text)]
        return TierIs(tuple(tier.id for tier in named if tier))

    def _tiers_within(self, found: tuple[Bound, ...], phrase: Text) -> Condition:
        """By severity, whichever way the plan counts."""
        limits = [(bound, self._tiers.find(bound.limit)) for bound in found]
        between = joined(tuple((bound, tier.severity) for bound, tier in limits if tier), phrase, self._report)
        kept = tuple(tier.id for tier in self._tiers.things.values() if tier.severity in between)
        if not all(tier for _, tier in limits):
            return ALWAYS
        if not kept:
            report_empty(phrase, self._report, next(iter(self._tiers.spans.values())))
        return TierIs(kept)

    def _under(self, key: Text, value: Tree) -> UnderReading | None:
        reading = self._readings.find(key)
        if reading is None:
            return None
        words = value if isinstance(value, Items) else [value]
        known = [option.id for option in reading.options]
        options = []
        for word in words:
            if isinstance(word, Text) and word in known:
                options.append(str(word))
            else:
                self._report.add(
                    "PR037",
                    (
                        f"解释“{reading.id}”没有选项“{shown(word)}”",
                        f"reading `{reading.id}` has no option `{shown(word)}`",
                    ),
                    word.span,
                    ("可选: " + "、".join(known), "options: " + ", ".join(known)),
                    related=reading.span,
                    related_label=("声明在这里", "declared here"),
                )
        return UnderReading(reading.id, tuple(options))
