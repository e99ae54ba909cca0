"""A button follows its action, however often that changes."""

from __future__ import annotations

import pytest
from PySide6.QtCore import SIGNAL, QSize
from PySide6.QtGui import QAction, QIcon, QPixmap
from pytestqt.qtbot import QtBot

from segstudio.desktop.widgets.action_button import ActionButton
from segstudio.desktop.window import Window
from segstudio.project.project import Project
from tests.desktop.conftest import Drive
from tests.desktop.test_window import wait_until_idle


@pytest.fixture
def action(qapp: object) -> QAction:
    made = QAction("Brush")
    made.setObjectName("tool.brush")
    made.setCheckable(True)
    return made


def test_a_button_shows_what_its_action_says(qtbot: QtBot, action: QAction) -> None:
    button = ActionButton(action, icon_px=20)
    qtbot.addWidget(button)
    assert (button.objectName(), button.iconSize()) == ("tool.brush", QSize(20, 20))
    picture = QPixmap(20, 20)
    picture.fill("red")
    action.setEnabled(False)
    action.setChecked(True)
    action.setText("Eraser")
    action.setToolTip("Rub out")
    action.setStatusTip("Rub it out")
    action.setIcon(QIcon(picture))
    shown = (button.isEnabled(), button.isChecked(), button.text(), button.toolTip(), button.statusTip())
    assert shown == (False, True, "Eraser", "Rub out", "Rub it out")
    assert button.icon().cacheKey() == action.icon().cacheKey()


def test_a_click_triggers_the_action_once(qtbot: QtBot, action: QAction) -> None:
    button = ActionButton(action, icon_px=20)
    qtbot.addWidget(button)
    said: list[bool] = []

    def hear(checked: bool) -> None:
        said.append(checked)

    action.triggered.connect(hear)
    for _ in range(3):
        action.setEnabled(False)
        action.setEnabled(True)
    button.click()
    button.click()
    assert said == [True, False]
    assert not button.isChecked()


def test_a_change_takes_no_longer_after_many(qtbot: QtBot, action: QAction) -> None:
    button = ActionButton(action, icon_px=20)
    qtbot.addWidget(button)
    listeners = action.receivers(SIGNAL("changed()"))
    for number in range(100):
        action.setChecked(number % 2 == 0)
        action.setEnabled(number % 3 == 0)
    assert action.receivers(SIGNAL("changed()")) == listeners


def test_no_action_of_the_window_is_heard_by_more_the_more_it_changes(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    def listeners(window: Window) -> dict[str, int]:
        return {each.objectName(): each.receivers(SIGNAL("changed()")) for each in window.actions()}

    def steps(window: Window) -> None:
        wait_until_idle(qtbot, window)
        before = listeners(window)
        for action in window.actions():
            is_on = action.isEnabled()
            for enabled in (not is_on, is_on) * 5:
                action.setEnabled(enabled)
        assert listeners(window) == before

    assert drive(steps, project.folder) == 0
