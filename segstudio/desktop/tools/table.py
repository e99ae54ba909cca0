"""The table of tools: one row for each, in the order of the tool bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from segstudio.desktop.tools.bench import Bench
from segstudio.desktop.tools.brush import BrushTool
from segstudio.desktop.tools.ellipse import EllipseTool
from segstudio.desktop.tools.eraser import EraserTool
from segstudio.desktop.tools.fill import FillTool
from segstudio.desktop.tools.lasso import LassoTool
from segstudio.desktop.tools.pick import PickTool
from segstudio.desktop.tools.polygon import PolygonTool
from segstudio.desktop.tools.rectangle import BoxTool
from segstudio.desktop.tools.tool import Tool
from segstudio.desktop.tools.wand import WandTool


@dataclass(frozen=True, slots=True)
class ToolRow:
    """One tool: its `id`, and what makes it."""

    id: str
    make: Callable[[Bench], Tool]

    @property
    def action_id(self) -> str:
        """The row of the action table that chooses it."""
        return f"tool.{self.id}"


TOOLS: tuple[ToolRow, ...] = (
    ToolRow("brush", BrushTool),
    ToolRow("eraser", EraserTool),
    ToolRow("fill", FillTool),
    ToolRow("polygon", PolygonTool),
    ToolRow("lasso", LassoTool),
    ToolRow("box", BoxTool),
    ToolRow("ellipse", EllipseTool),
    ToolRow("wand", WandTool),
    ToolRow("pick", PickTool),
)
