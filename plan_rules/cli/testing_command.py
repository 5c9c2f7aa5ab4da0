"""`plan-rules test`: scenario files -> a line a scenario, what differs where one fails, and JUnit XML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from plan_rules import loading
from plan_rules.cli import output
from plan_rules.cli.inputs import plan_of, read, source_name
from plan_rules.cli.stop import BAD_INPUT, DEFECTS, OK, Stop
from plan_rules.diagnostic_text import lines_of
from plan_rules.display_width import visible
from plan_rules.errors import Message, ScenariosInvalid
from plan_rules.plan import Plan
from plan_rules.scenarios import Scenario, Verdict, read_scenarios
from plan_rules.scenarios import run as run_scenarios
from plan_rules.scenarios.failure_text import describe

BESIDE_THE_PLAN = "scenarios.yaml"


def run(
    paths: Sequence[str],
    *,
    plan_path: str | None,
    engine: str,
    junit: str | None,
    lang: str,
    overlays: Sequence[str] = (),
    at: str | None = None,
) -> int:
    """Run every scenario of every file; 0 when all pass, 1 when some fail."""
    plan = plan_of(plan_path, overlays, at)
    scenarios = scenarios_of(paths, plan, plan_path, overlays)
    verdicts = run_scenarios(plan, scenarios, engine=engine)
    if junit:
        _write_junit(junit, verdicts, plan, lang)
    for verdict in verdicts:
        output.say(report(verdict, plan, lang))
    failed = sum(not verdict.passed for verdict in verdicts)
    output.say([f"{len(verdicts) - failed} passed, {failed} failed"])
    return DEFECTS if failed else OK


def scenarios_of(
    paths: Sequence[str], plan: Plan, plan_path: str | None, overlays: Sequence[str] = ()
) -> tuple[Scenario, ...]:
    """The scenarios of these files; without files, of `scenarios.yaml` beside the plan.

    Of a plan with overlays, they are those of the last overlay, such as `regulation_scenarios.yaml`.
    """
    texts = [(source_name(path), read(path, exit_code=BAD_INPUT, error="scenarios_unreadable")) for path in paths]
    if not texts:
        texts = [_beside_overlay(overlays[-1]) if overlays else _beside(plan_path)]
    found: list[Scenario] = []
    broken: list[ScenariosInvalid] = []
    for source, text in texts:
        try:
            found += read_scenarios(text, source, plan)
        except ScenariosInvalid as invalid:
            broken.append(invalid)
    if broken:
        message = Message("场景文件有误, 没有运行", "the scenario file has defects; nothing was run")
        diagnostics = tuple(diagnostic for invalid in broken for diagnostic in invalid.diagnostics)
        sources = {source: lines_of(text) for source, text in texts}
        raise Stop(BAD_INPUT, "scenarios_invalid", message, diagnostics, sources)
    return tuple(found)


def _beside_overlay(overlay: str) -> tuple[str, bytes]:
    if overlay in loading.SHIPPED_OVERLAYS:
        name = f"{overlay}_{BESIDE_THE_PLAN}"
        return name, loading.shipped(name)
    path = str(Path(overlay).with_name(f"{Path(overlay).stem}_{BESIDE_THE_PLAN}"))
    return path, read(path, exit_code=BAD_INPUT, error="scenarios_unreadable")


def _beside(plan_path: str | None) -> tuple[str, bytes]:
    if plan_path is not None:
        path = str(Path(plan_path).with_name(BESIDE_THE_PLAN))
        return path, read(path, exit_code=BAD_INPUT, error="scenarios_unreadable")
    try:
        return BESIDE_THE_PLAN, loading.shipped(BESIDE_THE_PLAN)
    except (OSError, KeyError, ValueError):
        path = f"rules/{BESIDE_THE_PLAN}"
        return path, read(path, exit_code=BAD_INPUT, error="scenarios_unreadable")


def report(verdict: Verdict, plan: Plan, lang: str) -> Iterator[str]:
    """A line for the scenario; below it, for each step that fails, where it stands and what differs."""
    scenario = verdict.scenario
    sign, words = ("✓", ("通过", "passed")) if verdict.passed else ("✗", ("失败", "FAILED"))
    steps = f" ({len(verdict.steps)} {'步' if lang == 'zh' else 'steps'})" if len(verdict.steps) > 1 else ""
    yield visible(f"{sign} {words[0] if lang == 'zh' else words[1]} {scenario.id} {scenario.title}{steps}")
    for step in verdict.steps:
        if step.mismatches:
            yield visible(
                f"    {step.step.span.source}:{step.step.span.line} {step.step.at or ''} {step.step.event}".rstrip()
            )
            for line in describe(step.mismatches, plan, lang):
                yield from (f"      {visible(part)}" for part in line.split("\n"))


def _write_junit(path: str, verdicts: Sequence[Verdict], plan: Plan, lang: str) -> None:
    from plan_rules.scenarios.junit import to_junit  # noqa: PLC0415  loads the XML library, which few runs need

    try:
        Path(path).write_text(to_junit("plan-rules", verdicts, plan, lang), encoding="utf-8")
    except (OSError, ValueError) as failure:
        message = Message(f"写不了 {path}: {failure}", f"cannot write {path}: {failure}")
        raise Stop(BAD_INPUT, "junit_unwritable", message) from failure
