"""Canvas: the photo with its mask over it, to look at closely and to paint on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Signal
from PySide6.QtWidgets import QWidget

from segstudio.desktop.canvas.canvas_look import CanvasLook
from segstudio.desktop.look import Look

if TYPE_CHECKING:
    from segstudio.desktop.canvas.pyramid import Pyramid
    from segstudio.desktop.tools.tool import Tool
    from segstudio.painting.points import Position
    from segstudio.painting.rect import Rect
    from segstudio.project.classes import ClassList
    from segstudio.project.masks import Mask


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
        self._look = look

    # -- what is shown

    def show_photo(self, pyramid: Pyramid | None, mask: Mask | None) -> None:
        """Show a photo and its live mask (uint8 (rows, columns), read only), or the empty surround.

        Another photo is fitted; the same pyramid again (with another mask) keeps the view.
        """

    def set_classes(self, classes: ClassList) -> None:
        """Draw the mask in the colours of these classes."""

    def mask_changed(self, rect: Rect) -> None:
        """Draw the pixels of `rect` anew: the mask has changed there, and nowhere else."""

    def set_look(self, look: CanvasLook) -> None:
        """Draw in another way."""

    @property
    def canvas_look(self) -> CanvasLook:
        """How it is drawn."""
        return CanvasLook()

    # -- the tool

    def set_tool(self, tool: Tool | None) -> None:
        """Hand pointer and keys to this tool from now on. The one before is not told: whoever chooses stops it."""

    def redraw_tool(self) -> None:
        """Draw anew what the tool draws over the photo: it has changed."""

    # -- the view

    @property
    def scale(self) -> float:
        """Screen pixels (device independent) for one photo pixel."""
        return 1.0

    @property
    def zoom(self) -> float:
        """Device pixels for one photo pixel: 1.0 is 1:1, what a status text calls 100 %."""
        return 1.0

    def to_screen(self, position: Position) -> QPointF:
        """Return where a photo position lies in this widget."""
        return QPointF(*position)

    def to_photo(self, place: QPointF) -> Position:
        """Return the photo position at a place in this widget; it may lie outside the photo."""
        return place.x(), place.y()

    def fit(self) -> None:
        """Show the whole photo; it stays whole when the window changes its size."""

    def one_to_one(self) -> None:
        """Show one pixel of the photo on one pixel of the screen, around the pointer or the middle."""

    def zoom_by(self, factor: float) -> None:
        """Zoom in (more than 1) or out, around the pointer or, when it is elsewhere, the middle."""
