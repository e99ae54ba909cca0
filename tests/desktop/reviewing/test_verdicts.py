"""Verdicts taken back, and masks that a verdict meets in the project."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from segstudio.desktop.problems import Problem
from segstudio.desktop.reviewing.models import model_of_file
from segstudio.desktop.train.run_files import rename_run
from segstudio.errors import SegStudioError
from segstudio.project.project import Project
from segstudio.project.removal import removals
from segstudio.project.review_queue import ReviewQueue
from tests.desktop.reviewing.conftest import Show, Shown

pytestmark = pytest.mark.usefixtures("quick")


def in_project(shown: Shown, key: str) -> bool:
    opened = shown.session.opened
    return opened is not None and not shown.session.is_busy and opened.photo(key) is not None


def choose(shown: Shown, name: str) -> None:
    row = next(row for row in shown.page.board.rows if row.item.name == name)
    shown.wait(lambda: shown.page.side.list.items.row_of(row.item.id) >= 0)
    shown.page.side.list.choose(row.item.id)
    shown.wait_for_photo(name)


def accepted(shown: Shown, photos: Path) -> None:
    shown.tab.take([photos / "new_0.png", photos / "new_1.png"])
    shown.wait_for_answers(2)
    shown.wait_for_photo("new_0.png")
    shown.actions["review.accept"].trigger()
    shown.wait(lambda: in_project(shown, "new_0.png"))


def problem_with(shown: Shown, words: str) -> Problem:
    return next(problem for problem in shown.problems if words in problem.text)


@pytest.mark.parametrize("way", ["accept", "reject", "keys"])
def test_a_photo_that_came_in_by_a_verdict_goes_out_with_it(
    show: Show, jumps: Project, photos: Path, way: str
) -> None:
    shown = show(jumps)
    accepted(shown, photos)
    if way == "keys":
        QTest.keyClick(shown.page.side.list, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    else:
        choose(shown, "new_0.png")
        shown.actions[f"review.{way}"].trigger()
    shown.wait(lambda: shown.told("new_0.png is out of the project again"))
    shown.wait(lambda: not in_project(shown, "new_0.png") and not shown.session.is_busy)
    again = Project.open(jumps.folder)
    assert not again.has_photo("new_0.png")
    assert [photo.key for photo in removals(jumps.folder)[-1].photos] == ["new_0.png"]
    row = shown.page.board.rows[0]
    assert (row.verdict, row.item.key) == ("reject" if way == "reject" else "", "")
    shown.page.memory.shut_down()
    told = {record.photo.rpartition("/")[2]: record for record in ReviewQueue(jumps.folder).read().records}
    assert told["new_0.png"].outside
    assert told["new_0.png"].decision == ("reject" if way == "reject" else "waiting")


def test_an_accepted_photo_that_was_painted_since_stays(show: Show, jumps: Project, photos: Path) -> None:
    shown = show(jumps)
    accepted(shown, photos)
    project = Project.open(jumps.folder)
    project.write_mask(project.photo("new_0.png"), np.zeros((48, 64), dtype=np.uint8))
    shown.actions["review.undo"].trigger()
    shown.wait(lambda: shown.told("was painted on since"))
    assert not Project.open(jumps.folder).read_mask(project.photo("new_0.png")).any()  # type: ignore[union-attr]
    assert shown.page.board.rows[0].verdict == ""


def test_accepted_again_the_mask_is_what_is_shown_now(show: Show, jumps: Project, photos: Path) -> None:
    shown = show(jumps)
    accepted(shown, photos)
    before = jumps.folder / "masks" / "new_0.png.png"
    bytes_before = before.read_bytes()
    choose(shown, "new_0.png")
    shown.page.board.set_verdict(shown.page.board.rows[0].item.id, "")  # as with another model
    shown.page.viewing.set_threshold(3, 0.8)
    shown.actions["review.accept"].trigger()
    shown.wait(lambda: before.read_bytes() != bytes_before)
    shown.actions["review.undo"].trigger()
    shown.wait(lambda: shown.told("is out of the project again"))


def test_a_mask_of_a_person_stays_until_it_is_replaced_and_comes_back(show: Show, jumps: Project) -> None:
    shown = show(jumps)
    page = shown.page
    shown.tab.take([jumps.photo("1.png").path])
    shown.wait_for_photo("1.png")
    drawn = jumps.mask_path(jumps.photo("1.png"))
    before = drawn.read_bytes()
    shown.actions["review.accept"].trigger()
    met = problem_with(shown, "1.png has a mask already")
    assert page.board.rows[0].verdict == "accept"
    assert drawn.read_bytes() == before
    (replace,) = met.actions
    assert replace.text == "Replace the mask"
    assert replace.do is not None
    replace.do()
    shown.wait(lambda: drawn.read_bytes() != before)
    shown.actions["review.undo"].trigger()
    shown.wait(lambda: shown.told("1.png has the mask again that it had before"))
    assert drawn.read_bytes() == before
    assert Project.open(jumps.folder).photo("1.png").state.source == ""


def test_a_mask_is_not_replaced_with_the_classes_of_another_model(
    show: Show, jumps: Project, sibling: Path
) -> None:
    shown = show(jumps)
    page = shown.page
    shown.tab.take([jumps.photo("1.png").path])
    shown.wait_for_photo("1.png")
    before = jumps.mask_path(jumps.photo("1.png")).read_bytes()
    shown.actions["review.accept"].trigger()
    (replace,) = problem_with(shown, "1.png has a mask already").actions
    page.use_model(model_of_file(sibling))
    assert replace.do is not None
    replace.do()
    assert shown.told("Another model is asked by now: the mask of 1.png stays.")
    assert jumps.mask_path(jumps.photo("1.png")).read_bytes() == before


def test_a_mask_is_replaced_whatever_the_run_is_called_by_then(show: Show, jumps: Project) -> None:
    shown = show(jumps)
    shown.tab.take([jumps.photo("1.png").path])
    shown.wait_for_photo("1.png")
    drawn = jumps.mask_path(jumps.photo("1.png"))
    before = drawn.read_bytes()
    shown.actions["review.accept"].trigger()
    (replace,) = problem_with(shown, "1.png has a mask already").actions
    rename_run(jumps.runs_folder / "jump-1", "first try")
    shown.session.refresh()
    shown.wait(lambda: shown.page.board.model is not None and shown.page.board.model.name == "first try")
    assert replace.do is not None
    replace.do()
    shown.wait(lambda: drawn.read_bytes() != before)


def test_correcting_a_done_mask_is_told_with_a_way_back(show: Show, jumps: Project) -> None:
    shown = show(jumps)
    shown.tab.take([jumps.photo("1.png").path])
    shown.wait_for_photo("1.png")
    shown.actions["review.correct"].trigger()
    shown.wait(lambda: shown.told("took the place of the mask of 1.png"))
    shown.wait(lambda: Project.open(jumps.folder).photo("1.png").status == "doing")
    (undo,) = problem_with(shown, "took the place of the mask").actions
    assert undo.do is not None
    undo.do()
    assert not shown.desk.can_undo
    shown.wait(lambda: Project.open(jumps.folder).photo("1.png").status == "done")


def verdict_of(shown: Shown, name: str) -> str:
    return next(row.verdict for row in shown.page.board.rows if row.item.name == name)


def settled(shown: Shown) -> bool:
    return not shown.session.is_busy and shown.page.verdicts._writing.is_idle


@pytest.mark.parametrize("inside", [True, False], ids=["of the project", "from outside"])
def test_undo_after_accepting_and_rejecting_accepts_again(
    show: Show, jumps: Project, photos: Path, inside: bool
) -> None:
    shown, name = show(jumps), "3.png" if inside else "new_0.png"
    shown.tab.take([jumps.photo("3.png").path if inside else photos / "new_0.png"])
    shown.wait_for_photo(name)
    shown.page.viewing.set_threshold(3, 0.8)
    shown.actions["review.accept"].trigger()
    mask = jumps.folder / "masks" / f"{name}.png"
    shown.wait(lambda: settled(shown) and mask.exists() and in_project(shown, name))
    accepted_mask = mask.read_bytes()
    shown.page.viewing.clear_thresholds()
    shown.actions["review.reject"].trigger()
    shown.wait(lambda: settled(shown) and not mask.exists())
    shown.actions["review.undo"].trigger()
    shown.wait(lambda: settled(shown) and mask.exists() and in_project(shown, name))
    assert verdict_of(shown, name) == "accept"
    assert mask.read_bytes() == accepted_mask, "what was accepted then, and not what is shown now"
    shown.actions["review.undo"].trigger()
    shown.wait(lambda: settled(shown) and not mask.exists())
    assert verdict_of(shown, name) == ""


def test_a_verdict_is_taken_back_on_another_day(show: Show, jumps: Project, photos: Path) -> None:
    first = show(jumps)
    accepted(first, photos)
    first.wait(lambda: settled(first))
    choose(first, "new_1.png")
    first.tab.take([jumps.photo("1.png").path])
    first.wait_for_answers(3)
    choose(first, "1.png")
    drawn = jumps.mask_path(jumps.photo("1.png"))
    before = drawn.read_bytes()
    first.actions["review.accept"].trigger()
    (replace,) = problem_with(first, "1.png has a mask already").actions
    assert replace.do is not None
    replace.do()
    first.wait(lambda: drawn.read_bytes() != before and settled(first))
    first.page.memory.shut_down()

    again = show(jumps)
    again.wait_for_answers(3)
    choose(again, "1.png")
    assert verdict_of(again, "1.png") == "accept"
    again.actions["review.reject"].trigger()
    again.wait(lambda: again.told("1.png has the mask again that it had before"))
    assert drawn.read_bytes() == before
    choose(again, "new_0.png")
    again.actions["review.accept"].trigger()
    again.wait(lambda: again.told("new_0.png is out of the project again"))
    again.wait(lambda: not in_project(again, "new_0.png") and settled(again))
    row = next(row for row in again.page.board.rows if row.item.name == "new_0.png")
    assert (row.item.path, row.item.key, row.verdict) == (photos / "new_0.png", "", "")


@pytest.mark.parametrize("way", ["accept", "back"])
def test_what_cannot_be_written_is_not_said_to_be_so(
    show: Show, jumps: Project, photos: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    def refuse(*_: object) -> None:
        raise SegStudioError("the disk is full", where="here")

    shown = show(jumps)
    if way == "accept":
        monkeypatch.setattr("segstudio.desktop.reviewing.taken_book.take", refuse)
        shown.tab.take([photos / "new_0.png"])
        shown.wait_for_photo("new_0.png")
    else:
        accepted(shown, photos)
        shown.wait(lambda: settled(shown))
        choose(shown, "new_0.png")
        monkeypatch.setattr("segstudio.desktop.reviewing.taken_book.take_back", refuse)
    shown.actions["review.accept"].trigger()
    shown.wait(lambda: shown.told("the disk is full"))
    assert verdict_of(shown, "new_0.png") == ("" if way == "accept" else "accept")
    shown.page.memory.shut_down()
    records = {
        Path(record.photo).name: record.decision for record in ReviewQueue(jumps.folder).read().records
    }
    assert records["new_0.png"] == ("waiting" if way == "accept" else "accept")
