"""What tools paint on in these tests: the real mask editor with a photo, and a view of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QImage, QPainter

from segstudio.desktop.tools.tool import Pointer, Tool
from segstudio.painting.editor import MaskEditor
from segstudio.painting.lazy_copy import LazyCopy
from segstudio.painting.points import Position
from segstudio.painting.region import Region
from segstudio.painting.rules import Rule
from segstudio.project.images import RgbImage
from segstudio.project.masks import Mask


class Ground:
    """A surface; `fails` makes the next paint raise after it has painted."""

    def __init__(self, mask: Mask, photo: RgbImage | None = None) -> None:
        self.editor = MaskEditor(mask)
        self.pixels = np.zeros((*mask.shape, 3), dtype=np.uint8) if photo is None else photo
        self.can_paint = True
        self.place: str | None = "1.jpg"
        self.fails = False

    @classmethod
    def of(cls, rows: int, columns: int, value: int = 255) -> Ground:
        return cls(np.full((rows, columns), value, dtype=np.uint8))

    @property
    def photo(self) -> RgbImage | None:
        return self.pixels

    @property
    def mask(self) -> Mask | None:
        return self.editor.mask

    def mask_as_now(self) -> LazyCopy | None:
        return self.editor.as_now()

    def begin(self, label: str) -> None:
        self.editor.begin(label)

    def paint(self, *regions: Region, value: int, rule: Rule) -> None:
        self.editor.paint(*regions, value=value, rule=rule)
        if self.fails:
            raise MemoryError("no memory left")

    def commit(self) -> None:
        self.editor.commit()

    def abort(self) -> None:
        self.editor.abort()

    @property
    def labels(self) -> list[str]:
        return [edit.label for edit in self.editor.history.undo_edits]

    def painted(self, value: int) -> set[tuple[int, int]]:
        """Return (row, column) of the pixels of this value."""
        return {(int(row), int(column)) for row, column in np.argwhere(self.editor.mask == value)}


@dataclass(frozen=True)
class View:
    """A viewport at a scale, moved by a corner."""

    scale: float = 1.0
    corner: tuple[float, float] = (0.0, 0.0)

    def to_screen(self, position: Position) -> QPointF:
        return QPointF(position[0] * self.scale + self.corner[0], position[1] * self.scale + self.corner[1])


def at(x: float, y: float, *held: str, pressure: float = 1.0, px: float = 1.0) -> Pointer:
    """Return the pointer at (x, y), keys held."""
    return Pointer(
        (x, y), pressure, shift="shift" in held, control="control" in held, alt="alt" in held, px=px
    )


def click(tool: Tool, *places: Pointer) -> None:
    for place in places:
        tool.hover(place)
        tool.press(place)
        tool.release(place)


def double_click(tool: Tool, place: Pointer) -> None:
    """Do what the canvas does when Qt tells of a double click."""
    click(tool, place)
    tool.press(place)
    tool.double_click(place)
    tool.release(place)


def stroke(tool: Tool, places: Sequence[Pointer]) -> None:
    """Press at the first place, drag through the others one by one, let go at the last."""
    tool.press(places[0])
    for place in places[1:]:
        tool.drag([place])
    tool.release(places[-1])


def drawn(tool: Tool, view: View) -> QImage:
    """Return what a tool draws over the canvas."""
    image = QImage(300, 200, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    try:
        tool.draw(painter, view)
    finally:
        painter.end()
    return image
