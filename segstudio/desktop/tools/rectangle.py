"""Box: dragged from corner to corner, painted when it is let go."""

from __future__ import annotations

from segstudio.desktop.tools.span_tool import SpanTool
from segstudio.painting.points import Points, Position
from segstudio.painting.polygon import box_outline, box_region
from segstudio.painting.region import Region


class BoxTool(SpanTool):
    """Its outline is drawn along the edges of the pixels that it takes."""

    word = "Box"
    hint = "Drag a box · Shift: square · Ctrl: from the middle · Alt: pick the class"

    def _outline(self, start: Position, end: Position) -> Points:
        (left, right), (top, bottom) = (
            sorted((int(one), int(other))) for one, other in zip(start, end, strict=True)
        )
        return box_outline((left, top), (right + 1, bottom + 1))

    def _region(self, start: Position, end: Position, size: tuple[int, int]) -> Region:
        return box_region(start, end, size)
