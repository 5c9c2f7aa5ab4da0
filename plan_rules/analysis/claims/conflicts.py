"""Meaning -> claims that nobody must do what he must not, and that no two demands exclude each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial
from itertools import combinations, product

from plan_rules.analysis.bound import Bound
from plan_rules.analysis.diagram import Points
from plan_rules.analysis.finding import Claim
from plan_rules.analysis.meaning import Meaning
from plan_rules.errors import Message, Severity
from plan_rules.layer import Authority
from plan_rules.layer_answers import Side
from plan_rules.layered import side
from plan_rules.phrases import modality_phrase
from plan_rules.plan import Action, Plan


def claims(meaning: Meaning) -> Iterator[Claim]:
    """Claims about pairs of norms."""
    for action in meaning.plan.actions.values():
        forbidding = meaning.norms("prohibition", action.id)
        for modality in ("duty", "permission"):
            for asking, forbidden in product(meaning.norms(modality, action.id), forbidding):
                if _layers_apart(asking, forbidden) or bound_by_both(meaning.plan, asking, forbidden):
                    yield _no_conflict(meaning, action, asking, forbidden)
    for one, other in _exclusive(meaning.plan):
        for first, second in product(_asked(meaning, one), _asked(meaning, other)):
            yield _not_both(one, other, first, second)


def _layers_apart(asking: Bound, forbidden: Bound) -> bool:
    """Are they of two layers, and some who must act not excepted?

    Whom a rule of another layer binds is seldom said in the plan's words (the bank, its staff), so that two layers
    conflict whoever is named, until somebody says which prevails.
    """
    apart = asking.clause.layer != forbidden.clause.layer
    return apart and not {*asking.norm.bearers.roles} <= {*forbidden.norm.bearers.excepted}


def _asked(meaning: Meaning, action: Action) -> tuple[Bound, ...]:
    return meaning.norms("duty", action.id)


# --------------------------------------------------------------------------- what must and must not be done


def bound_by_both(plan: Plan, one: Bound, other: Bound) -> tuple[str, ...]:
    """The roles that both norms bind: the same people, or a role and a group that it belongs to."""
    first = {role: _wider(plan, role) for role in one.norm.bearers.roles}
    second = {role: _wider(plan, role) for role in other.norm.bearers.roles}
    excepted = {*one.norm.bearers.excepted, *other.norm.bearers.excepted}
    narrower = (
        here if there in first[here] else there
        for here, there in product(first, second)
        if there in first[here] or here in second[there]
    )
    return tuple(role for role in dict.fromkeys(narrower) if role not in excepted)


def _wider(plan: Plan, role: str) -> frozenset[str]:
    """The role, the groups it belongs to at any remove, and other names for it under some reading."""
    found: set[str] = set()
    pending = [role]
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += plan.roles[name].member_of if name in plan.roles else ()
            pending += [alias.same_as for alias in plan.aliases if alias.role == name]
            pending += [alias.role for alias in plan.aliases if alias.same_as == name]
    return frozenset(found)


def _no_conflict(meaning: Meaning, action: Action, asking: Bound, forbidden: Bound) -> Claim:
    if asking.clause.layer != forbidden.clause.layer:
        return _resolved(meaning.plan, action, asking, forbidden)
    one, other = asking.clause.id, forbidden.clause.id
    said = [modality_phrase(asking.norm.modality, lang) for lang in ("zh", "en")]
    roles = "、".join(_labels(meaning.plan, bound_by_both(meaning.plan, asking, forbidden)))
    return Claim(
        code="PF005",
        subject=f"{one}#{asking.index}+{other}#{forbidden.index}",
        severity=Severity.ERROR,
        statement=Message(
            f"“{one}”与“{other}”不会对“{action.label}”又准又不准",
            f"`{one}` and `{other}` never both ask for and forbid `{action.id}`",
        ),
        defect=Message(
            f"“{one}”说{said[0]}“{action.label}”, “{other}”说不得, {'都' if one == other else '两条会同时'}管着{roles}",
            f"`{one}` says {said[1]} `{action.id}`, `{other}` says must not, of the same people at once",
        ),
        help=_put_right(one, other, action),
        points=partial(_together, asking, forbidden),
        clauses=(one, other),
        span=asking.norm.span,
        related=forbidden.norm.span,
        related_label=Message(f"不得: {action.label}", f"must not: {action.id}"),
    )


def _put_right(one: str, other: str, action: Action) -> Message:
    """What to do where `one` asks for an action and `other`, which may be the same clause, forbids it."""
    if one == other:
        return Message(
            f"在“{one}”里两项只留一项; 各在不同情况下成立的, 分成两条, 在“当”里写明",
            f"keep one of the two in `{one}`; where each holds at other times, make two clauses with their conditions",
        )
    return Message(
        f"以“{other}”为准的, 在“{other}”写“例外于: {one}”“免除: [{action.label}]”; 反过来也一样; 或在“当”里错开",
        f"where `{other}` prevails write `exception_to: {one}` and `waives: [{action.id}]` in it, or the reverse;"
        " or keep their conditions apart",
    )


def _resolved(plan: Plan, action: Action, asking: Bound, forbidden: Bound) -> Claim:
    """Of two layers' norms that cannot both hold, some file says which prevails."""
    one, other = side(plan, asking.clause, asking.norm.modality), side(plan, forbidden.clause, "prohibition")
    said = [modality_phrase(asking.norm.modality, lang) for lang in ("zh", "en")]
    mine, theirs = Authority(one.authority), Authority(other.authority)
    winner, loser = (one, other) if mine.rank >= theirs.rank else (other, one)
    return Claim(
        code="OV010",
        subject=f"{one.clause}#{asking.index}+{other.clause}#{forbidden.index}",
        severity=Severity.ERROR,
        statement=Message(
            f"“{one.clause}”与“{other.clause}”对“{action.label}”的冲突已有裁决",
            f"the conflict of `{one.clause}` and `{other.clause}` about `{action.id}` is resolved",
        ),
        defect=Message(
            f"“{one.clause}”({_standing(one)})说{said[0]}“{action.label}”,"
            f" “{other.clause}”({_standing(other)})说不得, 没有裁决",
            f"`{one.clause}` ({mine.value}) says {said[1]} `{action.id}`, `{other.clause}` ({theirs.value}) says"
            " must not, and nothing says which prevails",
        ),
        help=Message(
            f"在叠加文件里写“裁决: [{{胜: {winner.clause}, 负: {loser.clause}, 动作: [{action.label}],"
            " 理由: …, 决定: …}]”",
            f"write `resolutions: [{{winner: {winner.clause}, loser: {loser.clause}, actions: [{action.id}], reason: …,"
            " decided_by: …}]` in an overlay",
        ),
        points=partial(_together, asking, forbidden),
        clauses=(one.clause, other.clause),
        span=asking.norm.span,
        related=forbidden.norm.span,
        related_label=Message(f"不得: {action.label}", f"must not: {action.id}"),
    )


