"""FitFrame: a row of widgets that says less where there is less room, and never becomes two rows."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame


class FitFrame(QFrame):
    """How much it says follows from the width alone, and not from what is seen of it just now: nothing jumps.

    `level_changed` carries how much is left out: 0 nothing, and more from level to level.
    """

    level_changed = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._level = 0

    @property
    def level(self) -> int:
        """How much is left out."""
        return self._level

    def widths_px(self) -> tuple[int, ...]:
        """Return how wide the row is at each level, the widest first; to be said by the class that knows it."""
        raise NotImplementedError

    def minimumSizeHint(self) -> QSize:
        """Return the size of the row where it says least."""
        return QSize(self.widths_px()[-1], super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say as much as there is room for."""
        super().resizeEvent(event)
        widths = self.widths_px()
        level = next((level for level, width in enumerate(widths) if width <= self.width()), len(widths) - 1)
        if level != self._level:
            self._level = level
            self.level_changed.emit(level)
