"""What could not be saved is kept in another folder, and comes back from there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from segstudio.desktop.annotating.leaving import may_leave
from segstudio.desktop.editing.rescue import bring_back, keep_unsaved, kept_in, place_for
from segstudio.desktop.problems import Problem
from segstudio.desktop.rescued import keep_for_next_time, offer
from segstudio.errors import SegStudioError
from segstudio.painting.journal import Journal
from segstudio.project.classes import ClassList
from segstudio.project.masks import Mask
from segstudio.project.project import Project
from tests.desktop.editing.conftest import Bench, Benches, same


class FullDisk:
    """The disk of a project; `is_full` may be changed."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.is_full = True
        for owner, name in ((Journal, "_write_recent"), (Project, "save_photo")):
            monkeypatch.setattr(owner, name, self._refusing(getattr(owner, name)))

    def _refusing(self, real: Callable[..., object]) -> Callable[..., object]:
        def write(*args: object, **words: object) -> object:
            if self.is_full:
                raise SegStudioError("could not be written (No space left on device)")
            return real(*args, **words)

        return write


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch) -> FullDisk:
    return FullDisk(monkeypatch)


def painted(bench: Bench, *numbers: int) -> dict[str, Mask]:
    """Paint two strokes on each photo; returns the masks by key."""
    masks = {}
    for number in numbers:
        shown = bench.show(number)
        bench.stroke(1, (5, 5), (20, 20))
        bench.stroke(0, (30, 5), (40, 20))
        masks[shown.photo.key] = shown.editor.mask.copy()
    return masks


class Answers:
    """Answers the dialogs one after another."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *answers: str) -> None:
        self.left = list(answers)
        self.told: list[str] = []
        self.before: Callable[[], None] = lambda: None

        def execute(box: QMessageBox) -> int:
            self.told.append(box.text())
            self.before()
            answer = self.left.pop(0)
            next(button for button in box.buttons() if button.text() == answer).click()
            return 0

        monkeypatch.setattr(QMessageBox, "exec", execute)


def test_a_window_that_can_save_does_not_ask(
    bench: Bench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    masks = painted(bench, 2)
    window = QWidget()
    qtbot.addWidget(window)
    Answers(monkeypatch)
    assert may_leave(window, bench.desk)
    assert same(bench.mask_on_disk(2), masks["2.jpg"])


def test_what_the_journal_has_needs_no_question(
    bench: Bench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **_words: object) -> object:
        raise SegStudioError("could not be written (No space left on device)")

    monkeypatch.setattr(Project, "save_photo", refused)
    painted(bench, 2)
    window = QWidget()
    qtbot.addWidget(window)
    Answers(monkeypatch)
    assert may_leave(window, bench.desk)
    bench.shut_down()
    assert not bench.desk.at_risk


def test_closing_asks_before_what_cannot_be_saved_is_lost(
    bench: Bench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, full: FullDisk
) -> None:
    painted(bench, 2, 3)
    window = QWidget()
    qtbot.addWidget(window)
    asked = Answers(monkeypatch, "Stay", "Try again", "Close and lose it")
    answers = [(may_leave(window, bench.desk), bench.desk.may_lose)]
    assert "2 photos" in asked.told[0]
    assert "No space left" in asked.told[0]
    answers += [(may_leave(window, bench.desk), bench.desk.may_lose)]
    assert answers == [(False, False), (True, True)]
    assert not asked.left


def test_trying_again_saves_once_there_is_room(
    bench: Bench, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, full: FullDisk
) -> None:
    masks = painted(bench, 2, 3)
    window = QWidget()
    qtbot.addWidget(window)
    asked = Answers(monkeypatch, "Try again")
    asked.before = lambda: setattr(full, "is_full", False)
    assert may_leave(window, bench.desk)
    assert not bench.desk.unsaved
    assert same(bench.mask_on_disk(3), masks["3.jpg"])


def test_what_is_saved_elsewhere_comes_back_with_its_undo_by_a_copy(
    make_bench: Benches, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, full: FullDisk, tmp_path: Path
) -> None:
    bench = make_bench()
    masks = painted(bench, 0, 3)
    window = QWidget()
    qtbot.addWidget(window)
    Answers(monkeypatch, "Save to another folder…", "Save to another folder…")
    chosen = ["", str(tmp_path / "stick")]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: chosen.pop(0))
    assert may_leave(window, bench.desk)
    bench.shut_down()
    full.is_full = False
    (kept,) = (tmp_path / "stick").iterdir()
    assert "copy the folder" in (kept / "READ ME.txt").read_text()
    assert bench.session.opened is not None
    shutil.copytree(kept / "masks", bench.session.opened.folder / "masks", dirs_exist_ok=True)
    again = make_bench()
    for number, key in ((0, "0.jpg"), (3, "3.jpg")):
        shown = again.show(number)
        assert same(shown.editor.mask, masks[key])
        assert len(shown.editor.history.undo_edits) == 2
        assert not again.desk.unsaved


def test_what_nobody_could_be_asked_about_is_offered_at_the_next_start(
    make_bench: Benches, full: FullDisk
) -> None:
    bench = make_bench()
    masks = painted(bench, 0, 3)
    assert bench.session.opened is not None
    folder = bench.session.opened.folder
    assert bench.shut_down()
    keep_for_next_time(bench.desk.at_risk, bench.session.places)
    full.is_full = False
    again = make_bench()
    told: list[Problem] = []
    again.session.problem_met.connect(told.append)
    offer(again.session, folder, again.desk.release)
    assert "2 photos" in told[0].text
    bring = told[0].actions[0].do
    assert bring is not None
    with again.qtbot.waitSignal(again.session.changed):
        bring()
    again.wait(lambda: not again.session.is_busy)
    again.desk.resume()
    assert same(again.mask_on_disk(0), masks["0.jpg"])
    shown = again.show(3)
    assert same(shown.editor.mask, masks["3.jpg"])
    assert shown.photo.state.status == "doing"
    again.desk.undo()
    assert (shown.editor.mask == 255).all()
    offer(again.session, folder, again.desk.release)
    assert len(told) == 1


def test_what_is_declined_is_offered_no_more_and_stays(make_bench: Benches, full: FullDisk) -> None:
    bench = make_bench()
    painted(bench, 3)
    bench.shut_down()
    places = bench.session.places
    keep_for_next_time(bench.desk.at_risk, places)
    again = make_bench()
    assert again.session.opened is not None
    folder = again.session.opened.folder
    told: list[Problem] = []
    again.session.problem_met.connect(told.append)
    offer(again.session, folder, again.desk.release)
    leave = told[0].actions[1].do
    assert leave is not None
    leave()
    offer(again.session, folder, again.desk.release)
    assert len(told) == 1
    assert [*place_for(places.rescued, folder).rglob("3.jpg.png")]


def test_a_class_that_is_another_one_by_now_is_not_brought_back(
    bench: Bench, full: FullDisk, tmp_path: Path
) -> None:
    painted(bench, 3)
    keep_unsaved(bench.desk.at_risk, tmp_path / "kept")
    full.is_full = False
    assert bench.session.opened is not None
    project = Project.open(bench.session.opened.folder)
    bench.shut_down()
    project.save_classes(ClassList.from_names(["sky", "water"]))
    (kept,) = kept_in(tmp_path / "kept")
    with pytest.raises(SegStudioError, match="ground is another one"):
        bring_back([kept[0]], project.folder)
    assert kept_in(tmp_path / "kept")
