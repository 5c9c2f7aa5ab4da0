"""Plan -> source texts in other languages, the plan as JSON Logic, and what any runner of that can be held to.

    plan-rules codegen --language typescript --out src/plan

Everything is a function of the plan: equal plans give equal texts, byte for byte.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from plan_rules.codegen.corpus import corpus
from plan_rules.codegen.decision_schema import decision_schema
from plan_rules.codegen.java_types import is_package, java_types
from plan_rules.codegen.portable import portable
from plan_rules.codegen.python_types import python_types
from plan_rules.codegen.typescript_types import typescript_types
from plan_rules.codegen.vocabulary import vocabulary
from plan_rules.incident import json_schema
from plan_rules.plan import Plan

__all__ = ["LANGUAGES", "Texts", "Wanted", "generated"]

Texts = Mapping[str, str]  # by file name, which may begin with folders


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the generated texts say of their origin (`maker`: a program and its version), and Java's package.

    `corpus` is how many drawn incidents go with a portable plan, besides those that touch something; None: no corpus.
    """

    maker: str = "plan-rules"
    package: str | None = None
    corpus: int | None = None


def _python(plan: Plan, wanted: Wanted) -> Texts:
    return {"plan_types.py": python_types(vocabulary(plan), wanted.maker)}


def _typescript(plan: Plan, wanted: Wanted) -> Texts:
    return {"plan_types.ts": typescript_types(vocabulary(plan), wanted.maker)}


def _java(plan: Plan, wanted: Wanted) -> Texts:
    package = wanted.package or _package(plan)
    found = java_types(vocabulary(plan), wanted.maker, package)
    return {f"{package.replace('.', '/')}/{name}": text for name, text in found.items()}


def _package(plan: Plan) -> str:
    """Readable rather than unlike every other: whoever wants another one names it."""
    name = re.sub("[^a-z0-9]", "_", plan.id.lower())
    return f"plan.{name}" if is_package(name) else f"plan.plan_{name}"


def _schemas(plan: Plan, wanted: Wanted) -> Texts:
    incident, decision = json_schema(plan), decision_schema(vocabulary(plan))
    made = f"{wanted.maker}, {plan.digest}"
    return {
        "incident.schema.json": _json({**incident, "$comment": made}),
        "decision.schema.json": _json({**decision, "$comment": made}),
    }


def _portable(plan: Plan, wanted: Wanted) -> Texts:
    texts = {"plan.json": json.dumps(portable(plan, wanted.maker), ensure_ascii=False, separators=(",", ":")) + "\n"}
    if wanted.corpus is not None:
        lines = (json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in corpus(plan, wanted.corpus))
        texts["corpus.jsonl"] = "".join(f"{line}\n" for line in lines)
    return texts


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


LANGUAGES: Mapping[str, Callable[[Plan, Wanted], Texts]] = {
    "python": _python,
    "typescript": _typescript,
    "java": _java,
    "json-schema": _schemas,
    "json-logic": _portable,
}


def generated(plan: Plan, language: str, wanted: Wanted | None = None) -> Texts:
    """The texts of one of LANGUAGES by file name, each ended by a newline.  Raises KeyError for another language."""
    return LANGUAGES[language](plan, wanted or Wanted())
