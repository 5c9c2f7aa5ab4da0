"""YAML text -> a tree of texts, lists and mappings that know their place; every defect of the text as a Diagnostic.

Scalars stay text: nothing here guesses a type.  Sizes, depth and node counts are bounded before anything is built, and
what YAML adds beyond plain data (anchors, aliases, tags, merge keys, several documents) is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self, TypeAlias

import yaml

from plan_rules.errors import Diagnostic, Message, Severity, Span

MAX_BYTES = 8 * 1024 * 1024
MAX_SCALAR = 16 * 1024
MAX_DEPTH = 32
MAX_NODES = 500_000
MAX_DIAGNOSTICS = 200

_LOADER: Any = getattr(yaml, "CLoader", yaml.SafeLoader)


class Text(str):
    """A scalar.  `plain` is whether it stood without quotes."""

    span: Span
    plain: bool
    __slots__ = ("plain", "span")

    def __new__(cls, value: str, span: Span, *, plain: bool = True) -> Self:
        """A text at a place."""
        text = super().__new__(cls, value)
        text.span = span
        text.plain = plain
        return text


class Items(list["Tree"]):
    """A sequence with its place."""

    span: Span


class Fields(dict[Text, "Tree"]):
    """A mapping with its place; its keys are Texts with theirs."""

    span: Span

    def key(self, name: str) -> Text | None:
        """The key as it stands in the file."""
        return next((key for key in self if key == name), None)


Tree: TypeAlias = Text | Items | Fields


@dataclass(slots=True)
class Report:
    """Diagnostics of one text as they are found.

    `ignored` are names whose declaration was reported and left out: that they are missing is no second defect.
    """

    found: list[Diagnostic] = field(default_factory=list)
    ignored: set[str] = field(default_factory=set)

    def add(  # noqa: PLR0913  a Diagnostic has as many parts
        self,
        code: str,
        message: tuple[str, str],
        span: Span | None,
        help: tuple[str, str] | None = None,  # noqa: A002
        *,
        severity: Severity = Severity.ERROR,
        related: Span | None = None,
        related_label: tuple[str, str] | None = None,
        facts: tuple[str, ...] = (),
        subject: str | None = None,
    ) -> None:
        """Record a defect; `message` and `help` are (Chinese, English)."""
        self.found.append(
            Diagnostic(
                code=code,
                severity=severity,
                message=Message(*message),
                span=span,
                help=Message(*help) if help else None,
                related=related,
                related_label=Message(*related_label) if related_label else None,
                facts=facts,
                subject=subject,
            )
        )

    @property
    def failed(self) -> bool:
        """Has an error been found?"""
        return any(found.severity is Severity.ERROR for found in self.found)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """Every defect once, in the order of the text; a very long list is cut with a note that says so."""
        ordered = sorted(dict.fromkeys(self.found), key=Diagnostic.sort_key)
        if len(ordered) <= MAX_DIAGNOSTICS:
            return tuple(ordered)
        rest = len(ordered) - MAX_DIAGNOSTICS
        ordered.sort(key=lambda found: found.severity is not Severity.ERROR)
        kept = sorted(ordered[:MAX_DIAGNOSTICS], key=Diagnostic.sort_key)
        message = Message(f"另有 {rest} 处问题未列出", f"{rest} more defects are not listed")
        help_ = Message("先改好以上各处, 再检查一次", "mend those above, then check again")
        return (*kept, Diagnostic("TX013", Severity.NOTE, message, help=help_))


def parse(text: str | bytes, source: str, report: Report) -> Tree | None:
    """The tree of a YAML text, or None where it cannot be built; defects go to the report."""
    decoded = _decode(text, source, report)
    if decoded is None:
        return None
    _check_characters(decoded, source, report)
    if report.failed:
        return None
    try:
        return _Builder(source, report).build(decoded)
    except yaml.MarkedYAMLError as error:
        _report_syntax(error, decoded, source, report)
    except yaml.YAMLError as error:
        report.add("TX004", (f"YAML 语法错误: {error}", f"YAML syntax error: {error}"), Span(source, 1, 1))
    except (RecursionError, ValueError, MemoryError) as error:
        report.add(
            "TX004",
            (f"无法读取: {type(error).__name__}", f"cannot be read: {type(error).__name__}"),
            Span(source, 1, 1),
        )
    return None


def _decode(text: str | bytes, source: str, report: Report) -> str | None:
    size = len(text) if isinstance(text, bytes) else len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        report.add(
            "TX002",
            (
                f"文件有 {size} 字节, 超过上限 {MAX_BYTES}",
                f"the file has {size} bytes, more than the limit of {MAX_BYTES}",
            ),
            Span(source, 1, 1),
            ("把预案拆成几个文件", "split the file"),
        )
        return None
    if isinstance(text, str):
        return text.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        return text.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = text[: error.start].count(b"\n") + 1
        report.add(
            "TX001",
            ("文件不是 UTF-8 编码的文本", "the file is not UTF-8 text"),
            Span(source, line, 1),
            ("在编辑器里“另存为”, 编码选 UTF-8", "save the file again with the encoding UTF-8"),
        )
        return None


_SUSPECT = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff]"
)
_INDENT = re.compile("^[ \u3000]*[\t\u3000]|^[ ]*- *\t|^[^\"'#]*:[ ]*\t", re.MULTILINE)


def _check_characters(text: str, source: str, report: Report) -> None:
    starts = _line_starts(text)
    for hit in _SUSPECT.finditer(text):
        character = hit.group()
        name = f"U+{ord(character):04X} {unicodedata.name(character, '控制字符 control character')}"
        report.add(
            "TX006",
            (f"有看不见的字符 {name}", f"invisible character {name}"),
            _place(text, starts, hit.start(), source),
            ("删去这个字符后重新输入", "delete this character and type again"),
        )
    for hit in _INDENT.finditer(text):
        at = hit.end() - 1
        wide = text[at] == "\u3000"
        report.add(
            "TX005",
            (
                "缩进用了全角空格" if wide else "用了制表符(Tab)",
                "an ideographic space is used to indent" if wide else "a tab is used",
            ),
            _place(text, starts, at, source),
            ("改用半角空格缩进, 每层两个", "use ordinary spaces, two a level"),
        )


def _line_starts(text: str) -> list[int]:
    return [0, *(hit.end() for hit in re.finditer("\n", text))]


def _place(text: str, starts: list[int], offset: int, source: str) -> Span:
    del text
    low, high = 0, len(starts)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if starts[middle] <= offset else (low, middle)
    return Span(source, low + 1, offset - starts[low] + 1)


FULL_WIDTH = {
    "：": ":",
    "，": ",",
    "［": "[",
    "］": "]",
    "｛": "{",
    "｝": "}",
    "＃": "#",
    "－": "-",
    "＂": '"',
    "【": "[",
    "】": "]",
}
_FULL_WIDTH = re.compile("[" + "".join(FULL_WIDTH) + "]")


def report_full_width(text: str, span: Span, report: Report) -> bool:
    """Report the first full-width mark in a scalar that stood where structure was meant; was there one?"""
    hit = _FULL_WIDTH.search(text)
    if not hit:
        return False
    wide = hit.group()
    ascii_mark = FULL_WIDTH[wide]
    if ascii_mark == ":":
        ascii_mark = ": "
    report.add(
        "TX007",
        (f"这里的“{wide}”是全角符号", f"`{wide}` is a full-width mark"),
        Span(span.source, span.line, span.column + hit.start()),
        (
            f"改成半角“{ascii_mark}”" + ("(冒号后留一个空格)" if ascii_mark == ": " else ""),
            f"write the ASCII `{ascii_mark.strip()}`" + (" followed by a space" if ascii_mark == ": " else ""),
        ),
    )
    return True


def _report_syntax(error: yaml.MarkedYAMLError, text: str, source: str, report: Report) -> None:
    mark = error.problem_mark or error.context_mark
    line = mark.line if mark else 0
    lines = text.split("\n")
    for index in (line, line - 1):
        if 0 <= index < len(lines):
            bare = re.sub(r"\"[^\"]*\"|'[^']*'|#.*", lambda hit: " " * len(hit.group()), lines[index])
            if report_full_width(bare, Span(source, index + 1, 1), report):
                return
    problem = error.problem or error.context or "YAML"
    report.add(
        "TX004",
        (f"YAML 语法错误: {_syntax_zh(problem)}", f"YAML syntax error: {problem}"),
        Span(source, line + 1, (mark.column if mark else 0) + 1),
        (
            "检查本行和上一行的缩进、冒号后的空格、引号和括号是否成对",
            "check this line and the one above: indentation, the space after a colon, paired quotes and brackets",
        ),
    )


_SYNTAX_ZH = (
    ("mapping values are not allowed", "这里不能再有冒号(可能是缩进不齐, 或文字里的冒号没有加引号)"),
    ("could not find expected ':'", "少了冒号"),
    ("did not find expected key", "缩进不齐, 或上面少了一个括号"),
    ("did not find expected '-' indicator", "列表项的缩进不齐"),
    ("did not find expected ',' or ']'", "方括号没有写完, 或项之间少了逗号"),
    ("did not find expected ',' or '}'", "花括号没有写完, 或项之间少了逗号"),
    ("found unexpected end of stream", "引号或括号没有写完"),
    ("found character that cannot start any token", "这个字符不能放在开头"),
    ("block sequence entries are not allowed", "列表项“- ”不能放在这里"),
    ("found undefined tag handle", "不能用标签(!)"),
    ("found undefined alias", "不能用引用(*)"),
)


def _syntax_zh(problem: str) -> str:
    return next((zh for en, zh in _SYNTAX_ZH if en in problem), problem)


class _TooMuch(ValueError):
    """A bound was passed; already reported."""


class _Builder:
    """Builds the tree from parser events, without recursion, within the bounds."""

    def __init__(self, source: str, report: Report) -> None:
        self._source = source
        self._report = report
        self._nodes = 0

    def build(self, text: str) -> Tree | None:
        """The tree of the one document."""
        documents: list[Tree] = []
        stack: list[Items | _Open] = []
        try:
            for event in self._events(text):
                node = self._step(event, stack)
                if node is not None and not self._attach(node, stack):
                    documents.append(node)
        except _TooMuch:
            return None
        if len(documents) != 1:
            where = documents[1].span if len(documents) > 1 else Span(self._source, 1, 1)
            self._report.add(
                "TX012",
                (
                    "文件是空的" if not documents else "一个文件只能有一份文档",
                    "the file is empty" if not documents else "there is more than one document",
                ),
                where,
                (
                    "写上内容" if not documents else "删去分隔线“---”及其后的内容",
                    "write the content" if not documents else "remove `---` and what follows",
                ),
            )
            return None
        return documents[0]

    @staticmethod
    def _events(text: str) -> Iterator[Any]:
        loader = _LOADER(text)
        try:
            while loader.check_event():
                yield loader.get_event()
        finally:
            loader.dispose()

    def _step(self, event: Any, stack: list[Any]) -> Tree | None:
        if isinstance(event, yaml.AliasEvent | yaml.NodeEvent):
            self._bound(event)
            self._plain_only(event)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if isinstance(event, yaml.SequenceStartEvent | yaml.MappingStartEvent):
            if len(stack) >= MAX_DEPTH:
                self._stop("TX003", f"嵌套超过 {MAX_DEPTH} 层", f"nested more than {MAX_DEPTH} deep", event)
            node: Items | Fields = Items() if isinstance(event, yaml.SequenceStartEvent) else Fields()
            node.span = self._span(event, 1)
            stack.append(_Open(node))
        elif isinstance(event, yaml.SequenceEndEvent | yaml.MappingEndEvent):
            closed: Tree = stack.pop().node
            return closed
        elif isinstance(event, yaml.AliasEvent):
            return Text("", self._span(event, 1))
        return None

    def _scalar(self, event: Any) -> Text:
        if len(event.value) > MAX_SCALAR:
            self._stop(
                "TX003", f"一段文字超过 {MAX_SCALAR} 字", f"a text is longer than {MAX_SCALAR} characters", event
            )
        one_line = event.start_mark.line == event.end_mark.line
        width = event.end_mark.column - event.start_mark.column if one_line else 1
        return Text(event.value, self._span(event, max(width, 1)), plain=event.style is None or event.style == "")

    def _attach(self, node: Tree, stack: list[Any]) -> bool:
        """Put a finished node into the open one; False at the top."""
        if not stack:
            return False
        open_ = stack[-1]
        if isinstance(open_.node, Items):
            open_.node.append(node)
        elif open_.key is None and not open_.spoilt:
            self._take_key(node, open_)
        else:
            if open_.key is not None:
                open_.node[open_.key] = node
            open_.key, open_.spoilt = None, False
        return True

    def _take_key(self, node: Tree, open_: _Open) -> None:
        if not isinstance(node, Text):
            self._report.add(
                "TX014", ("键必须是文字", "a key must be text"), node.span, ("写成“名称: 值”", "write `name: value`")
            )
            open_.spoilt = True
        elif node == "<<" and node.plain:
            self._report.add(
                "TX010",
                ("不能用合并键“<<”", "merge keys (`<<`) are not allowed"),
                node.span,
                ("把内容写全", "write the content out"),
            )
            open_.spoilt = True
        elif node in open_.node:
            earlier = open_.node.key(node) or node
            self._report.add(
                "TX011",
                (f"“{node}”写了两次", f"duplicate key `{node}`"),
                node.span,
                ("删去一处, 或改名", "remove one, or rename it"),
                related=earlier.span,
                related_label=("第一次写在这里", "first written here"),
            )
            open_.spoilt = True
        else:
            open_.key = node

    def _bound(self, event: Any) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            self._stop("TX003", f"内容超过 {MAX_NODES} 项", f"more than {MAX_NODES} items", event)

    def _plain_only(self, event: Any) -> None:
        if getattr(event, "anchor", None) is not None:
            self._report.add(
                "TX008",
                ("不能用锚点(&)或引用(*)", "anchors (`&`) and aliases (`*`) are not allowed"),
                self._span(event, 1),
                (
                    "把内容写全; 文字以 & 或 * 开头时加引号",
                    "write the content out; quote a text that begins with & or *",
                ),
            )
        if getattr(event, "tag", None) is not None:
            self._report.add(
                "TX009",
                (f"不能用标签“{event.tag}”", f"tags (`{event.tag}`) are not allowed"),
                self._span(event, 1),
                ("删去标签; 文字以 ! 开头时加引号", "remove the tag; quote a text that begins with !"),
            )

    def _stop(self, code: str, zh: str, en: str, event: Any) -> None:
        self._report.add(
            code, (zh, en), self._span(event, 1), ("拆分或简化这里的内容", "split or simplify the content here")
        )
        raise _TooMuch

    def _span(self, event: Any, width: int) -> Span:
        return Span(self._source, event.start_mark.line + 1, event.start_mark.column + 1, width)


class _Open:
    """A node being filled, and for a mapping the key that waits for its value."""

    __slots__ = ("key", "node", "spoilt")

    def __init__(self, node: Any) -> None:
        self.node = node
        self.key: Text | None = None
        self.spoilt = False
