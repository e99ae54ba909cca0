"""Rectangles of pixels: what a stroke has touched, and the tiles that must be kept or painted anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

TILE_PX = 256
"""Side of the tiles in which undo keeps pixels."""


@dataclass(frozen=True, slots=True)
class Rect:
    """The pixels with `top <= row < bottom` and `left <= column < right`; false when there are none."""

    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def whole(cls, size: tuple[int, int]) -> Rect:
        """Return all pixels of a picture of `size` (rows, columns)."""
        return cls(0, 0, size[0], size[1])

    def __bool__(self) -> bool:
        return self.bottom > self.top and self.right > self.left

    def __or__(self, other: Rect) -> Rect:
        """Return the smallest rectangle that holds both; an empty one adds nothing."""
        if not other:
            return self if self else EMPTY
        if not self:
            return other
        return Rect(
            min(self.top, other.top),
            min(self.left, other.left),
            max(self.bottom, other.bottom),
            max(self.right, other.right),
        )

    def __and__(self, other: Rect) -> Rect:
        """Return the pixels that are in both; EMPTY when there are none."""
        # Asked several times for every move of a brush: comparisons are three times as quick as max and min.
        top = self.top if self.top > other.top else other.top
        left = self.left if self.left > other.left else other.left
        bottom = self.bottom if self.bottom < other.bottom else other.bottom
        right = self.right if self.right < other.right else other.right
        return Rect(top, left, bottom, right) if bottom > top and right > left else EMPTY

    @property
    def rows(self) -> int:
        """Return the height in pixels."""
        return max(self.bottom - self.top, 0)

    @property
    def columns(self) -> int:
        """Return the width in pixels."""
        return max(self.right - self.left, 0)

    @property
    def size(self) -> tuple[int, int]:
        """Return rows and columns."""
        return self.rows, self.columns

    @property
    def slices(self) -> tuple[slice, slice]:
        """Return what cuts the rectangle out of an array whose first axes are rows and columns."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def holds(self, other: Rect) -> bool:
        """Tell whether every pixel of `other` is in this one."""
        return not other or (
            self.top <= other.top
            and self.left <= other.left
            and self.bottom >= other.bottom
            and self.right >= other.right
        )

    def grown(self, px: int) -> Rect:
        """Return the rectangle with `px` pixels more on each side; it may reach outside a picture."""
        return Rect(self.top - px, self.left - px, self.bottom + px, self.right + px)

    def within(self, outer: Rect) -> Rect:
        """Return the same pixels counted from the upper left corner of `outer`."""
        return Rect(
            self.top - outer.top, self.left - outer.left, self.bottom - outer.top, self.right - outer.left
        )

    def tiles(self, side_px: int = TILE_PX) -> Iterator[tuple[int, int]]:
        """Yield (tile row, tile column) of each tile of a grid from (0, 0) that the rectangle touches."""
        if not self:
            return
        for row in range(self.top // side_px, (self.bottom - 1) // side_px + 1):
            for column in range(self.left // side_px, (self.right - 1) // side_px + 1):
                yield row, column


EMPTY = Rect(0, 0, 0, 0)
"""No pixels."""


def tile_rect(tile: tuple[int, int], size: tuple[int, int], side_px: int = TILE_PX) -> Rect:
    """Return the pixels of the tile (row, column) in a picture of `size`; the last ones may be smaller."""
    top, left = tile[0] * side_px, tile[1] * side_px
    return Rect(top, left, min(top + side_px, size[0]), min(left + side_px, size[1]))
