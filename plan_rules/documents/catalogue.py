"""Kind -> the papers that there are: what each is made of, and in which forms it can be set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, TypeAlias

from plan_rules.analysis.difference import Difference, diff
from plan_rules.documents import cards, html
from plan_rules.documents.accountability import accountability
from plan_rules.documents.cards import Deck, deck
from plan_rules.documents.compliance import compliance
from plan_rules.documents.conduct import conduct
from plan_rules.documents.content import Document
from plan_rules.documents.drill import drill
from plan_rules.documents.forms import blank_form
from plan_rules.documents.grading import grading
from plan_rules.documents.handbook import handbook
from plan_rules.documents.health import health
from plan_rules.documents.matrix import matrix
from plan_rules.documents.media import media, media_roles
from plan_rules.documents.pdf import as_pdf
from plan_rules.documents.personal import personal
from plan_rules.documents.readings import readings
from plan_rules.documents.revision import revision
from plan_rules.documents.roles import roles
from plan_rules.documents.sheet import as_sheets
from plan_rules.documents.telephone import telephone
from plan_rules.documents.word import as_word
from plan_rules.plan import Plan
from plan_rules.scenarios import Scenario

Paper: TypeAlias = Document | Deck
HTML, PDF, WORD, EXCEL = "html", "pdf", "docx", "xlsx"


@dataclass(frozen=True)
class Material:
    """What papers are made of.  `old` is the plan before an amendment; `named` limits cards and drills to some ids."""

    plan: Plan
    scenarios: tuple[Scenario, ...] = ()
    facts: Mapping[str, Any] | None = None
    old: Plan | None = None
    today: date | None = None
    named: tuple[str, ...] = ()

    @cached_property
    def difference(self) -> Difference:
        """From the old plan to this one."""
        assert self.old is not None
        return diff(self.old, self.plan, self.scenarios, today=self.today)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of paper.  `build` gives (what tells it from others of its kind, the paper)."""

    key: str
    title: str
    forms: tuple[str, ...]
    build: Callable[[Material], Iterator[tuple[str, Paper]]]


def _one(make: Callable[[Material], Paper]) -> Callable[[Material], Iterator[tuple[str, Paper]]]:
    def build(material: Material) -> Iterator[tuple[str, Paper]]:
        yield "", make(material)

    return build


def _cards(material: Material) -> Paper:
    plan = material.plan
    tiers = tuple(name for name in material.named if name in plan.tiers)
    return deck(plan, tiers, tuple(name for name in material.named if name in plan.roles))


def _compliance(material: Material) -> Iterator[tuple[str, Paper]]:
    """Only of a plan with something laid over it."""
    if material.plan.layering is not None:
        yield "", compliance(material.plan, material.scenarios)


def _media(material: Material) -> Iterator[tuple[str, Paper]]:
    roles_ = media_roles(material.plan)
    for role in roles_:
        yield (role if len(roles_) > 1 else ""), media(material.plan, role)


def _drills(material: Material) -> Iterator[tuple[str, Paper]]:
    """The scenarios named; without names, every story of several steps."""
    for scenario in material.scenarios:
        if scenario.id in material.named or (not material.named and len(scenario.steps) > 1):
            yield scenario.id, drill(material.plan, scenario)


def _forms(material: Material) -> Iterator[tuple[str, Paper]]:
    """The forms named; without names, all."""
    for form in material.plan.forms.values():
        if form.id in material.named or not material.named:
            yield form.id, blank_form(form, material.plan)


_ALL = (HTML, PDF, WORD, EXCEL)
_PRINTED = (HTML, PDF)
_WRITTEN = (HTML, PDF, WORD)
KINDS = {
    kind.key: kind
    for kind in (
        Kind("handbook", "执行手册", _WRITTEN, _one(lambda given: handbook(given.plan))),
        Kind("cards", "应急处置卡", _PRINTED, _one(_cards)),
        Kind("grading", "定级卡", _WRITTEN, _one(lambda given: grading(given.plan))),
        Kind("dont", "禁语禁行卡", _WRITTEN, _one(lambda given: conduct(given.plan))),
        Kind("roles", "分角色清单", _ALL, _one(lambda given: roles(given.plan))),
        Kind("media", "媒体应对卡", _WRITTEN, _media),
        Kind("phone", "电话报告模板", _WRITTEN, _one(lambda given: telephone(given.plan, given.facts))),
        Kind("personal", "个人信息处理清单", _ALL, _one(lambda given: personal(given.plan))),
        Kind("accountability", "追责事实摘要", _WRITTEN, _one(lambda given: accountability(given.plan, given.facts))),
        Kind("matrix", "条款覆盖矩阵", _ALL, _one(lambda given: matrix(given.plan, given.scenarios))),
        Kind("readings", "歧义决策登记表", _ALL, _one(lambda given: readings(given.plan, given.scenarios))),
        Kind("revision", "修订影响报告", _WRITTEN, _one(lambda given: revision(given.difference, given.scenarios))),
        Kind("drill", "演练脚本与案例分析", _WRITTEN, _drills),
        Kind("compliance", "监管对照表", _ALL, _compliance),
        Kind("forms", "表单", _ALL, _forms),
        Kind("health", "规则体检报告", _ALL, _one(lambda given: health(given.plan, given.today))),
    )
}


def set_as(paper: Paper, form: str) -> bytes:
    """The bytes of the paper in a form.  Raises ExtraMissing and PdfUnavailable."""
    match form:
        case "docx" if isinstance(paper, Document):
            return as_word(paper)
        case "xlsx" if isinstance(paper, Document):
            return as_sheets(paper)
        case "html" | "pdf":
            page = cards.as_html(paper) if isinstance(paper, Deck) else html.as_html(paper)
            return page.encode() if form == HTML else as_pdf(page)
        case _:
            raise ValueError(f"没有格式 {form} / no form {form}")
