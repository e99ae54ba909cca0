"""What a mask was before is kept, thinned as it ages, and read in the classes of today."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.errors import SegStudioError
from segstudio.painting.stroke_journals import StrokeJournals
from segstudio.project.class_edit import Delete, Rename
from segstudio.project.class_edits import ClassEditing
from segstudio.project.classes import VOID
from segstudio.project.masks import read_mask
from segstudio.project.project import Project
from segstudio.project.removal import bring_back, remove_photos
from segstudio.project.versions import (
    BETWEEN,
    Former,
    Version,
    is_due,
    keep_now,
    keep_up_to,
    outnumbered,
    read_version,
    version_file,
    versions_of,
)
from tests.project.conftest import AddPhoto, Fingerprint

_NOW = datetime(2026, 5, 20, 12, 0, tzinfo=UTC)
_ONES = np.ones((60, 80), dtype=np.uint8)


@pytest.fixture
def painted(project: Project, add_photo: AddPhoto) -> Project:
    add_photo("a.jpg", _ONES)
    return Project.open(project.folder)


@pytest.fixture
def midday(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A time zone in which the last hour was a part of today, whenever the test runs."""
    ahead = 12 * 60 - datetime.now(UTC).hour * 60
    monkeypatch.setenv("TZ", f"MID{'-' if ahead >= 0 else '+'}{abs(ahead) // 60:02}:00")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def _painted_at(project: Project, key: str, minutes_ago: float) -> None:
    """Let the mask on disk be as old as that."""
    then = datetime.now().timestamp() - minutes_ago * 60
    os.utime(project.folder / f"masks/{key}.png", (then, then))


def _paint(project: Project, value: int, key: str = "a.jpg") -> None:
    project.write_mask(project.photo(key), np.full((60, 80), value, dtype=np.uint8))


def test_the_mask_that_goes_is_kept_as_the_very_file_it_was(painted: Project) -> None:
    number = painted.mask_path(painted.photo("a.jpg")).stat().st_ino
    _paint(painted, 2)
    (version,) = versions_of(painted.folder, "a.jpg")
    kept = version_file(painted.folder, "a.jpg", version.number)
    assert kept.stat().st_ino == number
    assert (read_mask(kept) == 1).all()
    assert version.names == {0: "background", 1: "person", 2: "sky"}
    assert not version.replaced


@pytest.mark.usefixtures("midday")
@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the time zone cannot be set here")
def test_while_somebody_paints_one_is_kept_every_few_minutes(painted: Project) -> None:
    _painted_at(painted, "a.jpg", 60)
    for minutes_ago, value in ((59, 2), (57, 0), (55, 2), (54, 0), (49, 0), (48, 2)):
        _paint(painted, value)
        _painted_at(painted, "a.jpg", minutes_ago)
    _paint(painted, VOID)
    kept = [version.when for version in versions_of(painted.folder, "a.jpg")]
    minutes = [round((datetime.now(UTC) - when).total_seconds() / 60) for when in kept]
    assert minutes == [60, 55, 49]


@pytest.mark.parametrize(
    ("changed", "due"),
    [
        ({}, False),
        ({"who": "Ben"}, True),
        ({"when": _NOW - timedelta(days=1)}, True),
        ({"when": _NOW - timedelta(minutes=40) + BETWEEN}, True),
        ({"when": _NOW - timedelta(minutes=50)}, True),  # the clock was set back
        ({"size_bytes": 2001}, True),
    ],
)
def test_a_version_is_due(changed: dict[str, object], due: bool) -> None:
    last = Version(number=1, when=_NOW - timedelta(minutes=40), who="Anna")
    former = Former(when=_NOW - timedelta(minutes=39), who="Anna", size_bytes=1000)
    former = Former(**{**{name: getattr(former, name) for name in Former.__slots__}, **changed})
    assert is_due(former, last, _NOW, 1000) is due
    assert is_due(former, None, _NOW, 1000)


