"""(Shape of a norm, the vocabulary) -> Norm: who, to whom, by when, in what order, how firmly."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from plan_rules.condition import Condition, Is, Present
from plan_rules.fact import Fact, Kind
from plan_rules.gates import Discretion, Rung
from plan_rules.language.characters import report_full_width
from plan_rules.language.clause_shape import HandoffShape, NormShape
from plan_rules.language.conditions import ConditionReader
from plan_rules.language.gating import GateReader
from plan_rules.language.keywords import ENGLISH, KEYWORDS, canonical, value_word
from plan_rules.language.limits import LimitReader
from plan_rules.language.names import Names
from plan_rules.language.tree import Fields, Items, Report, Text, Tree
from plan_rules.language.vocabulary import CHOICES, chosen
from plan_rules.norm import Bearers, Group, Handoff, Norm, Recipient, Role, Step, Strength
from plan_rules.plan import Action, Reading
from plan_rules.suggestion import did_you_mean

_STEP = re.compile(r"(.+)-([0-9]{1,3})")
_STRENGTH = {"是": Strength.DEFEASIBLE, "否": Strength.STRICT}


@dataclass(frozen=True, slots=True)
class NormReader:
    """Reads norms against the names declared in one plan file."""

    conditions: ConditionReader
    facts: Names[Fact]
    roles: Names[Role]
    groups: Names[tuple[Group, ...]]
    parties: Names[str]
    actions: Names[Action]
    readings: Names[Reading]
    tracks: Names[int]
    forms: Names[str]
    report: Report

    def read(self, shape: NormShape, modality: str, rung: Rung | None = None) -> Norm | None:
        """The norm, or None where its action is unknown; `rung` is its place where a clause lists it as a step."""
        action = self.actions.find(shape.action)
        groups = self._bearers(shape.bearers)
        strength, strength_by = self._strength(shape.defeasible)
        done_by, done_on = self.shown_by(shape.done_by)
        broken_by, _ = self.shown_by(shape.broken_by)
        gates = GateReader(self.roles, self.facts, self.shown_by, self.report)
        waits = (
            gates.approvals(shape.approvals),
            gates.discretion(shape.discretion, shape, modality),
            gates.rung(shape, modality, rung),
        )
        limit = self.limits.read(shape, shape.limit) if isinstance(shape.limit, Text | None) else None
        step = self._step(shape.step)
        through = self._bearers(shape.through)
        condition = self.conditions.read(shape.when)
        excepted = self._roles(shape.excepted)
        recipient = self.recipient(shape.recipient)
        instead = tuple(found.id for word in shape.instead if (found := self.actions.find(word)))
        under = self.conditions.under(shape.under)
        form = self.forms.find(shape.form) if shape.form is not None else None
        if shape.bearers is None:
            self._no_bearer(shape)
        if action is None:
            return None
        return Norm(
            modality=modality,
            action=action.id,
            bearers=Bearers(groups, through, excepted),
            span=shape.action.span,
            recipient=recipient,
            limit=limit,
            step=step,
            strength=strength,
            strength_by=strength_by,
            done_by=done_by,
            done_on=done_on,
            broken_by=broken_by,
            instead=instead,
            condition=condition,
            under=under,
            inferred=tuple(self._inferred(word) for word in shape.inferred),
            approvals=waits[0],
            discretion=waits[1] and _judging(waits[1], groups),
            rung=waits[2],
            form=form,
        )

    def _inferred(self, word: Text) -> str:
        """A keyword of the norm that the source text does not give."""
        if canonical(word) not in ENGLISH:
            self.report.add(
                "PR031",
                (f"“推断”里不能写“{word}”", f"`{word}` cannot be written under `inferred`"),
                word.span,
                did_you_mean(word, (*KEYWORDS, *ENGLISH))
                or ("写原文没有写的那一项, 如 [责任, 对象]", "write what the text leaves out, such as `[bearers]`"),
            )
        return str(word)

    @property
    def limits(self) -> LimitReader:
        """The reader of time limits."""
        return LimitReader(self.facts, self.report)

    def group(self, tree: Tree) -> tuple[Group, ...]:
        """`{任一: [...]}` and the like, a role or a named group."""
        if isinstance(tree, Fields):
            return tuple(group for key, value in tree.items() for group in self._choice(key, value))
        if isinstance(tree, Text) and tree in self.groups.ids:
            return self.groups.things[self.groups.ids[tree]]
        if isinstance(tree, Text):
            role = self.roles.find(tree, also=tuple(self.groups.ids))
            return (Group((role.id,)),) if role else ()
        return ()

    def _no_bearer(self, shape: NormShape) -> None:
        self.report.add(
            "PR021",
            (f"“{shape.action}”少了“责任”", f"`{shape.action}` lacks `bearers`"),
            shape.action.span,
            ("补上“责任: …”, 写明由谁", "add `bearers: ...`: who"),
        )

    def _bearers(self, tree: Tree | None) -> tuple[Group, ...]:
        if tree is None:
            return ()
        parts = tree if isinstance(tree, Items) else [tree]
        groups = tuple(group for part in parts for group in self.group(part))
        if not self.report.failed and not any(group.roles for group in groups):
            self.report.add(
                "PR022",
                ("这里没有写明由谁", "nobody is named here"),
                tree.span,
                ("补上“责任: …”: 角色、责任组, 或 {任一: [...]}", "write a role, a group, or `{any: [...]}`"),
            )
        return groups

    def _choice(self, key: Text, value: Tree) -> tuple[Group, ...]:
        words = value if isinstance(value, Items) else [value]
        roles = self._roles([word for word in words if isinstance(word, Text)])
        choice = canonical(key)
        if choice not in CHOICES:
            self.report.add(
                "PR020",
                (f"不认识的键“{key}”", f"unknown key `{key}`"),
                key.span,
                (
                    "写“任一”“全部”“依次”或“首接”, 如“任一: [...]”",
                    "write `any`, `all`, `in_order` or `first_contact`, such as `any: [...]`",
                ),
            )
        return chosen(choice, roles)

    def _roles(self, words: list[Text]) -> tuple[str, ...]:
        return tuple(found.id for word in words if (found := self.roles.find(word)))

    def handoff(self, shape: HandoffShape | None) -> Handoff | None:
        """Who takes the incident over."""
        if shape is None:
            return None
        return Handoff(str(shape.plan), shape.plan.span, self.recipient(shape.recipient), str(shape.note or ""))

    def recipient(self, tree: Tree | None) -> Recipient | None:
        """To whom: a list is all of them."""
        if tree is None:
            return None
        joined = "all"
        if isinstance(tree, Fields):
            joined = "any"
            for key in tree:
                if canonical(key) != "any":
                    self.report.add(
                        "PR020",
                        (f"不认识的键“{key}”", f"unknown key `{key}`"),
                        key.span,
                        ("写“任一: [...]”; 都要告知的写成列表", "write `any: [...]`; a list means all of them"),
                    )
            tree = next(iter(tree.values()), Items())
        words = tree if isinstance(tree, Items) else [tree]
        found = [self._party(word) for word in words if isinstance(word, Text)]
        return Recipient(tuple(party for party in found if party), joined)

    def _party(self, word: Text) -> str | None:
        if word in self.parties.ids:
            return self.parties.ids[word]
        role = self.roles.find(word, also=tuple(self.parties.ids))
        return role.id if role else None

    def _strength(self, word: Text | None) -> tuple[Strength, str | None]:
        if word is None:
            return Strength.STRICT, None
        if value_word(word) in _STRENGTH:
            return _STRENGTH[value_word(word)], None
        reading = self.readings.find(word, also=tuple(_STRENGTH))
        if reading is None:
            return Strength.STRICT, None
        silent = [option.id for option in reading.options if option.strength is None]
        if silent:
            self.report.add(
                "PR044",
                (
                    f"解释“{reading.id}”的选项{'、'.join(silent)}没有写“效力”",
                    f"options {', '.join(silent)} of `{reading.id}` have no `strength`",
                ),
                word.span,
                (
                    "每个选项写 {内容: …, 效力: 可推翻/不可推翻/仅建议}",
                    "give each option a strength: defeasible, strict or advice",
                ),
                related=reading.span,
            )
        return Strength.STRICT, reading.id

    def shown_by(self, tree: Tree | None) -> tuple[Condition | None, str | None]:
        """`完成: 报警时间` means: this fact says when; a condition may be written out instead."""
        if tree is None:
            return None, None
        if isinstance(tree, Text) and tree in self.facts.ids:
            fact = self.facts.things[self.facts.ids[tree]]
            if fact.dated:
                return Present(fact.id, True), fact.id
            if fact.kind is Kind.BOOL:
                return Is(fact.id, (True,)), None
            self.report.add(
                "PR040",
                (f"“{fact.label}”不是是否、日期或时刻", f"`{fact.id}` is no bool, date or datetime"),
                tree.span,
                ("写成条件, 如 {事实: 值}", "write a condition, such as `{fact: value}`"),
                related=fact.span,
                facts=(fact.id,),
            )
            return None, None
        if isinstance(tree, Text) and tree not in self.conditions.situations.ids:
            self.facts.unknown(tree, also=tuple(self.conditions.situations.ids))
            return None, None
        return self.conditions.read(tree), None

    def _step(self, word: Text | None) -> Step | None:
        if word is None:
            return None
        found = _STEP.fullmatch(word)
        if found is None and report_full_width(word, word.span, self.report):
            return None
        if found is None:
            self.report.add(
                "PR042",
                (f"次序“{word}”写法不对", f"`{word}` is no step"),
                word.span,
                ("写成“线-步”, 如 T2-1", "write `track-number`, such as T2-1"),
            )
            return None
        track = Text(found.group(1), word.span, plain=word.plain)
        stage = self.tracks.find(track)
        return None if stage is None else Step(stage, int(found.group(2)), str(track))


def _judging(discretion: Discretion, bearers: tuple[Group, ...]) -> Discretion:
    """Those who judge: who must act, where nobody else is named."""
    return discretion if discretion.roles else replace(discretion, roles=Bearers(bearers).roles)
