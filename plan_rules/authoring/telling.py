"""(Index, a spot, what was proved) -> what there is to say of a word: what it means, and how far a clause reaches."""

from __future__ import annotations

from collections.abc import Iterator

from plan_rules.authoring.descriptions import CONDITIONS, KEYS, VALUES
from plan_rules.authoring.grammar import KINDS
from plan_rules.authoring.index import Index, Thing
from plan_rules.authoring.reach import Reach
from plan_rules.authoring.spots import Spot
from plan_rules.errors import Message
from plan_rules.language.keywords import canonical, chinese, condition_word, value_word
from plan_rules.language.tree import Fields, Items, Text, Tree

_LONGEST = 300
_TEXTS = ("wording", "question", "note", "topic", "text")


def told(index: Index, spot: Spot, reach: Reach | None, lang: str) -> str:
    """Markdown about the word at a spot; empty where there is nothing to say."""
    if spot.role == "key":
        keyword = canonical(spot.text)
        return _word(f"**{chinese(keyword)}** `{keyword}`", KEYS.get(keyword), lang)
    word = condition_word(spot.text) if spot.role == "choice" and spot.beside is not None else None
    if word is not None:
        return _word(f"**{spot.text}** `{word}`", CONDITIONS[word], lang)
    thing = index.meant(spot)
    if thing is not None:
        return "\n\n".join(_thing(index, thing, reach, lang))
    said = VALUES.get(value_word(spot.text)) or KEYS.get(canonical(spot.text))
    return _word(f"**{spot.text}**", said, lang) if spot.role in ("use", "choice") and said else ""


def reach_line(clause: str, reach: Reach, lang: str) -> str:
    """How far a clause reaches, such as `适用于 25 % 的情形, 场景 4/4`; empty where nothing is known of it."""
    parts: list[str] = []
    if reach.situations and clause in reach.fires:
        share = percent(reach.fires[clause], reach.situations)
        parts.append(f"适用于 {share} 的情形" if lang == "zh" else f"applies to {share} of situations")
    if reach.situations or reach.tried:
        passed, tried = reach.tried.get(clause, (0, 0))
        parts.append(f"场景 {passed}/{tried}" if lang == "zh" else f"scenarios {passed}/{tried}")
    return ", ".join(parts)


def percent(some: int, of: int) -> str:
    """A share in whole percents; what is not all is never 100 %, what is something never 0 %."""
    if some in (0, of):
        return "100 %" if some else "0 %"
    nearest = (200 * some + of) // (2 * of)
    return "< 1 %" if nearest == 0 else f"{min(nearest, 99)} %"


def _word(heading: str, said: Message | None, lang: str) -> str:
    return heading + (f"\n\n{said.within(lang)}" if said else "")


def _thing(index: Index, thing: Thing, reach: Reach | None, lang: str) -> Iterator[str]:
    kind = KINDS[thing.kind][0 if lang == "zh" else 1]
    yield f"**{thing.name}**" + (f" `{thing.id}`" if thing.id != thing.name else "") + f" ({kind})"
    record = index.record(thing)
    if isinstance(record, Fields) and thing.kind != "section":
        texts = [str(value) for key, value in record.items() if canonical(key) in _TEXTS and isinstance(value, Text)]
        yield from (f"> {_cut(text)}" for text in texts)
        rest = [
            f"- {key}: {_cut(_shown(value))}"
            for key, value in record.items()
            if canonical(key) not in (*_TEXTS, "id", "scraped")
        ]
        if rest:
            yield "\n".join(rest)
    elif isinstance(record, Fields):
        yield from (f"> {value}" for key, value in record.items() if canonical(key) == "title")
    elif record is not None:
        yield _cut(_shown(record))
    if thing.kind == "clause" and reach is not None and (line := reach_line(str(thing.name), reach, lang)):
        yield line


def _shown(tree: Tree) -> str:
    if isinstance(tree, Text):
        return str(tree)
    if isinstance(tree, Items):
        return "[" + ", ".join(map(_shown, tree)) + "]"
    return "{" + ", ".join(f"{key}: {_shown(value)}" for key, value in tree.items()) + "}"


def _cut(text: str) -> str:
    """A text of a reasonable length, with nothing in it that Markdown would take for its own."""
    text = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    return "".join("\\" + character if character in "\\`*_<>[]#|" else character for character in text)
