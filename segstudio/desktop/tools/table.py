"""The table of tools: one row for each, in the order of the tool bar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from segstudio.desktop.tools.bench import Bench
from segstudio.desktop.tools.tool import Tool


@dataclass(frozen=True, slots=True)
class ToolRow:
    """One tool: its `id`, and what makes it."""

    id: str
    make: Callable[[Bench], Tool]

    @property
    def action_id(self) -> str:
        """The row of the action table that chooses it."""
        return f"tool.{self.id}"


def _waiting(_bench: Bench) -> Tool:
    return Tool()


TOOLS: tuple[ToolRow, ...] = tuple(
    ToolRow(tool, _waiting)
    for tool in ("brush", "eraser", "fill", "polygon", "lasso", "box", "ellipse", "wand", "pick")
)
