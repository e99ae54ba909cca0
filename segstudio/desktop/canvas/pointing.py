"""Pointing: what mouse, pen and keys over the canvas do: the tool is called, or the view is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QKeyEvent, QMouseEvent, QTabletEvent, QWheelEvent

from segstudio.desktop.canvas.wheel import Turn

if TYPE_CHECKING:
    from segstudio.desktop.tools.tool import Pointer, Tool
    from segstudio.painting.points import Position

_Event = QMouseEvent | QTabletEvent
_PAN_PX = {
    Qt.Key.Key_Left: (1, 0),
    Qt.Key.Key_Right: (-1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
_ARROW_PX = 64
_TOOL_KEYS = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape, Qt.Key.Key_Backspace}


class Ground(Protocol):
    """What pointing needs of the canvas."""

    @property
    def has_photo(self) -> bool:
        """Whether there is anything to point at."""

    @property
    def scale(self) -> float:
        """Screen pixels for one photo pixel."""

    def to_photo(self, place: QPointF) -> Position:
        """Return the photo position at a place."""

    def pan(self, right: float, down: float) -> None:
        """Move the photo by screen pixels."""

    def point_at(self, position: Position | None) -> None:
        """Say what is pointed at."""

    def show_cursor(self, shape: Qt.CursorShape) -> None:
        """Show the pointer in this shape."""


class Pointing:
    """At any time one of: nothing, the tool being dragged, the photo being panned."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.tool: Tool | None = None
        self.place: QPointF | None = None
        """Where the pointer is in the canvas, None when it is elsewhere."""
        self._doing: Literal["nothing", "tool", "pan"] = "nothing"
        self._button = Qt.MouseButton.NoButton
        self._space = False
        self._pen_is_down = False
        self._modifiers = Qt.KeyboardModifier.NoModifier

    def set_tool(self, tool: Tool | None) -> None:
        """Call this tool from now on; what the one before was doing goes on no longer."""
        if self._doing == "tool":
            self._doing = "nothing"
        self.tool = tool
        self.refresh()

    def refresh(self) -> None:
        """Tell again what lies under the pointer, which may be something else without having moved."""
        self.show_cursor()
        if self.place is None or not self._ground.has_photo:
            self._ground.point_at(None)
            return
        self._ground.point_at(self._ground.to_photo(self.place))
        if self.tool is not None and self._doing == "nothing":
            self.tool.hover(None if self._space else self._pointer(self.place))

    def show_cursor(self) -> None:
        """Let the pointer's shape say what a press would do."""
        shape = Qt.CursorShape.ArrowCursor
        if self._doing == "pan":
            shape = Qt.CursorShape.ClosedHandCursor
        elif self._ground.has_photo and (self._space or self.tool is None):
            shape = Qt.CursorShape.OpenHandCursor
        elif self._ground.has_photo and self.tool is not None:
            shape = self.tool.cursor
        self._ground.show_cursor(shape)

    # -- mouse and pen

    def mouse(self, event: QMouseEvent) -> None:
        """Take a mouse event; those that repeat what a pen said are dropped."""
        if self._pen_is_down or not self._ground.has_photo:
            return
        match event.type():
            case QEvent.Type.MouseButtonPress:
                self._press(event)
            case QEvent.Type.MouseButtonDblClick:
                # In place of the second press: two quick dabs are two, whatever the tool makes of it besides.
                self._press(event)
                if self._doing == "tool" and self.tool is not None:
                    self.tool.double_click(self._pointer(event.position()))
            case QEvent.Type.MouseMove:
                self._move(event)
            case QEvent.Type.MouseButtonRelease:
                self._release(event)
            case _:
                pass

    def pen(self, event: QTabletEvent) -> None:
        """Take an event of a pen; accepted, so that Qt makes no mouse event of it."""
        event.accept()
        if event.type() == QEvent.Type.TabletRelease:
            self._pen_is_down = False  # whether there still is a photo or not: the mouse is to be heard again
        if not self._ground.has_photo:
            return
        match event.type():
            case QEvent.Type.TabletPress:
                self._pen_is_down = True
                self._press(event, event.pressure())
            case QEvent.Type.TabletMove:
                self._move(event, event.pressure() if self._pen_is_down else 1.0)
            case QEvent.Type.TabletRelease:
                self._release(event, event.pressure())
            case _:
                pass

    def leave(self) -> None:
        """The pointer left the canvas."""
        self.place = None
        self._ground.point_at(None)
        if self.tool is not None and self._doing == "nothing":
            self.tool.hover(None)

    def _press(self, event: _Event, pressure: float = 1.0) -> None:
        if self._doing != "nothing":
            return
        place, button = event.position(), event.button()
        self.place, self._modifiers = place, event.modifiers()
        if button == Qt.MouseButton.MiddleButton or (
            button == Qt.MouseButton.LeftButton and (self._space or self.tool is None)
        ):
            self._doing, self._button = "pan", button
            if self.tool is not None:
                self.tool.hover(None)
            self.show_cursor()
        elif button == Qt.MouseButton.LeftButton and self.tool is not None:
            self._doing, self._button = "tool", button
            self.tool.press(self._pointer(place, pressure))

    def _move(self, event: _Event, pressure: float = 1.0) -> None:
        if self._doing != "nothing" and not event.buttons() & self._button:
            self._end(event, pressure)  # its release went elsewhere
        before, place = self.place, event.position()
        self.place, self._modifiers = place, event.modifiers()
        if self._doing == "pan" and before is not None:
            self._ground.pan(place.x() - before.x(), place.y() - before.y())
        elif self._doing == "tool" and self.tool is not None:
            self._ground.point_at(self._ground.to_photo(place))
            self.tool.drag((self._pointer(place, pressure),))
        else:
            self._ground.point_at(self._ground.to_photo(place))
            if self.tool is not None and not self._space:
                self.tool.hover(self._pointer(place))

    def _release(self, event: _Event, pressure: float = 1.0) -> None:
        if self._doing != "nothing" and event.button() == self._button:
            self._end(event, pressure)

    def _end(self, event: _Event, pressure: float = 1.0) -> None:
        doing, self._doing = self._doing, "nothing"
        self.place, self._modifiers = event.position(), event.modifiers()
        if doing == "tool" and self.tool is not None:
            self.tool.release(self._pointer(event.position(), pressure))
        self.refresh()

    def _pointer(self, place: QPointF, pressure: float = 1.0) -> Pointer:
        from segstudio.desktop.tools.tool import Pointer

        position, px, held = self._ground.to_photo(place), 1 / self._ground.scale, self._modifiers
        if held == Qt.KeyboardModifier.NoModifier:
            return Pointer(position, pressure, px=px)
        return Pointer(
            position,
            pressure,
            shift=bool(held & Qt.KeyboardModifier.ShiftModifier),
            control=bool(held & Qt.KeyboardModifier.ControlModifier),
            alt=bool(held & Qt.KeyboardModifier.AltModifier),
            px=px,
        )

    # -- keys

    def wants(self, event: QKeyEvent) -> bool:
        """Tell whether a key is for the canvas, even where it is the shortcut of an action."""
        if not self._ground.has_photo or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        key = Qt.Key(event.key())
        return key == Qt.Key.Key_Space or key in _PAN_PX or (self.tool is not None and key in _TOOL_KEYS)

    def key_pressed(self, event: QKeyEvent) -> bool:
        """Offer a key to the tool, then to the view; returns whether it was used."""
        if not self._ground.has_photo:
            return False
        key = Qt.Key(event.key())
        if self.tool is not None and self.tool.key(key, event.modifiers()):
            return True
        if key == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._hold_space(held=True)
            return True
        if key in _PAN_PX:
            right, down = _PAN_PX[key]
            self._ground.pan(right * _ARROW_PX, down * _ARROW_PX)
            return True
        return False

    def key_released(self, event: QKeyEvent) -> bool:
        """Take the release of a key; returns whether it was used."""
        if event.key() != Qt.Key.Key_Space or not self._space:
            return False
        if not event.isAutoRepeat():
            self._hold_space(held=False)
        return True

    def keys_lost(self) -> None:
        """The keys go elsewhere from now on: none is held."""
        if self._space:
            self._hold_space(held=False)

    def _hold_space(self, *, held: bool) -> None:
        self._space = held
        self.refresh()


def turn_of(event: QWheelEvent) -> Turn:
    """Return what a wheel event says."""
    held, angle, pixels = event.modifiers(), event.angleDelta(), event.pixelDelta()
    return Turn(
        angle=(angle.x(), angle.y()),
        pixels=(pixels.x(), pixels.y()),
        control=bool(held & Qt.KeyboardModifier.ControlModifier),
        shift=bool(held & Qt.KeyboardModifier.ShiftModifier),
        touchpad=event.phase() != Qt.ScrollPhase.NoScrollPhase
        or event.device().type() == QInputDevice.DeviceType.TouchPad,
    )
