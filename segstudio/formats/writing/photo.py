"""One photo of an export: read, told, written, and read back."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field

import numpy as np

from segstudio.errors import SegStudioError
from segstudio.files import open_ordinary
from segstudio.formats.options import Check, Far, go_on, unmeasured
from segstudio.formats.shapes import Polygon
from segstudio.formats.writing.reading_back import read_back
from segstudio.formats.writing.sheets import Area, Sheet, areas_as_bitmaps, areas_as_polygons, without_unknown
from segstudio.formats.writing.target import Target
from segstudio.formats.writing.writer import Called, Encoded, Plan, Writer
from segstudio.project.classes import VOID
from segstudio.project.masks import Mask
from segstudio.project.photos import Photo
from segstudio.project.project import Project

_WORST = 10


@dataclass(frozen=True, slots=True)
class Task:
    """One photo to export: its place among them (from 0), and what it is called in the export."""

    photo: Photo
    number: int
    called: Called
    tolerance_px: float
    with_photo: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a photo: what was written and how many pixels of how many come back the same, or `why_not`.

    `encoded` holds no pixels any more. A `shapeless` photo is told by shapes, and has none.
    """

    key: str
    encoded: Encoded | None = None
    shapes: int = 0
    points: int = 0
    same: int = 0
    pixels: int = 0
    why_not: str = ""
    shapeless: bool = False


@dataclass(slots=True)
class Tally:
    """The sum of outcomes."""

    photos: int = 0
    shapes: int = 0
    points: int = 0
    same: int = 0
    pixels: int = 0
    shapeless: int = 0
    left_out: list[tuple[str, str]] = field(default_factory=list)
    _worst: list[tuple[float, str]] = field(default_factory=list)

    def take(self, outcome: Outcome) -> None:
        """Add one."""
        if outcome.encoded is None:
            self.left_out.append((outcome.key, outcome.why_not))
            return
        self.photos += 1
        self.shapeless += outcome.shapeless
        self.shapes += outcome.shapes
        self.points += outcome.points
        self.same += outcome.same
        self.pixels += outcome.pixels
        if outcome.same < outcome.pixels:
            heapq.heappush(self._worst, (-outcome.same / outcome.pixels, outcome.key))
            if len(self._worst) > _WORST:
                heapq.heappop(self._worst)  # the best of them

    @property
    def agreement(self) -> float:
        """The share of pixels that come back the same."""
        return self.same / self.pixels if self.pixels else 1.0

    @property
    def worst(self) -> tuple[tuple[str, float], ...]:
        """The photos of which not all pixels do, worst first, and their share."""
        return tuple(
            (key, abs(share)) for share, key in sorted(self._worst, key=lambda one: (-one[0], one[1]))
        )


def write_photo(
    project: Project, task: Task, plan: Plan, writer: Writer, target: Target, *, check: Check = go_on
) -> Outcome:
    """Write what is of this photo alone, and return the rest; for any thread.

    A photo or mask that cannot be read is left out; raises what the target and `check` raise.
    """
    key = task.photo.key
    try:
        mask = project.read_mask(task.photo)
        if mask is None:
            raise SegStudioError("its mask is gone", fix="Restore it")
        if task.with_photo:
            _check_readable(task.photo)
    except SegStudioError as error:
        return Outcome(key, why_not=str(error))
    encoded = writer.encode(sheet_of(mask, task, plan, writer, check))
    check()
    same = int(np.count_nonzero(read_back(encoded, plan) == mask))
    for name, content in encoded.files.items():
        target.put(name, content)
    if task.with_photo:
        target.copy(encoded.photo, task.photo.path)
    has_void = any(area.told.value == VOID for area in encoded.sheet.areas)
    told = Encoded(_without_pixels(encoded.sheet), encoded.photo, entries=encoded.entries, has_void=has_void)
    return Outcome(
        key,
        told,
        len(encoded.shapes or ()),
        points_in(encoded),
        same,
        mask.size,
        shapeless=encoded.table is None and not encoded.shapes,
    )


def sheet_of(
    mask: Mask, task: Task, plan: Plan, writer: Writer, check: Check = go_on, *, far: Far = unmeasured
) -> Sheet:
    """Return what is told about a photo; what `check` raises ends it, and `far` is told how much is done."""
    known = without_unknown(mask, plan.classes)
    areas: tuple[Area, ...] = ()
    if plan.outlines == "masks" and not writer.by_picture:
        areas = areas_as_bitmaps(known, plan.told, connected=writer.connected)
    elif not writer.by_picture:
        areas = areas_as_polygons(known, plan.told, task.tolerance_px, check, far)
    called = task.called
    return Sheet(task.number, called.name, called.stem, task.photo.split, known, areas)


def points_in(encoded: Encoded) -> int:
    """Return how many corners the polygons have."""
    return sum(len(shape.points) for shape in encoded.shapes or () if isinstance(shape, Polygon))


def _without_pixels(sheet: Sheet) -> Sheet:
    nothing = np.zeros((0, 0), dtype=np.uint8)
    return Sheet(sheet.number, sheet.name, sheet.stem, sheet.split, nothing)


def _check_readable(photo: Photo) -> None:
    try:
        with open_ordinary(photo.path):
            pass
    except OSError as error:
        raise SegStudioError(
            f"the photo cannot be read ({error.strerror or error})", where=str(photo.path)
        ) from error
