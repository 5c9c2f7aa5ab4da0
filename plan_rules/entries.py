"""Entries in sections: what a person reads of an answer or a case at one glance, however it is drawn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to know.  `order` groups what is done together; `details` are (label, value) pairs."""

    head: str
    details: tuple[tuple[str, str], ...] = ()
    clauses: tuple[str, ...] = ()
    order: int | None = None
    status: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Entries of one kind, under a title; `key` is what they are, for whoever draws them."""

    key: str
    title: str
    entries: tuple[Entry, ...]


def pairs(*found: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """(label, value) pairs, without those that have no value."""
    return tuple((label, value) for label, value in found if value)
