"""Story -> what is left out of papers that leave the bank: sensitive facts, what only they ask for, personal data.

An action that is asked for only because of a sensitive fact would give that fact away, so it is not named either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from plan_rules.cases.event import Observed, Opened
from plan_rules.cases.step import Step
from plan_rules.cases.story import Story
from plan_rules.decision import Duty, Permission, Prohibition
from plan_rules.plan import Plan
from plan_rules.wording import Wording


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Ids of the sensitive facts that were stated and of the actions that rest on them; personal data by kind."""

    facts: frozenset[str] = frozenset()
    actions: frozenset[str] = frozenset()
    personal: Mapping[str, int] = field(default_factory=dict)

    def named(self, actions: Iterable[str]) -> tuple[str, ...]:
        """Those of the actions that may be named."""
        return tuple(action for action in actions if action not in self.actions)


NOTHING = LeftOut()


def left_out(story: Story) -> LeftOut:
    """What the papers of this story do not say."""
    facts = {
        name
        for event, step in story.pairs
        if isinstance(event.what, Opened | Observed)
        for name in event.what.facts
        if is_sensitive(step.case.plan, name)
    }
    actions = {norm.action for step in story.steps for norm in _norms(step) if _telling(norm, step.case.plan)}
    personal = Counter(sealed.item for event in story.events for sealed in event.sealed)
    return LeftOut(frozenset(facts), frozenset(actions), dict(sorted(personal.items())))


def is_sensitive(plan: Plan, fact: str) -> bool:
    """Is this a fact whose value is not passed on?  A fact that the plan does not know is."""
    known = plan.facts.get(fact)
    return known is None or known.sensitive


def _norms(step: Step) -> Iterator[Duty | Prohibition | Permission]:
    yield from step.decision.duties
    yield from step.decision.prohibitions
    yield from step.decision.permissions


def _telling(norm: Duty | Prohibition | Permission, plan: Plan) -> bool:
    """Does it rest on what was said of sensitive facts, in every way in which it came about?"""
    return bool(norm.reasons) and all(
        any(used.source != "default" and is_sensitive(plan, used.fact) for used in reason.facts)
        for reason in norm.reasons
    )


def left_out_words(story: Story, hidden: LeftOut, lang: str) -> tuple[str, ...]:
    """What kinds were left out, and how many of each; empty where nothing was."""
    tongue = Wording(story.case.plan, lang)
    kinds = story.case.plan.case.personal
    personal = tongue("、", ", ").join(
        f"{kinds[item].label if item in kinds else item} {count}" for item, count in hidden.personal.items()
    )
    said = [
        (len(hidden.facts), tongue("敏感事实的值: {} 项", "values of sensitive facts: {}")),
        (len(hidden.actions), tongue("只因敏感事实而有的事项: {} 项", "what only sensitive facts ask for: {}")),
        (sum(hidden.personal.values()), tongue("个人信息: {} 件", "personal data: {}")),
    ]
    lines = [form.format(count) for count, form in said if count]
    if personal:
        lines[-1] += tongue(f"({personal})", f" ({personal})")
    return tuple(lines)
