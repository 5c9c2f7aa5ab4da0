"""The pytest plugin in a user's own repository: plan files and scenario files are tests, and failures are for people."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
GOOD = """\
预案: {编号: small, 名称: 小预案, 版本: "1"}
角色: {值班员: {编号: guard}}
等级: {一般: {编号: tier_1, 级: 1}}
事实:
  闻到烟味: {编号: smoke, 类型: 是否, 默认: 否}
  看到明火: {编号: flames, 类型: 是否, 默认: 否}
动作:
  查看现场: {编号: inspect}
  报警: {编号: call, 保护: 是}
正文:
- 章节: 一
  条款:
  - {编号: 一.1, 原文: 一律定为一般。, 定为: 一般}
  - {编号: 一.2, 原文: 有烟的查看。, 当: {闻到烟味: 是}, 应当: {做: 查看现场, 责任: 值班员}}
  - {编号: 一.3, 原文: 有火的报警。, 当: {看到明火: 是}, 应当: {做: 报警, 责任: 值班员}}
红线:
- {编号: 红线-有火必报警, 名称: 有火必报警, 若: {看到明火: 是}, 则: {应当: [报警]}}
"""
BROKEN = GOOD.replace("当: {看到明火: 是}, 应当", "当: {看到明火: 是, 闻到烟味: 是}, 应当")
TWICE = GOOD.replace("当: {闻到烟味: 是}", "当: {全部: [{闻到烟味: 是}, {任一: [{闻到烟味: 是}, {看到明火: 是}]}]}")
ACCEPTED = (
    TWICE
    + """\
认可:
- {发现: PF002, 涉及: [一.2], 理由: 试行, 决定: 安保部, 到期: 2999-12-31}
"""
)
SCENARIOS = """\
scenarios:
- id: S1
  title: 着火
  facts: {flames: true}
  expected: {tier: tier_1, required: [call]}
- id: S2
  title: 冒烟
  facts: {smoke: true}
  expected: {required: [inspect]}
"""
SEMGREP = "rules:\n- id: no-eval\n  pattern: eval(...)\n  message: plan and body and scenarios\n"


class Outcome:
    """What a run of pytest in the user's repository gave."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.text = done.stdout + done.stderr
        self.code = done.returncode
        self.verdicts = dict(re.findall(r"^(rules/\S+?::.+?) (PASSED|FAILED|SKIPPED|ERROR)\b", self.text, re.MULTILINE))

    @property
    def failed(self) -> list[str]:
        return [name for name, verdict in self.verdicts.items() if verdict == "FAILED"]


@pytest.fixture
def run(tmp_path):
    """Writes files, runs pytest on them with warnings as errors, and tells what came out."""

    def run_(files: dict[str, str], *arguments: str, ini: str = "") -> Outcome:
        (tmp_path / "pytest.ini").write_text(f"[pytest]\nfilterwarnings = error\n{ini}", encoding="utf-8")
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
        # By -p and without entry points, so that it is the plugin of this tree, whatever is installed.
        command = [sys.executable, "-m", "pytest", "-p", "plan_rules.testing.plugin", "-v", *(arguments or ["rules"])]
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONUTF8": "1"}
        environment.pop("PYTEST_ADDOPTS", None)
        return Outcome(
            subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8")
        )

    return run_


def test_a_good_plan_passes_with_a_line_for_each_claim(run):
    outcome = run({"rules/plan.yaml": GOOD})

    assert outcome.code == 0, outcome.text
    assert set(outcome.verdicts.values()) == {"PASSED"}
    assert {
        "rules/plan.yaml::check",
        "rules/plan.yaml::PF001[一.2]",
        "rules/plan.yaml::PF014[红线-有火必报警/0]",
    } <= outcome.verdicts.keys()


def test_a_refuted_claim_fails_with_the_finding_and_the_incident_that_proves_it(run):
    outcome = run({"rules/plan.yaml": BROKEN})

    assert outcome.code == 1
    assert outcome.verdicts["rules/plan.yaml::check"] == "PASSED"
    assert "rules/plan.yaml::PF014[红线-有火必报警/0]" in outcome.failed
    assert "错误[PF014]" in outcome.text
    assert "--> rules/plan.yaml:17:" in outcome.text
    assert "例如这一事件: {看到明火: 是}" in outcome.text
    assert "种事件如此" in outcome.text
    assert "Traceback" not in outcome.text and "raise NotSo" not in outcome.text


