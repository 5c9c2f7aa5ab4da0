"""What is filled in is what is decided, whatever the plan; what is saved is what was filled in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import plan_rules as pr
from plan_rules.errors import Span
from plan_rules.loading import shipped
from plan_rules.scenarios import Scenario, read_scenarios
from plan_rules.scenarios.running import stated_facts
from plan_rules.studio.answer import answer
from plan_rules.studio.incident_form import facts_of, fields_of, sent_facts
from plan_rules.studio.suite import NotAdded, added, scenario_of
from plan_rules.testing import incidents
from tests.studio.served import ROOT, served

PLANS = ("hospital", "property", "telecom")
SCENARIOS = read_scenarios(shipped("scenarios.yaml"), "scenarios.yaml", pr.load())
FOLDERS = {name: ROOT / "examples" / "plans" / name for name in PLANS}


def decided(facts: dict[str, Any], plan: pr.Plan, at: str | None = None) -> object:
    try:
        return pr.decide(plan, facts, at=at).to_dict()
    except pr.FactsInvalid as refused:
        return [each.code for each in refused.diagnostics]


def as_dict(plan: pr.Plan, facts: object) -> dict[str, Any]:
    return facts if isinstance(facts, dict) else facts.model_dump(exclude_unset=True)  # type: ignore[attr-defined]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.id)
def test_a_scenario_put_into_the_form_is_decided_as_the_scenario(scenario: Scenario) -> None:
    plan = pr.load()
    for step in scenario.steps:
        facts = stated_facts(step)
        if step.expected.invalid:
            continue  # what is no value of a fact cannot be picked in the form
        assert decided(facts_of(sent_facts(facts, plan), plan), plan, step.at) == decided(facts, plan, step.at)


@given(data=st.data())
def test_any_incident_of_any_plan_goes_through_the_form(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from((None, *PLANS)))
    plan = pr.load(FOLDERS[name] / "plan.yaml" if name else None)
    facts = as_dict(plan, data.draw(incidents(plan)))

    assert decided(facts_of(sent_facts(facts, plan), plan), plan) == decided(facts, plan)


@given(
    form=st.dictionaries(
        st.text(max_size=20) | st.sampled_from(["f." + name for name in pr.load().facts]), st.text(max_size=20)
    )
)
def test_anything_sent_is_decided_or_refused_with_a_remedy(form: dict[str, str]) -> None:
    plan = pr.load()
    try:
        pr.decide(plan, facts_of(form, plan))
    except pr.FactsInvalid as refused:
        assert all(each.help for each in refused.diagnostics)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_fact_of_an_incident_has_a_field_with_its_default(lang: str) -> None:
    plan = pr.load()
    fields = fields_of(plan, lang)

    assert [field.id for field in fields] == [
        f.id for f in plan.facts.values() if not f.of_case and f.kind.value != "readings"
    ]
    assert all(field.default and field.question for field in fields)


def test_every_line_of_an_answer_that_a_clause_demands_shows_the_words_of_the_clause() -> None:
    plan = pr.load()
    found = answer(plan, {"staff_assaulted": True}, None, "zh")
    parts = {part.key: part for part in found.parts}

    for key, items in (("duty", found.decision.duties), ("prohibition", found.decision.prohibitions)):
        assert [line.entry.head for line in parts[key].lines] == [item.label for item in items]
        for line, item in zip(parts[key].lines, items, strict=True):
            assert [(ground.clause, ground.text) for ground in line.grounds] == [
                (clause, plan.clauses[clause].text) for clause in item.clauses
            ]


# --------------------------------------------------------------------------- saving


def new(plan: pr.Plan, id_: str = "S900", title: str = "新的") -> Scenario:
    facts = {"staff_assaulted": True}
    return scenario_of(plan, facts, pr.decide(plan, facts), at=None, named=(id_, title, ""))


@pytest.mark.parametrize(
    "before",
    [
        None,
        b"",
        b"scenarios:\n- id: A\n  facts: {}\n  expected: {tier: null}\n",
        b"# says\nscenarios:\n  - id: A\n    facts: {}\n    expected: {tier: null}\n",
        b"- id: A\n  facts: {}\n  expected: {tier: null}",
        b"- id: A\n  facts: {}\n  expected: {tier: null}\n# the end\n\n",
    ],
    ids=["no file", "empty", "flush", "indented", "bare, no end of line", "a remark at the end"],
)
def test_a_scenario_is_added_at_the_end_and_nothing_else_changes(before: bytes | None) -> None:
    plan = pr.load()
    after = added(before, new(plan), plan)

    assert after.startswith(before or b"")
    assert [each.id for each in read_scenarios(after, "s", plan)] == [*(["A"] if before else []), "S900"]


@pytest.mark.parametrize(
    "before",
    [
        b"scenarios: [{id: A, facts: {}, expected: {tier: null}}]\n",
        b"- id: S900\n  facts: {}\n  expected: {tier: null}\n",
    ],
    ids=["on one line", "id taken"],
)
def test_what_does_not_fit_is_refused_and_not_half_written(before: bytes) -> None:
    plan = pr.load()
    with pytest.raises(NotAdded):
        added(before, new(plan), plan)


@pytest.mark.parametrize(
    ("id_", "title"),
    [("", "t"), ("a b", "t"), ("../x", "t"), ("x" * 41, "t"), ("A", ""), ("A", "t" * 121), ("A\n- id: B", "t")],
)
def test_a_scenario_needs_a_plain_id_and_a_title(id_: str, title: str) -> None:
    with pytest.raises(NotAdded):
        new(pr.load(), id_, title)


@given(title=st.text(min_size=1, max_size=120).filter(str.strip), story=st.text(max_size=200))
def test_whatever_is_written_as_title_and_story_comes_back_or_is_refused(title: str, story: str) -> None:
    plan = pr.load()
    scenario = scenario_of(plan, {}, pr.decide(plan, {}), at="2025-05-20T09:15", named=("S900", title, story))
    try:
        (back,) = read_scenarios(added(None, scenario, plan), "s", plan)
    except NotAdded:
        return  # characters that a file may not hold
    assert back.title == title.strip()
    assert back.steps[0].expected.tier == scenario.steps[0].expected.tier
    assert back.span != Span("", 0, 0)


# --------------------------------------------------------------------------- other plans, and no extra


@pytest.mark.parametrize("name", PLANS)
def test_plans_of_other_trades_are_served_alike(name: str) -> None:
    plan = pr.load(FOLDERS[name] / "plan.yaml")
    with served(FOLDERS[name]) as studio:
        page = studio.get("/")[1]
        said = studio.post("/decide", {})[1]
        asked = studio.post("/ask", {})[1]
        run = studio.post("/scenarios/run", {})[1]

    assert plan.name in page
    assert all(f'name="{field.name}"' in page for field in fields_of(plan, "zh"))
    tier = pr.decide(plan, {}).tier
    assert (tier.label if tier else "不分级") in said
    assert 'role="alert"' not in said + asked + run
    assert "0 个没通过" in run


@pytest.mark.parametrize("missing", ["starlette", "uvicorn", "jinja2"])
def test_without_the_extra_the_line_that_installs_it_is_told(missing: str) -> None:
    source = f"import sys; sys.modules['{missing}'] = None; from plan_rules.cli import main; sys.argv[1:] = ['studio']; main()"
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, cwd=ROOT, timeout=120)

    assert done.returncode != 0
    assert "pip install 'plan-rules[studio]'" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["{tmp}/none"], 3, "none"),
        (["{tmp}"], 3, "plan-rules init"),
        (["{tmp}", "--plan", "{tmp}/plan.yaml"], 2, "只能写一个"),
        (["--plan", "{tmp}/plan.txt"], 3, ".yaml"),
        (["--port", "70000"], 2, "65535"),
        (["--host", "no.such.host.invalid"], 2, "--port"),
    ],
)
def test_what_cannot_be_opened_is_told_with_a_remedy(
    tmp_path: Path, arguments: list[str], code: int, says: str
) -> None:
    given = [each.format(tmp=tmp_path) for each in arguments]
    command = [sys.executable, "-m", "plan_rules", "studio", *given, "--lang", "zh"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=120)

    assert done.returncode == code
    assert says in done.stderr
    assert "Traceback" not in done.stderr
