"""An id of a plan -> a name in a programming language: different ids never get the same name.

`identifier` keeps letters, digits and CJK ideographs as they are.  `_` stays where it stands between two of those.  `.`
becomes `__` (unless `x`, `.` or the end follows), and every other character `__xHEX_`, its code in hexadecimal.  Read
from left to right, a name can be turned back into its id, and only into that one.

    三.3.c   三__3__c          AMB-06   AMB__x2d_06          call_police   call_police

The other styles are made of ids in lower case; an id that has a capital, or does not begin with a letter, has a prefix
that no other name of the style can have.
"""

from __future__ import annotations

import re

_SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_BEFORE_LETTER = re.compile(r"_([a-z])")


def identifier(id_: str) -> str:
    """The id, letter for letter, as a name: `call_police`, `三__3__c`."""
    return "".join(_character(id_, at) for at in range(len(id_)))


def constant(id_: str) -> str:
    """The id in capitals: `CALL_POLICE`, `三__3__C`; `id_AMB__x2d_06` where it has capitals itself."""
    name = identifier(id_)
    plain = id_ and (id_[0].isalpha() and _stays(id_[0])) and not any("A" <= letter <= "Z" for letter in id_)
    return name.upper() if plain else f"id_{name}"


def type_name(id_: str) -> str:
    """The id with its words run together: `AggressionLevel`, `Tier_1`; `Of_AMB__x2d_06` where it is no snake_case."""
    if not _SNAKE.fullmatch(id_):
        return f"Of_{identifier(id_)}"
    return id_[0].upper() + _BEFORE_LETTER.sub(lambda found: found[1].upper(), id_[1:])


def member_name(id_: str) -> str:
    """The same, beginning with a small letter: `aggressionLevel`, `tier_1`; `of_AMB__x2d_06`."""
    name = type_name(id_)
    return name[0].lower() + name[1:]


def escaped(name: str, reserved: frozenset[str]) -> str:
    """The name, with a `_` behind it where the language or the file has taken it: no other name ends so."""
    return f"{name}_" if name in reserved else name


def _character(id_: str, at: int) -> str:
    character = id_[at]
    following = id_[at + 1 : at + 2]
    if _stays(character):
        return character
    if character == "_" and at and _stays(id_[at - 1]) and following and _stays(following):
        return "_"
    if character == "." and following and following not in "x._":
        return "__"
    return f"__x{ord(character):x}_"


def _stays(character: str) -> bool:
    return (character.isascii() and character.isalnum()) or "\u4e00" <= character <= "\u9fff"
