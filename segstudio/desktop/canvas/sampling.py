"""Which pixels of photo and mask are seen at a scale: pixels in, pixels of the screen out. Knows no widget.

A `place` is a rectangle of the picture that the whole photo gives at `scale` device pixels for one of its own; its
first pixel is (0, 0). Every pixel of it depends on its position alone, so that tiles meet without a seam and a part
drawn anew is as it would be in the whole.
"""

from __future__ import annotations

import math

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.painting.rect import Rect
from segstudio.project.masks import Mask

Pixels = npt.NDArray[np.int32]
"""int32 of shape (rows, columns): 0xAARRGGBB as Qt draws it quickest, the colours multiplied by their alpha."""

Tones = npt.NDArray[np.uint8]
"""uint8 of shape (256,): how bright each value of the photo is shown."""

_TWICE_BELOW = 0.5
"""At smaller scales two mask pixels each way make one of the screen: thin strokes fade, but do not break up."""


def colour_mask(mask: Mask, table: Pixels, scale: float, place: Rect, out: Pixels) -> None:
    """Write the colours (`table`, one for each mask value) of the mask at `place` into `out`, of its size."""
    if scale == 1:
        cv2.LUT(mask[place.slices], table, dst=out)
    elif scale > 1:
        rows, columns = _picked(mask, scale, place)
        part = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        across = cv2.LUT(
            part.take(columns - columns[0], axis=1), table
        )  # the few pixels first, then their copies
        out[:] = across.take(rows - rows[0], axis=0)
    elif scale >= _TWICE_BELOW:
        cv2.LUT(_sampled(mask, scale, place), table, dst=out)
    else:
        twice = Rect(2 * place.top, 2 * place.left, 2 * place.bottom, 2 * place.right)
        colours = np.asarray(cv2.LUT(_sampled(mask, 2 * scale, twice), table)).view(np.uint8)
        colours = colours.reshape(twice.rows, twice.columns, 4)
        small = cv2.resize(colours, (place.columns, place.rows), interpolation=cv2.INTER_AREA)
        out[:] = np.asarray(small).view(np.int32)[..., 0]


def outline_mask(mask: Mask, table: Pixels, scale: float, place: Rect, out: Pixels, *, width_px: int) -> None:
    """Write the inner borders of the mask's areas, `width_px` device pixels wide, into `out`; all else is clear."""
    around = place.grown(width_px)
    values = _sampled(mask, scale, around)
    window = np.ones((2 * width_px + 1, 2 * width_px + 1), dtype=np.uint8)
    border = cv2.compare(cv2.dilate(values, window), cv2.erode(values, window), cv2.CMP_NE)
    inner = (slice(width_px, width_px + place.rows), slice(width_px, width_px + place.columns))
    out[:] = 0
    cv2.copyTo(cv2.LUT(values[inner], table), np.ascontiguousarray(border[inner]), out)


def changed_place(rect: Rect, scale: float, extent: Rect, *, grown_px: int) -> Rect:
    """Return where a change of the mask in `rect` may be seen in the picture `extent`, `grown_px` around it too."""
    return (
        Rect(
            math.floor(rect.top * scale) - 1,
            math.floor(rect.left * scale) - 1,
            math.ceil(rect.bottom * scale) + 1,
            math.ceil(rect.right * scale) + 1,
        ).grown(grown_px)
        & extent
    )


def draw_photo(photo: Pyramid, tones: Tones | None, scale: float, place: Rect, out: Pixels) -> None:
    """Write the photo at `place` into `out`: its own pixels from 1:1 on, a smooth picture below."""
    target = out.view(np.uint8).reshape(*out.shape, 4)
    if scale > 1:
        rows, columns = _picked(photo.pixels, scale, place)
        part = photo.pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        few = _in_tones(_bgra(part), tones)
        whole = few.view(np.int32)[..., 0]
        out[:] = whole.take(columns - columns[0], axis=1).take(rows - rows[0], axis=0)
        return
    number = min(max(math.floor(-math.log2(scale) + 1e-9), 0), len(photo.levels) - 1)
    level, step = photo.levels[number], 1 / (scale * 2**number)
    bgra = _bgra(level[place.slices]) if step == 1 else _smooth(level, step, place)
    target[:] = _in_tones(bgra, tones)


def _smooth(level: npt.NDArray[np.uint8], step: float, place: Rect) -> npt.NDArray[np.uint8]:
    """Return a level at `place` when a device pixel is `step` of its pixels, interpolated: blue, green, red, alpha."""
    # Sample i lies at (i + 0.5) * step - 0.5 in the level, counted between the centres of its pixels.
    first_row, first_column = (place.top + 0.5) * step - 0.5, (place.left + 0.5) * step - 0.5
    top = min(max(math.floor(first_row), 0), level.shape[0] - 1)
    left = min(max(math.floor(first_column), 0), level.shape[1] - 1)
    bottom, right = math.ceil(place.bottom * step) + 2, math.ceil(place.right * step) + 2
    part = cv2.cvtColor(
        level[top:bottom, left:right], cv2.COLOR_RGB2BGRA
    )  # of four channels it is twice as quick
    mapping = np.array(((step, 0, first_column - left), (0, step, first_row - top)))
    return np.asarray(
        cv2.warpAffine(
            part,
            mapping,
            (place.columns, place.rows),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        ),
        dtype=np.uint8,
    )


def _bgra(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGRA), dtype=np.uint8)


def _in_tones(bgra: npt.NDArray[np.uint8], tones: Tones | None) -> npt.NDArray[np.uint8]:
    if tones is not None:
        tables = np.stack((tones, tones, tones, np.arange(256, dtype=np.uint8)), axis=1)
        return np.asarray(cv2.LUT(bgra, tables[None]), dtype=np.uint8)
    return bgra


def _sampled(mask: Mask, scale: float, place: Rect) -> Mask:
    """Return the mask's values at `place`; outside the photo those of its border."""
    rows, columns = _picked(mask, scale, place)
    left, right = int(columns[0]), int(columns[-1]) + 1
    return mask[:, left:right][rows].take(columns - left, axis=1)


def _picked(
    array: npt.NDArray[np.uint8], scale: float, place: Rect
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Return rows and columns of the photo under the centres of the device pixels."""
    return (
        _centres(place.top, place.bottom, scale, array.shape[0]),
        _centres(place.left, place.right, scale, array.shape[1]),
    )


def _centres(first: int, after: int, scale: float, side: int) -> npt.NDArray[np.intp]:
    picked = np.floor((np.arange(first, after) + 0.5) / scale)
    return np.asarray(np.clip(picked, 0, side - 1), dtype=np.intp)