def test_failures_are_told_in_english_where_the_project_says_so(run):
    outcome = run({"rules/plan.yaml": BROKEN}, ini="plan_rules_lang = en\n")

    assert "error[PF014]" in outcome.text
    assert "such as the incident: {flames: yes}" in outcome.text


def test_what_somebody_stands_by_is_no_failure(run):
    assert "rules/plan.yaml::PF002[一.2/0.1.0]" in run({"rules/plan.yaml": TWICE}).failed
    assert run({"rules/plan.yaml": ACCEPTED}).failed == []


def test_an_acceptance_that_has_run_out_is_no_longer_one(run):
    outcome = run({"rules/plan.yaml": ACCEPTED.replace("2999-12-31", "2020-12-31")})

    assert "rules/plan.yaml::PF002[一.2/0.1.0]" in outcome.failed


def test_what_is_not_decided_within_the_budget_fails(run):
    outcome = run({"rules/plan.yaml": GOOD}, ini="plan_rules_budget = 1\n")

    assert outcome.code == 1
    assert outcome.failed
    assert "PF016" in outcome.text


def test_a_claim_is_chosen_by_its_node_id(run):
    outcome = run({"rules/plan.yaml": BROKEN}, "rules/plan.yaml::PF014[红线-有火必报警/0]")

    assert outcome.verdicts == {"rules/plan.yaml::PF014[红线-有火必报警/0]": "FAILED"}


def test_claims_are_chosen_by_k(run):
    outcome = run({"rules/plan.yaml": BROKEN}, "rules", "-k", "PF001")

    assert outcome.code == 0
    assert outcome.verdicts
    assert all("::PF001[" in name for name in outcome.verdicts)


def test_the_tests_come_in_the_same_order_every_time(run):
    files = {"rules/plan.yaml": GOOD, "rules/scenarios.yaml": SCENARIOS}

    assert [*run(files).verdicts] == [*run(files).verdicts]


# --------------------------------------------------------------------------- plan files with errors


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (GOOD.replace("正文:", "正文\uff1a"), "TX"),
        (GOOD.replace("动作:", "动作: ]"), "TX"),
        (GOOD.replace("当: {闻到烟味: 是}", "当: {闻到烟: 是}"), "PR030"),
    ],
    ids=["full-width", "syntax", "name"],
)
def test_a_plan_with_errors_fails_check_and_makes_no_claims(run, wrong, code):
    outcome = run({"rules/plan.yaml": wrong})

    assert outcome.verdicts == {"rules/plan.yaml::check": "FAILED"}
    assert f"错误[{code}" in outcome.text
    assert "--> rules/plan.yaml:" in outcome.text
    assert "Traceback" not in outcome.text


def test_warnings_of_a_plan_file_are_no_failure(run):
    assert "rules/plan.yaml::check" not in run({"rules/plan.yaml": GOOD}).failed  # PR066: it names no source text


# --------------------------------------------------------------------------- scenario files


def test_scenarios_are_tests_of_the_plan_beside_them(run):
    outcome = run({"rules/plan.yaml": GOOD, "rules/scenarios.yaml": SCENARIOS}, "rules/scenarios.yaml")

    assert outcome.verdicts == {"rules/scenarios.yaml::S1": "PASSED", "rules/scenarios.yaml::S2": "PASSED"}


def test_a_scenario_that_fails_says_what_differs(run):
    wrong = SCENARIOS.replace("[inspect]", "[call]")
    outcome = run({"rules/plan.yaml": GOOD, "rules/scenarios.yaml": wrong}, "rules/scenarios.yaml")

    assert outcome.failed == ["rules/scenarios.yaml::S2"]
    assert "S2 冒烟" in outcome.text
    assert "rules/scenarios.yaml:6" in outcome.text
    assert "应当: - 缺少 call (报警)" in outcome.text
    assert "应当: + 多出 inspect (查看现场)" in outcome.text
    assert "Traceback" not in outcome.text


