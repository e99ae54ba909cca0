"""Where the panels of a figure stand: arithmetic alone."""

from __future__ import annotations

import math
from dataclasses import dataclass

_WANTED_ASPECT = 1.4
_MAX_COLUMNS = 6
_NARROWEST, _WIDEST = 0.4, 8.0
_TALLEST_PX = 1400
_HEADING_AND_LEGEND_PX = 300


@dataclass(frozen=True, slots=True)
class Grid:
    """Equal cells in rows: a picture area with a caption below. Lengths in pixels."""

    columns: int
    rows: int
    picture_width: int
    picture_height: int
    caption_height: int
    gap: int

    def corner(self, position: int) -> tuple[int, int]:
        """Return x and y of the picture area of a cell, relative to the grid; cells count along the rows."""
        row, column = divmod(position, self.columns)
        x = column * (self.picture_width + self.gap)
        y = row * (self.picture_height + self.caption_height + self.gap)
        return x, y

    @property
    def height(self) -> int:
        """Of the whole grid, without a gap after the last row."""
        return self.rows * (self.picture_height + self.caption_height + self.gap) - self.gap


def grid_for(count: int, aspect: float, width: int, *, caption_height: int, gap: int) -> Grid:
    """Choose the grid of `count` pictures of `aspect` (width / height) on a page `width` wide.

    Tried are one to six columns; taken is the grid that comes closest to the proportions of a landscape page and
    leaves few cells empty. Pictures beyond 2:5 or 8:1 will have margins in their cells.
    """
    shown = min(max(aspect, _NARROWEST), _WIDEST)
    grids = []
    for columns in range(1, min(_MAX_COLUMNS, count) + 1):
        picture_width = (width - (columns - 1) * gap) // columns
        picture_height = min(_TALLEST_PX, round(picture_width / shown))
        rows = math.ceil(count / columns)
        grids.append(Grid(columns, rows, picture_width, picture_height, caption_height, gap))
    return min(grids, key=lambda grid: _unfitness(grid, count, width))


def _unfitness(grid: Grid, count: int, width: int) -> float:
    empty = grid.columns * grid.rows - count
    aspect = width / (grid.height + _HEADING_AND_LEGEND_PX)
    return abs(math.log(aspect / _WANTED_ASPECT)) + 0.9 * empty / count
