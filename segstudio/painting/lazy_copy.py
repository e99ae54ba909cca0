"""A copy of a mask as it is now, made while painting goes on."""

from __future__ import annotations

import threading
from collections.abc import Iterable

import numpy as np

from segstudio.painting.rect import Rect, tile_rect
from segstudio.project.masks import Mask


class LazyCopy:
    """The pixels of `live` at the moment when this was made.

    Copying a large mask takes longer than a window may stand still. So nothing is copied at first: a worker
    thread asks for `pixels`, which copies tile by tile, and whoever changes the live mask meanwhile first lets
    `keep` copy the tiles concerned.
    """

    def __init__(self, live: Mask) -> None:
        self._live = live
        self._size = (live.shape[0], live.shape[1])
        self._copy = np.empty_like(live)
        self._missing = set(Rect.whole(self._size).tiles())
        self._lock = threading.Lock()

    @property
    def complete(self) -> bool:
        """Tell whether nothing needs to be kept any more."""
        return not self._missing

    def keep(self, tiles: Iterable[tuple[int, int]]) -> None:
        """Copy those of `tiles` (row, column) that were not copied yet; they are about to be changed."""
        for tile in tiles:
            with self._lock:
                if tile in self._missing:
                    place = tile_rect(tile, self._size).slices
                    self._copy[place] = self._live[place]
                    self._missing.discard(tile)

    @property
    def size(self) -> tuple[int, int]:
        """Return rows and columns."""
        return self._size

    def part(self, rect: Rect) -> Mask:
        """Return the pixels in `rect` as they were, a view not to be written; only what is asked for is copied."""
        self.keep(rect.tiles())
        return self._copy[rect.slices]

    def pixels(self) -> Mask:
        """Return the mask as it was, uint8 (rows, columns); may be called in any thread."""
        self.keep(sorted(self._missing.copy()))
        return self._copy
