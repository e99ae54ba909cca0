"""Canvas: the photo with its mask over it, to look at closely and to paint on."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QPointF, QRect, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPicture,
    QRegion,
    QResizeEvent,
    QTabletEvent,
    QTransform,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from segstudio.desktop.canvas.canvas_look import CanvasLook
from segstudio.desktop.canvas.grid import draw_grid, shows_grid
from segstudio.desktop.canvas.pointing import Pointing, turn_of
from segstudio.desktop.canvas.view import MARGIN_PX, View
from segstudio.desktop.canvas.wheel import Notches, wish_of
from segstudio.desktop.look import Look

if TYPE_CHECKING:
    # What brings numpy and OpenCV along is loaded with the first photo: the window is on screen before.
    from segstudio.desktop.canvas.layers import Layers
    from segstudio.desktop.canvas.pyramid import Pyramid
    from segstudio.desktop.tools.tool import Tool
    from segstudio.painting.points import Position
    from segstudio.painting.rect import Rect
    from segstudio.project.classes import ClassList
    from segstudio.project.masks import Mask

_OUTLINE_PX = 2
_LITTLE_PX = 200 * 200
_RING_PX = 2
_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class Canvas(QWidget):
    """Shows one photo and hands the pointer to one tool. It changes no mask: it is told what changed.

    `view_changed` follows pan, zoom and size; `pointed_at` carries the photo position under the pointer, or None;
    `size_wheeled` the steps (up positive) of the wheel turned with Ctrl held.
    """

    view_changed = Signal()
    pointed_at = Signal(object)
    size_wheeled = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("canvas")
        self.setAccessibleName("Photo")
        self.setAccessibleDescription("The photo with its mask. Arrow keys move it, the wheel zooms.")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 150)
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._look = look
        self._canvas_look = CanvasLook()
        self._classes: ClassList | None = None
        self._layers: Layers | None = None
        self._view: View | None = None
        self._ratio = self.devicePixelRatioF()
        self._is_fitting = True
        self._shows_ring = False
        self._drawn = QRect()  # where the tool's drawing is
        self._waiting = QRect()  # what is to be drawn anew
        self._notches = Notches()
        self._pointing = Pointing(self)
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

    # -- the tool

    def set_tool(self, tool: Tool | None) -> None:
        """Hand pointer and keys to this tool from now on. The one before is not told: whoever chooses stops it."""
        self._pointing.set_tool(tool)
        self.redraw_tool()

    def redraw_tool(self) -> None:
        """Draw anew what the tool draws over the photo: it has changed."""
        self._pointing.show_cursor()
        before, self._drawn = self._drawn, self._tool_bounds()
        self._spoil(before)
        self._spoil(self._drawn)

    # -- the view

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

    def _anchor(self) -> Position:
        place = self._pointing.place
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

    def _follow_view(self) -> None:
        self._pointing.refresh()
        self._drawn = self._tool_bounds()
        self.update()
        self.view_changed.emit()

    # -- drawing

    def _spoil(self, rect: QRect) -> None:
        """Let a part be drawn anew: as one with what else waits when they lie close, for that is quicker."""
        both = self._waiting.united(rect)
        if _area(both) <= max(1.5 * (_area(self._waiting) + _area(rect)), _LITTLE_PX):
            self._waiting = rect = both
        self.update(rect)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is exposed: surround, photo, mask, grid, and what the tool draws over it."""
        self._waiting = QRect()
        painter = QPainter(self)
        ratio = painter.deviceTransform().m11()
        self._draw_photo(painter, ratio, [_enlarged(rect, ratio) for rect in _rects(event.region())])
        tool = self._pointing.tool
        if tool is not None and self.has_photo:
            painter.save()
            tool.draw(painter, self)
            painter.restore()
        if self._shows_ring:
            inset = _RING_PX // 2
            painter.setPen(QPen(self._look.colour("accent"), _RING_PX))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(inset, inset, -inset, -inset))

    def _draw_photo(self, painter: QPainter, ratio: float, exposed: list[QRect]) -> None:
        """Draw on device pixels, so that nothing is scaled; `ratio` is another than ours on another device."""
        base = painter.deviceTransform()
        onto_pixels = QTransform.fromTranslate(round(base.dx()), round(base.dy()))
        painter.setWorldTransform(onto_pixels * base.inverted()[0])
        surround = self._look.colour("canvas")
        view = (
            self._view if self._view is None or ratio == self._ratio else self._view.on(ratio / self._ratio)
        )
        photo = QRect() if view is None else QRect(*view.corner, *view.extent)
        for rect in exposed:
            if not photo.contains(rect):
                painter.fillRect(rect, surround)
        if view is not None and self._layers is not None:
            self._layers.paint(painter, view, exposed)
            if self._canvas_look.pixel_grid and shows_grid(view, ratio):
                for rect in exposed:
                    draw_grid(painter, view, rect)
        painter.resetTransform()

    def _tool_bounds(self) -> QRect:
        """Return where the tool draws at the moment."""
        tool = self._pointing.tool
        if tool is None or not self.has_photo:
            return QRect()
        picture = QPicture()  # it measures what is drawn
        painter = QPainter(picture)
        tool.draw(painter, self)
        painter.end()
        bounds = picture.boundingRect()
        return bounds.adjusted(-2, -2, 2, 2) if bounds.isValid() else QRect()

    def _colour(self) -> None:
        if self._layers is not None and self._classes is not None:
            self._layers.colour(
                self._classes, self._canvas_look, line_px=max(round(_OUTLINE_PX * self._ratio), 1)
            )
        self.update()

    @Slot()
    def _on_theme_changed(self) -> None:
        self.update()

    # -- Qt's events

    def event(self, event: QEvent) -> bool:
        """Claim the keys of the canvas, and notice pinches and other screens."""
        match event.type():
            case QEvent.Type.ShortcutOverride if isinstance(event, QKeyEvent) and self._pointing.wants(event):
                event.accept()
                return True
            case QEvent.Type.NativeGesture if isinstance(event, QNativeGestureEvent):
                if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                    self.zoom_by(1 + event.value())
                    return True
            case QEvent.Type.DevicePixelRatioChange:
                self._take_ratio()
            case _:
                pass
        return super().event(event)

    def _take_ratio(self) -> None:
        before, self._ratio = self._ratio, self.devicePixelRatioF()
        if self._view is not None and before != self._ratio:
            self._colour()
            moved = self._view.on(self._ratio / before).resized(self._room(), was_fitting=self._is_fitting)
            self._put(moved, is_fitting=self._is_fitting)

    def resizeEvent(self, _event: QResizeEvent) -> None:
        """Keep in the middle what was there, or the whole photo in view."""
        if self._view is not None:
            view = self._view.resized(self._room(), was_fitting=self._is_fitting)
            self._put(view, is_fitting=self._is_fitting)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Press."""
        self._pointing.mouse(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Press a second time."""
        self._pointing.mouse(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move."""
        self._pointing.mouse(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._pointing.mouse(event)

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Press, move or lift a pen."""
        self._pointing.pen(event)

    def leaveEvent(self, _event: QEvent) -> None:
        """Nothing is pointed at."""
        self._pointing.leave()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom, pan, or change the tool's size."""
        event.accept()
        if self._view is None:
            return
        wish = wish_of(turn_of(event))
        if wish.kind == "size":
            if steps := self._notches.add(wish.notches):
                self.size_wheeled.emit(steps)
        elif wish.kind == "pan":
            self.pan(*wish.by)
        else:
            self._pointing.place = event.position()
            self.zoom_by(wish.factor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Offer a key to the tool, then to the view."""
        if not self._pointing.key_pressed(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let go of a key."""
        if not self._pointing.key_released(event):
            super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that the keys come here, to those who use them."""
        self._shows_ring = event.reason() in _BY_KEYBOARD
        self.update()

    def focusOutEvent(self, _event: QFocusEvent) -> None:
        """The keys go elsewhere."""
        self._shows_ring = False
        self._pointing.keys_lost()
        self.update()

    def point_at(self, position: Position | None) -> None:
        """Say what is pointed at."""
        self.pointed_at.emit(position)

    def show_cursor(self, shape: Qt.CursorShape) -> None:
        """Show the pointer in this shape."""
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    def sizeHint(self) -> QSize:
        """Return a size at which work is possible."""
        return QSize(800, 600)


def _rects(region: QRegion) -> Iterable[QRect]:
    return cast("Iterable[QRect]", region)  # it can be walked through, whatever its type says


def _area(rect: QRect) -> int:
    return rect.width() * rect.height()


def _enlarged(rect: QRect, factor: float) -> QRect:
    """Return the smallest rectangle of whole pixels that holds `rect` times `factor`."""
    if factor == 1 or rect.isEmpty():
        return rect
    left, top = math.floor(rect.left() * factor), math.floor(rect.top() * factor)
    right, bottom = math.ceil((rect.right() + 1) * factor), math.ceil((rect.bottom() + 1) * factor)
    return QRect(left, top, right - left, bottom - top)
