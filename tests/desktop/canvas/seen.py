"""What tests see of a canvas: its pixels, what a tool was told, and mouse, wheel and pen events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPointingDevice, QTabletEvent, QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget

from segstudio.desktop.tools.tool import Pointer, Tool, Viewport
from segstudio.painting.points import Position

Colours = npt.NDArray[np.uint8]
"""uint8 (rows, columns, 3), RGB."""

SURROUND = (0x77, 0x77, 0x77)
NONE = Qt.MouseButton.NoButton
LEFT = Qt.MouseButton.LeftButton
MIDDLE = Qt.MouseButton.MiddleButton
FREE = Qt.KeyboardModifier.NoModifier


def pixels_of(image: QImage) -> Colours:
    """Return the colours of an image."""
    shown = image.convertToFormat(QImage.Format.Format_RGB32)
    raw = np.frombuffer(shown.constBits(), dtype=np.uint8).reshape(shown.height(), shown.width(), 4)
    return raw[..., 2::-1].copy()


def seen(widget: QWidget, *, ratio: float = 1.0) -> Colours:
    """Return what the widget draws, all of it anew, on a device with `ratio` pixels for one of its own."""
    image = QImage(round(widget.width() * ratio), round(widget.height() * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(QColor("magenta"))
    widget.render(image)
    return pixels_of(image)


@dataclass
class Recorder(Tool):
    """A tool that notes what it is told, and draws a square around the pointer."""

    told: list[tuple[str, object]] = field(default_factory=list)
    uses: frozenset[Qt.Key] = frozenset()
    at: Position | None = None

    def press(self, at: Pointer) -> None:
        self.told.append(("press", at))

    def drag(self, way: Sequence[Pointer]) -> None:
        self.told += [("drag", at) for at in way]

    def release(self, at: Pointer) -> None:
        self.told.append(("release", at))

    def double_click(self, at: Pointer) -> None:
        self.told.append(("double", at))

    def hover(self, at: Pointer | None) -> None:
        self.told.append(("hover", at))

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
        self.told.append(("key", key))
        return key in self.uses

    def draw(self, painter: QPainter, view: Viewport) -> None:
        if self.at is not None:
            painter.fillRect(QRectF(view.to_screen(self.at), view.to_screen(self.at) + QPointF(9, 9)), "red")

    @property
    def words(self) -> list[str]:
        """What it was told, without where."""
        return [word for word, _ in self.told]

    def positions(self, word: str) -> list[Position]:
        """Where it was told something."""
        return [at.position for told, at in self.told if told == word and isinstance(at, Pointer)]


def mouse(
    widget: QWidget,
    kind: QEvent.Type,
    place: QPointF,
    *,
    button: Qt.MouseButton = NONE,
    held: Qt.MouseButton = NONE,
    modifiers: Qt.KeyboardModifier = FREE,
) -> None:
    """Send one mouse event."""
    event = QMouseEvent(kind, place, widget.mapToGlobal(place), button, held, modifiers)
    QApplication.sendEvent(widget, event)


def press(
    widget: QWidget, place: QPointF, button: Qt.MouseButton = LEFT, modifiers: Qt.KeyboardModifier = FREE
) -> None:
    """Press a button."""
    mouse(widget, QEvent.Type.MouseButtonPress, place, button=button, held=button, modifiers=modifiers)


def move(
    widget: QWidget, place: QPointF, held: Qt.MouseButton = NONE, modifiers: Qt.KeyboardModifier = FREE
) -> None:
    """Move the mouse."""
    mouse(widget, QEvent.Type.MouseMove, place, held=held, modifiers=modifiers)


def release(widget: QWidget, place: QPointF, button: Qt.MouseButton = LEFT) -> None:
    """Let a button go."""
    mouse(widget, QEvent.Type.MouseButtonRelease, place, button=button)


def wheel(
    widget: QWidget,
    place: QPointF,
    angle: QPoint,
    *,
    pixels: QPoint | None = None,
    modifiers: Qt.KeyboardModifier = FREE,
    phase: Qt.ScrollPhase = Qt.ScrollPhase.NoScrollPhase,
) -> None:
    """Turn the wheel, or move two fingers."""
    event = QWheelEvent(
        place, widget.mapToGlobal(place), pixels or QPoint(), angle, NONE, modifiers, phase, False
    )
    QApplication.sendEvent(widget, event)


def pen(widget: QWidget, kind: QEvent.Type, place: QPointF, pressure: float) -> QTabletEvent:
    """Send one event of a pen; returns it as it came back."""
    button = NONE if kind == QEvent.Type.TabletMove else LEFT
    held = NONE if kind == QEvent.Type.TabletRelease else LEFT
    event = QTabletEvent(
        kind,
        QPointingDevice.primaryPointingDevice(),
        place,
        widget.mapToGlobal(place),
        pressure,
        0,
        0,
        0,
        0,
        0,
        FREE,
        button,
        held,
    )
    QApplication.sendEvent(widget, event)
    return event
