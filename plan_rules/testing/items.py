"""What is to hold of a plan file or a scenario file -> pytest items, whose failures are texts for people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from plan_rules.analysis.finding import Finding, Verdict
from plan_rules.analysis.proving import Result
from plan_rules.diagnostic_text import render_one
from plan_rules.display_width import visible
from plan_rules.errors import Message, Severity, Span
from plan_rules.phrases import facts_phrase
from plan_rules.plan import Plan
from plan_rules.scenarios import Scenario, StepVerdict, run
from plan_rules.scenarios.failure_text import describe

Lines = Mapping[str, Sequence[str]]  # the lines of each file, by its name in messages

_WITNESS = Message("例如这一事件", "such as the incident")
_READINGS = Message("采用的解释", "under the readings")
_MANY = Message("种事件如此, 共", "incidents of")
_WITHIN = "它所在的整项已经指出 / told of the whole that this is a part of"


class NotSo(Exception):
    """What a test says is not so; the text is for people."""


class RuleItem(pytest.Item):
    """A test that is not Python: it stands at a line of a file, and its failure is a text."""

    def __init__(self, *, span: Span | None = None, **rest: Any) -> None:
        super().__init__(**rest)
        self._line = span.line - 1 if span else 0
        self._lang = "en" if self.config.getini("plan_rules_lang") == "en" else "zh"

    def reportinfo(self) -> tuple[Path, int, str]:
        """The file, the line (from 0) and the name."""
        return self.path, self._line, self.name

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The text alone where something is not so; anything else is an error of ours, with its traceback."""
        return str(excinfo.value) if isinstance(excinfo.value, NotSo) else super().repr_failure(excinfo, style)


class Check(RuleItem):
    """The file can be used; `defects` says in a language why not."""

    def __init__(self, *, defects: Callable[[str], str], **rest: Any) -> None:
        super().__init__(**rest)
        self._defects = defects

    def runtest(self) -> None:
        """Raises NotSo with every error of the file."""
        if text := self._defects(self._lang):
            raise NotSo(text)


class ClaimItem(RuleItem):
    """A claim about a plan; `shown` is None where all claims of a kind are out of reach."""

    def __init__(self, *, shown: Result | None, found: Finding | None, plan: Plan, lines: Lines, **rest: Any) -> None:
        super().__init__(span=shown.claim.span if shown else None, **rest)
        self._shown, self._found, self._plan, self._lines = shown, found, plan, lines

    def runtest(self) -> None:
        """Raises NotSo where the claim is refuted or undecided and nobody stands by that; notes are no failures."""
        found = self._found
        if found is None:
            if self._shown is not None and self._shown.verdict is Verdict.REFUTED:
                pytest.skip(_WITHIN)
        elif found.severity is not Severity.NOTE:
            raise NotSo("\n".join(self._told(found)))

    def _told(self, found: Finding) -> Iterator[str]:
        yield render_one(found.diagnostic, self._lines, self._lang)
        if found.witness is not None:
            facts = facts_phrase(found.witness.facts, self._plan, self._lang)
            yield f"  {_WITNESS.within(self._lang)}: {visible(facts)}"
            if found.witness.readings:
                chosen = ", ".join(f"{name}={option}" for name, option in found.witness.readings.items())
                yield f"  {_READINGS.within(self._lang)}: {chosen}"
        if found.count is not None and found.total is not None:
            yield f"  {found.count:,} {_MANY.within(self._lang)} {found.total:,}"


class ScenarioItem(RuleItem):
    """One scenario."""

    def __init__(self, *, scenario: Scenario, plan: Plan, **rest: Any) -> None:
        super().__init__(span=scenario.span, **rest)
        self._scenario, self._plan = scenario, plan

    def runtest(self) -> None:
        """Raises NotSo with all that differs."""
        (verdict,) = run(self._plan, [self._scenario])
        if not verdict.passed:
            raise NotSo("\n".join(self._told(verdict.steps)))

    def _told(self, steps: Sequence[StepVerdict]) -> Iterator[str]:
        yield visible(f"{self._scenario.id} {self._scenario.title}".rstrip())
        for verdict in steps:
            if verdict.mismatches:
                step = verdict.step
                yield "  " + visible(f"{step.span.source}:{step.span.line} {step.at or ''} {step.event}".rstrip())
                lines = describe(verdict.mismatches, self._plan, self._lang)
                yield from (f"    {visible(part)}" for line in lines for part in line.split("\n"))
