"""Text of a plan file -> an immutable Plan, or every Diagnostic at once.

Read in four steps, each over what the last one left whole: the tree (`document`), its shape (`shape`), the declared
names (`vocabulary`), the clauses (here); then the plan as a whole is checked (`checks`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol, TypeAlias

from plan_rules.condition import ALWAYS, All, AnyOf, Condition
from plan_rules.errors import Diagnostic
from plan_rules.gates import Rung
from plan_rules.language import checks
from plan_rules.language.cases import CaseReader
from plan_rules.language.clause_shape import ClauseShape, NormShape, SectionShape
from plan_rules.language.declared_otherwise import tell_once
from plan_rules.language.document import parse
from plan_rules.language.document_shape import DocumentShape
from plan_rules.language.emptiness import without_empty
from plan_rules.language.fitting import shaped
from plan_rules.language.forms import FormReader
from plan_rules.language.invariants import InvariantReader
from plan_rules.language.ladders import laddered
from plan_rules.language.misplaced import read_further_in
from plan_rules.language.names import Names, check_id, cycle, one_of
from plan_rules.language.norms import NormReader
from plan_rules.language.numbering import renumbered
from plan_rules.language.premises import PremiseReader
from plan_rules.language.sources import Finder, beside, read_source
from plan_rules.language.tree import Report, Text, Tree
from plan_rules.language.varied_limits import VariedLimits
from plan_rules.language.vocabulary import Vocabulary, vocabulary
from plan_rules.layer import Layering
from plan_rules.norm import Exemption, Norm
from plan_rules.plan import (
    Action,
    Clause,
    Plan,
    Section,
    SourceText,
)

Parser: TypeAlias = Callable[[str | bytes, str, Report], Tree | None]


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What reading gave: the plan, unless an error was found, and every diagnostic in the order of the text."""

    plan: Plan | None
    diagnostics: tuple[Diagnostic, ...]


def read(
    text: str | bytes,
    source: str,
    folder: Path | None = None,
    *,
    find: Finder | None = None,
    parse: Parser = parse,
) -> ReadResult:
    """Read a plan file.  `source` names it in messages; `folder` is where its 底本 may lie beside it.

    `find` gives the text of the 底本 instead, for a plan that lies in no folder.  `parse` may be one that remembers
    what it parsed before (`Pieces`).
    """
    finder = find or beside(folder)
    result = _read(text, source, finder, parse)
    if result.plan is None:
        told = read_further_in(text, result.diagnostics, lambda each: _read(each, source, finder, parse).diagnostics)
        return ReadResult(None, told or result.diagnostics)
    return result


def _read(text: str | bytes, source: str, find: Finder, parse: Parser) -> ReadResult:
    report = Report()
    tree = parse(text, source, report)
    if tree is None:
        return ReadResult(None, report.sorted())
    document = shaped(DocumentShape, without_empty(tree, report), report)
    plan = None
    if document is not None:
        plan = plan_of(document, _as_bytes(text), find, report)
    tell_once(tree, text, report)
    return ReadResult(None if report.failed else plan, report.sorted())


class Composition(Protocol):
    """What is laid over the plan of a document."""

    layering: Layering

    def layer_of(self, section: str) -> str:
        """The id of the layer whose clauses a section holds; '' of the plan's own."""

    def resolved(
        self, clauses: dict[str, Clause], names: Names[str], actions: Names[Action]
    ) -> tuple[dict[str, Clause], Layering]:
        """The clauses with what resolutions take away, and the layering with the resolutions."""


def plan_of(
    document: DocumentShape, text: bytes, find: Finder, report: Report, composition: Composition | None = None
) -> Plan | None:
    """The plan of a document; `composition` where other files are laid over it, whose clauses are in the document."""
    return _PlanReader(document, text, find, report, composition).plan()


def _as_bytes(text: str | bytes) -> bytes:
    return text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text


