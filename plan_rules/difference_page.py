"""(Difference, language) -> the Page that an officer reads before signing an amendment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from plan_rules.analysis.changes import Change, Shown, demands, places
from plan_rules.analysis.diagram import Cube
from plan_rules.analysis.difference import Difference
from plan_rules.analysis.edits import Edit
from plan_rules.analysis.finding import Finding
from plan_rules.analysis.meaning import MODALITIES, Outcome
from plan_rules.analysis.scales import Scale
from plan_rules.errors import Severity
from plan_rules.fact import Fact
from plan_rules.finding_text import item_phrase, share, witness_phrase
from plan_rules.gates import PENDING
from plan_rules.norm import Term
from plan_rules.pages import Item, Page, Section
from plan_rules.phrases import facts_phrase, modality_phrase, name_of, term_phrase, tier_phrase, value_phrase
from plan_rules.plan import Plan
from plan_rules.wording import Wording, to_whom

_KINDS = {
    "fact": "事实",
    "action": "动作",
    "role": "角色",
    "tier": "等级",
    "situation": "情形",
    "reading": "解释",
    "section": "章节",
    "clause": "条款",
    "presumption": "推定",
    "impossible": "不可能",
    "notice": "提示",
    "invariant": "红线",
    "principle": "原则",
    "deputy": "顶岗",
    "question": "提问",
    "acceptance": "认可",
    "personal": "个人信息",
    "rung": "催办",
    "case": "案件",
    "plan": "预案",
    "alias": "别名",
    "party": "相对方",
    "form": "表单",
    "remark": "备注",
    "exclusion": "不适用",
    "handoff": "移交",
    "awaiting_approval": "待批准",
    "at_discretion": "待裁量",
    "failed": "没有办成",
}
_WHAT = {
    "added": ("新增", "added"),
    "removed": ("删去", "removed"),
    "wording": ("只改文字", "wording only"),
    "rule": ("改了规则", "rule edited"),
    "chosen": ("采用的选项", "chosen option"),
    "default": ("默认值", "default"),
}
_ASPECTS = {
    "role": ("责任", "bearers"),
    "choice": ("责任的安排", "which bearer"),
    "through": ("经办", "through"),
    "excepted": ("除外", "excepted"),
    "recipient": ("对象", "recipient"),
    "deadline": ("时限", "deadline"),
    "for": ("替谁", "for"),
    "own": ("各自的", "of their own"),
    "step": ("次序", "step"),
    "defeasible": ("可推翻", "defeasible"),
    "status": ("怎样算完成", "what shows it done"),
    "instead": ("替代", "instead"),
    "clause": ("依据", "clauses"),
}
_BECAME = {
    (True, True): ("决定变了, 仍然通过", "decided otherwise, still passes"),
    (True, False): ("由通过变为失败", "passed, now fails"),
    (False, True): ("由失败变为通过", "failed, now passes"),
    (False, False): ("决定变了, 仍然失败", "decided otherwise, still fails"),
}
_ORDER = (
    "tier",
    "exclusion",
    "handoff",
    "duty",
    "prohibition",
    "permission",
    *PENDING,
    "notice",
    "deputy",
    "question",
    "principle",
)


def page(difference: Difference, lang: str = "zh") -> Page:
    """What an officer reads before signing an amendment."""
    return _Writer(difference, lang).page()


class _Writer:
    def __init__(self, difference: Difference, lang: str) -> None:
        self._difference = difference
        self._lang = lang
        self._zh = lang == "zh"

    def page(self) -> Page:
        sections = (
            Section(self._say("不能放行的原因", "What keeps it from passing"), tuple(self._findings(Severity.ERROR))),
            Section(self._say("原来就有的", "There before"), tuple(self._findings(Severity.WARNING))),
            Section(self._say("已认可的", "Acknowledged"), tuple(self._findings(Severity.NOTE))),
            Section(self._say("决定的变化", "What decisions say otherwise"), tuple(self._changes())),
            Section(self._say("接受的事件", "Incidents taken"), tuple(self._taken())),
            Section(self._say("场景的变化", "Scenarios"), tuple(self._scenarios())),
            Section(self._say("解释的变化", "Readings"), tuple(self._edits(lambda edit: edit.kind == "reading"))),
            Section(
                self._say("规则的修改", "Rules edited"),
                tuple(self._edits(lambda edit: edit.kind != "reading" and edit.what != "wording")),
            ),
            Section(
                self._say("只改文字, 不改变任何决定", "Wording only: no decision changes by it"),
                tuple(self._edits(lambda edit: edit.kind != "reading" and edit.what == "wording")),
            ),
            Section(self._say("限度以内没有比完", "Not compared within the budget"), tuple(self._undecided())),
        )
        return Page(self._title(), self._summary(), tuple(section for section in sections if section.items))

    def _title(self) -> str:
        old, new = self._difference.old, self._difference.new
        return f"{self._say('修订影响', 'Amendment')}: {new.name if self._zh else new.id} {old.version} → {new.version}"

    def _summary(self) -> str:
        told = self._difference
        if told.undecided:
            return self._say("没有比完, 不放行", "not compared in full: it may not pass")
        if told.same and told.may_pass:
            return self._say("两份预案对每一个事件的决定都相同", "both plans decide every incident alike")
        if told.may_pass:
            return self._say(
                "红线都在, 没有未认可的保护性要求被取消",
                "no red line is broken, no protective duty lost unacknowledged",
            )
        count = sum(found.severity is Severity.ERROR for found in told.findings)
        return self._say(f"不能放行: {count} 处", f"it may not pass: {count} findings")

    # ----------------------------------------------------------------- sections

    def _findings(self, severity: Severity) -> Iterator[Item]:
        for found in self._difference.findings:
            if found.severity is severity:
                yield Item(
                    f"[{found.code}] {found.diagnostic.message.within(self._lang)}", tuple(self._of_finding(found))
                )

    def _of_finding(self, found: Finding) -> Iterator[str]:
        if found.witness:
            yield f"{self._say('例', 'such as')}: {witness_phrase(found.witness, self._difference.new, self._lang)}"
        if found.count and found.total:
            yield f"{self._say('占', 'share')}: {share(found.count, found.total)}"
        if found.accepted:
            yield f"{self._say('认可', 'accepted')}: {found.accepted.reason} ({found.accepted.decided_by})"
        elif found.diagnostic.help:
            yield f"{self._say('帮助', 'help')}: {found.diagnostic.help.within(self._lang)}"

    def _changes(self) -> Iterator[Item]:
        """Changes of one thing on the same incidents are one item."""
        grouped: dict[tuple[Any, ...], list[Change]] = {}
        for change in sorted(self._difference.changes, key=lambda each: _ORDER.index(each.outcome.kind)):
            outcome = change.outcome
            presence = "" if outcome.aspect else (change.gained, outcome.kind)
            key = (outcome.kind, outcome.subject, presence, change.count, repr(change.regions))
            grouped.setdefault(key, []).append(change)
        for changes in grouped.values():
            yield Item(self._headline(changes), tuple(self._of_changes(changes)))

    def _headline(self, changes: list[Change]) -> str:
        outcome = changes[0].outcome
        named = self._named(outcome.kind, outcome.subject)
        if not outcome.aspect:
            sign = self._say("新增", "gained") if changes[0].gained else self._say("取消", "lost")
            weight = self._say("保护性的", "protective ") if changes[0].protective else ""
            return f"{sign} {weight}{named}"
        return f"{self._say('改变', 'changed')} {named}: {'; '.join(self._aspects(changes))}"

    def _named(self, kind: str, subject: str) -> str:
        for plan in (self._difference.new, self._difference.old):
            if kind in MODALITIES and subject in plan.actions:
                word = modality_phrase(kind, self._lang)
                return f"{word}“{plan.actions[subject].label}”" if self._zh else f"{word} `{subject}`"
            if kind == "tier" and subject in plan.tiers:
                return f"{self._say('定为', 'tier')} {tier_phrase(plan.tiers[subject], self._lang)}"
            if kind == "rung":
                return self._say(f"催办(逾期 {subject} 日)", f"rung after {subject} day{'s' if subject != '1' else ''}")
            if kind == "case":
                return self._kind(kind)
            if kind in ("question", "fact") and subject in plan.facts:
                return f"{self._kind(kind)} {name_of(plan.facts[subject], self._lang)}"
            labelled = {
                **dict.fromkeys(PENDING, plan.actions),
                "principle": plan.principles,
                "deputy": plan.roles,
                "action": plan.actions,
                "role": plan.roles,
                "personal": plan.case.personal,
            }
            if subject in labelled.get(kind, {}):
                label = labelled[kind][subject].label  # type: ignore[attr-defined]
                return f"{self._kind(kind)} {label if self._zh else subject}"
        return f"{self._kind(kind)} {subject}"

    def _kind(self, kind: str) -> str:
        return _KINDS.get(kind, kind) if self._zh else kind

    def _aspects(self, changes: list[Change]) -> Iterator[str]:
        """Each aspect once, with what it lost and what it gained."""
        by_aspect: dict[str, list[Change]] = {}
        for change in changes:
            by_aspect.setdefault(change.outcome.aspect, []).append(change)
        for aspect, parts in by_aspect.items():
            if aspect == "choice" and "role" in by_aspect:
                continue  # who acts says it already
            word = _ASPECTS[aspect][not self._zh]
            if parts[0].before is not None:
                values = (
                    f"{self._value(aspect, part.before or '')} → {self._value(aspect, part.outcome.value)}"
                    for part in parts
                )
            else:
                values = (f"{'+' if part.gained else '−'}{self._value(aspect, part.outcome.value)}" for part in parts)
            yield f"{word} {' '.join(values)}"

    def _value(self, aspect: str, value: str) -> str:
        if not value:
            return self._say("无", "none") if aspect not in ("defeasible", "status") else ""
        if aspect == "deadline":
            return self._deadline(value)
        if aspect == "own":
            return self._own(value)
        plans = (self._difference.new, self._difference.old)
        labelled = [{**plan.roles, **plan.actions} for plan in plans]
        for names in labelled:
            if value in names and self._zh:
                return names[value].label  # type: ignore[attr-defined,no-any-return]
        return value

    def _own(self, value: str) -> str:
        """Who, and the recipient or the deadline that is theirs."""
        roles, recipient, limit = value.split(">")
        tongue = Wording(self._difference.new, self._lang)
        own = self._deadline(limit) if limit else tongue("对象 ", "to ") + to_whom(recipient, tongue)
        return f"{tongue.roles(roles.split(','))} {own}"

    def _deadline(self, value: str) -> str:
        term, amount, start, roll, *cutoff = value.split("|")
        text = (
            f"{amount}{'' if self._zh else ' '}{term_phrase(Term(term), self._lang)}"
            if amount
            else term_phrase(Term(term), self._lang)
        )
        text = (self._say("每", "every ") if "every" in roll else "") + text
        fact = next(
            (plan.facts[start] for plan in (self._difference.new, self._difference.old) if start in plan.facts), None
        )
        if fact is not None:
            text += f" ({self._say('起算', 'from')} {name_of(fact, self._lang)})"
        text += self._say(", 顺延", ", rolled on") if "roll" in roll else ""
        return text + "".join(f", {self._say('截点', 'cut-off')} {each}" for each in cutoff)

    def _of_changes(self, changes: list[Change]) -> Iterator[str]:
        first = changes[0]
        percent = share(first.count, first.total)
        yield self._say(
            f"占全部可能事件的 {percent} (能区分的 {first.all_situations:,} 种情形中的 {first.situations:,} 种)",
            f"{percent} of all incidents ({first.situations:,} of {first.all_situations:,} situations told apart)",
        )
        for region in first.regions:
            yield f"{self._say('范围', 'where')}: {self._region(region)}"
        if first.rest:
            yield self._say(f"另有 {first.rest:,} 种情形未列出", f"{first.rest:,} more situations are not listed")
        if first.shown:
            facts = facts_phrase(first.shown.facts, self._plan(first.shown), self._lang)
            yield f"{self._say('例', 'such as')}: {facts}"
            yield from self._both(first.shown, first.outcome)

    def _plan(self, example: Shown) -> Plan:
        """A plan that knows the facts of the example."""
        new, old = self._difference.new, self._difference.old
        return new if all(fact in new.facts for fact in example.facts) else old

    def _both(self, example: Shown, outcome: Outcome) -> Iterator[str]:
        """What each plan decides: the demand whose value differs, or all that must be done."""
        plans = (self._difference.old, self._difference.new)
        for word, decision, plan in zip((("原", "old"), ("新", "new")), (example.old, example.new), plans, strict=True):
            tier = decision.tier
            label = (tier.label if self._zh else tier.id) if tier else self._say("不分级", "no tier")
            told: list[str]
            if outcome.aspect and outcome.kind in MODALITIES:
                items = demands(decision, outcome.kind)
                told = [item_phrase(item, plan, self._zh) for item in items if item.action == outcome.subject]
                said = modality_phrase(outcome.kind, self._lang)
            else:
                told = [duty.label if self._zh else duty.action for duty in decision.in_force]
                said = modality_phrase("duty", self._lang)
            yield f"{self._say(*word)}: {label}; {said} {self._list(told)}"

    def _list(self, words: Iterable[str]) -> str:
        return ("、" if self._zh else ", ").join(words) or self._say("无", "nothing")

    def _region(self, region: Cube) -> str:
        compared = self._difference.compared
        assert compared is not None
        scales = compared.space.scales
        parts = (
            f"{name_of(scales[name].fact, self._lang)}: {self._values(scales[name], values)}"
            for name, values in places(region, scales).items()
        )
        return ("，" if self._zh else ", ").join(parts) or self._say("全部事件", "every incident")

    def _values(self, scale: Scale, values: tuple[object, ...]) -> str:
        return ("、" if self._zh else " or ").join(self._one(scale, value) for value in values)

    def _one(self, scale: Scale, value: object) -> str:
        if isinstance(value, tuple):
            return scale.fact.measured(self._interval(scale.fact, *value))
        return value_phrase(scale.fact, value, self._lang)

    def _interval(self, fact: Fact, low: int, high: int) -> str:
        if low == high:
            return str(low)
        if high == fact.high:
            return f"{self._say('至少', 'at least')} {low}"
        if low == fact.low:
            return f"{self._say('至多', 'at most')} {high}"
        return f"{low} {self._say('至', 'to')} {high}"

    def _taken(self) -> Iterator[Item]:
        told = self._difference
        if told.newly_refused:
            yield Item(
                self._say(
                    f"不再接受 {told.newly_refused:,} 种事件", f"{told.newly_refused:,} incidents are now refused"
                )
            )
        if told.newly_taken:
            yield Item(
                self._say(f"新接受 {told.newly_taken:,} 种事件", f"{told.newly_taken:,} incidents are now taken")
            )

    def _scenarios(self) -> Iterator[Item]:
        for change in self._difference.scenarios:
            step = self._say(f"第 {change.step + 1} 步", f"step {change.step + 1}")
            became = self._say(*_BECAME[change.passed_before, change.passes_now])
            yield Item(f"{change.scenario} {step}: {became}")

    def _edits(self, wanted: Any) -> Iterator[Item]:
        for edit in self._difference.edits:
            if wanted(edit):
                yield Item(self._edit(edit), tuple(self._of_edit(edit)))

    def _edit(self, edit: Edit) -> str:
        return f"{self._named(edit.kind, edit.subject)}: {_WHAT[edit.what][not self._zh]}"

    def _of_edit(self, edit: Edit) -> Iterator[str]:
        if edit.before or edit.after:
            yield f"{self._say('原', 'old')}: {edit.before}"
            yield f"{self._say('新', 'new')}: {edit.after}"

    def _undecided(self) -> Iterator[Item]:
        for outcome in self._difference.undecided:
            yield Item(self._named(outcome.kind, outcome.subject))

    def _say(self, zh: str, en: str) -> str:
        return zh if self._zh else en
