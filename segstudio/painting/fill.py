"""Flood fill: the pixels of one class that hang together around a position."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import cv2
import numpy as np

from segstudio.painting.lazy_copy import LazyCopy
from segstudio.painting.points import Position, pixel_at
from segstudio.painting.rect import EMPTY, Rect
from segstudio.painting.region import NOTHING, Bitmap, Region, trimmed
from segstudio.project.masks import Mask

Neighbours = Literal[4, 8]
"""Whether pixels that touch at a corner only hang together (8) or not (4)."""

_FIRST_WINDOW_PX = 512


def flood_fill(
    mask: Mask | LazyCopy, position: Position, *, neighbours: Neighbours = 4, limit: Rect | None = None
) -> Region:
    """Return the pixels of equal value that hang together with the one at `position` (x, y).

    They are looked for inside `limit` only (None: in the whole photo). NOTHING when `position` lies outside.
    """
    read = mask.part if isinstance(mask, LazyCopy) else lambda rect: mask[rect.slices]
    size = mask.size if isinstance(mask, LazyCopy) else (mask.shape[0], mask.shape[1])
    area = Rect.whole(size) & (limit or Rect.whole(size))
    seed = pixel_at(position, size)
    if seed is None:
        return NOTHING
    value = read(Rect(seed[0], seed[1], seed[0] + 1, seed[1] + 1))[0, 0]
    return connected(lambda rect: read(rect) == value, seed, area, neighbours)


def connected(
    wanted: Callable[[Rect], Bitmap], seed: tuple[int, int], area: Rect, neighbours: Neighbours = 4
) -> Region:
    """Return the true pixels that hang together with `seed` (row, column) inside `area`.

    `wanted` tells for a rectangle which of its pixels are true (a new array each time). It is asked for a
    small window first, then for larger ones as long as the pixels found reach the window's edge: a small
    patch costs the same on any photo.
    """
    if not area.holds(Rect(seed[0], seed[1], seed[0] + 1, seed[1] + 1)):
        return NOTHING
    side = _FIRST_WINDOW_PX
    while True:
        window = Rect(seed[0], seed[1], seed[0] + 1, seed[1] + 1).grown(side // 2) & area
        region = _connected_in(wanted(window), (seed[0] - window.top, seed[1] - window.left), neighbours)
        found = region.rect.within(Rect(-window.top, -window.left, 0, 0)) if region else EMPTY
        if window == area or not _at_inner_edge(found, window, area):
            return Region(found, region.bitmap) if region else NOTHING
        side *= 2


def _connected_in(bitmap: Bitmap, seed: tuple[int, int], neighbours: Neighbours) -> Region:
    if not bitmap[seed]:
        return NOTHING
    rows, columns = bitmap.shape
    reached = np.zeros((rows + 2, columns + 2), dtype=np.uint8)
    flags = neighbours | cv2.FLOODFILL_MASK_ONLY | 1 << 8
    picture = np.ascontiguousarray(bitmap).view(np.uint8)
    _, _, _, box = cv2.floodFill(picture, reached, seed[::-1], 0, 0, 0, flags)
    left, top, width, height = (int(side) for side in box)
    rect = Rect(top, left, top + height, left + width)
    inner = reached[1:-1, 1:-1][rect.slices]
    return trimmed(rect, np.ascontiguousarray(inner).view(np.bool_))


def _at_inner_edge(found: Rect, window: Rect, area: Rect) -> bool:
    """Tell whether pixels were found at an edge of the window beyond which there is more."""
    return bool(found) and (
        (found.top == window.top > area.top)
        or (found.left == window.left > area.left)
        or (found.bottom == window.bottom < area.bottom)
        or (found.right == window.right < area.right)
    )
