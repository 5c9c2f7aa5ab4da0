"""(The grammar, a plan file's own names) -> the JSON Schema of plan files, by which a YAML editor completes and checks.

It says which keys each part has, in both languages, and offers the names that the file declares; a name that it does
not know is let pass, since names are declared in the very file.  What only reading can tell is left to `check`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from plan_rules.authoring.descriptions import CONDITIONS, KEYS, VALUES
from plan_rules.authoring.grammar import KINDS, YES_NO, Slot, keys, slot
from plan_rules.authoring.index import Index, Thing
from plan_rules.authoring.spots import BOUNDS
from plan_rules.errors import Message
from plan_rules.language.document import parse
from plan_rules.language.document_shape import DocumentShape
from plan_rules.language.keywords import CONDITION_WORDS, KEYWORDS, VALUE_WORDS, chinese
from plan_rules.language.shape import OptionShape, Shape
from plan_rules.language.tree import Report

Schema: TypeAlias = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ANY_SCALAR: Schema = {"type": ["string", "number", "boolean", "null"]}
_ENGLISH = {word: english for english, word in VALUE_WORDS.items()}
_OFFERED = ("role", "party", "group", "tier", "principle", "action", "track", "reading", "clause", "section", "form")


def plan_file_schema(text: str | bytes | None = None, *, title: str = "plan") -> Schema:
    """The JSON Schema (draft 2020-12) of plan files; with the text of one, it offers the names declared there."""
    tree = parse(text, "plan.yaml", Report()) if text is not None else None
    return _Writer(Index.of(tree) if tree is not None else None).schema(title)


class _Writer:
    """Writes the schema of one vocabulary."""

    def __init__(self, index: Index | None) -> None:
        self._index = index
        self._defs: dict[str, Schema] = {}

    def schema(self, title: str) -> Schema:
        """The whole of it."""
        root = self._record(DocumentShape)
        self._define_names()
        self._defs["scalar"] = _ANY_SCALAR
        self._defs["condition"] = self._condition()
        self._defs["under"] = self._under()
        return {"$schema": DIALECT, "title": title, **root, "$defs": dict(sorted(self._defs.items()))}

    # ----------------------------------------------------------------- parts with known keys

    def _ref(self, shape: type[Shape]) -> Schema:
        name = shape.__name__.removesuffix("Shape")
        if name not in self._defs:
            self._defs[name] = {}  # a shape may hold itself
            self._defs[name] = self._record(shape)
        return {"$ref": f"#/$defs/{name}"}

    def _record(self, shape: type[Shape]) -> Schema:
        properties: dict[str, Schema] = {}
        rules: list[Schema] = []
        for keyword in keys(shape):
            found = slot(shape, keyword)
            assert found is not None
            words = tuple(dict.fromkeys((chinese(keyword), keyword)))
            for word in words:
                properties[word] = {**self._value(found), "description": _both(KEYS[keyword])}
            if found.required:
                rules.append({"anyOf": [{"required": [word]} for word in words]})
            if len(words) > 1:
                rules.append({"not": {"required": list(words)}})
        told: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        return {**told, "allOf": rules} if rules else told

    def _value(self, found: Slot) -> Schema:
        if found.shape is not None:
            return self._nested(found, self._ref(found.shape))
        match found.form:
            case "condition" | "shown":
                return {"$ref": "#/$defs/condition"}
            case "under":
                return {"$ref": "#/$defs/under"}
            case "fills":
                return {"type": "object"}
            case "values":
                return {"type": "object", "additionalProperties": _scalar()}
            case "options":
                return {"type": "object", "additionalProperties": {"anyOf": [_scalar(), self._ref(OptionShape)]}}
            case "table of condition":
                return {"type": "object", "additionalProperties": {"$ref": "#/$defs/condition"}}
            case "table of text" | "reminders":
                return {"type": "object", "additionalProperties": _scalar()}
            case "bearers" | "limit" | "bounded" | "approvals" | "mandatory":
                return {"anyOf": [*self._words(found), _list_of(self._words(found)), {"type": "object"}]}
            case _:
                words = self._words(found)
                return {"anyOf": [*words, _list_of(words)]} if found.many else {"anyOf": words}

    def _nested(self, found: Slot, inner: Schema) -> Schema:
        match found.form:
            case "table":
                return {"type": "object", "additionalProperties": {"anyOf": [inner, {"type": "array", "items": inner}]}}
            case "records" if found.loose:
                return {"anyOf": [{"type": "array", "items": inner}, inner]}
            case "records":
                return {"type": "array", "items": inner}
            case _ if found.loose:
                return {"anyOf": [inner, _scalar(), _list_of([_scalar()])]}
            case _:
                return inner

    def _words(self, found: Slot) -> list[Schema]:
        """What a word may be: one of the names of some kinds, a word of the language; any other is let pass."""
        names = [{"$ref": f"#/$defs/{kind}"} for kind in found.kinds if kind in _OFFERED and self._index is not None]
        words = [_enum((word, _word(word)) for word in _in_both(found.words))] if found.words else []
        if found.form == "choice":
            return words
        return [*names, *words, _scalar()]

    # ----------------------------------------------------------------- names and conditions

    def _define_names(self) -> None:
        for kind in _OFFERED if self._index is not None else ():
            things = tuple(self._index.named(kind)) if self._index else ()
            if things:
                self._defs[kind] = _enum(pair for thing in things for pair in _names(thing))
            else:
                self._defs[kind] = _scalar()

    def _condition(self) -> Schema:
        here = {"$ref": "#/$defs/condition"}
        properties: dict[str, Schema] = {}
        for word, english in CONDITION_WORDS.items():
            inner = {"$ref": "#/$defs/under"} if english == "reading" else {} if english == "tier" else here
            for key in (word, english):
                properties[key] = {**inner, "description": _both(CONDITIONS[english])}
        for fact in self._index.named("fact") if self._index else ():
            for key, said in _names(fact):
                properties[key] = {**self._about(fact), "description": _both(said)}
        for situation in self._index.named("situation") if self._index else ():
            yes_no = _enum((word, _word(word)) for word in _in_both(YES_NO))
            properties[str(situation.name)] = {**yes_no, "description": _both(Message("情形", "situation"))}
        named = [(str(each.name), Message("情形", "situation")) for each in self._situations()]
        words = [*named, *((word, _word(word)) for word in _in_both(("总是",)))]
        whole: Schema = {"type": "object", "properties": properties, "additionalProperties": True}
        return {"anyOf": [whole, {"type": "array", "items": here}, _enum(words), _scalar()]}

    def _situations(self) -> Iterable[Thing]:
        return self._index.named("situation") if self._index else ()

    def _about(self, fact: Thing) -> Schema:
        """What a condition may say of a fact: one of its values, a list of them, or a phrase such as `至少 轻微`."""
        values = [pair for value in self._values(fact) for pair in _names(value)]
        phrases = [(f"{bound} {value}", said) for bound in ("不是", *BOUNDS) for value, said in values]
        offered = [_enum([*values, *phrases])] if values else []
        return {"anyOf": [*offered, _scalar(), _list_of([*offered, _scalar()])]}

    def _values(self, fact: Thing) -> Iterable[Thing]:
        return self._index.named("value", str(fact.name)) if self._index else ()

    def _under(self) -> Schema:
        properties: dict[str, Schema] = {}
        for reading in self._index.named("reading") if self._index else ():
            options = [pair for option in self._options(reading) for pair in _names(option)]
            offered = [_enum(options)] if options else []
            properties[str(reading.name)] = {"anyOf": [*offered, _scalar(), _list_of([*offered, _scalar()])]}
        return {"type": "object", "properties": properties, "additionalProperties": True}

    def _options(self, reading: Thing) -> Iterable[Thing]:
        return self._index.named("option", str(reading.name)) if self._index else ()


# --------------------------------------------------------------------------- words


def _scalar() -> Schema:
    return {"$ref": "#/$defs/scalar"}


def _list_of(items: list[Schema]) -> Schema:
    return {"type": "array", "items": {"anyOf": items}}


def _enum(words: Iterable[tuple[str, Message]]) -> Schema:
    """Words with what each says; `enumDescriptions` is what editors show beside them."""
    told = dict(words)
    return {"enum": list(told), "enumDescriptions": [_both(said) for said in told.values()]}


def _names(thing: Thing) -> list[tuple[str, Message]]:
    """The name and the id of a thing, each saying the other."""
    zh, en = KINDS[thing.kind]
    if thing.id == thing.name:
        return [(str(thing.name), Message(zh, en))]
    return [
        (str(thing.name), Message(f"{zh} {thing.id}", f"{en} {thing.id}")),
        (str(thing.id), Message(f"{zh} {thing.name}", f"{en} {thing.name}")),
    ]


def _in_both(words: tuple[str, ...]) -> tuple[str, ...]:
    """Words of the language, and their exact English aliases."""
    return tuple(dict.fromkeys(each for word in words for each in (word, _ENGLISH.get(word, KEYWORDS.get(word, word)))))


def _word(word: str) -> Message:
    said = VALUES.get(VALUE_WORDS.get(word, word)) or KEYS.get(KEYWORDS.get(word, word))
    return said or Message(word, word)


def _both(said: Message) -> str:
    return said.zh if said.zh == said.en else f"{said.zh} / {said.en}"
