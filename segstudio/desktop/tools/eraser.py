"""Eraser: a brush that paints void."""

from __future__ import annotations

from segstudio.desktop.tools.brush import BrushTool
from segstudio.project.classes import VOID


class EraserTool(BrushTool):
    """Takes the label away where it is dragged; everything else is as with the brush."""

    hint = "Drag to erase · Shift: straight line from the last stroke"

    def _value(self) -> int:
        return VOID

    def _edit_label(self, value: int) -> str:
        return "Erase"
