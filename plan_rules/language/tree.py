"""The tree a YAML text is read into: texts, lists and mappings that know their place; and the Report of its defects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self, TypeAlias

from plan_rules.errors import Diagnostic, Message, Severity, Span

MAX_DIAGNOSTICS = 200


class Text(str):
    """A scalar.  `plain` is whether it stood without quotes."""

    span: Span
    plain: bool
    __slots__ = ("plain", "span")

    def __new__(cls, value: str, span: Span, *, plain: bool = True) -> Self:
        """A text at a place."""
        text = super().__new__(cls, value)
        text.span = span
        text.plain = plain
        return text


class Items(list["Tree"]):
    """A sequence with its place."""

    span: Span


class Fields(dict[Text, "Tree"]):
    """A mapping with its place; its keys are Texts with theirs."""

    span: Span

    def key(self, name: str) -> Text | None:
        """The key as it stands in the file."""
        return next((key for key in self if key == name), None)


Tree: TypeAlias = Text | Items | Fields
Place: TypeAlias = Callable[[Span], Span]


def placed(tree: Tree, place: Place) -> Tree:
    """The same tree, in containers of its own, with every place as `place` has it."""
    return _placed_text(tree, place) if isinstance(tree, Text) else placed_block(tree, place)


def placed_block(tree: Fields | Items, place: Place) -> Fields | Items:
    """The same of a list or mapping."""
    copy: Items | Fields
    if isinstance(tree, Items):
        copy = Items(placed(item, place) for item in tree)
    else:
        copy = Fields({_placed_text(key, place): placed(value, place) for key, value in tree.items()})
    copy.span = place(tree.span)
    return copy


def _placed_text(text: Text, place: Place) -> Text:
    """The same of a text."""
    return Text(text, place(text.span), plain=text.plain)


@dataclass(slots=True)
class Report:
    """Diagnostics of one text as they are found.

    `ignored` are names whose declaration was reported and left out: that they are missing is no second defect.
    `declared` is where each name of the file is declared.
    `emptied` are keys without a value that were reported and taken out, by the mapping that they stood in.
    """

    found: list[Diagnostic] = field(default_factory=list)
    ignored: set[str] = field(default_factory=set)
    emptied: set[tuple[Span, str]] = field(default_factory=set)
    declared: dict[str, Span] = field(default_factory=dict)

    def add(  # noqa: PLR0913  a Diagnostic has as many parts
        self,
        code: str,
        message: tuple[str, str],
        span: Span | None,
        help: tuple[str, str] | None = None,  # noqa: A002
        *,
        severity: Severity = Severity.ERROR,
        related: Span | None = None,
        related_label: tuple[str, str] | None = None,
        facts: tuple[str, ...] = (),
        subject: str | None = None,
    ) -> None:
        """Record a defect; `message` and `help` are (Chinese, English)."""
        self.found.append(
            Diagnostic(
                code=code,
                severity=severity,
                message=Message(*message),
                span=span,
                help=Message(*help) if help else None,
                related=related,
                related_label=Message(*related_label) if related_label else None,
                facts=facts,
                subject=subject,
            )
        )

    @property
    def failed(self) -> bool:
        """Has an error been found?"""
        return any(found.severity is Severity.ERROR for found in self.found)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """Every defect once, in the order of the text; a very long list is cut with a note that says so."""
        ordered = sorted(dict.fromkeys(self.found), key=Diagnostic.sort_key)
        if len(ordered) <= MAX_DIAGNOSTICS:
            return tuple(ordered)
        rest = len(ordered) - MAX_DIAGNOSTICS
        ordered.sort(key=lambda found: found.severity is not Severity.ERROR)
        kept = sorted(ordered[:MAX_DIAGNOSTICS], key=Diagnostic.sort_key)
        message = Message(f"另有 {rest} 处问题未列出", f"{rest} more defects are not listed")
        help_ = Message("先改好以上各处, 再检查一次", "mend those above, then check again")
        return (*kept, Diagnostic("TX013", Severity.NOTE, message, help=help_))
