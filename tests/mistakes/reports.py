"""A slip -> what an officer is told of it: by `check`, else by `lint`, else by `prove`; and whether that is right."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from plan_rules.analysis import prove
from plan_rules.analysis.linters import lint
from plan_rules.errors import Diagnostic
from plan_rules.language.reader import read
from plan_rules.plan import Plan
from tests.mistakes.draft import FILES, Slip

# Words of programmers and of YAML; nobody who writes a plan should need them.
FORBIDDEN = re.compile(
    r"mapping values|scanner|scanning|parser|parsing|token|\bdict\b|\bNone\b|\bexception\b(?! to)|traceback|\bstr\b|\bint\b|"
    r"\bnull\b|\bstream\b|\bscalar\b|block (?:collection|mapping|sequence)|flow (?:mapping|sequence)|indicator|"
    r"simple key|expected <|did not find|\balias\b|\bYAML\b|[A-Z][a-z]+[A-Z]\w+|映射|标量|字典|对象类型|异常|解析|序列|"
    r"\w+Error\b|\bevent\b|\bregex|\bASCII\b|\bboolean\b"
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a slip was reported, on the right line, with the right fix; and everything that was said."""

    slip: Slip
    told: tuple[Diagnostic, ...]

    @property
    def first(self) -> Diagnostic | None:
        """What an officer reads first."""
        return self.told[0] if self.told else None

    @property
    def right_line(self) -> bool:
        """Is the first message where the slip is?"""
        return self.first is not None and self.first.span is not None and self.first.span.line in self.slip.lines

    @property
    def right_fix(self) -> bool:
        """Does its help hold what was meant?"""
        if not self.right_line or self.first is None or self.first.help is None:
            return False
        return any(remedy in self.first.help.zh for remedy in self.slip.remedies)

    @property
    def jargon(self) -> tuple[str, ...]:
        """Words that need a programmer."""
        said = [text for each in self.told for text in (each.message, each.help) if text]
        return tuple(
            hit.group() for text in said for way in (text.zh, text.en) for hit in FORBIDDEN.finditer(_own(way))
        )


def _own(message: str) -> str:
    """The message without what it quotes of the file."""
    return re.sub(r"“[^”]*”|`[^`]*`", "", message)


def verdict(slip: Slip) -> Verdict:
    """What is told of the slip and was not told of the plan before it."""
    result = read(slip.text, "plan.yaml", FILES[slip.plan].parent)
    told = _new(slip, result.diagnostics)
    if not told and result.plan is not None:
        told = _new(slip, [found.diagnostic for found in lint(result.plan)])
    if not told and result.plan is not None:
        told = _new(slip, _proved(result.plan))
    return Verdict(slip, told)


def _proved(plan: Plan) -> list[Diagnostic]:
    return [found.diagnostic for found in prove(plan) if not found.accepted]


def _new(slip: Slip, found: tuple[Diagnostic, ...] | list[Diagnostic]) -> tuple[Diagnostic, ...]:
    before = _before(slip.plan)
    return tuple(each for each in found if (each.code, each.message) not in before)


@lru_cache
def _before(name: str) -> frozenset[object]:
    """What is told of the sound plan: by `check`, `lint` and `prove`."""
    result = read(FILES[name].read_bytes(), "plan.yaml", FILES[name].parent)
    assert result.plan is not None
    told = [*result.diagnostics, *(found.diagnostic for found in lint(result.plan)), *_proved(result.plan)]
    return frozenset((each.code, each.message) for each in told)
