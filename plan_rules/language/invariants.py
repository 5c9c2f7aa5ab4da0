"""(Shapes of 红线 and 认可, the vocabulary) -> Invariants and Acceptances."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from plan_rules.condition import TierIs
from plan_rules.instants import read_day
from plan_rules.invariant import Acceptance, Invariant, Requirement
from plan_rules.language.intentions import date_meant
from plan_rules.language.keywords import value_word
from plan_rules.language.limits import TERMS
from plan_rules.language.names import Names, one_of
from plan_rules.language.shape import AcceptanceShape, InvariantShape, ThenShape
from plan_rules.language.tree import Report, Text
from plan_rules.language.vocabulary import Vocabulary
from plan_rules.norm import Term

_MODALITIES = {
    "must": "duty",
    "must_not": "prohibition",
    "may": "permission",
    "no_duty": "no_duty",
    "no_prohibition": "no_prohibition",
}


@dataclass(frozen=True, slots=True)
class InvariantReader:
    """Reads what no amendment may break, and which findings are accepted, against the names of one plan file."""

    plan: str
    words: Vocabulary
    clauses: Names[str]
    others: frozenset[str]
    report: Report

    def invariant(self, shape: InvariantShape) -> Invariant:
        """One 红线; one that says nothing is reported."""
        then = shape.then
        if then is None and not shape.monotone:
            self.report.add(
                "PR046",
                (f"红线“{shape.id}”什么也没有规定", f"invariant `{shape.id}` says nothing"),
                shape.id.span,
                ("写上“则: {应当: [动作]}”或“单调: [动作]”", "add `then: {must: [action]}` or `monotone: [action]`"),
                subject=str(shape.id),
            )
        return Invariant(
            id=str(shape.id),
            label=str(shape.name),
            condition=self.words.conditions.read(shape.condition),
            requirements=self._requirements(then) if then else (),
            tiers=self._tiers(then) if then else (),
            monotone=self._actions(shape.monotone),
            span=shape.id.span,
            note=str(shape.note or ""),
        )

    def acceptance(self, shape: AcceptanceShape) -> Acceptance:
        """One 认可; the words it is about are ids or names of anything declared."""
        return Acceptance(
            finding=str(shape.finding),
            about=tuple(found for word in shape.about if (found := self._anything(word, shape.finding))),
            reason=str(shape.reason),
            decided_by=str(shape.decided_by),
            until=self._day(shape.until) if shape.until is not None else None,
            span=shape.finding.span,
            otherwise_only=one_of(shape.otherwise_only, {"是": True, "否": False}, False, self.report),
        )

    def _requirements(self, then: ThenShape) -> tuple[Requirement, ...]:
        roles = tuple(found.id for word in then.bearers if (found := self.words.roles.find(word)))
        term = self._term(then.limit)
        return tuple(
            Requirement(modality, action, *((roles, term) if modality == "duty" else ()))
            for field, modality in _MODALITIES.items()
            for action in self._actions(getattr(then, field))
        )

    def _actions(self, words: Iterable[Text]) -> tuple[str, ...]:
        return tuple(found.id for word in words if (found := self.words.actions.find(word)))

    def _tiers(self, then: ThenShape) -> tuple[str, ...]:
        condition = self.words.conditions.tier(then.tier) if then.tier is not None else None
        return condition.tiers if isinstance(condition, TierIs) else ()

    def _term(self, word: Text | None) -> Term | None:
        if word is None:
            return None
        found = TERMS.get(value_word(word))
        if found is None:
            self.report.add(
                "PR042",
                (f"时限“{word}”写法不对", f"`{word}` is no time limit"),
                word.span,
                ("红线里写: " + "、".join(TERMS), "an invariant takes: immediately, promptly, continuously, ..."),
            )
        return found

    def _anything(self, word: Text, finding: Text) -> str | None:
        """The id of whatever is called so; what an amendment dropped is in the old plan only."""
        words = self.words
        if word == self.plan:
            return self.plan
        kinds: tuple[Names[Any], ...] = (words.actions, words.facts, words.roles, words.tiers, words.readings)
        for names in (*kinds, words.principles, self.clauses):
            if word in names.ids:
                return names.ids[word]
        if word in words.parties.ids:
            return words.parties.ids[word]
        if any(word in known for known in (words.situations.ids, words.groups.ids, self.others)):
            return str(word)
        if finding.startswith("DF"):
            return str(word)
        self.clauses.unknown(word, also=(*words.actions.ids, *words.facts.ids, *words.roles.ids))
        return None

    def _day(self, word: Text) -> date | None:
        day = read_day(word)
        if day is None:
            meant = date_meant(word) or "2026-12-31"
            self.report.add(
                "PR047",
                (f"“{word}”不是日期", f"`{word}` is no date"),
                word.span,
                (f"写成 {meant}", f"write it as {meant}"),
            )
        return day
