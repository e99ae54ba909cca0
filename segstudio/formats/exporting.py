"""Export: a project's masks as the annotation files of other programs, whole or not at all.

report = export_project(project, ExportOptions(format="coco", to=Path("out.zip")))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from segstudio.errors import SegStudioError, did_you_mean
from segstudio.project.masks import Mask
from segstudio.project.photos import Photo
from segstudio.project.project import Project
from segstudio.project.threads import never, unheard

Which = Literal["labelled", "done", "checked"]
"""Which photos: all that have a mask, those that are done or checked, those that are checked."""


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A format that can be written.

    `carries` and `loses` tell in one line each what it keeps and what it cannot say (empty: nothing). `outlines` are the
    ways in which it can tell areas, the first is the default.
    """

    id: str
    name: str
    carries: str
    loses: str
    outlines: tuple[str, ...]


EXPORTS = (
    ExportFormat(
        "cvat",
        "CVAT for images 1.1",
        "classes with their colours, draw order, split, folders",
        "",
        ("polygons", "masks"),
    ),
    ExportFormat(
        "labelme-xml",
        "LabelMe XML 3.0",
        "classes, folders",
        "colours, draw order, split",
        ("polygons", "masks"),
    ),
    ExportFormat(
        "labelme-json",
        "labelme JSON",
        "classes, folders",
        "colours, draw order, split",
        ("polygons", "masks"),
    ),
    ExportFormat(
        "coco",
        "COCO instances",
        "classes, folders, split",
        "colours, draw order",
        ("polygons", "masks"),
    ),
    ExportFormat(
        "voc",
        "Pascal VOC segmentation",
        "classes with their colours, split, every pixel",
        "draw order",
        ("masks",),
    ),
    ExportFormat(
        "index-png",
        "Index masks",
        "classes with their numbers and colours, folders, every pixel",
        "draw order, split",
        ("masks",),
    ),
    ExportFormat(
        "colour-png",
        "Colour masks",
        "classes with their colours, folders, every pixel",
        "draw order, split",
        ("masks",),
    ),
    ExportFormat(
        "yolo-seg",
        "YOLO segmentation",
        "classes, split, folders",
        "colours, draw order",
        ("polygons",),
    ),
)


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Every choice of an export.

    `to` is a folder that is new or empty, or a new file that ends in `.zip`. `outlines` is one of the format's, or empty
    for its default; "masks" are run lengths where the format has them. Polygons may differ from the area by
    `tolerance_px`; with 0 they are exact. `photos` are the keys to take; None: all.
    """

    format: str
    to: Path
    outlines: str = ""
    tolerance_px: float = 0.0
    with_photos: bool = False
    which: Which = "labelled"
    photos: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written.

    `agreement` is the share of pixels, of all photos together, that come back the same; `worst` the up to ten photos of
    which some do not, with their share, worst first. `left_out` tells photo keys and why.
    """

    photos: int
    shapes: int
    points: int
    agreement: float
    worst: tuple[tuple[str, float], ...]
    left_out: tuple[tuple[str, str], ...]
    to: Path
    seconds: float


@dataclass(frozen=True, slots=True)
class ExportPreview:
    """What a photo's file would say.

    `mask` is what a reader gets back: uint8 (rows, columns) of the project's values; `differs`, bool of the same shape,
    is where that is not the project's mask. `text` are the first lines written for the photo; empty for pictures.
    """

    key: str
    mask: Mask
    differs: npt.NDArray[np.bool_]
    shapes: int
    points: int
    agreement: float
    text: str


def export_project(
    project: Project,
    options: ExportOptions,
    *,
    progress: Callable[[int, int], None] = unheard,
    cancelled: Callable[[], bool] = never,
) -> ExportReport:
    """Write the masks of the photos that `options` name; return what was written.

    Raises SegStudioError (an unknown format, a target that is taken or cannot be written, nothing to export) and
    WorkStopped when `cancelled` says so; nothing half-written is left then.
    """
    export_format(options.format)
    raise SegStudioError("exporting is not ready yet")


def preview_export(project: Project, key: str, options: ExportOptions) -> ExportPreview:
    """Return what would be written for one photo, and what a reader gets back; for any thread but the window's.

    Raises SegStudioError when the photo has no mask, or it cannot be read.
    """
    export_format(options.format)
    raise SegStudioError("exporting is not ready yet")


def estimate(project: Project, options: ExportOptions) -> int:
    """Return how many photos would be exported; no pixel is read."""
    return len(chosen_photos(project, options))


def export_format(name: str) -> ExportFormat:
    """Return the format `name`; raises SegStudioError with the closest one when there is none."""
    names = [entry.id for entry in EXPORTS]
    for entry in EXPORTS:
        if entry.id == name.strip().lower():
            return entry
    raise SegStudioError(
        f'there is no format "{name}" to export{did_you_mean(name, names)}',
        fix=f"The formats are: {', '.join(names)}",
    )


def chosen_photos(project: Project, options: ExportOptions) -> tuple[Photo, ...]:
    """Return the labelled photos that `options` name, ordered by key."""
    wanted = None if options.photos is None else set(options.photos)
    statuses = {"labelled": None, "done": {"done", "checked"}, "checked": {"checked"}}[options.which]
    return tuple(
        photo
        for photo in project.photos()
        if photo.has_mask
        and (wanted is None or photo.key in wanted)
        and (statuses is None or photo.status in statuses)
    )