class _PlanReader:
    """Turns one document into a plan."""

    def __init__(
        self, document: DocumentShape, text: bytes, find: Finder, report: Report, composition: Composition | None
    ) -> None:
        named = document.plan.source
        self._source = read_source(named, find, report) if named is not None else None
        self._document = document = renumbered(document, self._source, report) if composition is None else document
        self._composition = composition
        self._text = text
        self._report = report
        check_id(document.plan.id, report)
        self._words: Vocabulary = vocabulary(document, report)
        self._norms = NormReader(
            conditions=self._words.conditions,
            facts=self._words.facts,
            roles=self._words.roles,
            groups=self._words.groups,
            parties=self._words.parties,
            actions=self._words.actions,
            readings=self._words.readings,
            tracks=self._words.tracks,
            forms=self._words.forms,
            report=report,
        )
        self._clause_ids: Names[str] = Names("条款", "clause", "PR035", report)
        self._invariants = InvariantReader(
            plan=str(document.plan.id),
            words=self._words,
            clauses=self._clause_ids,
            others=frozenset(str(word) for word in self._other_ids()),
            report=report,
        )
        self._headings = {
            str(section.section): None for section in sorted(document.body, key=lambda each: each.section)
        }
        for section in document.body:
            for clause in section.clauses:
                self._declare_clause(clause)
        self._know_what_is_missing()

    def _know_what_is_missing(self) -> None:
        """That a clause of the 底本 is missing is told once, where it would stand; not wherever it is named."""
        items = self._source.items.values() if self._source is not None else ()
        carried = {str(word) for part in self._document.body for clause in part.clauses for word in clause.carries}
        for item in items:
            if item.text in self._report.ignored:
                self._report.ignored.add(item.id)
            if not item.heading and item.id not in carried and item.id not in self._clause_ids.ids:
                self._clause_ids.ids[item.id] = self._clause_ids.things[item.id] = item.id

    def _other_ids(self) -> Iterable[Text]:
        """The ids of what is neither declared as vocabulary nor a clause."""
        yield from (shape.section for shape in self._document.body)
        yield from (shape.id for shape in self._document.invariants)
        yield from (shape.id for shape in self._document.notices)

    def _declare_clause(self, clause: ClauseShape) -> None:
        known = self._clause_ids
        if clause.id in known.ids:
            self._report.add(
                "PR024",
                (f"条款“{clause.id}”写了两次", f"clause `{clause.id}` is written twice"),
                clause.id.span,
                ("改正编号", "mend the id"),
                related=known.spans[str(clause.id)],
                related_label=("第一次写在这里", "first written here"),
                subject=str(clause.id),
            )
        known.things[str(clause.id)] = known.ids[str(clause.id)] = str(clause.id)
        known.spans.setdefault(str(clause.id), clause.id.span)

    def plan(self) -> Plan | None:
        """The plan, with every defect reported; None where what is left makes no sense as a whole."""
        head = self._document.plan
        premises = PremiseReader(self._document, self._words, self._clause_list, self._report)
        situations = premises.situations()
        source = self._source
        clauses, layering = self._clauses(source), None
        if self._composition is not None:
            clauses, layering = self._composition.resolved(clauses, self._clause_ids, self._words.actions)
        plan = Plan(
            id=str(head.id),
            name=str(head.name),
            version=str(head.version),
            digest="sha256:" + hashlib.sha256(self._text).hexdigest(),
            purpose=str(head.purpose or ""),
            facts=self._words.facts.things,
            roles=self._words.roles.things,
            tiers=self._words.tiers.things,
            principles=self._words.principles.things,
            actions=self._words.actions.things,
            situations=situations,
            sections=self._sections(),
            clauses=clauses,
            presumptions=premises.presumptions(),
            impossibles=premises.impossibles(),
            notices=premises.notices(),
            invariants=tuple(self._invariants.invariant(shape) for shape in self._document.invariants),
            acceptances=tuple(self._invariants.acceptance(shape) for shape in self._document.acceptances),
            readings=self._words.readings.things,
            remarks=premises.remarks(),
            case=CaseReader(self._words, self._report).read(self._document.case),
            aliases=premises.aliases(),
            deputies=premises.deputies(),
            forms={
                str(shape.id): FormReader(self._words, self._report).read(name, shape)
                for name, shape in self._document.forms.items()
            },
            parties={id_: name for name, id_ in self._words.parties.ids.items() if name != id_},
            source=source,
            scope=self._words.conditions.read(head.scope),
            highest_tier=one_of(head.take, {"最高": True, "最低": False}, True, self._report),
            text=self._text,
            layering=layering,
        )
        self._check_readings()
        checks.check(plan, head, self._report)
        return plan

    def _check_readings(self) -> None:
        for shape in self._document.readings.values():
            self._clause_list(shape.about)

    def _clause_list(self, words: Iterable[Text]) -> tuple[str, ...]:
        """Clause ids; a heading's id stands for its clauses."""
        headings = self._headings
        return tuple(str(word) for word in words if word in headings or self._clause_ids.find(word, also=headings))

    # ----------------------------------------------------------------- the body

    def _sections(self) -> Mapping[str, Section]:
        found: dict[str, Section] = {}
        for shape in self._document.body:
            if shape.section in found:
                self._report.add(
                    "PR024",
                    (f"章节“{shape.section}”写了两次", f"section `{shape.section}` is written twice"),
                    shape.section.span,
                    ("改正编号", "mend the id"),
                    related=found[str(shape.section)].span,
                )
            found[str(shape.section)] = Section(
                str(shape.section), str(shape.title or ""), self._words.conditions.read(shape.scope), shape.section.span
            )
        return found

    def _clauses(self, source: SourceText | None) -> dict[str, Clause]:
        found: dict[str, Clause] = {}
        purposes: dict[str, tuple[str, ...]] = {}
        for section in self._document.body:
            scope = self._words.conditions.read(section.scope) if section.clauses else ALWAYS
            for shape in section.clauses:
                clause = self._clause(shape, section, scope, source)
                found[clause.id] = clause
                if clause.serves and shape.when is None:
                    purposes[clause.id] = clause.serves
        return self._with_purposes(laddered(found, self._report), purposes)

    def _clause(self, shape: ClauseShape, section: SectionShape, scope: Condition, source: SourceText | None) -> Clause:
        own = self._words.conditions.read(shape.when)
        norms = (
            *self._read_norms(shape.must, "duty"),
            *self._read_norms(shape.must_not, "prohibition"),
            *self._read_norms(shape.may, "permission"),
            *self._ladder(shape),
        )
        tier = self._words.tiers.find(shape.assigns) if shape.assigns else None
        principle = self._words.principles.find(shape.states) if shape.states else None
        carries = tuple(str(word) for word in shape.carries)
        if not carries and source is not None and str(shape.id) in source.items:
            carries = (str(shape.id),)
        return Clause(
            id=str(shape.id),
            text=str(shape.wording or ""),
            scraped=str(shape.scraped or ""),
            section=str(section.section),
            condition=own if scope == ALWAYS else scope if own == ALWAYS else All((scope, own)),
            span=shape.id.span,
            modality=_modality(shape, norms),
            tier=tier.id if tier else None,
            norms=norms,
            exemptions=self._exemptions(shape),
            serves=self._clause_list(shape.serves),
            supports=tuple(found.id for word in shape.supports if (found := self._words.actions.find(word))),
            principle=principle.id if principle else None,
            governs=self._clause_list(shape.governs),
            defines=tuple(name for word in shape.defines if (name := self._defined(word))),
            carries=carries,
            excludes=one_of(shape.excluded, {"是": True, "否": False}, False, self._report),
            handoff=self._norms.handoff(shape.handoff),
            note=str(shape.note or ""),
            layer=self._composition.layer_of(str(section.section)) if self._composition else "",
        )

    def _read_norms(self, shapes: list[NormShape], modality: str) -> tuple[Norm, ...]:
        varied = VariedLimits(self._norms, self._report)
        read = ((self._norms.read(shape, modality), shape) for shape in shapes)
        return tuple(each for norm, shape in read if norm is not None for each in varied.read(norm, shape))

    def _ladder(self, shape: ClauseShape) -> Iterator[Norm]:
        """The steps that a clause lists, named after it."""
        varied = VariedLimits(self._norms, self._report)
        for place, step in enumerate(shape.escalation, 1):
            norm = self._norms.read(step, "duty", Rung(str(shape.id), place))
            yield from varied.read(norm, step) if norm is not None else ()

    def _exemptions(self, shape: ClauseShape) -> tuple[Exemption, ...]:
        actions = tuple(found.id for word in shape.waives if (found := self._words.actions.find(word)))
        if shape.waives and not shape.exception_to:
            self._report.add(
                "PR053",
                (
                    f"“{shape.id}”写了免除, 没有写例外于哪一条",
                    f"`{shape.id}` waives duties but is no exception to a clause",
                ),
                shape.id.span,
                ("补上“例外于: 条款编号”", "add `exception_to: clause id`"),
                subject=str(shape.id),
            )
        return tuple(
            Exemption(str(word), actions, word.span) for word in shape.exception_to if self._clause_ids.find(word)
        )

    def _defined(self, word: Text) -> str | None:
        """A role or a fact that the clause defines."""
        if word in self._words.facts.ids:
            return self._words.facts.ids[word]
        role = self._words.roles.find(word, also=tuple(self._words.facts.ids))
        return role.id if role else None

    def _with_purposes(self, clauses: dict[str, Clause], purposes: Mapping[str, tuple[str, ...]]) -> dict[str, Clause]:
        """A clause that only states a purpose holds whenever a clause it serves does."""
        circle = cycle(purposes)
        if circle:
            self._report.add(
                "PR050",
                (
                    f"“服务于”循环引用: {' → '.join(circle)}",
                    f"clauses serve each other in a circle: {' → '.join(circle)}",
                ),
                clauses[circle[0]].span,
                ("去掉其中一处", "remove one of them"),
                subject=circle[0],
            )
            return clauses

        def condition(name: str) -> Condition:
            if name not in purposes:
                return clauses[name].condition
            return AnyOf(tuple(condition(served) for served in purposes[name] if served in clauses))

        return {name: replace(clause, condition=condition(name)) for name, clause in clauses.items()}


def _modality(shape: ClauseShape, norms: tuple[Norm, ...]) -> str:
    if shape.assigns is not None or shape.defines or shape.excluded is not None:
        return "definition"
    if shape.states is not None and not norms:
        return "principle"
    kinds = {norm.modality for norm in norms}
    if len(kinds) == 1:
        return kinds.pop()
    return "mixed" if kinds else "purpose"
