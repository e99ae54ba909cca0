"""Where tiles lie on a long side, and how much each counts where they overlap."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

GRID_PX = 32
"""Tiles begin at multiples of this: a multiple of every head's output stride, so their logits lie on one grid."""

_DROPPED = 0.25
"""The outer part of an overlap that counts nothing: the zeros padded around a tile show there most."""


@dataclass(frozen=True, slots=True)
class Span:
    """The pixels start ≤ x < stop of one side."""

    start: int
    stop: int

    @property
    def size(self) -> int:
        """Its length in pixels."""
        return self.stop - self.start


def spans(side_px: int, tile_px: int, overlap_px: int) -> list[Span]:
    """Cover `side_px` pixels with as few spans as possible, evenly laid, each at most `tile_px` long.

    Neighbours share at least `overlap_px` (at most half a tile). `tile_px` is rounded down to the grid.
    """
    if side_px <= tile_px:
        return [Span(0, side_px)]
    cells = -(-side_px // GRID_PX)
    tile = max(2, tile_px // GRID_PX)
    overlap = min(-(-overlap_px // GRID_PX), tile // 2)
    count = max(1, -(-(cells - overlap) // (tile - overlap)))
    starts = [position * (cells - tile) // max(1, count - 1) for position in range(count)]
    return [Span(start * GRID_PX, min((start + tile) * GRID_PX, side_px)) for start in starts]


def blend_window(span: Span, side_px: int, overlap_px: int, stride: int) -> Tensor:
    """Return the weights of a tile along one side, float32 (⌈size / stride⌉): 1 inside, falling to 0 in overlaps.

    A tile's end that is the photo's own border keeps its full weight. Where spans overlap by at least `overlap_px`,
    at least one of them has a weight above 0 at each place.
    """
    count = -(-span.size // stride)
    weights = torch.ones(count)
    place = torch.arange(count) + 0.5
    ramp = min(overlap_px, span.size // 2) / stride
    if ramp > 0 and span.start > 0:
        weights *= _rise(place / ramp)
    if ramp > 0 and span.stop < side_px:
        weights *= _rise((count - place) / ramp)
    return weights


def _rise(part: Tensor) -> Tensor:
    return ((part - _DROPPED) / (1 - 2 * _DROPPED)).clamp(0, 1)
