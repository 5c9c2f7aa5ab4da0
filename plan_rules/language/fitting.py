"""(A shape, a tree) -> the tree as that shape; every key that is missing, extra or misshapen as a Diagnostic."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from plan_rules.errors import Span
from plan_rules.language.characters import report_full_width
from plan_rules.language.keywords import ENGLISH, canonical, chinese
from plan_rules.language.shape import Shape
from plan_rules.language.tree import MAX_DIAGNOSTICS, Fields, Items, Report, Text, Tree
from plan_rules.suggestion import did_you_mean, nearest

AnyShape = TypeVar("AnyShape", bound=Shape)
_MOST_ROUNDS = 6  # leaving one misfit out may show another where the first hid it
_MOST_MISFITS = 2 * MAX_DIAGNOSTICS  # each costs a search
_EXTRA = ("extra_forbidden",)
_GONE: Any = Text("", Span("", 0, 0))


def shaped(shape: type[AnyShape], tree: Tree, report: Report) -> AnyShape | None:
    """The tree as this shape, with every misfit reported at its place.

    What does not fit is left out and the rest is read on, so that one slip hides no other; None where nothing is left.
    """
    report_twice(tree, report)
    for round_ in range(_MOST_ROUNDS):
        try:
            return shape.model_validate(tree)
        except ValidationError as error:
            tree = tree if round_ else copied(tree)  # the tree belongs to whoever parsed it
            details = error.errors(include_url=False, include_input=False, include_context=False)[:_MOST_MISFITS]
            if _read_as_meant([tuple(each["loc"]) for each in details if each["type"] in _EXTRA], shape, tree, report):
                continue
            for detail in details:
                _report(detail["type"], tuple(detail["loc"]), shape, tree, report)
            pruned = [_prune(detail["type"], tuple(detail["loc"]), tree, report) for detail in details]
            if not all(pruned):
                return None
            _sweep(tree)
    return None


def copied(tree: Tree) -> Tree:
    """The same tree in containers of its own."""
    if isinstance(tree, Text):
        return tree
    copy: Items | Fields
    if isinstance(tree, Items):
        copy = Items(map(copied, tree))
    else:
        copy = Fields({key: copied(value) for key, value in tree.items()})
    copy.span = tree.span
    return copy


def _read_as_meant(extra: list[tuple[Any, ...]], shape: type[Shape], tree: Tree, report: Report) -> bool:
    """Report each key that is nearly a key of its place, and read on with the key that was meant; were there any?

    Otherwise what it holds would be missed where it is needed, and one slip be told twice.
    """
    found = False
    for loc in extra:
        parent, key, _ = _walk(tree, loc)
        if key is None or not isinstance(parent, Fields):
            continue
        meant, value = _meant(key, parent[key], _allowed(shape, loc[:-1]))
        if meant is None or any(canonical(other) == canonical(meant) for other in parent):
            continue
        _report_extra(loc, shape, key, parent, report)
        here = Text(meant, key.span, plain=key.plain)
        entries = [(here, value) if word is key else (word, item) for word, item in parent.items()]
        parent.clear()
        parent.update(entries)
        found = True
    return found


def _meant(key: Text, value: Tree, allowed: list[str]) -> tuple[str | None, Tree]:
    """The keyword that a key is near to, with its value, which a full-width colon may have joined to it."""
    word, colon, rest = key.partition("：")
    if colon and canonical(word.strip()) in allowed and value == "":
        at = key.span
        place = Span(at.source, at.line, at.column + len(word) + 1, max(len(rest), 1))
        return word.strip(), Text(rest.strip(), place)
    if value == "":
        return None, value
    near = nearest(key, [word for keyword in allowed for word in (chinese(keyword), keyword)])
    return (near[0] if near else None), value


def _prune(kind: str, loc: tuple[Any, ...], tree: Tree, report: Report) -> bool:
    """Mark the misfit for removal: an extra key alone, else the item or entry it stands in; False at the top."""
    trail, _ = _trail(tree, loc)
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
    """What an entry is known by: its key, its id, and of a clause its wording."""
    names = {str(step)} if isinstance(step, Text) else set()
    if isinstance(entry, Fields):
        telling = ("id", "wording")
        names |= {str(value) for key, value in entry.items() if canonical(key) in telling and isinstance(value, Text)}
    return names


def _trail(tree: Tree, loc: tuple[Any, ...]) -> tuple[list[tuple[Any, Any]], bool]:
    """Each container on the way to `loc` that exists, with the index or key taken in it; does it lead there?"""
    trail: list[tuple[Any, Any]] = []
    node: Any = tree
    for step in loc:
        if step == 0 and not isinstance(node, Items):
            continue  # one thing where a list is asked for was read as a list of one
        if isinstance(node, Items) and isinstance(step, int) and step < len(node):
            trail.append((node, step))
        elif isinstance(node, Fields):
            found = next((word for word in node if word == step or canonical(word) == step), None)
            if found is None:
                return trail, False
            trail.append((node, found))
        else:
            return trail, False
        node = trail[-1][0][trail[-1][1]]
    return trail, True


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


def report_twice(tree: Tree, report: Report) -> None:
    """A key and its alias in the other language name one thing, so both in one mapping is a duplicate."""
    if isinstance(tree, Items):
        parts: Iterable[Tree] = tree
    elif isinstance(tree, Fields):
        parts = tree.values()
        if len({canonical(key) for key in tree}) < len(tree):
            _report_aliases(tree, report)
    else:
        return
    for part in parts:
        if not isinstance(part, Text):
            report_twice(part, report)


def _report_aliases(tree: Fields, report: Report) -> None:
    seen: dict[str, Text] = {}
    for key in tree:
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


def _report(kind: str, loc: tuple[Any, ...], shape: type[Shape], tree: Tree, report: Report) -> None:
    parent, key, node = _walk(tree, loc)
    name = str(loc[-1]) if loc else ""
    if kind == "missing":
        _report_missing(name, key, parent, node, report)
    elif kind == "extra_forbidden":
        _report_extra(loc, shape, key, parent, report)
    elif isinstance(node, Text) and report_full_width(node, node.span, report):
        return
    else:
        item = loc[-1] if loc and key is None else None
        word = key or name or "文件"
        called = (
            (f"第 {item + 1} 项", f"item {item + 1}") if isinstance(item, int) else (f"“{chinese(word)}”", f"`{word}`")
        )
        _report_misshapen(kind, called, node, report)


def _report_missing(name: str, key: Text | None, parent: Tree, holder: Tree, report: Report) -> None:
    if any((here.span, canonical(name)) in report.emptied for here in (parent, holder)):
        return
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


def _report_misshapen(kind: str, called: tuple[str, str], node: Tree, report: Report) -> None:
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
        else ("几组“名称: 值”", "a mapping")
    )
    report.add(
        "PR022",
        (f"{called[0]}应写成{wanted[0]}, 这里是{got[0]}", f"{called[1]} must be {wanted[1]}, not {got[1]}"),
        node.span,
        ("照参考手册“预案文件”的例子改写", "see the examples in the reference page on the plan file"),
    )


def _walk(tree: Tree, loc: tuple[Any, ...]) -> tuple[Tree, Text | None, Tree]:
    """The innermost container on the way, the key taken in it (if it is a mapping), and the node it leads to.

    Where `loc` leads to a key that is missing, the container that lacks it is both, with its own key.
    """
    trail, whole = _trail(tree, loc)
    if not trail:
        return tree, None, tree
    parent, step = trail[-1]
    key = step if isinstance(step, Text) else None
    node = parent[step]
    return (parent if whole else node), key, node


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
