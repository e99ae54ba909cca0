"""Shapes → mask: which pixels a shape covers, and which shape lies on top."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.formats.label_picture import Codes, bitmap_of, read_codes
from segstudio.formats.shapes import (
    Bitmap,
    Box,
    Drawn,
    LabelPicture,
    MaskShape,
    PicturePart,
    Points,
    Polygon,
    Shape,
    is_drawn,
)
from segstudio.project.classes import VOID, ClassList
from segstudio.project.masks import Mask

Rule = Literal["truncate", "round"]
"""How a corner finds its pixel: the one it lies in (the fraction is cut off), or the nearest grid point."""

Layers = Literal["class", "file"]
"""What decides which shape lies on top: the project's draw order first, or the file's own layers alone."""

_STEP = 8

_SLACK_PX = 0.5
"""Corners this far outside are meant to lie on the photo's edge and are not worth telling."""


@dataclass(frozen=True, slots=True)
class Rasterised:
    """A mask and what happened on the way.

    `painted` shapes left pixels in it, `clipped` of them were cut off at the photo's edge, `empty` ones cover
    nothing; `hidden` are the mask values that were painted and then wholly painted over; `values` those that
    the mask holds, without void.
    """

    mask: Mask
    painted: int
    clipped: int
    empty: int
    hidden: tuple[int, ...]
    values: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Stamp:
    """The pixels of one shape inside the photo: the upper left one of `bitmap` lies at (top, left)."""

    top: int
    left: int
    bitmap: Bitmap
    clipped: bool


def rasterise(
    shapes: Iterable[Shape],
    size: tuple[int, int],
    classes: ClassList,
    *,
    numbers: Mapping[str, int] | None = None,
    rule: Rule = "truncate",
    layers: Layers = "class",
) -> Rasterised:
    """Paint `shapes` on a mask of `size` (rows, columns); unpainted pixels get `classes.unpainted`.

    `numbers` gives each label its mask value (None: the class of exactly that name); shapes whose label is not
    in it, and those without an area, are left out. Painted first to last by class draw order, then by the
    file's layer, then in the file's order. Raises SegStudioError when a label picture cannot be read.
    """
    known = numbers if numbers is not None else {entry.name: entry.index for entry in classes.classes}
    mask = np.full(size, classes.unpainted, dtype=np.uint8)
    painted = clipped = empty = 0
    seen: set[int] = set()
    pictures: dict[LabelPicture, Codes] = {}
    for shape, value in _in_order(shapes, known, classes.draw_order, layers):
        told = _paint(mask, shape, value, rule, pictures)
        if told is None:
            empty += 1
            continue
        painted += 1
        clipped += told
        seen.add(value)
    present = _present(mask, {*seen, classes.unpainted})
    hidden = tuple(sorted(seen - present))
    values = tuple(sorted(present - {VOID}))
    return Rasterised(mask, painted, clipped, empty, hidden, values)


def _paint(
    mask: Mask, shape: Drawn, value: int, rule: Rule, pictures: dict[LabelPicture, Codes]
) -> bool | None:
    """Paint one shape; tell whether it was clipped, or None when it covers nothing."""
    rows, columns = mask.shape
    if isinstance(shape, Polygon) and _is_area(shape.points):
        corners = _corners(shape.points, rule)
        left, top, wide, tall = cv2.boundingRect(corners)
        if min(left, top) >= 0 and left + wide <= columns and top + tall <= rows:
            cv2.fillPoly(mask, [corners], value)  # the pixels of `stamp_of`, without a copy
            return min(left, top) == 0 and bool((shape.points < -_SLACK_PX).any())
    stamp = stamp_of(shape, (rows, columns), rule, pictures)
    if stamp is None:
        return None
    rows, columns = stamp.bitmap.shape
    view = mask[stamp.top : stamp.top + rows, stamp.left : stamp.left + columns]
    np.copyto(view, np.uint8(value), where=stamp.bitmap)
    return stamp.clipped


def _present(mask: Mask, possible: Iterable[int]) -> frozenset[int]:
    """Return which of the `possible` values, and no others are in it, the mask holds.

    A few pixels prove most of them; only for the others all are looked at.
    """
    some = np.bincount(mask[::_STEP, ::_STEP].ravel(), minlength=256)
    if all(some[value] for value in possible):
        return frozenset(possible)
    counts = np.asarray(cv2.calcHist([mask], [0], None, [256], [0, 256])).ravel()
    return frozenset(value for value in possible if counts[value] > 0)


