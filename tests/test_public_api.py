"""The public names: adding or removing one is a decision, so this file has to change with it."""

import importlib.metadata
import inspect
from types import ModuleType

import pytest

import plan_rules
from plan_rules import analysis, cases, testing

PUBLIC = {
    "UNKNOWN",
    "Clause",
    "Decision",
    "Diagnostic",
    "Duty",
    "EngineError",
    "Fact",
    "FactsInvalid",
    "FormUnknown",
    "Permission",
    "Plan",
    "PlanInvalid",
    "PlanRulesError",
    "Prohibition",
    "Severity",
    "Span",
    "Violation",
    "__version__",
    "check",
    "check_form",
    "decide",
    "explain",
    "load",
    "loads",
}


ANALYSIS = {
    "BUDGET",
    "Answer",
    "Change",
    "Choice",
    "Coverage",
    "Difference",
    "Disagreement",
    "Finding",
    "Missing",
    "OutOfBudget",
    "Proof",
    "Question",
    "ScenarioFails",
    "Verdict",
    "Witness",
    "ask",
    "certificate",
    "certificate_text",
    "cover",
    "diff",
    "lint",
    "missing",
    "proof",
    "prove",
    "verify",
}
TESTING = {
    "Amendment",
    "RegionInvalid",
    "amendments",
    "any_facts",
    "boundary_incidents",
    "incidents",
    "plan_texts",
    "plans",
    "region",
    "stated_incidents",
}
CASES = {
    "AccessRefused",
    "Case",
    "Cases",
    "Change",
    "Event",
    "EventRefused",
    "ExtraMissing",
    "KeyRefused",
    "Keyring",
    "Message",
    "Phase",
    "Recorded",
    "Step",
    "StoreError",
    "new_key_file",
    "read_key_file",
}


@pytest.mark.parametrize(("module", "names"), [(analysis, ANALYSIS), (cases, CASES), (testing, TESTING)])
def test_the_public_names_of_the_other_packages_are_exactly_these(module: ModuleType, names: set[str]) -> None:
    assert set(module.__all__) == names
    assert all(getattr(module, name).__doc__ for name in names - {"BUDGET"})


def test_the_public_names_are_exactly_these() -> None:
    assert set(plan_rules.__all__) == PUBLIC
    assert len(plan_rules.__all__) == len(PUBLIC)


def test_every_public_name_exists() -> None:
    missing = [name for name in plan_rules.__all__ if not hasattr(plan_rules, name)]

    assert missing == []


def test_every_public_class_and_function_has_a_docstring() -> None:
    public = {name: getattr(plan_rules, name) for name in PUBLIC}
    bare = [name for name, it in public.items() if (inspect.isclass(it) or inspect.isfunction(it)) and not it.__doc__]

    assert bare == []


def test_optional_arguments_of_public_functions_are_keyword_only() -> None:
    positional = [
        f"{name}({parameter.name})"
        for name, function in vars(plan_rules).items()
        if name in PUBLIC and inspect.isfunction(function)
        for parameter in list(inspect.signature(function).parameters.values())[1:]
        if parameter.default is not parameter.empty and parameter.kind is not parameter.KEYWORD_ONLY
    ]

    assert positional == []


def test_every_public_error_is_a_plan_rules_error() -> None:
    for name in ("PlanInvalid", "FactsInvalid", "EngineError"):
        assert issubclass(getattr(plan_rules, name), plan_rules.PlanRulesError)


def test_the_version_is_that_of_the_distribution() -> None:
    assert plan_rules.__version__ == importlib.metadata.version("plan-rules")
