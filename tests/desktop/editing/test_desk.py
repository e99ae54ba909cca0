"""The desk: photos come and go, are painted on, and lie on disk soon after."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from segstudio.desktop.editing import autosave, desk, disk, neighbours
from segstudio.desktop.editing.disk import Written
from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.desktop.editing.shares import count, shares_of
from segstudio.desktop.problems import Problem
from segstudio.errors import SegStudioError
from segstudio.painting.journal import Journal
from segstudio.painting.rect import Rect
from segstudio.painting.rules import EVERYWHERE
from segstudio.project.photos import Photo, PhotoState
from segstudio.project.project import Project
from tests.desktop.conftest import WAIT_MS
from tests.desktop.editing.conftest import Bench, Benches, same


def test_a_photo_comes_with_its_pixels_mask_and_shares(bench: Bench) -> None:
    told: list[Photo] = []
    bench.desk.opening.connect(told.append)
    shown = bench.show(0)
    assert [photo.key for photo in told] == ["0.jpg"]
    assert bench.opened == [shown]
    assert bench.desk.photo is not None
    assert bench.desk.photo.shape == (40, 60, 3)
    assert bench.desk.mask is not None
    assert bench.desk.mask[0, 0] == 0
    assert bench.desk.mask[0, 59] == 1
    assert bench.desk.shares == ((0, 0.5), (1, 0.5))
    assert bench.desk.can_paint
    assert (shown.read_only, shown.told, bench.desk.unsaved, bench.desk.saved_text) == (False, "", False, "")


def test_an_unlabelled_photo_begins_void_and_looking_leaves_nothing(bench: Bench) -> None:
    shown = bench.show(3)
    assert bench.desk.shares == ((255, 1.0),)
    folder = shown.folder / "masks"
    assert (folder / "3.jpg.lock").exists()
    bench.desk.show(None)
    assert bench.desk.shown is None
    assert bench.opened[-1] is None
    bench.shut_down()
    assert (
        not list(folder.glob("3.jpg.lock")) + list(folder.glob("3.jpg.undo")) + list(folder.glob("3.jpg.png"))
    )


def test_a_stroke_is_one_edit_told_as_it_happens(bench: Bench) -> None:
    bench.show(3)
    dirty: list[Rect] = []
    history: list[bool] = []
    bench.desk.mask_changed.connect(dirty.append)
    bench.desk.history_changed.connect(lambda: history.append(bench.desk.can_undo))
    bench.press(1, (10, 10), (30, 10))
    assert dirty
    assert not history
    assert bench.desk.mask is not None
    assert bench.desk.mask[10, 20] == 1
    bench.desk.commit()
    assert history == [True]
    painted = int((bench.desk.mask == 1).sum())
    bench.wait(lambda: bench.desk.shares == ((1, painted / 2400), (255, 1 - painted / 2400)))
    bench.desk.undo()
    assert (bench.desk.mask == 255).all()
    assert bench.desk.can_redo
    bench.desk.redo()
    assert int((bench.desk.mask == 1).sum()) == painted
    bench.press(0, (10, 30), (30, 30))
    bench.desk.abort()
    assert 0 not in bench.desk.mask


def test_what_is_painted_is_saved_by_itself(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autosave, "SOON_MS", 50)
    texts: list[str] = []
    bench.desk.saved_changed.connect(texts.append)
    bench.show(3)
    bench.stroke(1, (10, 10), (30, 10))
    assert bench.desk.unsaved
    bench.wait(lambda: not bench.desk.unsaved)
    assert same(bench.mask_on_disk(3), bench.desk.mask)
    assert texts == ["not saved yet", "saving …", "saved just now"]
    assert bench.session.opened is not None
    photo = bench.session.opened.photos[3]
    assert (photo.status, photo.has_mask, bool(photo.state.who), bool(photo.state.when)) == (
        "doing",
        True,
        True,
        True,
    )
    assert photo == Project.open(bench.session.opened.folder).photo("3.jpg")
    assert (
        bench.session.opened.mask_times["3.jpg"]
        == (bench.session.opened.project.mask_path(photo)).stat().st_mtime_ns
    )


def test_who_paints_without_a_pause_is_saved_all_the_same(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "SOON_MS", 60_000)
    monkeypatch.setattr(autosave, "LATEST_S", 0.3)
    bench.show(3)
    bench.stroke(1, (10, 10), (30, 10))
    bench.wait(lambda: not bench.desk.unsaved)


def test_a_done_photo_stays_done_and_keeps_its_source(bench: Bench) -> None:
    project = Project.open(bench.show(0).folder)
    photo = project.photo("0.jpg")
    project.write_state(photo, photo.state.model_copy(update={"source": "a.xml", "split": "val"}))
    bench.stroke(1, (10, 10), (30, 10))
    bench.wait_saved()
    state = Project.open(project.folder).photo("0.jpg").state
    assert (state.status, state.source, state.split) == ("done", "a.xml", "val")


def test_undo_survives_another_photo_and_another_window(make_bench: Benches) -> None:
    bench = make_bench()
    bench.show(3)
    bench.stroke(1, (10, 10), (30, 10))
    first = np.array(bench.desk.mask)
    bench.stroke(0, (10, 30), (30, 30), label="eraser")
    second = np.array(bench.desk.mask)
    bench.desk.undo()
    bench.show(2)
    assert not bench.desk.can_undo
    bench.wait(lambda: not bench.desk.unsaved)
    bench.show(3)
    assert same(bench.desk.mask, first)
    bench.desk.redo()
    assert same(bench.desk.mask, second)
    bench.shut_down()
    again = make_bench()
    again.show(3)
    assert same(again.desk.mask, second)
    assert same(again.mask_on_disk(3), second)
    again.desk.undo()
    assert same(again.desk.mask, first)
    assert again.desk.shown is not None
    assert again.desk.shown.told == ""


def test_turning_back_at_once_finds_the_photo_as_it_was(bench: Bench) -> None:
    shown = bench.show(3)
    bench.stroke(1, (10, 10), (30, 10))
    bench.show(2)
    again = bench.show(3)
    assert again.editor.undo_label == "brush"
    assert shown.pyramid is again.pyramid


def test_the_newest_wish_wins(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = bench.show(0)
    for number in (1, 2, 3, 1, 2):
        bench.wish(number)
    assert bench.desk.shown is shown  # usable until the new one is there
    bench.stroke(1, (10, 10), (20, 20))
    bench.wait(lambda: bench.desk.shown is not shown)
    assert bench.desk.shown is not None
    assert bench.desk.shown.photo.key == "2.jpg"
    bench.wait_saved()
    bench.desk._opener._reading.shut_down()
    assert [opened.photo.key if opened else None for opened in bench.opened] == ["0.jpg", "2.jpg"]
    assert [path.name for path in sorted((shown.folder / "masks").glob("*.lock"))] == ["2.jpg.lock"]
    mask = bench.mask_on_disk(0)
    assert mask is not None
    assert mask[15, 15] == 1


def test_a_stroke_under_way_is_kept_when_the_next_photo_comes(bench: Bench) -> None:
    bench.show(3)
    bench.press(1, (10, 10), (30, 10))
    bench.show(2)
    bench.desk.paint(value=1, rule=EVERYWHERE)
    bench.wait_saved()
    mask = bench.mask_on_disk(3)
    assert mask is not None
    assert mask[10, 20] == 1


def test_a_photo_that_cannot_be_read_is_told_and_nothing_is_shown(bench: Bench) -> None:
    bench.show(0)
    assert bench.session.opened is not None
    told: list[tuple[Photo, Problem]] = []
    bench.desk.unreadable.connect(lambda photo, problem: told.append((photo, problem)))
    photo = bench.session.opened.photos[1]
    photo.path.write_bytes(b"no photo")
    bench.wish(1)
    bench.wait(lambda: bool(told))
    assert bench.desk.shown is None
    assert told[0][0].key == "1.jpg"
    assert "1.jpg" in told[0][1].text
    assert bench.desk.is_unreadable(photo)
    assert not bench.desk.can_paint
    bench.wish(1)  # the same file: it is not tried again
    assert bench.desk._opener.is_idle
    bench.show(0)
    assert not bench.desk.is_unreadable(photo)
    assert not bench.problems


def test_a_damaged_mask_is_looked_at_and_never_written_over(bench: Bench) -> None:
    assert bench.session.opened is not None
    path = bench.session.opened.folder / "masks" / "0.jpg.png"
    path.write_bytes(path.read_bytes()[:60])
    shown = bench.show(0)
    assert shown.read_only
    assert "damaged" in shown.told
    bench.desk.begin("brush")
    bench.desk.commit()
    bench.desk.undo()
    assert [problem.level for problem in bench.problems] == ["info", "info"]
    assert path.stat().st_size == 60


def test_the_second_window_looks_on_until_the_first_has_done(
    make_bench: Benches, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neighbours, "LOOK_MS", 20)
    first, second = make_bench(), make_bench()
    first.show(3)
    shown = second.show(3)
    assert shown.read_only
    assert "another window" in shown.told
    second.stroke(1, (10, 10), (20, 20))
    assert second.desk.mask is not None
    assert (second.desk.mask == 255).all()
    assert "another window" in second.problems[0].text
    first.stroke(1, (10, 10), (20, 20))
    first.wait_saved()
    second.wait(lambda: second.desk.mask is not None and second.desk.mask[15, 15] == 1)
    assert second.desk.shown is not None
    assert second.desk.shown.read_only
    first.show(2)
    second.wait(lambda: second.desk.shown is not None and second.desk.shown.painted is None)
    assert not second.desk.can_paint  # whoever is first to see that it is free does not get it by that
    second.desk.paint_here()
    second.wait(lambda: second.desk.can_paint)
    assert second.desk.shown.told == "3.jpg can be painted on now."
    assert second.desk.shares == shares_of(count(second.desk.mask))


def test_a_mask_changed_by_others_is_read_again(bench: Bench) -> None:
    shown = bench.show(0)
    project = Project.open(shown.folder)
    other = np.full((40, 60), 1, dtype=np.uint8)
    project.write_mask(project.photo("0.jpg"), other)
    bench.session.refresh()
    bench.wait(lambda: same(bench.desk.mask, other))
    assert bench.desk.shown is not None
    assert "another program" in bench.desk.shown.told
    assert bench.desk.can_paint
    assert not bench.problems


def test_a_mask_changed_by_others_gives_way_to_what_was_painted_here(bench: Bench) -> None:
    shown = bench.show(0)
    bench.stroke(1, (5, 5), (20, 20))
    project = Project.open(shown.folder)
    project.write_mask(project.photo("0.jpg"), np.full((40, 60), 1, dtype=np.uint8))
    for who in ("a", "b"):  # two looks, one word
        project.write_state(project.photo("1.jpg"), PhotoState(who=who))
        with bench.qtbot.waitSignal(bench.session.changed, timeout=WAIT_MS):
            bench.session.refresh()
    assert [problem.level for problem in bench.problems] == ["warning"]
    assert bench.desk.shown is shown
    bench.wait_saved()
    assert same(bench.mask_on_disk(0), bench.desk.mask)


def test_our_own_saves_are_not_taken_for_others(bench: Bench) -> None:
    shown = bench.show(0)
    for number in range(5):
        bench.stroke(1, (5, 5 + number), (20, 20))
        bench.desk.save()
        bench.session.refresh()
        bench.wait(lambda: not bench.desk.unsaved and bench.session._look is None)
    assert bench.desk.shown is shown
    assert bench.opened == [shown]
    assert not bench.problems


def test_a_save_that_fails_is_told_once_and_tried_again(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(autosave, "SOON_MS", 10)
    monkeypatch.setattr(autosave, "_AGAIN_S", (0.02,))
    shown = bench.show(3)
    tries = []
    save_photo = Project.save_photo

    def full(*args: object, **words: object) -> Photo:
        tries.append(1)
        if len(tries) < 5:
            raise SegStudioError("could not be written (No space left on device)", where="masks/3.jpg.png")
        return save_photo(*args, **words)  # type: ignore[arg-type]

    monkeypatch.setattr(Project, "save_photo", full)
    over: list[Problem] = []
    bench.desk.problem_over.connect(over.append)
    texts: list[str] = []
    bench.desk.saved_changed.connect(texts.append)
    bench.stroke(1, (5, 5), (20, 20))
    bench.wait(lambda: not bench.desk.unsaved)
    assert len(tries) == 5
    assert len(bench.problems) == 1
    assert "No space left" in bench.problems[0].text
    assert "journal" in bench.problems[0].text
    assert over == bench.problems
    assert "not saved, trying again in 1 s" in texts
    assert texts[-1] == "saved just now"
    assert same(bench.mask_on_disk(3), shown.editor.mask)


def test_a_full_disk_is_told_once_for_all_photos(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    full = [True]
    append, save_photo = Journal.append, Project.save_photo

    def refused(*args: object, **words: object) -> object:
        if full:
            raise SegStudioError("could not be written (No space left on device)")
        return (save_photo if isinstance(args[0], Project) else append)(*args, **words)  # type: ignore[arg-type]

    monkeypatch.setattr(Journal, "append", refused)
    monkeypatch.setattr(Project, "save_photo", refused)
    for number in (2, 3):
        bench.show(number)
        bench.stroke(1, (5, 5), (20, 20))
        bench.desk.save()
        bench.wait(lambda: "trying again" in bench.desk.saved_text)
    assert len(bench.problems) == 1
    assert "kept by this window alone" in bench.problems[0].text
    over: list[Problem] = []
    bench.desk.problem_over.connect(over.append)
    full.clear()
    bench.wait_saved()
    bench.wait(lambda: bench.problems[0] in over)
    assert (bench.mask_on_disk(2) == 1).any()  # type: ignore[union-attr]
    assert same(bench.mask_on_disk(3), bench.desk.mask)


def test_what_cannot_be_saved_at_the_end_is_told_and_comes_back(
    make_bench: Benches, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = make_bench()
    bench.show(3)
    bench.stroke(1, (5, 5), (20, 20))
    painted = np.array(bench.desk.mask)
    with monkeypatch.context() as patched:

        def full(*_: object, **__: object) -> Photo:
            raise SegStudioError("could not be written (No space left on device)")

        patched.setattr(Project, "save_photo", full)
        problems = bench.shut_down()
    assert [isinstance(problem, Problem) for problem in problems] == [True]
    again = make_bench()
    shown = again.show(3)
    assert same(again.desk.mask, painted)
    assert "came back" in shown.told
    assert again.desk.unsaved
    again.desk.undo()
    again.wait_saved()
    assert (again.mask_on_disk(3) == 255).all()  # type: ignore[union-attr]


def test_closing_saves_a_stroke_under_way(bench: Bench) -> None:
    bench.show(3)
    bench.press(1, (10, 10), (30, 10))
    assert bench.shut_down() == ()
    mask = bench.mask_on_disk(3)
    assert mask is not None
    assert mask[10, 20] == 1


def test_marks_and_splits_leave_the_mask_alone(bench: Bench) -> None:
    shown = bench.show(0)
    time = shown.mask_time
    bench.desk.mark("checked")
    bench.desk.set_split("val")
    bench.wait(lambda: shown.photo.split == "val")
    assert bench.session.opened is not None
    photo = bench.session.opened.photos[0]
    assert (photo.status, photo.split) == ("checked", "val")
    assert bench.session.opened.mask_times["0.jpg"] == time
    assert bench.opened == [shown]


def test_clear_copy_and_replace_are_one_edit_each(bench: Bench) -> None:
    bench.show(3)
    bench.desk.copy_from_previous(bench.session.opened.photos[0])  # type: ignore[union-attr]
    bench.wait(lambda: bench.desk.can_undo)
    assert same(bench.desk.mask, bench.mask_on_disk(0))
    bench.desk.clear()
    assert bench.desk.shown is not None
    assert (bench.desk.shown.editor.mask == 255).all()
    bench.desk.replace_with(np.full((40, 60), 1, dtype=np.uint8), "import again")
    labels = [edit.label for edit in bench.desk.shown.editor.history.undo_edits]
    assert labels == ["copy from 0.jpg", "clear", "import again"]
    bench.wait(lambda: bench.desk.shares == ((1, 1.0),))
    for _ in labels:
        bench.desk.undo()
    assert (bench.desk.shown.editor.mask == 255).all()
    assert not bench.desk.can_undo


def test_copying_takes_what_is_not_saved_yet(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> Photo:
        raise SegStudioError("could not be written (No space left on device)")

    monkeypatch.setattr(Project, "save_photo", full)
    bench.show(3)
    bench.stroke(1, (5, 5), (20, 20))
    painted = np.array(bench.desk.mask)
    bench.show(2)
    bench.desk.copy_from_previous(bench.session.opened.photos[3])  # type: ignore[union-attr]
    bench.wait(lambda: bench.desk.can_undo)
    assert same(bench.desk.mask, painted)


def test_what_does_not_fit_or_is_not_there_is_told(bench: Bench) -> None:
    bench.show(3)
    bench.desk.replace_with(np.zeros((30, 60), dtype=np.uint8), "import again")
    bench.desk.copy_from_previous(bench.session.opened.photos[2])  # type: ignore[union-attr]
    bench.wait(lambda: len(bench.problems) == 2)
    assert "does not fit this photo of 60 × 40" in bench.problems[0].text
    assert bench.problems[1].text == "2.jpg has no mask to copy."
    assert not bench.desk.can_undo


def test_released_masks_may_be_changed_and_come_back(bench: Bench) -> None:
    shown = bench.show(3)
    bench.stroke(1, (5, 5), (20, 20))
    other = np.zeros((40, 60), dtype=np.uint8)

    def then() -> None:
        project = Project.open(shown.folder)
        assert not list((project.folder / "masks").glob("*.lock"))
        assert project.read_mask(project.photo("3.jpg"))[15, 15] == 1  # type: ignore[index]
        project.write_mask(project.photo("3.jpg"), other)
        done.append(True)

    done: list[bool] = []
    bench.desk.release(then)
    bench.wait(lambda: bool(done))
    assert not bench.desk.can_paint
    bench.stroke(1, (5, 5), (20, 20))
    assert bench.problems
    bench.session.refresh()
    bench.desk.resume()
    bench.wait(lambda: bench.desk.can_paint)
    assert same(bench.desk.mask, other)


def test_who_releases_waits_for_a_mark_that_is_being_written(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    real = disk.write_fields

    def slow(*asked: Any) -> Written:
        begun.set()
        go_on.wait(WAIT_MS / 1000)
        return real(*asked)

    monkeypatch.setattr(desk, "write_fields", slow)
    shown = bench.show(0)
    bench.desk.mark("checked")
    found: list[str] = []
    bench.desk.release(lambda: found.append(Project.open(shown.folder).photo("0.jpg").status))
    bench.wait(begun.is_set)
    assert not found
    go_on.set()
    bench.wait(lambda: bool(found))
    assert found == ["checked"]


def test_nothing_is_released_while_something_cannot_be_saved(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = bench.show(3)
    bench.stroke(1, (5, 5), (20, 20))

    def full(*_: object, **__: object) -> Photo:
        raise SegStudioError("could not be written (No space left on device)")

    with monkeypatch.context() as patched:
        patched.setattr(Project, "save_photo", full)
        stuck: list[Problem] = []
        bench.desk.release(stuck.clear, stuck.append)
        bench.wait(lambda: bool(stuck))
    assert bench.desk.can_paint
    assert bench.desk.shown is shown
    bench.wait_saved()


def test_with_nothing_open_there_is_nothing_to_wait_for(bench: Bench) -> None:
    done: list[bool] = []
    bench.desk.release(lambda: done.append(True))
    assert done
    bench.wish(0)
    assert bench.desk.shown is None
    bench.desk.resume()
    bench.wait(lambda: bench.desk.can_paint)


def test_who_releases_waits_for_a_photo_that_is_being_opened_and_it_comes_after(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lock is held by then: whoever changes masks would be told that somebody paints on it."""
    bench.show(3)
    holding, go_on = threading.Event(), threading.Event()
    painted_on = disk._painted_on

    def slow(*values: Any) -> OpenPhoto:
        holding.set()
        go_on.wait(WAIT_MS / 1000)
        return painted_on(*values)

    monkeypatch.setattr(disk, "_painted_on", slow)
    bench.wish(1)
    assert holding.wait(WAIT_MS / 1000)
    locks: list[list[Path]] = []
    folder = bench.session.opened.folder  # type: ignore[union-attr]
    bench.desk.release(lambda: locks.append(list((folder / "masks").glob("*.lock"))))
    assert not locks
    go_on.set()
    bench.wait(lambda: bool(locks))
    assert locks == [[]]
    bench.desk.resume()
    bench.wait(lambda: bench.desk.can_paint and bench.desk.shown.photo.key == bench.key_at(1))  # type: ignore[union-attr]


