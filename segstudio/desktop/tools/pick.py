"""Pick: the class under the pointer becomes the class to paint with; then the tool before is back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QPainter

from segstudio.desktop.tools.bench import Bench
from segstudio.desktop.tools.drawing import draw_swatch
from segstudio.desktop.tools.painting_tool import PaintingTool, pick_class
from segstudio.desktop.tools.tool import Pointer, Viewport
from segstudio.painting.points import pick


class PickTool(PaintingTool):
    """Press, or drag to look around; letting go settles it."""

    hint = "Click: paint with the class under the pointer"

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._at: Pointer | None = None

    def draw(self, painter: QPainter, view: Viewport) -> None:
        """Draw the colour of the class under the pointer beside it."""
        value = None if self._at is None else self._under(self._at)
        if value is not None and self._at is not None:
            draw_swatch(painter, view.to_screen(self._at.position), self._bench.colour(value))

    def _on_press(self, at: Pointer) -> None:
        self._show(at)
        pick_class(self._bench, at.position)

    def _on_drag(self, way: Sequence[Pointer]) -> None:
        self._show(way[-1])
        pick_class(self._bench, way[-1].position)

    def _on_release(self, at: Pointer) -> None:
        if self._under(at) is not None:
            pick_class(self._bench, at.position)
            self._bench.go_back()

    def _on_hover(self, at: Pointer | None) -> None:
        self._show(at)
        value = None if at is None else self._under(at)
        if value is not None:
            self._bench.say(self._bench.class_name(value))

    def _show(self, at: Pointer | None) -> None:
        if at is not None or self._at is not None:
            self._at = at
            self._bench.ask_for_redraw()

    def _under(self, at: Pointer) -> int | None:
        surface = self._bench.surface
        return None if surface is None or surface.mask is None else pick(surface.mask, at.position)
