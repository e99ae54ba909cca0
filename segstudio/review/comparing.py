"""A prediction beside the truth: where it is wrong, and the very pixels behind a cell of the confusion matrix."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.project.classes import VOID
from segstudio.review.shown import Spread
from segstudio.review.tallies import Matrix

Mask = npt.NDArray[np.uint8]

RIGHT, WRONG, MISSED, UNKNOWN = 0, 1, 2, 3
"""Values of an error map: as the truth; another class than the truth; no class where the truth has one; no truth."""


def error_map(truth: Mask, predicted: Mask) -> Mask:
    """Return RIGHT, WRONG, MISSED or UNKNOWN for each pixel: uint8 (rows, columns), as both arrays are."""
    result: Mask = np.asarray(cv2.compare(truth, predicted, cv2.CMP_NE), dtype=np.uint8)
    np.bitwise_and(result, WRONG, out=result)
    _set_where(result, predicted, VOID, MISSED)
    _set_where(result, truth, VOID, UNKNOWN)
    return result


def cell_area(truth: Mask, predicted: Mask, cell: tuple[int, int]) -> Mask:
    """Return 255 on the pixels of one cell of the confusion matrix, else 0: uint8 (rows, columns).

    `cell` is (mask value of the truth, mask value of the prediction); VOID stands for no class in either.
    """
    there = _is_value(truth, cell[0])
    return np.asarray(cv2.bitwise_and(there, _is_value(predicted, cell[1]), dst=there), dtype=np.uint8)


_MOST_PIXELS = 1 << 24
"""Of an area in which connected parts are looked for: it takes 4 bytes a pixel."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A connected area: its bounding box in photo pixels, and how many pixels it has."""

    x: int
    y: int
    width: int
    height: int
    pixels: int


def spots(area: Mask, *, most: int = 50) -> tuple[Spot, ...]:
    """Return the largest connected parts (by edges or corners) of an area (0 and 255), the largest first.

    In areas beyond some ten megapixels parts that lie a few pixels apart are taken for one. Takes about 10 ns a
    pixel: not for the thread of a window.
    """
    step = math.isqrt(max(0, area.size - 1) // _MOST_PIXELS) + 1
    count, _, stats, _ = cv2.connectedComponentsWithStats(_thinned(area, step), connectivity=8)
    if count < 2:
        return ()
    boxes = np.asarray(stats)[1:]
    order = np.argsort(-boxes[:, cv2.CC_STAT_AREA], kind="stable")[:most]
    return tuple(_spot(area, boxes[position], step) for position in order)


def photos_in_cell(matrices: Mapping[str, Matrix], row: int, column: int) -> list[tuple[str, int]]:
    """Return the photos with pixels in a cell (positions in the class list), those with most pixels first."""
    found = [(int(matrix[row, column]), key) for key, matrix in matrices.items() if matrix[row, column]]
    return [(key, pixels) for pixels, key in sorted(found, key=lambda entry: (-entry[0], entry[1]))]


def least_sure_first(
    spreads: Iterable[tuple[str, Spread]], value: int | None = None
) -> list[tuple[str, float]]:
    """Order photos without truth by mean confidence, the least sure first: of one class, or of all pixels.

    With a class, photos in which it was not found are left out.
    """
    scored = []
    for key, spread in spreads:
        counts = spread.counts if value is None else spread.counts[value : value + 1]
        pixels = int(counts.sum())
        if pixels:
            scored.append((float(counts.sum(axis=0) @ np.arange(256)) / (255 * pixels), key))
    return [(key, sureness) for sureness, key in sorted(scored)]


def _thinned(area: Mask, step: int) -> Mask:
    """Return one pixel for each square of `step` × `step`, 255 where any of the square is."""
    if step == 1:
        return area
    rows, columns = area.shape
    padded = np.pad(area, ((0, -rows % step), (0, -columns % step)))
    return np.asarray(
        padded.reshape(padded.shape[0] // step, step, padded.shape[1] // step, step).max(axis=(1, 3)),
        dtype=np.uint8,
    )


def _spot(area: Mask, stats: npt.NDArray[np.integer], step: int) -> Spot:
    x, y, width, height, pixels = (int(number) for number in stats)
    if step == 1:
        return Spot(x, y, width, height, pixels)
    part = area[y * step : (y + height) * step, x * step : (x + width) * step]
    return Spot(x * step, y * step, part.shape[1], part.shape[0], cv2.countNonZero(part))


def _is_value(mask: Mask, value: int) -> Mask:
    """Return 255 where `mask` has `value`, else 0."""
    return np.asarray(cv2.inRange(mask, value, value), dtype=np.uint8)


def _set_where(target: Mask, mask: Mask, value: int, to: int) -> None:
    cv2.copyTo(np.full_like(target, to), _is_value(mask, value), target)
