"""Photos are removed from the project after one question, and come back: by the notice, or days later."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from segstudio.desktop.annotating.removing import consequence, question
from segstudio.desktop.window import Window
from segstudio.project.project import Project
from tests.desktop.annotating.hands import CONTROL, SHIFT, Hands, saved_mask
from tests.desktop.conftest import Drive


def _answer(hands: Hands, words: str) -> str:
    """Click a button of the question, and return what was asked."""
    hands.wait(lambda: hands.tab.findChild(QMessageBox, "photos.remove") is not None)
    asking = hands.tab.findChild(QMessageBox, "photos.remove")
    assert isinstance(asking, QMessageBox)
    told = f"{asking.text()} {asking.informativeText()}"
    (button,) = (button for button in asking.buttons() if button.text() == words)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    return told


def _listed(hands: Hands) -> list[str]:
    return [photo.key for photo in hands.tab.list.model.photos]


def test_several_photos_go_after_one_question_and_come_back_by_the_notice(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        hands.key(Qt.Key.Key_2)
        hands.dab(20, 20)
        hands.photos.setFocus()
        QTest.keyClick(hands.photos, Qt.Key.Key_Down, SHIFT)
        QTest.keyClick(hands.photos, Qt.Key.Key_Down, SHIFT)
        assert len(hands.tab.list.selected) == 3
        window._actions["photo.remove"].trigger()
        assert "Remove 3 photos" in _answer(hands, "Keep")
        assert len(_listed(hands)) == 4
        hands.wait(lambda: hands.tab.findChild(QMessageBox, "photos.remove") is None)
        window.activateWindow()
        hands.wait(window.isActiveWindow)
        hands.photos.setFocus()
        hands.key(Qt.Key.Key_Delete, SHIFT)
        assert "2 masks" in _answer(hands, "Remove")
        hands.wait_for_notice("3 photos are in the project's trash now.")
        assert _listed(hands) == ["3.jpg"]
        hands.wait_for_photo("3.jpg")
        undo = next(b for b in window.notice.findChildren(QPushButton) if b.text() == "Undo")
        QTest.mouseClick(undo, Qt.MouseButton.LeftButton)
        hands.wait_for_notice("3 photos are back.")
        assert _listed(hands) == ["0.jpg", "1.jpg", "2.jpg", "3.jpg"]
        hands.wait_for_photo("0.jpg")
        assert hands.mask[20, 20] == 1
        hands.wait(window._actions["edit.undo"].isEnabled)
        window.activateWindow()
        hands.wait(window.isActiveWindow)
        hands.key(Qt.Key.Key_Z, CONTROL)
        assert hands.mask[20, 20] == 0
        hands.key(Qt.Key.Key_Y, CONTROL)

    assert drive(steps, project.folder) == 0
    assert saved_mask(project, "0.jpg")[20, 20] == 1


def test_all_photos_may_go_and_come_back_after_a_restart(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    def remove(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        hands.photos.setFocus()
        hands.photos.selectAll()
        window._actions["photo.remove"].trigger()
        _answer(hands, "Remove")
        hands.wait_for_notice("trash")
        assert hands.tab.currentIndex() == 0
        window._actions["photo.bring_back"].trigger()
        hands.wait_for_notice("4 photos are back.")
        hands.photos.setFocus()
        hands.tab.list.show_photo("1.jpg")
        window._actions["photo.remove"].trigger()
        assert "The photo with its mask goes" in _answer(hands, "Remove")
        hands.wait_for_notice("1.jpg is in the project's trash now.")

    def back(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        window._actions["photo.bring_back"].trigger()
        hands.wait_for_notice("1.jpg is back.")
        hands.wait_for_photo("1.jpg")
        assert not hands.tab._desk.shown.read_only  # type: ignore[union-attr]
        window._actions["photo.bring_back"].trigger()
        hands.wait_for_notice("Nothing was removed")
        hands.wait(lambda: hands.tab._desk.can_paint)

    assert drive(remove, project.folder) == 0
    assert drive(back, project.folder) == 0


def test_what_is_asked_tells_what_it_touches(project: Project) -> None:
    photos = project.photos()
    assert question(photos[:1]) == 'Remove "0.jpg" from the project?'
    assert question(photos) == "Remove 4 photos from the project?"
    many = [replace(photos[0], key=str(number)) for number in range(1200)]
    assert question(many) == "Remove 1,200 photos from the project?"
    assert consequence(photos[2:3], referenced=False).startswith("The photo, which has no mask, goes")
    assert consequence(photos[1:], referenced=True) == (
        "3 photos and 1 mask go to the project's trash and can be brought back. "
        "Photo files outside the project stay where they are."
    )
