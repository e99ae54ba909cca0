"""Numbers are given once, and a record is of the number that it lies under."""

from __future__ import annotations

from pathlib import Path

import pytest

from segstudio.project.merged import Merge
from segstudio.project.numbered import (
    is_anything_below,
    next_number,
    number_of_now,
    numbers_in,
    read_numbered,
)

_LAST = 10**18 - 1


def test_only_what_was_given_counts(tmp_path: Path) -> None:
    for name in (
        "7",
        "12",
        "000012",
        "012",
        "9" * 18,
        "9" * 19,
        "9" * 250,
        "\u0663",
        "-1",
        "1e3",
        "x",
        "5.png",
    ):
        (tmp_path / name).mkdir()
    assert numbers_in(tmp_path) == [7, 12, _LAST]
    assert numbers_in(tmp_path, digits=6) == [12, _LAST]
    assert numbers_in(tmp_path, suffix=".png") == [5]
    assert numbers_in(tmp_path / "missing") == []
    (tmp_path / "file").write_bytes(b"")
    assert numbers_in(tmp_path / "file") == []


@pytest.mark.parametrize(
    ("taken", "at_least", "number"),
    [
        ((), 1, 1),
        ((3, 8), 1, 9),
        ((3,), 20, 20),
        ((20, 30), 20, 31),
        ((_LAST,), 20, 20),
        ((20, 21, _LAST), 20, 22),
    ],
)
def test_the_next_is_greater_while_it_can_be(taken: tuple[int, ...], at_least: int, number: int) -> None:
    assert next_number(taken, at_least=at_least) == number


def test_a_time_is_a_number_of_seventeen_digits() -> None:
    number = number_of_now(())
    assert (len(str(number)), number_of_now([number + 10**9])) == (17, number + 10**9 + 1)


def test_a_record_is_of_the_number_it_lies_under(tmp_path: Path) -> None:
    path = tmp_path / "merge.json"
    path.write_text(Merge(number=10**30, name="x").model_dump_json())
    assert read_numbered(path, Merge, 5) == Merge(number=5, name="x")
    path.write_text("{")
    assert read_numbered(path, Merge, 5) is None
    assert read_numbered(tmp_path / "missing", Merge, 5) is None


def test_a_folder_of_folders_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "deep/er").mkdir(parents=True)
    assert not is_anything_below(tmp_path)
    (tmp_path / "deep/er/file").write_bytes(b"")
    assert is_anything_below(tmp_path)