def test_a_second_release_is_refused_and_the_first_one_goes_on(bench: Bench) -> None:
    bench.show(3)
    bench.stroke(1, (5, 5), (20, 20))
    told: list[object] = []
    bench.desk.release(lambda: told.append("first"))
    bench.desk.release(lambda: told.append("second"), told.append)
    assert isinstance(told[0], Problem)
    bench.wait(lambda: len(told) == 2)
    assert told[1] == "first"
    bench.desk.resume()
    bench.wait(lambda: bench.desk.can_paint)


def test_a_photo_wished_for_while_a_release_waits_comes_when_it_fails(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.show(3)
    bench.stroke(1, (5, 5), (20, 20))

    def full(*_: object, **__: object) -> Photo:
        raise SegStudioError("could not be written (No space left on device)")

    with monkeypatch.context() as patched:
        patched.setattr(Project, "save_photo", full)
        stuck: list[Problem] = []
        bench.desk.release(stuck.clear, stuck.append)
        bench.wish(1)
        bench.wait(lambda: bool(stuck))
    bench.wait(lambda: bench.desk.shown is not None and bench.desk.shown.photo.key == bench.key_at(1))
    bench.wait_saved()


def test_another_project_closes_the_photo_and_saves_it(bench: Bench) -> None:
    shown = bench.show(3)
    bench.stroke(1, (5, 5), (20, 20))
    bench.session.close()
    assert bench.desk.shown is None
    assert bench.opened[-1] is None
    bench.wait(lambda: not bench.desk.unsaved)
    project = Project.open(shown.folder)
    assert project.photo("3.jpg").status == "doing"
    assert not list((shown.folder / "masks").glob("*.lock"))


def test_the_next_photo_is_read_ahead(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.show(0)
    shelf = bench.desk._opener._shelf
    photo = bench.session.opened.photos[1]  # type: ignore[union-attr]
    bench.desk.prefetch(photo)
    bench.wait(lambda: shelf.take(photo) is not None)
    monkeypatch.setattr("segstudio.desktop.editing.disk.read_pyramid", _never_read)
    shown = bench.show(1)
    assert isinstance(shown, OpenPhoto)
    assert not bench.problems


def _never_read(*_: object) -> None:
    raise AssertionError("it was read ahead")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_project_that_may_only_be_read_is_looked_at(bench: Bench) -> None:
    assert bench.session.opened is not None
    folder = bench.session.opened.folder / "masks"
    folder.chmod(0o500)
    try:
        shown = bench.show(0)
        assert shown.read_only
        assert "can only be looked at" in shown.told
    finally:
        folder.chmod(0o700)


def test_a_photo_knows_its_own_size(bench: Bench) -> None:
    assert bench.session.opened is not None
    photo = replace(bench.session.opened.photos[3], size=(0, 0))
    bench.desk.show(photo)
    bench.wait(lambda: bench.desk.shown is not None)
    bench.stroke(1, (5, 5), (20, 20))
    bench.wait_saved()
    assert not bench.problems
