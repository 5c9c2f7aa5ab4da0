"""(A text that is no YAML, where reading stopped) -> the slip most likely made, and the text with it mended.

Each slip that is often made is tried near the place: a mark of full width, a quote or bracket left open, a comma, colon
or space left out, an indentation that is off.  What lets the text be read furthest is taken to be what was meant; that
it can be read is a proof that no mark was blamed for another's fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

from plan_rules.language.characters import FULL_WIDTH, FULL_WIDTH_MARK, full_width_said
from plan_rules.language.keywords import CONDITION_WORDS, KEYWORDS

Point: TypeAlias = tuple[int, int]
Said: TypeAlias = tuple[str, str]

_LOADER: Any = getattr(yaml, "CLoader", yaml.SafeLoader)
_END: Point = (10**9, 0)
_AROUND = 25  # lines that are read again with each mend: enough to tell whether it fits
_MOST_AROUND = 1_000  # lines more, until one at the margin
_QUOTES_BACK = 12  # an open quote is noticed at the next quote
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'|(?:^|\s)#.*")
_MARGIN = re.compile("^[ \t\u3000]+")
_AT_MARGIN = re.compile(r"[^\s#\]}]")
_OPENERS = {"[": "]", "{": "}"}
_KEYWORD = "|".join(sorted((*KEYWORDS, *KEYWORDS.values(), *CONDITION_WORDS, "id"), key=len, reverse=True))
_NO_COLON = re.compile(rf"( *(?:- )?)((?:{_KEYWORD})(?= )|[^\s:'\"#{{\[]+(?= [{{\['\"]))")
_NO_SPACE = re.compile(r"( *(?:- )?[^\s:#{\['\"]+):(?=\S)")
_NO_DASH_SPACE = re.compile(r"( *)-(?=[^\s-])")
_NO_COMMA = re.compile(r"(?<=[^\s,{\[:]) +(?=[^\s:,{}\[\]'\"]+:(?: |$))")
_RUN_TOGETHER = re.compile(r"(?:[： ]|^-)[{\[]")
_OPEN_QUOTE = re.compile(r"(?::|-|[\[{,]) *(['\"])")


@dataclass(frozen=True, slots=True)
class Mend:
    """One slip, and the line that stands instead.  `line` counts from 0, `column` from 1.

    `code` is None where the reader of the mended text tells of the slip itself.
    """

    line: int
    text: str
    code: str | None
    column: int
    message: Said = ("", "")
    help: Said = ("", "")
    effort: int = 0


def mended(text: str, stopped: yaml.MarkedYAMLError) -> tuple[Mend, str] | None:
    """The likeliest slip and the whole text without it; None where none that is known lets the text be read further."""
    lines = text.split("\n")
    first, last = _around(lines, _line_of(stopped.problem_mark))
    excerpt = lines[first:last]
    error = _stops(excerpt)
    if error is None:  # what is wrong reaches beyond
        first, excerpt = 0, lines
        error = _stops(excerpt)
    if error is None:
        return None
    before, opened = error
    best: tuple[Point, int, int, Mend] | None = None
    for order, mend in enumerate(_mends(excerpt, before[0], opened)):
        again = _stops([*excerpt[: mend.line], mend.text, *excerpt[mend.line + 1 :]])
        reached = _END if again is None else again[0]
        if reached > (before[0], before[1] + 2):
            rank = (reached, -mend.effort, -order, mend)
            if best is None or rank[:3] > best[:3]:
                best = rank
    if best is None:
        return None
    found = best[3]
    whole = [*lines[: first + found.line], found.text, *lines[first + found.line + 1 :]]
    place = Mend(first + found.line, found.text, found.code, found.column, found.message, found.help)
    return place, "\n".join(whole)


def _line_of(mark: Any) -> int:
    return int(mark.line) if mark else 0


def _around(lines: list[str], line: int) -> tuple[int, int]:
    """From one line at the margin to another, some lines before and after."""
    first = min(max(line - _AROUND, 0), len(lines))
    least = max(first - _MOST_AROUND, 0)
    while first > least and not _AT_MARGIN.match(lines[first]):
        first -= 1
    last = min(line + _AROUND, len(lines))
    most = min(last + _MOST_AROUND, len(lines))
    while last < most and not _AT_MARGIN.match(lines[last]):
        last += 1
    return first, last


def _stops(lines: list[str]) -> tuple[Point, int] | None:
    """Where reading stops, and the line on which what it was reading began; None where it does not stop."""
    listed = next((line for line in lines if line.strip() and not line.startswith("#")), "").startswith("- ")
    loader = _LOADER(("x:\n" if listed else "") + "\n".join(lines))
    try:
        while loader.check_event():
            refuse_run_together(loader.get_event())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        opened = error.context_mark or mark
        return (_line_of(mark) - listed, int(mark.column) if mark else 0), _line_of(opened) - listed
    except yaml.YAMLError:
        return (0, 0), 0
    finally:
        loader.dispose()
    return None


def refuse_run_together(event: Any) -> None:
    """Raise an error of syntax for a word with a bracket inside that is not closed: `名称：{id` is no name.

    YAML takes it for one where the mark between the name and the bracket is missing or of full width.
    """
    plain = isinstance(event, yaml.ScalarEvent) and not event.style
    if plain and _RUN_TOGETHER.search(event.value) and _open([event.value])[0]:
        mark: Any = event.start_mark
        raise yaml.MarkedYAMLError(None, mark, "could not find expected ':'", mark)


def blanks_meant(lines: list[str], at: int) -> int | None:
    """How many spaces a line that begins with tabs or wide spaces is likely to begin with; None where none fits."""
    first, last = _around(lines, at)
    excerpt, here = [_MARGIN.sub(_spaces, line) for line in lines[first:last]], at - first
    now = _indent(excerpt[here])
    for level in sorted({now, *_levels(excerpt, here)}, key=lambda level: abs(level - now)):
        if _stops([*excerpt[:here], " " * level + excerpt[here].lstrip(), *excerpt[here + 1 :]]) is None:
            return level
    return None


def _spaces(margin: re.Match[str]) -> str:
    return re.sub("[\t\u3000]", "  ", margin.group())


def deeper(lines: list[str], at: int) -> Iterator[Mend]:
    """The line further in: where an entry stands among those of the level above."""
    now = _indent(lines[at])
    for mend in _indents(lines, at):
        if _indent(mend.text) > now:
            yield mend


def _mends(lines: list[str], line: int, opened: int) -> Iterator[Mend]:
    """Every mend that may be meant, the likelier first."""
    near = _near(lines, line)
    for at in near[:2]:
        yield from _full_width(lines, at)
    for at in range(min(line, len(lines) - 1), max(line - _QUOTES_BACK, -1), -1):
        yield from _quotes(lines, at)
    for at in dict.fromkeys((*near, opened)):
        if 0 <= at < len(lines):
            yield from _brackets(lines, at, opened)
    for at in near:
        yield from _left_out(lines, at, opened)
    for at in near:
        yield from _indents(lines, at)


def _near(lines: list[str], line: int) -> list[int]:
    """The line and the two before it that hold something."""
    return [at for at in range(min(line, len(lines) - 1), -1, -1) if lines[at].strip(" -")][:3]


def bare(line: str) -> str:
    """The line with what is quoted and what is a comment blotted out, so that only its structure is left."""
    return _QUOTED.sub(lambda hit: " " * len(hit.group()), line)


# ---------------------------------------------------------------------------- marks


def _full_width(lines: list[str], at: int) -> Iterator[Mend]:
    line = lines[at]
    for hit in FULL_WIDTH_MARK.finditer(bare(line)):
        wide = hit.group()
        mark = FULL_WIDTH[wide]
        dash = mark == "-" and not line[: hit.start()].strip()
        space = " " if (mark in ":," or dash) and not line[hit.end() :].startswith(" ") else ""
        yield Mend(
            at,
            line[: hit.start()] + mark + space + line[hit.end() :],
            "TX007",
            hit.start() + 1,
            *full_width_said(wide, "- " if dash else None),
        )
    if re.search("[“”‘’]", bare(line)) and (found := re.search("[“‘]([^”’]*)[”’]", bare(line))):
        yield Mend(
            at,
            line[: found.start()] + '"' + line[found.start() + 1 : found.end() - 1] + '"' + line[found.end() :],
            "TX007",
            found.start() + 1,
            full_width_said("“”", '"')[0],
            ('两头都改成半角引号 "', 'write the half-width quote `"` at both ends'),
        )


def _quotes(lines: list[str], at: int) -> Iterator[Mend]:
    line = lines[at]
    rest = re.sub(r"(?<=[:\-\[{,]) *(\"[^\"]*\"|'[^']*')", lambda hit: " " * len(hit.group()), line)
    found = _OPEN_QUOTE.search(rest)
    if found and rest.count(found[1]) == 1:
        quote = found[1]
        close = len(line.rstrip())
        yield Mend(
            at,
            line[:close] + quote,
            "TX016",
            found.start(1) + 1,
            (f"引号 {quote} 没有写完", f"the quote `{quote}` is not closed"),
            (f"在这段文字的末尾补上半角引号 {quote}", f"close the text with `{quote}`"),
        )


def _brackets(lines: list[str], at: int, opened: int) -> Iterator[Mend]:
    """What is open at the end of the line is closed there; a bracket that closes nothing is taken out."""
    start = opened if 0 <= opened <= at and at - opened <= _AROUND else at
    stack, extra = _open(lines[start : at + 1])
    if at != start and not _open(lines[at : at + 1])[0] and not stack:
        return
    line = lines[at]
    if stack:
        end = len(_QUOTED.sub(lambda hit: " " * len(hit.group()) if "#" in hit.group() else hit.group(), line).rstrip())
        closers = "".join(_OPENERS[mark] for mark in reversed(stack))
        for missing in dict.fromkeys((closers, closers[0])):
            yield Mend(
                at,
                line[:end] + missing + line[end:],
                "TX016",
                end + 1,
                (f"少了“{missing}”, 括号没有写完", f"`{missing}` is missing: a bracket is not closed"),
                (f"在这一行的末尾补上“{missing}”", f"write `{missing}` at the end of this line"),
            )
        yield from _inside(line, at, closers[0])
    if extra is not None and start == at:
        mark = line[extra]
        yield Mend(
            at,
            line[:extra] + line[extra + 1 :],
            "TX016",
            extra + 1,
            (f"多了一个“{mark}”", f"`{mark}` closes nothing"),
            (f"删去多出的“{mark}”", f"remove the `{mark}` that is one too many"),
        )


def _inside(line: str, at: int, missing: str) -> Iterator[Mend]:
    """A bracket left out before a comma or another bracket."""
    for hit in re.finditer(r"(?<=[^\s,{\[])(?=, |[}\]])", bare(line)):
        yield Mend(
            at,
            line[: hit.start()] + missing + line[hit.start() :],
            "TX016",
            hit.start() + 1,
            (f"少了“{missing}”, 括号没有写完", f"`{missing}` is missing: a bracket is not closed"),
            (f"在这里补上“{missing}”", f"write `{missing}` here"),
            effort=1,
        )


def _open(lines: list[str]) -> tuple[list[str], int | None]:
    """The brackets that are still open at the end, and where the first stands that closes none."""
    stack: list[str] = []
    extra = None
    for line in lines:
        for column, mark in enumerate(bare(line)):
            if mark in _OPENERS:
                stack.append(mark)
            elif mark in _OPENERS.values():
                if stack and _OPENERS[stack[-1]] == mark:
                    stack.pop()
                elif extra is None:
                    extra = column
    return stack, extra


# ---------------------------------------------------------------------------- what was left out


def _left_out(lines: list[str], at: int, opened: int) -> Iterator[Mend]:
    line = lines[at]
    if found := _NO_SPACE.match(line):
        yield Mend(
            at,
            f"{line[: found.end()]} {line[found.end() :]}",
            "TX017",
            found.end(),
            ("冒号后面少了空格", "there is no space after the colon"),
            ("冒号后面留一个空格: “名称: 值”", "leave a space after the colon: `name: value`"),
        )
    if found := _NO_COLON.match(line):
        word, end = found[2], found.end()
        yield Mend(
            at,
            f"{line[:end]}:{line[end:]}",
            "TX017",
            end + 1,
            (f"“{word}”后面少了冒号", f"there is no colon after `{word}`"),
            (f"写成“{word}: …”", f"write `{word}: ...`"),
        )
    if found := _NO_DASH_SPACE.match(line):
        yield Mend(
            at,
            f"{found[0]} {line[found.end() :]}",
            "TX017",
            found.end(),
            ("“-”后面少了空格", "there is no space after the `-`"),
            ("横线后面留一个空格: “- …”", "leave a space after it: `- ...`"),
        )
    for hit in _NO_COMMA.finditer(bare(line)):
        if not _open([*lines[opened:at], line[: hit.start()]])[0]:
            continue
        yield Mend(
            at,
            f"{line[: hit.start()]}, {line[hit.end() :]}",
            "TX017",
            hit.start() + 1,
            ("两项之间少了逗号", "there is no comma between two entries"),
            ("补上半角逗号和空格: “, ”", "write a comma and a space between them"),
        )
    for hit in re.finditer(r":(?=[,}\]])", bare(line)):
        yield Mend(at, f"{line[: hit.end()]} {line[hit.end() :]}", None, hit.start() + 1)


# ---------------------------------------------------------------------------- indentation


def _indents(lines: list[str], at: int) -> Iterator[Mend]:
    line = lines[at]
    now = _indent(line)
    around = lines[max(at - _AROUND, 0) : at + _AROUND]
    alike = {_indent(each) for each in around if each is not line and _begins(each) == _begins(line)}
    for other in _levels(lines, at):
        if other != now:
            yield Mend(
                at,
                " " * other + line.lstrip(),
                "TX015",
                max(now, 1),
                *indent_said(other),
                effort=2 + 2 * abs(other - now) + other % 2 * 3 - (other > now) - 5 * (other in alike),
            )


def indent_said(blanks: int) -> tuple[Said, Said]:
    """What is said of a line that is not in line with what it belongs to."""
    return (
        ("这一行的缩进不对", "this line is not indented as it must be"),
        (
            f"行首改成 {blanks} 个半角空格, 与同一层的其他行对齐",
            f"begin the line with {blanks} spaces, in line with the others of its level",
        ),
    )


def _levels(lines: list[str], at: int) -> list[int]:
    """How far the lines around are indented, and what they hold would be."""
    found: set[int] = set()
    around = [*lines[max(at - _AROUND, 0) : at], *lines[at + 1 : at + 4]]
    for line in around:
        if line.strip() and not line.lstrip().startswith("#"):
            found.add(_indent(line))
            if line.lstrip().startswith("- ") or line.rstrip().endswith(":"):
                found.add(_indent(line) + 2)
    return sorted(found)


def _begins(line: str) -> str:
    """The dash and the first key."""
    return line.lstrip().partition(":")[0]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
