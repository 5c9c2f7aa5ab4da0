"""The report -> tables in words: what a terminal and a page show, in Chinese or English."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from plan_rules.backtest.answered import NAMES
from plan_rules.finding_text import share
from plan_rules.phrases import modality_phrase, tier_phrase
from plan_rules.plan import Plan

MOST_SHOWN = 12
_MOST_OF_GROUP = 3
_NAMES = {"plan": ("本预案", "this plan"), "old": ("原预案", "old"), "new": ("新预案", "new")}
_CHANGES = {"gained": ("新增", "gained"), "lost": ("取消", "lost")}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under a title; `numbers` are the columns that hold counts, `bars` the one a chart draws."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...]
    bars: int | None = None
    more: str = ""


class Wordings:
    """Words for the report of some plans."""

    def __init__(self, told: dict[str, Any], plans: Sequence[Plan], lang: str) -> None:
        self._told = told
        self._plans = dict(zip(NAMES[len(plans)], plans, strict=True))
        self._zh = lang == "zh"
        self._lang = lang

    def say(self, zh: str, en: str) -> str:
        """The one that is spoken."""
        return zh if self._zh else en

    def title(self) -> str:
        """What was tried on what."""
        plans = list(self._plans.values())
        names = list(dict.fromkeys(plan.name if self._zh else plan.id for plan in plans))
        versions = " → ".join(plan.version for plan in plans)
        return f"{self.say('历史事件回测', 'Backtest of an archive')}: {' → '.join(names)} {versions}"

    def summary(self) -> str:
        """One line that sums up."""
        archive, aside = self._told["archive"], self.set_aside_rows()
        parts = [self.say(f"{archive['rows']:,} 行", f"{archive['rows']:,} rows")]
        if "changes" in self._told:
            changes = self._told["changes"]
            changed, of = changes["changed"]["rows"], changes["compared"]
            percent = share(changed, of) if of else "0%"
            parts.append(self.say(f"{changed:,} 行决定变了 ({percent})", f"{changed:,} decided otherwise ({percent})"))
            for name, zh, en in (
                ("refused", "新预案不再接受", "refused by the new plan"),
                ("taken", "新预案新接受", "newly taken"),
            ):
                if changes[name]["rows"]:
                    parts.append(self.say(f"{changes[name]['rows']:,} 行{zh}", f"{changes[name]['rows']:,} {en}"))
        parts.append(self.say(f"{aside:,} 行不合规格, 另列", f"{aside:,} set aside"))
        return self.say("; ", "; ").join(parts)

    def set_aside_rows(self) -> int:
        """Rows that the plan, or the new one of two, does not take."""
        last = list(self._plans)[-1]
        return int(self._told["archive"]["rows"] - self._told["answers"][last]["rows"])

    def notes(self) -> Iterator[str]:
        """What a reader has to know of how it was counted."""
        archive = self._told["archive"]
        if archive["replayed"]:
            yield self.say(
                f"抽出 {archive['replayed']:,} 行由规则引擎重新判定, 全部一致",
                f"{archive['replayed']:,} sampled rows were decided again by the rule engine, all alike",
            )
        if unused := archive["unused_columns"]:
            shown = self.say("、", ", ").join(name[:40] for name in unused[:MOST_SHOWN])
            rest = "…" if len(unused) > MOST_SHOWN else ""
            yield self.say(f"没有用到的列: {shown}{rest}", f"columns that are no fact: {shown}{rest}")
        if self._told["readings"]:
            chosen = ", ".join(f"{name}={option}" for name, option in self._told["readings"].items())
            yield f"{self.say('解释', 'readings')}: {chosen}"

    def tables(self) -> Iterator[Table]:
        """Everything in order: what changes first."""
        if "changes" in self._told:
            yield from self._of_changes()
        yield self._tiers()
        for kind in ("duty", "prohibition", "permission"):
            yield self._demands(kind)
        yield self._clauses()
        yield from self._groups()
        if self._told["set_aside"]:
            yield self._set_aside()

    # ----------------------------------------------------------------- tables

    def _of_changes(self) -> Iterator[Table]:
        changes = self._told["changes"]
        head = (self.say("变化", "change"), self.say("行数", "rows"), self.say("例(编号)", "such as (ids)"))
        rows = list(self._changed(changes))
        rows.sort(key=lambda row: -row[1]["rows"])
        hidden = self.say("涉及敏感事实, 不列", "left out: a sensitive fact has a part in it")
        cells = tuple(
            (text, f"{each['rows']:,}", hidden if "left_out" in each else ", ".join(each["examples"]))
            for text, each in rows
        )
        yield Table(self.say("决定的变化", "What is decided otherwise"), head, cells, (1,), 1)

    def _changed(self, changes: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each change in words, with its counts."""
        for each in changes["tier"]:
            yield f"{self.say('等级', 'tier')}: {self._tier(each['from'])} → {self._tier(each['to'])}", each
        for kind in ("duty", "prohibition", "permission", "handoff"):
            for each in changes[kind]:
                yield f"{self.say(*_CHANGES[each['change']])} {self._kind(kind)}: {self._action(each['subject'])}", each

    def _tiers(self) -> Table:
        names = list(self._plans)
        tiers = dict.fromkeys(tier for name in names for tier in self._told["answers"][name]["tier"])
        rows = tuple(
            (
                self._tier(None if tier == "none" else tier),
                *(f"{self._told['answers'][name]['tier'].get(tier, 0):,}" for name in names),
            )
            for tier in tiers
        )
        head = (self.say("等级", "tier"), *map(self._plan_name, names))
        return Table(self.say("等级", "Tiers"), head, rows, tuple(range(1, len(names) + 1)), len(names))

    def _demands(self, kind: str) -> Table:
        return self._counts(self._kind(kind), kind, self._action)

    def _clauses(self) -> Table:
        return self._counts(self.say("触发的条款", "Clauses that fire"), "clause", str)

    def _counts(self, title: str, kind: str, worded: Any) -> Table:
        names = list(self._plans)
        subjects = dict.fromkeys(subject for name in names for subject in self._told["answers"][name][kind])
        counted = [
            (subject, [self._told["answers"][name][kind].get(subject, 0) for name in names]) for subject in subjects
        ]
        counted.sort(key=lambda each: -max(each[1]))
        rows = tuple((worded(subject), *(f"{count:,}" for count in counts)) for subject, counts in counted)
        head = (title, *map(self._plan_name, names))
        return Table(title, head, rows, tuple(range(1, len(names) + 1)), len(names))

    def _groups(self) -> Iterator[Table]:
        names = list(self._plans)
        last = names[-1]
        for text, groups in self._told["by"].items():
            tiers = [tier for tier in self._told["answers"][last]["tier"] if self._told["answers"][last]["tier"][tier]]
            head = [text, self.say("行数", "rows"), self.say("另列", "set aside")]
            head += [self._tier(None if tier == "none" else tier) for tier in tiers]
            head += [self.say("决定变了", "changed"), self.say("变得最多的", "most of all")] if len(names) == 2 else []
            rows = tuple(
                (
                    group["group"] or self.say("(空)", "(empty)"),
                    f"{group['rows']:,}",
                    f"{group['rows'] - group[last]['rows']:,}",
                    *(f"{group[last]['tier'].get(tier, 0):,}" for tier in tiers),
                    *(self._of_group(group["changes"]) if len(names) == 2 else ()),
                )
                for group in groups
            )
            bars = len(head) - 2 if len(names) == 2 else 1
            numbers = tuple(range(1, bars + 1 if len(names) == 2 else len(head)))
            yield Table(self.say(f"按 {text}", f"By {text}"), tuple(head), rows, numbers, bars)

    def _of_group(self, changes: dict[str, Any]) -> tuple[str, str]:
        """How many rows of a group change, and the changes that most of them have."""
        listed = sorted(self._changed(changes), key=lambda each: -each[1]["rows"])
        most = (f"{text} {each['rows']:,}" for text, each in listed[:_MOST_OF_GROUP])
        return f"{changes['changed']['rows']:,}", "; ".join(most)

    def _set_aside(self) -> Table:
        names = list(self._plans)

        def counts(rows: Any) -> tuple[str, ...]:
            return tuple(f"{rows.get(name, 0):,}" for name in names) if isinstance(rows, dict) else (f"{rows:,}",)

        rows = tuple((each["code"], each["message"], *counts(each["rows"])) for each in self._told["set_aside"])
        columns = [self.say("行数", "rows")] if len(names) == 1 else [self._plan_name(name) for name in names]
        head = (self.say("代码", "code"), self.say("原因", "reason"), *columns)
        title = self.say("不合规格、另列的行(一行可有几个原因)", "Rows set aside (a row may have several reasons)")
        return Table(title, head, rows, tuple(range(2, len(head))), 2)

    # ----------------------------------------------------------------- words

    def _plan_name(self, name: str) -> str:
        return self.say("行数", "rows") if name == "plan" else self.say(*_NAMES[name])

    def _kind(self, kind: str) -> str:
        return self.say("移交", "handed over") if kind == "handoff" else modality_phrase(kind, self._lang)

    def _action(self, action: str) -> str:
        for plan in reversed(self._plans.values()):
            if self._zh and action in plan.actions:
                return plan.actions[action].label
        return action

    def _tier(self, tier: str | None) -> str:
        for plan in reversed(self._plans.values()):
            if tier is not None and tier in plan.tiers:
                return tier_phrase(plan.tiers[tier], self._lang)
        return tier or self.say("不分级", "no tier")
