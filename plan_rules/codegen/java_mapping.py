"""Field of a decision -> the expressions of Java that read it from JSON and write it."""

from __future__ import annotations

from typing import assert_never

from plan_rules.codegen.shape import RECORDS, ListOf, MapTo, Named, Nullable, Part, Plain, Type
from plan_rules.codegen.spelling import JAVA


def reading(part: Part) -> str:
    """The expression that reads the field out of `fields`; null where it is left out, lists empty."""
    found = f'fields.get("{part.name}")'
    if part.always or isinstance(part.type, ListOf):
        return _read(part.type, found)
    return _read(Nullable(part.type), found)


def _read(of: Type, found: str) -> str:
    match of:
        case Plain(name):
            return found if name == "scalar" else f"({JAVA.plain[name]}) {found}"
        case Named(name):
            return f"{name}.of({found})"
        case ListOf(each):
            return f"Json.list({found}, item -> {_read(each, 'item')})"
        case MapTo(key, each):
            return f"Json.map({found}, {key}::of, item -> {_read(each, 'item')})"
        case Nullable(Named(name)):
            return f"{found} == null ? null : {name}.of({found})"
        case Nullable(each):
            return _read(each, found)
        case _:
            assert_never(of)


def writing(part: Part, name: str) -> str:
    """The statement that writes the field into `fields`; what has nothing to say is left out."""
    put = f'fields.put("{part.name}", {_written(part.type, name)});'
    if part.always:
        return put
    empty = f"!{part.beside or name}.isEmpty()" if isinstance(part.type, ListOf) else f"{name} != null"
    return f"if ({empty}) {put}"


def _written(of: Type, value: str) -> str:
    match of:
        case Plain():
            return value
        case Named(name):
            return f"{value}.toJson()" if name in RECORDS else f"{value}.id()"
        case ListOf(each):
            inner = _written(each, "item")
            return value if inner == "item" else f"{value}.stream().map(item -> {inner}).toList()"
        case MapTo(key, each):
            assert _written(each, "item") == "item", "maps hold plain values"
            return f"Json.withIds({value}, {key}::id)"
        case Nullable(Plain()):
            return value
        case Nullable(each):
            return f"{value} == null ? null : {_written(each, value)}"
        case _:
            assert_never(of)
