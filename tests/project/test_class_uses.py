"""Masks are counted once: by whoever asks first, for all others, as long as no mask is written."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from segstudio.errors import WorkStopped
from segstudio.project import class_uses
from segstudio.project.class_uses import MaskCounter
from segstudio.project.count_cache import CACHE, Known, keep_counts, read_counts
from segstudio.project.mask_values import count_file
from segstudio.project.project import Project
from segstudio.project.statistics import Counts, count_values
from tests.project.conftest import AddPhoto

LONG_AGO_NS = 1_000_000_000_000_000_000


@pytest.fixture
def old(project: Project, add_photo: AddPhoto) -> Project:
    """A project of four masks that were written long ago."""
    for number in range(4):
        add_photo(f"{number}.png", np.full((60, 80), number % 3, dtype=np.uint8))
        age(project, f"{number}.png", number)
    return project


def age(project: Project, key: str, later_ns: int) -> None:
    os.utime(project.mask_path(project.photo(key)), ns=(LONG_AGO_NS, LONG_AGO_NS + later_ns))


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []

    def count(path: Path, size: tuple[int, int] | None) -> Counts:
        names.append(path.name)
        return count_file(path, size)

    monkeypatch.setattr(class_uses, "count_file", count)
    return names


def counted(project: Project, counter: MaskCounter | None = None) -> list[dict[int, int]]:
    project.refresh()
    uses = (counter or MaskCounter()).count(project.folder, project.photos(), workers=1)
    assert not uses.unread
    return [dict(mask.pixels) for mask in uses.masks]


def test_another_counter_reads_nothing_again(old: Project, looked: list[str]) -> None:
    first = counted(old)
    assert len(looked) == 4
    assert counted(old) == first == [{0: 4800}, {1: 4800}, {2: 4800}, {0: 4800}]
    assert len(looked) == 4


def test_what_another_counter_counts_meanwhile_is_known(old: Project, looked: list[str]) -> None:
    here, there = MaskCounter(), MaskCounter()
    counted(old, here)
    for number in range(4):
        old.write_mask(old.photo(f"{number}.png"), np.full((60, 80), 1, dtype=np.uint8))
        age(old, f"{number}.png", 10 + number)
    counted(old, there)
    looked.clear()
    assert counted(old, here) == [{1: 4800}] * 4
    assert not looked


def test_a_mask_that_was_written_is_counted_anew(old: Project, looked: list[str]) -> None:
    counter = MaskCounter()
    counted(old, counter)
    looked.clear()
    old.write_mask(old.photo("0.png"), np.full((60, 80), 2, dtype=np.uint8))
    assert counted(old, counter)[0] == {2: 4800}
    assert looked == ["0.png.png"]


def test_a_mask_that_is_quite_new_is_not_kept(old: Project) -> None:
    """Where clocks are coarse it may be written again and look the same."""
    old.write_mask(old.photo("0.png"), np.full((60, 80), 2, dtype=np.uint8))
    counted(old)
    assert sorted(read_counts(old.folder)) == ["1.png", "2.png", "3.png"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"version": 99, "masks": {}}',
        '{"version": 1, "masks": {"0.png": 3}}',
        '{"version": 1, "masks": {"0.png": [1, 2, [300, 4]]}}',
        '{"version": 1, "masks": {"0.png": [1, 2, [3]]}}',
        "[" * 100_000,
        '{"version": 1, "masks": {"0.png": [1, 2, [1, Infinity]]}}',
        '{"version": 1, "masks": {"0.png": [Infinity, 2, [1, 4800]]}}',
    ],
)
def test_a_damaged_file_is_made_anew(old: Project, looked: list[str], text: str) -> None:
    path = old.folder / CACHE
    path.parent.mkdir()
    path.write_text(text)
    assert counted(old)[1] == {1: 4800}
    assert len(looked) == 4
    assert len(read_counts(old.folder)) == 4


def test_counts_that_cannot_be_of_the_photo_are_not_believed(old: Project, looked: list[str]) -> None:
    counted(old)
    wrong = {key: Known(each.time, each.length, {5: 3}) for key, each in read_counts(old.folder).items()}
    keep_counts(old.folder, wrong)
    looked.clear()
    assert counted(old)[1] == {1: 4800}
    assert len(looked) == 4


def test_it_does_not_grow_with_what_is_gone(old: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(class_uses, "_MOST_OTHERS", 1)
    counter = MaskCounter()
    counted(old, counter)
    for number in range(3):
        (old.folder / f"photos/{number}.png").unlink()
    old.write_mask(old.photo("3.png"), np.full((60, 80), 1, dtype=np.uint8))
    age(old, "3.png", 9)
    counted(old, counter)
    assert len(read_counts(old.folder)) == 2
    other = Project.create(old.folder.parent / "other")
    counted(other, counter)
    assert not counter._known


def test_what_was_counted_before_a_stop_is_kept(old: Project, looked: list[str]) -> None:
    asked = iter(range(100))
    with pytest.raises(WorkStopped):
        MaskCounter().count(old.folder, old.photos(), cancelled=lambda: next(asked) > 2, workers=1)
    before = len(looked)
    assert 0 < before < 4
    counted(old)
    assert len(looked) == 4


def test_a_project_that_may_only_be_read_is_counted(old: Project) -> None:
    (old.folder / ".cache").write_text("a file where a folder should be")
    assert counted(old)[2] == {2: 4800}


def test_counting_some_forgets_none_of_the_others(old: Project, looked: list[str]) -> None:
    counter = MaskCounter()
    first = counted(old, counter)
    counter.count(old.folder, old.photos()[:1])
    mask = np.full((60, 80), 1, dtype=np.uint8)
    old.write_mask(old.photo("0.png"), mask)
    counter.note(old.folder, {"0.png": count_values(mask)})
    looked.clear()
    assert counted(old, counter) == [{1: 4800}, *first[1:]]
    assert not looked
    assert sorted(read_counts(old.folder)) == ["1.png", "2.png", "3.png"]
