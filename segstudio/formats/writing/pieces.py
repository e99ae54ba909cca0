"""Mask → pieces: the connected areas of each class, cut so that none has a hole.

No format that tells polygons can tell holes in a way that all programs read alike, so an area with holes is told in
several pieces, each without a hole (docs/decisions/0010-holes-are-cut.md). From the leftmost pixel of each hole a cut goes
to the left, from its rightmost one to the right, each between two rows of pixels and to the next edge of the area. A cut to
the left ends at an edge further left than its hole, so that all cuts and edges hang together: no piece keeps a hole. Every
set of holes is left by one cut on either side, so that no piece lies on both sides of a cut: an area with n holes becomes
n + 1 pieces.

Pixels that touch at a corner alone are two areas; holes that do are one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.formats.options import Check, Far, go_on, part_of, unmeasured
from segstudio.formats.shapes import Bitmap
from segstudio.project.masks import Mask

Labels = npt.NDArray[np.int32]
"""int32 of shape (rows, columns): the number of the piece, from 1; 0 is nothing."""


_CONNECTED, _WALLED = 0.25, 0.6
"""How much of the work on a class is done after its areas are found, and after the cuts are; measured."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a mask.

    `labels` tells the piece of each pixel. Of piece n, `values[n]` is the mask value and `areas[n]` the number of the
    connected area that it was cut from, from 1; entry 0 is nothing's.
    """

    labels: Labels
    values: npt.NDArray[np.int32]
    areas: npt.NDArray[np.int32]


def pieces_of(mask: Mask, values: Sequence[int], check: Check = go_on, far: Far = unmeasured) -> Pieces:
    """Return the pieces of the pixels that have one of `values`, class by class, each from top to bottom.

    What `check` raises ends it; it is called between two steps of each class, and `far` told.
    """
    labels = np.zeros(mask.shape, dtype=np.int32)
    of_value, of_area, areas = [0], [0], 0
    for place, value in enumerate(values):
        ours = part_of(far, place / len(values), (place + 1) / len(values))
        bitmap = mask == value
        window = _window(bitmap)
        if window is None:
            continue
        inner = np.ascontiguousarray(bitmap[window])
        check()
        in_area, parents, parts = _cut(inner, check, ours)
        count = int(parents.max())
        np.copyto(labels[window], in_area + np.int32(len(of_value) - 1), where=inner)
        of_value += [value] * parts
        of_area += (parents + areas).tolist()
        areas += count
    return Pieces(labels, np.array(of_value, dtype=np.int32), np.array(of_area, dtype=np.int32))


def connected(bitmap: Bitmap) -> tuple[Labels, int]:
    """Return the connected areas of a bitmap, numbered from 1, and how many there are; corners do not connect."""
    count, labels = cv2.connectedComponents(bitmap.view(np.uint8), connectivity=4, ltype=cv2.CV_32S)
    return np.asarray(labels, dtype=np.int32), count - 1


def _cut(bitmap: Bitmap, check: Check, far: Far) -> tuple[Labels, npt.NDArray[np.int32], int]:
    """Return the pieces (numbered from 1), the area of each (from 1), and how many pieces there are."""
    areas, count = connected(bitmap)
    far(_CONNECTED)
    check()
    walls = _walls(bitmap)
    far(_WALLED)
    check()
    if walls is None:
        return areas, np.arange(1, count + 1, dtype=np.int32), count
    # Between each two rows comes one that is on where they are joined: a cut is where it is off.
    rows, columns = bitmap.shape
    doubled = np.zeros((2 * rows - 1, columns), dtype=np.bool_)
    doubled[0::2] = bitmap
    doubled[1::2] = bitmap[:-1] & bitmap[1:] & ~walls
    joined, parts = connected(doubled)
    pieces = np.ascontiguousarray(joined[0::2])
    parents = np.zeros(parts + 1, dtype=np.int32)
    parents[pieces.ravel()] = areas.ravel()
    return pieces, parents[1:], parts


def _walls(bitmap: Bitmap) -> Bitmap | None:
    """Return where the cuts lie, between row y and y + 1: bool (rows - 1, columns); None when there is no hole."""
    around = np.pad(~bitmap, 1, constant_values=True)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(
        around.view(np.uint8), connectivity=8, ltype=cv2.CV_32S
    )
    holes = np.asarray(labels, dtype=np.int32)
    outside = holes[0, 0]
    if count <= 2:  # what is on, and what lies around
        return None
    walls = np.zeros((bitmap.shape[0] - 1, bitmap.shape[1]), dtype=np.bool_)
    joined = bitmap[:-1] & bitmap[1:]
    for number in range(1, count):
        if number != outside:
            for row, run in _cuts(holes, number, stats[number], joined):
                walls[row, run] = True
    return walls


def _cuts(
    labels: Labels, number: int, stats: npt.NDArray[np.generic], joined: Bitmap
) -> Iterator[tuple[int, slice]]:
    """Yield the row above and the columns of the cut to the left of a hole, and of that to its right."""
    left, top, width, height = (int(value) for value in stats[:4])
    for column, to_the_left in ((left, True), (left + width - 1, False)):
        # `labels` has a border of one pixel, so that the row above hole pixel (y, x) has the same place here.
        row = top + int((labels[top : top + height, column] == number).argmax()) - 2
        inner = column - 1
        beside = joined[row, :inner][::-1] if to_the_left else joined[row, inner + 1 :]
        length = int(beside.argmin()) if not beside.all() else beside.size
        yield row, slice(inner - length, inner) if to_the_left else slice(inner + 1, inner + 1 + length)


def _window(bitmap: Bitmap) -> tuple[slice, slice] | None:
    """Return the rows and columns in which pixels are on, or None when none is."""
    rows, columns = np.flatnonzero(bitmap.any(axis=1)), np.flatnonzero(bitmap.any(axis=0))
    if not rows.size:
        return None
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
