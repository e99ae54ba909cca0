"""Two windows on one photo: one sleeps, the other takes it over, and nothing that either has painted is lost."""

from __future__ import annotations

import errno
import os

import numpy as np
import pytest

from segstudio.desktop.editing import autosave, neighbours
from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.desktop.editing.rescue import bring_back, kept_in, place_for
from segstudio.desktop.problems import Problem
from segstudio.desktop.rescued import offer
from segstudio.errors import SegStudioError
from segstudio.files import write_note
from segstudio.project.masks import read_mask
from segstudio.project.photo_locks import Painted
from segstudio.project.project import Project
from segstudio.project.versions import version_file, versions_of
from tests.desktop.editing.conftest import Bench, Benches


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(neighbours, "LOOK_MS", 20)
    monkeypatch.setattr(autosave, "SOON_MS", 600_000)


def shown(bench: Bench) -> OpenPhoto:
    assert bench.desk.shown is not None
    return bench.desk.shown


def asleep_and_awake(make_bench: Benches) -> tuple[Bench, Bench]:
    """Return two windows: of the first, which paints on a photo, nothing was heard for long, and the second has it."""
    sleeper, other = make_bench(), make_bench()
    sleeper.show(3)
    sleeper.stroke(1, (10, 10), (20, 10))
    presence = sleeper.desk.neighbours.presence
    presence._look_after = lambda held: None  # type: ignore[method-assign]
    opened = other.show(3)
    assert opened.read_only
    claim = shown(sleeper).hold
    assert claim is not None
    opened.painted = Painted(claim.claim, is_stale=True)
    other.desk.neighbours.follow(None)
    other.desk.paint_here()
    other.wait(lambda: other.desk.can_paint)
    return sleeper, other


def test_what_was_taken_over_goes_on_from_the_journal_and_is_never_overwritten(make_bench: Benches) -> None:
    sleeper, other = asleep_and_awake(make_bench)
    assert "taken over" in shown(other).told.casefold()
    assert "One change from before" in shown(other).told
    assert other.desk.mask is not None
    assert other.desk.mask[10, 15] == 1  # what had not been saved came along
    other.stroke(0, (10, 30), (20, 30))
    other.wait_saved()
    sleeper.stroke(1, (40, 10), (50, 10))  # it wakes, and does not know yet
    sleeper.desk.save()
    sleeper.wait(lambda: shown(sleeper).locked)
    told = " ".join(problem.text for problem in sleeper.problems)
    assert "3.jpg was taken over by another window of yours" in told
    assert "is kept on this computer" in told
    assert not sleeper.desk.unsaved
    other.stroke(0, (40, 30), (50, 30))
    other.wait_saved()
    mask = other.mask_on_disk(3)
    assert mask is not None
    assert (mask[10, 15], mask[30, 15], mask[30, 45], mask[10, 45]) == (1, 0, 0, 255)
    assert shown(other).editor.journal_problem is None
    sleeper.wait(
        lambda: sleeper.desk.mask is not None and bool(sleeper.desk.mask[30, 45] == 0)
    )  # it looks on
    other.show(2)
    again = other.show(3)
    assert len(again.editor.history.undo_edits) == 3  # the journal is one window's alone
    other.show(2)
    kept = kept_in(place_for(sleeper.session.places.rescued, again.folder))
    assert [keys for _, keys in kept] == [("3.jpg",)]
    sleeper.desk.show(None)
    bring_back([folder for folder, _ in kept], again.folder)
    brought = other.mask_on_disk(3)
    assert brought is not None
    assert brought[10, 45] == 1
    version = versions_of(again.folder, "3.jpg")[-1]
    assert (version.replaced, version.what) == (True, "what was kept elsewhere came back")
    assert np.array_equal(read_mask(version_file(again.folder, "3.jpg", version.number)), mask)
    other.show(3)
    other.desk.undo()
    assert np.array_equal(shown(other).editor.mask, mask)


def test_it_is_noticed_without_a_save_too(make_bench: Benches) -> None:
    sleeper, _other = asleep_and_awake(make_bench)
    kept: list[bool] = []
    sleeper.desk.kept_elsewhere.connect(lambda: kept.append(True))
    presence = sleeper.desk.neighbours.presence
    del presence._look_after
    presence._wake.set()
    sleeper.wait(lambda: shown(sleeper).locked)
    assert kept
    sleeper.stroke(1, (40, 10), (50, 10))
    assert "another window" in sleeper.problems[-1].text
    told: list[Problem] = []
    sleeper.session.problem_met.connect(told.append)
    offer(sleeper.session, shown(sleeper).folder, lambda then: then())
    assert [remedy.text for remedy in told[0].actions] == ["Bring it back", "Leave it"]


def test_what_can_be_kept_nowhere_stays_in_the_window_and_at_its_end_is_at_risk(
    make_bench: Benches, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleeper, _other = asleep_and_awake(make_bench)

    def full(*_: object) -> None:
        raise SegStudioError("there is no room left")

    monkeypatch.setattr("segstudio.desktop.editing.sharing.keep_unsaved", full)
    sleeper.desk.save()
    sleeper.wait(lambda: any("this window alone has it" in p.text for p in sleeper.problems))
    assert sleeper.desk.unsaved
    assert [opened.photo.key for opened in sleeper.desk.at_risk] == ["3.jpg"]
    sleeper.desk.save()
    assert sleeper.shut_down()
    assert [opened.photo.key for opened in sleeper.desk.at_risk] == ["3.jpg"]


def test_a_folder_that_goes_away_and_comes_back(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = bench.show(3)
    monkeypatch.setattr(autosave, "_AGAIN_S", (0.05,))
    bench.desk._shadows._soon.setInterval(20)
    place = place_for(bench.session.places.rescued, opened.folder)
    away = opened.folder.with_name("away")
    bench.stroke(1, (10, 10), (20, 10))
    bench.wait_saved()
    opened.folder.rename(away)
    bench.stroke(1, (10, 20), (20, 20))
    bench.desk.save()
    bench.wait(lambda: bool(bench.problems))
    bench.wait(lambda: len(kept_in(place)) == 1)
    bench.stroke(1, (10, 30), (20, 30))
    assert bench.desk.unsaved
    assert "trying again" in bench.desk.saved_text or "saving" in bench.desk.saved_text

    def is_kept() -> bool:
        """A window that is killed now loses nothing, though the folder has neither mask nor journal."""
        kept = kept_in(place)
        if len(kept) != 1:
            return False
        mask = read_mask(kept[0][0] / "masks/3.jpg.png")
        return bool((mask[[10, 20, 30], 15] == 1).all())

    bench.wait(is_kept)
    assert not opened.folder.exists()  # nothing is made in its place
    away.rename(opened.folder)
    bench.wait(lambda: not bench.desk.unsaved)
    mask = bench.mask_on_disk(3)
    assert mask is not None
    assert (mask[[10, 20, 30], 15] == 1).all()
    assert not shown(bench).read_only
    bench.wait(lambda: not list(place.iterdir()))  # it is saved where it belongs


def test_notes_leave_nothing_behind_when_the_disk_refuses(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr("pathlib.Path.replace", refuse)
    with pytest.raises(OSError, match="Read-only"):
        write_note(project.folder / "masks/w.json", b"{}")
    assert not list((project.folder / "masks").glob("*.part"))
