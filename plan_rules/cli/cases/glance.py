"""Recorded -> what changed, at a glance: the tier, what is new, what lapsed, what is late, the next thing to do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from plan_rules.cases.case import Case
from plan_rules.cases.case_page import case_page
from plan_rules.cases.casebook import Recorded
from plan_rules.cases.objects import recorded_object
from plan_rules.cases.step import Change
from plan_rules.cases.story import Story
from plan_rules.cases.telling import tier_step, tier_words
from plan_rules.cli import output
from plan_rules.cli.plain import lines
from plan_rules.cli.stop import as_json as json_text
from plan_rules.decision_page import Page, page, pending_sections, scope_sections
from plan_rules.entries import Entry, Section
from plan_rules.wording import Wording


def show(recorded: Recorded, lang: str, *, as_json: bool = False) -> None:
    """Print what an event came to."""
    if as_json:
        output.say([json_text(recorded_object(recorded))])
        return
    glance = glance_page(recorded, lang)
    if output.to_terminal():
        from plan_rules.cli.drawn import draw  # noqa: PLC0415  loads rich, which a pipe does not need

        draw(glance, output.console(), lang)
    else:
        output.say(lines(glance, lang))


def glance_page(recorded: Recorded, lang: str) -> Page:
    """What changed, as a page; sections with nothing in them are left out."""
    case, change = recorded.case, recorded.change
    tongue = Wording(case.plan, lang)
    standing = case_page(Story(case, (), ()), case.at, lang)
    sections = tuple(_sections(recorded, change, tongue)) if change else (_repeated(tongue),)
    moved = change is not None and change.tier_before != change.tier_after
    tier = tier_words(case.tier, tongue)
    if change and moved and change.tier_before is not None:
        tier = ": ".join(part for part in (tier_step(change, tongue), standing.title) if part)
    version = tongue(f"第 {case.version} 版", f"version {case.version}")
    return Page(
        plan=standing.plan,
        tier=tier,
        rank=standing.rank,
        next_steps=standing.next_steps,
        sections=tuple(section for section in sections if section.entries),
        case=" · ".join(part for part in (case.id, case.outlet, version, standing.phase) if part),
    )


def _repeated(tongue: Wording) -> Section:
    said = tongue("这个事件早已登记, 没有再记一次", "this event had been recorded; it was not recorded again")
    return Section("notice", tongue("提示", "Notice"), (Entry(said),))


def _sections(recorded: Recorded, change: Change, tongue: Wording) -> Iterator[Section]:
    case, decision = recorded.case, recorded.decision
    whole = {section.key: section.entries for section in page(decision, case.plan, tongue.lang).sections}
    duties = dict(zip((duty.action for duty in decision.in_force), whole.get("duty", ()), strict=True))
    forbidden = dict(zip((each.action for each in decision.prohibitions), whole.get("prohibition", ()), strict=True))
    yield Section("violation", tongue("迟办、漏办、违反", "Late, missed, breached"), _wrong(case, change, tongue))
    yield Section("duty", tongue("新增", "New"), _listed(change.new, duties, tongue))
    yield Section("done", tongue("已办", "Done"), _named(change.done, tongue))
    yield Section("lapsed", tongue("失效", "Lapsed"), _named(change.lapsed, tongue))
    yield Section("altered", tongue("要求有改", "Altered"), _listed(change.altered, duties, tongue))
    yield Section("prohibition", tongue("新的不得", "Newly forbidden"), _listed(change.forbidden, forbidden, tongue))
    yield Section("allowed", tongue("不再禁止", "No longer forbidden"), _named(change.allowed_again, tongue))
    yield Section("carried", tongue("继续", "Carried on"), _together(change.carried, tongue))
    yield from (*scope_sections(decision, tongue), *pending_sections(decision, tongue))
    yield Section("question", tongue("待问", "To ask"), tuple(whole.get("question", ())))


def _wrong(case: Case, change: Change, tongue: Wording) -> tuple[Entry, ...]:
    """What went wrong by this event, and what is to be done in its place."""
    after = {item.action: item.do for item in case.follow_ups() if item.wrong == "breached"}
    missed = {life.action for life in case.open_duties()}

    def entry(action: str) -> Entry:
        instead = "; ".join(tongue.action(each) for each in after.get(action, ()))
        kind = (
            tongue("违反禁止", "done though forbidden")
            if action in after
            else tongue("逾期未办", "missed")
            if action in missed
            else tongue("迟办", "late")
        )
        return Entry(f"{tongue.action(action)}: {kind}", ((tongue("补救", "instead"), instead),) if instead else ())

    return tuple(entry(action) for action in change.violated)


def _listed(actions: Iterable[str], entries: dict[str, Entry], tongue: Wording) -> tuple[Entry, ...]:
    return tuple(entries.get(action) or Entry(tongue.action(action)) for action in actions)


def _named(actions: Iterable[str], tongue: Wording) -> tuple[Entry, ...]:
    return tuple(Entry(tongue.action(action)) for action in actions)


def _together(actions: tuple[str, ...], tongue: Wording) -> tuple[Entry, ...]:
    """All in one line: they are known already."""
    names = "; ".join(map(tongue.action, actions))
    return (Entry(tongue(f"{len(actions)} 项: {names}", f"{len(actions)}: {names}")),) if actions else ()
