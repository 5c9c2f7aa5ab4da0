"""(Scenario file, Plan) -> Scenarios; unknown keys and names and wrong values as Diagnostics, all at once.

    SC001  the file is not a list of scenarios          SC005  a name the plan does not have
    SC002  unknown key                                  SC006  wrong value of a fact, date or kind
    SC003  missing key                                  SC007  two scenarios with one id
    SC004  wrong form: a list, mapping or text is meant

Values get the types of the facts they are given for; nothing rests on what YAML would guess.  A scenario that expects a
refusal (`invalid`) may hold facts that are wrong in any way: they are handed on as they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from plan_rules.errors import ScenariosInvalid, Severity
from plan_rules.language.document import parse
from plan_rules.language.tree import Fields, Items, Report, Text, Tree
from plan_rules.plan import Plan
from plan_rules.scenarios.expectation import read_expected
from plan_rules.scenarios.form import Expected, Scenario, Step
from plan_rules.scenarios.shapes import (
    mapping,
    missing_keys,
    readings_of,
    span_of,
    text_of,
    texts_of,
    unknown_keys,
    wrong_form,
)
from plan_rules.scenarios.values import fact_value, instant

_SNAPSHOT = ("id", "title", "kind", "tags", "narrative", "ambiguity", "note", "facts", "readings", "as_of", "expected")
_TIMELINE = ("id", "title", "kind", "tags", "narrative", "ambiguity", "note", "readings", "steps")
_STEP = ("at", "event", "note", "facts", "readings", "expected")


def read_scenarios(text: str | bytes, source: str, plan: Plan) -> tuple[Scenario, ...]:
    """The scenarios of a file, in order: a list under `scenarios`, or a bare list.

    Raises ScenariosInvalid with every defect of the file.
    """
    report = Report()
    tree = parse(text, source, report)
    scenarios: list[Scenario] = []
    if tree is not None:
        reader = _Reader(plan, report)
        scenarios = [found for item in reader.listed(tree) if (found := reader.scenario(item)) is not None]
        reader.check_ids(scenarios)
    if report.failed:
        raise ScenariosInvalid(tuple(found for found in report.sorted() if found.severity is not Severity.NOTE))
    return tuple(scenarios)


class _Reader:
    def __init__(self, plan: Plan, report: Report) -> None:
        self._plan = plan
        self._report = report

    def listed(self, tree: Tree) -> Items:
        """The items of the file."""
        if isinstance(tree, Fields):
            unknown_keys(tree, ("scenarios",), self._report)
            tree = tree.get(Text("scenarios", tree.span), tree)
        if isinstance(tree, Items):
            return tree
        self._report.add(
            "SC001",
            ("文件里没有场景列表", "the file holds no list of scenarios"),
            tree.span,
            ("写成“scenarios:”, 下面每个场景以“- id: …”开头", "write `scenarios:` and begin each with `- id: …`"),
        )
        return Items()

    def scenario(self, tree: Tree) -> Scenario | None:
        """One scenario, or None when it is no mapping."""
        fields = mapping(tree, "一个场景", "a scenario", self._report)
        if fields is None:
            return None
        timeline = "steps" in fields
        kind = text_of(fields, "kind", self._report) or ("timeline" if timeline else "snapshot")
        self._check_kind(fields, kind, timeline)
        unknown_keys(fields, _TIMELINE if timeline else _SNAPSHOT, self._report)
        missing_keys(fields, ("id",) if timeline else ("id", "expected"), self._report)
        readings = self._readings(fields)
        steps = self._steps(fields, readings) if timeline else (self._step(fields, readings, "as_of"),)
        return Scenario(
            id=text_of(fields, "id", self._report) or "",
            title=text_of(fields, "title", self._report) or "",
            kind=kind,
            steps=steps,
            span=fields.span,
            tags=texts_of(fields, "tags", self._report),
            narrative=text_of(fields, "narrative", self._report) or "",
            ambiguity=texts_of(fields, "ambiguity", self._report),
            note=text_of(fields, "note", self._report) or "",
        )

    def check_ids(self, scenarios: Iterable[Scenario]) -> None:
        """Every id once."""
        first: dict[str, Scenario] = {}
        for scenario in scenarios:
            earlier = first.setdefault(scenario.id, scenario)
            if earlier is not scenario and scenario.id:
                self._report.add(
                    "SC007",
                    (f"两个场景的编号都是“{scenario.id}”", f"two scenarios have the id `{scenario.id}`"),
                    scenario.span,
                    ("换一个编号", "choose another id"),
                    related=earlier.span,
                    related_label=("第一个在这里", "the first is here"),
                )

    def _check_kind(self, fields: Fields, kind: str, timeline: bool) -> None:
        if kind != ("timeline" if timeline else "snapshot"):
            self._report.add(
                "SC006",
                (f"kind 是“{kind}”, 与内容不符", f"the kind `{kind}` does not fit the content"),
                span_of(fields, "kind"),
                ("有 steps 的写 timeline, 没有的写 snapshot", "with steps it is `timeline`, without `snapshot`"),
            )

    def _steps(self, fields: Fields, readings: Mapping[str, str]) -> tuple[Step, ...]:
        items = fields[Text("steps", fields.span)]
        if not isinstance(items, Items) or not items:
            wrong_form(items, "steps 应当是至少一步的列表", "`steps` is a list of at least one step", self._report)
            return ()
        steps = []
        for item in items:
            step = mapping(item, "一步", "a step", self._report)
            if step is not None:
                unknown_keys(step, _STEP, self._report)
                missing_keys(step, ("at", "expected"), self._report)
                steps.append(self._step(step, {**readings, **self._readings(step)}, "at"))
        return tuple(steps)

    def _step(self, fields: Fields, readings: Mapping[str, str], at: str) -> Step:
        expected = self._expected(fields)
        instant_ = text_of(fields, at, self._report)
        if instant_ is not None and instant(instant_) is None:
            self._report.add(
                "SC006",
                (f"“{instant_}”不是日期或时刻", f"`{instant_}` is no date or instant"),
                span_of(fields, at),
                ("写成 2025-05-20 或 2025-05-20T09:15", "write 2025-05-20 or 2025-05-20T09:15"),
            )
        return Step(
            facts=self._facts(fields, as_it_stands=bool(expected.invalid)),
            expected=expected,
            span=fields.span,
            at=instant_,
            event=text_of(fields, "event", self._report) or "",
            readings=readings,
        )

    def _expected(self, fields: Fields) -> Expected:
        tree = fields.get(Text("expected", fields.span))
        inner = mapping(tree, "expected", "`expected`", self._report) if tree is not None else None
        return Expected(fields.span) if inner is None else read_expected(inner, self._plan, self._report)

    def _facts(self, fields: Fields, *, as_it_stands: bool) -> Mapping[str, Any]:
        tree = fields.get(Text("facts", fields.span))
        if tree is None or tree == "":
            return {}
        facts = mapping(tree, "facts", "`facts`", self._report)
        named = {} if facts is None else facts
        return {
            str(key): fact_value(key, value, self._plan, self._report, as_it_stands=as_it_stands)
            for key, value in named.items()
        }

    def _readings(self, fields: Fields) -> dict[str, str]:
        tree = fields.get(Text("readings", fields.span))
        if tree is None:
            return {}
        readings = mapping(tree, "readings", "`readings`", self._report)
        return readings_of(readings, self._plan, self._report) if readings is not None else {}
