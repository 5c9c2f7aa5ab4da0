"""Verdicts -> JUnit XML, as build servers read it: a test case a step, in the scenarios' order, without clocks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree as ET

from plan_rules.plan import Plan
from plan_rules.scenarios.failure_text import describe
from plan_rules.scenarios.running import StepVerdict, Verdict

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_junit(name: str, verdicts: Sequence[Verdict], plan: Plan, lang: str = "zh") -> str:
    """One test suite, as a UTF-8 document."""
    cases = [(verdict, index, step) for verdict in verdicts for index, step in enumerate(verdict.steps, 1)]
    failures = sum(bool(step.mismatches) for _, _, step in cases)
    suite = ET.Element("testsuite", name=_clean(name), tests=str(len(cases)), failures=str(failures), errors="0")
    for verdict, index, step in cases:
        suite.append(_case(verdict, index, step, plan, lang))
    root = ET.Element("testsuites", tests=str(len(cases)), failures=str(failures))
    root.append(suite)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _case(verdict: Verdict, index: int, step: StepVerdict, plan: Plan, lang: str) -> ET.Element:
    scenario = verdict.scenario
    name = f"{scenario.id} {scenario.title}"
    if len(verdict.steps) > 1:
        name += f" [{index}] {step.step.at or ''} {step.step.event}".rstrip()
    case = ET.Element(
        "testcase",
        classname=_clean(scenario.kind),
        name=_clean(name),
        file=step.step.span.source,
        line=str(step.step.span.line),
    )
    if step.mismatches:
        lines = describe(step.mismatches, plan, lang)
        failure = ET.SubElement(case, "failure", message=_clean(lines[0]), type="mismatch")
        failure.text = _clean("\n".join(lines))
    return case


def _clean(text: str) -> str:
    """Without the characters that XML 1.0 cannot hold."""
    return _NOT_IN_XML.sub("\ufffd", text)
