"""Meaning -> claims that no fact that gets worse, and no answer still missing, takes a protective duty away."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import combinations

from plan_rules.analysis.diagram import Points
from plan_rules.analysis.finding import Claim
from plan_rules.analysis.meaning import Meaning
from plan_rules.analysis.told import Told
from plan_rules.errors import Message, Severity
from plan_rules.fact import Fact
from plan_rules.plan import Action


def claims(meaning: Meaning) -> Iterator[Claim]:
    """Claims about each protective duty."""
    worse = [fact for fact in meaning.plan.facts.values() if fact.worse and fact.id in meaning.drawing.space.scales]
    for action in _protective(meaning):
        for fact in worse:
            yield _never_vanishes(meaning, action, fact)


def claims_as_told(told: Told) -> Iterator[Claim]:
    """Claims about each protective duty of incidents of which something is not known."""
    for action in _protective(told.meaning):
        yield _never_silently_lost(told, action)
        yield _never_withheld(told, action)


def _protective(meaning: Meaning) -> list[Action]:
    return [
        action for action in meaning.plan.actions.values() if action.protective and meaning.norms("duty", action.id)
    ]


# --------------------------------------------------------------------------- facts that get worse


def worsening(meaning: Meaning, asked: Points) -> Iterator[tuple[str, Points]]:
    """For each fact that can get worse: the incidents at which what is asked before it did is asked no more."""
    for fact in meaning.plan.facts.values():
        if fact.worse and fact.id in meaning.drawing.space.scales:
            yield fact.id, _lost_by(meaning, asked, fact)


def _lost_by(meaning: Meaning, asked: Points, fact: Fact) -> Points:
    diagram, possible = meaning.diagram, meaning.drawing.possible
    places = range(len(meaning.drawing.space.scales[fact.id].values))
    before = asked & possible
    return diagram.any(
        diagram.at(before, fact.id, better) & diagram.where(fact.id, (worse,)) & possible & ~asked
        for better, worse in combinations(places if fact.worse == "up" else reversed(places), 2)
    )


def _never_vanishes(meaning: Meaning, action: Action, fact: Fact) -> Claim:
    asking = meaning.norms("duty", action.id)
    return Claim(
        code="PF012",
        subject=f"{action.id}/{fact.id}",
        severity=Severity.WARNING,
        statement=Message(
            f"“{fact.label}”变坏, “{action.label}”不会少", f"`{action.id}` stays demanded as `{fact.id}` gets worse"
        ),
        defect=Message(
            f"“{fact.label}”变坏以后, 保护性的“{action.label}”反而不要求了",
            f"the protective `{action.id}` is no longer demanded once `{fact.id}` has got worse",
        ),
        help=Message(
            f"让要求“{action.label}”的条款在更坏时也适用; 原文如此的, 写进“认可”",
            f"let what demands `{action.id}` hold in the worse case too; accept it where the source says so",
        ),
        points=lambda: _lost_by(meaning, meaning.asked("duty", action.id), fact),
        clauses=tuple(dict.fromkeys(bound.clause.id for bound in asking)),
        span=asking[0].norm.span,
        related=fact.span,
        related_label=Message("变坏的事实", "the fact that gets worse"),
    )


# --------------------------------------------------------------------------- answers still missing


def _never_silently_lost(told: Told, action: Action) -> Claim:
    asking = told.meaning.norms("duty", action.id)
    return Claim(
        code="PF013",
        subject=action.id,
        severity=Severity.ERROR,
        statement=Message(
            f"有事实未知而没有要求“{action.label}”时, 总会指出要它的条款还缺哪一项",
            f"where an unknown fact keeps `{action.id}` from being demanded, the decision says what is missing",
        ),
        defect=Message(
            f"有事实未知时, 保护性的“{action.label}”不声不响地没有了: 例外的例外还定不下来",
            f"an unknown fact silently takes the protective `{action.id}` away: an exception to an exception is open",
        ),
        help=Message(
            "把例外的例外写进例外自己的“当”里, 未知时例外就不成立",
            "put the exception's exception into its own condition; while that is unknown the exception does not hold",
        ),
        points=partial(told.silently_lost, action.id),
        clauses=tuple(dict.fromkeys(bound.clause.id for bound in asking)),
        span=asking[0].norm.span,
    )


def _never_withheld(told: Told, action: Action) -> Claim:
    asking = told.meaning.norms("duty", action.id)
    return Claim(
        code="PF017",
        subject=action.id,
        severity=Severity.NOTE,
        statement=Message(
            f"无论未知的事实是什么都要“{action.label}”的, 现在就要求",
            f"`{action.id}` is demanded at once where it will be whatever the unknown facts are",
        ),
        defect=Message(
            f"无论未知的事实是什么, 都要“{action.label}”, 却要等问清楚才要求",
            f"`{action.id}` will be demanded whatever the unknown facts are, yet only once they are known",
        ),
        help=Message(
            f"加一条不看这些事实就要求“{action.label}”的条款; 原文分列的, 写进“认可”",
            f"add a clause that demands `{action.id}` without asking for them, or accept it",
        ),
        points=partial(told.withheld, action.id),
        clauses=tuple(dict.fromkeys(bound.clause.id for bound in asking)),
        span=asking[0].norm.span,
    )
