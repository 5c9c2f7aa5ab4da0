"""A tree -> the document of a plan file, checked for shape only; what is missing, extra or misshapen as Diagnostics.

The models say which keys each part of a plan file has.  Names are not resolved here, and conditions stay trees: their
keys are names of facts.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, InstanceOf, ValidationError, model_validator

from plan_rules.errors import Span
from plan_rules.language.document import Fields, Items, Report, Text, Tree, report_full_width
from plan_rules.language.keywords import ENGLISH, canonical, chinese
from plan_rules.suggestion import did_you_mean

Word = InstanceOf[Text]
AnyTree = Any  # a condition, a phrase or a bearer: read later, with names at hand


def _listed(value: object) -> object:
    """One thing where a list is asked for is a list of one."""
    return value if isinstance(value, list) or value is None else [value]


Words = Annotated[list[Word], BeforeValidator(_listed)]


class Shape(BaseModel):
    """A mapping of the file with known keys, in either language."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    @model_validator(mode="before")
    @classmethod
    def _to_english(cls, value: object) -> object:
        return {canonical(key): item for key, item in value.items()} if isinstance(value, dict) else value


class PlanHead(Shape):
    """预案: what this plan is."""

    id: Word
    name: Word
    version: Word
    purpose: Word | None = None
    source: Word | None = None
    take: Word | None = None
    scope: AnyTree = None


class RoleShape(Shape):
    """角色."""

    id: Word
    kind: Word | None = None
    note: Word | None = None


class PartyShape(Shape):
    """相对方: a recipient that is no role."""

    id: Word


class GroupShape(Shape):
    """责任组: roles of which any, or the first available, must act."""

    any: Words | None = None
    in_order: Words | None = None
    under: AnyTree = None


class AliasShape(Shape):
    """别名: two names for one role, under a reading."""

    id: Word
    same_as: Word
    under: AnyTree


class DeputyShape(Shape):
    """顶岗: who stands in."""

    deputy: Word
    when: AnyTree = None
    under: AnyTree = None


class TierShape(Shape):
    """等级."""

    id: Word
    rank: Word
    title: Word | None = None


class PrincipleShape(Shape):
    """原则."""

    id: Word


class FactShape(Shape):
    """事实."""

    id: Word
    type: Word
    values: InstanceOf[Fields] | None = None
    min: Word | None = None
    max: Word | None = None
    default: Word | None = None
    question: Word | None = None
    confirm_by: Words = Field(default_factory=list)
    worse: Word | None = None
    origin: Word | None = None
    note: Word | None = None


class ActionShape(Shape):
    """动作."""

    id: Word
    after: Words = Field(default_factory=list)
    protective: Word | None = None
    note: Word | None = None


class PresumptionShape(Shape):
    """推定."""

    model_config = ConfigDict(populate_by_name=True)

    id: Word
    condition: AnyTree = Field(alias="if")
    then: InstanceOf[Fields]
    note: Word | None = None


class ImpossibleShape(Shape):
    """不可能."""

    id: Word
    combination: AnyTree
    severity: Word | None = None
    note: Word | None = None


class NoticeShape(Shape):
    """提示."""

    id: Word
    when: AnyTree
    text: Word
    origin: Word
    about: Words = Field(default_factory=list)


class OptionShape(Shape):
    """One option of a reading, with more than words."""

    text: Word
    strength: Word | None = None


class ReadingShape(Shape):
    """解释."""

    topic: Word
    about: Words
    options: InstanceOf[Fields]
    chosen: Word
    decided_by: Word
    note: Word | None = None


class RemarkShape(Shape):
    """备注."""

    id: Word
    topic: Word
    about: Words = Field(default_factory=list)
    text: Word


class NormShape(Shape):
    """One duty, prohibition or permission."""

    action: Word
    bearers: AnyTree = None
    when: AnyTree = None
    through: AnyTree = None
    excepted: Words = Field(default_factory=list)
    recipient: AnyTree = None
    limit: Word | None = None
    start: Word | None = None
    roll: Word | None = None
    step: Word | None = None
    defeasible: Word | None = None
    done_by: AnyTree = None
    broken_by: AnyTree = None
    instead: Words = Field(default_factory=list)
    under: AnyTree = None
    inferred: Words = Field(default_factory=list)
    note: Word | None = None


Norms = Annotated[list[NormShape], BeforeValidator(_listed)]


class ClauseShape(Shape):
    """条款."""

    id: Word
    wording: Word | None = None
    scraped: Word | None = None
    when: AnyTree = None
    assigns: Word | None = None
    must: Norms = Field(default_factory=list)
    must_not: Norms = Field(default_factory=list)
    may: Norms = Field(default_factory=list)
    exception_to: Words = Field(default_factory=list)
    waives: Words = Field(default_factory=list)
    serves: Words = Field(default_factory=list)
    supports: Words = Field(default_factory=list)
    states: Word | None = None
    governs: Words = Field(default_factory=list)
    defines: Words = Field(default_factory=list)
    carries: Words = Field(default_factory=list)
    note: Word | None = None


