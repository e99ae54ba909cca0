"""Return presses the button that has the keyboard, in any part of the window, and no other field's Return means it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from segstudio.desktop.widgets.pressing import PressingWindow


class Parts(PressingWindow):
    """Two buttons that stay pressed, and a line of text."""

    def __init__(self) -> None:
        super().__init__()
        inner = QWidget()
        self.buttons: tuple[QAbstractButton, ...] = (QPushButton("Fold"), QToolButton())
        self.line = QLineEdit()
        column = QVBoxLayout(inner)
        for widget in (*self.buttons, self.line):
            column.addWidget(widget)
        for button in self.buttons:
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCentralWidget(inner)


@pytest.fixture
def parts(qtbot: QtBot) -> Parts:
    window = Parts()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
    return window


@pytest.mark.parametrize("which", [0, 1])
def test_return_presses_what_has_the_keyboard(parts: Parts, which: int) -> None:
    button = parts.buttons[which]
    button.setFocus()
    for key, is_on in ((Qt.Key.Key_Return, True), (Qt.Key.Key_Enter, False), (Qt.Key.Key_Space, True)):
        QTest.keyClick(button, key)
        assert button.isChecked() is is_on


def test_a_key_that_is_held_presses_once(parts: Parts) -> None:
    button = parts.buttons[0]
    button.setFocus()
    for repeats in (False, True, True):
        event = QKeyEvent(
            QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", autorep=repeats
        )
        QApplication.sendEvent(button, event)
    assert button.isChecked()


def test_return_in_a_line_of_text_presses_nothing(parts: Parts) -> None:
    parts.line.setFocus()
    QTest.keyClick(parts.line, Qt.Key.Key_Return)
    assert not any(button.isChecked() for button in parts.buttons)
