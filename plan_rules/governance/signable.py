"""Plan -> what of it two people sign: its text, or of a plan with overlays over it the last of them, or each.

An overlay is signed as it lies over one plan and the overlays beneath it: over others, it
changes other decisions.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from plan_rules import loading
from plan_rules.digests import digest_of
from plan_rules.errors import Message, Span
from plan_rules.governance.sign_off import Statement, beside, refuse
from plan_rules.governance.trust import Trust
from plan_rules.layer import Layer
from plan_rules.loading import File
from plan_rules.plan import Plan


@dataclass(frozen=True, slots=True)
class Signable:
    """A version of a plan, or of an overlay: then `overlay` is its id and `over` what it lies over, the plan first.

    `digest` is that of the file, `source` that of the plan's 底本, None where there is none.
    """

    plan: str
    version: str
    digest: str
    source: str | None = None
    overlay: str | None = None
    over: tuple[str, ...] = ()
    span: Span | None = None

    @property
    def called(self) -> Message:
        """What messages call it: an overlay by its file too."""
        if self.overlay is None:
            return Message(f"预案“{self.plan} {self.version}”", f"the plan `{self.plan} {self.version}`")
        file, name = self.span.source if self.span else "", f"{self.overlay} {self.version}"
        return Message(f"叠加文件 {file}“{name}”", f"the overlay {file} `{name}`")

    @property
    def id(self) -> str:
        """The id of the overlay, or of the plan."""
        return self.overlay or self.plan

    def is_named(self, statement: Statement) -> bool:
        """Has the statement the names and the version that this has?"""
        return (statement.plan, statement.overlay, statement.version) == (self.plan, self.overlay, self.version)


def signable(plan: Plan) -> Signable:
    """What is signed of a plan: the plan, or the last of the overlays over it."""
    return overlays_of(plan)[-1] if plan.layering is not None else _of_plan(plan)


def overlays_of(plan: Plan) -> tuple[Signable, ...]:
    """The overlays over a plan, the lowest first; none over a plan without."""
    if plan.layering is None:
        return ()
    layers, base = plan.layering.layers, loading.bare(plan).digest
    return tuple(
        _of_layer(plan, layer, (base, *(each.digest for each in layers[:n]))) for n, layer in enumerate(layers)
    )


def _of_plan(plan: Plan) -> Signable:
    source = digest_of(plan.source.raw) if plan.source is not None else None
    return Signable(plan.id, plan.version, plan.digest, source)


def _of_layer(plan: Plan, layer: Layer, over: tuple[str, ...]) -> Signable:
    return Signable(plan.id, layer.version, layer.digest, None, layer.id, over, layer.span)


def sign_off_file(overlay: File, trust: Trust) -> Path:
    """The sign-off file of an overlay: beside it; of one that comes with the library, where the trust file says.

    Raises SignOffRefused where the trust file does not say.
    """
    shipped = loading.SHIPPED_OVERLAYS.get(str(overlay))
    if shipped is None:
        return beside(overlay)
    if trust.shipped is None:
        raise refuse(
            "SG019",
            (
                f"叠加文件 {shipped} 随库发布, 信任文件没有写它的签署在哪里",
                f"the overlay {shipped} comes with the library; the trust file does not say where its sign-off is",
            ),
            ("在信任文件里加一行: 自带签署: 文件夹", "add to the trust file: `shipped_sign_offs: FOLDER`"),
            subject=str(overlay),
        )
    return beside(trust.shipped / shipped)
