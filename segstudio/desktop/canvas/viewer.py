"""Viewer: a photo with its mask over it, to be moved and zoomed. What lies over the two its subclass draws."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent, QTransform
from PySide6.QtWidgets import QSizePolicy, QWidget

from segstudio.desktop.canvas.canvas_look import CanvasLook
from segstudio.desktop.canvas.grid import draw_grid, shows_grid
from segstudio.desktop.canvas.view import MARGIN_PX, View
from segstudio.desktop.look import Look

if TYPE_CHECKING:
    # What brings numpy and OpenCV along is loaded with the first photo: the window is on screen before.
    from segstudio.desktop.canvas.layers import Layers
    from segstudio.desktop.canvas.pyramid import Pyramid
    from segstudio.painting.points import Position
    from segstudio.painting.rect import Rect
    from segstudio.project.classes import ClassList
    from segstudio.project.masks import Mask

_OUTLINE_PX = 2
_LITTLE_PX = 200 * 200
"""So few pixels are drawn sooner than it is said which of them need not be."""

_NOTICED = frozenset(
    {QEvent.Type.DevicePixelRatioChange, QEvent.Type.ShortcutOverride, QEvent.Type.NativeGesture}
)


class Viewer(QWidget):
    """Shows one photo and its live mask. It is told what changed; `view_changed` follows pan, zoom and size."""

    view_changed = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 150)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._look = look
        self._surround = look.colour("canvas")
        self._canvas_look = CanvasLook()
        self._classes: ClassList | None = None
        self._layers: Layers | None = None
        self._view: View | None = None
        self._ratio = self.devicePixelRatioF()
        self._is_fitting = True
        self._waiting = QRect()  # what is to be drawn anew
        look.theme.changed.connect(self._on_theme_changed)

    # -- what is shown

    def show_photo(self, pyramid: Pyramid | None, mask: Mask | None) -> None:
        """Show a photo and its live mask (uint8 (rows, columns), read only), or the empty surround.

        Another photo is fitted; the same pyramid again (with another mask) keeps the view.
        """
        from segstudio.desktop.canvas.layers import Layers

        before = self._layers.photo if self._layers is not None else None
        self._layers = None if pyramid is None else Layers(pyramid, mask)
        self._colour()
        if pyramid is None:
            self._view = None
        elif self._view is None or pyramid is not before:
            self._view = View(pyramid.size, self._room(), 1.0, (0.0, 0.0), MARGIN_PX * self._ratio).fitted()
            self._is_fitting = True
        self._follow_view()

    def set_classes(self, classes: ClassList) -> None:
        """Draw the mask in the colours of these classes."""
        self._classes = classes
        self._colour()

    def mask_changed(self, rect: Rect) -> None:
        """Draw the pixels of `rect` anew: the mask has changed there, and nowhere else."""
        if self._layers is None or self._view is None:
            return
        place, (right, down) = self._layers.change(rect, self._view), self._view.corner
        seen = QRect(place.left + right, place.top + down, place.columns, place.rows)
        self._spoil(_enlarged(seen, 1 / self._ratio))

    def set_look(self, look: CanvasLook) -> None:
        """Draw in another way."""
        if look != self._canvas_look:
            self._canvas_look = look
            self._colour()

    @property
    def canvas_look(self) -> CanvasLook:
        """How it is drawn."""
        return self._canvas_look

    @property
    def has_photo(self) -> bool:
        """Whether a photo is shown."""
        return self._view is not None

    # -- the view

    @property
    def is_whole(self) -> bool:
        """Whether the whole photo is seen, as `fit` shows it; so without a photo, too."""
        return self._view is None or self._view == self._view.fitted()

    @property
    def scale(self) -> float:
        """Screen pixels (device independent) for one photo pixel."""
        return self.zoom / self._ratio

    @property
    def zoom(self) -> float:
        """Device pixels for one photo pixel: 1.0 is 1:1, what a status text calls 100 %."""
        return self._view.scale if self._view is not None else 1.0

    def to_screen(self, position: Position) -> QPointF:
        """Return where a photo position lies in this widget."""
        x, y = position if self._view is None else self._view.to_device(position)
        return QPointF(x / self._ratio, y / self._ratio)

    def to_photo(self, place: QPointF) -> Position:
        """Return the photo position at a place in this widget; it may lie outside the photo."""
        at = place.x() * self._ratio, place.y() * self._ratio
        return at if self._view is None else self._view.to_photo(at)

    def fit(self) -> None:
        """Show the whole photo; it stays whole when the window changes its size."""
        if self._view is not None:
            self._put(self._view.fitted(), is_fitting=True)

    def one_to_one(self) -> None:
        """Show one pixel of the photo on one pixel of the screen, around the pointer or the middle."""
        if self._view is not None:
            self._put(self._view.zoomed(1.0, self._anchor()))

    def zoom_by(self, factor: float) -> None:
        """Zoom in (more than 1) or out, around the pointer or, when it is elsewhere, the middle."""
        if self._view is not None:
            closer = self._view.stepped(factor, self._anchor())
            self._put(closer, is_fitting=closer == self._view.fitted())

    def pan(self, right: float, down: float) -> None:
        """Move the photo by so many screen pixels."""
        if self._view is not None:
            self._put(self._view.panned(right * self._ratio, down * self._ratio))

    # -- for the subclass

    def pointer_place(self) -> QPointF | None:
        """Return where the pointer is in this widget, None when it is elsewhere."""
        return None

    def draw_over(self, painter: QPainter) -> None:
        """Draw what lies over photo and mask, in the widget's coordinates."""

    def _follow_view(self) -> None:
        """Draw another part of the photo, and say so."""
        self.update()
        self.view_changed.emit()

    def _spoil(self, rect: QRect) -> None:
        """Let a part be drawn anew: as one with what else waits when they lie close, for that is quicker."""
        both = self._waiting.united(rect)
        if _area(both) <= max(1.5 * (_area(self._waiting) + _area(rect)), _LITTLE_PX):
            self._waiting = rect = both
        self.update(rect)

    # -- inside

    def _anchor(self) -> Position:
        place = self.pointer_place()
        if place is None:
            width, height = self._room()
            return width / 2, height / 2
        return place.x() * self._ratio, place.y() * self._ratio

    def _room(self) -> tuple[int, int]:
        return round(self.width() * self._ratio), round(self.height() * self._ratio)

    def _put(self, view: View, *, is_fitting: bool = False) -> None:
        self._is_fitting = is_fitting
        if view != self._view:
            self._view = view
            self._follow_view()

    def _colour(self) -> None:
        if self._layers is not None and self._classes is not None:
            line_px = max(round(_OUTLINE_PX * self._ratio), 1)
            self._layers.colour(self._classes, self._canvas_look, line_px=line_px)
        self.update()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._surround = self._look.colour("canvas")
        self.update()

    # -- drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is exposed: surround, photo, mask, grid, and what lies over them."""
        self._waiting = QRect()
        painter = QPainter(self)
        ratio = painter.deviceTransform().m11()
        exposed = cast("Iterable[QRect]", event.region())  # it can be walked through, whatever its type says
        self._draw_photo(painter, ratio, [_enlarged(rect, ratio) for rect in exposed])
        self.draw_over(painter)

    def _draw_photo(self, painter: QPainter, ratio: float, exposed: list[QRect]) -> None:
        """Draw on device pixels, so that nothing is scaled; `ratio` is another than ours on another device."""
        base = painter.deviceTransform()
        onto_pixels = QTransform.fromTranslate(round(base.dx()), round(base.dy()))
        painter.setWorldTransform(onto_pixels * base.inverted()[0])
        view = self._view
        if view is not None and ratio != self._ratio:
            view = view.on(ratio / self._ratio)
        photo = QRect() if view is None else QRect(*view.corner, *view.extent)
        for rect in exposed:
            if not photo.contains(rect):
                painter.fillRect(rect, self._surround)
        if view is not None and self._layers is not None:
            self._layers.paint(painter, view, exposed)
            if self._canvas_look.pixel_grid and shows_grid(view, ratio):
                for rect in exposed:
                    draw_grid(painter, view, rect)
        painter.resetTransform()

    # -- Qt's events

    def event(self, event: QEvent) -> bool:
        """Take what Qt has no method for."""
        kind = event.type()
        if kind in _NOTICED and self.notice(kind, event):
            return True
        return super().event(event)

    def notice(self, kind: QEvent.Type, _event: QEvent) -> bool:
        """Notice another screen; returns whether the event needs nothing else."""
        if kind == QEvent.Type.DevicePixelRatioChange:
            self._take_ratio()
        return False

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Keep in the middle what was there, or the whole photo in view."""
        if self._view is not None:
            view = self._view.resized(self._room(), was_fitting=self._is_fitting)
            self._put(view, is_fitting=self._is_fitting)

    def sizeHint(self) -> QSize:
        """Return a size at which work is possible."""
        return QSize(800, 600)

    def _take_ratio(self) -> None:
        before, self._ratio = self._ratio, self.devicePixelRatioF()
        if self._view is not None and before != self._ratio:
            self._colour()
            moved = self._view.on(self._ratio / before).resized(self._room(), was_fitting=self._is_fitting)
            self._put(moved, is_fitting=self._is_fitting)


def _area(rect: QRect) -> int:
    return rect.width() * rect.height()


def _enlarged(rect: QRect, factor: float) -> QRect:
    """Return the smallest rectangle of whole pixels that holds `rect` times `factor`."""
    if factor == 1 or rect.isEmpty():
        return rect
    left, top = math.floor(rect.left() * factor), math.floor(rect.top() * factor)
    right, bottom = math.ceil((rect.right() + 1) * factor), math.ceil((rect.bottom() + 1) * factor)
    return QRect(left, top, right - left, bottom - top)
