"""Generated types hold every decision, whatever is in the plan's words; they are compiled by their own compilers."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, get_type_hints

import jsonschema
import pytest
from pydantic import ValidationError

import plan_rules as pr
from plan_rules import decision as answers
from plan_rules import layer_answers
from plan_rules.codegen import LANGUAGES, Wanted, generated
from plan_rules.codegen.java_types import is_package
from plan_rules.codegen.shape import RECORDS
from plan_rules.loading import reload
from tests.codegen.runtimes import compiled, run
from tests.codegen.stock import LAID_OVER, NAMES, decisions, incidents, plan_named

COMPILED = (LAID_OVER, "hostile")  # the largest, and the one that is hardest to write down
NAMED_OTHERWISE = {
    "ApprovalAnswer": "Approval",
    "DiscretionAnswer": "Discretion",
    "ExclusionAnswer": "Exclusion",
    "HandoffAnswer": "Handoff",
    "Override": "LayerOverride",
}


def module_of(plan: pr.Plan) -> ModuleType:
    """The generated Python, executed."""
    module = ModuleType(f"types_{abs(hash(plan.id))}")
    sys.modules[module.__name__] = module  # pydantic looks names up there
    exec(compile(generated(plan, "python")["plan_types.py"], "plan_types.py", "exec"), module.__dict__)
    return module


def test_the_shape_of_a_decision_is_that_of_the_decision() -> None:
    records = {
        name: list(get_type_hints(made))
        for name, made in (vars(answers) | vars(layer_answers)).items()
        if isinstance(made, type) and issubclass(made, tuple) and made is not NamedTuple
    }
    said = {name: [part.name for part in parts] for name, (_, parts) in RECORDS.items()}

    assert {NAMED_OTHERWISE.get(name, name): fields for name, fields in records.items()} == {
        name: fields for name, fields in said.items() if name != "Decision"
    }
    assert set(said["Decision"]) == set(get_type_hints(pr.Decision)) - {"fired"}


@pytest.mark.parametrize("name", [*NAMES, LAID_OVER])
def test_every_decision_is_what_its_schema_says(name: str) -> None:
    schema = json.loads(generated(plan_named(name), "json-schema")["decision.schema.json"])
    check = jsonschema.Draft202012Validator(schema)
    check.check_schema(schema)
    found = decisions(name)

    assert [error.message for decision in found for error in check.iter_errors(decision)] == []
    assert not check.is_valid({**found[0], "tier": "none"})
    assert not check.is_valid({**found[0], "more": 1})


@pytest.mark.parametrize("name", [*NAMES, LAID_OVER])
def test_python_models_read_every_decision_and_write_it_again(name: str) -> None:
    module = module_of(plan_named(name))

    for decision in decisions(name):
        model = module.Decision.model_validate(decision)
        assert model.model_dump(mode="json", by_alias=True, exclude_unset=True) == decision


@pytest.mark.parametrize("name", NAMES)
def test_python_models_take_the_facts_that_decide_takes(name: str) -> None:
    plan = plan_named(name)
    module = module_of(plan)
    of_case = {fact.id for fact in plan.facts.values() if fact.of_case}
    taken = [facts for facts in incidents(name) if not of_case & set(facts)]
    assert taken

    for facts in taken:
        stated = module.Facts.model_validate(facts).stated()
        assert stated.keys() == facts.keys()
        try:
            wanted: Any = pr.decide(plan, facts)
        except pr.FactsInvalid:
            with pytest.raises(pr.FactsInvalid):
                pr.decide(plan, stated)
        else:
            assert pr.decide(plan, stated) == wanted


def test_python_models_refuse_what_the_plan_does_not_know() -> None:
    module = module_of(plan_named("shipped"))

    with pytest.raises(ValidationError):
        module.Facts(staff_assualted=True)
    with pytest.raises(ValidationError):
        module.Facts(complainant_count=0)
    assert module.Facts(aggression_level=module.AggressionLevel.SERIOUS).stated() == {"aggression_level": "serious"}


def test_typescript_compiles_under_strict(node: Path, tmp_path: Path) -> None:
    for name in COMPILED:
        (tmp_path / f"{name}.ts").write_text(generated(plan_named(name), "typescript")["plan_types.ts"], "utf-8")
    plan, facts = json.dumps(decisions(LAID_OVER)[0]), json.dumps(next(incidents(LAID_OVER)))
    (tmp_path / "use.ts").write_text(
        f'import {{ ActionLabel, type Decision, type Facts }} from "./regulation.js";\n'
        f"export const decision: Decision = {plan};\nexport const facts: Facts = {facts};\n"
        "// @ts-expect-error  no fact of this plan\n"
        "export const misspelt: Facts = { staff_assualted: true };\n"
        "// @ts-expect-error  no value of this fact\n"
        'export const beyond: Facts = { aggression_level: "severe" };\n'
        "export const label: string = ActionLabel.call_police;\n",
        "utf-8",
    )
    compiler = node / "node_modules" / "typescript" / "bin" / "tsc"
    run("node", compiler, "--strict", "--noEmit", "--target", "es2022", "--module", "node16", *tmp_path.glob("*.ts"))


USE = """
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Scanner;
import sample.regulation.*;

