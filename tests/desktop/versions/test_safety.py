"""Backup, restore, trash, handing out and merging in the real window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QDialog, QFileDialog, QLineEdit, QMessageBox
from pytestqt.qtbot import QtBot

from segstudio.desktop.versions.forms import NameForm
from segstudio.desktop.versions.merge_window import MergeWindow
from segstudio.desktop.versions.trash_window import TrashWindow
from segstudio.desktop.window import Window
from segstudio.project.backup import restore
from segstudio.project.merged import last_merge
from segstudio.project.pack import make_pack
from segstudio.project.person import VARIABLE, person
from segstudio.project.presence import people
from segstudio.project.project import Project
from segstudio.project.removal import remove_photos
from segstudio.project.sealed_zip import read_seal
from segstudio.project.trash import trash_of
from segstudio.project.versions import versions_of
from tests.desktop.annotating.hands import Hands
from tests.desktop.conftest import Drive

_LEFT = Qt.MouseButton.LeftButton


class _Places:
    """What the person answers when a place is asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.next = Path()
        for name in ("getSaveFileName", "getOpenFileName"):
            monkeypatch.setattr(QFileDialog, name, lambda *_: (str(self.next), ""))


@pytest.fixture
def places(monkeypatch: pytest.MonkeyPatch) -> _Places:
    return _Places(monkeypatch)


def _ask(hands: Hands, action: str, name: str) -> QDialog:
    hands.window._actions[action].trigger()
    hands.wait(lambda: _shown(hands, name) is not None)
    found = _shown(hands, name)
    assert found is not None
    return found


def _shown(hands: Hands, name: str) -> QDialog | None:
    return next((d for d in hands.window.findChildren(QDialog, name) if d.isVisible()), None)


def _press(dialog: QDialog, name: str) -> None:
    button = dialog.findChild(QAbstractButton, name)
    assert button is not None
    assert button.isEnabled()
    QTest.mouseClick(button, _LEFT)


def test_a_backup_is_written_and_restored_and_a_part_handed_out(
    qtbot: QtBot, drive: Drive, project: Project, places: _Places, tmp_path: Path
) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        places.next = tmp_path / "part"
        form = _ask(hands, "project.pack", "pack")
        field = form.findChild(QLineEdit, "pack.for")
        assert field is not None
        QTest.keyClicks(field, "Anna")
        _press(form, "pack.start")
        hands.wait_for_notice("jumps for Anna, 1 photo")
        hands.wait(lambda: not window._session.is_busy)
        places.next = tmp_path / "b.zip"
        form = _ask(hands, "project.backup", "backup")
        _press(form, "backup.runs")
        _press(form, "backup.start")
        hands.wait_for_notice("read back and compared")
        hands.wait(lambda: not window._session.is_busy)
        answers = iter((tmp_path / "b.zip", tmp_path / "new"))
        QFileDialog.getOpenFileName = lambda *_: (str(next(answers)), "")  # type: ignore[method-assign]
        QFileDialog.getSaveFileName = lambda *_: (str(next(answers)), "")  # type: ignore[method-assign]
        window._actions["project.restore"].trigger()

        def is_restored() -> bool:
            opened = window._session.opened
            return opened is not None and opened.folder == tmp_path / "new" and not window._session.is_busy

        hands.wait(is_restored)

    assert drive(steps, project.folder) == 0
    assert Project.open(tmp_path / "new").keys() == project.keys()
    assert read_seal(tmp_path / "b.zip").told == "without runs"
    assert sum(name.startswith("photos/") for name in read_seal(tmp_path / "part.zip").files) == 1


