"""Magic wand: the pixels of the photo whose colour is like the one under the pointer."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.painting.fill import Neighbours, connected
from segstudio.painting.points import Position, pixel_at
from segstudio.painting.rect import Rect
from segstudio.painting.region import NOTHING, Bitmap, Region, trimmed
from segstudio.project.images import RgbImage

Metric = Literal["lab", "rgb"]
"""CIELAB distance (CIE 1976 ΔE: 2 is just visible, 10 another shade, 50 another colour), or distance in RGB."""

MAX_TOLERANCE = 255.0

_BAND_ROWS = 128
"""Distances are worked out so many rows at a time: what is in between stays in the processor's cache."""


class Wand:
    """A wand put down at one position: asked for several tolerances, it looks at the photo once.

    `photo` is uint8 (rows, columns, 3) in RGB and is not copied. The colour sought is the mean of the square of
    `sample_px` (odd) around `position` (x, y). L*a*b* is worked out in 8 bits, exact to about one ΔE. One
    object belongs to one thread.
    """

    def __init__(
        self, photo: RgbImage, position: Position, *, metric: Metric = "lab", sample_px: int = 1
    ) -> None:
        self._photo = photo
        self._size = (photo.shape[0], photo.shape[1])
        self._seed = pixel_at(position, self._size)
        self._metric = metric
        self._squares = np.zeros((0, 0), dtype=np.uint16)
        self._known = Rect(0, 0, 0, 0)
        if self._seed is not None:
            row, column = self._seed
            around = Rect(row, column, row + 1, column + 1).grown(sample_px // 2) & Rect.whole(self._size)
            colour = photo[around.slices].reshape(-1, 3).mean(axis=0)
            self._table = _table(np.rint(colour).astype(np.uint8), metric)

    def region(
        self,
        tolerance: float,
        *,
        contiguous: bool = True,
        smoothing_px: int = 0,
        neighbours: Neighbours = 4,
        limit: Rect | None = None,
    ) -> Region:
        """Return the pixels no further than `tolerance` (0…255) from the colour sought.

        `contiguous` leaves only those that hang together with the position; `limit` looks no further than that
        rectangle. With `smoothing_px` each pixel then follows the majority of the square that reaches so far
        around it: specks go, pinholes close, corners round off. What would go altogether stays as it is.
        """
        area = Rect.whole(self._size) & (limit or Rect.whole(self._size))
        if self._seed is None or not area:
            return NOTHING
        square = min(max(tolerance, 0.0), MAX_TOLERANCE) ** 2
        if contiguous:
            region = connected(lambda rect: self._distance(rect) <= square, self._seed, area, neighbours)
        else:
            region = trimmed(area, self._distance(area) <= square)
        if smoothing_px > 0 and region:
            return smoothed(region, smoothing_px, area) or region
        return region

    def _distance(self, rect: Rect) -> npt.NDArray[np.uint16]:
        """Return the squared distances in `rect`, kept from the largest rectangle asked for so far."""
        if not self._known.holds(rect):
            self._squares = _squared(self._photo[rect.slices], self._table, self._metric)
            self._known = rect
        return self._squares[rect.within(self._known).slices]


def smoothed(region: Region, px: int, area: Rect) -> Region:
    """Return `region` after a majority vote in squares of side 2 px + 1; nothing is found outside `area`.

    At the edge of `area` the outermost pixels count as if they went on.
    """
    rect = region.rect.grown(px) & area
    bitmap = np.zeros(rect.size, dtype=np.uint8)
    bitmap[region.rect.within(rect).slices] = region.bitmap
    bitmap *= 255
    share = cv2.blur(bitmap, (2 * px + 1, 2 * px + 1), borderType=cv2.BORDER_REPLICATE)
    majority: Bitmap = np.asarray(share) > 127
    return trimmed(rect, majority)


def _table(colour: npt.NDArray[np.uint8], metric: Metric) -> npt.NDArray[np.uint16]:
    """Return uint16 (256, 1, 3): for each value of each channel, its squared distance from the colour's."""
    weights = (1.0, 1.0, 1.0)
    if metric == "lab":
        # OpenCV's 8-bit L*a*b*: L is stretched from 0…100 to 0…255, a and b are moved by 128.
        colour = np.asarray(cv2.cvtColor(colour.reshape(1, 1, 3), cv2.COLOR_RGB2Lab), dtype=np.uint8).ravel()
        weights = (100 / 255, 1.0, 1.0)
    away = (np.arange(256)[:, None] - colour[None, :].astype(np.float64)) * weights
    return np.rint(away * away).astype(np.uint16).reshape(256, 1, 3)


def _squared(photo: RgbImage, table: npt.NDArray[np.uint16], metric: Metric) -> npt.NDArray[np.uint16]:
    """Return the squared distance of each pixel, uint16 (rows, columns); further than 255 is told as that."""
    squares = np.empty(photo.shape[:2], dtype=np.uint16)
    for top in range(0, photo.shape[0], _BAND_ROWS):
        band: npt.NDArray[np.uint8] = np.ascontiguousarray(photo[top : top + _BAND_ROWS])
        if metric == "lab":
            band = np.asarray(cv2.cvtColor(band, cv2.COLOR_RGB2Lab), dtype=np.uint8)
        parts = cv2.split(cv2.LUT(band, table))
        squares[top : top + _BAND_ROWS] = cv2.add(cv2.add(parts[0], parts[1]), parts[2])  # they saturate
    return squares
