"""Sheets: what is told about one photo, before it is written in any format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from segstudio.formats.label_tables import void_label
from segstudio.formats.options import Check, Far, go_on, part_of, unmeasured
from segstudio.formats.shapes import Bitmap, MaskShape, Points, Polygon, Shape, runs_of
from segstudio.formats.writing.outlines import Rings, neighbours, points_of, rings_of
from segstudio.formats.writing.pieces import pieces_of
from segstudio.formats.writing.simplify import simplified
from segstudio.project.classes import VOID, ClassList
from segstudio.project.masks import Mask
from segstudio.project.photos import Split

_CUT, _OUTLINED = 0.75, 0.9
"""How much of the work on areas is done after they are cut into pieces, and after their outlines are found; measured."""


@dataclass(frozen=True, slots=True)
class Told:
    """A mask value that is told as areas: its label, and its place in the draw order."""

    value: int
    label: str
    z_order: int


@dataclass(frozen=True, slots=True)
class Area:
    """A connected area of one class: its polygons, none with a hole, or its `bitmap`.

    `box` is left, top, columns and rows of the rectangle around it, `pixels` how many it has; `bitmap`, bool, is of that
    rectangle.
    """

    told: Told
    box: tuple[int, int, int, int]
    pixels: int
    polygons: tuple[Points, ...] = ()
    bitmap: Bitmap | None = None

    def shapes(self) -> Iterator[Shape]:
        """Yield the shapes that a reader gets."""
        label, z_order = self.told.label, self.told.z_order
        for points in self.polygons:
            yield Polygon(label=label, z_order=z_order, points=points)
        if self.bitmap is not None:
            left, top, columns, rows = self.box
            runs = runs_of(self.bitmap)
            yield MaskShape(
                label=label, z_order=z_order, left=left, top=top, columns=columns, rows=rows, runs=runs
            )


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One photo: its place among those exported (from 0), the name under which it is told, that of its own file without
    extension, its mask and areas.

    Pixels of `mask` that have no class are void. `areas` are empty for formats of pictures.
    """

    number: int
    name: str
    stem: str
    split: Split | None
    mask: Mask
    areas: tuple[Area, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.mask.shape[0], self.mask.shape[1]


def told_values(classes: ClassList) -> tuple[Told, ...]:
    """Return the values that are told as areas, lowest first: all but that of unpainted pixels, void on top.

    Raises SegStudioError when no name is left for void.
    """
    told = [
        Told(index, entry.name, place)
        for place, index in enumerate(classes.draw_order)
        if index != classes.unpainted and (entry := classes.at(index)) is not None
    ]
    if classes.unpainted != VOID:
        told.append(Told(VOID, void_label(classes), len(classes)))
    return tuple(told)


def without_unknown(mask: Mask, classes: ClassList) -> Mask:
    """Return the mask with void in place of the values that are no class."""
    table = np.full(256, VOID, dtype=np.uint8)
    table[list(classes.indices)] = classes.indices
    return np.asarray(cv2.LUT(mask, table), dtype=np.uint8) if mask.size else mask


def areas_as_polygons(
    mask: Mask, told: Sequence[Told], tolerance_px: float, check: Check = go_on, far: Far = unmeasured
) -> tuple[Area, ...]:
    """Return the areas in order of the draw order, with points to a hundredth of a pixel.

    What `check` raises ends it; it is called at least every second or so, and `far` told.
    """
    pieces = pieces_of(mask, [one.value for one in told], check, part_of(far, 0, _CUT))
    far(_CUT)
    rings = rings_of(pieces.labels, meetings=tolerance_px > 0, check=check)
    far(_OUTLINED)
    check()
    points, starts = (
        simplified(rings, tolerance_px, check) if tolerance_px > 0 else (points_of(rings), rings.starts)
    )
    points = np.round(points, 2)
    edges = starts.tolist()
    boxes, pixels = _boxes_of(rings), _pixels_of(rings)
    members: dict[int, list[int]] = {}
    for number, area in enumerate(pieces.areas[rings.pieces].tolist()):
        members.setdefault(area, []).append(number)
    by_value = {one.value: one for one in told}
    values = pieces.values[rings.pieces].tolist()
    return tuple(
        Area(
            by_value[values[some[0]]],
            _around(boxes[number] for number in some),
            sum(pixels[number] for number in some),
            polygons=tuple(points[edges[number] : edges[number + 1]] for number in some),
        )
        for _, some in sorted(members.items())
    )


def areas_as_bitmaps(mask: Mask, told: Sequence[Told], *, connected: bool) -> tuple[Area, ...]:
    """Return the areas in order of the draw order; without `connected` one for each class."""
    return tuple(
        area
        for one in told
        if (bitmap := mask == one.value).any()
        for area in _bitmap_areas(bitmap, one, connected=connected)
    )


def _boxes_of(rings: Rings) -> list[list[int]]:
    """Return left, top, right and bottom of each outline."""
    if not len(rings):
        return []
    low, high = (of.reduceat(rings.corners, rings.starts[:-1], axis=0) for of in (np.minimum, np.maximum))
    boxes: list[list[int]] = np.concatenate((low, high), axis=1).tolist()
    return boxes


def _around(boxes: Iterable[Sequence[int]]) -> tuple[int, int, int, int]:
    """Return left, top, columns and rows of the rectangle around some."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    left, top = min(lefts), min(tops)
    return left, top, max(rights) - left, max(bottoms) - top


def _pixels_of(rings: Rings) -> list[int]:
    """Return how many pixels each outline encloses."""
    if not len(rings):
        return []
    x, y = rings.corners.astype(np.int64).T
    _, after = neighbours(rings.starts)
    pixels: list[int] = (
        np.abs(np.add.reduceat(x * y[after] - y * x[after], rings.starts[:-1])) // 2
    ).tolist()
    return pixels


def _bitmap_areas(bitmap: Bitmap, told: Told, *, connected: bool) -> Iterator[Area]:
    if connected:
        count, labels, stats, _ = cv2.connectedComponentsWithStats(
            bitmap.view(np.uint8), connectivity=8, ltype=cv2.CV_32S
        )
    else:
        left, top, columns, rows = cv2.boundingRect(bitmap.view(np.uint8))
        count, labels = 2, bitmap.view(np.uint8)
        stats = np.array([[0] * 5, [left, top, columns, rows, np.count_nonzero(bitmap)]], dtype=np.int32)
    for number in range(1, count):
        left, top, columns, rows, pixels = (int(value) for value in stats[number])
        inner = np.ascontiguousarray(labels[top : top + rows, left : left + columns] == number)
        yield Area(told, (left, top, columns, rows), pixels, bitmap=inner)
