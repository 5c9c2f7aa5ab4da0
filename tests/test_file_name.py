"""A name of a file made from an id stays in its folder, and is that id's alone."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

from hypothesis import example, given
from hypothesis import strategies as st

from plan_rules.cli.file_name import file_name

_IDS = st.text(min_size=1, max_size=90)


@given(_IDS)
@example("../x")
@example("..")
@example("C:\\x")
@example("\ud800")
@example("长" * 90)
def test_a_file_stays_in_the_folder_it_is_written_to(id_: str) -> None:
    name = file_name(id_)

    assert PurePosixPath(name).name == name == PureWindowsPath(name).name
    assert not name.startswith(".") and name.isprintable() and len(f"documents-{name}.docx".encode()) < 255


@given(_IDS, _IDS)
@example("a/b", "a_b")
@example("长" * 80, "长" * 81)
def test_unlike_ids_have_unlike_names(one: str, other: str) -> None:
    assert (file_name(one) == file_name(other)) == (one == other)


def test_an_id_that_can_be_a_name_is_one() -> None:
    for id_ in ("S01", "media_report", "fire-drill", "三.3.c", "v1.2"):
        assert file_name(id_) == id_
