"""SARIF: the essentials of version 2.1.0, as code hosts check them."""

from __future__ import annotations

from plan_rules.errors import Diagnostic, Message, Severity, Span
from plan_rules.sarif import to_sarif

FOUND = (
    Diagnostic("B", Severity.WARNING, Message("甲", "a"), Span("规则/plan 1.yaml", 3, 5, 4), related=Span("p", 1, 1)),
    Diagnostic("A", Severity.ERROR, Message("乙", "b"), help=Message("丙", "c")),
    Diagnostic("B", Severity.NOTE, Message("丁", "d")),
)


def test_the_log_has_the_shape_that_the_standard_asks_for() -> None:
    log = to_sarif(FOUND, "1.0")
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(rules) == len(set(rules))
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in {"error", "warning", "note"}
        assert result["message"]["text"]


def test_places_are_uris_and_columns_that_count_characters_from_one() -> None:
    (run,) = to_sarif(FOUND, "1.0")["runs"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "%E8%A7%84%E5%88%99/plan%201.yaml"
    assert place["region"] == {"startLine": 3, "startColumn": 5, "endColumn": 9}
    assert run["columnKind"] == "unicodeCodePoints"
    assert "relatedLocations" in run["results"][0]
    assert "locations" not in run["results"][1]


def test_the_help_follows_the_message_in_the_language_asked_for() -> None:
    (run,) = to_sarif(FOUND, "1.0", "en")["runs"]
    assert run["results"][1]["message"]["text"] == "b\nc"
