"""Edit: one undoable change of a mask, as compressed tiles from before and after."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from segstudio.painting.rect import EMPTY, TILE_PX, Rect, tile_rect
from segstudio.project.masks import Mask

_PLAIN, _PACKED = b"u", b"z"
_TILE_BYTES = TILE_PX * TILE_PX
TILES_AT_ONCE = 32
"""So many tiles of a large edit are undone at a time: a few milliseconds."""

_OVERHEAD_BYTES = 250
"""What a kept tile costs beside its bytes (objects and references), so that budgets are honest."""


@dataclass(frozen=True, slots=True)
class TileChange:
    """One tile (row, column of the 256-pixel grid) before and after, packed."""

    tile: tuple[int, int]
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class Edit:
    """One undoable change: its `label` for people (`brush person`), what it touched, and the tiles.

    Outside `rect` nothing differs between before and after.
    """

    label: str
    rect: Rect
    tiles: tuple[TileChange, ...]

    @property
    def size_bytes(self) -> int:
        """Return about how much memory the edit takes."""
        return _OVERHEAD_BYTES + sum(
            _OVERHEAD_BYTES + len(change.before) + len(change.after) for change in self.tiles
        )

    def apply(self, mask: Mask) -> Rect:
        """Write the state after the edit; returns what may have changed.

        Raises ValueError for damaged tiles; of an edit of more than TILES_AT_ONCE a part may then be written.
        """
        return _write(mask, self.rect, [(change.tile, change.after) for change in self.tiles])

    def revert(self, mask: Mask) -> Rect:
        """Write the state before the edit; returns what may have changed. Raises ValueError as `apply` does."""
        return _write(mask, self.rect, [(change.tile, change.before) for change in self.tiles])

    def parts(self, tiles: int) -> Iterator[Edit]:
        """Yield the same change as edits of at most so many tiles each."""
        for start in range(0, len(self.tiles), tiles):
            some = self.tiles[start : start + tiles]
            around = EMPTY
            for change in some:
                row, column = change.tile
                around |= Rect(row, column, row + 1, column + 1)
            reach = Rect(*(TILE_PX * side for side in (around.top, around.left, around.bottom, around.right)))
            yield Edit(self.label, self.rect & reach, some)


def pack(pixels: Mask) -> bytes:
    """Return the pixels of one tile in few bytes."""
    return _plain(pixels) or _PACKED + zlib.compress(pixels.tobytes(), 1)


def unpack(data: bytes, size: tuple[int, int]) -> Mask:
    """Return the pixels of a tile of `size` (rows, columns); raises ValueError when it is not one."""
    if data[:1] == _PLAIN and len(data) == 2:
        return np.full(size, data[1], dtype=np.uint8)
    wanted = size[0] * size[1]
    if data[:1] == _PACKED:
        reader = zlib.decompressobj()
        try:
            raw = reader.decompress(data[1:], wanted + 1)  # never more, whatever the bytes say
        except zlib.error as error:
            raise ValueError(f"a tile cannot be unpacked: {error}") from error
        if len(raw) == wanted and reader.eof:
            return np.frombuffer(raw, dtype=np.uint8).reshape(size)
    raise ValueError("a tile is not of its size")


def values_of(data: bytes) -> frozenset[int]:
    """Return the mask values in a packed tile; raises ValueError when it cannot be unpacked."""
    if data[:1] == _PLAIN and len(data) == 2:
        return frozenset(data[1:])
    if data[:1] == _PACKED:
        reader = zlib.decompressobj()
        try:
            raw = np.frombuffer(reader.decompress(data[1:], _TILE_BYTES + 1), dtype=np.uint8)
        except zlib.error as error:
            raise ValueError(f"a tile cannot be unpacked: {error}") from error
        if reader.eof:
            return frozenset(int(value) for value in np.flatnonzero(np.bincount(raw)))
    raise ValueError("this is no tile")


@dataclass(slots=True)
class _OpenTile:
    """A tile of an edit under way: before, as pixels or packed, and after, where packed already."""

    pixels: Mask | None
    before: bytes
    after: bytes = b""
    changed_since: bool = True


class OpenEdit:
    """An edit under way: it keeps the pixels of each tile before the first change of it.

    Whoever changes the mask calls `touch` with the rectangle before, then writes. `mask` is the live mask.
    """

    def __init__(self, mask: Mask, label: str) -> None:
        self.label = label
        self.rect = EMPTY
        self._mask = mask
        self._size = (mask.shape[0], mask.shape[1])
        self._tiles: dict[tuple[int, int], _OpenTile] = {}
        self._told = False

    def touch(self, rect: Rect) -> None:
        """Keep what lies under `rect` (inside the mask), which is about to be changed."""
        for tile in rect.tiles(TILE_PX):
            known = self._tiles.get(tile)
            if known is None:
                self._tiles[tile] = _kept(self._live(tile))
            else:
                known.changed_since = True
        self.rect = self.rect | rect

    @property
    def was_told(self) -> bool:
        """Tell whether any part of the edit was taken out with `part`."""
        return self._told

    @property
    def tiles(self) -> tuple[tuple[int, int], ...]:
        """Return (row, column) of the tiles touched so far."""
        return tuple(self._tiles)

    @property
    def has_untold(self) -> bool:
        """Tell whether there are tiles that `part` would yield."""
        return any(state.changed_since for state in self._tiles.values())

    def part(self) -> Iterator[TileChange]:
        """Yield the tiles as they are now that were touched since they were last yielded here, one at a time."""
        for tile, state in self._tiles.items():
            if state.changed_since:
                self._told = True
                yield self._packed(tile, state)

    def so_far(self) -> tuple[TileChange, ...]:
        """Return all tiles touched, as they are now, changed or not; only to be asked when `part` left none."""
        return tuple(self._packed(tile, state) for tile, state in self._tiles.items())

    def closed(self) -> Edit | None:
        """Return the edit, or None when no pixel differs. Tiles that are as before are left out."""
        changes = tuple(
            self._packed(tile, state) for tile, state in self._tiles.items() if self._differs(tile, state)
        )
        return Edit(self.label, self.rect, changes) if changes else None

    def restore(self) -> Rect:
        """Write back what was there before; returns what may have changed."""
        for tile, state in self._tiles.items():
            live = self._live(tile)
            pixels = state.pixels if state.pixels is not None else unpack(state.before, live.shape)
            np.copyto(live, pixels)
        return self.rect

    def _live(self, tile: tuple[int, int]) -> Mask:
        return self._mask[tile_rect(tile, self._size).slices]

    def _differs(self, tile: tuple[int, int], state: _OpenTile) -> bool:
        if state.pixels is not None:
            return not np.array_equal(state.pixels, self._live(tile))
        return self._packed(tile, state).after != state.before

    def _packed(self, tile: tuple[int, int], state: _OpenTile) -> TileChange:
        if state.pixels is not None:
            state.before, state.pixels = pack(state.pixels), None
        if state.changed_since:
            state.after, state.changed_since = pack(self._live(tile)), False
        return TileChange(tile, state.before, state.after)


def _plain(pixels: Mask) -> bytes:
    """Return a tile of one value packed, and nothing for any other."""
    value = pixels[0, 0]
    return _PLAIN + bytes((int(value),)) if (pixels == value).all() else b""


def _kept(pixels: Mask) -> _OpenTile:
    """Return what is kept of a tile before it is changed: most have one value, and need no room."""
    plain = _plain(pixels)
    return _OpenTile(None if plain else pixels.copy(), plain)


def _write(mask: Mask, rect: Rect, tiles: list[tuple[tuple[int, int], bytes]]) -> Rect:
    size = (mask.shape[0], mask.shape[1])
    places = [tile_rect(tile, size) for tile, _ in tiles]
    if not all(places) or not Rect.whole(size).holds(rect):
        raise ValueError("an edit reaches outside the mask")
    for start in range(0, len(tiles), TILES_AT_ONCE):
        some = places[start : start + TILES_AT_ONCE]
        unpacked = [unpack(data, place.size) for place, (_, data) in zip(some, tiles[start:], strict=False)]
        for place, pixels in zip(some, unpacked, strict=True):
            mask[place.slices] = pixels
    return rect
