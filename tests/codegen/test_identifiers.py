"""Different ids never get the same name, and every name is one that the languages take."""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Callable
from itertools import product

import pytest

from plan_rules.codegen.identifiers import constant, escaped, identifier, member_name, type_name

SHORT = ["".join(letters) for length in (1, 2, 3, 4) for letters in product("aAx2_.-三", repeat=length)]
LONG = ["".join(letters) for letters in product("ax_.", repeat=6)]
IDS = [*SHORT, *LONG]
STYLES = [identifier, constant, type_name, member_name]


@pytest.mark.parametrize("style", STYLES)
def test_different_ids_never_get_the_same_name(style: Callable[[str], str]) -> None:
    assert len({style(id_) for id_ in IDS}) == len(IDS)


@pytest.mark.parametrize("style", STYLES)
def test_a_name_that_is_taken_gets_one_that_no_other_id_has(style: Callable[[str], str]) -> None:
    taken = frozenset(style(id_) for id_ in IDS[::3])

    assert len({escaped(style(id_), taken) for id_ in IDS}) == len(IDS)


@pytest.mark.parametrize("style", [constant, type_name, member_name])
def test_every_name_is_an_identifier_that_means_itself(style: Callable[[str], str]) -> None:
    names = [style(id_) for id_ in IDS]

    assert all(name.isidentifier() and unicodedata.normalize("NFKC", name) == name for name in names)
    assert not any(keyword.iskeyword(name) for name in names if style is constant)


def test_usual_ids_get_the_names_that_people_would_give_them() -> None:
    assert constant("call_police") == "CALL_POLICE"
    assert constant("三.3.c") == "三__3__C"
    assert constant("AMB-06") == "id_AMB__x2d_06"
    assert type_name("aggression_level") == "AggressionLevel"
    assert type_name("tier_1_general") == "Tier_1General"
    assert member_name("aggression_level") == "aggressionLevel"
