"""Polygon: corner by corner, closed, mended, painted."""

from __future__ import annotations

from segstudio.desktop.tools.drawing import REACH_PX
from segstudio.desktop.tools.figure import Corner, Figure
from segstudio.desktop.tools.figure_tool import FigureTool
from segstudio.desktop.tools.tool import Pointer, Surface


class PolygonTool(FigureTool):
    """Clicks set corners, which can be dragged at any time. Return, a double click or a click on the first corner
    closes the outline; from then on its edges take new corners, and Return (or a press elsewhere) paints it.
    """

    word = "Polygon"
    hint = "Click corner by corner · Return or a double click closes · Alt: pick the class"

    def double_click(self, at: Pointer) -> None:
        """Close the outline, or paint the closed one."""
        if self._last is None:
            self.press(at)
        if self._picking or not self._figure.points:
            return
        if self._figure.closed:
            if self._figure.hit(at.position, REACH_PX * at.px) is not None:
                self._commit()
        elif self._figure.can_close:
            self._close()

    def _begin_figure(self, at: Pointer, surface: Surface) -> None:
        self._grab(Corner(0), Figure().with_corner(at.position))

    def _press_open(self, at: Pointer) -> None:
        hit = self._figure.hit(at.position, REACH_PX * at.px)
        if isinstance(hit, Corner):
            self._grab(hit, self._selected(hit.index))
        else:
            self._grab(Corner(len(self._figure.points)), self._figure.with_corner(at.position))

    def _on_release(self, at: Pointer) -> None:
        grabbed = self._grabbed
        clicked_first = (
            grabbed == Corner(0)
            and not self._figure.closed
            and self._figure.points == self._before_grab.points
        )
        super()._on_release(at)
        if clicked_first and self._figure.can_close:
            self._close()
