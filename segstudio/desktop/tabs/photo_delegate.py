"""PhotoDelegate: draws a row of the photo list: thumbnail, name, status."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from segstudio.desktop.look import Look
from segstudio.desktop.tabs.photo_model import PHOTO_ROLE, PROBLEM_ROLE, THUMBNAIL, told
from segstudio.project.photos import Photo

_MARGIN_PX = 6
_ROW_PX = THUMBNAIL.height() + 2 * _MARGIN_PX
_ICON_PX = 16
_STATUS_ICONS = {
    "done": ("check", "good"),
    "checked": ("check-double", "good"),
    "doing": ("annotate", "warn"),
}


class PhotoDelegate(QStyledItemDelegate):
    """All rows are of one height, so that ten thousand scroll as ten do."""

    def __init__(self, look: Look, parent: QListView) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Every row is as high as a thumbnail with its margins."""
        rect: QRect = getattr(option, "rect")  # noqa: B009 (the stubs do not know the fields of style options)
        return QSize(rect.width(), _ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one row."""
        photo = index.data(PHOTO_ROLE)
        if not isinstance(photo, Photo):
            return
        rect: QRect = getattr(option, "rect")  # noqa: B009
        state: QStyle.StateFlag = getattr(option, "state")  # noqa: B009
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._draw_ground(painter, rect, state)
        box = QRect(rect.topLeft() + QPoint(_MARGIN_PX, _MARGIN_PX), THUMBNAIL)
        self._draw_thumbnail(painter, box, index)
        icon_box = QRect(
            rect.right() - _ICON_PX - 8, rect.center().y() - _ICON_PX // 2 + 1, _ICON_PX, _ICON_PX
        )
        if photo.status in _STATUS_ICONS:
            self._look.icon(*_STATUS_ICONS[photo.status]).paint(painter, icon_box)
        left = box.right() + 1 + 10
        self._draw_words(painter, QRect(left, rect.top(), icon_box.left() - 8 - left, rect.height()), photo)
        painter.restore()

    def _draw_ground(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(Qt.PenStyle.NoPen)
            if selected and state & QStyle.StateFlag.State_HasFocus:
                painter.setPen(QPen(self._look.colour("accent"), 2))
            painter.setBrush(self._look.colour("selection" if selected else "hover"))
            painter.drawRoundedRect(QRectF(rect).adjusted(2, 2, -2, -2), 6, 6)

    def _draw_thumbnail(
        self, painter: QPainter, box: QRect, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        picture = index.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(picture, QPixmap):
            size = picture.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(QPoint(0, 0), size)
            place.moveCenter(box.center())
            painter.drawPixmap(place, picture)
            return
        painter.fillRect(box, self._look.colour("hover"))
        name = "warning" if index.data(PROBLEM_ROLE) else "photo"
        self._look.icon(name, "text_dim").paint(painter, box.adjusted(24, 15, -24, -15))

    def _draw_words(self, painter: QPainter, room: QRect, photo: Photo) -> None:
        theme = self._look.theme
        for words, font, colour, shift in (
            (photo.key, theme.font("body"), "text", -10),
            (told(photo), theme.font("caption"), "text_dim", 10),
        ):
            painter.setFont(font)
            painter.setPen(self._look.colour(colour))
            shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideMiddle, room.width())
            painter.drawText(room.translated(0, shift), Qt.AlignmentFlag.AlignVCenter, shown)
