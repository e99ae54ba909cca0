"""The start page: where the keyboard is, and what is said of projects that are gone."""

from __future__ import annotations

import shutil

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QPushButton
from pytestqt.qtbot import QtBot

from segstudio.desktop.window import Window
from segstudio.project.project import Project
from tests.desktop.conftest import WAIT_MS, Drive


def test_after_cancel_the_keyboard_is_back_at_the_button(qtbot: QtBot, drive: Drive) -> None:
    def steps(window: Window) -> None:
        sample = window.findChild(QPushButton, "start.project.sample")
        cancel = window.findChild(QPushButton, "start.cancel")
        assert sample is not None
        assert cancel is not None
        sample.setFocus()
        QTest.keyClick(sample, Qt.Key.Key_Space)
        qtbot.waitUntil(cancel.isVisible, timeout=WAIT_MS)
        cancel.setFocus()
        QTest.keyClick(cancel, Qt.Key.Key_Space)
        qtbot.waitUntil(lambda: not window._session.is_busy, timeout=WAIT_MS)
        assert window.focusWidget() is sample

    assert drive(steps) == 0


def test_a_project_that_cannot_be_opened_any_more_is_marked_as_gone(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    def steps(window: Window) -> None:
        qtbot.waitUntil(lambda: window.shown_tab != "", timeout=WAIT_MS)
        window._actions["project.close"].trigger()
        qtbot.waitUntil(window.start.recent.isVisible, timeout=WAIT_MS)
        qtbot.waitUntil(lambda: window.start._looking is None, timeout=WAIT_MS)
        shutil.rmtree(project.folder)
        window.start.folder_chosen.emit(project.folder)
        qtbot.waitUntil(lambda: window.notice.problem is not None, timeout=WAIT_MS)
        problem = window.notice.problem
        assert problem is not None
        assert "there is no project here" in problem.text
        assert "--" not in problem.text  # nothing to type into a terminal
        qtbot.waitUntil(lambda: window.start.recent._gone == frozenset({project.folder}), timeout=WAIT_MS)

    assert drive(steps, project.folder) == 0


def test_the_menu_of_a_project_works_after_the_list_was_made_anew(
    qtbot: QtBot, drive: Drive, project: Project
) -> None:
    def steps(window: Window) -> None:
        qtbot.waitUntil(lambda: window.shown_tab != "", timeout=WAIT_MS)
        window._actions["project.close"].trigger()
        recent = window.start.recent
        qtbot.waitUntil(recent.isVisible, timeout=WAIT_MS)
        recent.customContextMenuRequested.emit(recent.visualItemRect(recent.item(0)).center())
        (menu,) = recent.findChildren(QMenu)
        recent.show_projects((("jumps", project.folder),))
        with qtbot.waitSignal(recent.chosen, timeout=WAIT_MS) as chosen:
            menu.actions()[0].trigger()
        assert chosen.args == [project.folder]
        menu.close()

    assert drive(steps, project.folder) == 0