def test_what_is_replaced_at_once_is_kept_whenever_unless_nothing_differs(painted: Project) -> None:
    for value in (2, 2, 1):
        with painted.change() as change:
            change.doing = "merge"
            change.put_mask("a.jpg", np.full((60, 80), value, dtype=np.uint8))
    kept = versions_of(painted.folder, "a.jpg")
    assert [version.what for version in kept] == ["merge", "merge"]
    values = [read_mask(version_file(painted.folder, "a.jpg", v.number))[0, 0] for v in kept]
    assert values == [1, 2]


def test_a_change_that_is_given_up_keeps_nothing(painted: Project, fingerprint: Fingerprint) -> None:
    before = fingerprint(painted.folder)

    def give_up() -> None:
        with painted.change() as change:
            change.put_mask("a.jpg", _ONES * 2)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        give_up()
    assert fingerprint(painted.folder) == before


def test_it_thins_as_it_ages() -> None:
    ages = [timedelta(minutes=10 * n) for n in range(1, 300)] + [timedelta(days=n) for n in range(3, 9)]
    versions = _versions([_NOW - age for age in ages])
    gone = {version.number for version in outnumbered(versions, _NOW, 1000)}
    stay = [version for version in versions if version.number not in gone]
    hours = [round((_NOW - version.when).total_seconds() / 3600, 1) for version in stay]
    assert hours[-5:] == [0.8, 0.7, 0.5, 0.3, 0.2]
    assert [hour for hour in hours if 1 < hour < 24] == [n + 0.2 for n in range(23, 0, -1)]
    assert len([hour for hour in hours if hour >= 24]) == 8


@pytest.mark.parametrize("days", [365, -365])
def test_a_clock_that_was_wrong_for_a_while_costs_no_more_than_others(days: int) -> None:
    """Of what was kept while it was wrong some stays, and of what was kept since."""
    minutes = [timedelta(minutes=6 * n) for n in range(8)]
    wrong = _versions([_NOW + timedelta(days=days) + each for each in minutes])
    right = [
        version.model_copy(update={"number": version.number + 100})
        for version in _versions([_NOW - timedelta(minutes=55) + each for each in minutes])
    ]
    versions = (*wrong, *right)
    gone = outnumbered(versions, _NOW, 6)
    stay = [version for version in versions if version not in gone]
    assert len(stay) == 6
    assert stay[-1] == versions[-1]
    assert wrong[-1] in stay
    assert len([version for version in stay if version in right]) >= 2


def test_a_mask_of_any_time_is_kept_as_a_version(painted: Project) -> None:
    path = painted.mask_path(painted.photo("a.jpg"))
    for year in (-100, 200, 400):
        _paint(painted, 2 if year != 200 else 1)
        os.utime(path, (year * 31_556_952, year * 31_556_952))
    with painted.change() as change:
        change.put_mask("a.jpg", _ONES * 3)
    assert versions_of(painted.folder, "a.jpg")[-1].when.year > 2300


def test_what_went_at_once_stays_however_close_to_another() -> None:
    times = [_NOW - timedelta(days=3, minutes=minutes) for minutes in (9, 8, 7)]
    before, replaced, last = _versions(times)
    replaced = replaced.model_copy(update={"replaced": True})
    assert outnumbered((before, replaced, last), _NOW, 20) == (before,)


@given(
    ages=st.lists(st.integers(0, 10**7), min_size=1, max_size=40),
    most=st.integers(1, 30),
    replaced=st.booleans(),
)
def test_never_more_than_so_many_and_the_newest_always(ages: list[int], most: int, replaced: bool) -> None:
    times = sorted(_NOW - timedelta(seconds=age) for age in ages)
    versions = [v.model_copy(update={"replaced": replaced}) for v in _versions(times)]
    gone = outnumbered(versions, _NOW, most)
    assert len(versions) - len(gone) <= most
    assert versions[-1] not in gone
    if replaced:
        assert len(gone) == max(0, len(versions) - most)


def _versions(times: list[datetime]) -> tuple[Version, ...]:
    return tuple(Version(number=n, when=when) for n, when in enumerate(sorted(times)))


