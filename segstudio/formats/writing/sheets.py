"""Sheets: what is told about one photo, before it is written in any format."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.formats.label_tables import void_label
from segstudio.formats.shapes import Bitmap, MaskShape, Points, Polygon, Shape, runs_of
from segstudio.formats.writing.outlines import points_of_ring, rings_of
from segstudio.formats.writing.pieces import pieces_of
from segstudio.formats.writing.simplify import simplified
from segstudio.project.classes import VOID, ClassList
from segstudio.project.masks import Mask
from segstudio.project.photos import Split


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


def areas_as_polygons(mask: Mask, told: Sequence[Told], tolerance_px: float) -> tuple[Area, ...]:
    """Return the areas in order of the draw order, with points to a hundredth of a pixel."""
    pieces = pieces_of(mask, [one.value for one in told])
    by_value = {one.value: one for one in told}
    members: dict[int, list[tuple[npt.NDArray[np.int64], Points]]] = {}
    owners: dict[int, Told] = {}
    for ring in rings_of(pieces.labels, meetings=tolerance_px > 0):
        area = int(pieces.areas[ring.piece])
        owners[area] = by_value[int(pieces.values[ring.piece])]
        points = simplified(ring, tolerance_px) if tolerance_px > 0 else points_of_ring(ring)
        members.setdefault(area, []).append((ring.corners, np.round(points, 2)))
    return tuple(_polygon_area(owners[area], members[area]) for area in sorted(members))


def areas_as_bitmaps(mask: Mask, told: Sequence[Told], *, connected: bool) -> tuple[Area, ...]:
    """Return the areas in order of the draw order; without `connected` one for each class."""
    return tuple(
        area
        for one in told
        if (bitmap := mask == one.value).any()
        for area in _bitmap_areas(bitmap, one, connected=connected)
    )


def _polygon_area(told: Told, members: Sequence[tuple[npt.NDArray[np.int64], Points]]) -> Area:
    corners = np.concatenate([corners for corners, _ in members])
    (left, top), (right, bottom) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return Area(
        told,
        (left, top, right - left, bottom - top),
        sum(_pixels_in(corners) for corners, _ in members),
        polygons=tuple(points for _, points in members),
    )


def _pixels_in(corners: npt.NDArray[np.int64]) -> int:
    following = np.roll(corners, -1, axis=0)
    return abs(int((corners[:, 0] * following[:, 1] - corners[:, 1] * following[:, 0]).sum())) // 2


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
