"""(Story, instant) -> CasePage: a case at one glance, the next thing to do first, however it is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from plan_rules.cases.case import Case, Phase
from plan_rules.cases.days import due_words, length, moment
from plan_rules.cases.due_list import Due, due_day, dues
from plan_rules.cases.duty_life import DutyLife, Life
from plan_rules.cases.story import Story, asked
from plan_rules.cases.telling import PHASES, Told, changed, cited, telling, tier_name
from plan_rules.decision import Duty
from plan_rules.decision_page import pending_sections, scope_sections
from plan_rules.display_width import visible
from plan_rules.entries import Entry, Section, pairs
from plan_rules.norm import Term
from plan_rules.wording import Wording, to_whom, who

RECENT = 8  # events shown
MOST = 3  # actions named of what an event changed


@dataclass(frozen=True, slots=True)
class CasePage:
    """What `plan-rules case show` shows.  Sections with nothing in them are left out.

    The key of a section is `todo`, `prohibition`, `wrong`, `follow_up`, `override`, `handover`, `done`, `lapsed` or
    `event`.  The status of an entry is `overdue`, `now` (to be done at once) or `open` of what is to be done, `late` or
    `missed` of what went wrong, else empty.

    `phase`, `tier` and `peak` are words; `rank` and `peak_rank` are their places by severity, 1 the least severe and 0
    without a tier.  `elapsed` is in minutes, from the opening of the case to the instant asked about.  `next_steps` are
    the first things to do, by whom.
    """

    case: str
    outlet: str
    plan: str
    phase: str
    tier: str
    title: str
    rank: int
    peak: str
    peak_rank: int
    opened_at: datetime
    elapsed: int
    overdue: int
    next_steps: tuple[str, ...]
    sections: tuple[Section, ...]


def case_page(story: Story, at: datetime, lang: str = "zh", recent: int = RECENT) -> CasePage:
    """The case as it stands at this instant, which must not lie before its last event.

    Decides nothing anew: what the plan asks is what it asked at the last event, and time is counted on from there.
    """
    return _Drawing(story, at, Wording(story.case.plan, lang), recent).page()


def lines(page: CasePage, lang: str = "zh") -> tuple[str, ...]:
    """The page as plain text, line by line."""
    zh = lang != "en"
    tier = page.tier + (f": {page.title}" if page.title else "")
    peak = (f"最高曾达{page.peak}" if zh else f"highest tier: {page.peak}") if page.peak_rank > page.rank else ""
    since = length(timedelta(minutes=page.elapsed), lang)
    opened = f"开案 {moment(page.opened_at)}, 已 {since}" if zh else f"opened {moment(page.opened_at)}, {since} ago"
    first = [page.case, page.outlet, page.phase, tier, peak]
    text = [" · ".join(part for part in first if part), opened]
    text += [("下一步 ▶ " if zh else "next ▶ ") + step for step in page.next_steps]
    for section in page.sections:
        text += ["", section.title]
        if section.key == "lapsed":  # long, and nothing of it is to be done
            text.append("  • " + "; ".join(entry.head for entry in section.entries))
            continue
        for entry in section.entries:
            text += [f"  {_sign(entry, section)} {entry.head}{cited(entry.clauses)}", *_detail_lines(entry, section)]
    return tuple(visible(line) for line in text)


_SIGNS = {"overdue": "!", "now": "▶", "open": "○", "late": "!", "missed": "!"}
_KINDS = {"done": "✓", "prohibition": "✗", "wrong": "!", "event": "·"}


def _sign(entry: Entry, section: Section) -> str:
    return _SIGNS.get(entry.status) or _KINDS.get(section.key, "•")


def _detail_lines(entry: Entry, section: Section) -> Iterator[str]:
    said = [f"{label}: {value}" if label else value for label, value in entry.details]
    if section.key == "event":
        yield from (f"      {line}" for line in said)
    elif said:
        yield "      " + " · ".join(said)


@dataclass(frozen=True)
class _Drawing:
    story: Story
    at: datetime
    say: Wording
    recent: int

    @property
    def case(self) -> Case:
        return self.story.case

    @property
    def lang(self) -> str:
        return self.say.lang

    def page(self) -> CasePage:
        say, case = self.say, self.case
        todo = tuple(dues(case, self.at, self.lang)) if case.phase is not Phase.CLOSED else ()
        duties = {duty.action: duty for duty in case.decision.duties}
        tier = case.plan.tiers.get(case.tier or "")
        name = tier_name(case.tier, say)
        return CasePage(
            case=case.id,
            outlet=case.outlet,
            plan=f"{case.plan.name} {case.plan.version}",
            phase=say(*PHASES[case.phase]),
            tier=name,
            title=tier.label if tier and tier.label != name else "",
            rank=case.plan.severity(case.tier),
            peak=tier_name(case.peak, say),
            peak_rank=case.plan.severity(case.peak),
            opened_at=case.opened_at,
            elapsed=int((self.at - case.opened_at).total_seconds()) // 60,
            overdue=sum(due.overdue for due in todo),
            next_steps=tuple(self.next_steps(todo, duties)),
            sections=tuple(self.sections(todo, duties)),
        )

    def sections(self, todo: tuple[Due, ...], duties: dict[str, Duty]) -> Iterator[Section]:
        say = self.say
        closed = self.case.phase is Phase.CLOSED
        waiting = () if closed else pending_sections(self.case.decision, say)
        of_scope = () if closed else scope_sections(self.case.decision, say)
        listed = (
            *((each.key, (each.title, each.title), each.entries) for each in of_scope),
            ("todo", ("要办", "To do"), (self.to_do(due, duties[due.action]) for due in todo)),
            *((each.key, (each.title, each.title), each.entries) for each in waiting),
            ("prohibition", ("不得", "Must not"), self.prohibitions()),
            ("wrong", ("迟办、漏办、违反", "Late, missed, breached"), self.wrong()),
            ("follow_up", ("补救", "Follow up"), self.follow_ups()),
            ("override", ("例外", "Set aside"), self.overrides()),
            ("handover", ("交接", "Handed over"), self.handovers()),
            ("done", ("已办", "Done"), self.done()),
            ("lapsed", ("已失效, 没有登记办没办", "Lapsed, not recorded as done"), self.lapsed()),
            ("event", ("最近的事", "Lately"), self.events()),
        )
        for key, title, found in listed:
            entries = tuple(found)
            if entries:
                yield Section(key, say(*title), entries)

    # ----------------------------------------------------------------- what is to be done

    def next_steps(self, todo: tuple[Due, ...], duties: dict[str, Duty]) -> Iterator[str]:
        """What is overdue, first in order, or to be done at once without a place in it: what to do next, by whom."""
        orders = [order for due in todo if (order := duties[due.action].order) is not None]
        for due in todo:
            duty = duties[due.action]
            at_once = duty.deadline is not None and duty.deadline.kind == "immediate"
            if due.overdue or (at_once if duty.order is None else duty.order == min(orders)):
                yield f"{due.label} - {self.bearers(duty)}"

    def to_do(self, due: Due, duty: Duty) -> Entry:
        say = self.say
        handed = [f"{say.role(role)} → {say.role(to)}" for role in due.roles if (to := self.case.handovers.get(role))]
        told = [f"{number}. {say.roles(roles)}" for number, roles in enumerate(due.told, 1)]
        remind = due.remind_at if due.remind_at and due.remind_at > self.at else None
        return Entry(
            due.label,
            pairs(
                (say("谁", "who"), self.bearers(duty)),
                (say("交接", "handed over"), "; ".join(handed)),
                (say("向", "to"), to_whom(duty.recipient, say)),
                (say("时限", "when"), due.within),
                (say("截止", "due"), self.until(due)),
                (say("自", "since"), f"{self.clock(due.since)} ({length(self.at - due.since, self.lang)})"),
                (say("提醒", "reminder"), moment(remind) if remind else ""),
                (say("已报", "told"), "; ".join(told)),
            ),
            due.clauses,
            duty.order,
            "overdue" if due.overdue else "now" if due.immediate else "open",
        )

    def clock(self, instant: datetime) -> str:
        """The instant; of the same day, the time alone."""
        return moment(instant)[11:] if instant.date() == self.at.date() else moment(instant)

    def until(self, due: Due) -> str:
        """When it is due, and how long that still is, or was."""
        say, lang = self.say, self.lang
        if due.due is None or due.due_by is None:
            return ""
        day, limit = due_day(due.due), due_words(due.due, self.case.calendar, lang)
        if due.overdue:
            late = length(self.at - due.due_by, lang)
            days = say(f"{due.days_late} 天", f"{due.days_late} day(s)") if due.days_late else late
            return say(f"{limit}, 逾期 {days}", f"{limit}, overdue by {days}")
        counted = due.term in (Term.MINUTES.value, Term.HOURS.value)
        if counted or day == self.at.date():
            return say(f"{limit}, 还有 ", f"{limit}, left: ") + length(due.due_by - self.at, lang)
        left = (day - self.at.date()).days if day else 0
        return say(f"{limit}, 还有 {left} 天", f"{limit}, {left} day(s) left")

    def bearers(self, duty: Duty) -> str:
        return who(duty.bearers, self.say) or self.say.roles(duty.roles)

    def prohibitions(self) -> Iterator[Entry]:
        if self.case.phase is Phase.CLOSED:
            return
        for item in self.case.decision.prohibitions:
            aside = self.say("已作例外处理", "set aside") if self.case.overridden(item.action) else ""
            yield Entry(
                item.label,
                pairs((self.say("改为", "instead"), self.actions(item.instead)), ("", aside)),
                item.clauses,
            )

    # ----------------------------------------------------------------- what went wrong

    def wrong(self) -> Iterator[Entry]:
        say = self.say
        for life in self.case.lives:
            missed = life.overdue(self.at) or (life.open and bool(life.violation))
            if life.violation or missed:
                word = say("逾期未办", "missed") if missed else say("迟办", "late")
                due = due_words(life.due, self.case.calendar, self.lang) if life.due else ""
                yield Entry(
                    f"{say.action(life.action)}: {word}",
                    pairs(
                        (say("截止", "due"), due),
                        (say("办于", "done"), moment(life.until) if life.until else ""),
                    ),
                    life.clauses,
                    status="missed" if missed else "late",
                )
        for breach in self.case.breaches:
            yield Entry(
                f"{say.action(breach.action)}: " + say("违反禁止", "done though forbidden"),
                pairs(
                    ("", moment(breach.at)),
                    ("", say.role(breach.role) if breach.role else ""),
                    ("", say("已作例外处理", "had been set aside") if breach.excused else ""),
                ),
                breach.clauses,
            )

    def follow_ups(self) -> Iterator[Entry]:
        """After a breach; what was missed is to be done still, and stands among what is to be done."""
        say = self.say
        for item in self.case.follow_ups() if self.case.phase is not Phase.CLOSED else ():
            if item.wrong == "breached" and item.do:
                after = say.action(item.action)
                yield Entry(self.actions(item.do), pairs((say("因为", "because of"), after)))

    def overrides(self) -> Iterator[Entry]:
        say = self.say
        for item in self.case.overrides:
            reason = " ".join(item.reason.split())
            yield Entry(
                say.action(item.action),
                pairs(("", moment(item.at)), (say("理由", "reason"), reason), (say("批准", "approved"), item.approver)),
            )

    def handovers(self) -> Iterator[Entry]:
        for role, to in self.case.handovers.items():
            yield Entry(f"{self.say.role(role)} → {self.say.role(to)}")

    # ----------------------------------------------------------------- what is past

    def done(self) -> Iterator[Entry]:
        say, duties = self.say, asked(self.story)
        for life in sorted(self.ended(Life.DONE), key=lambda life: life.until or self.at):
            duty = duties.get((life.action, life.occasion))
            yield Entry(
                say.action(life.action),
                pairs(
                    ("", moment(life.until or self.at)),
                    (say("由", "by"), say.role(life.by) if life.by else ""),
                    (say("向", "to"), to_whom(duty.recipient, say) if duty else ""),
                ),
                life.clauses,
            )

    def lapsed(self) -> Iterator[Entry]:
        for life in self.ended(Life.LAPSED):
            span = f"{moment(life.since)} - {moment(life.until or self.at)}"
            yield Entry(self.say.action(life.action), pairs(("", span)), life.clauses)

    def ended(self, status: Life) -> list[DutyLife]:
        return [life for life in self.case.lives if life.status is status]

    def events(self) -> Iterator[Entry]:
        """The latest first."""
        told = list(telling(self.story, self.lang))
        for each in reversed(told[max(len(told) - self.recent, 0) :]):
            yield self.event(each)

    def event(self, told: Told) -> Entry:
        head, rest = told.headline
        say = Wording(told.step.case.plan, self.lang)
        what = [*([rest] if rest else []), *changed(told.step.change, say, most=MOST)]
        return Entry(f"{moment(told.event.at)}  {head}", tuple(("", line) for line in what))

    def actions(self, ids: tuple[str, ...]) -> str:
        return "; ".join(map(self.say.action, ids))
