"""Plan -> cards for the pocket (应急处置卡): by tier and role, A5, at most seven lines a side, nothing left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from plan_rules.display_width import width
from plan_rules.documents.bearing import Capacity
from plan_rules.documents.conduct import superiors
from plan_rules.documents.content import Stamp, stamp
from plan_rules.documents.demands import Demand, Demands
from plan_rules.documents.html import rendered
from plan_rules.documents.roles import capacity_words
from plan_rules.documents.sentence import modality_words, waiting_words
from plan_rules.phrases import tier_phrase
from plan_rules.plan import Plan, Tier

MOST_LINES = 7  # a side
LINE = 43  # columns of a line: 22 characters of 15 points, less what a bracket may not begin
PHONE = "☎________"
_NAMELESS = (Capacity.ITSELF, Capacity.MEMBER)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing to do, or not to do: `lead` is said first and seen first, `lines` how many lines it takes."""

    kind: str  # "duty" | "permission" | "prohibition"
    lead: str
    words: str
    clauses: str
    action: str

    @property
    def lines(self) -> int:
        """How many lines it takes on a card."""
        return max(1, -(-width(f"{self.lead} {self.words} {self.clauses}".strip()) // LINE))


@dataclass(frozen=True, slots=True)
class Card:
    """A card: two sides.  `look` is 0 for the least tier, 2 for the highest and 1 between; `signs` counts up to it."""

    tier: str
    label: str
    look: int
    signs: str
    role: str
    when: str
    number: int
    of: int
    sides: tuple[tuple[Line, ...], tuple[Line, ...]]


@dataclass(frozen=True, slots=True)
class Deck:
    """All cards."""

    title: str
    stamp: Stamp
    cards: tuple[Card, ...]


def deck(plan: Plan, tiers: Sequence[str] = (), roles: Sequence[str] = ()) -> Deck:
    """The cards of these tiers and roles (ids); of all of them where none is named.  Raises OutOfBudget."""
    demands = Demands(plan)
    ranked = sorted(plan.tiers.values(), key=lambda tier: tier.severity)
    cards = tuple(
        card
        for tier in ranked
        if not tiers or tier.id in tiers
        for role in plan.roles
        if not roles or role in roles
        for card in _cards(tier, role, demands, ranked)
    )
    return Deck("应急处置卡", stamp(plan), cards)


def as_html(cards: Deck) -> str:
    """A page a side, front and back in turn."""
    return rendered("cards.html", deck=cards)


def _cards(tier: Tier, role: str, demands: Demands, ranked: Sequence[Tier]) -> Iterator[Card]:
    plan = demands.plan
    asked = demands.of(tier.id, role)
    lines = [_line(each, role, plan) for each in sorted(asked, key=_part)]
    sides = list(_sides(lines))
    pairs = [(sides[at], sides[at + 1] if at + 1 < len(sides) else ()) for at in range(0, len(sides), 2)]
    place = ranked.index(tier)
    for number, pair in enumerate(pairs, 1):
        yield Card(
            tier=tier_phrase(tier, "zh"),
            label=tier.label,
            look=2 if tier is ranked[-1] else 1 if place else 0,
            signs="▲" * (place + 1),
            role=plan.roles[role].label,
            when=demands.tier_when(tier.id),
            number=number,
            of=len(pairs),
            sides=pair,
        )


def _part(demand: Demand) -> int:
    """What is the tier's own comes first, then what is forbidden, then what may come up in every tier."""
    match demand.modality:
        case "duty":
            return 0 if demand.at_once or demand.proper else 2
        case "prohibition":
            return 1
        case _:
            return 3


def _sides(lines: Iterable[Line]) -> Iterator[tuple[Line, ...]]:
    side: list[Line] = []
    for line in (part for each in lines for part in _pieces(each)):
        if side and sum(each.lines for each in side) + line.lines > MOST_LINES:
            yield tuple(side)
            side = []
        side.append(line)
    if side:
        yield tuple(side)


def _pieces(line: Line) -> Iterator[Line]:
    """The line, in parts where one side cannot hold it."""
    if line.lines <= MOST_LINES:
        yield line
        return
    size = MOST_LINES * LINE // 2 - len(line.lead) - 2
    for start in range(0, len(line.words), size):
        lead = line.lead if start == 0 else f"{line.lead}(续)"
        yield Line(line.kind, lead, line.words[start : start + size], line.clauses, line.action)


def _line(demand: Demand, role: str, plan: Plan) -> Line:
    label = plan.actions[demand.action].label
    when = f"{demand.when}: " if demand.when else ""
    clauses = demand.clauses[0] + ("等" if len(demand.clauses) > 1 else "")
    marks = f"{'◇' if _in_turn(demand, role) else ''}{_capacity(demand, plan)}"
    if demand.norms and all(norm.waits or norm.form for norm in demand.norms):
        label += f"({waiting_words(demand.norms[0], plan)})"
    match demand.modality:
        case "prohibition":
            return Line("prohibition", "", f"✕ {when}{marks}{label}{_instead(demand, plan)}", clauses, demand.action)
        case _ if all(norm.discretion or norm.approvals for norm in demand.norms):
            return Line("permission", modality_words(demand.norms[0]), f"{when}{marks}{label}", clauses, demand.action)
        case "permission":
            return Line("permission", "可以", f"{when}{marks}{label}", clauses, demand.action)
        case _:
            lead, limit = (demand.limit.text, "") if demand.at_once and demand.limit else ("", _limit(demand, label))
            words = f"{when}{marks}{label}{limit}{_phones(demand, plan)}"
            return Line("duty", lead, words, clauses, demand.action)


def _limit(demand: Demand, label: str) -> str:
    """The time limit, unless the action says it already."""
    text = demand.limit.text if demand.limit else ""
    return f" · {text}" if text and not label.startswith(text[:2]) else ""


def _capacity(demand: Demand, plan: Plan) -> str:
    return "" if demand.bears.capacity in _NAMELESS else f"[{capacity_words(demand.bears, plan)}] "


def _in_turn(demand: Demand, role: str) -> bool:
    """Does the role act only where those named before it are not there?"""
    return any(
        group.choice == "first_available" and role in group.roles[1:]
        for norm in demand.norms
        for group in norm.bearers.groups
    )


def _instead(demand: Demand, plan: Plan) -> str:
    named = dict.fromkeys(action for norm in demand.norms for action in norm.instead)
    if named:
        return f" → {'、'.join(plan.actions[action].label for action in named)}"
    asked = dict.fromkeys(role for norm in demand.norms for role in superiors(norm, plan))
    return f" → 先请示{'、'.join(plan.roles[role].label for role in asked) or '现场负责的人'}"


def _phones(demand: Demand, plan: Plan) -> str:
    """Somebody is told: who, with room for the number.  A fact records when that was done."""
    parties = (
        party
        for norm in demand.norms
        if norm.done_by is not None and norm.recipient
        for party in norm.recipient.parties
        if party in plan.roles
    )
    return "".join(f" {plan.roles[party].label}{PHONE}" for party in dict.fromkeys(parties))
