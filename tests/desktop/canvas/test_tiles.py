"""Tiles: made when seen, kept within a budget, written anew where they are stale."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QImage

from segstudio.desktop.canvas.sampling import Pixels
from segstudio.desktop.canvas.tiles import TILE_PX, TileCache, divided
from segstudio.painting.rect import EMPTY, Rect

EXTENT = Rect(0, 0, 1300, 1700)
KIND = QImage.Format.Format_ARGB32_Premultiplied


class Writer:
    """Writes a value and counts the pixels."""

    def __init__(self) -> None:
        self.value = 1
        self.places: list[Rect] = []

    def __call__(self, scale: float, place: Rect, out: Pixels) -> None:
        assert out.shape == place.size
        out[:] = self.value
        self.places.append(place)


@st.composite
def rects(draw: st.DrawFn, inside: Rect) -> Rect:
    top = draw(st.integers(inside.top, inside.bottom - 1))
    left = draw(st.integers(inside.left, inside.right - 1))
    bottom = draw(st.integers(top + 1, inside.bottom))
    return Rect(top, left, bottom, draw(st.integers(left + 1, inside.right)))


@given(st.data())
def test_the_two_parts_make_the_whole(data: st.DataObject) -> None:
    stale = data.draw(rects(Rect(0, 0, 50, 50)))
    needed = data.draw(rects(stale))
    part, rest = divided(stale, needed)
    counts = np.zeros((50, 50), dtype=int)
    counts[part.slices] += 1
    counts[rest.slices] += 1
    assert counts.sum() == counts[stale.slices].sum() == stale.rows * stale.columns
    assert part.holds(needed)


@given(st.lists(st.tuples(rects(EXTENT), st.booleans()), max_size=12))
def test_what_is_seen_is_never_stale(steps: list[tuple[Rect, bool]]) -> None:
    writer = Writer()
    cache = TileCache(KIND, writer, budget_bytes=1 << 30)
    wanted = np.ones(EXTENT.size, dtype=np.int32)
    for rect, changes in steps:
        if changes:
            writer.value += 1
            wanted[rect.slices] = writer.value
            cache.spoil(1.0, rect)
            continue
        for row, column in rect.tiles(TILE_PX):
            tile = cache.tile(1.0, row, column, extent=EXTENT, seen=rect)
            seen = tile.place & rect
            # It may be newer than the change, never older.
            assert (tile.pixels[seen.within(tile.place).slices] >= wanted[seen.slices]).all()


def test_only_what_changed_is_written_anew() -> None:
    writer = Writer()
    cache = TileCache(KIND, writer, budget_bytes=1 << 30)
    tile = Rect(0, 0, TILE_PX, TILE_PX)
    cache.tile(1.0, 0, 0, extent=EXTENT, seen=tile)
    cache.spoil(1.0, Rect(10, 20, 30, 40))
    cache.spoil(2.0, tile)
    cache.spoil(1.0, Rect(0, TILE_PX, 10, TILE_PX + 10))
    writer.places.clear()
    cache.tile(1.0, 0, 0, extent=EXTENT, seen=tile)
    cache.tile(1.0, 0, 0, extent=EXTENT, seen=tile)
    assert writer.places == [Rect(10, 20, 30, 40)]


def test_a_change_of_everything_looks_at_the_tiles_there_are() -> None:
    cache = TileCache(KIND, Writer(), budget_bytes=1 << 30)
    tile = cache.tile(1.0, 0, 0, extent=EXTENT, seen=EXTENT)
    assert tile.stale == EMPTY
    cache.spoil(1.0, Rect(0, 0, 10**9, 10**9))
    assert tile.stale == tile.place


def test_the_tiles_that_were_not_seen_for_longest_go_first() -> None:
    writer = Writer()
    one_tile = TILE_PX * TILE_PX * 4
    cache = TileCache(KIND, writer, budget_bytes=2 * one_tile)
    whole = Rect(0, 0, 4 * TILE_PX, 4 * TILE_PX)
    for column in (0, 1, 0, 2, 0):
        cache.tile(1.0, 0, column, extent=whole, seen=whole)
    assert cache.size_bytes == 2 * one_tile
    assert len(writer.places) == 3
    cache.tile(1.0, 0, 1, extent=whole, seen=whole)
    assert len(writer.places) == 4
