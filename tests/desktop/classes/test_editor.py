"""The class editor as a person uses it: keys, mouse, and what lies on the disk afterwards."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QColorDialog, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from segstudio.desktop.classes.colour_choice import ColourChoice
from segstudio.desktop.classes.doing import told_done
from segstudio.desktop.classes.editor import ClassEditor
from segstudio.desktop.look import Look
from segstudio.desktop.opened import Changed
from segstudio.desktop.problems import Problem
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.settings import Places
from segstudio.desktop.work import JobControl
from segstudio.project.change import Change
from segstudio.project.classes import ClassList
from segstudio.project.masks import read_mask
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project
from tests.desktop.conftest import WAIT_MS
from tests.desktop.watchdog import told, watching


class FakeDesk:
    """Notes what is asked of it; `problem` keeps it from being released."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.problem: Problem | None = None

    def release(self, then: Callable[[], None], otherwise: Callable[[Problem], None] | None = None) -> None:
        self.heard.append("release")
        if self.problem is None:
            then()
        elif otherwise is not None:
            otherwise(self.problem)

    def resume(self) -> None:
        self.heard.append("resume")


class Bench:
    """An editor on the project of the conftest, and what is looked at."""

    def __init__(self, qtbot: QtBot, look: Look, session: ProjectSession) -> None:
        self.qtbot, self.session, self.desk = qtbot, session, FakeDesk()
        self.editor = ClassEditor(look, session, self.desk)
        self.parts = self.editor.parts
        qtbot.addWidget(self.editor)

    @property
    def folder(self) -> Path:
        assert self.session.opened is not None
        return self.session.opened.folder

    def show(self, index: int | None = None) -> None:
        self.editor.open_on(index)
        self.qtbot.waitUntil(self.editor.isActiveWindow, timeout=WAIT_MS)
        self.wait_until_looked()

    def wait_until_looked(self) -> None:
        self.qtbot.waitUntil(
            lambda: (
                self.editor.doing.is_idle
                and self.editor.work._look is None
                and self.editor._looked is not None
            ),
            timeout=WAIT_MS,
        )

    def wait_for_question(self) -> str:
        self.qtbot.waitUntil(self.parts.question.agree.isVisible, timeout=WAIT_MS)
        text = self.parts.question.findChild(QLabel, "classes.question")
        assert isinstance(text, QLabel)
        return text.text()

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, key, modifiers)

    def names(self) -> list[str]:
        return [row.name for row in self.parts.list.rows.rows]

    def on_disk(self) -> ClassList:
        return Project.open(self.folder).classes

    def mask(self, key: str) -> np.ndarray:
        return read_mask(self.folder / f"masks/{key}.png")

    def hashes(self) -> dict[str, str]:
        paths = [path for part in ("masks", "photos") for path in (self.folder / part).rglob("*")]
        return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths if path.is_file()}

    def told(self) -> str:
        return self.parts._told.text() if self.parts._told.isVisible() else ""


@pytest.fixture
def session(qtbot: QtBot, tmp_path: Path, project: Project) -> Iterator[ProjectSession]:
    made = ProjectSession(Places(tmp_path / "s.ini", tmp_path / "logs", tmp_path / "cache", tmp_path))
    made.open(project.folder)
    qtbot.waitUntil(lambda: made.opened is not None and not made.is_busy, timeout=WAIT_MS)
    yield made
    made.shut_down()


@pytest.fixture
def bench(qtbot: QtBot, look: Look, session: ProjectSession) -> Iterator[Bench]:
    made = Bench(qtbot, look, session)
    made.show()
    yield made
    made.editor.hide()
    made.editor.shut_down()


def test_it_lists_the_classes_and_how_much_there_is_of_each(bench: Bench) -> None:
    assert [(row.key, row.name, row.used) for row in bench.parts.list.rows.rows] == [
        ("1", "sky", "2 photos · 50 %"),
        ("2", "ground", "2 photos · 50 %"),
    ]
    assert bench.parts.list.hasFocus()


