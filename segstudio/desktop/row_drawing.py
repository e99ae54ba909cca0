"""RowDelegate: what rows of lists that draw themselves have in common: one height, ground, focus, two lines of words."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from segstudio.desktop.look import Look

Index = QModelIndex | QPersistentModelIndex

_RADIUS_PX = 6


class RowDelegate(QStyledItemDelegate):
    """All rows are of one height, so that ten thousand scroll as ten do. Subclasses draw what stands in them."""

    def __init__(self, look: Look, view: QAbstractItemView, *, row_px: int) -> None:
        super().__init__(view)
        self._look = look
        self._row_px = row_px

    def sizeHint(self, option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Return the height of a row."""
        rect: QRect = getattr(option, "rect")  # noqa: B009 (the stubs do not know the fields of style options)
        return QSize(rect.width(), self._row_px)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one row."""
        rect: QRect = getattr(option, "rect")  # noqa: B009
        state: QStyle.StateFlag = getattr(option, "state")  # noqa: B009
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.draw_row(painter, rect, state, index)
        painter.restore()

    def draw_row(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag, index: Index) -> None:
        """Draw ground and content of one row."""
        raise NotImplementedError

    def draw_ground(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
        """Draw what says that a row is chosen, has the focus, or lies under the pointer."""
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        if not chosen and not state & QStyle.StateFlag.State_MouseOver:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        if chosen and state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(self._look.colour("accent"), 2))
        painter.setBrush(self._look.colour("selection" if chosen else "hover"))
        painter.drawRoundedRect(QRectF(rect).adjusted(2, 2, -2, -2), _RADIUS_PX, _RADIUS_PX)

    def draw_two_lines(
        self,
        painter: QPainter,
        room: QRect,
        first: str,
        second: str,
        *,
        apart_px: int,
        bold: bool = False,
        token: str = "text",
    ) -> None:
        """Draw a name in the colour `token` and what is told of it, each shortened in the middle, `apart_px` from line
        to line.
        """
        theme = self._look.theme
        for words, font, colour, down in (
            (first, theme.font("body", bold=bold), token, -apart_px // 2),
            (second, theme.font("caption"), "text_dim", apart_px // 2),
        ):
            painter.setFont(font)
            painter.setPen(self._look.colour(colour))
            shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideMiddle, room.width())
            painter.drawText(room.translated(0, down), Qt.AlignmentFlag.AlignVCenter, shown)
