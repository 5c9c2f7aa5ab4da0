"""A plan file -> a Draft to make slips in; and the Slip: the text with one, where it is, and what was meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from plan_rules.language.keywords import CONDITION_WORDS, KEYWORDS, VALUE_WORDS
from plan_rules.language.reader import read
from plan_rules.plan import Plan
from tests.mistakes.places import Place, places

ROOT = Path(__file__).parents[2]
FILES = {
    "bank": ROOT / "rules/plan.yaml",
    "hospital": ROOT / "examples/plans/hospital/plan.yaml",
    "property": ROOT / "examples/plans/property/plan.yaml",
    "telecom": ROOT / "examples/plans/telecom/plan.yaml",
}
WORDS = frozenset((*KEYWORDS, *CONDITION_WORDS, *VALUE_WORDS.values()))


@dataclass(frozen=True, slots=True)
class Slip:
    """A plan file with one slip in it.

    The first message must be on one of `lines` (from 1) and its help must hold one of the `remedies`.
    """

    kind: str
    draft: Draft
    what: str
    edits: Mapping[int, str | None]
    lines: range
    remedies: tuple[str, ...]

    @property
    def plan(self) -> str:
        """The name of the plan."""
        return self.draft.name

    @property
    def text(self) -> str:
        """The file with the slip."""
        written = (self.edits.get(number, line) for number, line in enumerate(self.draft.lines))
        return "\n".join(line for line in written if line is not None)


@dataclass(frozen=True)
class Draft:
    """A sound plan file."""

    name: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        """Its lines."""
        return self.text.split("\n")

    @cached_property
    def places(self) -> list[Place]:
        """Its words."""
        return places(self.text)

    @cached_property
    def uses(self) -> Counter[str]:
        """How often each word stands in it, also as part of a phrase."""
        return Counter(part for place in self.places for part in {place.word, *place.word.split()})

    @cached_property
    def plan(self) -> Plan:
        """The plan it holds."""
        found = read(self.text, "plan.yaml", FILES[self.name].parent).plan
        assert found is not None
        return found

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name and id that is declared, and every word of the language."""
        plan = self.plan
        labels = [
            *(thing.label for things in (plan.facts, plan.roles, plan.actions) for thing in things.values()),
            *(word for role in plan.roles.values() for word in role.also_called),
            *(tier.name for tier in plan.tiers.values()),
            *(principle.label for principle in plan.principles.values()),
            *(value.label for fact in plan.facts.values() for value in fact.values),
            *plan.situations,
            *plan.readings,
            *plan.clauses,
            *plan.sections,
            *plan.parties.values(),
        ]
        return frozenset(labels) | WORDS

    def slip(
        self,
        kind: str,
        what: str,
        edits: Mapping[int, str | None],
        remedies: Iterable[str],
        *,
        at: Iterable[int] = (),
    ) -> Slip:
        """The slip that `edits` make: what stands on a line (from 0) instead, None where nothing does.

        It must be reported on the lines edited, or on those in `at`.
        """
        right = sorted(at or edits)
        return Slip(kind, self, what, edits, range(right[0] + 1, right[-1] + 2), tuple(remedies))

    def instead(self, place: Place, word: str) -> dict[int, str]:
        """The edit that puts a word in place of another."""
        line = self.lines[place.line]
        return {place.line: line[: place.column] + word + line[place.column + len(place.word) :]}

    def entry(self, line: int) -> range:
        """The lines of the clause or other list item that a line is part of."""
        indent = next(
            (len(text) - len(text.lstrip()) for text in self.lines[line::-1] if text.lstrip().startswith("- 编号")), 0
        )
        first = next(number for number in range(line, -1, -1) if self.lines[number].startswith(" " * indent + "- "))
        last = next(
            number
            for number in range(line + 1, len(self.lines) + 1)
            if number == len(self.lines) or len(self.lines[number]) - len(self.lines[number].lstrip()) <= indent
        )
        return range(first, last)


def drafts() -> tuple[Draft, ...]:
    """The shipped plan, and those of the examples."""
    return tuple(Draft(name, path.read_text(encoding="utf-8")) for name, path in FILES.items())