def test_a_class_is_added_by_typing_its_name(bench: Bench) -> None:
    bench.key(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    assert bench.parts.name.hasFocus()
    QTest.keyClicks(bench.parts.name, " kite  surfer")
    bench.key(Qt.Key.Key_Return)
    assert bench.names()[-1] == "kite surfer"  # at once
    bench.wait_until_looked()
    assert bench.on_disk().names == ("sky", "ground", "kite surfer")
    assert bench.parts.list.chosen is not None
    assert bench.parts.list.chosen.name == "kite surfer"
    assert not bench.desk.heard  # painting goes on
    assert bench.parts.undo.text() == "Undo: add kite surfer"


def test_three_classes_in_a_row_need_no_waiting(bench: Bench) -> None:
    bench.parts.name.setFocus()
    for name in ("rope", "kite", "bird"):
        QTest.keyClicks(bench.parts.name, name)
        bench.key(Qt.Key.Key_Return)
    assert bench.names() == ["sky", "ground", "rope", "kite", "bird"]
    bench.wait_until_looked()
    assert bench.on_disk().names == ("sky", "ground", "rope", "kite", "bird")


@pytest.mark.parametrize(
    ("typed", "told"), [("SKY", 'There is already a class "sky"'), ("x" * 61, "60 letters")]
)
def test_a_name_that_cannot_be_is_told_while_it_is_typed(bench: Bench, typed: str, told: str) -> None:
    bench.parts.name.setFocus()
    QTest.keyClicks(bench.parts.name, typed)
    assert told in bench.told()
    assert not bench.parts.add.isEnabled()
    bench.key(Qt.Key.Key_Return)
    assert bench.parts.name.text() == typed
    bench.parts.name.clear()
    assert not bench.told()
    assert bench.on_disk().names == ("sky", "ground")


def rename_field(bench: Bench) -> QLineEdit:
    found = bench.parts.list.findChild(QLineEdit, "classes.rename")
    assert isinstance(found, QLineEdit)
    return found


def test_a_class_is_renamed_in_place(bench: Bench) -> None:
    bench.key(Qt.Key.Key_F2)
    field = rename_field(bench)
    field.setText("ground")
    assert "already" in bench.told()
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert rename_field(bench).isVisible()  # it stays until the name can be
    field.setText("Himmel")
    assert not bench.told()
    before = bench.hashes()
    QTest.keyClick(field, Qt.Key.Key_Return)
    bench.wait_until_looked()
    assert bench.on_disk().names == ("Himmel", "ground")
    assert bench.hashes() == before
    assert bench.desk.heard == ["release", "resume"]


def test_escape_leaves_the_name_and_then_the_window(bench: Bench) -> None:
    bench.key(Qt.Key.Key_F2)
    rename_field(bench).setText("GROUND")
    QTest.keyClick(rename_field(bench), Qt.Key.Key_Escape)
    bench.qtbot.waitUntil(lambda: not bench.told(), timeout=WAIT_MS)
    assert bench.editor.isVisible()
    assert bench.names() == ["sky", "ground"]
    bench.parts.list.setFocus()
    bench.key(Qt.Key.Key_Escape)
    assert not bench.editor.isVisible()


def test_a_colour_is_chosen_with_the_keyboard(bench: Bench) -> None:
    bench.parts.list.ask_for_colour()
    choice = bench.editor.findChild(ColourChoice)
    assert isinstance(choice, ColourChoice)
    assert choice.swatches[0].colour == bench.on_disk().named("sky").colour
    assert bench.on_disk().named("ground").colour not in [swatch.colour for swatch in choice.swatches]
    QTest.keyClick(choice.swatches[0], Qt.Key.Key_Right)
    wanted = choice.swatches[1]
    QTest.keyClick(wanted, Qt.Key.Key_Return)
    bench.wait_until_looked()
    assert bench.on_disk().named("sky").colour == wanted.colour
    assert not bench.desk.heard


def test_a_click_on_the_colour_opens_the_choice(bench: Bench) -> None:
    QTest.mouseClick(bench.parts.list.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, 54))
    choice = bench.editor.findChild(ColourChoice)
    assert isinstance(choice, ColourChoice)
    assert choice.swatches[0].colour == bench.on_disk().named("ground").colour
    choice.close()


