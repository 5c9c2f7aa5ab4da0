"""Plan -> its mutants: the plan with one small mistake in it, each of which scenarios ought to notice.

Conditions: a part negated, taken as always or as never true, `all` for `any`, a value more or less, a number moved by
one.  Clauses: another tier, an exception left out.  Norms: left out, asked for in another way, a bearer left out,
another time limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from plan_rules.analysis.parts import Part, own_condition, parts
from plan_rules.condition import ALWAYS, NEVER, All, AnyOf, Condition, Is, Not, TierIs, Within
from plan_rules.errors import Message
from plan_rules.norm import Norm, Term
from plan_rules.phrases import condition_phrase, modality_phrase, term_phrase, value_phrase
from plan_rules.plan import Clause, Plan


@dataclass(frozen=True, slots=True)
class Mutant:
    """A plan with one mistake.  `about` is the clause, section or situation it is in.

    `in_words` tells that it is in a situation or in what settles the tier, so that other conditions change with it;
    `in_norms` that it is in what follows, not in when.
    """

    number: int
    about: str
    mistake: Message
    plan: Plan
    in_words: bool = False
    in_norms: bool = False

    @property
    def name(self) -> str:
        """The name of the mutant among those of its plan."""
        return f"M{self.number:04}"


def mutants(plan: Plan) -> Iterator[Mutant]:
    """Every mutant of the plan, in a fixed order."""
    for number, (about, mistake, mutated, in_words, in_norms) in enumerate(_mutations(plan), 1):
        digest = f"{plan.digest}?mutant={number}"
        yield Mutant(number, about, mistake, replace(mutated, digest=digest), in_words, in_norms)


Mutation = tuple[str, Message, Plan, bool, bool]


def _mutations(plan: Plan) -> Iterator[Mutation]:
    for clause in plan.clauses.values():
        settles = clause.tier is not None
        for mistake, condition in _own_mistakes(plan, clause):
            changed = replace(clause, condition=condition)
            yield clause.id, mistake, _with_clauses(plan, {clause.id: changed}), settles, False
        for mistake, changed in _other_mistakes(plan, clause):
            in_norms = changed.tier == clause.tier
            yield clause.id, mistake, _with_clauses(plan, {clause.id: changed}), not in_norms, in_norms
    for section in plan.sections.values():
        for mistake, condition in _mistakes(plan, section.condition):
            yield section.id, mistake, _with_section(plan, section.id, condition), False, False
    for situation in plan.situations.values():
        for mistake, condition in _mistakes(plan, situation.condition):
            situations = {**plan.situations, situation.name: replace(situation, condition=condition)}
            yield situation.name, mistake, replace(plan, situations=situations), True, False


# --------------------------------------------------------------------------- whole plans


def _with_clauses(plan: Plan, changed: Mapping[str, Clause]) -> Plan:
    """The plan with some clauses changed; those that hold whenever others do follow them."""
    clauses = {**plan.clauses, **changed}
    following = [clause for clause in plan.clauses.values() if clause.serves and own_condition(plan, clause) == ALWAYS]
    for _ in following:  # one may follow another
        for clause in following:
            served = tuple(clauses[name].condition for name in clause.serves if name in clauses)
            clauses[clause.id] = replace(clauses[clause.id], condition=AnyOf(served))
    return replace(plan, clauses=clauses)


def _with_section(plan: Plan, name: str, condition: Condition) -> Plan:
    section = plan.sections[name]
    changed = {
        clause.id: replace(clause, condition=_swapped(clause.condition, section.condition, condition))
        for clause in plan.clauses.values()
        if clause.section == name
    }
    mutated = replace(plan, sections={**plan.sections, name: replace(section, condition=condition)})
    return _with_clauses(mutated, changed)


def _swapped(whole: Condition, scope: Condition, by: Condition) -> Condition:
    match whole:
        case All((first, own)) if first == scope:
            return All((by, own))
        case _:
            return by if whole == scope else whole


# --------------------------------------------------------------------------- conditions


def _own_mistakes(plan: Plan, clause: Clause) -> Iterator[tuple[Message, Condition]]:
    own = own_condition(plan, clause)
    if own == ALWAYS:
        return
    for mistake, condition in _mistakes(plan, own):
        yield mistake, condition if own == clause.condition else _beside(clause.condition, condition)


def _beside(whole: Condition, own: Condition) -> Condition:
    assert isinstance(whole, All)
    return All((whole.parts[0], own))


def _mistakes(plan: Plan, condition: Condition) -> Iterator[tuple[Message, Condition]]:
    """Every mistake in a condition."""
    if condition == ALWAYS:
        return
    if _compound(condition):
        yield _say(plan, condition, "“全部”与“任一”写反", "all for any"), _other_way(condition)
    for part in parts(condition):
        yield _say(plan, part.node, "写反", "negated"), part.replaced(Not(part.node))
        yield _say(plan, part.node, "漏写", "left out"), part.replaced(ALWAYS)
        yield _say(plan, part.node, "当作从不成立", "taken as never true"), part.replaced(NEVER)
        yield from _of_part(plan, part)


def _of_part(plan: Plan, part: Part) -> Iterator[tuple[Message, Condition]]:
    match part.node:
        case Is(fact, values) if len(plan.facts[fact].domain) > 2:
            for value in plan.facts[fact].domain:
                taken = tuple(each for each in plan.facts[fact].domain if (each in values) != (each == value))
                if taken:
                    yield (
                        _say(
                            plan,
                            part.node,
                            f"多写或漏写“{value_phrase(plan.facts[fact], value)}”",
                            f"`{value}` too many or missing",
                        ),
                        part.replaced(Is(fact, taken)),
                    )
        case Within(fact, low, high):
            for name, moved in _moved(plan, fact, low, high):
                yield _say(plan, part.node, name, name), part.replaced(moved)
        case TierIs(tiers):
            for tier in plan.tiers:
                kept = tuple(each for each in plan.tiers if (each in tiers) != (each == tier))
                if kept:
                    label = plan.tiers[tier].name or tier
                    yield (
                        _say(plan, part.node, f"多写或漏写“{label}”", f"`{tier}` too many or missing"),
                        part.replaced(TierIs(kept)),
                    )
        case node if _compound(node):
            yield _say(plan, node, "“全部”与“任一”写反", "all for any"), part.replaced(_other_way(node))


def _compound(node: Condition) -> bool:
    return isinstance(node, All | AnyOf) and len(node.parts) > 1


def _other_way(node: Condition) -> Condition:
    assert isinstance(node, All | AnyOf)
    return AnyOf(node.parts) if isinstance(node, All) else All(node.parts)


def _moved(plan: Plan, fact: str, low: int | None, high: int | None) -> Iterator[tuple[str, Within]]:
    bounds = plan.facts[fact]
    for step in (-1, 1):
        if low is not None and bounds.low <= low + step <= bounds.high:
            yield (
                f"{low} → {low + step}",
                Within(fact, low + step, high if high is None or high >= low + step else low + step),
            )
        if high is not None and high != low and bounds.low <= high + step <= bounds.high:
            yield f"{high} → {high + step}", Within(fact, low, high + step)


def _say(plan: Plan, node: Condition, zh: str, en: str) -> Message:
    return Message(f"{condition_phrase(node, plan)} {zh}", f"{condition_phrase(node, plan, 'en')} {en}")


# --------------------------------------------------------------------------- what follows


_LATER = {Term.IMMEDIATE: Term.PROMPT, Term.PROMPT: Term.IMMEDIATE}
_OTHER_WAY = {"duty": "permission", "prohibition": "permission", "permission": "duty"}


def _other_mistakes(plan: Plan, clause: Clause) -> Iterator[tuple[Message, Clause]]:
    if clause.tier is not None:
        for tier in plan.tiers.values():
            if tier.id != clause.tier:
                label = tier.name or tier.label
                yield Message(f"误定为“{label}”", f"assigns `{tier.id}`"), replace(clause, tier=tier.id)
    for index, exemption in enumerate(clause.exemptions):
        rest = (*clause.exemptions[:index], *clause.exemptions[index + 1 :])
        yield (
            Message(f"漏写例外于 {exemption.clause}", f"no exception to `{exemption.clause}`"),
            replace(clause, exemptions=rest),
        )
    for index, norm in enumerate(clause.norms):
        yield from _of_norm(plan, clause, index, norm)


def _of_norm(plan: Plan, clause: Clause, index: int, norm: Norm) -> Iterator[tuple[Message, Clause]]:
    label = plan.actions[norm.action].label

    def changed(*instead: Norm) -> Clause:
        return replace(clause, norms=(*clause.norms[:index], *instead, *clause.norms[index + 1 :]))

    yield Message(f"漏写“{label}”", f"`{norm.action}` left out"), changed()
    other = _OTHER_WAY[norm.modality]
    yield (
        Message(f"“{label}”写成“{modality_phrase(other, 'zh')}”", f"`{norm.action}` written as {other}"),
        changed(replace(norm, modality=other)),
    )
    for role in norm.bearers.roles:
        if len(norm.bearers.roles) > 1:
            name = plan.roles[role].label if role in plan.roles else role
            yield (
                Message(f"“{label}”漏写责任人“{name}”", f"`{norm.action}` without `{role}`"),
                changed(_without(norm, role)),
            )
    for said, limited in _limits(norm):
        yield Message(f"“{label}”的时限误写为“{said.zh}”", f"limit of `{norm.action}`: {said.en}"), changed(limited)
    for mistake, condition in _mistakes(plan, norm.condition):
        yield (
            Message(f"“{label}”: {mistake.zh}", f"`{norm.action}`: {mistake.en}"),
            changed(replace(norm, condition=condition)),
        )


def _without(norm: Norm, role: str) -> Norm:
    groups = tuple(
        replace(group, roles=tuple(name for name in group.roles if name != role)) for group in norm.bearers.groups
    )
    return replace(norm, bearers=replace(norm.bearers, groups=tuple(group for group in groups if group.roles)))


def _limits(norm: Norm) -> Iterator[tuple[Message, Norm]]:
    limit = norm.limit
    if limit is None:
        return
    if limit.amount is not None:
        for amount in (limit.amount - 1, limit.amount + 1):
            if amount > 0:
                said = Message(f"{amount}{term_phrase(limit.term, 'zh')}", f"{amount} {term_phrase(limit.term, 'en')}")
                yield said, replace(norm, limit=replace(limit, amount=amount))
    elif limit.term in _LATER:
        term = _LATER[limit.term]
        said = Message(term_phrase(term, "zh"), term_phrase(term, "en"))
        yield said, replace(norm, limit=replace(limit, term=term))
