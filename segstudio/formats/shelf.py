"""Shelf: the shapes of a large import, laid aside in a temporary file, so that their number does not count in memory.

What is asked of all shapes at once, such as how many carry which label, is noted when they are laid aside.
"""

from __future__ import annotations

import pickle
import tempfile
import threading
import weakref
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from segstudio.errors import SegStudioError
from segstudio.formats.shapes import (
    Box,
    Drawn,
    Ellipse,
    MaskShape,
    PicturePart,
    Polygon,
    Shape,
    Undrawn,
    is_drawn,
)

_ROOM_BYTES = 96 << 20
_SHAPE_BYTES = 700
"""What a shape takes beside its arrays."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What some shapes are, in short: `drawn` counts those with an area by label, `first` tells where each label is met
    first, `undrawn` counts the others by kind. `layers` tells the lowest and the highest layer of each label, `oddities` what
    is wrong with single shapes, each with its place; `boxes` counts those of the drawn that are no more than a box.
    """

    drawn: Mapping[str, int]
    first: Mapping[str, str]
    undrawn: Mapping[str, int]
    layers: Mapping[str, tuple[int, int]]
    oddities: tuple[str, ...] = ()
    boxes: int = 0


def tally_of(shapes: Sequence[Shape]) -> Tally:
    """Return what the shapes are, in short; those that are laid aside are not fetched for it."""
    if isinstance(shapes, _Shelved):
        return shapes.tally
    drawn: Counter[str] = Counter()
    first: dict[str, str] = {}
    undrawn: Counter[str] = Counter()
    layers: dict[str, tuple[int, int]] = {}
    for shape in shapes:
        if is_drawn(shape):
            drawn[shape.label] += 1
            first.setdefault(shape.label, shape.where)
            low, high = layers.get(shape.label, (shape.z_order, shape.z_order))
            layers[shape.label] = min(low, shape.z_order), max(high, shape.z_order)
        elif isinstance(shape, Undrawn):
            undrawn[shape.kind] += 1
    oddities = tuple(f"{shape.where}: {shape.oddity}" for shape in shapes if shape.oddity)
    boxes = sum(isinstance(shape, Box) for shape in shapes)
    return Tally(drawn, first, undrawn, layers, oddities, boxes)


def areas_of(shapes: Sequence[Shape]) -> Mapping[str, array[float]]:
    """Return for each label the square pixels of its shapes' boxes; those laid aside are not fetched for it."""
    if isinstance(shapes, _Shelved):
        return shapes.areas
    areas: dict[str, array[float]] = {}
    for shape in shapes:
        if is_drawn(shape):
            areas.setdefault(shape.label, array("d")).append(_box_area(shape))
    return areas


class Shelf:
    """Takes shapes in, and keeps all beyond `room_bytes` in a temporary file that goes with the last of them.

    Several threads may use it, and the shapes that it returns.
    """

    def __init__(self, room_bytes: int = _ROOM_BYTES) -> None:
        self._room = room_bytes
        self._lock = threading.Lock()
        self._file = tempfile.TemporaryFile(prefix="segstudio-")  # noqa: SIM115 (closed when nobody needs it)
        weakref.finalize(self, self._file.close)

    def put(self, shapes: Sequence[Shape]) -> Sequence[Shape]:
        """Return the shapes as they are while there is room, and else a sequence that fetches them when it is asked.

        Raises SegStudioError when the disk refuses.
        """
        size = sum(map(_bytes_of, shapes))
        with self._lock:
            if size <= self._room:
                self._room -= size
                return shapes
        data = pickle.dumps(tuple(shapes), protocol=5)
        try:
            with self._lock:
                start = self._file.seek(0, 2)
                self._file.write(data)
        except OSError as error:
            raise SegStudioError(
                f"the shapes could not be laid aside in the temporary folder ({error.strerror or error})",
                where=tempfile.gettempdir(),
                fix="Free some space there, or import fewer files at a time",
            ) from error
        return _Shelved(self, start, len(data), shapes)

    def fetch(self, start: int, length: int) -> tuple[Shape, ...]:
        """Return what lies at that place."""
        with self._lock:
            self._file.seek(start)
            data = self._file.read(length)
        shapes: tuple[Shape, ...] = pickle.loads(data)  # of a file that only this process can open
        return shapes


class _Shelved(Sequence[Shape]):
    """Shapes that lie in a shelf. Each look fetches them all."""

    __slots__ = ("_count", "_length", "_shelf", "_start", "areas", "tally")

    def __init__(self, shelf: Shelf, start: int, length: int, shapes: Sequence[Shape]) -> None:
        self._shelf, self._start, self._length, self._count = shelf, start, length, len(shapes)
        self.tally, self.areas = tally_of(shapes), areas_of(shapes)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Shape]:
        return iter(self._shelf.fetch(self._start, self._length))

    @overload
    def __getitem__(self, index: int) -> Shape: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Shape]: ...
    def __getitem__(self, index: int | slice) -> Shape | Sequence[Shape]:
        return self._shelf.fetch(self._start, self._length)[index]


def _bytes_of(shape: Shape) -> int:
    if isinstance(shape, Polygon):
        return _SHAPE_BYTES + shape.points.nbytes
    return _SHAPE_BYTES + (shape.runs.nbytes if isinstance(shape, MaskShape) else 0)


def _box_area(shape: Drawn) -> float:
    match shape:
        case MaskShape():
            return float(shape.rows * shape.columns)
        case Box():
            return abs(shape.x1 - shape.x0) * abs(shape.y1 - shape.y0)
        case PicturePart():
            return float(shape.area)
        case Ellipse():
            return 4 * abs(shape.rx * shape.ry)
        case Polygon():
            return float(np.prod(np.ptp(shape.points, axis=0))) if len(shape.points) else 0.0
