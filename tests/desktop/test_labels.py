"""Texts that are longer than their room."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QToolTip, QWidget
from pytestqt.qtbot import QtBot

from segstudio.desktop.widgets.labels import ElidedButton
from tests.desktop.conftest import WAIT_MS

LONG = "2026-11-21-1428-deeplabv3_mobilenet_v3_large-after-the-rain: finished · mIoU 0.71"


def test_a_button_without_room_keeps_both_ends_and_tells_the_whole(qtbot: QtBot) -> None:
    row = QWidget()
    qtbot.addWidget(row)
    button = ElidedButton("Show the trainings.")
    layout = QHBoxLayout(row)
    layout.addStretch(1)
    layout.addWidget(button)
    button.setText(LONG)
    row.resize(1000, 40)
    row.show()
    qtbot.waitExposed(row)
    assert button.shown_text == LONG
    assert tip_of(button) == "Show the trainings."
    row.resize(240, 40)
    qtbot.waitUntil(lambda: button.width() <= 240, timeout=WAIT_MS)
    assert button.shown_text.startswith("2026")
    assert "…" in button.shown_text
    assert button.shown_text.endswith("71")
    assert button.fontMetrics().horizontalAdvance(button.shown_text) <= button.width()
    assert tip_of(button) == f"{LONG}\nShow the trainings."


def tip_of(button: QPushButton) -> str:
    """Let the mouse rest on it."""
    QApplication.sendEvent(button, QHelpEvent(QEvent.Type.ToolTip, QPoint(4, 4), QPoint(4, 4)))
    QToolTip.hideText()
    return button.toolTip()
