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
from plan_rules.language.reader import read
from plan_rules.plan import Plan
from plan_rules.scenarios import Scenario, read_scenarios
from plan_rules.testing.items import Check, ClaimItem, Lines, RuleItem, ScenarioItem

_BESIDE = "plan.yaml"
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
        plan_path = _plan_for(self.path, self.config)
        text = _plan_at(plan_path, self.config)
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
    """The plans read and proved in this session, by path."""

    plans: dict[Path, _Read] = field(default_factory=dict)
    proofs: dict[Path, Proof] = field(default_factory=dict)


_KNOWN = pytest.StashKey[_Known]()


def _plan_at(path: Path, config: pytest.Config) -> _Read:
    plans = config.stash.setdefault(_KNOWN, _Known()).plans
    if path not in plans:
        plans[path] = _read(path, _name(path, config))
    return plans[path]


def _read(path: Path, name: str) -> _Read:
    try:
        text = path.read_bytes()
    except OSError as failure:
        reason = failure.strerror or type(failure).__name__
        unreadable = Message(
            f"读不了预案 {name}: {reason}; 在配置里写 plan_rules_plan 指明预案文件",
            f"cannot read the plan {name}: {reason}; name its file in the configuration, as plan_rules_plan",
        )
        return _Read(None, (), {}, unreadable)
    result = read(text, name, path.parent)
    return _Read(result.plan, result.diagnostics, {name: lines_of(text)})


def _proof_of(path: Path, plan: Plan, config: pytest.Config) -> Proof:
    proofs = config.stash.setdefault(_KNOWN, _Known()).proofs
    if path not in proofs:
        today = dt.datetime.now(tz=dt.UTC).astimezone().date()
        proofs[path] = proof(plan, today=today, budget=int(config.getini("plan_rules_budget") or BUDGET))
    return proofs[path]


def _plan_for(scenarios: Path, config: pytest.Config) -> Path:
    """The plan that the configuration names, or the one beside the scenario file."""
    stated = config.getini("plan_rules_plan")
    return config.rootpath / stated if stated else scenarios.with_name(_BESIDE)


def _name(path: Path, config: pytest.Config) -> str:
    """The file as seen from the root of the project."""
    return path.relative_to(config.rootpath).as_posix() if path.is_relative_to(config.rootpath) else str(path)