class SectionShape(Shape):
    """正文: a heading and its clauses."""

    section: Word
    title: Word | None = None
    scope: AnyTree = None
    clauses: list[ClauseShape] = Field(default_factory=list)


Named = dict[Any, Any]


class DocumentShape(Shape):
    """A whole plan file."""

    plan: PlanHead
    roles: dict[Word, RoleShape]
    parties: dict[Word, PartyShape] = Field(default_factory=dict)
    groups: dict[Word, Annotated[list[GroupShape], BeforeValidator(_listed)]] = Field(default_factory=dict)
    aliases: list[AliasShape] = Field(default_factory=list)
    deputies: list[DeputyShape] = Field(default_factory=list)
    tiers: dict[Word, TierShape] = Field(default_factory=dict)
    principles: dict[Word, PrincipleShape] = Field(default_factory=dict)
    facts: dict[Word, FactShape]
    actions: dict[Word, ActionShape]
    tracks: dict[Word, Word] = Field(default_factory=dict)
    situations: dict[Word, AnyTree] = Field(default_factory=dict)
    presumptions: list[PresumptionShape] = Field(default_factory=list)
    impossible: list[ImpossibleShape] = Field(default_factory=list)
    readings: dict[Word, ReadingShape] = Field(default_factory=dict)
    notices: list[NoticeShape] = Field(default_factory=list)
    remarks: list[RemarkShape] = Field(default_factory=list)
    body: list[SectionShape]


AnyShape = TypeVar("AnyShape", bound=Shape)
_MOST_ROUNDS = 4  # leaving one misfit out may show another where the first hid it
_GONE: Any = Text("", Span("", 0, 0))


def shaped(shape: type[AnyShape], tree: Tree, report: Report) -> AnyShape | None:
    """The tree as this shape, with every misfit reported at its place.

    What does not fit is left out and the rest is read on, so that one slip hides no other; None where nothing is left.
    """
    _report_twice(tree, report)
    for _ in range(_MOST_ROUNDS):
        try:
            return shape.model_validate(tree)
        except ValidationError as error:
            details = error.errors(include_url=False, include_input=False, include_context=False)
            for detail in details:
                _report(detail["type"], tuple(detail["loc"]), shape, tree, report)
            pruned = [_prune(detail["type"], tuple(detail["loc"]), tree, report) for detail in details]
            if not all(pruned):
                return None
            _sweep(tree)
    return None


def _prune(kind: str, loc: tuple[Any, ...], tree: Tree, report: Report) -> bool:
    """Mark the misfit for removal: an extra key alone, else the item or entry it stands in; False at the top."""
    trail = _trail(tree, loc)
    if kind == "extra_forbidden":
        parent, step = trail[-1]
        parent[step] = _GONE
        return True
    for parent, step in reversed(trail):
        named = isinstance(parent, Fields) and canonical(step) == step and step not in ENGLISH
        if isinstance(parent, Items) or named:
            if parent[step] is not _GONE:
                report.ignored.update(_names_in(step, parent[step]))
            parent[step] = _GONE
            return True
    return False


def _names_in(step: Any, entry: Tree) -> set[str]:
    """The names an entry declares: its key and its id."""
    names = {str(step)} if isinstance(step, Text) else set()
    if isinstance(entry, Fields):
        names |= {str(value) for key, value in entry.items() if canonical(key) == "id" and isinstance(value, Text)}
    return names


def _trail(tree: Tree, loc: tuple[Any, ...]) -> list[tuple[Any, Any]]:
    """Each container on the way to `loc` that exists, with the index or key taken in it."""
    trail: list[tuple[Any, Any]] = []
    node: Any = tree
    for step in loc:
        if isinstance(node, Items) and isinstance(step, int) and step < len(node):
            trail.append((node, step))
        elif isinstance(node, Fields):
            found = next((word for word in node if word == step or canonical(word) == step), None)
            if found is None:
                break
            trail.append((node, found))
        else:
            break
        node = trail[-1][0][trail[-1][1]]
    return trail


def _sweep(tree: Tree) -> None:
    """Take out what was marked as gone."""
    if isinstance(tree, Items):
        tree[:] = [item for item in tree if item is not _GONE]
        for item in tree:
            _sweep(item)
    elif isinstance(tree, Fields):
        for key in [key for key, value in tree.items() if value is _GONE]:
            del tree[key]
        for value in tree.values():
            _sweep(value)


def _report_twice(tree: Tree, report: Report) -> None:
    """A key and its alias in the other language name one thing, so both in one mapping is a duplicate."""
    if isinstance(tree, Items):
        for item in tree:
            _report_twice(item, report)
    elif isinstance(tree, Fields):
        seen: dict[str, Text] = {}
        for key, value in tree.items():
            word = canonical(key)
            if word in seen:
                first = seen[word]
                report.add(
                    "TX011",
                    (f"“{key}”与“{first}”是同一个键", f"`{key}` and `{first}` are the same key"),
                    key.span,
                    ("只写一个", "write only one"),
                    related=first.span,
                    related_label=("第一次写在这里", "first written here"),
                )
            seen[word] = key
            _report_twice(value, report)


