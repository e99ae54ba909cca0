"""Shapes and annotations: what an annotation file holds before it becomes a mask."""

from __future__ import annotations

import filecmp
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import starmap
from pathlib import Path
from typing import Literal, TypeGuard

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
"""float64 of shape (points, 2): x to the right, y downwards, in pixels; (0, 0) is the photo's upper left corner."""

Runs = npt.NDArray[np.int64]
"""Lengths of alternating runs of pixels, off first, row by row."""

Bitmap = npt.NDArray[np.bool_]
"""bool of shape (rows, columns)."""

Coding = Literal["index", "colour"]
"""What a pixel's code is: its value (of palette pictures the place in the palette), or `0xRRGGBB`."""

_ELLIPSE_CORNERS = 720


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Shape:
    """What every shape has: the label it carries in its file, its layer there, and its attributes.

    `where` names it inside its photo's annotation, such as `polygon 3`. `oddity` goes on from there to what is wrong with it
    and was put right, for the person to know; empty: nothing.
    """

    label: str
    z_order: int = 0
    attributes: Mapping[str, str] = field(default_factory=dict)
    where: str = ""
    oddity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Polygon(Shape):
    """A closed polygon; the last point is joined with the first."""

    points: Points

    def outline(self) -> Points:
        """Return the corners."""
        return self.points


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Box(Shape):
    """A rectangle from (x0, y0) to (x1, y1), turned clockwise about its centre by `rotation` degrees."""

    x0: float
    y0: float
    x1: float
    y1: float
    rotation: float = 0.0

    def outline(self) -> Points:
        """Return the four corners, turned."""
        corners = np.array(
            [(self.x0, self.y0), (self.x1, self.y0), (self.x1, self.y1), (self.x0, self.y1)], dtype=np.float64
        )
        return turned(corners, ((self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2), self.rotation)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ellipse(Shape):
    """An ellipse about (cx, cy) with half axes rx and ry, turned clockwise by `rotation` degrees."""

    cx: float
    cy: float
    rx: float
    ry: float
    rotation: float = 0.0

    def outline(self) -> Points:
        """Return the ellipse as a polygon of 720 corners, or no corners when an axis is not positive."""
        if self.rx <= 0 or self.ry <= 0:
            return np.zeros((0, 2))
        angle = np.linspace(0, 2 * np.pi, _ELLIPSE_CORNERS, endpoint=False)
        corners = np.column_stack((self.cx + self.rx * np.cos(angle), self.cy + self.ry * np.sin(angle)))
        return turned(corners, (self.cx, self.cy), self.rotation)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MaskShape(Shape):
    """A bitmap of `rows` × `columns` pixels whose upper left pixel lies at (left, top), perhaps outside.

    It is kept as `runs`: int64 lengths of alternating runs, row by row through the box, pixels that are off
    first (that run may be 0). What the runs do not reach is off.
    """

    left: int
    top: int
    rows: int
    columns: int
    runs: Runs

    def bitmap(self) -> Bitmap:
        """Return the pixels as bool (rows, columns)."""
        flat = np.zeros(self.rows * self.columns, dtype=np.bool_)
        told = np.repeat(np.arange(self.runs.size) % 2 == 1, self.runs)
        flat[: told.size] = told
        return flat.reshape(self.rows, self.columns)


@dataclass(frozen=True, slots=True)
class LabelPicture:
    """A picture file, how its pixels are told apart, and the rows and columns at which it is wanted.

    When the file has another size, its pixels are repeated or left out.
    """

    path: Path
    coding: Coding
    size: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PicturePart(Shape):
    """The pixels of a label picture that have one of `codes`; `area` is how many they are."""

    picture: LabelPicture
    codes: tuple[int, ...]
    area: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Undrawn(Shape):
    """Something that has no area (a polyline, points, a cuboid, a tag …); `kind` says what."""

    kind: str


Drawn = Polygon | Box | Ellipse | MaskShape | PicturePart
"""A shape that covers pixels."""


def is_drawn(shape: Shape) -> TypeGuard[Drawn]:
    """Tell whether the shape covers pixels."""
    return isinstance(shape, Drawn)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Annotation:
    """All shapes of one photo.

    `names` are the photo's possible names, the one in the file first; a name may hold folders. `size` is rows
    and columns as the file tells them. `file` is where it was read, `place` how to tell a person. `parts` are
    further files that belong to it, such as mask pictures. `deleted` counts the objects that were left out
    because their file says so. `relative` annotations tell points as fractions of the photo's width and height;
    `interpolated` ones are of a frame between those that somebody drew on. `plain` is what the labels of a table may mean
    (LabelTable.plain), None where no table names them. `below` is the photo's path from the folder of its split on, without extension, where the files
    tell that this folder is one (empty: they do not).
    """

    names: tuple[str, ...]
    size: tuple[int, int] | None
    shapes: Sequence[Shape]
    file: Path
    place: str
    subset: str = ""
    deleted: int = 0
    parts: tuple[Path, ...] = ()
    relative: bool = False
    interpolated: bool = False
    plain: Mapping[str, str] | None = None
    below: str = ""


def turned(points: Points, centre: tuple[float, float], degrees: float) -> Points:
    """Return the points turned clockwise (as seen, with y downwards) about `centre`."""
    if degrees % 360 == 0:
        return points
    angle = np.deg2rad(degrees)
    cosine, sine = np.cos(angle), np.sin(angle)
    turn = np.array([[cosine, sine], [-sine, cosine]])
    moved: Points = (points - centre) @ turn + centre
    return moved


def runs_of(bitmap: Bitmap) -> Runs:
    """Return the run lengths of a bitmap, row by row, pixels that are off first."""
    flat = bitmap.reshape(-1)
    changes = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    first = [0] if flat.size and flat[0] else []
    return np.diff(np.concatenate((first, [0], changes, [flat.size]))).astype(np.int64)


def cropped_mask(
    bitmap: Bitmap, *, label: str, where: str = "", attributes: Mapping[str, str] | None = None
) -> MaskShape:
    """Return a photo-sized bitmap as a shape that holds only the rectangle in which pixels are on."""
    rows, columns = np.flatnonzero(bitmap.any(axis=1)), np.flatnonzero(bitmap.any(axis=0))
    if rows.size:
        top, left = int(rows[0]), int(columns[0])
        inner = bitmap[top : int(rows[-1]) + 1, left : int(columns[-1]) + 1]
    else:
        top = left = 0
        inner = bitmap[:0, :0]
    return MaskShape(
        label=label,
        where=where,
        attributes=attributes or {},
        left=left,
        top=top,
        rows=inner.shape[0],
        columns=inner.shape[1],
        runs=runs_of(np.ascontiguousarray(inner)),
    )


def without_boxes(shapes: Iterable[Shape]) -> tuple[Shape, ...]:
    """Return the shapes with boxes as what has no area."""
    return tuple(
        Undrawn(label=shape.label, z_order=shape.z_order, where=shape.where, kind="box")
        if isinstance(shape, Box)
        else shape
        for shape in shapes
    )


def same_shapes(first: Annotation, second: Annotation) -> bool:
    """Tell whether two annotations paint the same (attributes do not count, nor does what has no area)."""
    ours, theirs = ([_content(shape) for shape in one.shapes if is_drawn(shape)] for one in (first, second))
    return ours == theirs and all(starmap(_same_file, zip(_pictures(first), _pictures(second), strict=True)))


def _content(shape: Shape) -> tuple[object, ...]:
    common = (type(shape), shape.label, shape.z_order)
    match shape:
        case Polygon():
            return (*common, shape.points.tobytes())
        case Box():
            return (*common, shape.x0, shape.y0, shape.x1, shape.y1, shape.rotation)
        case Ellipse():
            return (*common, shape.cx, shape.cy, shape.rx, shape.ry, shape.rotation)
        case MaskShape():
            return (*common, shape.left, shape.top, shape.rows, shape.columns, shape.runs.tobytes())
        case PicturePart():
            return (*common, shape.codes, shape.area, shape.picture.coding, shape.picture.size)
    return common


def _pictures(annotation: Annotation) -> list[Path]:
    return [shape.picture.path for shape in annotation.shapes if isinstance(shape, PicturePart)]


def _same_file(first: Path, second: Path) -> bool:
    try:
        return first == second or filecmp.cmp(first, second, shallow=False)
    except OSError:
        return False
