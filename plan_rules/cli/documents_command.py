"""`plan-rules document` and `documents`: papers to print, fill in and sign, one of them or all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from plan_rules import loading
from plan_rules.cli import output
from plan_rules.cli.comparing_command import named_plan
from plan_rules.cli.file_name import file_name
from plan_rules.cli.findings import day_of
from plan_rules.cli.inputs import facts_of, plan_of, refused
from plan_rules.cli.stop import BAD_INPUT, OK, Stop
from plan_rules.cli.testing_command import scenarios_of
from plan_rules.documents.catalogue import KINDS, Kind, Material, Paper, set_as
from plan_rules.documents.extra import PdfUnavailable
from plan_rules.errors import FactsInvalid, Message, ToldError
from plan_rules.plan import Plan
from plan_rules.scenarios import Scenario

_TRIES_SCENARIOS = ("matrix", "readings", "drill", "compliance")
_OF_FACTS = ("phone", "accountability")
_OF_NAMES = ("cards", "drill", "forms")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which paper, of what, and how it is set.  `about` are plans, facts, tiers and roles, scenarios, forms by kind."""

    kind: str = ""
    about: Sequence[str] = ()
    plan: str | None = None
    scenarios: Sequence[str] = ()
    form: str | None = None
    to: str = ""
    day: str | None = None
    lang: str = "zh"
    overlays: Sequence[str] = ()


def document(asked: Asked) -> int:
    """Write the papers of one kind: to the file named or, where there are several, beside it."""
    kind = KINDS.get(asked.kind)
    if kind is None:
        known = "、".join(f"{each.key}({each.title})" for each in KINDS.values())
        raise _stop("usage", f"没有“{asked.kind[:20]}”这种文件; 可写: {known}", f"known kinds: {', '.join(KINDS)}")
    form = _form(asked, kind)
    try:
        papers = list(kind.build(_material(kind, asked)))
        if not papers:
            raise _stop("nothing_to_write", f"没有可写的{kind.title}", f"nothing to write for `{kind.key}`")
        for name, paper in papers:
            to = Path(asked.to)
            _write(set_as(paper, form), to if len(papers) == 1 else to.with_stem(f"{to.stem}-{name}"))
    except FactsInvalid as invalid:
        raise refused(invalid, {}) from invalid
    except ToldError as told:
        raise _told(told) from told
    return OK


def documents(asked: Asked) -> int:
    """Write every paper that a plan and its scenarios give, in every form, into a folder."""
    folder = Path(asked.to)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as failure:
        raise _unwritable(folder, failure) from failure
    plan = plan_of(asked.plan, asked.overlays, asked.day)
    scenarios = scenarios_of(asked.scenarios, plan, asked.plan, asked.overlays)
    material = Material(plan, scenarios, today=day_of(asked.day))
    try:
        for kind in KINDS.values():
            if kind.key != "revision":  # that takes two plans
                for name, paper in kind.build(material):
                    _all_forms(kind, name, paper, folder)
    except ToldError as told:
        raise _told(told) from told
    return OK


def _all_forms(kind: Kind, name: str, paper: Paper, folder: Path) -> None:
    for form in kind.forms:
        file = folder / f"{'-'.join(filter(None, (kind.key, file_name(name))))}.{form}"
        _write(set_as(paper, form), file)


# --------------------------------------------------------------------------- what is given


def _form(asked: Asked, kind: Kind) -> str:
    """The form asked for, else that of the file's name, else the first."""
    form = asked.form or Path(asked.to).suffix.lower().removeprefix(".")
    form = "html" if form == "htm" else form
    if form not in kind.forms:
        named = "、".join(kind.forms)
        raise _stop("usage", f"{kind.title}没有格式“{form}”; 可写: {named}", f"`{kind.key}` can be: {named}")
    return form


def _material(kind: Kind, asked: Asked) -> Material:
    if kind.key == "revision":
        return _amendment(asked)
    if kind.key == "compliance" and not asked.overlays:
        asked = replace(asked, overlays=tuple(loading.SHIPPED_OVERLAYS))
    plan = plan_of(asked.plan, asked.overlays, asked.day)
    if asked.about and kind.key not in (*_OF_FACTS, *_OF_NAMES):
        raise _stop("usage", f"{kind.title}不需要“{asked.about[0]}”", f"`{kind.key}` takes no `{asked.about[0]}`")
    facts = None
    if kind.key in _OF_FACTS and asked.about:
        facts, _ = facts_of(asked.about[0], plan, ())
    needs = kind.key in _TRIES_SCENARIOS or asked.scenarios
    scenarios = scenarios_of(asked.scenarios, plan, asked.plan, asked.overlays) if needs else ()
    named = tuple(_names(kind, asked.about, plan, scenarios)) if kind.key in _OF_NAMES else ()
    return Material(plan, scenarios, facts, today=day_of(asked.day), named=named)


def _names(kind: Kind, about: Sequence[str], plan: Plan, scenarios: Sequence[Scenario]) -> Iterator[str]:
    """Tiers and roles by id or name, scenarios by id."""
    known = {scenario.id: scenario.id for scenario in scenarios}
    if kind.key == "cards":
        known = {name: tier.id for tier in plan.tiers.values() for name in (tier.id, tier.name, tier.label) if name}
        known |= {name: role.id for role in plan.roles.values() for name in (role.id, role.label)}
    if kind.key == "forms":
        known = {name: form.id for form in plan.forms.values() for name in (form.id, form.label)}
    for name in about:
        if name not in known:
            some = "、".join(list(known)[:12])
            raise _stop("usage", f"没有“{name[:40]}”; 如 {some}", f"no `{name[:40]}`; there are {some}")
        yield known[name]


def _amendment(asked: Asked) -> Material:
    if len(asked.about) != 2:
        raise _stop(
            "usage", "写明两份预案: document revision 原预案 新预案", "name two plans: `document revision OLD NEW`"
        )
    old, new = (named_plan(name) for name in asked.about)
    beside = Path(asked.about[1]).with_name("scenarios.yaml")
    files = asked.scenarios or ([str(beside)] if beside.is_file() else [])
    scenarios = scenarios_of(files, new, None) if files else ()
    return Material(new, scenarios, old=old, today=day_of(asked.day))


# --------------------------------------------------------------------------- what is written


def _write(raw: bytes, file: Path) -> None:
    try:
        file.write_bytes(raw)
    except (OSError, ValueError) as failure:
        raise _unwritable(file, failure) from failure
    output.say([f"{file}"])


def _unwritable(file: Path, failure: OSError | ValueError) -> Stop:
    why = getattr(failure, "strerror", None) or str(failure)
    return _stop("output_unwritable", f"写不了 {file}: {why}", f"cannot write {file}: {why}")


def _told(told: ToldError) -> Stop:
    error = "pdf_unavailable" if isinstance(told, PdfUnavailable) else "document_impossible"
    return Stop(BAD_INPUT, error, told.message)


def _stop(error: str, zh: str, en: str) -> Stop:
    return Stop(BAD_INPUT, error, Message(zh, en))
