"""(Shape of a plan file) -> the declared names: roles, tiers, facts, actions and the rest, each with its id."""

from __future__ import annotations

from dataclasses import dataclass

from plan_rules.condition import UnderReading
from plan_rules.fact import Fact, Kind, Value
from plan_rules.language.characters import report_full_width
from plan_rules.language.conditions import ConditionReader
from plan_rules.language.document_shape import DocumentShape
from plan_rules.language.fitting import shaped
from plan_rules.language.intentions import number_meant
from plan_rules.language.keywords import value_word
from plan_rules.language.names import Names, one_of
from plan_rules.language.shape import FactShape, GroupShape, OptionShape, ReadingShape, RoleShape
from plan_rules.language.tree import Fields, Report, Text
from plan_rules.norm import Group, Role, Strength
from plan_rules.plan import Action, Option, Principle, Reading, Tier
from plan_rules.suggestion import did_you_mean

_KINDS = {
    "是否": Kind.BOOL,
    "选项": Kind.ENUM,
    "等次": Kind.ORDINAL,
    "整数": Kind.INTEGER,
    "日期": Kind.DATE,
    "时刻": Kind.DATETIME,
    "解释选择": Kind.READINGS,
}
_STRENGTHS = {"可推翻": Strength.DEFEASIBLE, "不可推翻": Strength.STRICT, "仅建议": Strength.ADVISORY}
_WORSE = {"递增": "up", "递减": "down"}
MAX_INTEGER = 10**9


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Every declared name of a plan file, and the reader of conditions over them."""

    roles: Names[Role]
    parties: Names[str]
    groups: Names[tuple[Group, ...]]
    tiers: Names[Tier]
    principles: Names[Principle]
    facts: Names[Fact]
    actions: Names[Action]
    tracks: Names[int]
    readings: Names[Reading]
    situations: Names[str]
    forms: Names[str]
    conditions: ConditionReader


def vocabulary(document: DocumentShape, report: Report) -> Vocabulary:
    """Declare every name; a bad declaration is reported and left out."""
    facts: Names[Fact] = Names("事实", "fact", "PR030", report)
    tiers: Names[Tier] = Names("等级", "tier", "PR034", report)
    readings: Names[Reading] = Names("解释", "reading", "PR036", report)
    situations: Names[str] = Names("情形", "situation", "PR038", report)
    words = Vocabulary(
        roles=Names("角色", "role", "PR033", report),
        parties=Names("相对方", "party", "PR033", report),
        groups=Names("责任组", "group of bearers", "PR033", report),
        tiers=tiers,
        principles=Names("原则", "principle", "PR039", report),
        facts=facts,
        actions=Names("动作", "action", "PR032", report),
        tracks=Names("顺序", "track", "PR039", report),
        readings=readings,
        situations=situations,
        forms=Names("表单", "form", "PR096", report),
        conditions=ConditionReader(facts, tiers, readings, situations, report),
    )
    _declare_simple(words, document, report)
    _declare_readings(words, document, report)
    _declare_facts(words, document, report)
    _declare_actions(words, document)
    return words


def _declare_simple(words: Vocabulary, document: DocumentShape, report: Report) -> None:
    _declare_roles(words, document)
    for name, party in document.parties.items():
        words.parties.declare(name, party.id, str(party.id))
    _declare_tiers(words, document, report)
    for name, principle in document.principles.items():
        words.principles.declare(name, principle.id, Principle(str(principle.id), str(name), name.span))
    for name, stage in document.tracks.items():
        words.tracks.declare_plain(name, _integer(stage, report))
    for name, form in document.forms.items():
        words.forms.declare(name, form.id, str(form.id))
    for name in document.situations:
        words.situations.declare_plain(name, str(name))


def _declare_tiers(words: Vocabulary, document: DocumentShape, report: Report) -> None:
    smaller_is_worse = one_of(document.plan.rank_order, {"小者重": True, "大者重": False}, False, report)
    for name, tier in document.tiers.items():
        title, rank = str(tier.title or name), _integer(tier.rank, report)
        words.tiers.declare(
            name, tier.id, Tier(str(tier.id), title, rank, name.span, str(name), smaller_is_worse=smaller_is_worse)
        )


def _declare_roles(words: Vocabulary, document: DocumentShape) -> None:
    known: Names[Text] = Names("角色", "role", "PR033", Report())
    for name, shape in document.roles.items():
        known.declare(name, shape.id, shape.id, also=shape.also_called)
    known.report = words.roles.report  # declared again below, where what is wrong with a declaration is reported
    teams = {str(shape.id): _team(shape, known) for shape in document.roles.values()}
    for name, shape in document.roles.items():
        groups = [str(found) for word in shape.member_of if (found := known.find(word))]
        groups += [team for team, (leader, members) in teams.items() if str(shape.id) in (leader, *members)]
        leader, members = teams[str(shape.id)]
        role = Role(
            id=str(shape.id),
            label=str(name),
            kind=str(shape.kind or ""),
            span=name.span,
            note=str(shape.note or ""),
            member_of=tuple(dict.fromkeys(groups)),
            leader=leader,
            members=members,
            organisation=str(shape.organisation or ""),
            also_called=tuple(str(word) for word in shape.also_called),
        )
        words.roles.declare(name, shape.id, role, also=shape.also_called)


def _team(shape: RoleShape, known: Names[Text]) -> tuple[str | None, tuple[str, ...]]:
    """The leader and the members of a working group."""
    leader = known.find(shape.leader) if shape.leader is not None else None
    members = tuple(str(found) for word in shape.members if (found := known.find(word)))
    return str(leader) if leader is not None else None, members


def _integer(word: Text, report: Report) -> int:
    if word.lstrip("-").isdigit() and word.isascii() and len(word) <= 10 and abs(int(word)) <= MAX_INTEGER:
        return int(word)
    if report_full_width(word, word.span, report):
        return 0
    meant = number_meant(word)
    zh, en = (f"写成“{meant}”: ", f"write `{meant}`: ") if meant else ("写", "write ")
    report.add(
        "PR040",
        (f"“{word}”应是整数", f"`{word}` must be an integer"),
        word.span,
        (
            f"{zh}{-MAX_INTEGER} 至 {MAX_INTEGER} 之间的整数, 不带单位",
            f"{en}an integer from {-MAX_INTEGER} to {MAX_INTEGER} without a unit",
        ),
    )
    return 0


def _declare_readings(words: Vocabulary, document: DocumentShape, report: Report) -> None:
    for name, shape in document.readings.items():
        options = tuple(found for key, tree in shape.options.items() if (found := _option(key, tree, report)))
        reading = Reading(
            id=str(name),
            topic=str(shape.topic),
            clauses=tuple(str(clause) for clause in shape.about),
            options=options,
            chosen=_chosen(shape, options, report),
            decided_by=str(shape.decided_by),
            span=name.span,
            note=str(shape.note or ""),
        )
        words.readings.declare(name, name, reading)


def _option(key: Text, tree: object, report: Report) -> Option | None:
    if isinstance(tree, Text):
        return Option(str(key), str(tree))
    shape = shaped(OptionShape, tree, report) if isinstance(tree, Fields) else None
    if shape is None:
        return None
    strength = _STRENGTHS.get(value_word(shape.strength)) if shape.strength is not None else None
    if shape.strength is not None and strength is None:
        report.add(
            "PR031",
            (f"效力“{shape.strength}”写法不对", f"`{shape.strength}` is no strength"),
            shape.strength.span,
            ("写可推翻、不可推翻或仅建议", "write defeasible, strict or advice"),
        )
    return Option(str(key), str(shape.text), strength)


def _chosen(shape: ReadingShape, options: tuple[Option, ...], report: Report) -> str:
    known = [option.id for option in options]
    if shape.chosen not in known:
        report.add(
            "PR037",
            (f"采用的“{shape.chosen}”不在选项里", f"the chosen `{shape.chosen}` is not among the options"),
            shape.chosen.span,
            ("可选: " + "、".join(known), "options: " + ", ".join(known)),
        )
    return str(shape.chosen)


def _declare_facts(words: Vocabulary, document: DocumentShape, report: Report) -> None:
    for name, shape in document.facts.items():
        if (fact := declared_fact(words, name, shape, report)) is not None:
            words.facts.declare(name, shape.id, fact)


def declared_fact(words: Vocabulary, name: Text, shape: FactShape, report: Report) -> Fact | None:
    """A fact as it is declared; None where its type is none."""
    kind = _KINDS.get(value_word(shape.type))
    if kind is None:
        report.add(
            "PR031",
            (f"没有“{shape.type}”这种类型", f"there is no type `{shape.type}`"),
            shape.type.span,
            did_you_mean(shape.type, (*_KINDS, *(kind.value for kind in Kind)))
            or ("写: " + "、".join(_KINDS), "write: " + ", ".join(kind.value for kind in Kind)),
        )
        report.ignored |= {str(name), str(shape.id)}
        return None
    return _fact(words, name, shape, kind, report)


def _fact(words: Vocabulary, name: Text, shape: FactShape, kind: Kind, report: Report) -> Fact:
    values = _values(name, shape, kind, report)
    bare = Fact(
        id=str(shape.id),
        label=str(name),
        kind=kind,
        span=name.span,
        values=values,
        low=_integer(shape.min, report) if shape.min is not None else 0,
        high=_integer(shape.max, report) if shape.max is not None else MAX_INTEGER,
    )
    if shape.min is not None and str(bare.high) == shape.max and bare.low > bare.high:
        report.add(
            "PR041",
            (f"“最小” {bare.low} 比“最大” {bare.high} 大", f"`min` {bare.low} is more than `max` {bare.high}"),
            shape.min.span,
            ("把“最小”和“最大”的数对调", "swap the numbers of `min` and `max`"),
            facts=(bare.id,),
        )
    if kind in (Kind.DATE, Kind.DATETIME, Kind.READINGS):
        default = None
    elif shape.default is None:
        report.add(
            "PR021",
            (f"“{name}”少了“默认”", f"`{name}` lacks `default`"),
            name.span,
            ("补上“默认: …”, 没有把握就写“未知”", "add `default: ...`; write `unknown` when nothing may be assumed"),
        )
        default = None
    else:
        default = words.conditions.value(bare, shape.default)
    return Fact(
        **{field: getattr(bare, field) for field in ("id", "label", "kind", "span", "values", "low", "high")},
        default=default,
        question=str(shape.question or f"{name}?"),
        confirm_by=tuple(found.id for word in shape.confirm_by if (found := words.roles.find(word))),
        of_case=one_of(shape.origin, {"案件": True}, False, report),
        note=str(shape.note or ""),
        worse=one_of(shape.worse, _WORSE, "", report),
        sensitive=one_of(shape.sensitive, {"是": True, "否": False}, False, report),
        unit=_unit(name, shape, kind, report),
    )


def _unit(name: Text, shape: FactShape, kind: Kind, report: Report) -> str:
    if shape.unit is not None and kind is not Kind.INTEGER:
        report.add(
            "PR083",
            (f"“{name}”不是整数, 没有单位", f"`{name}` is no integer and has no unit"),
            shape.unit.span,
            ("删去“单位”, 或把“类型”写成整数", "remove `unit`, or make its `type` integer"),
        )
    return str(shape.unit or "")


def _values(name: Text, shape: FactShape, kind: Kind, report: Report) -> tuple[Value, ...]:
    if kind not in (Kind.ENUM, Kind.ORDINAL):
        return ()
    values: dict[str, Value] = {}
    for label, id_ in (shape.values or {}).items():
        if isinstance(id_, Text) and id_.isascii() and id_ and id_ not in values:
            values[str(id_)] = Value(str(id_), str(label))
        else:
            report.add(
                "PR023",
                (
                    f"取值“{label}”的编号“{id_}”不能用(须是英文, 且不重复)",
                    f"the id `{id_}` of value `{label}` is not ASCII or is taken",
                ),
                label.span,
                ("写成“名称: english_id”", "write `name: english_id`"),
            )
    if len(values) < 2:
        report.add(
            "PR021",
            (f"“{name}”至少要有两个取值", f"`{name}` needs at least two values"),
            name.span,
            ("补上“取值: {名称: id, …}”", "add `values: {name: id, ...}`"),
        )
    return tuple(values.values())


def _declare_actions(words: Vocabulary, document: DocumentShape) -> None:
    known: Names[Text] = Names("动作", "action", "PR032", Report())
    for name, shape in document.actions.items():
        known.declare(name, shape.id, shape.id)
    known.report = words.actions.report  # declared again below, where what is wrong with a declaration is reported
    for name, shape in document.actions.items():
        after = tuple(str(found) for word in shape.after if (found := known.find(word)))
        excludes = tuple(str(found) for word in shape.excludes if (found := known.find(word)))
        action = Action(
            id=str(shape.id),
            label=str(name),
            span=name.span,
            after=after,
            protective=one_of(shape.protective, {"是": True, "否": False}, False, known.report),
            note=str(shape.note or ""),
            excludes=excludes,
        )
        words.actions.declare(name, shape.id, action)
    for name, groups in document.groups.items():
        words.groups.declare_plain(name, tuple(group for each in groups for group in _groups(words, each)))


CHOICES = {"any": "any", "all": "any", "in_order": "first_available", "first_contact": "first_contact"}


def chosen(choice: str, roles: tuple[str, ...], under: tuple[UnderReading, ...] = ()) -> tuple[Group, ...]:
    """The groups that a choice among roles comes to: of all, each by itself."""
    together = [(role,) for role in roles] if choice == "all" else [roles]
    return tuple(Group(some, CHOICES.get(choice, "any"), under) for some in together)


def _groups(words: Vocabulary, shape: GroupShape) -> tuple[Group, ...]:
    under = words.conditions.under(shape.under)
    found: list[Group] = []
    for choice in CHOICES:
        named = getattr(shape, choice)
        if named is not None:
            roles = tuple(role.id for word in named if (role := words.roles.find(word)))
            found += chosen(choice, roles, under)
    return tuple(found)
