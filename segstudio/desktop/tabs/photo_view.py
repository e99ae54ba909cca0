"""PhotoView: one photo as large as fits, with its mask laid over it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from segstudio.desktop.look import Look
from segstudio.desktop.pictures import PhotoPicture

_MARGIN_PX = 16


class PhotoView(QWidget):
    """Draws a PhotoPicture on the neutral grey of the canvas."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("photo_view")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 150)
        self._look = look
        self._picture: PhotoPicture | None = None
        self._shows_mask = True
        self._opacity = 0.5

    @property
    def picture(self) -> PhotoPicture | None:
        """What is drawn."""
        return self._picture

    def show_picture(self, picture: PhotoPicture | None) -> None:
        """Draw another picture, or none."""
        self._picture = picture
        self.update()

    def show_mask(self, shown: bool) -> None:
        """Lay the mask over the photo, or leave the photo alone."""
        self._shows_mask = shown
        self.update()

    def set_opacity(self, opacity: float) -> None:
        """Lay the mask over with this opacity, 0–1."""
        self._opacity = opacity
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw ground, photo and mask."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._look.colour("canvas"))
        picture = self._picture
        if picture is None or picture.photo is None:
            return
        room = self.rect().adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        place = _fitted(picture.photo, room)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, picture.photo)
        if picture.mask is not None and self._shows_mask:
            painter.setOpacity(self._opacity)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            painter.drawImage(place, picture.mask)


def _fitted(image: QImage, room: QRect) -> QRect:
    """Return the largest place of the image's shape in the middle of `room`."""
    size = image.size().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRect(QPoint(0, 0), size)
    place.moveCenter(room.center())
    return place
