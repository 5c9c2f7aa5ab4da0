"""(What was reported, the tree) -> the same, where a name was misspelt where it is declared told once, and there.

A name that many places write in one way and its declaration in another is wrong in the declaration; so is one whose
spelling there has something that stands nowhere else in the file.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from plan_rules.errors import Diagnostic, Message, Span
from plan_rules.language.tree import Fields, Items, Report, Text, Tree
from plan_rules.suggestion import nearest

UNKNOWN = frozenset({"PR030", "PR032", "PR033", "PR034", "PR036", "PR038", "PR039"})


def tell_once(tree: Tree, written: str | bytes, report: Report) -> None:
    """Put one diagnostic at a misspelt declaration in the place of those where its name is used."""
    unknown: dict[tuple[str, str], list[Diagnostic]] = defaultdict(list)
    for found in report.found:
        if found.code in UNKNOWN and found.subject and found.span:
            unknown[found.code, found.subject].append(found)
    if not unknown:
        return
    used = Counter(_words(tree))
    text = written.decode("utf-8", "replace") if isinstance(written, bytes) else written
    for (_, name), places in unknown.items():
        declared = _misspelt(name, len(places), report.declared, used, text)
        if declared is not None:
            report.found[:] = [each for each in report.found if each not in places]
            report.found.append(_told(name, declared, report.declared[declared], places))


def _words(tree: Tree) -> Iterator[str]:
    """Every word; of a phrase or step its parts as well."""
    if isinstance(tree, Items):
        for item in tree:
            yield from _words(item)
    elif isinstance(tree, Fields):
        for key, value in tree.items():
            yield str(key)
            yield from _words(value)
    elif isinstance(tree, Text):
        yield from dict.fromkeys((str(tree), *tree.split(), tree.rpartition("-")[0]))


def _misspelt(name: str, times: int, declared: dict[str, Span], used: Counter[str], text: str) -> str | None:
    """The declared name that nobody uses and that was meant to be this one."""
    idle = [word for word in declared if used[word] <= 1 and not word.isascii()]
    near = nearest(name, idle)
    if not near or near[0] == name:
        return None
    here = near[0]  # below: how often sentences have the name as it is used, and as it is declared
    there = text.count(name) - times - (text.count(here) if name in here else 0)
    said = text.count(here) - 1 - (text.count(name) if here in name else 0)
    # Of two of which one is a part of the other, the longer is always the rarer: that tells nothing.
    rarer = not (name in here or here in name) and _rarity(here, text) < _rarity(name, text)
    return here if times > 1 or there > said or (there == said and rarer) else None


def _rarity(word: str, text: str) -> int:
    """How often the rarest two characters of the word that stand together do so in the text."""
    return min(text.count(word[at : at + 2]) for at in range(max(len(word) - 1, 1)))


def _told(name: str, declared: str, span: Span, places: list[Diagnostic]) -> Diagnostic:
    times = len(places)
    return Diagnostic(
        "PR102",
        places[0].severity,
        Message(
            f"这里声明的是“{declared}”, 没有一处用它; 有 {times} 处写的是“{name}”",
            f"`{declared}` is declared here and never used; `{name}` is written in {times} places",
        ),
        span,
        Message(f"是不是“{name}”? 把这里或那 {times} 处改成一致", f"did you mean `{name}`? write the same in both"),
        related=places[0].span,
        related_label=Message("用在这里", "used here"),
        subject=declared,
    )
