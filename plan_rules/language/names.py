"""Declared names and ids -> what they stand for; an unknown one as a Diagnostic with the names most likely meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from plan_rules.errors import Span
from plan_rules.language.characters import report_full_width
from plan_rules.language.keywords import value_word
from plan_rules.language.tree import Report, Text
from plan_rules.suggestion import did_you_mean

Thing = TypeVar("Thing")

IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_.\-]{0,63}")
RESERVED = frozenset({"sid", "id"})
_LISTED = re.compile("[，、；;,]")


@dataclass(slots=True)
class Names(Generic[Thing]):
    """One kind of name: what it is called in messages, the code of an unknown one, and the table."""

    zh: str
    en: str
    code: str
    report: Report
    things: dict[str, Thing] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)

    def declare(self, name: Text, id_: Text, thing: Thing, *, also: Iterable[Text] = ()) -> None:
        """Take a declaration, with other names for the same; a bad or repeated id or name is reported."""
        check_id(id_, self.report)
        for word in dict.fromkeys((name, id_, *also)):
            if word in self.ids and self.ids[word] != id_:
                self._report_twice(str(word), word)
        if id_ in self.things:
            self._report_twice(id_, id_)
            return
        self.things[str(id_)] = thing
        self.report.declared.setdefault(str(name), name.span)
        for word in (name, id_, *also):
            self.ids.setdefault(str(word), str(id_))
            self.spans.setdefault(str(word), word.span)

    def declare_plain(self, name: Text, thing: Thing) -> None:
        """Take a name that is no id of the API: it is known by itself alone."""
        self.things[str(name)] = thing
        self.ids[str(name)] = str(name)
        self.report.declared.setdefault(str(name), name.span)
        self.spans[str(name)] = name.span

    def find(self, word: Text, *, also: Iterable[str] = ()) -> Thing | None:
        """What the word stands for; an unknown one is reported, with `also` among the names offered."""
        found = self.ids.get(word)
        if found is not None:
            return self.things[found]
        self.unknown(word, also=also)
        return None

    def unknown(self, word: Text, *, also: Iterable[str] = ()) -> None:
        """Report the word as an unknown name of this kind; one whose declaration is itself at fault is let pass."""
        if word in self.report.ignored or report_full_width(word, word.span, self.report):
            return
        help_ = did_you_mean(word, (*self.ids, *also)) or self._listed(word)
        near = next((name for name in self.ids if help_ and f"“{name}”" in help_[0]), None)
        declared = self.spans.get(near) if near else None
        self.report.add(
            self.code,
            (f"没有叫“{word}”的{self.zh}", f"unknown {self.en} `{word}`"),
            word.span,
            help_ or (f"先在“{self.zh}”里声明它, 或改成已有的名称", f"declare it, or use a declared {self.en}"),
            related=declared,
            related_label=("声明在这里", "declared here") if declared else None,
            subject=str(word),
        )

    def _listed(self, word: Text) -> tuple[str, str] | None:
        parts = [part.strip() for part in _LISTED.split(word)]
        if len(parts) > 1 and all(part in self.ids for part in parts):
            return (f"几个名称写成列表: [{', '.join(parts)}]", f"write several names as a list: [{', '.join(parts)}]")
        return None

    def _report_twice(self, word: str, at: Text) -> None:
        self.report.add(
            "PR024",
            (f"{self.zh}“{word}”声明了两次", f"{self.en} `{word}` is declared twice"),
            at.span,
            ("换一个名称或编号", "choose another name or id"),
            related=self.spans.get(word),
            related_label=("第一次声明在这里", "first declared here"),
            subject=word,
        )


Meaning = TypeVar("Meaning")


def one_of(word: Text | None, meanings: Mapping[str, Meaning], default: Meaning, report: Report) -> Meaning:
    """What a closed word means; `default` where none is written, and where another word is, which is reported."""
    if word is None:
        return default
    meant = value_word(word)
    if meant not in meanings:
        report.add(
            "PR031",
            (f"这里不能写“{word}”", f"`{word}` cannot be written here"),
            word.span,
            ("写" + "或".join(f"“{known}”" for known in meanings), "write one of: " + ", ".join(meanings)),
        )
        return default
    return meanings[meant]


def cycle(edges: Mapping[str, Iterable[str]]) -> tuple[str, ...] | None:
    """One cycle of the graph (first node repeated at the end), or None; iterative, so depth does not matter."""
    done: set[str] = set()
    for start in edges:
        path: list[str] = []
        on_path: set[str] = set()
        stack = [(start, iter(edges.get(start, ())))] if start not in done else []
        if stack:
            path.append(start)
            on_path.add(start)
        while stack:
            node, successors = stack[-1]
            following = next(successors, None)
            if following is None:
                stack.pop()
                path.pop()
                on_path.discard(node)
                done.add(node)
            elif following in on_path:
                return (*path[path.index(following) :], following)
            elif following not in done:
                stack.append((following, iter(edges.get(following, ()))))
                path.append(following)
                on_path.add(following)
    return None


def check_id(id_: Text, report: Report) -> None:
    """Report an id that programs cannot use."""
    if IDENTIFIER.fullmatch(id_) and id_ not in RESERVED:
        return
    report.add(
        "PR023",
        (f"“{id_}”不能用作编号", f"`{id_}` cannot be an id"),
        id_.span,
        (
            "编号以英文字母开头, 只用英文字母、数字、“_”“-”“.”, 不用 id、sid",
            "an id begins with a letter and has only letters, digits, `_`, `-`, `.`; `id` and `sid` are taken",
        ),
    )
