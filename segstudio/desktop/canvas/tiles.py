"""Tiles: pieces of the drawn picture, made when they are first seen and kept within a budget."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import numpy as np
from PySide6.QtGui import QImage

from segstudio.desktop.canvas.sampling import Pixels
from segstudio.painting.rect import EMPTY, Rect, tile_rect

TILE_PX = 512
"""Side of a tile in device pixels. Larger ones cost less to draw, and only what changed of one is coloured anew."""

_BYTES_PER_PIXEL = 4

Key = tuple[float, int, int]
"""Scale, row and column of a tile."""

Fill = Callable[[float, Rect, Pixels], None]
"""Writes what is seen at a scale and place into the pixels given."""


class Tile:
    """One image and its pixels; `stale` is the part, in the picture at its scale, that is to be written anew."""

    __slots__ = ("image", "pixels", "place", "stale")

    def __init__(self, place: Rect, kind: QImage.Format) -> None:
        self.place = place
        self.stale = place
        self.image = QImage(place.columns, place.rows, kind)
        # The image owns the memory: the two stay together.
        self.pixels: Pixels = np.frombuffer(self.image.bits(), dtype=np.int32).reshape(place.size)

    @property
    def size_bytes(self) -> int:
        """How much memory its pixels take."""
        return self.place.rows * self.place.columns * _BYTES_PER_PIXEL


class TileCache:
    """The tiles of one layer. Those that were not drawn for longest go first when there are too many."""

    def __init__(self, kind: QImage.Format, fill: Fill, *, budget_bytes: int) -> None:
        self._kind = kind
        self._fill = fill
        self._budget = budget_bytes
        self._tiles: OrderedDict[Key, Tile] = OrderedDict()
        self._bytes = 0

    @property
    def size_bytes(self) -> int:
        """How much memory the tiles take."""
        return self._bytes

    def tile(self, scale: float, row: int, column: int, *, extent: Rect, seen: Rect) -> Tile:
        """Return a tile of the picture `extent` at `scale`, as it is to be drawn where it is `seen`."""
        key = scale, row, column
        tile = self._tiles.get(key)
        if tile is None:
            tile = self._tiles[key] = Tile(tile_rect((row, column), extent.size, TILE_PX), self._kind)
            self._bytes += tile.size_bytes
            self._keep_within_budget()
        else:
            self._tiles.move_to_end(key)
        needed = tile.stale & seen
        if needed:
            part, tile.stale = divided(tile.stale, needed)
            self._fill(scale, part, tile.pixels[part.within(tile.place).slices])
        return tile

    def spoil(self, scale: float, place: Rect) -> None:
        """Let what the tiles at `scale` show of `place` be written anew when it is next drawn."""
        rows, columns = (
            place.bottom // TILE_PX - place.top // TILE_PX,
            place.right // TILE_PX - place.left // TILE_PX,
        )
        if (rows + 1) * (columns + 1) < len(self._tiles):
            touched = [self._tiles.get((scale, row, column)) for row, column in place.tiles(TILE_PX)]
        else:
            touched = [tile for key, tile in self._tiles.items() if key[0] == scale]
        for tile in touched:
            if tile is not None:
                tile.stale = tile.stale | (tile.place & place)

    def spoil_all(self) -> None:
        """Let every tile be written anew when it is next drawn."""
        for tile in self._tiles.values():
            tile.stale = tile.place

    def clear(self) -> None:
        """Forget all tiles."""
        self._tiles.clear()
        self._bytes = 0

    def _keep_within_budget(self) -> None:
        while self._bytes > self._budget and len(self._tiles) > 1:
            _, oldest = self._tiles.popitem(last=False)
            self._bytes -= oldest.size_bytes


def divided(stale: Rect, needed: Rect) -> tuple[Rect, Rect]:
    """Cut `stale` in two: the smaller part that holds `needed`, and the rest, which may be empty."""
    top, left, bottom, right = stale.top, stale.left, stale.bottom, stale.right
    rows, columns = bottom - top, right - left
    down, up = needed.bottom - top, bottom - needed.top
    along, back = needed.right - left, right - needed.left
    least = min(down * columns, up * columns, along * rows, back * rows)
    if least == rows * columns:
        return stale, EMPTY
    if least == down * columns:
        return Rect(top, left, needed.bottom, right), Rect(needed.bottom, left, bottom, right)
    if least == up * columns:
        return Rect(needed.top, left, bottom, right), Rect(top, left, needed.top, right)
    if least == along * rows:
        return Rect(top, left, bottom, needed.right), Rect(top, needed.right, bottom, right)
    return Rect(top, needed.left, bottom, right), Rect(top, left, bottom, needed.left)
