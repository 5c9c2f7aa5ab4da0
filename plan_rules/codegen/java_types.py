"""Vocabulary -> Java 17 sources: enums, a builder of facts, records of the decision; JSON without a library."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from typing import assert_never

from plan_rules.codegen.heading import heading, one_line
from plan_rules.codegen.identifiers import constant, escaped, member_name
from plan_rules.codegen.java_mapping import reading, writing
from plan_rules.codegen.shape import RECORDS, Part
from plan_rules.codegen.spelling import JAVA
from plan_rules.codegen.vocabulary import Enumeration, Field, Vocabulary
from plan_rules.fact import Kind

_RESERVED = """abstract assert boolean break byte case catch char class const continue default do double else enum
    extends final finally float for goto if implements import instanceof int interface long native new package private
    protected public return short static strictfp super switch synchronized this throw throws transient try void
    volatile while true false null"""
_OF_BUILDER = "unknown build facts toString hashCode equals getClass notify notifyAll wait"
KEYWORDS = frozenset(_RESERVED.split())
_TAKEN = KEYWORDS | frozenset(_OF_BUILDER.split())
_BUILT = """\
    /** These facts as JSON. */
    public Map<String, Object> toJson() {
        return facts;
    }

    @Override
    public String toString() {
        return Json.write(facts);
    }

    /** An incident of which nothing is stated yet. */
    public static Builder builder() {
        return new Builder();
    }

    /** States facts, one after another. */
    public static final class Builder {
        private final Map<String, Object> facts = new LinkedHashMap<>();

        private Builder() {}

        /** Nobody knows yet. */
        public Builder unknown(FactId fact) {
            facts.put(fact.id(), "unknown");
            return this;
        }

        /** The facts stated so far. */
        public Facts build() {
            return new Facts(new LinkedHashMap<>(facts));
        }
"""


def java_types(words: Vocabulary, maker: str, package: str) -> Mapping[str, str]:
    """The sources by file name.  `is_package` tells which names it can be."""
    head = "".join(f"// {_in_comment(line)}\n" for line in heading(words.plan, maker)) + f"package {package};\n\n"
    sources = {each.name: _enumeration(each) for each in words.enumerations}
    sources["Facts"] = _facts(words)
    sources |= {name: _record(name) for name in RECORDS}
    found = {f"{name}.java": head + source for name, source in sorted(sources.items())}
    found["Json.java"] = json_reader(package)
    return found


def is_package(name: str) -> bool:
    """Is it a name that Java takes for a package, in small letters as is usual?"""
    return all(re.fullmatch("[a-z_][a-z0-9_]*", part) and part not in KEYWORDS for part in name.split("."))


def json_reader(package: str) -> str:
    """The source of the class that reads and writes JSON."""
    text = (files("plan_rules.codegen") / "Json.java").read_text(encoding="utf-8")
    return text.replace("package PACKAGE;", f"package {package};", 1)


def _enumeration(each: Enumeration) -> str:
    lines = [f"/** {_in_comment(each.about)}. */", f"public enum {each.name} {{"]
    for at, (id_, label) in enumerate(each.members):
        lines += [f"    /** {_in_comment(label)} */"] if label else []
        end = ";" if at == len(each.members) - 1 else ","
        lines.append(f"    {constant(id_)}({_literal(id_)}, {_literal(label)}){end}")
    return "\n".join([*lines, *([] if each.members else ["    ;"]), _ENUM_BODY.replace("NAME", each.name)])


_ENUM_BODY = """
    private final String id;
    private final String label;

    NAME(String id, String label) {
        this.id = id;
        this.label = label;
    }

    /** The id, as in JSON. */
    public String id() {
        return id;
    }

    /** The plan's own words; empty where there are none. */
    public String label() {
        return label;
    }

    /** Finds an id; throws IllegalArgumentException where it is none of these. */
    public static NAME of(Object id) {
        for (NAME each : values()) {
            if (each.id.equals(id)) {
                return each;
            }
        }
        throw new IllegalArgumentException("no NAME of this plan: " + id);
    }
}
"""


# --------------------------------------------------------------------------- facts


def _facts(words: Vocabulary) -> str:
    lines = [
        "import java.time.LocalDate;",
        "import java.time.LocalDateTime;",
        "import java.time.format.DateTimeFormatter;",
        "import java.util.LinkedHashMap;",
        "import java.util.Map;",
        "",
        "/** The facts of an incident; one that is not stated has the default of the plan. */",
        "public final class Facts {",
        "    private final Map<String, Object> facts;",
        "",
        "    private Facts(Map<String, Object> facts) {",
        "        this.facts = java.util.Collections.unmodifiableMap(facts);",
        "    }",
        "",
        _BUILT.rstrip("\n"),
    ]
    for field in words.fields:
        lines += ["", *_setter(field)]
    return "\n".join([*lines, "    }", "}"]) + "\n"


def _setter(field: Field) -> Iterator[str]:
    fact = field.fact
    taken, stated = _taken(field)
    about = _in_comment("; ".join(filter(None, (fact.label, fact.question, fact.note))))
    yield f"        /** {about} */"
    yield f"        public Builder {escaped(member_name(fact.id), _TAKEN)}({taken} value) {{"
    if fact.kind is Kind.INTEGER:
        yield f"            if (value < {fact.low}L || value > {fact.high}L) {{"
        wrong = _literal(f"{fact.id} lies between {fact.low} and {fact.high}, not ")
        yield f"                throw new IllegalArgumentException({wrong} + value);"
        yield "            }"
    yield f"            facts.put({_literal(fact.id)}, {stated});"
    yield "            return this;"
    yield "        }"


def _taken(field: Field) -> tuple[str, str]:
    """The type that a setter takes, and what it states."""
    match field.fact.kind:
        case Kind.BOOL:
            return "boolean", "value"
        case Kind.ENUM | Kind.ORDINAL:
            return str(field.type), "value.id()"
        case Kind.INTEGER:
            return "long", "value"
        case Kind.DATE:
            return "LocalDate", "value == null ? null : value.toString()"
        case Kind.DATETIME:
            return (
                "LocalDateTime",
                "value == null ? null : value.format(DateTimeFormatter.ofPattern(\"uuuu-MM-dd'T'HH:mm:ss\"))",
            )
        case Kind.READINGS:
            return "Map<ReadingId, String>", "Json.withIds(value, ReadingId::id)"
        case _:
            assert_never(field.fact.kind)


# --------------------------------------------------------------------------- the decision


def _record(name: str) -> str:
    about, parts = RECORDS[name]
    components = ",\n        ".join(f"{JAVA.of(part.type)} {_component(part)}" for part in parts)
    read = ",\n            ".join(reading(part) for part in parts)
    written = "\n".join(f"        {writing(part, _component(part))}" for part in parts)
    return (
        f"import java.util.LinkedHashMap;\nimport java.util.List;\nimport java.util.Map;\n\n"
        f"/** {_in_comment(about)}. */\npublic record {name}(\n        {components}) {{\n\n"
        f"    /** Reads it from the values that {{@link Json#read}} gives. */\n"
        f"    public static {name} of(Object json) {{\n"
        f"        Map<String, Object> fields = Json.object(json);\n"
        f"        return new {name}(\n            {read});\n    }}\n\n"
        f"    /** The same as JSON. */\n    public Map<String, Object> toJson() {{\n"
        f"        Map<String, Object> fields = new LinkedHashMap<>();\n{written}\n        return fields;\n    }}\n}}\n"
    )


def _component(part: Part) -> str:
    return escaped(member_name(part.name), KEYWORDS)


def _literal(text: str) -> str:
    return json.dumps(one_line(text), ensure_ascii=False)


def _in_comment(text: str) -> str:
    """Nothing in a comment can end it, be read as a tag or as a character by its code."""
    for mark, entity in (("&", "&amp;"), ("\\", "&#92;"), ("*/", "*&#47;"), ("<", "&lt;"), ("@", "&#64;")):
        text = text.replace(mark, entity)
    return one_line(text)