public class Use {
    public static void main(String[] arguments) {
        Facts facts = Facts.builder()
            .staffAssaulted(true)
            .aggressionLevel(AggressionLevel.SERIOUS)
            .incidentResolvedOn(LocalDate.of(2025, 3, 10))
            .unknown(FactId.BANK_AT_FAULT)
            .build();
        System.out.println(facts);
        Scanner lines = new Scanner(System.in, StandardCharsets.UTF_8);
        while (lines.hasNextLine()) {
            Decision decision = Decision.of(Json.read(lines.nextLine()));
            System.out.println(Json.write(decision.toJson()));
        }
    }
}
"""


def test_java_compiles_states_facts_and_reads_decisions(tmp_path: Path) -> None:
    for name in COMPILED:
        for file, text in generated(plan_named(name), "java", Wanted(package=f"sample.{name}")).items():
            if name != LAID_OVER and Path(file).stem in RECORDS:
                continue  # the same for every plan
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_text(text, "utf-8")
    (tmp_path / "Use.java").write_text(USE, "utf-8")
    found = [json.dumps(decision, ensure_ascii=False) for decision in decisions(LAID_OVER)]
    assert any(decision.get("overrides") for decision in decisions(LAID_OVER))

    said = run(
        "java",
        "-Dfile.encoding=UTF-8",
        "-Dstdout.encoding=UTF-8",
        "-cp",
        compiled(tmp_path),
        "Use",
        given="\n".join(found),
    )

    facts, *decided = said.splitlines()
    assert json.loads(facts) == {
        "staff_assaulted": True,
        "aggression_level": "serious",
        "incident_resolved_on": "2025-03-10",
        "bank_at_fault": "unknown",
    }
    assert [json.loads(line) for line in decided] == [json.loads(line) for line in found]


@pytest.mark.parametrize("language", list(LANGUAGES))
@pytest.mark.parametrize("name", NAMES)
def test_a_plan_read_again_gives_the_same_texts_and_they_say_where_they_come_from(name: str, language: str) -> None:
    plan = plan_named(name)
    again = reload(plan.text, plan.source.raw if plan.source else None)
    texts = generated(plan, language, Wanted("plan-rules 9.9.9"))

    assert texts == generated(again, language, Wanted("plan-rules 9.9.9"))
    for file, text in texts.items():
        assert plan.digest in text or file.endswith("Json.java")
        assert "plan-rules 9.9.9" in text or file.endswith("Json.java")
        assert ".." not in file


def test_a_package_is_what_java_takes_for_one() -> None:
    assert is_package("com.bank.complaints")
    assert not any(is_package(name) for name in ("", "com..bank", "Com", "com.class", "1a", "a-b", "a/b"))
