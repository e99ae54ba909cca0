"""A photo is painted on by one window, on whichever machine; who is gone is found out, and who comes back, too."""

from __future__ import annotations

import errno
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest

from segstudio.errors import SegStudioError
from segstudio.files import note_part
from segstudio.project import presence as presence_module
from segstudio.project.painted_photos import begin_painting, not_painted
from segstudio.project.photo_locks import (
    Claim,
    Painted,
    PhotoHold,
    TakenOverError,
    claim_path,
    read_claim,
    take_over,
    told_painted,
    told_taken,
    told_time,
    who_paints,
)
from segstudio.project.photos import Photo
from segstudio.project.presence import Presence, Watch
from segstudio.project.project import Project
from tests.project.conftest import AddPhoto

Windows = Callable[[], Presence]


@pytest.fixture
def one(project: Project, add_photo: AddPhoto) -> Project:
    add_photo("a.png", np.zeros((60, 80), dtype=np.uint8))
    return Project.open(project.folder)


@pytest.fixture
def photo(one: Project) -> Photo:
    return one.photo("a.png")


@pytest.fixture
def window() -> Iterator[Windows]:
    """Return what opens windows that renew their signs quickly."""
    opened: list[Presence] = []

    def open_one() -> Presence:
        opened.append(Presence(beat_s=0.02, stale_s=0.5))
        return opened[-1]

    yield open_one
    for presence in opened:
        presence.close()


def on_another_machine(monkeypatch: pytest.MonkeyPatch, window: Windows, name: str = "STUDIO-PC") -> Presence:
    with monkeypatch.context() as patched:
        patched.setattr("socket.gethostname", lambda: name)
        patched.setattr("getpass.getuser", lambda: "Anna")
        return window()


def elsewhere(
    one: Project, photo: Photo, monkeypatch: pytest.MonkeyPatch, window: Windows
) -> tuple[Presence, PhotoHold]:
    """Let Anna paint on another machine, whose locks are not known here."""
    anna = on_another_machine(monkeypatch, window)
    hold = begin_painting(one, photo, by=anna)
    assert hold is not None
    hold._unlock()
    return anna, hold


def wait_until(fact: Callable[[], object]) -> None:
    until = time.monotonic() + 20
    while not fact():
        assert time.monotonic() < until
        time.sleep(0.01)


def ones(photo: Photo) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return np.ones(photo.size, dtype=np.uint8)


def test_one_window_paints_and_the_other_learns_who(one: Project, photo: Photo, window: Windows) -> None:
    first, second = window(), window()
    hold = begin_painting(one, photo, by=first)
    assert hold is not None
    assert begin_painting(one, photo, by=second) is None
    painted = who_paints(one, photo, second)
    assert painted is not None
    assert painted.claim == hold.claim
    assert told_painted(painted).startswith("You paint on this photo in another window since ")
    hold.let_go()
    hold.let_go()
    assert who_paints(one, photo, second) is None
    wait_until(lambda: not (one.folder / ".people").exists())
    assert sorted(path.name for path in (one.folder / "masks").iterdir()) == ["a.png.json", "a.png.png"]


