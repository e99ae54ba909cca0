"""Export: a project's masks as the annotation files of other programs, whole or not at all.

report = export_project(project, ExportOptions(format="coco", to=Path("out.zip")))
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from segstudio.errors import SegStudioError, WorkStopped, did_you_mean
from segstudio.formats.landing import check_place, landing_at
from segstudio.formats.options import part_of
from segstudio.formats.threads import all_workers
from segstudio.formats.writing.photo import (
    Outcome,
    Tally,
    Task,
    points_in,
    sheet_of,
    write_photo,
)
from segstudio.formats.writing.reading_back import read_back
from segstudio.formats.writing.remarks import remarks_on
from segstudio.formats.writing.table import EXPORTS, ExportFormat
from segstudio.formats.writing.target import nowhere
from segstudio.formats.writing.writer import Plan, Writer, names_for
from segstudio.project.listing import badly_named
from segstudio.project.masks import Mask
from segstudio.project.photos import Photo
from segstudio.project.project import Project
from segstudio.project.threads import in_order, never, unheard

__all__ = [
    "EXPORTS",
    "ExportFormat",
    "ExportOptions",
    "ExportPreview",
    "ExportReport",
    "Which",
    "check_place",
    "chosen_photos",
    "estimate",
    "export_format",
    "export_project",
    "preview_export",
    "without_record",
]

Which = Literal["labelled", "done", "checked"]
"""Which photos: all that have a mask, those that are done or checked, those that are checked."""

MAX_TOLERANCE_PX = 100.0

_STATUSES: dict[Which, set[str] | None] = {
    "labelled": None,
    "done": {"done", "checked"},
    "checked": {"checked"},
}
_FIRST_LINES = 60
_WIDEST = 400
_AREAS_FOUND, _ENCODED = 0.8, 0.95
"""How much of a preview is done after the areas are found, and after they are written; measured."""


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
    which some do not, with their share, worst first. `left_out` tells photo keys and why. `remarks` are sentences on what
    a reader would not expect.
    """

    photos: int
    shapes: int
    points: int
    agreement: float
    worst: tuple[tuple[str, float], ...]
    left_out: tuple[tuple[str, str], ...]
    to: Path
    seconds: float
    remarks: tuple[str, ...] = ()


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
    dry_run: bool = False,
) -> ExportReport:
    """Write the masks of the photos that `options` name; return what was written, or, in a `dry_run`, what would be.

    Raises SegStudioError (an unknown format, a target that is taken or cannot be written, nothing to export) and
    WorkStopped when `cancelled` says so; nothing half-written is left then.
    """
    began = time.perf_counter()
    writer, plan = _prepared(project, options)
    check_place(options.to, project)
    photos = chosen_photos(project, options)
    if not photos:
        raise SegStudioError(
            "there is nothing to export: no photo that was asked for has a mask",
            where=str(project.folder),
            fix="Paint some, or ask for others",
        )
    keys = (photo.key for photo in photos)
    called = names_for(keys, by_stem=writer.by_stem, with_photos=options.with_photos)
    tally = Tally()
    tally.left_out += without_record(project, options)
    with nowhere() if dry_run else landing_at(options.to) as target:

        def write(numbered: tuple[int, Photo]) -> Outcome:
            number, photo = numbered
            task = Task(photo, number, called[photo.key], options.tolerance_px, options.with_photos)
            return write_photo(project, task, plan, writer, target, check=partial(_check, cancelled))

        results = in_order(
            write, list(enumerate(photos)), cancelled=cancelled, check=_check, workers=all_workers()
        )
        with closing(results) as outcomes:
            for done, outcome in enumerate(outcomes, start=1):
                tally.take(outcome)
                if outcome.encoded is not None:
                    writer.add(outcome.encoded, target)
                progress(done, len(photos))
        if not tally.photos:
            key, why = tally.left_out[-1]
            raise SegStudioError(f"no photo could be exported; {key}: {why}", where=str(project.folder))
        writer.finish(target)
        _check(cancelled)
    return ExportReport(
        photos=tally.photos,
        shapes=tally.shapes,
        points=tally.points,
        agreement=tally.agreement,
        worst=tally.worst,
        left_out=tuple(tally.left_out),
        to=options.to,
        seconds=time.perf_counter() - began,
        remarks=remarks_on(options.format, plan.classes, shapeless=tally.shapeless),
    )


