"""A file -> what it says it is: a plan file, an overlay, a scenario file, or none of them.  Loads nothing heavy."""

from __future__ import annotations

import re
from pathlib import Path

_LONGEST = 8 * 1024 * 1024 + 1  # what a plan file may have, and one byte to see that it has more
_KEY = re.compile(r"""^["']?([^\W\d]\w*)["']?[ \t]*[:\uff1a]""", re.MULTILINE)  # at the left margin: of the whole file
_PLAN = ({"预案", "plan"}, {"正文", "body"})
_OVERLAY = {"叠加", "overlay"}


def kind_of(path: Path) -> str | None:
    """`plan`, `overlay`, `scenarios` or None: what a file says it is, whether or not it is well-formed."""
    try:
        with path.open("rb") as stream:
            text = stream.read(_LONGEST).decode("utf-8", errors="replace").removeprefix("\ufeff")
    except OSError:
        return None
    keys = _keys_of_flow(text) if text.lstrip().startswith("{") else {*_KEY.findall(text)}
    if all(keys & either for either in _PLAN):
        return "plan"
    if keys & _OVERLAY:
        return "overlay"
    return "scenarios" if "scenarios" in keys else None


def _keys_of_flow(text: str) -> set[str]:
    """The keys of a file in braces, JSON perhaps; none where it is not well-formed."""
    from plan_rules.language.document import parse  # noqa: PLC0415
    from plan_rules.language.tree import Fields, Report  # noqa: PLC0415

    tree = parse(text, "", Report())
    return {str(key) for key in tree} if isinstance(tree, Fields) else set()
