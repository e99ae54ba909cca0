"""Canvas: the photo with its mask over it, to look at closely and to paint on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPen,
    QPicture,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from segstudio.desktop.canvas.pointing import Pointing, turn_of
from segstudio.desktop.canvas.viewer import Viewer
from segstudio.desktop.canvas.wheel import Notches, wish_of
from segstudio.desktop.look import Look

if TYPE_CHECKING:
    from segstudio.desktop.tools.tool import Tool
    from segstudio.painting.points import Position

_RING_PX = 2
_BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class Canvas(Viewer):
    """Shows one photo and hands the pointer to one tool. It changes no mask.

    `pointed_at` carries the photo position under the pointer, or None; `size_wheeled` the steps (up positive) of the
    wheel turned with Ctrl held.
    """

    pointed_at = Signal(object)
    size_wheeled = Signal(int)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(look, parent)
        self.setObjectName("canvas")
        self.setAccessibleName("Photo")
        self.setAccessibleDescription("The photo with its mask. Arrow keys move it, the wheel zooms.")
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._shows_ring = False
        self._drawn = QRect()  # where the tool's drawing is
        self._notches = Notches()
        self._pointing = Pointing(self)

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

    def draw_over(self, painter: QPainter) -> None:
        """Draw the tool's tip or outline, and the ring that says where the keys go."""
        tool = self._pointing.tool
        if tool is not None and self.has_photo:
            painter.save()
            tool.draw(painter, self)
            painter.restore()
        if self._shows_ring:
            inset = _RING_PX // 2
            pen = QPen(self._look.colour("accent"), _RING_PX)
            pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(inset, inset, -inset, -inset))

    def _tool_bounds(self) -> QRect:
        """Return where the tool draws at the moment."""
        tool = self._pointing.tool
        if tool is None or not self.has_photo:
            return QRect()
        told = tool.bounds(self)
        if told is not None:
            return told.toAlignedRect()
        picture = QPicture()  # it measures what is drawn
        painter = QPainter(picture)
        tool.draw(painter, self)
        painter.end()
        bounds = picture.boundingRect()
        return bounds.adjusted(-2, -2, 2, 2) if bounds.isValid() else QRect()

    # -- what pointing asks for

    def pointer_place(self) -> QPointF | None:
        """Return where the pointer is."""
        return self._pointing.place

    def point_at(self, position: Position | None) -> None:
        """Say what is pointed at."""
        self.pointed_at.emit(position)

    def show_cursor(self, shape: Qt.CursorShape) -> None:
        """Show the pointer in this shape."""
        if self.cursor().shape() != shape:
            self.setCursor(shape)

    def _follow_view(self) -> None:
        self._pointing.refresh()
        self._drawn = self._tool_bounds()
        super()._follow_view()

    # -- Qt's events

    def notice(self, kind: QEvent.Type, event: QEvent) -> bool:
        """Claim the keys of the canvas, and notice pinches."""
        if (
            kind == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._pointing.wants(event)
        ):
            event.accept()
            return True
        if isinstance(event, QNativeGestureEvent) and self._pinch(event):
            return True
        return super().notice(kind, event)

    def _pinch(self, event: QNativeGestureEvent) -> bool:
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self._pointing.place = event.position()
        self.zoom_by(max(1 + event.value(), 0.1))
        return True

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