def test_a_name_is_chosen_and_stands_in_locks_and_at_what_is_painted(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        form = _ask(hands, "app.name", "name")
        field = form.findChild(QLineEdit, "name.field")
        assert field is not None
        assert field.placeholderText()
        QTest.keyClicks(field, "Anna B.")
        _press(form, "name.start")
        hands.wait_for_notice("Others know you as Anna B.")
        window._actions["go.annotate"].trigger()
        hands.wait(lambda: any(signs.who == "Anna B." for signs in people(project.folder)))

    assert drive(steps, project.folder) == 0
    assert person() == "Anna B."


def test_the_environment_goes_before_a_name_that_is_chosen(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "Bo")
    form = NameForm()
    qtbot.addWidget(form)
    assert (form.field.text(), form.field.isEnabled(), form.start.isEnabled()) == ("Bo", False, False)


def test_what_is_in_the_trash_comes_back_or_goes_for_good(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    remove_photos(project, ["3.jpg"])
    remove_photos(project, ["2.jpg"])
    other = project.folder / ".trash/imports/2026/0.jpg.png"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"x")

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        trash = _ask(hands, "project.trash", "trash")
        assert isinstance(trash, TrashWindow)
        assert [trash.list.item(row).text().splitlines()[0] for row in range(2)] == [
            "photo 2.jpg",
            "photo 3.jpg",
        ]
        _press(trash, "trash.back")
        hands.wait_for_notice("Back in the project: 2.jpg")
        trash = _ask(hands, "project.trash", "trash")
        _press(trash, "trash.empty")
        question = trash.findChild(QMessageBox, "trash.question")
        assert question is not None
        assert "1 thing, 0.0 MB. Besides, 1 file that is not listed." in question.informativeText()
        sure = next(b for b in question.buttons() if b.text() == "Delete for good")
        QTest.mouseClick(sure, _LEFT)
        hands.wait_for_notice("The trash is empty")

    assert drive(steps, project.folder) == 0
    assert (Project.open(project.folder).keys(), trash_of(project)) == (("0.jpg", "1.jpg", "2.jpg"), ())
    assert not other.exists()


def test_a_pack_is_compared_chosen_merged_and_taken_back(
    qtbot: QtBot, drive: Drive, project: Project, places: _Places, tmp_path: Path
) -> None:
    make_pack(project, tmp_path / "p.zip", project.photos(), for_whom="Anna")
    restore(tmp_path / "p.zip", tmp_path / "anna")
    theirs = Project.open(tmp_path / "anna")
    for side, value in ((theirs, 0), (project, 1)):
        for key in ("0.jpg", "1.jpg"):
            side.write_mask(side.photo(key), np.full((40, 60), value, dtype=np.uint8))
    theirs.write_mask(theirs.photo("2.jpg"), np.zeros((40, 60), dtype=np.uint8))
    make_pack(Project.open(theirs.folder), tmp_path / "back.zip", theirs.photos())
    places.next = tmp_path / "back.zip"

    def value_of(key: str) -> int | None:
        there = Project.open(project.folder)
        mask = there.read_mask(there.photo(key))
        return None if mask is None else int(mask[0, 0])

    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        dialog = _ask(hands, "project.merge", "merge")
        assert isinstance(dialog, MergeWindow)
        assert "mean IoU 0.0 %" in dialog.agreement.text()
        assert not dialog.go.isEnabled()
        hands.wait(lambda: bool(dialog.panes.marks))
        _press(dialog, "merge.theirs")
        hands.wait(lambda: dialog.list.currentRow() == 1)
        _press(dialog, "merge.mine")
        assert dialog.choices == {"0.jpg": "theirs", "1.jpg": "mine"}
        assert dialog.go.text() == "Merge 2 photos"
        _press(dialog, "merge.go")
        hands.wait_for_notice("2 photos merged")
        assert [value_of(key) for key in ("0.jpg", "1.jpg", "2.jpg")] == [0, 1, 0]
        problem = window.notice.problem
        assert problem is not None
        back = problem.actions[0].do
        assert back is not None
        back()
        hands.wait_for_notice("is taken back")
        assert [value_of(key) for key in ("0.jpg", "1.jpg", "2.jpg")] == [1, 1, None]
        there = Project.open(project.folder)
        there.write_mask(there.photo("2.jpg"), np.ones((40, 60), dtype=np.uint8))
        dialog = _ask(hands, "project.merge", "merge")
        assert isinstance(dialog, MergeWindow)
        dialog.all_mine.click()
        assert dialog.go.text() == "Keep as versions"
        _press(dialog, "merge.go")
        hands.wait_for_notice("Nothing came in from")
        assert (window.notice.problem or problem).actions == ()
        assert last_merge(project.folder) is None

    assert drive(steps, project.folder) == 0
    assert versions_of(project.folder, "1.jpg")[-1].what.startswith("not taken from")
