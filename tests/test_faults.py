"""Whatever is thrown at it, reading ends with diagnostics or a result: no crash, no hang, no traceback.

Each batch runs in a process of its own, so that a crash of the YAML parser or a hang is a failure and not the end of
the tests.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import plan_rules as pr
from plan_rules.errors import Diagnostic
from plan_rules.incident import read_facts
from plan_rules.language.reader import read

TEXT = (Path(__file__).parents[1] / "rules" / "plan.yaml").read_text("utf-8")
LINES = TEXT.splitlines(keepends=True)
PLAN = pr.load()
SECONDS = 300  # a hang; what a case may take is bounded in the driver
DREAD = settings(suppress_health_check=[HealthCheck.too_slow])

# Reads one case a line (the hex of its bytes) and says on one line each how it ended.
DRIVER = """
import sys, time, yaml
import plan_rules as pr
from plan_rules.incident import read_facts
from plan_rules.language.reader import read
from tests.test_faults import complaints

plan = pr.load()

def unit():  # what PyYAML takes for 40,000 lines: about a second
    start = time.process_time()
    yaml.compose("- a\\n" * 40_000, Loader=yaml.SafeLoader)
    return time.process_time() - start

limit = 7 * unit()
for line in sys.stdin:
    text = bytes.fromhex(line.strip())
    start = time.process_time()
    result = read(text, "case.yaml")
    wrong = complaints(text, result.diagnostics, result.plan is None)
    try:
        read_facts(text, "case.yaml", plan)
    except pr.FactsInvalid as error:
        wrong += complaints(text, error.diagnostics, True)
    took = time.process_time() - start
    if took > limit and took > 7 * unit():  # the machine may be slower by now
        wrong.append(f"took {took:.1f} s of CPU, more than {limit:.1f}")
    print("ok" if not wrong else repr(wrong), flush=True)