def test_any_other_colour_is_chosen_in_a_dialog(bench: Bench, qapp: QApplication) -> None:
    bench.parts.list.ask_for_colour()
    choice = bench.editor.findChild(ColourChoice)
    assert isinstance(choice, ColourChoice)
    other = choice.findChild(QPushButton, "classes.other_colour")
    assert other is not None
    QTest.mouseClick(other, Qt.MouseButton.LeftButton)
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)  # before anybody chooses
    dialog = bench.editor.findChild(QColorDialog)
    assert dialog is not None
    dialog.setCurrentColor(QColor("#123456"))
    dialog.accept()
    bench.wait_until_looked()
    assert bench.on_disk().named("sky").colour == "#123456"
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert bench.editor.findChild(ColourChoice) is None


def test_alt_and_arrows_reorder(bench: Bench) -> None:
    bench.key(Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)  # the first one: nowhere to go
    bench.key(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert bench.names() == ["ground", "sky"]
    assert bench.parts.list.chosen is not None
    assert bench.parts.list.chosen.name == "sky"
    bench.wait_until_looked()
    assert bench.on_disk().names == ("ground", "sky")
    assert bench.on_disk().draw_order == (0, 1)


def test_many_steps_at_once_end_where_they_were_meant_to(bench: Bench) -> None:
    bench.parts.name.setFocus()
    for name in ("c", "d"):
        QTest.keyClicks(bench.parts.name, name)
        bench.key(Qt.Key.Key_Return)
    bench.parts.list.choose(0)
    bench.parts.list.setFocus()
    for _ in range(3):
        bench.key(Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    bench.wait_until_looked()
    assert bench.on_disk().names == ("ground", "c", "d", "sky")


def test_a_drag_reorders_the_drawing(bench: Bench) -> None:
    bench.parts.by_drawing.click()
    view = bench.parts.list.viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 54))
    QTest.mouseMove(view, QPoint(200, 30))
    assert bench.parts.list.is_dragging()
    QTest.mouseMove(view, QPoint(200, 4))
    bench.editor.grab()  # the line is drawn
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 4))
    bench.wait_until_looked()
    assert bench.on_disk().draw_order == (1, 0)
    assert bench.on_disk().names == ("sky", "ground")


def test_escape_ends_a_drag(bench: Bench) -> None:
    view = bench.parts.list.viewport()
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 54))
    QTest.mouseMove(view, QPoint(200, 4))
    bench.key(Qt.Key.Key_Escape)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 4))
    assert bench.names() == ["sky", "ground"]
    assert bench.editor.isVisible()