def stamp_of(
    shape: Drawn,
    size: tuple[int, int],
    rule: Rule = "truncate",
    pictures: dict[LabelPicture, Codes] | None = None,
) -> Stamp | None:
    """Return the pixels that a shape covers in a photo of `size` (rows, columns), or None when there are none.

    `pictures` are the label pictures that were opened before; those opened now are added.
    """
    if isinstance(shape, PicturePart):
        return _stamp_part(shape, size, {} if pictures is None else pictures)
    if isinstance(shape, MaskShape):
        return _stamp_mask(shape, size)
    if isinstance(shape, Box) and (shape.x0 == shape.x1 or shape.y0 == shape.y1):
        return None
    return _stamp_outline(shape.outline(), size, rule)


def _in_order(
    shapes: Iterable[Shape], values: Mapping[str, int], draw_order: Sequence[int], layers: Layers
) -> list[tuple[Drawn, int]]:
    known = [(shape, values[shape.label]) for shape in shapes if is_drawn(shape) and shape.label in values]
    if layers == "file":
        return sorted(known, key=lambda pair: pair[0].z_order)
    # A value outside the class list is void: it is painted last, because it says "do not learn from this".
    rank = {value: position for position, value in enumerate(draw_order)}
    last = len(rank)
    return sorted(known, key=lambda pair: (rank.get(pair[1], last), pair[0].z_order))


def _stamp_outline(outline: Points, size: tuple[int, int], rule: Rule) -> Stamp | None:
    if not _is_area(outline):
        return None
    corners = _corners(outline, rule)
    rows, columns = size
    left, top = (int(edge) for edge in np.maximum(corners.min(axis=0), 0))
    right, bottom = (int(edge) for edge in np.minimum(corners.max(axis=0) + 1, (columns, rows)))
    if left >= right or top >= bottom:
        return None
    # Only the rectangle around the shape is filled: it ends where the shape or the photo ends, so that lines
    # are cut where a fill of the whole photo would cut them.
    canvas = np.zeros((bottom - top, right - left), dtype=np.uint8)
    cv2.fillPoly(canvas, [corners - (left, top)], 1)
    bitmap = canvas.view(np.bool_)
    if not bitmap.any():
        return None
    return Stamp(top, left, bitmap, clipped=_reaches_out(outline, size))


def _corners(outline: Points, rule: Rule) -> npt.NDArray[np.int32]:
    return (outline if rule == "truncate" else np.rint(outline)).astype(np.int32)  # the fraction is cut off


def _is_area(outline: Points) -> bool:
    """Tell whether three corners lie in three places."""
    if len(outline) < 3:
        return False
    first, second, third = map(tuple, outline[:3].tolist())
    if first != second != third != first:  # of almost all
        return True
    off_first = (outline != outline[0]).any(axis=1)
    other = outline[np.argmax(off_first)]
    return bool((off_first & (outline != other).any(axis=1)).any())


def _reaches_out(outline: Points, size: tuple[int, int]) -> bool:
    rows, columns = size
    low, high = outline.min(axis=0), outline.max(axis=0)
    return bool((low < -_SLACK_PX).any() or (high > np.array((columns, rows)) + _SLACK_PX).any())


def _stamp_part(
    part: PicturePart, size: tuple[int, int], pictures: dict[LabelPicture, Codes]
) -> Stamp | None:
    if part.picture not in pictures:
        pictures[part.picture] = read_codes(part.picture)
    whole = bitmap_of(part, pictures[part.picture])
    inner = whole[: size[0], : size[1]]
    if not inner.any():
        return None
    return Stamp(0, 0, inner, clipped=bool(np.count_nonzero(inner) < np.count_nonzero(whole)))


def _stamp_mask(shape: MaskShape, size: tuple[int, int]) -> Stamp | None:
    rows, columns = size
    top, left = max(shape.top, 0), max(shape.left, 0)
    bottom, right = min(shape.top + shape.rows, rows), min(shape.left + shape.columns, columns)
    if top >= bottom or left >= right:
        return None
    whole = shape.bitmap()
    inner = whole[top - shape.top : bottom - shape.top, left - shape.left : right - shape.left]
    covered = np.count_nonzero(inner)
    if not covered:
        return None
    return Stamp(top, left, inner, clipped=bool(covered < np.count_nonzero(whole)))
