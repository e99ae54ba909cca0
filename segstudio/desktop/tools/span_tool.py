"""SpanTool: a figure dragged from one place to another: box and ellipse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from segstudio.desktop.tools.bench import Bench
from segstudio.desktop.tools.drawing import draw_line, fill_area, on_screen
from segstudio.desktop.tools.painting_tool import PaintingTool
from segstudio.desktop.tools.tool import Pointer, Viewport
from segstudio.painting.points import Points, Position
from segstudio.painting.polygon import regular_end
from segstudio.painting.region import Region

_STILL_PX = 3
"""A drag shorter than this (screen pixels) is a click, and a click paints nothing."""


class SpanTool(PaintingTool):
    """Shift makes both sides equal, Ctrl grows it from the middle; letting go paints it, Escape drops it."""

    word: ClassVar[str]
    """What the edit is called, before the class."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._pressed: Position = (0.0, 0.0)
        self._start: Position | None = None
        self._end: Position | None = None

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier) -> bool:
        """Escape drops the figure."""
        if key != Qt.Key.Key_Escape or self._start is None:
            return False
        self._drop()
        return True

    def stop(self) -> None:
        """Drop the figure."""
        super().stop()
        self._drop()

    def draw(self, painter: QPainter, view: Viewport) -> None:
        """Draw the figure and what it would paint."""
        span = self._span()
        if span is None or self._same_ground() is None:
            return
        colour = self._bench.colour(self._bench.options.value)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line = on_screen(self._outline(*span), view)
        fill_area(painter, line, colour)
        draw_line(painter, line, colour=colour, closed=True)

    # -- for subclasses

    def _outline(self, start: Position, end: Position) -> Points:
        """Return the line to draw."""
        raise NotImplementedError

    def _region(self, start: Position, end: Position, size: tuple[int, int]) -> Region:
        """Return what to paint."""
        raise NotImplementedError

    # -- one drag

    def _on_press(self, at: Pointer) -> None:
        surface = self._ground()
        self._drop()
        if surface is not None:
            self._mask = surface.mask
            self._start = self._pressed = at.position

    def _on_drag(self, way: Sequence[Pointer]) -> None:
        if self._start is not None:
            self._set_end(way[-1])
            self._tell_size()

    def _on_release(self, at: Pointer) -> None:
        if self._start is not None:
            self._set_end(at)
        span, surface = self._span(), self._same_ground()
        self._drop()
        if span is None or surface is None:
            return
        region = self._region(*span, self._size(surface))
        if region:
            self._paint_once(surface, self.word, (region,), self._bench.options)
        self._bench.say(self.hint)

    # -- inside

    def _set_end(self, at: Pointer) -> None:
        middle = self._pressed
        far = max(abs(at.position[0] - middle[0]), abs(at.position[1] - middle[1]))
        if self._end is None and far < _STILL_PX * at.px:
            return
        end = regular_end(middle, at.position) if at.shift else at.position
        self._start = (2 * middle[0] - end[0], 2 * middle[1] - end[1]) if at.control else middle
        self._end = end
        self._bench.ask_for_redraw()

    def _span(self) -> tuple[Position, Position] | None:
        return None if self._start is None or self._end is None else (self._start, self._end)

    def _tell_size(self) -> None:
        span = self._span()
        if span is not None:
            (x0, y0), (x1, y1) = span
            columns, rows = (abs(int(one) - int(other)) + 1 for one, other in ((x0, x1), (y0, y1)))
            self._bench.say(f"{columns} × {rows} px · Shift: equal sides · Ctrl: from the middle")

    def _drop(self) -> None:
        had, self._start, self._end = self._end, None, None
        if had is not None:
            self._bench.ask_for_redraw()
