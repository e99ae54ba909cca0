"""The dialog for a new project: what is missing is said at its place, classes come one by one or many at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from segstudio.desktop.look import Look
from segstudio.desktop.tabs.new_classes import PRESETS, ClassNames, names_in
from segstudio.desktop.tabs.new_project import NewProjectDialog, free_name, lacks
from tests.desktop.conftest import WAIT_MS


def test_a_name_that_is_taken_is_counted_up(tmp_path: Path) -> None:
    assert free_name("jumps", tmp_path) == "jumps"
    for taken in ("jumps", "jumps 2"):
        (tmp_path / taken).mkdir()
    assert free_name("jumps", tmp_path) == "jumps 3"
    assert free_name("", tmp_path) == ""


def told(name: str, place: str, *classes: str) -> dict[str, tuple[str, bool]]:
    return {lack.field: (lack.text, lack.is_wrong) for lack in lacks(name, place, classes)}


def test_what_is_not_given_yet_is_asked_for_and_not_blamed(tmp_path: Path) -> None:
    asked = told("", "")
    assert set(asked) == {"name", "place", "classes"}
    assert not any(is_wrong for _, is_wrong in asked.values())
    assert told("a", str(tmp_path), "sky") == {}
    assert lacks("a", str(tmp_path), [], needs_classes=False) == ()


def test_what_is_wrong_is_said_at_its_field(tmp_path: Path) -> None:
    assert "twice" in told("a", str(tmp_path), "Sky", "sky")["classes"][0]
    assert "letter" in told("..", str(tmp_path), "sky")["name"][0]
    assert "whole path" in told("a", "here", "sky")["place"][0]
    (tmp_path / "a").mkdir()
    assert told("a", str(tmp_path), "sky") == {}
    (tmp_path / "a" / "x").touch()
    assert "not empty" in told("a", str(tmp_path), "sky")["name"][0]
    (tmp_path / "a" / "project.json").touch()
    assert "open it" in told("a", str(tmp_path), "sky")["name"][0]
    assert "not a folder" in told("b", str(tmp_path / "a" / "x" / "deep"), "sky")["place"][0]
    assert told("b", str(tmp_path / "not" / "there"), "sky") == {}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("sky, ground ,  a  person", ("sky", "ground", "a person")),
        ("sky\nground\r\nsky;x\ty", ("sky", "ground", "x", "y")),
        (" , ,", ()),
    ],
)
def test_a_list_of_names_is_taken_apart(text: str, names: tuple[str, ...]) -> None:
    assert names_in(text) == names


def names(widget: ClassNames) -> list[str]:
    return [name for name, _ in widget.classes()]


def edits(widget: QWidget) -> list[QLineEdit]:
    return [edit for edit in widget.findChildren(QLineEdit) if not edit.objectName()]


@pytest.fixture
def dialog(qtbot: QtBot, look: Look, tmp_path: Path) -> NewProjectDialog:
    made = NewProjectDialog(look, tmp_path)
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow, timeout=WAIT_MS)
    return made


@pytest.fixture
def classes(dialog: NewProjectDialog) -> ClassNames:
    found = dialog.findChild(ClassNames)
    assert found is not None
    return found


def type_on(text: str) -> None:
    """Type where the keyboard is, wherever it goes meanwhile."""
    for letter in text:
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClicks(focus, letter)


def test_names_typed_with_commas_get_rows_of_their_own(classes: ClassNames) -> None:
    edits(classes)[0].setFocus()
    type_on("sky,ground, airplane,person,")
    assert names(classes) == ["sky", "ground", "airplane", "person"]
    assert len({colour for _, colour in classes.classes()}) == 4


def test_pasted_lines_get_rows_of_their_own(classes: ClassNames) -> None:
    QApplication.clipboard().setText("sky\nground\nair plane")
    edits(classes)[0].setFocus()
    QTest.keyClick(edits(classes)[0], Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert names(classes) == ["sky", "ground", "air plane"]


def test_return_goes_through_the_rows_and_from_an_empty_one_makes_the_project(
    dialog: NewProjectDialog, classes: ClassNames, qtbot: QtBot, tmp_path: Path
) -> None:
    type_on("My jumps")
    first = edits(classes)[0]
    first.setFocus()
    for word in ("sky", "ground", "person", "airplane"):
        type_on(word)
        focus = QApplication.focusWidget()
        assert focus is not None
        QTest.keyClick(focus, Qt.Key.Key_Return)
        assert dialog.isVisible()
    focus = QApplication.focusWidget()
    assert focus is not None
    with qtbot.waitSignal(dialog.accepted, timeout=WAIT_MS):
        QTest.keyClick(focus, Qt.Key.Key_Return)
    wanted = dialog.result_value
    assert wanted is not None
    assert (wanted.name, wanted.folder) == ("My jumps", tmp_path / "My jumps")
    assert [name for name, _ in wanted.classes] == ["sky", "ground", "person", "airplane"]


def test_a_preset_gives_way_to_another_but_not_what_was_typed(classes: ClassNames) -> None:
    classes.take_preset(PRESETS[0][1])
    assert names(classes) == list(PRESETS[0][1])
    classes.take_preset(PRESETS[1][1])
    assert names(classes) == list(PRESETS[1][1])
    edits(classes)[0].setText("mine")
    classes.take_preset(("Wall", "other"))
    assert names(classes) == ["mine", *PRESETS[1][1][1:], "other"]


def test_every_preset_has_different_names() -> None:
    for _, preset in PRESETS:
        assert len(set(preset)) == len(preset) > 1


def test_doubled_classes_are_marked_where_they_stand(dialog: NewProjectDialog, classes: ClassNames) -> None:
    type_on("x")
    for edit, text in zip(edits(classes), ("sky", "ground", "Sky"), strict=True):
        edit.setText(text)
    assert [edit.property("wrong") for edit in edits(classes)] == ["true", "false", "true"]
    make, hint = dialog.findChild(QPushButton, "new.make"), dialog.findChild(QLabel, "new.hint.classes")
    assert make is not None
    assert hint is not None
    assert not make.isEnabled()
    assert "twice" in hint.text()
    assert hint.property("wrong") == "true"
    remove = [
        button for button in classes.findChildren(QWidget) if button.toolTip() == "Leave this class out."
    ]
    QTest.mouseClick(remove[2], Qt.MouseButton.LeftButton)
    assert make.isEnabled()
    assert not hint.text()


def test_files_that_wait_bring_name_and_need_no_classes(qtbot: QtBot, look: Look, tmp_path: Path) -> None:
    (tmp_path / "Formations").mkdir()
    dialog = NewProjectDialog(look, tmp_path, name="Formations", files=(tmp_path / "a.jpg",))
    qtbot.addWidget(dialog)
    wanted = dialog.result_value
    assert wanted is not None
    assert (wanted.name, wanted.classes, wanted.files) == ("Formations 2", (), (tmp_path / "a.jpg",))


def test_the_folder_in_which_it_goes_can_be_written_from_home_on(qtbot: QtBot, look: Look) -> None:
    dialog = NewProjectDialog(look, Path.home() / "Documents", name="x", files=(Path("/"),))
    qtbot.addWidget(dialog)
    place, hint = dialog.findChild(QLineEdit, "new.place"), dialog.findChild(QLabel, "new.hint")
    assert place is not None
    assert hint is not None
    assert place.text() == str(Path("~/Documents"))
    assert hint.text() == f"Makes {Path('~/Documents/x')}"
    wanted = dialog.result_value
    assert wanted is not None
    assert wanted.folder == Path.home() / "Documents" / "x"
