"""NoticePlace: where the notice bar stands: above the page, or over a part of it that must not move."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from segstudio.desktop.tabs.tab import HoldsStill

_EDGE_PX = 8
_MOVING = frozenset(
    {
        *(QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.LayoutRequest),
        *(QEvent.Type.ShowToParent, QEvent.Type.HideToParent),
    }
)


class NoticePlace(QWidget):
    """The room for the notice above the pages; over a page that `HoldsStill` it needs none, and lies on top."""

    def __init__(self, notice: QWidget, pages: QStackedWidget) -> None:
        super().__init__()
        self._notice, self._pages = notice, pages
        self._over: QWidget | None = None
        self.setFixedHeight(0)
        for widget in (self, notice, pages):
            widget.installEventFilter(self)
        pages.currentChanged.connect(self._settle)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 (Qt's name)
        """Follow the page, and what the notice has to say."""
        if event.type() in _MOVING:
            self._settle()
        return super().eventFilter(watched, event)

    @Slot()
    def _settle(self) -> None:
        page: object = self._pages.currentWidget()
        body: QWidget | None = self.parentWidget()
        over = page.still_part() if isinstance(page, HoldsStill) else None
        if over is not self._over:
            if self._over is not None:
                self._over.removeEventFilter(self)
            self._over = over
            if over is not None:
                over.installEventFilter(self)
        if body is None:
            return
        shown = not self._notice.isHidden()
        if over is None:
            height = self._height(self.width())
            self.setFixedHeight(height if shown else 0)
            self._put(QRect(self.x(), self.y(), self.width(), height))
        else:
            self.setFixedHeight(0)
            width = over.width() - 2 * _EDGE_PX
            corner = over.mapTo(body, QPoint(_EDGE_PX, _EDGE_PX))
            self._put(QRect(corner.x(), corner.y(), width, self._height(width)))

    def _height(self, width: int) -> int:
        layout = self._notice.layout()
        asked = layout.totalHeightForWidth(width) if layout is not None else 0
        return max(asked, self._notice.minimumSizeHint().height())

    def _put(self, place: QRect) -> None:
        if self._notice.geometry() != place:
            self._notice.setGeometry(place)
            self._notice.raise_()
