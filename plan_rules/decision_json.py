"""Decision -> its JSON in bytes, exactly what `Decision.to_json` writes, some fifteen times as fast.

The duties of one plan are few and come again and again with the same reasons: the text of each is kept.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from plan_rules.decision import Decision, Jsonable, item_object, layers_object

_KEPT = 8192  # texts of a plan


def _named(name: str) -> bytes:
    return f'"{name}":'.encode()


_LISTS = [
    (name, _named(name))
    for name in ("duties", "prohibitions", "permissions", "undetermined", "violations", "principles")
]
_WHERE_ANY = [(name, _named(name)) for name in ("notices", "exclusions", "handoffs", "ladders")]


def decision_json(decision: Decision) -> bytes:
    """The decision as one JSON object in UTF-8, without spaces; equal to `decision.to_json().encode()`."""
    return _writer(decision.plan.digest).written(decision)


@lru_cache(maxsize=32)
def _writer(digest: str) -> _Writer:
    return _Writer(digest)


class _Writer:
    """Writes decisions of one plan: in it a fact has one type, so that equal parts (with `True`, `1`) have one text."""

    def __init__(self, digest: str) -> None:
        self._digest = digest
        self._item = lru_cache(maxsize=_KEPT, typed=True)(_with_text)
        self._kept: dict[int, tuple[Any, bytes]] = {}  # by identity, nobody else's while it is here
        self._facts = _FactTexts()

    def written(self, decision: Decision) -> bytes:
        """The whole object."""
        parts = [
            b'"plan":' + self._text(decision.plan),
            b'"tier":' + (self._text(decision.tier) if decision.tier else b"null"),
            *[name + self._list(getattr(decision, of)) for of, name in _LISTS],
            b'"readings":' + self._of_readings(decision.readings),
            b'"facts":' + self._of_facts(decision.facts),
            *[name + self._list(items) for of, name in _WHERE_ANY if (items := getattr(decision, of))],
            *[_named(of) + _dumps(items) for of, items in layers_object(decision).items()],
        ]
        return b"{" + b",".join(parts) + b"}"

    def _list(self, items: Iterable[Any]) -> bytes:
        kept = self._kept.get
        return b"[" + b",".join([found[1] if (found := kept(id(item))) else self._text(item) for item in items]) + b"]"

    def _of_readings(self, readings: Mapping[str, str]) -> bytes:
        kept = self._kept.get(id(readings)) or self._keep(readings, _dumps(dict(readings)))
        return kept[1]

    def _of_facts(self, facts: Mapping[str, Jsonable]) -> bytes:
        try:
            texts = b",".join(map(self._facts.__getitem__, facts.items()))
        except TypeError:  # a choice of readings, which is a mapping
            return _dumps(dict(facts))
        return b"{" + texts + b"}"

    def _text(self, item: Any) -> bytes:
        kept = self._kept.get(id(item))
        if kept is not None:
            return kept[1]
        try:
            found = self._item(item)
        except TypeError:  # a reason names a choice of readings, which is a mapping
            return _with_text(item)[1]
        if found[0] is item:  # it comes again, or is new
            self._keep(*found)
        return found[1]

    def _keep(self, item: Any, text: bytes) -> tuple[Any, bytes]:
        if len(self._kept) >= _KEPT:
            self._kept.clear()
        found = self._kept[id(item)] = item, text
        return found


class _FactTexts(dict["tuple[str, Jsonable]", bytes]):
    """A fact and its value -> what is written of it."""

    def __missing__(self, item: tuple[str, Jsonable]) -> bytes:
        if len(self) >= _KEPT:
            self.clear()
        name, value = item
        text = self[item] = _dumps(name) + b":" + _dumps(value)
        return text


def _with_text(item: Any) -> tuple[Any, bytes]:
    return item, _dumps(item_object(item))


def _dumps(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
