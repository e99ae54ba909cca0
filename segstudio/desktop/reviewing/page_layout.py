"""How the parts of the Review tab share its room."""

from __future__ import annotations

from collections.abc import Generator

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QSplitter, QVBoxLayout, QWidget

_LIST_PX, _MIDDLE_PX, _SIDE_PX = 264, 760, 252
_STAGE_PX, _UNDER_PX = 430, 242
_LEAST_PX = 220


def under_each_other(*widgets: QWidget, grows: QWidget, into: QWidget | None = None) -> QWidget:
    """Lay widgets out from top to bottom, without gaps; one takes the room that is left."""
    holder = into or QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for widget in widgets:
        column.addWidget(widget, int(widget is grows))
    return holder


def stacked(stage: QWidget, under: QWidget) -> QSplitter:
    """The photo above, its classes below; the line between them can be dragged."""
    work = _splitter("review.middle", Qt.Orientation.Vertical)
    work.addWidget(stage)
    work.addWidget(under)
    work.setStretchFactor(0, 1)
    work.setSizes([_STAGE_PX, _UNDER_PX])
    return work


def beside_each_other(left: QWidget, middle: QWidget, right: QWidget) -> Generator[None, None, QSplitter]:
    """The list, the photo and the classes, one at each step; the middle takes the room that is left."""
    parts = _splitter("review.parts", Qt.Orientation.Horizontal)
    for part in (left, middle, right):
        parts.addWidget(part)
        yield
    parts.setStretchFactor(1, 1)
    parts.setSizes([_LIST_PX, _MIDDLE_PX, _SIDE_PX])
    left.setMinimumWidth(_LEAST_PX)  # the right side is as wide at least as its buttons
    return parts


def thin_line() -> QFrame:
    """A line between two parts."""
    line = QFrame()
    line.setObjectName("side_line")
    line.setFixedHeight(1)
    return line


def _splitter(name: str, orientation: Qt.Orientation) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setObjectName(name)
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(1)
    return splitter
