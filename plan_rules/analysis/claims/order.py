"""Meaning -> claims that the order of acting does not contradict itself, and that deadlines leave time for it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import product

from plan_rules.analysis.bound import Bound
from plan_rules.analysis.diagram import Points
from plan_rules.analysis.finding import Claim
from plan_rules.analysis.meaning import Meaning
from plan_rules.errors import Message, Severity
from plan_rules.norm import Term, TimeLimit
from plan_rules.plan import Action

_MINUTES = {Term.MINUTES: 1, Term.HOURS: 60}
_DAY = 24 * 60
_SHORTEST = {Term.NATURAL_DAYS: 1, Term.WORKING_DAYS: 1, Term.WEEKS: 7, Term.MONTHS: 28, Term.YEARS: 365}  # in days
_LONGEST = {Term.NATURAL_DAYS: 1, Term.WEEKS: 7, Term.MONTHS: 31, Term.YEARS: 366}
_MONTHS = {Term.MONTHS: 1, Term.YEARS: 12}
_PHASE = {Term.STANDING: 0, Term.BEFOREHAND: 1, Term.IMMEDIATE: 2, Term.DURING: 2, Term.PROMPT: 2, Term.AFTERWARDS: 3}


def claims(meaning: Meaning) -> Iterator[Claim]:
    """Claims about pairs of duties of which one must come first."""
    for later in meaning.plan.actions.values():
        for earlier, where in _before(meaning, later).items():
            for first, then in product(meaning.norms("duty", earlier), meaning.norms("duty", later.id)):
                if first.norm.step and then.norm.step:
                    yield _no_contradiction(meaning, first, then, where)
                if first.norm.limit and then.norm.limit:
                    yield _time_enough(meaning, first, then, where)


def _before(meaning: Meaning, action: Action) -> dict[str, Points]:
    """The actions that must come first, at any remove, and where: what is not due in between need not be waited for."""
    found: dict[str, Points] = {}
    pending = [(name, meaning.diagram.everything) for name in action.after]
    while pending:
        name, where = pending.pop(0)
        if name == action.id or name not in meaning.plan.actions:
            continue
        if name in found and where & ~found[name] == meaning.diagram.nothing:
            continue
        found[name] = found.get(name, meaning.diagram.nothing) | where
        through = where & meaning.asked("duty", name)
        pending += [(further, through) for further in meaning.plan.actions[name].after]
    return found


def _all_due(first: Bound, then: Bound, where: Points) -> Points:
    return first.where & then.where & where


def _no_contradiction(meaning: Meaning, first: Bound, then: Bound, where: Points) -> Claim:
    plan = meaning.plan
    one, two = plan.actions[first.norm.action], plan.actions[then.norm.action]
    before, after = first.norm.step, then.norm.step
    assert before is not None and after is not None
    contradicts = (after.stage, after.number) < (before.stage, before.number)
    return Claim(
        code="PF007",
        subject=_subject(first, then),
        severity=Severity.ERROR,
        statement=Message(f"“{one.label}”先于“{two.label}”, 次序不矛盾", f"`{one.id}` can come before `{two.id}`"),
        defect=Message(
            f"“{two.label}”须先“{one.label}”, 次序却把它排在前面"
            f"({after.track}-{after.number} 先于 {before.track}-{before.number})",
            f"`{two.id}` must wait for `{one.id}`, yet its step comes first"
            f" ({after.track}-{after.number} before {before.track}-{before.number})",
        ),
        help=Message("改正“次序”, 或去掉“须先”", "mend `step`, or drop `after`"),
        points=partial(_all_due, first, then, where) if contradicts else _nowhere(meaning),
        clauses=(first.clause.id, then.clause.id),
        span=then.norm.span,
        related=first.norm.span,
        related_label=Message("须先的一项", "what must come first"),
    )


def _time_enough(meaning: Meaning, first: Bound, then: Bound, where: Points) -> Claim:
    plan = meaning.plan
    one, two = plan.actions[first.norm.action], plan.actions[then.norm.action]
    before, after = first.norm.limit, then.norm.limit
    assert before is not None and after is not None
    return Claim(
        code="PF008",
        subject=_subject(first, then),
        severity=Severity.ERROR,
        statement=Message(
            f"“{two.label}”的时限容得下须先的“{one.label}”", f"the deadline of `{two.id}` leaves time for `{one.id}`"
        ),
        defect=Message(
            f"“{two.label}”的时限是“{after.text}”, 须先的“{one.label}”到“{before.text}”才到期, 按期完成不了",
            f"`{two.id}` is due `{after.text}`, but `{one.id}`, which must come first, only `{before.text}`",
        ),
        help=Message(
            "放宽前者的时限, 收紧后者的时限, 或去掉“须先”", "loosen one limit, tighten the other, or drop `after`"
        ),
        points=partial(_all_due, first, then, where) if _too_soon(after, before) else _nowhere(meaning),
        clauses=(first.clause.id, then.clause.id),
        span=then.norm.span,
        related=first.norm.span,
        related_label=Message("须先的一项", "what must come first"),
    )


def _too_soon(limit: TimeLimit, before: TimeLimit) -> bool:
    """Is `limit` up before `before` is, whenever things happen?

    Counted limits are compared where one clock starts both; a phase of the incident is compared with a phase.
    """
    if limit.amount is not None and before.amount is not None:
        return limit.start == before.start and _ends_sooner(limit, before)
    if limit.term is Term.IMMEDIATE and before.amount is not None:
        return True
    if limit.term in _PHASE and before.term in _PHASE:
        return _PHASE[limit.term] < _PHASE[before.term]
    return False


def _ends_sooner(limit: TimeLimit, before: TimeLimit) -> bool:
    """Does the one end before the other wherever in a day and a week the clock starts?

    N natural days end at 24:00, so they take from N to N + 1 times 24 hours, and longer where the clock starts after
    a cut-off; N working days take that or longer, a month 28 to 31 days.
    """
    assert limit.amount is not None and before.amount is not None
    if before.term in _MINUTES:
        earliest = before.amount * _MINUTES[before.term]
    elif limit.term in _MINUTES:
        earliest = before.amount * _SHORTEST[before.term] * _DAY + _put_off(before)
    else:
        return _fewer_days(limit, before)
    if limit.term in _MINUTES:
        return limit.amount * _MINUTES[limit.term] < earliest
    surely = limit.term in _LONGEST and not limit.roll
    return surely and (limit.amount * _LONGEST[limit.term] + 1) * _DAY + _put_off(limit) <= earliest


def _fewer_days(limit: TimeLimit, before: TimeLimit) -> bool:
    """Is the last day of the one before that of the other, on whatever day both clocks start?"""
    assert limit.amount is not None and before.amount is not None
    if limit.term is before.term is Term.WORKING_DAYS:
        return limit.amount + _later(limit, before) < before.amount
    if limit.term not in _LONGEST or limit.roll:
        return False
    if limit.term in _MONTHS and before.term in _MONTHS and not _later(limit, before):
        return limit.amount * _MONTHS[limit.term] < before.amount * _MONTHS[before.term]
    return limit.amount * _LONGEST[limit.term] + _later(limit, before) < before.amount * _SHORTEST[before.term]


def _later(limit: TimeLimit, before: TimeLimit) -> int:
    """The most days by which a cut-off puts the one off where it does not put the other off."""
    if limit.cutoff is None or (before.cutoff is not None and before.cutoff <= limit.cutoff):
        return 0
    return 1


def _put_off(limit: TimeLimit) -> int:
    """The minutes of a day that are after the cut-off: by so many both bounds of what the limit takes are longer."""
    return _DAY - limit.cutoff.hour * 60 - limit.cutoff.minute if limit.cutoff is not None else 0


def _subject(first: Bound, then: Bound) -> str:
    return f"{first.clause.id}#{first.index}+{then.clause.id}#{then.index}"


def _nowhere(meaning: Meaning) -> partial[Points]:
    return partial(meaning.diagram.any, ())