"""


def complaints(text: str | bytes, found: Iterable[Diagnostic], was_refused: bool) -> list[str]:
    """What is wrong with the diagnostics of a text."""
    errors = [item for item in found if item.severity is pr.Severity.ERROR]
    wrong = [f"{item.code} in one language" for item in found if not (item.message.zh and item.message.en)]
    wrong += [f"{item.code} at {item.span}" for item in found if item.span and not _within(text, item)]
    if was_refused is not bool(errors):
        wrong.append(f"refused: {was_refused}, errors: {[item.code for item in errors]}")
    if was_refused and not any(item.span for item in errors):
        wrong.append(f"no error has a place: {[item.code for item in errors]}")
    return wrong


def _within(text: str | bytes, item: Diagnostic) -> bool:
    """Does the place lie in the text, or one past its end or the end of its line?"""
    span = item.span
    assert span is not None
    if span.source != "case.yaml":  # the source text that the plan names
        return True
    plain = text if isinstance(text, str) else text.decode("utf-8", "replace")
    lines = plain.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    if (span.line, span.column) == (len(lines) + 1, 1):
        return True
    inside = 1 <= span.line <= len(lines) and span.column >= 1 and span.width >= 1
    return inside and span.column <= len(lines[span.line - 1]) + 1


def run(cases: Iterable[str | bytes]) -> None:
    """Read each case in another process; name the one it failed on."""
    given_ = [case.encode("utf-8", "surrogatepass") if isinstance(case, str) else case for case in cases]
    done = subprocess.run(
        [sys.executable, "-c", DRIVER],
        input="".join(case.hex() + "\n" for case in given_),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        cwd=Path(__file__).parents[1],
    )
    said = done.stdout.splitlines()
    bad = [(given_[index][:300], line) for index, line in enumerate(said) if line != "ok"]
    assert bad == []
    assert done.returncode == 0, (done.stderr[-2_000:], given_[len(said)][:300] if len(said) < len(given_) else None)
    assert len(said) == len(given_)


# --------------------------------------------------------------------------- the YAML itself


def test_bombs_end_with_diagnostics() -> None:
    laughs = "a0: &a0 [lol]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
    run(
        [
            laughs,
            "a: &a {b: *a}\n",
            "&a [*a, *a]\n",
            "x: &x {<<: *x}\n",
            "<<: {a: b}\n",
            "? {a: b}\n: c\n",
            "? [a, b]\n: c\n",
            "[" * 5 + "a" + "]" * 5,
            "!!python/object/apply:os.system [exit]\n",
            "!!set {a, b}\n",
            "!!binary aGk=\n",
            "%YAML 9.9\n---\na: b\n",
            "%TAG ! tag:x,2000:\n---\n!a b\n",
            "---\n" * 10_000,
            "a: b\n---\nc: d\n",
            "- a\n" * 600_000,
            "".join(f"k{n}: v\n" for n in range(100_000)),
            "a: b\n" * 50_000,
            "{" + "a: b, " * 50_000 + "}",
            "? " * 5_000,
            "- " * 5_000,
            "a: " * 5_000,
            "&a " * 5_000,
            "!a " * 5_000,
        ]
    )


def test_scalars_of_ten_megabytes_end_with_diagnostics() -> None:
    size = 10_000_000
    run(
        [
            "a" * size,
            '"' + "a" * size + '"',
            "预案: |\n  " + "字" * (size // 3),
            "k" * size + ": v",
            "a: '" + "''" * (size // 2),
            "# " + "c" * size,
            "\n" * size,
            " " * size,
            b"\xff" * size,
            "a: " + "x" * 7_000_000,
            "a: |\n" + "  x\n" * 1_500_000,
            "\u3000" * 100_000,
            "\t\n" * 100_000,
            "：\n" * 100_000,
            "a: {：" * 10_000,
        ]
    )


@pytest.mark.parametrize("depth", [31, 32, 33, 1_000, 100_000])
def test_deep_nesting_ends_with_diagnostics(depth: int) -> None:
    block = min(depth, 1_000)
    run(
        [
            "[" * depth + "]" * depth,
            "[" * depth,
            "]" * depth,
            "{a: " * depth + "b" + "}" * depth,
            "{" * depth,
            "[{a: " * depth,
            "".join("  " * level + "a:\n" for level in range(block)) + "  " * block + "b: c\n",
            "".join("  " * level + "-\n" for level in range(block)),
            "- " * block + "a\n",
            "正文: " + "[" * depth + "]" * depth,
            "事实: {当: " + "{任一: [" * depth + "]}" * depth + "}",
        ]
    )


def test_random_bytes_end_with_diagnostics() -> None:
    chance = random.Random(20250310)
    run(
        [
            b"",
            b"\x00",
            b"\xef\xbb\xbf",
            b"\xff\xfea\x00",
            *(chance.randbytes(chance.randrange(1, 400)) for _ in range(300)),
            *(bytes(chance.choices(b"{}[]:,-?&*!|>'\"%@`# \n\tab", k=chance.randrange(1, 60))) for _ in range(1_500)),
        ]
    )


def test_random_unicode_ends_with_diagnostics() -> None:
    chance = random.Random(20250311)
    odd = "：，［］｛｝＃－＂【】“”‘’、。\u3000\u200b\ufeff\u2028\x85\r\n\t -:{}[]是否预案事实编号\ud800\U0001f600a1"
    run("".join(chance.choices(odd, k=chance.randrange(1, 80))) for _ in range(1_500))


# --------------------------------------------------------------------------- the plan, damaged


WIDE = {
    ":": "：",
    ",": "，",
    "[": "［",
    "]": "］",
    "{": "｛",
    "}": "｝",
    "#": "＃",
    "-": "－",
    '"': "＂",
    " ": "\u3000",
    "'": "’",
    "1": "１",
}


def damaged(chance: random.Random, times: int) -> str:
    """The plan file after so many slips of the pen."""
    lines = list(LINES)
    for _ in range(times):
        at, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(8):
            case 0:
                del lines[at]
            case 1:
                lines.insert(at, lines[at])
            case 2:
                lines[at], lines[other] = lines[other], lines[at]
            case 3:
                lines[at] = _widened(chance, lines[at])
            case 4:
                lines[at] = "  " * chance.randrange(3) + lines[at].lstrip()
            case 5:
                cut = chance.randrange(len(lines[at]))
                lines[at] = lines[at][:cut] + lines[at][cut + 1 :]
            case 6:
                cut = chance.randrange(len(lines[at]))
                lines[at] = lines[at][:cut] + chance.choice("{}[]:,'\"-#&*!？\t\n") + lines[at][cut:]
            case _:
                words, others = lines[at].split(" "), lines[other].split(" ")
                words[chance.randrange(len(words))] = chance.choice(others)
                lines[at] = " ".join(words)
    return "".join(lines)


def _widened(chance: random.Random, line: str) -> str:
    places = [index for index, character in enumerate(line) if character in WIDE]
    if not places:
        return line
    at = chance.choice(places)
    return line[:at] + WIDE[line[at]] + line[at + 1 :]


@pytest.mark.parametrize("seed", range(3))
def test_a_damaged_plan_ends_with_diagnostics_or_a_plan(seed: int) -> None:
    chance = random.Random(seed)
    run(damaged(chance, chance.choice((1, 1, 1, 2, 5, 20))) for _ in range(80))


def test_a_plan_cut_short_ends_with_diagnostics() -> None:
    chance = random.Random(3)
    text = TEXT.encode()
    run([text[: chance.randrange(len(text))] for _ in range(60)])


def test_a_plan_with_every_mark_of_one_kind_full_width_ends_with_diagnostics() -> None:
    run(TEXT.replace(narrow, wide) for narrow, wide in WIDE.items())


def test_a_plan_in_other_encodings_ends_with_diagnostics_or_a_plan() -> None:
    run(
        [
            TEXT.encode(name)
            for name in ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-32", "big5hkscs")
            if name != "big5hkscs"
        ]
        + [TEXT.replace("\n", "\r\n").encode(), TEXT.replace("\n", "\r").encode(), TEXT.encode() + b"\x1a"]
    )


def test_a_plan_whose_parts_have_other_shapes_ends_with_diagnostics() -> None:
    import yaml

    tree = yaml.load(TEXT, yaml.CBaseLoader)
    run(yaml.dump(other, allow_unicode=True, Dumper=yaml.CSafeDumper) for other in _reshaped(tree, random.Random(5)))


def _reshaped(tree: Any, chance: random.Random) -> Iterator[Any]:
    """The tree with one part, wherever, put in another shape."""
    shapes: list[Any] = ["", "x", "1", "~", [], {}, [[]], {"x": "y"}, ["x", "y"], [{"编号": "x"}], "是", "9" * 400]
    for _ in range(40):
        copy = json.loads(json.dumps(tree))
        node = copy
        while True:
            key = chance.choice(list(node) if isinstance(node, dict) else range(len(node)))
            inside = node[key]
            if not isinstance(inside, dict | list) or not inside or chance.random() < 0.3:
                node[key] = chance.choice(shapes)
                break
            node = inside
        yield copy


# --------------------------------------------------------------------------- facts


NAMES = st.sampled_from([*PLAN.facts, *(fact.label for fact in PLAN.facts.values())]) | st.text(max_size=10)
SCALARS = st.sampled_from(
    [
        "true",
        "no",
        "是",
        "未知",
        "unknown",
        "9:40",
        "2025-03-10",
        "serious",
        "严重",
        "1",
        "010",
        "{AMB-06: B}",
        "[]",
        "~",
        "''",
    ]
) | st.text(max_size=20)


@DREAD
@given(st.lists(st.tuples(NAMES, SCALARS), max_size=8))
def test_a_facts_file_of_any_entries_gives_facts_that_decide_or_diagnostics(entries: list[tuple[str, str]]) -> None:
    _read_and_decide("".join(f"{name}: {value}\n" for name, value in entries))


@DREAD
@given(st.text() | st.binary())
def test_a_facts_file_of_any_text_gives_facts_or_diagnostics(text: str | bytes) -> None:
    _read_and_decide(text)


@DREAD
@given(st.text() | st.binary())
def test_a_plan_file_of_any_text_gives_a_plan_or_diagnostics(text: str | bytes) -> None:
    result = read(text, "case.yaml")

    assert complaints(text, result.diagnostics, result.plan is None) == []


def _read_and_decide(text: str | bytes) -> None:
    try:
        facts = read_facts(text, "case.yaml", PLAN)
    except pr.FactsInvalid as error:
        assert complaints(text, error.diagnostics, True) == []
        return
    _decide(facts)


def _decide(facts: Any) -> None:
    """Decide, or be refused with words in both languages."""
    try:
        json.loads(pr.decide(PLAN, facts, at="2025-03-20").to_json())
    except pr.FactsInvalid as error:
        str(error).encode()
        assert all(item.message.zh and item.message.en and item.help for item in error.diagnostics)


ANYTHING: st.SearchStrategy[Any] = st.deferred(
    lambda: (
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=12)
        | st.lists(ANYTHING, max_size=3)
        | st.dictionaries(st.text(max_size=6), ANYTHING, max_size=3)
    )
)
TYPED = st.one_of(
    st.booleans(),
    st.sampled_from([value.id for fact in PLAN.facts.values() for value in fact.values]),
    st.integers(-2, 100_002),
    st.dates().map(str),
    st.datetimes().map(lambda instant: instant.isoformat("T", "minutes")),
    st.times().map(lambda clock: clock.isoformat("minutes")),
    st.sampled_from(["unknown", "未知"]),
    st.dictionaries(
        st.sampled_from(list(PLAN.readings)), st.sampled_from(["A", "B", "C", "A1", "A2", "a"]), max_size=3
    ),
)


@DREAD
@given(ANYTHING)
def test_facts_that_are_any_json_value_are_decided_or_refused(value: Any) -> None:
    _decide(value)


@DREAD
@given(st.dictionaries(st.sampled_from(list(PLAN.facts)) | st.text(max_size=6), ANYTHING | TYPED, max_size=8))
def test_facts_of_any_values_are_decided_or_refused(facts: dict[str, Any]) -> None:
    _decide(facts)


@st.composite
def fitting(draw: st.DrawFn) -> dict[str, Any]:
    """Facts whose values have the right types, which may yet contradict each other."""
    facts: dict[str, Any] = {}
    for fact in draw(st.lists(st.sampled_from(list(PLAN.facts.values())), max_size=12)):
        match fact.kind.value:
            case "bool" | "enum" | "ordinal":
                facts[fact.id] = draw(st.sampled_from([*fact.domain, "unknown"]))
            case "integer":
                facts[fact.id] = draw(st.integers(fact.low, fact.high))
            case "date":
                facts[fact.id] = draw(st.none() | st.dates().map(str))
            case "datetime":
                facts[fact.id] = draw(st.none() | st.times().map(lambda clock: clock.isoformat("minutes")))
            case _:
                reading = draw(st.sampled_from(list(PLAN.readings.values())))
                facts[fact.id] = {reading.id: draw(st.sampled_from([option.id for option in reading.options]))}
    return facts


@DREAD
@given(fitting(), st.datetimes())
def test_facts_of_the_right_types_are_decided_unless_they_contradict(facts: dict[str, Any], at: Any) -> None:
    from plan_rules.errors import CalendarUnknown

    try:
        decision = pr.decide(PLAN, facts, at=at)
    except pr.FactsInvalid as error:
        assert all(item.code[0] in "XI" for item in error.diagnostics)
    except CalendarUnknown:
        assert "policy_reading" in facts or facts["incident_resolved_on"] > "9999-12-28"
    else:
        assert json.loads(decision.to_json())["facts"].keys() >= facts.keys()