def test_the_plan_of_scenarios_may_lie_elsewhere(run):
    files = {"policy/fire.yaml": GOOD, "rules/scenarios.yaml": SCENARIOS}
    outcome = run(files, ini="plan_rules_plan = policy/fire.yaml\n")

    assert outcome.verdicts == {"rules/scenarios.yaml::S1": "PASSED", "rules/scenarios.yaml::S2": "PASSED"}


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"rules/scenarios.yaml": SCENARIOS}, "plan_rules_plan"),
        ({"rules/scenarios.yaml": SCENARIOS.replace("required", "requires"), "rules/plan.yaml": GOOD}, "错误[SC002]"),
        ({"rules/scenarios.yaml": SCENARIOS, "rules/plan.yaml": GOOD.replace("做: 报警", "做: 报火警")}, "错误[PR032]"),
    ],
    ids=["no plan", "wrong scenarios", "wrong plan"],
)
def test_scenarios_that_cannot_be_run_fail_check(run, files, words):
    outcome = run(files, "rules/scenarios.yaml")

    assert outcome.verdicts == {"rules/scenarios.yaml::check": "FAILED"}
    assert words in outcome.text


# --------------------------------------------------------------------------- files that are not ours


OTHERS = [
    SEMGREP,
    "",
    "- 1\n- 2\n",
    "{}",
    "{ broken",
    '{"rules": [{"plan": 1, "body": 2}]}',
    "jobs:\n  plan: 1\n  body: 2\n",
    "plan: 1\n",
    "条目: []\n",
    "\x00\ufffd: 1",
]


def test_other_files_are_left_alone(run):
    outcome = run({f"rules/other{number}.yaml": text for number, text in enumerate(OTHERS)})

    assert outcome.verdicts == {}
    assert outcome.code == 5  # no tests


@pytest.mark.parametrize("name", ["rules/plan.json", "other/plan.yaml"])
def test_files_with_other_names_are_left_alone_unless_the_project_names_them(run, name):
    files = {name: GOOD}

    assert run(files, name.split("/")[0]).verdicts == {}
    assert f"{name}::check PASSED" in run(files, name.split("/")[0], ini=f"plan_rules_files = {name}\n").text


def test_a_plan_in_braces_is_a_plan(run):
    text = json.dumps(yaml.load(GOOD, yaml.BaseLoader), ensure_ascii=False)

    assert run({"rules/plan.yaml": text}).verdicts["rules/plan.yaml::check"] == "PASSED"


def test_english_keywords_are_known_too(run):
    outcome = run({"rules/plan.yaml": GOOD.replace("预案:", "plan:").replace("正文:", "body:")})

    assert outcome.verdicts["rules/plan.yaml::check"] == "PASSED"


def test_it_can_be_switched_off(run):
    assert run({"rules/plan.yaml": BROKEN}, "rules", "--plan-rules-off").verdicts == {}


def test_nothing_heavy_is_loaded_while_no_file_is_ours(run):
    probe = """
import sys

def test_nothing_heavy_is_loaded():
    heavy = {"hypothesis", "oxidd", "plan_rules.analysis.proving", "plan_rules.testing.collecting"}
    assert not heavy & {*sys.modules}
"""
    outcome = run({"rules/semgrep.yaml": SEMGREP, "rules/test_probe.py": probe}, "rules")

    assert outcome.code == 0, outcome.text


def test_the_shipped_plan_passes_with_its_scenarios(run):
    files = {f"rules/{path.name}": path.read_text(encoding="utf-8") for path in (ROOT / "rules").glob("*.yaml")}
    outcome = run(files)

    assert outcome.code == 0, outcome.text[-2000:]
    assert len(outcome.verdicts) > 600


def test_the_example_for_users_passes():
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HYPOTHESIS_STORAGE_DIRECTORY": os.devnull}
    done = subprocess.run(
        command, cwd=ROOT / "examples" / "property_tests", env=environment, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout
    assert "5 passed" in done.stdout