def _report(kind: str, loc: tuple[Any, ...], shape: type[Shape], tree: Tree, report: Report) -> None:
    parent, key, node = _walk(tree, loc)
    name = str(loc[-1]) if loc else ""
    if kind == "missing":
        _report_missing(name, key, parent, report)
    elif kind == "extra_forbidden":
        _report_extra(loc, shape, key, parent, report)
    elif isinstance(node, Text) and report_full_width(node, node.span, report):
        return
    else:
        _report_misshapen(kind, key or name, node, report)


def _report_missing(name: str, key: Text | None, parent: Tree, report: Report) -> None:
    owner = f"“{key}”" if key is not None else "这里"
    word = chinese(name)
    report.add(
        "PR021",
        (f"{owner}少了“{word}”", f"`{key or 'this'}` lacks `{name}`"),
        key.span if key is not None else parent.span,
        (f"补上“{word}: …”", f"add `{word}: ...` (`{name}`)"),
    )


def _report_extra(loc: tuple[Any, ...], shape: type[Shape], key: Text | None, parent: Tree, report: Report) -> None:
    assert key is not None
    if report_full_width(key, key.span, report):
        return
    allowed = _allowed(shape, loc[:-1])
    if isinstance(parent, Fields) and parent[key] == "":
        report.add(
            "PR020",
            (f"“{key}”被当成了键, 后面没有值", f"`{key}` is taken for a key, and no value follows"),
            key.span,
            (
                "花括号里半角逗号分隔各项; 文字里有逗号的, 给整段文字加引号, 或改用“，”",
                "in braces a comma separates entries; put a text that holds a comma in quotes",
            ),
        )
        return
    known = [word for keyword in allowed for word in (chinese(keyword), keyword)]
    report.add(
        "PR020",
        (f"不认识的键“{key}”", f"unknown key `{key}`"),
        key.span,
        did_you_mean(key, known)
        or ("这里可以写: " + "、".join(chinese(keyword) for keyword in allowed), "allowed here: " + ", ".join(allowed)),
    )


def _report_misshapen(kind: str, name: str, node: Tree, report: Report) -> None:
    wanted = {
        "is_instance_of": ("一段文字", "a text"),
        "list_type": ("列表(每项以“- ”开头)", "a list"),
        "dict_type": ("“名称: 值”的写法", "a mapping"),
        "model_type": ("“名称: 值”的写法", "a mapping"),
    }.get(kind, ("别的写法", "another form"))
    if kind == "is_instance_of" and isinstance(node, Text):
        wanted = ("“名称: 值”的写法", "a mapping")
    got = (
        ("文字", "a text")
        if isinstance(node, Text)
        else ("列表", "a list")
        if isinstance(node, Items)
        else ("映射", "a mapping")
    )
    report.add(
        "PR022",
        (f"“{chinese(name)}”应写成{wanted[0]}, 这里是{got[0]}", f"`{name}` must be {wanted[1]}, not {got[1]}"),
        node.span,
        ("照参考手册“预案文件”的例子改写", "see the examples in the reference page on the plan file"),
    )


def _walk(tree: Tree, loc: tuple[Any, ...]) -> tuple[Tree, Text | None, Tree]:
    """The innermost container on the way, the key taken in it (if it is a mapping), and the node it leads to.

    Where `loc` leads to a key that is missing, the container that lacks it is both, with its own key.
    """
    trail = _trail(tree, loc)
    if not trail:
        return tree, None, tree
    parent, step = trail[-1]
    key = step if isinstance(step, Text) else None
    node = parent[step]
    return (parent if len(trail) == len(loc) else node), key, node


def _allowed(shape: type[Shape], loc: tuple[Any, ...]) -> list[str]:
    """The keywords allowed in the mapping at `loc`, found by following the models' fields."""
    here: Any = shape
    for step in loc:
        if isinstance(here, type) and issubclass(here, BaseModel) and isinstance(step, str):
            field = here.model_fields.get(step) or next(
                (f for f in here.model_fields.values() if f.alias == step), None
            )
            here = _inner(field.annotation) if field else here
    if isinstance(here, type) and issubclass(here, BaseModel):
        return [field.alias or name for name, field in here.model_fields.items()]
    return []


def _inner(annotation: Any) -> Any:
    """The Shape inside list[...], dict[..., ...] or Annotated[...]."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in reversed(getattr(annotation, "__args__", ())):
        found = _inner(argument)
        if found is not None:
            return found
    return None


def span_of(tree: Any) -> Span:
    """The place of a tree or text."""
    span: Span = tree.span
    return span