def preview_export(
    project: Project,
    key: str,
    options: ExportOptions,
    *,
    progress: Callable[[int, int], None] = unheard,
    cancelled: Callable[[], bool] = never,
) -> ExportPreview:
    """Return what would be written for one photo, and what a reader gets back; for any thread but the window's.

    `progress` is told the per cent that are done of 100. Raises SegStudioError when the photo has no mask, or it cannot be read, and WorkStopped when `cancelled` says so.
    """
    check = partial(_check, cancelled)
    writer, plan = _prepared(project, options)
    photo = project.photo(key)
    mask = project.read_mask(photo)
    if mask is None:
        raise SegStudioError("the photo has no mask", where=key, fix="Paint it first")
    (called,) = names_for([key], by_stem=writer.by_stem, with_photos=True).values()
    task = Task(photo, 0, called, options.tolerance_px, with_photo=False)

    def far(share: float) -> None:
        progress(int(100 * share), 100)

    sheet = sheet_of(mask, task, plan, writer, check, far=part_of(far, 0, _AREAS_FOUND))
    far(_AREAS_FOUND)
    encoded = writer.encode(sheet)
    far(_ENCODED)
    check()
    back = read_back(encoded, plan)
    far(1)
    check()
    differs = back != mask
    return ExportPreview(
        key=key,
        mask=back,
        differs=differs,
        shapes=len(encoded.shapes or ()),
        points=points_in(encoded),
        agreement=1 - float(np.count_nonzero(differs)) / max(1, differs.size),
        text="\n".join(line[:_WIDEST] for line in encoded.text.splitlines()[:_FIRST_LINES]),
    )


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
    return tuple(photo for photo in project.photos() if photo.is_labelled and _is_wanted(photo, options))


def without_record(project: Project, options: ExportOptions) -> list[tuple[str, str]]:
    """Return the photos that have a mask and a damaged record, so that nobody knows what they are for, and why; of all
    photos also those whose name can be none.
    """
    photos = (photo for photo in project.photos() if photo.has_mask and photo.damage)
    damaged = [(photo.key, photo.damage) for photo in photos if _is_wanted(photo, options)]
    return damaged + (badly_named(project.folder / "photos") if options.photos is None else [])


def _is_wanted(photo: Photo, options: ExportOptions) -> bool:
    statuses = _STATUSES[options.which]
    return (options.photos is None or photo.key in options.photos) and (
        statuses is None or photo.status in statuses or bool(photo.damage)
    )


def _prepared(project: Project, options: ExportOptions) -> tuple[Writer, Plan]:
    entry = export_format(options.format)
    outlines = options.outlines or entry.outlines[0]
    if outlines not in entry.outlines:
        raise SegStudioError(
            f'{entry.name} cannot tell areas as "{outlines}"', fix=f"It has: {', '.join(entry.outlines)}"
        )
    if not 0 <= options.tolerance_px <= MAX_TOLERANCE_PX:
        raise SegStudioError(
            f"a tolerance of {options.tolerance_px:g} pixels cannot be meant",
            fix=f"Give 0 (exact) to {MAX_TOLERANCE_PX:g}",
        )
    when = datetime.now().astimezone().isoformat(sep=" ", timespec="seconds")
    plan = Plan(project.name, project.classes, "masks" if outlines == "masks" else "polygons", when)
    return entry.writer(plan), plan


def _check(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise WorkStopped("the export was stopped; nothing was written")