def _standing(side: Side) -> str:
    """`行政法规, 征信业管理条例第25条`; of a clause of the plan, `本行, 预案`."""
    authority = Authority(side.authority)
    return f"{authority.label}, {'预案' if authority is Authority.BANK else side.instrument + side.article}"


def _labels(plan: Plan, roles: Iterable[str]) -> list[str]:
    return [plan.roles[role].label if role in plan.roles else role for role in roles]


def _together(one: Bound, other: Bound) -> Points:
    return one.where & other.where


# --------------------------------------------------------------------------- what cannot be done besides


def _exclusive(plan: Plan) -> Iterator[tuple[Action, Action]]:
    for one, other in combinations(plan.actions.values(), 2):
        if other.id in one.excludes or one.id in other.excludes:
            yield one, other


def _not_both(one: Action, other: Action, first: Bound, second: Bound) -> Claim:
    return Claim(
        code="PF006",
        subject=f"{first.clause.id}#{first.index}+{second.clause.id}#{second.index}",
        severity=Severity.ERROR,
        statement=Message(
            f"“{first.clause.id}”的“{one.label}”与“{second.clause.id}”的“{other.label}”不会同时要求",
            f"`{one.id}` of `{first.clause.id}` and `{other.id}` of `{second.clause.id}` are never both demanded",
        ),
        defect=Message(
            f"“{one.label}”与“{other.label}”互斥, 却会同时要求: “{first.clause.id}”与“{second.clause.id}”",
            f"`{one.id}` and `{other.id}` exclude each other, yet both are demanded:"
            f" `{first.clause.id}` and `{second.clause.id}`",
        ),
        help=Message(
            "在两条的“当”里错开, 或写明哪一条是例外",
            "keep their conditions apart, or make one an exception to the other",
        ),
        points=partial(_together, first, second),
        clauses=(first.clause.id, second.clause.id),
        span=first.norm.span,
        related=second.norm.span,
        related_label=Message("同时要求的另一项", "the other demand"),
    )
