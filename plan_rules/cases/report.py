"""(Story, instant) -> the draft of the report on an incident (四.7: within three days of its resolution).

Only what was recorded is stated.  What has to be judged is left as lines to be filled in, and sensitive facts and
personal data are left out, with how many there were.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from plan_rules.cases.case import Case, Phase
from plan_rules.cases.days import due_words, length, moment
from plan_rules.cases.discretion import LeftOut, is_sensitive, left_out, left_out_words
from plan_rules.cases.due_list import due_day
from plan_rules.cases.duty_life import DutyLife, Life
from plan_rules.cases.event import Reviewed
from plan_rules.cases.story import Story, asked
from plan_rules.cases.telling import fact_name, fact_value, outcome_words, telling, tier_name, tier_step, tier_words
from plan_rules.decision import Duty
from plan_rules.instants import read_instant
from plan_rules.pages import Item, Page, Section
from plan_rules.plan import Clause, Plan
from plan_rules.wording import Wording, to_whom, who

_NUMERALS = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class ReportDuty:
    """The duty to report on an incident that is resolved, and the clause that asks for it."""

    action: str
    clause: str


def report_duty(plan: Plan) -> ReportDuty | None:
    """The duty whose clock starts when an incident is resolved and of which a fact says that it is done."""
    resolved = plan.case.resolved_on
    for clause in plan.clauses.values():
        for norm in clause.norms:
            starts = norm.limit is not None and resolved is not None and norm.limit.start == resolved
            if norm.modality == "duty" and starts and (norm.done_by is not None or norm.done_on is not None):
                return ReportDuty(norm.action, clause.id)
    return None


def draft(story: Story, at: datetime, lang: str = "zh") -> Page:
    """The report as it can be drafted at this instant; without a duty to report, a plain report on the incident."""
    return _Draft(story, at, lang).page()


@dataclass(frozen=True)
class _Draft:
    story: Story
    at: datetime
    lang: str

    # ----------------------------------------------------------------- what it is made of

    @property
    def case(self) -> Case:
        return self.story.case

    @cached_property
    def tongue(self) -> Wording:
        return Wording(self.case.plan, self.lang)

    @cached_property
    def hidden(self) -> LeftOut:
        return left_out(self.story)

    @cached_property
    def duties(self) -> dict[tuple[str, int], Duty]:
        return asked(self.story)

    @cached_property
    def duty(self) -> ReportDuty | None:
        """The duty to report, where the plan asks for it in this case."""
        found = report_duty(self.case.plan)
        life = self.case.life(found.action) if found else None
        return found if life and life.status is not Life.LAPSED else None

    @cached_property
    def life(self) -> DutyLife | None:
        return self.case.life(self.duty.action) if self.duty else None

    @cached_property
    def lives(self) -> tuple[DutyLife, ...]:
        """Of all duties, except those that are not named."""
        return tuple(life for life in self.case.lives if life.action not in self.hidden.actions)

    @cached_property
    def undone(self) -> tuple[DutyLife, ...]:
        return tuple(life for life in self.lives if self.missed(life))

    def missed(self, life: DutyLife) -> bool:
        """Is it late, or overdue by now?"""
        return bool(life.violation) or life.overdue(self.at)

    # ----------------------------------------------------------------- the page

    def page(self) -> Page:
        say = self.tongue
        titled = (
            (say("事件经过", "What happened"), self.events()),
            (say("采取的措施", "What was done"), self.measures()),
            (say("未做到的", "What was not done as asked"), self.failures()),
            (say("处理结果", "Outcome"), self.outcome()),
            (say("经验教训", "Lessons"), self.lessons()),
            (say("依据", "Grounds"), self.grounds()),
            (say("没有列入的", "Left out"), map(Item, left_out_words(self.story, self.hidden, self.lang))),
        )
        filled = [(title, items) for title, found in titled if (items := tuple(found))]
        sections = tuple(
            Section(say(f"{_NUMERALS[number]}、{title}", f"{number + 1}. {title}"), items)
            for number, (title, items) in enumerate(filled)
        )
        return Page(self.title(), self.summary(), sections, tuple(self.about()))

    def title(self) -> str:
        say = self.tongue
        if self.duty is None:
            return say("事件报告", "Report on an incident")
        event = _event_named(self.case.plan.clauses[self.duty.clause])
        return say(f"关于{event}情况及处理结果的报告", "Report on an incident and its outcome")

    def summary(self) -> str:
        say, case = self.tongue, self.case
        worst = say("最高曾达", "highest tier: ") + tier_name(case.peak, say)
        resolved = say("已处理完", "resolved") if case.phase is not Phase.OPEN else say("还没有处理完", "not resolved")
        parts = [say("草稿", "draft"), resolved, worst, *([self.standing()] if self.life else [])]
        return say("; ", "; ").join(parts)

    def about(self) -> Iterator[tuple[str, str]]:
        say, case, life = self.tongue, self.case, self.life
        duty = self.duties.get((life.action, life.occasion)) if life else None
        if life is not None and duty is not None:
            yield say("报送", "to"), to_whom(duty.recipient, say)
            if life.due is not None:
                yield say("期限", "due"), due_words(life.due, case.calendar, self.lang)
            yield say("报送情况", "sent"), self.standing()
        elif report_duty(case.plan):
            yield say("报送", "to be sent"), say("预案现在没有要求报送", "the plan does not ask for a report now")
        yield say("案件", "case"), case.id
        if case.outlet:
            yield say("网点", "outlet"), case.outlet
        yield say("等级", "tier"), tier_words(case.tier, say)
        yield say("开案", "opened"), moment(case.opened_at)
        yield say("起草", "drafted"), moment(self.at)

    def standing(self) -> str:
        """How it stands with the report itself."""
        say, life = self.tongue, self.life
        day = due_day(life.due) if life else None
        if life is None:
            return ""
        if life.status is Life.DONE and life.until is not None:
            early = (day - life.until.date()).days if day else 0
            note = self.late(life) or (say(f"提前 {early} 天", f"{early} day(s) early") if early > 0 else "")
            done = say(f"{moment(life.until)} 已报送", f"sent {moment(life.until)}")
            return done + (say(f", {note}", f", {note}") if note else "")
        if not life.open:
            return say("不再要求", "no longer asked for")
        if self.missed(life):
            return say(f"没有报送, {self.late(life)}", f"not sent, {self.late(life)}")
        left = (day - self.at.date()).days if day else None
        if left is None:
            return say("没有报送", "not sent")
        return (
            say(f"没有报送, 还有 {left} 天", f"not sent, {left} day(s) left")
            if left
            else say("没有报送, 今天到期", "not sent, due today")
        )

    def late(self, life: DutyLife) -> str:
        """By how much it was late or is overdue; empty where it is not."""
        say, day = self.tongue, due_day(life.due)
        if not self.missed(life) or day is None or life.due is None:
            return ""
        until = life.until if life.status is Life.DONE and life.until else self.at
        instant = read_instant(life.due)
        span = length(until - instant, self.lang) if instant else ""
        by = span or say(f"{(until.date() - day).days} 天", f"{(until.date() - day).days} day(s)")
        return say(f"逾期 {by}", f"overdue by {by}") if life.open else say(f"迟 {by}", f"late by {by}")

    # ----------------------------------------------------------------- sections

    def events(self) -> Iterator[Item]:
        for told in telling(self.story, self.lang, self.hidden):
            change = told.step.change
            moved = change.tier_before != change.tier_after
            if isinstance(told.event.what, Reviewed) and not moved:
                continue
            head, details = told.headline
            tiers = tier_step(change, Wording(told.step.case.plan, self.lang)) if moved else ""
            yield Item(f"{moment(told.event.at)}  {head}", tuple(line for line in (details, tiers) if line))

    def measures(self) -> Iterator[Item]:
        say = self.tongue
        done = [life for life in self.lives if life.status is Life.DONE and life.until is not None]
        for life in sorted(done, key=lambda life: life.until or self.at):
            duty = self.duties.get((life.action, life.occasion))
            details = [
                (say("由", "by"), say.role(life.by) if life.by else ""),
                (say("责任", "to be done by"), who(duty.bearers, say) if duty and not life.by else ""),
                (say("向", "to"), to_whom(duty.recipient, say) if duty else ""),
                (say("期限", "due"), due_words(life.due, self.case.calendar, self.lang) if life.due else ""),
            ]
            text = " · ".join(f"{label}: {value}" for label, value in details if value)
            late = self.late(life)
            head = f"{moment(life.until or self.at)}  {say.action(life.action)}" + (f" ({late})" if late else "")
            yield Item(head, (f"{text} {self.cited(life.clauses)}".strip(),))
        if not done:
            yield Item(say("没有登记办了什么", "nothing is recorded as done"))

    def failures(self) -> Iterator[Item]:
        say = self.tongue
        yield from map(self.failed, self.undone)
        for breach in self.case.breaches:
            if breach.action in self.hidden.actions:
                continue
            instead = "; ".join(map(say.action, self.hidden.named(breach.instead)))
            excused = say("已作例外处理", "had been set aside") if breach.excused else ""
            role = say(f"({say.role(breach.role)})", f" ({say.role(breach.role)})") if breach.role else ""
            head = say("违反禁止: ", "done though forbidden: ") + say.action(breach.action) + role
            follow = say(f"改为: {instead}", f"instead: {instead}") if instead else ""
            text = " · ".join(part for part in (moment(breach.at), excused, follow) if part)
            yield Item(head, (f"{text} {self.cited(breach.clauses)}",))
        for item in self.case.overrides:
            if item.action not in self.hidden.actions:
                head = say("例外, 不按一般规定: ", "set aside: ") + say.action(item.action)
                reason = " ".join(item.reason.split())
                why = say(f"理由: {reason}", f"reason: {reason}")
                yield Item(head, (moment(item.at), why, say(f"批准: {item.approver}", f"approved: {item.approver}")))
        yield from self.unrecorded()

    def failed(self, life: DutyLife) -> Item:
        say = self.tongue
        due = due_words(life.due, self.case.calendar, self.lang) if life.due else ""
        follow = say("还要办", "still to be done") if life.open else ""
        head = f"{say.action(life.action)}: {self.late(life) or life.violation}"
        text = " · ".join(part for part in (say(f"期限: {due}", f"due: {due}") if due else "", follow) if part)
        return Item(head, (f"{text} {self.cited(life.clauses)}".strip(),))

    def unrecorded(self) -> Iterator[Item]:
        """What was asked for and of which nobody said whether it was done, for whoever fills this in to look into."""
        say = self.tongue
        lapsed = self.named(life for life in self.lives if life.status is Life.LAPSED)
        # The report itself says how it stands with it.
        waiting = self.named(life for life in self.lives if life.open and life is not self.life)
        if lapsed:
            yield Item(
                say(
                    f"要求过、没有登记办没办的 {len(lapsed)} 项(由填写人核实)",
                    f"asked for, and not recorded as done: {len(lapsed)} (to be checked)",
                ),
                ("; ".join(lapsed),),
            )
        if waiting:
            yield Item(
                say(f"还要办的 {len(waiting)} 项", f"still to be done: {len(waiting)}"),
                ("; ".join(waiting),),
            )

    def named(self, lives: Iterable[DutyLife]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.tongue.action(life.action) for life in lives))

    def outcome(self) -> Iterator[Item]:
        say, case = self.tongue, self.case
        fact = case.plan.case.resolved_on
        day = case.facts.get(fact) if fact and not is_sensitive(case.plan, fact) else None
        yield Item(outcome_words(case.phase, say) + (say(f"({day})", f" ({day})") if day else ""))
        known = [name for name in case.facts if name != fact and not is_sensitive(case.plan, name)]
        yield Item(
            say("登记的事实", "facts on record"),
            tuple(f"{fact_name(name, say)}: {fact_value(name, case.facts[name], say)}" for name in known),
        )

    def lessons(self) -> Iterator[Item]:
        say = self.tongue
        duty = self.duties.get((self.life.action, self.life.occasion)) if self.life else None
        through = [role for bearer in duty.bearers for role in bearer.through] if duty else []
        writer = say.roles(through or (duty.roles if duty else ())) or say("填写人", "the writer")
        for title in (say("起因", "cause"), say("经验教训", "lessons"), say("改进措施", "what will change")):
            yield Item(say(f"{title}: (由{writer}填写)", f"{title}: (to be filled in by {writer})"))

    def grounds(self) -> Iterator[Item]:
        say, plan = self.tongue, self.case.plan
        yield Item(f"{plan.name} {plan.version}", (plan.digest,))
        if self.duty is not None:
            clause = plan.clauses[self.duty.clause]
            yield Item(clause.id, (f"“{clause.text}”",))
        cited = {clause for life in self.lives if life.status is Life.DONE for clause in life.clauses}
        cited |= {clause for life in self.undone for clause in life.clauses}
        cited |= {clause for item in self.case.breaches for clause in item.clauses}
        ids = [clause for clause in plan.clauses if clause in cited]
        if ids:
            yield Item(say("引用的条款", "clauses cited"), (self.cited(ids),))
        readings = tuple(self.readings())
        if readings:
            yield Item(say("采用的解释", "readings used"), readings)

    def readings(self) -> Iterator[str]:
        for id_, option in self.case.decision.readings.items():
            reading = self.case.plan.readings.get(id_)
            if reading is not None:
                text = next((known.text for known in reading.options if known.id == option), "")
                yield f"{id_}={option}  {reading.topic}: {text}"

    def cited(self, clauses: Iterable[str]) -> str:
        return "[" + " ".join(clauses) + "]"


def _event_named(clause: Clause) -> str:
    """What the clause calls the incident: `在(客户投诉过激行为事件)处理完的三日内`; else just 事件."""
    found = re.search(r"在([^,，。;；在]{1,30}?)处理完", clause.text)
    return found[1] if found else "事件"
