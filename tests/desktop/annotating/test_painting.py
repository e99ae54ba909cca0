"""Painting in the real window, through its real entry point: what is done stays done, and can be taken back."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from segstudio.desktop.window import Window
from segstudio.project.classes import VOID
from segstudio.project.project import Project
from tests.desktop.annotating.hands import CONTROL, SHIFT, Hands, saved_mask
from tests.desktop.conftest import Drive


def test_a_stroke_is_seen_undone_and_done_again_and_is_there_the_next_time(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    painted: list[np.ndarray] = []

    def paint(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        before = hands.mask.copy()
        hands.key(Qt.Key.Key_2)
        hands.drag((5, 20), (20, 20))
        assert hands.mask[20, 5] == hands.mask[20, 20] == 1
        assert "Brush" in hands.words("history.0")
        assert "Undo Brush" in window._actions["edit.undo"].toolTip()
        assert not window._actions["edit.redo"].isEnabled()
        painted.append(hands.mask.copy())
        hands.key(Qt.Key.Key_Z, CONTROL)
        assert (hands.mask == before).all()
        assert not window._actions["edit.undo"].isEnabled()
        hands.key(Qt.Key.Key_Z, CONTROL | SHIFT)
        assert (hands.mask == painted[0]).all()
        hands.key(Qt.Key.Key_Z, CONTROL)
        hands.key(Qt.Key.Key_Y, CONTROL)
        assert (hands.mask == painted[0]).all()

    assert drive(paint, project.folder) == 0
    assert (saved_mask(project, "0.jpg") == painted[0]).all()

    def again(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        assert (hands.mask == painted[0]).all()
        hands.key(Qt.Key.Key_Z, CONTROL)
        assert hands.mask[20, 5] == 0

    assert drive(again, project.folder) == 0


def test_each_photo_has_its_own_history_there_and_back(qtbot: QtBot, drive: Drive, project: Project) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        first = hands.mask.copy()
        hands.key(Qt.Key.Key_2)
        hands.dab(10, 10)
        painted = hands.mask.copy()
        hands.key(Qt.Key.Key_PageDown)
        hands.wait_for_photo("1.jpg")
        hands.dab(15, 30)
        assert hands.mask[30, 15] == 1
        hands.key(Qt.Key.Key_Z, CONTROL)
        assert hands.mask[30, 15] == 0
        hands.key(Qt.Key.Key_PageUp)
        hands.wait_for_photo("0.jpg")
        assert (hands.mask == painted).all()
        hands.key(Qt.Key.Key_Z, CONTROL)
        assert (hands.mask == first).all()
        hands.key(Qt.Key.Key_PageDown)
        hands.wait_for_photo("1.jpg")
        hands.key(Qt.Key.Key_Y, CONTROL)
        assert hands.mask[30, 15] == 1
        hands.key(Qt.Key.Key_PageUp)
        hands.wait_for_photo("0.jpg")
        hands.key(Qt.Key.Key_Y, CONTROL)
        assert (hands.mask == painted).all()

    assert drive(steps, project.folder) == 0
    assert saved_mask(project, "1.jpg")[30, 15] == 1
    assert saved_mask(project, "0.jpg")[10, 10] == 1


def test_tools_by_key_and_what_they_paint(qtbot: QtBot, drive: Drive, project: Project) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        hands.key(Qt.Key.Key_2)
        hands.key(Qt.Key.Key_R)
        assert window._actions["tool.box"].isChecked()
        hands.drag((2, 2), (12, 8))
        hands.key(Qt.Key.Key_Return)
        assert (hands.mask[3:7, 3:11] == 1).all()
        hands.key(Qt.Key.Key_E)
        hands.dab(5, 30)
        assert hands.mask[30, 5] == VOID
        hands.key(Qt.Key.Key_1)
        assert window._actions["tool.brush"].isChecked()
        hands.key(Qt.Key.Key_F)
        hands.dab(5, 30)
        assert hands.mask[30, 5] == 0
        hands.key(Qt.Key.Key_I)
        hands.dab(45, 20)
        assert hands.options().value == 1
        hands.key(Qt.Key.Key_P)
        for x, y in ((5, 25), (20, 25), (20, 38), (5, 38)):
            hands.dab(x, y)
        hands.key(Qt.Key.Key_Return)
        hands.key(Qt.Key.Key_Return)
        assert hands.mask[31, 12] == 1

    assert drive(steps, project.folder) == 0


def test_a_rule_keeps_a_class_safe(qtbot: QtBot, drive: Drive, project: Project) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        rule = hands.tab.workspace.tools.options.rule
        rule.menu_of_rules.popup(window.mapToGlobal(window.rect().center()))
        never = rule.menu_of_rules.actions()[-1].menu()
        assert isinstance(never, QMenu)
        assert [action.text() for action in never.actions()] == ["sky", "ground", "not labelled"]
        never.popup(window.mapToGlobal(window.rect().center()))
        ground = never.actionGeometry(never.actions()[1]).center()
        QTest.mouseMove(never, ground)
        QTest.mouseClick(never, Qt.MouseButton.LeftButton, pos=ground)
        assert never.isVisible()
        assert never.actions()[1].isChecked()
        never.close()
        rule.menu_of_rules.close()
        assert "never over ground" in rule.text()
        hands.key(Qt.Key.Key_R)
        hands.key(Qt.Key.Key_0)
        hands.drag((20, 5), (40, 15))
        hands.key(Qt.Key.Key_Return)
        assert (hands.mask[6:14, 21:30] == VOID).all()
        assert (hands.mask[6:14, 30:40] == 1).all()

    assert drive(steps, project.folder) == 0


def test_size_by_keys_slider_and_number(qtbot: QtBot, drive: Drive, project: Project) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        size = hands.tab.workspace.tools.options.tip_size
        before = size.number.value()
        hands.key(Qt.Key.Key_BracketRight)
        assert size.number.value() > before
        hands.key(Qt.Key.Key_BracketLeft)
        assert size.number.value() == before
        size.slider.setFocus()
        hands.key(Qt.Key.Key_End)
        assert size.number.value() == 1000
        size.number.setFocus()
        size.number.selectAll()
        hands.type("7b")
        hands.key(Qt.Key.Key_Return)
        assert hands.options().brush.diameter_px == 7
        assert hands.tab.box.tool_id == "brush"
        assert QApplication.focusWidget() is hands.canvas
        heights = []
        for tool in ("brush", "wand", "pick", "polygon", "brush"):
            window._actions[f"tool.{tool}"].trigger()
            QApplication.processEvents()
            heights.append(hands.tab.workspace.tools.height())
        assert len(set(heights)) == 1, heights  # else the photo would move
        hands.click("tip")
        assert hands.options().brush.shape == "square"

    assert drive(steps, project.folder) == 0


def test_a_photo_may_be_cleared_and_copied_from_the_one_before(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        before = hands.mask.copy()
        hands.key(Qt.Key.Key_C, CONTROL | SHIFT)
        hands.wait_for_notice("before")
        hands.key(Qt.Key.Key_Delete, CONTROL)
        hands.wait(lambda: bool((hands.mask == VOID).all()))
        hands.key(Qt.Key.Key_Z, CONTROL)
        assert (hands.mask == before).all()
        hands.photos.setCurrentIndex(hands.tab.list.model.index(2))
        hands.wait_for_photo("2.jpg")
        assert (hands.mask == VOID).all()
        window._actions["photo.previous"].trigger()
        hands.wait_for_photo("1.jpg")
        window._actions["photo.next"].trigger()
        hands.wait_for_photo("2.jpg")
        hands.key(Qt.Key.Key_C, CONTROL | SHIFT)
        hands.wait(lambda: np.array_equal(hands.mask, before))
        assert window._actions["edit.undo"].isEnabled()

    assert drive(steps, project.folder) == 0
    assert (saved_mask(project, "2.jpg")[:, :30] == 0).all()


def test_a_polygon_half_made_waits_for_its_photo(qtbot: QtBot, drive: Drive, project: Project) -> None:
    def steps(window: Window) -> None:
        hands = Hands(qtbot, window)
        hands.wait_for_photo("0.jpg")
        hands.key(Qt.Key.Key_2)
        hands.key(Qt.Key.Key_P)
        for corner in ((4, 4), (24, 4), (24, 34)):
            hands.dab(*corner)
        hands.key(Qt.Key.Key_PageDown)
        hands.wait_for_photo("1.jpg")
        hands.key(Qt.Key.Key_Return)
        hands.key(Qt.Key.Key_Return)
        assert hands.words("history.0") == "nothing painted yet"
        hands.key(Qt.Key.Key_PageUp)
        hands.wait_for_photo("0.jpg")
        hands.key(Qt.Key.Key_Return, CONTROL)  # marks the photo and leaves the outline alone
        hands.canvas.setFocus()
        hands.key(Qt.Key.Key_Return)
        hands.key(Qt.Key.Key_Return)
        assert hands.words("history.0") == "Polygon ground"
        assert hands.mask[10, 20] == 1

    assert drive(steps, project.folder) == 0
