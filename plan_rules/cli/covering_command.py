"""`plan-rules cover`: scenario files -> what of the plan they try, which mistakes they miss, what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from plan_rules.analysis.coverage import Coverage, Tally, cover
from plan_rules.analysis.generation import Missing, missing
from plan_rules.analysis.suite import ScenarioFails
from plan_rules.cli import output
from plan_rules.cli.inputs import plan_of
from plan_rules.cli.stop import BAD_INPUT, DEFECTS, OK, Stop, as_json
from plan_rules.cli.testing_command import scenarios_of
from plan_rules.deciding import moment
from plan_rules.display_width import visible
from plan_rules.errors import Message
from plan_rules.finding_text import share
from plan_rules.plan import Plan
from plan_rules.scenarios import Scenario
from plan_rules.scenarios.writing import write_scenarios

_MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be covered, and how it is told."""

    files: Sequence[str]
    plan: str | None = None
    form: str = "text"
    every: bool = False
    write: bool = False
    lang: str = "zh"
    overlays: Sequence[str] = ()
    day: str | None = None


def run(asked: Asked) -> int:
    """Cover one plan; 1 when a mistake in it would go unnoticed."""
    plan = plan_of(asked.plan, asked.overlays, asked.day)
    scenarios = _in_force(scenarios_of(asked.files, plan, asked.plan, asked.overlays), plan)
    try:
        coverage = cover(plan, scenarios)
    except ScenarioFails as failure:
        message = Message(
            f"场景“{failure.scenario}”在预案上就不通过; 先运行 plan-rules test",
            f"scenario `{failure.scenario}` fails on the plan itself; run `plan-rules test` first",
        )
        raise Stop(BAD_INPUT, "scenario_fails", message) from failure
    taken = {scenario.id for scenario in scenarios}
    prefix = next(name for name in _prefixes() if not any(each.startswith(name) for each in taken))
    found = missing(coverage, prefix=prefix)
    if asked.write:
        output.say([write_scenarios((each.scenario for each in found), plan).rstrip("\n")] if found else [])
    elif asked.form == "json":
        output.say([as_json(_object(coverage, found, asked.lang))])
    else:
        output.say(_lines(coverage, found, asked))
    return OK if coverage.complete else DEFECTS


def _in_force(scenarios: Sequence[Scenario], plan: Plan) -> tuple[Scenario, ...]:
    """The scenarios of days on which what is laid over the plan stands as it does here."""
    layering = plan.layering
    if layering is None:
        return tuple(scenarios)
    days = {scenario.id: [at.date() for step in scenario.steps if (at := moment(step.at))] for scenario in scenarios}
    return tuple(each for each in scenarios if all(layering.holds_on(day) for day in days[each.id]))


def _prefixes() -> Iterator[str]:
    """Beginnings of ids for scenarios: G, H, ..., then GA, GB, ..."""
    letters = "GHJKLMNPQRTUVWXYZABCDEF"
    yield from letters
    yield from (one + other for one in letters for other in letters)


def _lines(coverage: Coverage, found: Sequence[Missing], asked: Asked) -> Iterator[str]:
    zh = asked.lang == "zh"
    yield f"{'场景的步数' if zh else 'steps of scenarios'}: {coverage.steps}"
    for title, tally in _tallies(coverage, zh):
        yield f"{title}: {tally.covered}/{tally.of}"
        yield from _missing_lines(tally, asked)
    noticed, alike = coverage.killed, len(coverage.equivalent)
    of = noticed + len(coverage.survivors)
    percent = share(noticed, of) if of else "100.00%"
    if zh:
        yield f"变异(预案里的一处小错): 发现 {noticed}/{of} ({percent}); 另有 {alike} 种不改变任何决定"
    else:
        yield f"mutants (one small mistake in the plan): {noticed}/{of} noticed ({percent}); {alike} change no decision"
    kills = _kills(found)
    for survivor in coverage.survivors if asked.every else coverage.survivors[:_MOST_LISTED]:
        mutant = survivor.mutant
        noticing = f" ← {kills[mutant.number]}" if mutant.number in kills else ""
        yield visible(f"  - {mutant.name} {mutant.about}: {mutant.mistake.within(asked.lang)}{noticing}")
    yield from _more(len(coverage.survivors), asked)
    if found:
        yield ""
        yield (
            f"# 以下 {len(found)} 个场景补上它们; 核对预期以后加进场景文件(--write 只输出这一部分)"
            if zh
            else f"# these {len(found)} scenarios make up for it; check what they expect (--write prints only them)"
        )
        yield write_scenarios((each.scenario for each in found), coverage.plan).rstrip("\n")


def _kills(found: Sequence[Missing]) -> dict[int, str]:
    """The missing scenario that notices each mutant."""
    return {mutant.number: each.scenario.id for each in found for mutant in each.kills}


def _tallies(coverage: Coverage, zh: bool) -> Iterator[tuple[str, Tally]]:
    yield "条款触发过" if zh else "clauses that fired", coverage.clauses
    yield "条件的部分起过决定作用(MC/DC)" if zh else "parts of conditions that decided (MC/DC)", coverage.conditions
    yield "数值的边界" if zh else "boundaries of numbers", coverage.boundaries
    yield "例外适用过与不适用过" if zh else "exceptions, both ways", coverage.exceptions


def _missing_lines(tally: Tally, asked: Asked) -> Iterator[str]:
    for gap in tally.missing if asked.every else tally.missing[:_MOST_LISTED]:
        yield visible(f"  - {gap.told.within(asked.lang)}")
    yield from _more(len(tally.missing), asked)


def _more(count: int, asked: Asked) -> Iterator[str]:
    rest = count - _MOST_LISTED
    if rest > 0 and not asked.every:
        yield (
            f"  … 另有 {rest} 项, 用 --all 列出"
            if asked.lang == "zh"
            else f"  ... and {rest} more; list them with --all"
        )


def _object(coverage: Coverage, found: Sequence[Missing], lang: str) -> dict[str, object]:
    plan: Plan = coverage.plan
    kills = _kills(found)
    named = {"clauses": coverage.clauses, "conditions": coverage.conditions}
    named |= {"boundaries": coverage.boundaries, "exceptions": coverage.exceptions}
    return {
        "plan": {"id": plan.id, "version": plan.version, "digest": plan.digest},
        "steps": coverage.steps,
        **{
            name: {
                "covered": tally.covered,
                "of": tally.of,
                "missing": [gap.told.within(lang) for gap in tally.missing],
            }
            for name, tally in named.items()
        },
        "mutants": {
            "killed": coverage.killed,
            "equivalent": len(coverage.equivalent),
            "survivors": [
                {
                    "mutant": survivor.mutant.name,
                    "about": survivor.mutant.about,
                    "mistake": survivor.mutant.mistake.within(lang),
                    "killed_by": kills.get(survivor.mutant.number),
                }
                for survivor in coverage.survivors
            ],
        },
        "missing_scenarios": [write_scenarios((each.scenario,), plan) for each in found],
    }
