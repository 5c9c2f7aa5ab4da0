"""(Event, what it led to) -> words: what happened, and what that changed.  Values of sensitive facts are left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, assert_never

from plan_rules.cases.case import Phase
from plan_rules.cases.days import moment
from plan_rules.cases.discretion import NOTHING, LeftOut, is_sensitive
from plan_rules.cases.event import (
    Breached,
    Closed,
    Done,
    Erased,
    Event,
    HandedOver,
    Noted,
    Observed,
    Opened,
    Overridden,
    Reopened,
    Resolved,
    Reviewed,
    Upgraded,
    What,
)
from plan_rules.cases.step import Change, Step
from plan_rules.cases.story import Story
from plan_rules.instants import read_instant
from plan_rules.phrases import tier_phrase
from plan_rules.plan import Plan
from plan_rules.wording import Wording, value_text

PHASES = {
    Phase.OPEN: ("正在处理", "open"),
    Phase.RESOLVED: ("已处理完", "resolved"),
    Phase.CLOSED: ("已结案", "closed"),
}


def outcome_words(phase: Phase, tongue: Wording) -> str:
    """How it ended, in a paper about what happened."""
    return tongue("还没有处理完", "not resolved") if phase is Phase.OPEN else tongue(*PHASES[phase])


@dataclass(frozen=True, slots=True)
class Told:
    """One event in words: `head` says what happened, `facts` what is known since, `change` what follows."""

    event: Event
    step: Step
    head: str
    facts: tuple[str, ...]
    change: tuple[str, ...]

    @property
    def headline(self) -> tuple[str, str]:
        """What comes first, and what there is besides: of facts recorded, the facts themselves."""
        facts = "; ".join(self.facts)
        return (facts, "") if facts and isinstance(self.event.what, Observed) else (self.head, facts)


def telling(story: Story, lang: str, hidden: LeftOut = NOTHING) -> Iterator[Told]:
    """Every event in words, in the order in which they happened; what is `hidden` is counted and not named."""
    before: Mapping[str, Any] = {}
    for event, step in story.pairs:
        tongue = Wording(step.case.plan, lang)
        yield Told(
            event,
            step,
            happened(event.what, tongue, hidden),
            tuple(_facts(before, step.case.facts, tongue)),
            tuple(changed(step.change, tongue, hidden)),
        )
        before = step.case.facts


def happened(what: What, tongue: Wording, hidden: LeftOut = NOTHING) -> str:  # noqa: C901, PLR0912  an arm a kind
    """What happened, in a few words."""

    def named(action: str) -> str:
        return tongue("(不列)", "(left out)") if action in hidden.actions else tongue.action(action)

    match what:
        case Opened(outlet=outlet):
            return tongue("开案", "opened") + (tongue(f", {outlet}", f", {outlet}") if outlet else "")
        case Observed():
            return tongue("登记事实", "facts recorded")
        case Done(action=action, role=role):
            return tongue("办了: ", "done: ") + named(action) + _by(role, tongue)
        case Breached(action=action, role=role):
            return tongue("违反禁止: ", "done though forbidden: ") + named(action) + _by(role, tongue)
        case Overridden(action=action):
            return tongue("例外, 不按一般规定: ", "set aside: ") + named(action)
        case HandedOver(role=role, to=to):
            return tongue("交接: ", "handed over: ") + f"{tongue.role(role)} → {tongue.role(to)}"
        case Noted():
            return tongue("记下经过(内容属个人信息, 另存)", "a note was taken (personal data, kept apart)")
        case Resolved():
            return tongue("事件处理完", "resolved")
        case Reopened():
            return tongue("重开", "reopened")
        case Upgraded():
            return tongue("改按另一版预案: ", "moved to another version of the plan: ") + tongue.plan.version
        case Reviewed():
            return tongue("检查期限", "time limits checked")
        case Closed():
            return tongue("结案", "closed")
        case Erased(items=items):
            return tongue("清除个人信息: ", "personal data erased: ") + tongue("、", ", ").join(
                personal_label(tongue.plan, item) for item in items
            )
        case _:
            assert_never(what)


def personal_label(plan: Plan, item: str) -> str:
    """What a kind of personal data is called."""
    return plan.case.personal[item].label if item in plan.case.personal else item


def _by(role: str, tongue: Wording) -> str:
    return tongue(f"({tongue.role(role)})", f" ({tongue.role(role)})") if role else ""


def _facts(before: Mapping[str, Any], now: Mapping[str, Any], tongue: Wording) -> Iterator[str]:
    """The facts that are not as they were; of sensitive ones only how many."""
    told = [name for name in now if name not in before or before[name] != now[name]]
    secret = sum(is_sensitive(tongue.plan, name) for name in told)
    for name in told:
        if not is_sensitive(tongue.plan, name):
            was = fact_value(name, before[name], tongue) + " → " if name in before else ""
            yield f"{fact_name(name, tongue)}: {was}{fact_value(name, now[name], tongue)}"
    for name in before:
        if name not in now and not is_sensitive(tongue.plan, name):
            yield tongue(f"撤回: {fact_name(name, tongue)}", f"withdrawn: {fact_name(name, tongue)}")
    if secret:
        yield tongue(f"敏感事实 {secret} 项(不列)", f"sensitive facts: {secret} (left out)")


def fact_name(name: str, tongue: Wording) -> str:
    """What the fact is called."""
    fact = tongue.plan.facts.get(name)
    return fact.label if fact else name


def fact_value(name: str, value: Any, tongue: Wording) -> str:
    """A value of a fact in words; an instant as people write it."""
    if isinstance(value, Mapping):
        return tongue("、", ", ").join(f"{reading}={option}" for reading, option in sorted(value.items()))
    if isinstance(value, str) and read_instant(value):
        return moment(value)
    return value_text(name, value, tongue.plan, tongue.lang)


def changed(
    change: Change,
    tongue: Wording,
    hidden: LeftOut = NOTHING,
    clauses: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    most: int = 0,
) -> Iterator[str]:
    """What an event changed, line by line; empty where it changed nothing.

    `clauses` are cited with their actions, of which `most` are named: all of them where it is 0.
    """
    if change.tier_before != change.tier_after:
        yield tier_step(change, tongue)
    begun: Mapping[str, tuple[str, ...]] = clauses
    ended: Mapping[str, tuple[str, ...]] = {}
    for words, actions, cites in (
        (("新增", "new"), change.new, begun),
        (("失效", "lapsed"), change.lapsed, ended),
        (("迟办或违反", "late, missed or breached"), change.violated, begun),
        (("不得", "forbidden now"), change.forbidden, begun),
        (("不再禁止", "no longer forbidden"), change.allowed_again, ended),
        (("要求有改", "altered"), change.altered, begun),
    ):
        if actions:
            yield f"{tongue(*words)}: {_list(actions, tongue, hidden, cites, most)}"
    if change.carried and (change.new or change.lapsed):
        yield tongue(f"继续 {len(change.carried)} 项", f"carried on: {len(change.carried)}")


def _list(
    actions: Sequence[str], tongue: Wording, hidden: LeftOut, clauses: Mapping[str, tuple[str, ...]], most: int
) -> str:
    named = hidden.named(actions)
    count = len(actions) - len(named)
    shown = named[:most] if most and len(named) > most + 1 else named
    said = [tongue.action(action) + cited(clauses.get(action, ())) for action in shown]
    said += [tongue(f"等 {len(named)} 项", f"{len(named)} in all")] if len(shown) < len(named) else []
    said += [tongue(f"另 {count} 项不列", f"{count} left out")] if count else []
    return "; ".join(said)  # the names of actions have 、 and commas in them


def cited(clauses: Iterable[str]) -> str:
    """` [三.3.c 三.3.d]`: the clauses after what they ask for; empty where there are none."""
    ids = " ".join(clauses)
    return f" [{ids}]" if ids else ""


def tier_step(change: Change, tongue: Wording) -> str:
    """`↑ 一级 → 三级`: how the tier moved."""
    before, after = change.tier_before, change.tier_after
    arrow = "↑" if tongue.plan.severity(after) > tongue.plan.severity(before) else "↓"
    return f"{arrow} {tier_name(before, tongue)} → {tier_name(after, tongue)}"


def tier_words(tier: str | None, tongue: Wording) -> str:
    """`三级: 有严重过激行为`: what a tier is called and its title, where it has one."""
    known = tongue.plan.tiers.get(tier or "")
    name = tier_name(tier, tongue)
    return f"{name}: {known.label}" if known and known.label != name else name


def tier_name(tier: str | None, tongue: Wording) -> str:
    """What a tier is called in the plan."""
    if tier is None:
        return tongue("未定级", "no tier")
    known = tongue.plan.tiers.get(tier)
    return tier_phrase(known, tongue.lang) if known else tier
