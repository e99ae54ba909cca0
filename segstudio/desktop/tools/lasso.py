"""Lasso: drawn around an area in one go, then mended like a polygon."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPolygonF

from segstudio.desktop.tools.bench import Bench
from segstudio.desktop.tools.drawing import draw_faint, draw_line, fill_area, to_widget
from segstudio.desktop.tools.figure import FEWEST, Figure
from segstudio.desktop.tools.figure_tool import FigureTool
from segstudio.desktop.tools.tool import Pointer, Surface, Viewport
from segstudio.painting.points import Position
from segstudio.painting.polygon import simplified

_STEP_PX = 0.5
"""The pointer's positions (screen pixels) closer together than this are one."""

_TOLERANCE_PX = 1.5
"""How far (screen pixels) the outline that is left may lie from what the hand drew."""


class LassoTool(FigureTool):
    """Press, go around, let go: what was drawn becomes an outline with as few corners as it needs."""

    word = "Lasso"
    hint = "Drag around an area; then Return paints it · Alt: pick the class"

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench)
        self._way: list[Position] = []
        self._line = QPolygonF()  # the same, to be drawn

    def draw(self, painter: QPainter, view: Viewport) -> None:
        """Draw the way of the hand, then the outline with its handles."""
        if not self._way:
            super().draw(painter, view)
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        line, colour = to_widget(view).map(self._line), self._bench.colour(self._bench.options.value)
        fill_area(painter, line, colour)
        draw_faint(painter, QPolygonF([line.last(), line.first()]), colour)
        draw_line(painter, line, colour=colour)

    def _begin_figure(self, at: Pointer, surface: Surface) -> None:
        self._way = [at.position]
        self._line = QPolygonF([QPointF(*at.position)])
        self._show(Figure((at.position,)))

    def _on_drag(self, way: Sequence[Pointer]) -> None:
        if not self._way:
            super()._on_drag(way)
            return
        for at in way:
            if math.dist(at.position, self._way[-1]) >= _STEP_PX * at.px:
                self._way.append(at.position)
                self._line.append(QPointF(*at.position))
        self._bench.ask_for_redraw()

    def _on_release(self, at: Pointer) -> None:
        if self._way:
            way, self._way = [*self._way, at.position], []
            corners = simplified(np.array(way, dtype=np.float64), _TOLERANCE_PX * at.px)
            figure = Figure(tuple((float(x), float(y)) for x, y in corners))
            if len(set(figure.points)) < FEWEST:
                self._drop()
                self._bench.say(self.hint)
                return
            self._steps = []
            self._before_grab = figure.close()
            self._show(self._before_grab)
        super()._on_release(at)

    def _set_aside(self) -> None:
        if self._way:
            self._drop()  # half an outline drawn by hand cannot be gone on with
        super()._set_aside()

    def _drop(self) -> None:
        self._way = []
        super()._drop()
