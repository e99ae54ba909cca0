"""Ellipse: dragged from corner to corner of the box around it, painted when it is let go."""

from __future__ import annotations

from segstudio.desktop.tools.span_tool import SpanTool
from segstudio.painting.points import Points, Position
from segstudio.painting.polygon import ellipse_outline, ellipse_region
from segstudio.painting.region import Region


class EllipseTool(SpanTool):
    """Shift makes a circle."""

    word = "Ellipse"
    hint = "Drag an ellipse · Shift: circle · Ctrl: from the middle · Alt: pick the class"

    def _outline(self, start: Position, end: Position) -> Points:
        return ellipse_outline(start, end)

    def _region(self, start: Position, end: Position, size: tuple[int, int]) -> Region:
        return ellipse_region(start, end, size)