def test_delete_is_told_first_done_undone_and_redone(bench: Bench) -> None:
    before = bench.hashes()
    bench.parts.list.choose(1)
    bench.key(Qt.Key.Key_Delete)
    assert (
        bench.wait_for_question()
        == "ground is in 2 of 4 photos, 50.0 % of the pixels; they become not labelled."
    )
    assert bench.parts.question.agree.text() == "Delete ground"
    assert bench.hashes() == before
    bench.key(Qt.Key.Key_Return)  # the button has the keyboard
    bench.wait_until_looked()
    assert bench.names() == ["sky"]
    assert set(np.unique(bench.mask("0.jpg"))) == {0, 255}
    assert bench.desk.heard == ["release", "resume"]
    assert bench.parts.list.hasFocus()
    assert "2 masks rewritten" in bench.told()
    bench.key(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    bench.wait_until_looked()
    assert bench.names() == ["sky", "ground"]
    assert bench.hashes() == before
    assert bench.parts.redo.text() == "Redo: delete ground"
    bench.key(Qt.Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
    bench.wait_until_looked()
    assert bench.names() == ["sky"]


def test_undo_is_there_after_a_restart(qtbot: QtBot, bench: Bench, look: Look) -> None:
    bench.key(Qt.Key.Key_Delete)
    bench.wait_for_question()
    bench.parts.question.agree.click()
    bench.wait_until_looked()
    bench.editor.hide()
    another = Bench(qtbot, look, bench.session)
    another.show()
    another.parts.undo.click()
    another.wait_until_looked()
    assert another.names() == ["sky", "ground"]
    another.editor.hide()
    another.editor.shut_down()


def test_that_the_last_edit_cannot_be_read_is_told_when_it_is_to_be_undone(
    qtbot: QtBot, bench: Bench, look: Look
) -> None:
    bench.key(Qt.Key.Key_Delete)
    bench.wait_for_question()
    bench.parts.question.agree.click()
    bench.wait_until_looked()
    bench.editor.hide()
    (entry,) = bench.folder.glob("history/classes/*/entry.json")
    entry.write_bytes(b"{")
    another = Bench(qtbot, look, bench.session)
    another.show()
    assert another.parts.undo.text() == "Undo: what was done last"
    another.parts.undo.click()
    qtbot.waitUntil(lambda: "its record cannot be read" in another.told())
    assert another.names() == ["ground"]
    another.editor.hide()
    another.editor.shut_down()


@pytest.mark.parametrize("way", ["button", "escape", "another class"])
def test_what_is_not_agreed_to_is_left(bench: Bench, way: str) -> None:
    before = bench.hashes()
    bench.parts.delete.click()
    bench.wait_for_question()
    if way == "button":
        bench.parts.question.cancel.click()
    elif way == "escape":
        bench.key(Qt.Key.Key_Escape)
    else:
        bench.parts.list.choose(1)
    assert not bench.parts.question.isVisible()
    assert bench.editor.isVisible()
    assert bench.parts.delete.isEnabled()
    assert bench.hashes() == before
    assert bench.on_disk().names == ("sky", "ground")


def test_merging_from_the_menu(bench: Bench) -> None:
    bench.parts.merge_menu.aboutToShow.emit()
    actions = bench.parts.merge_menu.actions()
    assert [action.text() for action in actions] == ["ground"]
    actions[0].trigger()
    assert "they become ground" in bench.wait_for_question()
    assert bench.parts.question.agree.text() == "Merge sky into ground"
    bench.parts.question.agree.click()
    bench.wait_until_looked()
    assert bench.names() == ["ground"]
    assert set(np.unique(bench.mask("1.jpg"))) == {1}
    assert not bench.parts.merge.isEnabled()


def test_a_mask_that_cannot_be_read_is_told_in_place(bench: Bench) -> None:
    (bench.folder / "masks/1.jpg.png").write_bytes(b"torn")
    bench.parts.delete.click()
    bench.qtbot.waitUntil(lambda: "1.jpg.png" in bench.told(), timeout=WAIT_MS)
    assert not bench.parts.question.isVisible()
    assert bench.parts.delete.isEnabled()


def test_what_is_painted_and_cannot_be_saved_stops_it(bench: Bench) -> None:
    bench.desk.problem = Problem("The mask of 0.jpg could not be saved.")
    bench.parts.delete.click()
    bench.wait_for_question()
    bench.parts.question.agree.click()
    bench.qtbot.waitUntil(lambda: "could not be saved" in bench.told(), timeout=WAIT_MS)
    assert bench.on_disk().names == ("sky", "ground")
    assert not bench.editor.work.busy


def test_stopped_in_the_middle_nothing_is_changed(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    before, put = bench.hashes(), Change.put_link
    begun, go_on = threading.Event(), threading.Event()

    def slow(change: Change, name: str, path: Path) -> None:
        begun.set()
        go_on.wait(WAIT_MS / 1000)
        put(change, name, path)

    monkeypatch.setattr(Change, "put_link", slow)
    bench.parts.delete.click()
    bench.wait_for_question()
    bench.parts.question.agree.click()
    bench.qtbot.waitUntil(begun.is_set, timeout=WAIT_MS)
    bench.parts.question.cancel.click()
    go_on.set()
    bench.qtbot.waitUntil(lambda: "Stopped" in bench.told(), timeout=WAIT_MS)
    assert bench.hashes() == before
    assert bench.on_disk().names == ("sky", "ground")
    assert bench.desk.heard == ["release", "resume"]


def test_while_the_session_works_it_says_so(bench: Bench) -> None:
    go_on = threading.Event()

    def wait(_control: JobControl) -> None:
        go_on.wait(WAIT_MS / 1000)

    bench.session.import_prepared("Importing", wait)
    bench.key(Qt.Key.Key_Delete)
    assert bench.told() == "Importing comes first."
    go_on.set()
    bench.qtbot.waitUntil(lambda: not bench.session.is_busy, timeout=WAIT_MS)


def test_without_classes_it_asks_for_the_first(
    qtbot: QtBot, look: Look, session: ProjectSession, tmp_path: Path
) -> None:
    session.open(Project.create(tmp_path / "empty").folder)
    qtbot.waitUntil(lambda: session.opened is not None and session.opened.name == "empty", timeout=WAIT_MS)
    bench = Bench(qtbot, look, session)
    bench.show()
    assert bench.parts.name.hasFocus()
    assert bench.parts._empty.isVisible()
    assert not bench.parts.delete.isVisible()
    QTest.keyClicks(bench.parts.name, "sky")
    bench.key(Qt.Key.Key_Return)
    bench.wait_until_looked()
    assert bench.names() == ["sky"]
    assert bench.parts.list.isVisible()
    bench.editor.hide()
    bench.editor.shut_down()


def test_it_leaves_with_the_project(bench: Bench) -> None:
    bench.session.close()
    bench.qtbot.waitUntil(lambda: not bench.editor.isVisible(), timeout=WAIT_MS)


def test_the_window_answers_while_masks_are_rewritten(
    qtbot: QtBot, look: Look, session: ProjectSession, tmp_path: Path
) -> None:
    project = Project.create(
        tmp_path / "many", classes=ClassList.from_names(["sky", "ground", "rope", "kite"])
    )
    mask = np.tile(np.array([0, 1, 2, 3], dtype=np.uint8), (300, 100))
    with project.change() as change:
        for number in range(200):
            key = f"{number}.jpg"
            change.add_photo(key, tmp_path / "p.jpg", size=(300, 400))
            change.put_mask(key, mask)
            change.put_state(key, PhotoState(size=(300, 400)))
    session.open(project.folder)
    qtbot.waitUntil(lambda: session.opened is not None and session.opened.name == "many", timeout=WAIT_MS)
    bench = Bench(qtbot, look, session)
    bench.show()
    gaps_ms = []
    for name in ("sky", "ground", "rope"):
        bench.parts.list.choose(bench.editor.classes.named(name).index)
        with watching() as gaps:
            bench.parts.delete.click()
            bench.wait_for_question()
            bench.parts.question.agree.click()
            bench.wait_until_looked()
        gaps_ms.append(gaps.longest_ms)
    assert bench.names() == ["kite"]
    told(rewriting_200_masks=max(gaps_ms))
    bench.editor.hide()
    bench.editor.shut_down()


def test_closing_the_window_does_not_stop_what_was_agreed_to(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = Change.put_link
    begun, go_on = threading.Event(), threading.Event()

    def slow(change: Change, name: str, path: Path) -> None:
        begun.set()
        go_on.wait(WAIT_MS / 1000)
        put(change, name, path)

    monkeypatch.setattr(Change, "put_link", slow)
    bench.parts.delete.click()
    bench.wait_for_question()
    bench.parts.question.agree.click()
    bench.qtbot.waitUntil(begun.is_set, timeout=WAIT_MS)
    bench.editor.close()
    go_on.set()
    bench.qtbot.waitUntil(lambda: bench.editor.doing.is_idle, timeout=WAIT_MS)
    assert bench.on_disk().names == ("ground",)
    assert bench.desk.heard == ["release", "resume"]


def test_closing_the_window_leaves_what_was_not_agreed_to(bench: Bench) -> None:
    bench.parts.delete.click()
    bench.editor.close()
    bench.qtbot.waitUntil(lambda: bench.editor.doing.is_idle, timeout=WAIT_MS)
    bench.show()
    assert not bench.parts.question.isVisible()
    assert bench.on_disk().names == ("sky", "ground")


def test_names_keep_their_capitals_in_what_is_told(bench: Bench) -> None:
    bench.parts.list.rows.name_given.emit(0, "Himmel")
    bench.wait_until_looked()
    assert bench.told() == "Renamed sky to Himmel."


def test_what_was_done_is_told_shortly() -> None:
    assert told_done("add cloud", "") == "cloud was added."
    assert told_done("delete rope", "2 masks rewritten.") == "rope was deleted. 2 masks rewritten."
    assert told_done("merge rope into sky", "") == "Merged rope into sky."
    assert told_done("make sky #00ff00", "") == "Made sky #00ff00."


def test_what_is_known_of_one_project_goes_with_it(bench: Bench) -> None:
    before = bench.editor.work._journals
    bench.session.changed.emit(Changed.CLASSES)
    assert bench.editor.work._journals is before
    bench.session.changed.emit(Changed.PROJECT)
    assert bench.editor.work._journals is not before
