"""Where an annotation lies on its photo: upright, on the photo as the camera stored it, or at another scale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import Enum

import cv2
import numpy as np

from segstudio.formats.shapes import (
    Annotation,
    Drawn,
    MaskShape,
    PicturePart,
    Polygon,
    is_drawn,
    runs_of,
)
from segstudio.project.masks import Mask

_SIDEWAYS = (5, 6, 7, 8)


class Fit(Enum):
    """How an annotation's size goes with its photo's."""

    UPRIGHT = "upright"
    AS_STORED = "as stored"
    OTHER = "other size"


def fit_of(told: tuple[int, int] | None, upright: tuple[int, int], orientation: int) -> Fit:
    """Compare the size in an annotation file with the upright photo's, (rows, columns) each.

    Some programs annotate the photo as the camera stored it. That shows only when the photo lies on its side
    (orientation 5–8) and is not square; everything else of the right size is taken as annotated upright.
    """
    if told is None or told == upright:
        return Fit.UPRIGHT
    if orientation in _SIDEWAYS and told == upright[::-1]:
        return Fit.AS_STORED
    return Fit.OTHER


def turned_upright(mask: Mask, orientation: int) -> Mask:
    """Turn a mask of the stored photo the way EXIF `orientation` turns the photo."""
    turns: dict[int, Callable[[Mask], Mask]] = {
        2: np.fliplr,
        3: lambda m: np.rot90(m, 2),
        4: np.flipud,
        5: np.transpose,
        6: lambda m: np.rot90(m, -1),
        7: lambda m: np.rot90(m, 2).T,
        8: np.rot90,
    }
    turn = turns.get(orientation)
    return mask if turn is None else np.ascontiguousarray(turn(mask))


def scaled_to(annotation: Annotation, size: tuple[int, int]) -> Annotation:
    """Return the annotation for the same photo at another `size` (rows, columns)."""
    if annotation.size is None or annotation.size == size:
        return annotation
    down, across = size[0] / annotation.size[0], size[1] / annotation.size[1]
    shapes = tuple(
        _scaled(shape, down, across, size) if is_drawn(shape) else shape for shape in annotation.shapes
    )
    return replace(annotation, size=size, shapes=shapes)


def in_pixels(annotation: Annotation, size: tuple[int, int]) -> Annotation:
    """Return an annotation whose points are pixels of its photo of `size` (rows, columns), upright.

    Fractions of the width and height, of which files tell some six digits, come out to a hundredth of a pixel: a
    corner at 320 shall not become 319.9998, which lies in another pixel.
    """
    if not annotation.relative:
        return annotation
    scaled = scaled_to(replace(annotation, size=(1, 1), relative=False), size)
    shapes = tuple(
        replace(shape, points=np.round(shape.points, 2)) if isinstance(shape, Polygon) else shape
        for shape in scaled.shapes
    )
    return replace(scaled, shapes=shapes, size=size)


def _scaled(shape: Drawn, down: float, across: float, size: tuple[int, int]) -> Drawn:
    if isinstance(shape, MaskShape):
        return _scaled_mask(shape, down, across)
    if isinstance(shape, PicturePart):
        return replace(shape, picture=replace(shape.picture, size=size))
    return Polygon(
        label=shape.label,
        z_order=shape.z_order,
        attributes=shape.attributes,
        where=shape.where,
        points=shape.outline() * (across, down),
    )


def _scaled_mask(shape: MaskShape, down: float, across: float) -> MaskShape:
    left, top = round(shape.left * across), round(shape.top * down)
    rows = round((shape.top + shape.rows) * down) - top
    columns = round((shape.left + shape.columns) * across) - left
    if not (rows and columns and shape.rows and shape.columns):
        return replace(shape, left=left, top=top, rows=0, columns=0, runs=np.zeros(0, dtype=np.int64))
    bitmap = cv2.resize(
        shape.bitmap().view(np.uint8), (columns, rows), interpolation=cv2.INTER_NEAREST_EXACT
    ).astype(np.bool_)
    return replace(shape, left=left, top=top, rows=rows, columns=columns, runs=runs_of(bitmap))
