"""Vocabulary -> a TypeScript module: unions of string literals with their labels, the facts, the decision."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, assert_never

from plan_rules.codegen.heading import heading, one_line
from plan_rules.codegen.shape import RECORDS, Part
from plan_rules.codegen.spelling import TYPESCRIPT
from plan_rules.codegen.vocabulary import Enumeration, Field, Vocabulary
from plan_rules.fact import Kind

_SHARED = """\
/** What nobody knows yet. */
export type Unknown = "unknown";

/** The value of a fact. */
export type Scalar = boolean | number | string | Readonly<Record<string, string>>;
"""


def typescript_types(words: Vocabulary, maker: str) -> str:
    """The text of the module; it compiles under `strict` and needs no library."""
    blocks = [
        "".join(f"// {line}\n" for line in heading(words.plan, maker)),
        _SHARED,
        *(_enumeration(each) for each in words.enumerations),
        _facts(words),
        *(_record(name) for name in RECORDS),
    ]
    return "\n".join(blocks)


def _enumeration(each: Enumeration) -> str:
    literals = "".join(f"\n  | {_literal(id_)}" for id_, _ in each.members) or " never"
    text = f"{_comment(each.about)}\nexport type {each.name} ={literals};\n"
    if any(label for _, label in each.members):
        labels = "".join(f"  {_literal(id_)}: {_literal(label)},\n" for id_, label in each.members)
        about = _comment(f"The plan's own words for each {each.name}")
        text += f"\n{about}\nexport const {each.name}Label: Readonly<Record<{each.name}, string>> = {{\n{labels}}};\n"
    return text


def _facts(words: Vocabulary) -> str:
    lines = [
        _comment("The facts of an incident; one that is left out has the default of the plan"),
        "export interface Facts {",
    ]
    for field in words.fields:
        lines += _field(field, words)
    return "\n".join([*lines, "}"]) + "\n"


def _field(field: Field, words: Vocabulary) -> Iterator[str]:
    fact = field.fact
    told = "; ".join(filter(None, (fact.label, fact.question, fact.note, f"default: {_shown(fact.default)}")))
    yield f"  {_comment(told)}"
    yield f"  readonly {_literal(fact.id)}?: {_fact_type(field, words)};"


def _fact_type(field: Field, words: Vocabulary) -> str:
    match field.fact.kind:
        case Kind.BOOL:
            return "boolean | Unknown"
        case Kind.ENUM | Kind.ORDINAL:
            return f"{field.type} | Unknown"
        case Kind.INTEGER:
            return "number | Unknown"
        case Kind.DATE | Kind.DATETIME:
            return "string | null"
        case Kind.READINGS:
            readings = words.plan.readings.values()
            parts = (
                f"readonly {_literal(each.id)}?: {' | '.join(_literal(option.id) for option in each.options)}"
                for each in readings
            )
            return f"{{ {'; '.join(parts)} }} | Unknown | null"
        case _:
            assert_never(field.fact.kind)


def _record(name: str) -> str:
    about, parts = RECORDS[name]
    lines = (f"  readonly {part.name}{_mark(part)}: {TYPESCRIPT.of(part.type)};" for part in parts)
    return "\n".join([_comment(about), f"export interface {name} {{", *lines, "}"]) + "\n"


def _mark(part: Part) -> str:
    return "" if part.always else "?"


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _literal(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _comment(text: str) -> str:
    return f"/** {one_line(text).replace('*/', '* /')}. */"