def test_a_lock_of_another_machine_counts_though_the_system_here_knows_none(
    one: Project, photo: Photo, window: Windows, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = window()
    anna, hold = elsewhere(one, photo, monkeypatch, window)
    assert begin_painting(one, photo, by=ours) is None
    painted = who_paints(one, photo, ours)
    assert painted is not None
    assert told_painted(painted).startswith("Anna on STUDIO-PC paints on this photo since ")
    wait_until((one.folder / f".people/{anna.painter.window}.json").exists)
    with (
        pytest.raises(SegStudioError, match='on the computer "STUDIO-PC", by Anna'),
        not_painted(one, [photo]),
    ):
        pass
    hold.let_go()
    assert who_paints(one, photo, ours) is None


def test_who_lives_is_never_stale_and_who_gives_no_sign_is_taken_over_with_a_word(
    one: Project, photo: Photo, window: Windows, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = window()
    anna, hold = elsewhere(one, photo, monkeypatch, window)
    until = time.monotonic() + 1.0  # twice as long as without a sign
    while time.monotonic() < until:
        painted = who_paints(one, photo, ours)
        assert painted is not None
        assert not painted.is_stale
        time.sleep(0.02)
    monkeypatch.setattr(anna, "_tell", lambda: None)  # asleep

    def is_stale() -> bool:
        found = who_paints(one, photo, ours)
        return found is not None and found.is_stale

    wait_until(is_stale)
    assert begin_painting(one, photo, by=ours) is None  # never by itself
    taken = take_over(one, photo, hold.claim, ours)
    assert taken is not None
    assert taken.taken_from == hold.claim
    assert told_taken(hold.claim).startswith("Taken over from Anna on STUDIO-PC: that window, begun ")
    assert take_over(one, photo, hold.claim, window()) is None  # the second of two comes too late
    one.save_photo(photo, mask=ones(photo), check=taken.check)
    with pytest.raises(TakenOverError, match=r'"a\.png" was taken over by'):
        one.save_photo(photo, mask=np.full(photo.size, 2, dtype=np.uint8), check=hold.check)
    there = one.read_mask(photo)
    assert there is not None
    assert np.array_equal(there, ones(photo))
    hold.let_go()
    assert read_claim(claim_path(one.paint_lock(photo))) == taken.claim


def test_a_window_that_hangs_on_this_machine_is_taken_over_though_it_holds_the_lock(
    one: Project, photo: Photo, window: Windows
) -> None:
    lost = threading.Event()
    sleeper = Presence(beat_s=30, lost=lambda _: lost.set())
    try:
        hold = begin_painting(one, photo, by=sleeper)
        assert hold is not None
        taken = take_over(one, photo, hold.claim, window())
        assert taken is not None
        sleeper._wake.set()  # it comes back
        assert lost.wait(20)
        assert hold.lost_to == taken.claim
        hold.let_go()
        assert begin_painting(one, photo, by=window()) is None  # it has not taken the lock along
        taken.let_go()
    finally:
        sleeper.close()


def test_what_a_dead_process_of_this_machine_has_left_is_taken_at_once(
    one: Project, photo: Photo, window: Windows
) -> None:
    hold = begin_painting(one, photo)
    assert hold is not None
    path = claim_path(one.paint_lock(photo))
    left = hold.claim.model_copy(update={"started": hold.claim.started - 100})  # its number was given anew
    hold.let_go()
    path.write_text(left.model_dump_json(), encoding="utf-8")
    assert who_paints(one, photo, window()) is None
    again = begin_painting(one, photo, by=window())
    assert again is not None
    assert again.taken_from == left
    assert "ended without leaving this photo" in told_taken(left)
    again.let_go()


def test_a_claim_that_went_is_made_again_unless_somebody_has_painted_since(
    one: Project, photo: Photo, window: Windows
) -> None:
    hold = begin_painting(one, photo, by=window())
    assert hold is not None
    path = claim_path(one.paint_lock(photo))
    path.unlink()
    note_part(path).write_bytes(b"{")  # the folder went while it was being written
    one.save_photo(photo, mask=ones(photo), check=hold.check)
    hold.note_saved()
    assert not note_part(path).exists()
    assert read_claim(path) == hold.claim
    path.unlink()
    one.save_photo(photo, mask=np.full(photo.size, 2, dtype=np.uint8))  # by somebody who left again
    with pytest.raises(TakenOverError, match="somebody else"):
        one.save_photo(photo, mask=ones(photo), check=hold.check)
    note_part(path).write_bytes(b"{")
    hold.let_go()
    assert not note_part(path).exists()


def test_who_went_on_without_its_lock_still_counts(one: Project, photo: Photo, window: Windows) -> None:
    """Its lock was taken and given back, and it was first to save again."""
    hold = begin_painting(one, photo, by=window())
    assert hold is not None
    wait_until((one.folder / ".people").exists)
    hold._unlock()
    assert begin_painting(one, photo, by=window()) is None
    hold.let_go()


def test_signs_are_told_once_for_all_photos_of_a_window(
    one: Project, photo: Photo, add_photo: AddPhoto, window: Windows
) -> None:
    add_photo("b.png")
    other = Project.open(one.folder).photo("b.png")
    ours = window()
    holds = [begin_painting(one, each, by=ours) for each in (photo, other)]
    folder = one.folder / ".people"
    wait_until(
        lambda: (
            folder.exists()
            and [s.photos.keys() for s in presence_module.people(one.folder)] == [{"a.png", "b.png"}]
        )
    )
    first = presence_module.people(one.folder)[0]
    wait_until(lambda: presence_module.people(one.folder)[0].beat > first.beat)
    (folder / "conflicted copy.json").write_bytes(next(folder.glob("*.json")).read_bytes())
    (folder / "torn.json").write_bytes(b'{"window": "to')
    assert len(presence_module.people(one.folder)) == 1
    for hold in holds:
        assert hold is not None
        hold.let_go()
    with pytest.raises(FileNotFoundError):
        presence_module.people(one.folder / "away")


def test_nothing_is_left_where_a_folder_was_mounted(one: Project, photo: Photo, window: Windows) -> None:
    ours = window()
    hold = begin_painting(one, photo, by=ours)
    assert hold is not None
    wait_until((one.folder / ".people").exists)
    away = one.folder.with_name("away")
    one.folder.rename(away)
    one.folder.mkdir()
    beat = ours._beat
    wait_until(lambda: ours._beat > beat + 1)
    assert not list(one.folder.iterdir())
    assert not hold.is_lost()
    one.folder.rmdir()
    away.rename(one.folder)
    hold.let_go()


def test_waiting_begins_anew_after_a_time_without_looks() -> None:
    now = [0.0]
    watch = Watch(60.0, lambda: now[0])
    told = []
    for now[0], beat in ((0, 1), (10, 1), (59, 1), (65, 1), (80, 1), (95, 1), (110, 1), (118, 1), (120, 2)):
        told.append(watch.is_stale("w", beat))
    assert told == [False] * 9  # 49 s without a look: this machine may have slept
    for now[0] in range(120, 190, 10):
        told.append(watch.is_stale("w", 2))
    assert told[9:] == [False] * 6 + [True]
    assert not watch.is_stale("another", None)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system keeps the time itself")
@pytest.mark.parametrize("seconds", [3600, -3600, -20 * 365 * 86_400])
def test_a_clock_that_is_set_makes_nobody_dead(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    """What began a while after the system did seems to have begun at another time of day."""
    painter = presence_module.this_painter()
    before = psutil.boot_time()
    monkeypatch.setattr("psutil._pslinux.boot_time", lambda: before + seconds)
    assert not painter.is_dead


@pytest.mark.parametrize("process", [-1, 0, 2**31, 10**30])
def test_a_number_that_no_process_has_is_looked_at_all_the_same(process: int) -> None:
    painter = presence_module.this_painter().model_copy(update={"process": process})
    assert painter.is_dead == (process > 0)


def test_who_looks_but_once_counts_signs_from_the_future(one: Project, photo: Photo) -> None:
    """A clock was set back, here or on the machine that gives files their times."""
    anna = presence_module.Signs(
        window="w", who="Anna", computer="STUDIO-PC", machine="m", photos={"a.png": ""}
    )
    path = presence_module.signs_path(one.folder, anna)
    path.parent.mkdir()
    path.write_text(anna.model_dump_json(), encoding="utf-8")
    now = path.stat().st_mtime
    for ahead in (0, 3600, 20 * 365 * 86_400):
        os.utime(path, (now + ahead, now + ahead))
        with pytest.raises(SegStudioError, match="STUDIO-PC"), not_painted(one, [photo]):
            pass
    os.utime(path, (now - 3600, now - 3600))
    with not_painted(one, [photo]):
        pass
    assert [entry.name for entry in path.parent.iterdir()] == ["w.json"]


def test_times_are_told_as_they_are_read_here() -> None:
    claim = Claim(window="w", token="t", since="2020-02-03T14:03:00+00:00", who="Anna", computer="STUDIO-PC")
    told = told_painted(Painted(claim))
    assert told.startswith("Anna on STUDIO-PC paints on this photo since 2020-02-03 ")
    assert told_time("no time at all, and long") == "no time at all, "
    assert told_painted(Painted(None)) == "This photo is open in another window of SegStudio"


def test_a_claim_that_cannot_be_read_is_told(
    one: Project, photo: Photo, window: Windows, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path) -> Claim | None:
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr("segstudio.project.painted_photos.read_claim", refuse)
        with pytest.raises(SegStudioError, match="cannot tell who paints \\(Permission denied\\)"):
            begin_painting(one, photo, by=window())
    hold = begin_painting(one, photo, by=window())  # the lock was given back
    assert hold is not None
    hold.let_go()