def test_as_many_as_the_project_says(painted: Project) -> None:
    keep_up_to(painted, 2)
    for value in (2, 1, 2, 0):
        with painted.change() as change:
            change.put_mask("a.jpg", np.full((60, 80), value, dtype=np.uint8))
    kept = versions_of(painted.folder, "a.jpg")
    files = [version_file(painted.folder, "a.jpg", version.number) for version in kept]
    assert [read_mask(file)[0, 0] for file in files] == [1, 2]
    assert sorted(files[0].parent.glob("*.png")) == files
    keep_up_to(painted, 0)
    _paint(painted, 1)
    assert versions_of(painted.folder, "a.jpg") == ()
    assert Project.open(painted.folder).kept_versions == 0


def test_an_older_program_reads_a_project_that_keeps_the_usual_number(painted: Project) -> None:
    keep_up_to(painted, 20)
    assert "versions" not in (painted.folder / "project.json").read_text(encoding="utf-8")


def test_a_class_that_is_gone_is_told_and_one_of_its_name_takes_its_pixels(painted: Project) -> None:
    _paint(painted, 2)
    ClassEditing(painted, StrokeJournals()).commit(Delete(1))
    painted.refresh()
    photo, (version, *_) = painted.photo("a.jpg"), versions_of(painted.folder, "a.jpg")
    mask, gone = read_version(painted.folder, photo, version, painted.classes)
    assert ((mask == VOID).all(), gone) == (True, ("person",))
    ClassEditing(painted, StrokeJournals()).commit(Rename(2, "person"))
    painted.refresh()
    mask, gone = read_version(painted.folder, photo, version, painted.classes)
    assert ((mask == 2).all(), gone) == (True, ())


def test_a_class_edit_leaves_a_version_that_says_so(painted: Project) -> None:
    ClassEditing(painted, StrokeJournals()).commit(Delete(1))
    (version,) = versions_of(painted.folder, "a.jpg")
    assert (version.replaced, version.what) == (True, "delete person")


def test_versions_go_and_come_back_with_their_photo(painted: Project, fingerprint: Fingerprint) -> None:
    _paint(painted, 2)
    before = fingerprint(painted.folder / "history/masks")
    removal = remove_photos(painted, ["a.jpg"])
    assert versions_of(painted.folder, "a.jpg") == ()
    bring_back(painted, removal)
    assert fingerprint(painted.folder / "history/masks") == before


def test_where_no_file_can_have_two_names_it_is_copied(
    painted: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    _paint(painted, 2)
    (version,) = versions_of(painted.folder, "a.jpg")
    assert (read_mask(version_file(painted.folder, "a.jpg", version.number)) == 1).all()


@pytest.mark.parametrize(
    "spoil",
    [
        "[1]",
        "",
        "\udcff",
        '{"number": 5, "when": 1e99}',
        '{"number": 5, "when": "0001-01-01T00:00:00+14:00"}',
        '{"number": 5, "when": "9999-12-31T23:59:59-12:00"}',
    ],
)
def test_one_whose_record_cannot_be_read_is_still_there(painted: Project, spoil: str) -> None:
    """Records are not waited for: a power cut may tear one."""
    _paint(painted, 2)
    (record,) = painted.folder.glob("history/masks/a.jpg/*.json")
    record.write_bytes(spoil.encode("utf-8", "surrogateescape"))
    (version,) = versions_of(painted.folder, "a.jpg")
    assert abs((datetime.now(UTC) - version.when).total_seconds()) < 3600
    mask, _ = read_version(painted.folder, painted.photo("a.jpg"), version, painted.classes)
    assert (mask == 1).all()
    record.unlink()
    _paint(painted, 1)
    assert versions_of(painted.folder, "a.jpg")[0].number == version.number


def test_a_damaged_one_is_told(painted: Project) -> None:
    _paint(painted, 2)
    (version,) = versions_of(painted.folder, "a.jpg")
    version_file(painted.folder, "a.jpg", version.number).unlink()
    assert versions_of(painted.folder, "a.jpg") == ()
    with pytest.raises(SegStudioError, match="no such mask"):
        read_version(painted.folder, painted.photo("a.jpg"), version, painted.classes)


def test_one_can_be_kept_at_will_but_not_twice(painted: Project) -> None:
    for _ in range(2):
        keep_now(painted, painted.photo("a.jpg"), doing="go back")
    (version,) = versions_of(painted.folder, "a.jpg")
    assert (version.what, version.replaced) == ("go back", True)
