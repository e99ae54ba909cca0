"""WrapFrame: two groups of widgets beside each other, or one below the other where there is no room for that."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QLayout


class WrapFrame(QFrame):
    """How they stand follows from the width alone, and not from what is seen of them just now: nothing jumps."""

    def __init__(self) -> None:
        super().__init__()
        self._groups: tuple[QLayout, ...] = ()
        self._rows = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)

    def put(self, first: QLayout, second: QLayout) -> None:
        """Lay out both groups; the second takes the room that is left in a row."""
        self._groups = first, second
        self._rows.addLayout(first)
        self._rows.addLayout(second, 1)

    def needed_px(self) -> int:
        """Return how wide both are beside each other; to be said by the class that knows what may come up."""
        raise NotImplementedError

    def minimumSizeHint(self) -> QSize:
        """Return the size of the wider group, in as many rows as there are."""
        margins, height = self._rows.contentsMargins(), super().minimumSizeHint().height()
        width = max((group.minimumSize().width() for group in self._groups), default=0)
        return QSize(width + margins.left() + margins.right(), height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stand in one row or in two."""
        super().resizeEvent(event)
        ways = QBoxLayout.Direction
        way = ways.LeftToRight if self.width() >= self.needed_px() else ways.TopToBottom
        if way != self._rows.direction():
            self._rows.setDirection(way)
            self.updateGeometry()
