"""Two plans -> the Edits between their texts, by what each is about; whether a rule or only words were edited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from plan_rules.condition import Condition
from plan_rules.fact import Fact
from plan_rules.plan import Alias, Deputy, FormField, Plan, Reading, Remark

_WORDS = (
    *("label", "note", "text", "scraped", "question", "topic", "origin", "reason", "decided_by", "name"),
    *("unit", "organisation", "also_called", "purpose", "version"),
)
_PLACES = ("span",)


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit.  `kind` is clause, fact, action, ...; `what` is added, removed, wording, rule, chosen or default.

    Only wording leaves every decision as it was, whatever else is edited.
    """

    kind: str
    subject: str
    what: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class _Head:
    """What a plan says of itself."""

    name: str
    version: str
    purpose: str
    id: str
    scope: Condition
    highest_tier: bool
    smaller_is_worse: bool


@dataclass(frozen=True, slots=True)
class _Labelled:
    """What has a name and nothing more."""

    label: str


def edits_between(old: Plan, new: Plan) -> tuple[Edit, ...]:
    """Every edit, kind by kind in the order of the plans."""
    return tuple(edit for kind, before, after in _things(old, new) for edit in _edits(kind, before, after))


def _things(old: Plan, new: Plan) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    yield "plan", {old.id: _head(old)}, {old.id: _head(new)}
    yield "fact", old.facts, new.facts
    yield "action", old.actions, new.actions
    yield "role", old.roles, new.roles
    yield "tier", old.tiers, new.tiers
    yield "situation", old.situations, new.situations
    yield "reading", old.readings, new.readings
    yield "principle", old.principles, new.principles
    yield "section", old.sections, new.sections
    yield "clause", old.clauses, new.clauses
    for kind in ("presumptions", "impossibles", "notices", "invariants"):
        before, after = ({item.id: item for item in getattr(plan, kind)} for plan in (old, new))
        yield kind.removesuffix("s"), before, after
    accepted = ({f"{each.finding} {', '.join(each.about)}": each for each in plan.acceptances} for plan in (old, new))
    yield "acceptance", next(accepted), next(accepted)
    yield "personal", old.case.personal, new.case.personal
    ladders = ({str(rung.after_days): rung for rung in plan.case.ladder} for plan in (old, new))
    yield "rung", next(ladders), next(ladders)
    for kind, name in (("alias", "aliases"), ("deputy", "deputies")):
        before, after = (_by_whom(getattr(plan, name)) for plan in (old, new))
        yield kind, before, after
    parties = ({id_: _Labelled(label) for id_, label in plan.parties.items()} for plan in (old, new))
    yield "party", next(parties), next(parties)
    yield "form", old.forms, new.forms
    remarks = ({each.id: each for each in plan.remarks} for plan in (old, new))
    yield "remark", next(remarks), next(remarks)
    rest = ({"case": replace(plan.case, personal={}, ladder=())} for plan in (old, new))
    yield "case", next(rest), next(rest)


def _head(plan: Plan) -> _Head:
    smaller = any(tier.smaller_is_worse for tier in plan.tiers.values())
    return _Head(plan.name, plan.version, plan.purpose, plan.id, plan.scope, plan.highest_tier, smaller)


def _by_whom(things: Sequence[Alias | Deputy]) -> dict[str, Alias | Deputy]:
    """What is listed without ids, by whom it is about; of those alike the second and others with their number."""
    found: dict[str, Alias | Deputy] = {}
    for each in things:
        name = _listed(each)
        alike = sum(known.partition(" #")[0] == name for known in found)
        found[f"{name} #{alike + 1}" if alike else name] = each
    return found


def _listed(each: Alias | Deputy) -> str:
    """What is listed without an id, by whom it is about and under which readings."""
    under = (each.under,) if isinstance(each, Alias) else each.under
    chosen = ", ".join(f"{choice.reading}={'/'.join(choice.options)}" for choice in under)
    return f"{each.role if isinstance(each, Alias) else each.deputy}{f' ({chosen})' if chosen else ''}"


def _edits(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Edit]:
    for name in dict.fromkeys((*before, *after)):
        if name not in after:
            yield Edit(kind, name, "removed")
        elif name not in before:
            yield Edit(kind, name, "added")
        else:
            yield from _edited(kind, name, before[name], after[name])


def _edited(kind: str, name: str, before: Any, after: Any) -> Iterator[Edit]:
    words = [field.name for field in fields(before) if field.name in _WORDS]
    read = [(str(getattr(before, word)), str(getattr(after, word))) for word in words]
    differing = [pair for pair in read if pair[0] != pair[1]]
    if isinstance(before, Remark) and not differing and before.clauses != after.clauses:
        differing = [(", ".join(before.clauses), ", ".join(after.clauses))]
    if differing:
        yield Edit(kind, name, "wording", *differing[0])
    if isinstance(before, Remark):
        return  # nothing rests on it
    match before, after:
        case Reading(), Reading() if before.chosen != after.chosen:
            yield Edit(kind, name, "chosen", before.chosen, after.chosen)
        case Fact(), Fact() if before.default != after.default:
            yield Edit(kind, name, "default", str(before.default), str(after.default))
        case _:
            pass
    if _rule(before) != _rule(after):
        yield Edit(kind, name, "rule")


def _rule(thing: Any) -> object:
    """What a thing rules: all of it but words and places, and what an edit of its own tells."""
    left_out = (*_WORDS, *_PLACES, "chosen", "default", "carries", "inferred")
    if isinstance(thing, tuple):
        return tuple(_rule(each) for each in thing)
    if isinstance(thing, FormField):
        return thing.fact.label, _rule(thing.fact), _rule(thing.mandatory), thing.text
    if isinstance(thing, Mapping):
        return tuple((name, _rule(each)) for name, each in thing.items())
    if not hasattr(thing, "__dataclass_fields__"):
        return thing
    kept = (field.name for field in fields(thing) if field.name not in left_out)
    return type(thing).__name__, *(_rule(getattr(thing, name)) for name in kept)
