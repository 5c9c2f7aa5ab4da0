"""Plan files and scenario files -> their pytest items, each plan read and proved once a session, when it is needed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from plan_rules.analysis.diagram import BUDGET
from plan_rules.analysis.finding import Verdict
from plan_rules.analysis.proving import Proof, proof
from plan_rules.diagnostic_text import lines_of, render
from plan_rules.errors import Diagnostic, Message, ScenariosInvalid, Severity
from plan_rules.language.composing import read_composed
from plan_rules.language.reader import read
from plan_rules.language.sources import Part
from plan_rules.plan import Plan
from plan_rules.scenarios import Scenario, read_scenarios
from plan_rules.testing.file_kinds import kind_of
from plan_rules.testing.items import Check, ClaimItem, Lines, RuleItem, ScenarioItem

_BESIDE = "plan.yaml"
_OF_AN_OVERLAY = "_scenarios"
_OUT_OF_REACH = "PF016"


class PlanFile(pytest.File):
    """A plan file: `check`, and a test for every claim about the plan, by its name."""

    def collect(self) -> Iterator[RuleItem]:
        """`check` alone where the file has errors."""
        text = _plan_at(self.path, self.config)
        yield Check.from_parent(self, name="check", defects=text.defects)
        if text.plan is not None:
            yield from self._claims(text.plan, _proof_of(self.path, text.plan, self.config), text.lines)

    def _claims(self, plan: Plan, shown: Proof, lines: Lines) -> Iterator[RuleItem]:
        found = {(finding.code, finding.subject): finding for finding in shown.findings}
        for result in shown.results:
            code, subject = result.claim.code, result.claim.subject
            if result.verdict is Verdict.UNDECIDED:
                code, subject = _OUT_OF_REACH, f"{plan.id}/{code}"
            name = result.claim.name
            yield ClaimItem.from_parent(
                self, name=name, shown=result, found=found.get((code, subject)), plan=plan, lines=lines
            )
        for kind in shown.undecided:
            finding = found[_OUT_OF_REACH, f"{plan.id}/{kind}"]
            name = f"{_OUT_OF_REACH}[{kind}]"
            yield ClaimItem.from_parent(self, name=name, shown=None, found=finding, plan=plan, lines=lines)


class ScenarioFile(pytest.File):
    """A scenario file: a test for every scenario, by its id."""

    def collect(self) -> Iterator[RuleItem]:
        """`check` alone where the file, or the plan it is for, cannot be used."""
        text = _plan_at(_plan_for(self.path, self.config), self.config, _overlay_of(self.path))
        if text.plan is None:
            yield Check.from_parent(self, name="check", defects=text.defects)
            return
        try:
            scenarios = self._scenarios(text.plan)
        except ScenariosInvalid as invalid:
            name = _name(self.path, self.config)
            broken = _Read(None, invalid.diagnostics, {name: lines_of(self.path.read_bytes())})
            yield Check.from_parent(self, name="check", defects=broken.defects)
            return
        for scenario in scenarios:
            yield ScenarioItem.from_parent(self, name=scenario.id, scenario=scenario, plan=text.plan)

    def _scenarios(self, plan: Plan) -> tuple[Scenario, ...]:
        return read_scenarios(self.path.read_bytes(), _name(self.path, self.config), plan)


# --------------------------------------------------------------------------- once a session


@dataclass(frozen=True, slots=True)
class _Read:
    """What reading a file gave; `lines` are those to quote."""

    plan: Plan | None
    diagnostics: tuple[Diagnostic, ...]
    lines: Lines
    unreadable: Message | None = None

    def defects(self, lang: str) -> str:
        """The errors of the file, as a page; empty where there is none."""
        if self.unreadable is not None:
            return self.unreadable.within(lang)
        return render((each for each in self.diagnostics if each.severity is Severity.ERROR), self.lines, lang)


@dataclass(slots=True)
class _Known:
    """The plans read and proved in this session."""

    plans: dict[tuple[Path, Path | None], _Read] = field(default_factory=dict)  # by plan and what is laid over it
    proofs: dict[Path, Proof] = field(default_factory=dict)


_KNOWN = pytest.StashKey[_Known]()


def _plan_at(path: Path, config: pytest.Config, overlay: Path | None = None) -> _Read:
    plans = config.stash.setdefault(_KNOWN, _Known()).plans
    if (path, overlay) not in plans:
        plans[path, overlay] = _read(path, overlay, config)
    return plans[path, overlay]


def _read(path: Path, overlay: Path | None, config: pytest.Config) -> _Read:
    texts: dict[str, bytes] = {}
    for file in (path, *([overlay] if overlay else ())):
        name = _name(file, config)
        try:
            texts[name] = file.read_bytes()
        except OSError as failure:
            return _Read(None, (), {}, _unreadable(name, failure))
    base, *laid = (Part(text, name) for name, text in texts.items())
    if laid:
        result = read_composed(base, laid, _today(), folder=path.parent)
    else:
        result = read(base.text, base.source, path.parent)
    return _Read(result.plan, result.diagnostics, {name: lines_of(text) for name, text in texts.items()})


def _unreadable(name: str, failure: OSError) -> Message:
    reason = failure.strerror or type(failure).__name__
    return Message(
        f"读不了预案 {name}: {reason}; 在配置里写 plan_rules_plan 指明预案文件",
        f"cannot read the plan {name}: {reason}; name its file in the configuration, as plan_rules_plan",
    )


def _today() -> dt.date:
    return dt.datetime.now(tz=dt.UTC).astimezone().date()


def _proof_of(path: Path, plan: Plan, config: pytest.Config) -> Proof:
    proofs = config.stash.setdefault(_KNOWN, _Known()).proofs
    if path not in proofs:
        proofs[path] = proof(plan, today=_today(), budget=int(config.getini("plan_rules_budget") or BUDGET))
    return proofs[path]


def _plan_for(scenarios: Path, config: pytest.Config) -> Path:
    """The plan that the configuration names, or the one beside the scenario file."""
    stated = config.getini("plan_rules_plan")
    return config.rootpath / stated if stated else scenarios.with_name(_BESIDE)


def _overlay_of(scenarios: Path) -> Path | None:
    """The overlay that these scenarios are of: `regulation.yaml` beside `regulation_scenarios.yaml`."""
    overlay = scenarios.with_name(f"{scenarios.stem.removesuffix(_OF_AN_OVERLAY)}{scenarios.suffix}")
    return overlay if scenarios.stem.endswith(_OF_AN_OVERLAY) and kind_of(overlay) == "overlay" else None


def _name(path: Path, config: pytest.Config) -> str:
    """The file as seen from the root of the project."""
    return path.relative_to(config.rootpath).as_posix() if path.is_relative_to(config.rootpath) else str(path)
