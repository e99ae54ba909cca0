"""SideScroll: a column that scrolls, whose content stays as wide when the bar comes up."""

from __future__ import annotations

from PySide6.QtCore import QSize, Slot
from PySide6.QtWidgets import QScrollArea, QVBoxLayout


class SideScroll(QScrollArea):
    """Scrolls up and down only, and what is inside stays as wide when the bar comes up."""

    def __init__(self, column: QVBoxLayout, *, margin_px: int) -> None:
        super().__init__()
        self._column, self._margin_px = column, margin_px
        self.verticalScrollBar().rangeChanged.connect(self._on_range_changed)
        self.horizontalScrollBar().rangeChanged.connect(self._on_sideways)

    @Slot(int, int)
    def _on_range_changed(self, _low: int, high: int) -> None:
        margins = self._column.contentsMargins()
        margins.setRight(self._margin_px - (self.verticalScrollBar().sizeHint().width() if high > 0 else 0))
        self._column.setContentsMargins(margins)

    @Slot(int, int)
    def _on_sideways(self, _low: int, high: int) -> None:
        if high > 0:
            self.horizontalScrollBar().setRange(0, 0)

    def minimumSizeHint(self) -> QSize:
        """Return a size that cuts nothing at the side."""
        inner = self.widget()
        wanted = inner.minimumSizeHint().width() if inner is not None else 0
        margins = self._column.contentsMargins()
        return QSize(wanted - margins.right() + self._margin_px, super().minimumSizeHint().height())
