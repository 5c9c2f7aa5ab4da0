"""Plan -> mappings that hardly ever are an incident of it, to see that `decide` refuses them and does nothing worse."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from plan_rules.fact import UNKNOWN, Fact, Kind
from plan_rules.plan import Plan

_YEARS = (date(2024, 1, 1), date(2026, 6, 30))  # within the published calendars
_WORDS = (
    "",
    "unknown",
    "未知",
    "null",
    "true",
    "是",
    "1",
    "defaults",
    "2025-02-30",
    "09:41",
    "24:00",
    "2025-05-20T09:41Z",
)


@lru_cache(maxsize=32)
def any_facts(plan: Plan) -> st.SearchStrategy[dict[Any, Any]]:
    """Mappings with names and values of every kind, some of them right.

    `decide` may answer, raise FactsInvalid, or raise CalendarUnknown where a day lies in a year without a calendar.
    """
    known = [_entry(fact, plan) for fact in plan.facts.values()]
    strange = st.tuples(_names(plan), _anything(plan))
    mostly = st.one_of(*known) if known else strange
    entries = st.lists(st.one_of(mostly, mostly, strange), max_size=12)
    return _drawn(_Entries(entries).mapping)


class _Entries:
    """Stands for a strategy: Hypothesis writes out what strategies are made of, and this is made of too much."""

    def __init__(self, entries: st.SearchStrategy[list[tuple[Any, Any]]]) -> None:
        self._entries = entries

    def mapping(self, draw: st.DrawFn) -> dict[Any, Any]:
        return dict(draw(self._entries))


@st.composite
def _drawn(draw: st.DrawFn, how: Callable[[st.DrawFn], dict[Any, Any]]) -> dict[Any, Any]:
    return how(draw)


def _entry(fact: Fact, plan: Plan) -> st.SearchStrategy[tuple[Any, Any]]:
    return st.tuples(st.just(fact.id), st.one_of(_fitting(fact, plan), _fitting(fact, plan), _anything(plan)))


def _fitting(fact: Fact, plan: Plan) -> st.SearchStrategy[Any]:
    """Values of the right type, or nearly."""
    match fact.kind:
        case Kind.BOOL | Kind.ENUM | Kind.ORDINAL:
            return st.sampled_from([*fact.domain, UNKNOWN, "unknown", *(value.label for value in fact.values)])
        case Kind.INTEGER:
            return st.integers(fact.low - 2, fact.high + 2)
        case Kind.DATE:
            return st.one_of(st.none(), st.dates(*_YEARS), st.dates(*_YEARS).map(str))
        case Kind.DATETIME:
            days = st.datetimes(datetime.combine(_YEARS[0], time()), datetime.combine(_YEARS[1], time()))
            return st.one_of(
                st.none(), days, days.map(datetime.isoformat), days.map(lambda day: day.replace(tzinfo=UTC))
            )
        case Kind.READINGS:
            return st.dictionaries(_of(plan.readings), st.sampled_from(_options(plan)), max_size=3)


def _options(plan: Plan) -> list[str]:
    return [*dict.fromkeys(option.id for reading in plan.readings.values() for option in reading.options), "Z"]


def _names(plan: Plan) -> st.SearchStrategy[Any]:
    """Names that a fact might have, and things that are no names at all."""
    labels = [fact.label for fact in plan.facts.values()]
    ids = [*plan.facts, *plan.actions, *plan.clauses, *plan.tiers, *labels]
    wrong = _of([name[:-1] for name in ids] + [name.upper() for name in ids])
    return st.one_of(_of(ids), wrong, _text(), st.integers(), st.none(), st.booleans(), st.tuples(st.integers()))


def _of(names: Any) -> st.SearchStrategy[str]:
    return st.sampled_from([*names, ""])


def _text() -> st.SearchStrategy[str]:
    """Texts with every character there is, halves of pairs too."""
    return st.one_of(
        st.sampled_from(_WORDS), st.text(max_size=20), st.text(st.characters(categories=["Cs"]), max_size=2)
    )


def _anything(plan: Plan) -> st.SearchStrategy[Any]:
    """Values of every type that a program or a JSON or YAML file may hand in."""
    plain = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.just(10**400),
        st.floats(),
        _text(),
        st.binary(max_size=4),
        st.dates(),
        st.datetimes(),
        st.times(),
        st.datetimes(timezones=st.sampled_from((UTC, timezone(timedelta(hours=8)), timezone(timedelta(hours=-12))))),
        st.timedeltas(),
        st.sampled_from([option for value in plan.facts.values() for option in value.domain] or [True]),
        st.builds(object),
    )
    return st.recursive(
        plain,
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(_text(), inner, max_size=3)),
        max_leaves=6,
    )
