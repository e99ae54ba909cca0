"""Where the keyboard is can be seen: on every kind of widget, in both themes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QSlider,
    QSpinBox,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from segstudio.desktop.look import Look
from segstudio.desktop.settings import Places
from segstudio.desktop.tabs.recent_list import RecentList
from segstudio.desktop.theme import ThemeChoice
from segstudio.desktop.train.plots.chart import Chart
from segstudio.desktop.widgets.tab_strip import TabButton
from segstudio.desktop.widgets.table import Cell, Table
from tests.desktop.conftest import WAIT_MS

Luminance = NDArray[np.float64]

_SEEN_PIXELS = 40
"""A ring or a filled handle changes at least this many pixels, so that they stand out 3 : 1 from what was there or from
the ground around the widget; a caret alone does not.
"""


def button(kind: str) -> Callable[[Look], QWidget]:
    def make(_look: Look) -> QWidget:
        made = QPushButton("Text")
        made.setProperty("kind", kind)
        return made

    return make


def tool(_look: Look) -> QWidget:
    made = QToolButton()
    made.setText("Text")
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return made


def slider(_look: Look) -> QWidget:
    made = QSlider(Qt.Orientation.Horizontal)
    made.setValue(50)
    return made


def combo(_look: Look) -> QWidget:
    made = QComboBox()
    made.addItem("one")
    return made


def models(_look: Look) -> QWidget:
    made = QListWidget()
    made.setObjectName("models")
    made.addItem("one")
    made.setCurrentRow(0)
    return made


def tree(_look: Look) -> QWidget:
    made = QTreeWidget()
    made.addTopLevelItem(QTreeWidgetItem(["one"]))
    return made


def recent(look: Look) -> QWidget:
    places = Places.of_this_user()
    made = RecentList(look, places)
    made.show_projects((("jumps", places.documents),))
    return made


def table(look: Look) -> QWidget:
    made = Table(look, "Things", ("thing",), stretched=0)
    made.show_rows([(Cell("one"),)])
    return made


def chart(look: Look) -> QWidget:
    return Chart(look, "miou", "Mean IoU")


KINDS: dict[str, Callable[[Look], QWidget]] = {
    "button": button(""),
    "primary": button("primary"),
    "quiet": button("quiet"),
    "link": button("link"),
    "small": button("small"),
    "tool": tool,
    "line": lambda _: QLineEdit("Text"),
    "text": lambda _: QPlainTextEdit("Text"),
    "combo": combo,
    "slider": slider,
    "spin": lambda _: QSpinBox(),
    "spin with a point": lambda _: QDoubleSpinBox(),
    "check": lambda _: QCheckBox("Text"),
    "radio": lambda _: QRadioButton("Text"),
    "tab": lambda look: TabButton(look, QAction("Text")),
    "list": models,
    "tree": tree,
    "recent": recent,
    "table": table,
    "chart": chart,
}


def luminance(widget: QWidget) -> Luminance:
    """Return the relative luminance of every pixel of a widget as it is drawn now."""
    picture = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    lines = np.frombuffer(picture.constBits(), dtype=np.uint8).reshape(
        picture.height(), picture.bytesPerLine()
    )
    rgb = lines[:, : 3 * picture.width()].reshape(picture.height(), picture.width(), 3) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]), dtype=np.float64)


def ratio(first: Luminance, second: Luminance | float) -> Luminance:
    """Return the contrast ratio pixel by pixel."""
    return (np.maximum(first, second) + 0.05) / (np.minimum(first, second) + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_focus_is_seen(qtbot: QtBot, look: Look, theme: ThemeChoice, kind: str) -> None:
    look.theme.choose(theme)
    window = QWidget()
    column = QVBoxLayout(window)
    widget, other = KINDS[kind](look), QPushButton("other")
    column.addWidget(widget)
    column.addWidget(other)
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=WAIT_MS)
    QApplication.setCursorFlashTime(0)
    other.setFocus()
    before = luminance(widget)
    widget.setFocus()
    assert QApplication.focusWidget() is widget
    after = luminance(widget)
    ground = luminance(window)[0, 0]
    changed = ratio(before, after) >= 1.5
    seen = changed & ((ratio(before, after) >= 3) | (ratio(after, ground) >= 3))
    assert np.count_nonzero(seen) >= _SEEN_PIXELS
