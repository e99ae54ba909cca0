"""NoticePlace: where the notice bar lies: over the upper edge of the page, so that nothing below it ever moves."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from segstudio.desktop.tabs.tab import HoldsStill
from segstudio.desktop.widgets.notice_bar import NoticeBar

_EDGE_PX = 8
_WIDEST_PX = 880
_MOVING = frozenset(
    {
        *(QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.LayoutRequest),
        *(QEvent.Type.ShowToParent, QEvent.Type.HideToParent, QEvent.Type.Show, QEvent.Type.Hide),
    }
)


class NoticePlace(QObject):
    """Keeps the notice where it belongs: in the middle of the page's upper edge, or of a part that the page names."""

    def __init__(self, notice: NoticeBar, pages: QStackedWidget, body: QWidget) -> None:
        super().__init__(body)
        self._notice, self._pages, self._body = notice, pages, body
        self._over: QWidget | None = None
        for widget in (body, notice, pages):
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
        over = (page.still_part() if isinstance(page, HoldsStill) else None) or self._pages
        if over is not self._over:
            if self._over is not None and self._over is not self._pages:
                self._over.removeEventFilter(self)
            self._over = over
            over.installEventFilter(self)
        width = min(over.width() - 2 * _EDGE_PX, _WIDEST_PX)
        self._notice.fit(width)
        corner = over.mapTo(self._body, QPoint((over.width() - width) // 2, _EDGE_PX))
        place = QRect(corner.x(), corner.y(), width, self._height(width))
        if self._notice.geometry() != place:
            self._notice.setGeometry(place)
            self._notice.raise_()

    def _height(self, width: int) -> int:
        layout = self._notice.layout()
        asked = layout.totalHeightForWidth(width) if layout is not None else 0
        return max(asked, self._notice.minimumSizeHint().height())
