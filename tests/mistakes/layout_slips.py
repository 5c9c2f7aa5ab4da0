"""Slips in layout: indentation, full-width marks, quotes and brackets that do not pair, colons and spaces left out."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.mistakes.draft import Draft, Slip

_BLOCK = re.compile(r"( *)(- )?([^\s#'\"{\[-][^:#]*): ?(.*)")
_WIDE = {":": "：", ",": "，", "{": "｛", "}": "｝", "[": "［", "]": "］", "-": "－"}
_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")


def indentation(draft: Draft) -> Iterator[tuple[str, Slip]]:
    """A line one or two spaces off, indented with a tab or a wide space, or at the margin."""
    for number, line in enumerate(draft.lines):
        found = _BLOCK.match(line)
        if not found or not found[1]:
            continue
        indent = len(found[1])
        right = (f"{indent} 个", f"{indent} 个空格")
        for sort, blank in (
            ("多一格", " " * (indent + 1)),
            ("少一格", " " * (indent - 1)),
            ("多两格", " " * (indent + 2)),
            ("少两格", " " * max(indent - 2, 0)),
            ("顶格", ""),
            ("制表符", "\t" * (indent // 2)),
            ("全角空格", "\u3000" * (indent // 2)),
        ):
            if _alone_changes_nothing(draft, number, indent, len(blank)) and sort not in ("制表符", "全角空格"):
                continue
            spoilt = draft.slip("缩进", f"{sort}: {line.strip()[:20]}", {number: blank + line.lstrip()}, right)
            yield sort, spoilt


def _alone_changes_nothing(draft: Draft, number: int, indent: int, moved: int) -> bool:
    """May the line stand there all the same: an only child, deeper or shallower than is usual but beneath its parent?"""
    above = next(line for line in draft.lines[number - 1 :: -1] if line.strip() and not line.lstrip().startswith("#"))
    below = next((line for line in draft.lines[number + 1 :] if line.strip() and not line.lstrip().startswith("#")), "")
    first = _indent(above) < indent or (above.lstrip().startswith("- ") and _indent(above) + 2 == indent + 2)
    last = _indent(below) < min(indent, moved) or not below
    return first and last and moved > _indent(above)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def full_width(draft: Draft) -> Iterator[tuple[str, Slip]]:
    """A mark or digit as a Chinese input method gives it."""
    for number, line in enumerate(draft.lines):
        if line.lstrip().startswith("#") or not line.strip():
            continue
        bare = re.sub(r"'[^']*'|\"[^\"]*\"|#.*", lambda hit: "'" * len(hit.group()), line)
        for mark, wide in _WIDE.items():
            hits = [at for at, character in enumerate(bare) if character == mark]
            if mark == ":":
                hits = [at for at in hits if bare[at + 1 : at + 2] in (" ", "")]
            if mark == "-":
                hits = [at for at in hits if bare[:at].strip() == "" and bare[at + 1 : at + 2] == " "]
            if mark == "," and "说明: " in bare:
                hits = [at for at in hits if at < bare.index("说明: ")]
            if mark == "," and not re.search(r"[\[{]", bare):
                hits = []  # a comma of a sentence
            if hits:
                at = hits[(number * 3) % len(hits)]
                rest = line[at + 1 :].removeprefix(" ") if mark in ":,-" else line[at + 1 :]
                spoilt = line[:at] + wide + rest
                yield mark, draft.slip("全角符号", f"{wide} {line.strip()[:20]}", {number: spoilt}, (f"“{mark}",))
        yield from _wide_digits(draft, number, line, bare)


def _wide_digits(draft: Draft, number: int, line: str, bare: str) -> Iterator[tuple[str, Slip]]:
    for hit in re.finditer(r"(?:最小|最大|默认|级|时限|保存|逾期|次序): [\w-]*?(\d+)", bare):
        digits = hit[1]
        spoilt = line[: hit.start(1)] + digits.translate(_DIGITS) + line[hit.end(1) :]
        yield "数字", draft.slip("全角符号", f"{digits} {hit[0]}", {number: spoilt}, (digits,))


def punctuation(draft: Draft) -> Iterator[tuple[str, Slip]]:
    """A quote or bracket that is not closed, a colon, a comma, a space, a dash left out."""
    for number, line in enumerate(draft.lines):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if re.search(r": '[^']*'$", line):
            what = f"少引号: {stripped[:20]}"
            yield "少后引号", draft.slip("标点", what, {number: line[:-1]}, ("引号",))
        if line.endswith("}") and line.count("{") == line.count("}"):
            yield "少花括号", draft.slip("标点", f"少括号: {stripped[:20]}", {number: line[:-1]}, ("“}”",))
        if line.endswith("]") and line.count("[") == line.count("]"):
            yield "少方括号", draft.slip("标点", f"少括号: {stripped[:20]}", {number: line[:-1]}, ("“]”",))
        if found := re.match(r"( *(?:- )?[^\s:#{\['\"]+): (?=[^\s|>])", line):
            rest = line[found.end() :]
            word = found[1].strip().removeprefix("- ")
            yield "冒号后少空格", draft.slip("标点", f"{stripped[:20]}", {number: f"{found[1]}:{rest}"}, ("空格",))
            yield "少冒号", draft.slip("标点", f"{stripped[:20]}", {number: f"{found[1]} {rest}"}, (f"{word}: ",))
        if found := re.match(r"( *)- (?=[^\s])", line):
            yield (
                "横线后少空格",
                draft.slip("标点", stripped[:20], {number: f"{found[1]}-{line[found.end() :]}"}, ("空格",)),
            )
        commas = [hit.start() for hit in re.finditer(r", (?=\w+: )", line)]
        if commas and "{" in line[: commas[0]]:
            at = commas[(number * 3) % len(commas)]
            yield (
                "少逗号",
                draft.slip("标点", f"{line[at - 8 : at + 8]}", {number: line[:at] + line[at + 1 :]}, ("逗号",)),
            )
