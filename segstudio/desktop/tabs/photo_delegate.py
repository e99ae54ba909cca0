"""PhotoDelegate: draws a row of the photo list: thumbnail, name, status."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QListView, QStyle

from segstudio.desktop.look import Look
from segstudio.desktop.row_drawing import Index, RowDelegate
from segstudio.desktop.tabs.photo_model import PAINTER_ROLE, PHOTO_ROLE, PROBLEM_ROLE, THUMBNAIL, TOLD_ROLE
from segstudio.project.photos import Photo

_MARGIN_PX = 6
_ICON_PX = 16
_BETWEEN_LINES_PX = 20
_STATUS_ICONS = {
    "done": ("check", "good"),
    "checked": ("check-double", "good"),
    "doing": ("annotate", "warn"),
}


class PhotoDelegate(RowDelegate):
    """Rows are as high as a thumbnail with its margins. Thumbnails come at the pixels of the screen: none is scaled here."""

    def __init__(self, look: Look, view: QListView) -> None:
        super().__init__(look, view, row_px=THUMBNAIL.height() + 2 * _MARGIN_PX)

    def draw_row(self, painter: QPainter, rect: QRect, state: QStyle.StateFlag, index: Index) -> None:
        """Draw thumbnail, name and status."""
        photo = index.data(PHOTO_ROLE)
        if not isinstance(photo, Photo):
            return
        self.draw_ground(painter, rect, state)
        box = QRect(rect.topLeft() + QPoint(_MARGIN_PX, _MARGIN_PX), THUMBNAIL)
        self._draw_thumbnail(painter, box, index)
        icon_box = QRect(
            rect.right() - _ICON_PX - 8, rect.center().y() - _ICON_PX // 2 + 1, _ICON_PX, _ICON_PX
        )
        is_broken = bool(index.data(PROBLEM_ROLE))
        if is_broken or photo.damage:
            self._look.icon("warning", "warn").paint(painter, icon_box)
        elif index.data(PAINTER_ROLE):
            self._look.icon("brush", "accent").paint(painter, icon_box)
        elif photo.status in _STATUS_ICONS:
            self._look.icon(*_STATUS_ICONS[photo.status]).paint(painter, icon_box)
        left = box.right() + 1 + 10
        room = QRect(left, rect.top(), icon_box.left() - 8 - left, rect.height())
        self.draw_two_lines(painter, room, photo.key, index.data(TOLD_ROLE), apart_px=_BETWEEN_LINES_PX)

    def _draw_thumbnail(self, painter: QPainter, box: QRect, index: Index) -> None:
        picture = index.data(Qt.ItemDataRole.DecorationRole)
        if isinstance(picture, QPixmap):
            place = QRect(QPoint(0, 0), picture.deviceIndependentSize().toSize())
            place.moveCenter(box.center())
            painter.drawPixmap(place.topLeft(), picture)
            return
        painter.fillRect(box, self._look.colour("hover"))
        self._look.icon("photo", "text_dim").paint(painter, box.adjusted(24, 15, -24, -15))
