"""Plan files -> the plans that are served, each swapped whole once its file holds another that may be used.

With a trust, only what is signed and in force is served.  What is refused changes nothing: the plan that was served is
served on, and the refusal is kept to be told.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from plan_rules import loading
from plan_rules.deciding import decide
from plan_rules.errors import Diagnostic, Message, PlanRulesError
from plan_rules.instants import CHINA, local
from plan_rules.plan import Plan
from plan_rules.service.problem import problem_of, refused

Seen = tuple[tuple[int, int, int] | None, ...]  # of each file: when it was changed, its size, which it is


@dataclass(frozen=True)
class Edition:
    """A plan as it is served: since when, and the digests of the sign-offs it is in force by (None: no trust)."""

    plan: Plan
    since: datetime
    sign_offs: tuple[str, ...] | None = None

    @property
    def about(self) -> dict[str, object]:
        """What is told of it."""
        plan = self.plan
        return {
            "id": plan.id,
            "name": plan.name,
            "version": plan.version,
            "digest": plan.digest,
            "source": plan.source.id if plan.source else None,
            "since": self.since.isoformat(timespec="seconds"),
            "signed": self.sign_offs is not None,
            "sign_offs": list(self.sign_offs or ()),
        }


@dataclass(frozen=True)
class Swap:
    """What came of reading a plan file again: another plan is served, or why not."""

    plan: str
    before: str
    after: str | None
    refusal: Message | None = None
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass
class _Place:
    """One file, what is served of it, and what was last seen of it."""

    path: Path | None
    edition: Edition
    seen: Seen
    refused: Swap | None = None
    tried: datetime | None = None


@dataclass(frozen=True)
class Sources:
    """Where plans come from; `None` is the plan that comes with the library."""

    plans: tuple[Path | None, ...]
    overlays: tuple[str, ...] = ()
    trust: Path | None = None


class Shelf:
    """The plans served, by id; the first is the one that is meant where none is named."""

    def __init__(self, sources: Sources, engine: str, clock: Callable[[], datetime], retry: float = 30.0) -> None:
        self._sources, self._engine, self._clock, self._retry = sources, engine, clock, retry
        self._reading = threading.Lock()
        self._places: dict[str, _Place] = {}
        for path in sources.plans or (None,):
            seen = self._look(path)
            edition = self._read(path)
            if edition.plan.id in self._places:
                raise refused(
                    500, "plan_twice", f"预案“{edition.plan.id}”给了两次", f"plan `{edition.plan.id}` is given twice"
                )
            self._places[edition.plan.id] = _Place(path, edition, seen)
        self._first = next(iter(self._places))
        self.state = 0  # another number whenever another plan is served

    def edition(self, plan: str | None) -> Edition:
        """The plan of this id, or the first.  Raises Refused."""
        place = self._places.get(plan or self._first)
        if place is None:
            known = ", ".join(self._places)
            raise refused(404, "plan_unknown", f"没有这份预案; 有: {known}", f"no such plan; there are: {known}")
        return place.edition

    def by_digest(self, digest: str) -> Plan | None:
        """The plan served that has this digest."""
        return next((each.plan for each in self.editions() if each.plan.digest == digest), None)

    def editions(self) -> tuple[Edition, ...]:
        """All that is served."""
        return tuple(place.edition for place in self._places.values())

    def refusals(self) -> Mapping[str, Swap]:
        """What was refused last, of each plan whose file holds something that may not be used."""
        return {name: place.refused for name, place in self._places.items() if place.refused is not None}

    def refresh(self, *, anyway: bool = False) -> tuple[Swap, ...]:
        """Read again what changed (all, with `anyway`) and serve it where it may be; what came of it."""
        with self._reading:
            return tuple(swap for name in self._places for swap in self._refreshed(name, anyway=anyway))

    # ----------------------------------------------------------------- one plan

    def _refreshed(self, name: str, *, anyway: bool) -> Iterator[Swap]:
        place, now = self._places[name], self._clock()
        seen = self._look(place.path)
        if not anyway and seen == place.seen and not self._stale(place, now):
            return
        before = place.edition.plan.digest
        place.seen, place.tried = seen, now
        try:
            edition = self._read(place.path)
            if edition.plan.id != name:
                raise refused(
                    409,
                    "plan_other",
                    f"文件里现在是预案“{edition.plan.id}”, 不是“{name}”",
                    f"the file now holds plan `{edition.plan.id}`, not `{name}`",
                )
        except (PlanRulesError, OSError, ValueError) as failure:
            swap = _refusal(name, before, failure)
            known = place.refused is not None and place.refused.refusal == swap.refusal
            place.refused = swap
            if anyway or not known:
                yield swap
            return
        place.refused = None
        if edition.plan.digest != before or edition.sign_offs != place.edition.sign_offs:
            place.edition = edition  # one assignment: a request has the one or the other
            self.state += 1
            yield Swap(name, before, edition.plan.digest)

    def _stale(self, place: _Place, now: datetime) -> bool:
        """Do overlays stand otherwise today, or may what was refused be in force by now?"""
        layering = place.edition.plan.layering
        waited = place.tried is None or (now - place.tried).total_seconds() >= self._retry
        if place.refused is not None:
            return waited
        return layering is not None and not layering.holds_on(now.date()) and waited

    def _read(self, path: Path | None) -> Edition:
        """The plan as it may be served now, tried once so that the first request finds it ready."""
        now, sources = self._clock(), self._sources
        sign_offs: tuple[str, ...] | None = None
        if sources.trust is not None:
            from plan_rules.governance import load_trust, signed_and_loaded  # noqa: PLC0415  only with a trust

            if path is None:
                raise refused(
                    500, "plan_unsigned", "自带的预案没有签署; 加 --plan", "the shipped plan is not signed; give --plan"
                )
            trust = load_trust(sources.trust)
            plan, signed = signed_and_loaded(path, trust=trust, at=now, overlays=sources.overlays)
            sign_offs = tuple(each.statement.own_digest() for each in signed)
        else:
            plan = loading.load(path, overlays=sources.overlays, at=now.date() if sources.overlays else None)
        decide(plan, {}, engine=self._engine)
        return Edition(plan, now, sign_offs)

    def _look(self, path: Path | None) -> Seen:
        files = () if path is None else (path, Path(f"{path}.signed"), path.with_name("source.yaml"))
        laid = [Path(each) for each in self._sources.overlays if each not in loading.SHIPPED_OVERLAYS]
        trust = () if self._sources.trust is None else (self._sources.trust,)
        return tuple(_stat([*files, *laid, *(Path(f"{each}.signed") for each in laid), *trust]))


def _stat(files: Iterable[Path]) -> Iterator[tuple[int, int, int] | None]:
    for file in files:
        try:
            found = file.stat()
            yield found.st_mtime_ns, found.st_size, found.st_ino
        except OSError:
            yield None


def _refusal(name: str, before: str, failure: Exception) -> Swap:
    if isinstance(failure, PlanRulesError):
        problem = problem_of(failure)
        return Swap(name, before, None, problem.message, problem.diagnostics)
    why = getattr(failure, "strerror", None) or str(failure)
    return Swap(name, before, None, Message(f"预案读不了: {why}", f"the plan cannot be read: {why}"))


def system_clock() -> datetime:
    """The instant by the clock of this machine, in the bank's local time."""
    return local(datetime.now(tz=CHINA))
