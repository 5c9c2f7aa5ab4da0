"""(Type of a field of a decision, how a language spells types) -> the type in that language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from plan_rules.codegen.shape import ListOf, MapTo, Named, Nullable, Plain, Type


@dataclass(frozen=True, slots=True)
class Spelling:
    """How one language spells types: plain ones by name, others around `{of}`, what they are of, and `{key}`."""

    plain: Mapping[str, str]
    list_of: str
    map_to: str
    nullable: str

    def of(self, type_: Type) -> str:
        """The type as the language has it."""
        match type_:
            case Plain(name):
                return self.plain[name]
            case Named(name):
                return name
            case ListOf(each):
                return self.list_of.format(of=self.of(each))
            case MapTo(key, each):
                return self.map_to.format(key=key, of=self.of(each))
            case Nullable(each):
                return self.nullable.format(of=self.of(each))
            case _:
                assert_never(type_)


PYTHON = Spelling(
    plain={"text": "str", "flag": "bool", "number": "int", "scalar": "Scalar"},
    list_of="tuple[{of}, ...]",
    map_to="dict[{key}, {of}]",
    nullable="{of} | None",
)
TYPESCRIPT = Spelling(
    plain={"text": "string", "flag": "boolean", "number": "number", "scalar": "Scalar"},
    list_of="readonly {of}[]",
    map_to="Readonly<Partial<Record<{key}, {of}>>>",
    nullable="{of} | null",
)
JAVA = Spelling(  # boxed everywhere: a value that may be null has the type of one that may not
    plain={"text": "String", "flag": "Boolean", "number": "Long", "scalar": "Object"},
    list_of="List<{of}>",
    map_to="Map<{key}, {of}>",
    nullable="{of}",
)
