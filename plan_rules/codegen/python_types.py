"""Vocabulary -> a Python module: enums, a pydantic model of an incident's facts, and models of the decision."""

from __future__ import annotations

import keyword
from collections.abc import Iterator
from typing import assert_never

from plan_rules.codegen.heading import heading, one_line
from plan_rules.codegen.identifiers import constant, escaped, identifier
from plan_rules.codegen.shape import RECORDS, Part
from plan_rules.codegen.spelling import PYTHON
from plan_rules.codegen.vocabulary import Enumeration, Field, Vocabulary
from plan_rules.fact import Kind

_OF_MODEL = "copy json dict schema construct validate parse_obj from_orm stated"
_TAKEN = frozenset({*keyword.kwlist, *_OF_MODEL.split()})
_IMPORTS = """
from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

Unknown = Literal["unknown"]
Scalar = bool | int | str | dict[str, str]
"""
_BASE = """
class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, protected_namespaces=())
"""
_STATED = '''
    def stated(self) -> dict[str, Any]:
        """The facts that were set, as JSON has them and `plan_rules.decide` takes them."""
        return self.model_dump(mode="json", by_alias=True, exclude_unset=True)
'''


def python_types(words: Vocabulary, maker: str) -> str:
    """The text of the module; it needs Python 3.11 and pydantic 2."""
    plan = words.plan
    blocks = [
        f'"""Facts and decisions of plan {plan.id} as types."""\n',
        "".join(f"# {line}\n" for line in heading(plan, maker)),
        _IMPORTS.lstrip("\n"),
        *("\n" + _enumeration(each) for each in words.enumerations),
        "\n" + _BASE.lstrip("\n"),
        "\n" + _facts(words),
        *("\n" + _record(name) for name in RECORDS),
    ]
    return "\n".join(blocks)


def _enumeration(each: Enumeration) -> str:
    lines = [f"class {each.name}(StrEnum):", f'    """{_in_docstring(each.about)}."""']
    for id_, label in each.members:
        lines += ["", f"    #: {one_line(label)}"] if label else [""]
        lines.append(f"    {constant(id_)} = {id_!r}")
    return "\n".join(lines) + "\n"


def _facts(words: Vocabulary) -> str:
    lines = [
        "class Facts(_Frozen):",
        '    """The facts of an incident; one that is not set has the default of the plan."""',
    ]
    for field in words.fields:
        lines += ["", *_field(field)]
    return "\n".join(lines) + "\n" + _STATED


def _field(field: Field) -> Iterator[str]:
    fact = field.fact
    name = escaped(identifier(fact.id), _TAKEN)
    default = "unknown" if isinstance(fact.default, str) and fact.default == "unknown" else fact.default
    shown = (
        f"{field.type}.{constant(str(default))}" if field.type and default not in (None, "unknown") else repr(default)
    )
    yield f"    #: {one_line('; '.join(filter(None, (fact.label, fact.question, fact.note))))}"
    alias = f", alias={fact.id!r}" if name != fact.id else ""
    yield f"    {name}: {_fact_type(field)} = Field(default={shown}{alias})"


def _fact_type(field: Field) -> str:
    fact = field.fact
    match fact.kind:
        case Kind.BOOL:
            return "StrictBool | Unknown"
        case Kind.ENUM | Kind.ORDINAL:
            return f"{field.type} | Unknown"
        case Kind.INTEGER:
            return f"Annotated[StrictInt, Field(ge={fact.low}, le={fact.high})] | Unknown"
        case Kind.DATE:
            return "dt.date | Unknown | None"
        case Kind.DATETIME:
            return "dt.datetime | dt.time | Unknown | None"
        case Kind.READINGS:
            return "dict[ReadingId, str] | Unknown | None"
        case _:
            assert_never(fact.kind)


def _record(name: str) -> str:
    about, parts = RECORDS[name]
    lines = [f"class {name}(_Frozen):", f'    """{about}."""', ""]
    return "\n".join([*lines, *(f"    {part.name}: {_part(part)}" for part in parts)]) + "\n"


def _part(part: Part) -> str:
    return PYTHON.of(part.type) if part.always else f"{PYTHON.of(part.type)} | None = None"


def _in_docstring(text: str) -> str:
    return one_line(text).replace("\\", "\\\\").replace('"', "'")
