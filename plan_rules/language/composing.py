"""A plan's text, the overlays over it, a day -> one Plan with every layer's clauses, or every Diagnostic at once.

The overlays' words and clauses are added to the document of the plan before it is read, so that what is laid over a
plan is checked, decided and proved as the plan itself is.  What is not in force on the day adds no clause.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from plan_rules.digests import canonical
from plan_rules.instants import read_day
from plan_rules.language.clause_shape import ClauseShape, SectionShape
from plan_rules.language.document import parse
from plan_rules.language.document_shape import DocumentShape
from plan_rules.language.emptiness import without_empty
from plan_rules.language.fitting import shaped
from plan_rules.language.names import Names
from plan_rules.language.overlay import Overlay, ProvisionShape, check_base, read_overlay, word_of
from plan_rules.language.reader import ReadResult, plan_of
from plan_rules.language.sources import Finder, Part, beside
from plan_rules.language.tree import Report, Text
from plan_rules.layer import (
    AUTHORITIES,
    RELATIONS,
    Authority,
    Confirmation,
    Force,
    Layer,
    Layering,
    Provision,
    Relation,
    Resolution,
)
from plan_rules.norm import Exemption
from plan_rules.plan import Action, Clause


def read_composed(
    base: Part,
    overlays: Sequence[Part],
    day: date,
    *,
    folder: Path | None = None,
    find: Finder | None = None,
    confirmed: bool = False,
) -> ReadResult:
    """Read a plan with overlays over it as it stands on a day.

    With `confirmed`, provisions that are to be confirmed count as confirmed: to check what they say.
    """
    report = Report()
    tree = parse(base.text, base.source, report)
    document = shaped(DocumentShape, without_empty(tree, report), report) if tree is not None else None
    read = [read_overlay(part.text, part.source, day, report) for part in overlays]
    laid = [each for each in read if each is not None]
    if document is None or len(laid) < len(read) or not _meant_for(document, laid, report):
        return ReadResult(None, report.sorted())
    found = _Composing(document, laid, day, report, confirmed=confirmed)
    text = _text(base, [part.text for part in overlays], found)
    plan = plan_of(found.document, text, find or beside(folder), report, found)
    return ReadResult(None if report.failed else plan, report.sorted())


def _meant_for(document: DocumentShape, overlays: Sequence[Overlay], report: Report) -> bool:
    """Are all of them meant for this plan?  Of one that is not, every name would be unknown: that is said once."""
    head = document.plan
    meant = [check_base(overlay.shape.overlay, head.id, head.version, report) for overlay in overlays]
    return all(meant)


def parts_of(text: bytes) -> tuple[bytes, tuple[bytes, ...], date]:
    """What the text of a composed plan was composed of: the plan's text, the overlays', and the day."""
    composed = json.loads(text)["composed"]
    day = read_day(composed["since"]) if composed["since"] else date.min
    assert day is not None
    return composed["plan"].encode(), tuple(part.encode() for part in composed["overlays"]), day


def _text(base: Part, overlays: Sequence[bytes], found: _Composing) -> bytes:
    """All parts as one text: its digest tells this composition from every other, and stays while nothing turns."""
    since = found.layering.since
    parts = {
        "overlays": [text.decode("utf-8-sig", "replace") for text in overlays],
        "plan": base.text.decode("utf-8-sig", "replace"),
        "since": since.isoformat() if since else None,
    }
    return canonical({"composed": parts}).encode()


class _Composing:
    """Puts the overlays of one day over one document."""

    def __init__(
        self, document: DocumentShape, overlays: Sequence[Overlay], day: date, report: Report, *, confirmed: bool
    ) -> None:
        self._day = day
        self._report = report
        self._overlays = overlays
        self._confirmed_all = confirmed
        self._confirmations = self._read_confirmations()
        self._seen: dict[str, Text] = {}
        turns = {turn for overlay in overlays for turn in overlay.turns}
        self.layering = Layering(
            layers=tuple(self._layer(overlay, document) for overlay in overlays),
            since=max((turn for turn in turns if turn <= day), default=None),
            until=min((turn for turn in turns if turn > day), default=None),
        )
        self._check_confirmations()
        self.document = self._merged(document)

    # ----------------------------------------------------------------- what is in force

    def _read_confirmations(self) -> dict[str, Confirmation]:
        """By the provision confirmed; only the bank confirms, and from a day on."""
        found: dict[str, Confirmation] = {}
        for overlay in self._overlays:
            authority = AUTHORITIES.get(overlay.shape.overlay.authority)
            for shape in overlay.shape.confirmations:
                if authority is not Authority.BANK:
                    self._report.add(
                        "OV008",
                        ("只有本行的叠加文件可以确认", "only an overlay of the bank's can confirm"),
                        shape.confirmed_on.span,
                        (
                            "把“确认”写进“位阶: 本行”的叠加文件",
                            "write `confirmations` in an overlay whose `authority` is `bank`",
                        ),
                    )
                    continue
                since = read_day(shape.confirmed_on)
                for word in shape.items:
                    if since is not None:
                        by, note = str(shape.decided_by), str(shape.note or "")
                        found.setdefault(str(word), Confirmation(str(word), by, since, word.span, note))
        return found

    def _check_confirmations(self) -> None:
        known = {provision.id: provision for layer in self.layering.layers for provision in layer.provisions}
        for name, confirmation in self._confirmations.items():
            if name not in known:
                self._report.add(
                    "OV007",
                    (f"没有条目“{name}”可以确认", f"there is no provision `{name}` to confirm"),
                    confirmation.span,
                    ("改正编号, 或一起用上它所在的叠加文件", "mend the id, or use the overlay that it is in as well"),
                    subject=name,
                )
            elif not known[name].to_confirm:
                self._report.add(
                    "OV007",
                    (f"条目“{name}”不需要确认", f"provision `{name}` needs no confirmation"),
                    confirmation.span,
                    ("删去这一项", "remove it"),
                    related=known[name].span,
                    subject=name,
                )

    def _layer(self, overlay: Overlay, document: DocumentShape) -> Layer:
        head = overlay.shape.overlay
        self._once(head.id, document)
        authority = word_of(head.authority, AUTHORITIES, Authority.BANK, self._report)
        effective, repealed = _days(head.effective, head.repealed)
        layer = Layer(
            id=str(head.id),
            name=str(head.name),
            version=str(head.version),
            authority=authority,
            origin=str(head.origin),
            digest=overlay.digest,
            span=head.id.span,
            effective=effective,
            repealed=repealed,
            in_force=_force(effective, repealed, self._day) is None,
        )
        return replace(layer, provisions=tuple(self._provision(shape, layer) for shape in overlay.shape.items))

    def _once(self, id_: Text, document: DocumentShape) -> None:
        """Layers and provisions have ids of their own."""
        first = self._seen.setdefault(str(id_), id_)
        taken = next((section.section for section in document.body if section.section == id_), None)
        if first is not id_ or taken is not None:
            self._report.add(
                "OV005",
                (f"编号“{id_}”用了两次", f"id `{id_}` is used twice"),
                id_.span,
                ("换一个编号; 同一份文件只叠加一次", "choose another id; lay a file over a plan only once"),
                related=(taken or first).span,
                subject=str(id_),
            )

    def _provision(self, shape: ProvisionShape, layer: Layer) -> Provision:
        self._seen.setdefault(str(shape.id), shape.id)
        if self._seen[str(shape.id)] is not shape.id:
            self._report.add(
                "OV005",
                (f"条目“{shape.id}”写了两次", f"provision `{shape.id}` is written twice"),
                shape.id.span,
                ("改正编号", "mend the id"),
                related=self._seen[str(shape.id)].span,
                subject=str(shape.id),
            )
        effective, repealed = _days(shape.effective, shape.repealed)
        confirmed = self._confirmations.get(str(shape.id))
        if confirmed is not None and confirmed.since > self._day:
            confirmed = None
        provision = Provision(
            id=str(shape.id),
            instrument=str(shape.basis),
            article=str(shape.article or ""),
            summary=str(shape.summary),
            relation=word_of(shape.relation, RELATIONS, Relation.INFORMS, self._report),
            authority=word_of(shape.authority, AUTHORITIES, layer.authority, self._report)
            if shape.authority is not None
            else layer.authority,
            layer=layer.id,
            force=Force.INFORMS,
            span=shape.id.span,
            about=tuple(str(word) for word in shape.about),
            figures=str(shape.figures or ""),
            effective=effective,
            repealed=repealed,
            to_confirm=str(shape.to_confirm or ""),
            confirmed=confirmed,
            clauses=tuple(str(clause.id) for clause in shape.clauses),
            note=str(shape.note or ""),
        )
        return replace(provision, force=self._force(provision, layer))

    def _force(self, provision: Provision, layer: Layer) -> Force:
        for effective, repealed in ((layer.effective, layer.repealed), (provision.effective, provision.repealed)):
            force = _force(effective, repealed, self._day)
            if force is not None:
                return force
        if provision.to_confirm and provision.confirmed is None and not self._confirmed_all:
            return Force.TO_CONFIRM
        return Force.IN_FORCE if provision.clauses else Force.INFORMS

    # ----------------------------------------------------------------- one document

    def _merged(self, document: DocumentShape) -> DocumentShape:
        """The document with what the layers declare; clauses of what is not in force are left out."""
        parts: dict[str, Any] = {}
        for layer, overlay in zip(self.layering.layers, self._overlays, strict=True):
            for name in (*_WORDS, *(_EFFECTS if layer.in_force else ())):
                own = parts.get(name, getattr(document, name))
                more = getattr(overlay.shape, name)
                parts[name] = [*own, *more] if isinstance(own, list) else self._joined(own, more)
        pairs = zip(self.layering.layers, self._overlays, strict=True)
        sections = [self._section(layer, overlay) for layer, overlay in pairs]
        return document.model_copy(update={**parts, "body": [*document.body, *sections]})

    def _joined(self, own: dict[Text, Any], more: dict[Text, Any]) -> dict[Text, Any]:
        for key in more:
            first = next((word for word in own if word == key), None)
            if first is not None:
                self._report.add(
                    "OV005",
                    (f"“{key}”在预案或另一份叠加文件里已经声明", f"`{key}` is declared by the plan or another overlay"),
                    key.span,
                    (
                        "换一个名称; 意思相同的直接用",
                        "choose another name; what means the same is simply used",
                    ),
                    related=first.span,
                    related_label=("已经声明在这里", "declared here"),
                    subject=str(key),
                )
        return {**own, **more}

    def _section(self, layer: Layer, overlay: Overlay) -> SectionShape:
        head = overlay.shape.overlay
        clauses: list[ClauseShape] = []
        for shape, provision in zip(overlay.shape.items, layer.provisions, strict=True):
            if provision.force is not Force.IN_FORCE:
                self._report.ignored.update(provision.clauses)
                continue
            for added in shape.clauses:
                self.layering.provisions[str(added.id)] = provision
                words = {name: getattr(added, name) for name in type(added).model_fields}
                clauses.append(ClauseShape(**words, wording=Text(_words(provision), shape.summary.span)))
        title = Text(f"{layer.name}(不是预案原文)", head.name.span)
        return SectionShape(section=head.id, title=title, scope=head.scope, clauses=clauses)

    # ----------------------------------------------------------------- which prevails

    def layer_of(self, section: str) -> str:
        """The id of the layer whose clauses a section holds; '' of the plan's own."""
        return section if any(layer.id == section for layer in self.layering.layers) else ""

    def resolved(
        self, clauses: dict[str, Clause], names: Names[str], actions: Names[Action]
    ) -> tuple[dict[str, Clause], Layering]:
        """The clauses with what resolutions take away from them, and the layering with the resolutions."""
        found: list[Resolution] = []
        for overlay in self._overlays:
            for shape in overlay.shape.resolutions:
                winner, loser = names.find(shape.winner), names.find(shape.loser)
                taken = tuple(action.id for word in shape.actions if (action := actions.find(word)))
                if winner is None or loser is None or winner not in clauses or loser not in clauses:
                    continue
                by, reason = str(shape.decided_by), str(shape.reason)
                found.append(Resolution(winner, loser, taken, reason, by, shape.winner.span))
                clause = clauses[winner]
                exemption = Exemption(loser, taken, shape.winner.span)
                clauses[winner] = replace(clause, exemptions=(*clause.exemptions, exemption))
        self._check_authority(clauses)
        return clauses, replace(self.layering, resolutions=tuple(found))

    def _check_authority(self, clauses: dict[str, Clause]) -> None:
        """Nothing prevails over what stands higher."""
        for clause in clauses.values():
            for exemption in clause.exemptions:
                other = clauses.get(exemption.clause)
                if other is None or (not clause.layer and not other.layer):
                    continue
                mine, theirs = self._authority(clause.id), self._authority(other.id)
                if mine.rank < theirs.rank:
                    self._report.add(
                        "OV006",
                        (
                            f"“{clause.id}”是{mine.label}, 不能胜过“{other.id}”({theirs.label})",
                            f"`{clause.id}` ({mine.value}) cannot prevail over `{other.id}` ({theirs.value})",
                        ),
                        exemption.span,
                        (
                            "位阶高的为准: 换过胜负, 或改正“位阶”",
                            "the higher authority prevails: swap them, or mend `authority`",
                        ),
                        related=other.span,
                        related_label=("位阶更高的条款", "the clause of higher authority"),
                        subject=clause.id,
                    )

    def _authority(self, clause: str) -> Authority:
        provision = self.layering.provisions.get(clause)
        return provision.authority if provision else Authority.BANK


# Words stay known on every day, so that facts and scenarios can name them; what they say takes effect with the layer.
_WORDS = ("roles", "parties", "facts", "actions", "tracks", "situations")
_EFFECTS = ("presumptions", "impossible", "notices", "remarks", "invariants", "acceptances")


def _days(effective: Text | None, repealed: Text | None) -> tuple[date | None, date | None]:
    return (read_day(effective) if effective else None, read_day(repealed) if repealed else None)


def _force(effective: date | None, repealed: date | None, day: date) -> Force | None:
    if effective is not None and day < effective:
        return Force.NOT_YET
    return Force.REPEALED if repealed is not None and repealed <= day else None


def _words(provision: Provision) -> str:
    """What is shown where a clause of the plan shows its text: the summary, and that it is one."""
    basis = provision.citation
    return f"[不是预案原文, {provision.authority.label}摘要] {basis}: {provision.summary}"
