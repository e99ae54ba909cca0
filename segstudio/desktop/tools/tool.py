"""Tool: what the canvas calls when the pointer moves over the photo, and what a tool paints on."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from segstudio.painting.lazy_copy import LazyCopy
from segstudio.painting.points import Position
from segstudio.painting.region import Region
from segstudio.painting.rules import Rule
from segstudio.project.images import RgbImage
from segstudio.project.masks import Mask


@dataclass(frozen=True, slots=True)
class Pointer:
    """Where the pointer is: (x, y) in pixels of the photo, perhaps outside it; `pressure` 0–1, 1 for a mouse.

    `px` is how many photo pixels one pixel of the screen is, for distances that a hand can hit.
    """

    position: Position
    pressure: float = 1.0
    shift: bool = False
    control: bool = False
    alt: bool = False
    px: float = 1.0


class Surface(Protocol):
    """What a tool paints on: the photo that is open, and one edit at a time. In the GUI thread."""

    @property
    def photo(self) -> RgbImage | None:
        """The photo's pixels, uint8 (rows, columns, 3), or None while none is open."""

    @property
    def mask(self) -> Mask | None:
        """The live mask, to be read only."""

    @property
    def can_paint(self) -> bool:
        """Whether a photo is open for painting."""

    @property
    def place(self) -> Hashable | None:
        """What tells the photo that is open from all others, also when it is opened anew."""

    def mask_as_now(self) -> LazyCopy | None:
        """Return the mask as it is at this moment, to be read in a worker while painting goes on."""

    def begin(self, label: str) -> None:
        """Open an edit."""

    def paint(self, *regions: Region, value: int, rule: Rule) -> None:
        """Paint into the edit that is open; the canvas follows at once."""

    def commit(self) -> None:
        """Close the edit: one step of undo."""

    def abort(self) -> None:
        """Take the edit that is open back."""


class Viewport(Protocol):
    """How a photo position becomes a place on the screen, for what a tool draws over the canvas."""

    @property
    def scale(self) -> float:
        """Screen pixels (device independent) for one photo pixel."""

    def to_screen(self, position: Position) -> QPointF:
        """Return where a photo position lies in the canvas widget."""


class Tool:
    """One tool. The canvas calls it; it paints on the surface and says when its drawing changed.

    Every method may be called at any time; what a tool does not need it leaves as it is here.
    """

    cursor: Qt.CursorShape = Qt.CursorShape.CrossCursor
    hint: str = ""
    """What the tool waits for while nothing is begun, in one line."""

    @property
    def advice(self) -> str:
        """What can be done now, in one line."""
        return self.hint

    @property
    def is_pressed(self) -> bool:
        """Whether something goes on until the button comes up."""
        return False

    def press(self, at: Pointer) -> None:
        """The left button went down."""

    def drag(self, way: Sequence[Pointer]) -> None:
        """The pointer moved with the button down: all positions since the last call, oldest first."""

    def release(self, at: Pointer) -> None:
        """The button came up."""

    def double_click(self, at: Pointer) -> None:
        """The button was pressed twice."""

    def hover(self, at: Pointer | None) -> None:
        """The pointer moved with no button down; None: it left the canvas."""

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
        """A key was pressed over the canvas; returns whether the tool used it (Return, Escape, Backspace …)."""
        return False

    def finish(self) -> None:
        """Another tool is chosen: paint what is complete; what is half made may wait for the tool's return."""

    def stop(self) -> None:
        """Drop what is not committed."""

    def put_aside(self) -> None:
        """Another photo is shown: drop what is not committed, or let it wait for the photo's return."""
        self.stop()

    def take_up(self) -> None:
        """A photo is shown: go on with what waited for it."""

    def take_back(self) -> bool:
        """Undo was asked: take back the last step of what is not committed; False when there is no such thing."""
        return False

    def options_changed(self) -> None:
        """What to paint, or how, may be another: it was changed, or the tool is chosen again."""

    def bounds(self, view: Viewport) -> QRectF | None:
        """Return a rectangle around what `draw` draws at the moment; None: it is found out by measuring a drawing."""
        return None

    def draw(self, painter: QPainter, view: Viewport) -> None:
        """Draw over the canvas, in its widget's coordinates: the tip's outline, the polygon being made."""
