"""Painting a mask again from the annotation that a project kept of its import."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from segstudio.errors import SegStudioError, inside
from segstudio.files import is_file
from segstudio.formats.grey_masks import relabelled
from segstudio.formats.options import Cancelled, check_cancelled, never
from segstudio.formats.placement import Fit, fit_of, in_pixels, scaled_to, turned_upright
from segstudio.formats.places import SourceFile
from segstudio.formats.rasterise import rasterise
from segstudio.formats.record import ImportRecord, read_record, records_of
from segstudio.formats.shapes import Annotation, without_boxes
from segstudio.formats.table import recognise
from segstudio.project.archive import safe_member
from segstudio.project.classes import VOID, ClassList
from segstudio.project.images import photo_orientation
from segstudio.project.masks import Mask
from segstudio.project.photos import Photo
from segstudio.project.project import Project


def mask_from_kept(project: Project, photo: Photo, *, cancelled: Cancelled = never) -> Mask:
    """Return the mask that the newest import of this photo would give with the classes and draw order of today:
    uint8 of the photo's (rows, columns).

    Classes are told by their numbers; shapes of a class that is gone are left out. Raises SegStudioError when no
    annotation of the photo was kept, or it is damaged, and WorkStopped when `cancelled` says so.
    """
    if not all(photo.size):
        raise SegStudioError("the photo cannot be read", where=photo.key, fix="Copy it anew from its source")
    folder, record = _newest(project.folder, photo)
    kept = _annotation(folder, record, photo, cancelled)
    if record.boxes == "leave-out":
        kept = replace(kept, shapes=without_boxes(kept.shapes))
    annotation = in_pixels(relabelled(kept, record.photos[photo.key].greys), photo.size)
    check_cancelled(cancelled)
    orientation = photo_orientation(photo.path)
    fit = fit_of(annotation.size, photo.size, orientation)
    if fit is Fit.OTHER:
        annotation = scaled_to(annotation, photo.size)
    result = rasterise(
        annotation.shapes,
        photo.size[::-1] if fit is Fit.AS_STORED else photo.size,
        project.classes,
        numbers=_numbers(record.values, annotation.plain or {}, project.classes),
        rule=record.rule,
        layers=record.layers,
    )
    return turned_upright(result.mask, orientation) if fit is Fit.AS_STORED else result.mask


def _newest(project: Path, photo: Photo) -> tuple[Path, ImportRecord]:
    for path in records_of(project):
        record = read_record(path)
        if photo.key in record.photos and (not record.undone or photo.key in record.left):
            return path.parent, record
    raise SegStudioError(
        "this photo came in without an annotation, so there is none to import again",
        where=photo.key,
        fix="Import its annotation file in the Import tab"
        if not photo.has_mask
        else "Its mask stays as it is",
    )


def _annotation(folder: Path, record: ImportRecord, photo: Photo, cancelled: Cancelled) -> Annotation:
    kept = record.photos[photo.key]
    root = folder / kept.root
    path = root / kept.file
    if any(name and safe_member(name) is None for name in (kept.root, kept.file, kept.table)):
        raise SegStudioError(
            "what was kept of its import names a file outside the project, which is not read",
            where=photo.key,
            fix="Do not trust who made the project; import the annotations again",
        )
    if not is_file(path):
        raise SegStudioError(
            "the annotation file that was kept of its import is gone",
            where=photo.key,
            fix="Import the file again in the Import tab",
        )
    file = SourceFile(path, root, f"{folder.name}/{kept.file}", root / kept.table if kept.table else None)
    with inside(file.shown):
        several, found = False, None
        for annotation in _read(file):
            check_cancelled(cancelled)
            if annotation.names == kept.names:
                return annotation
            several, found = found is not None, annotation
        if found is not None and not several:
            return found  # of this photo, under whatever name: the folders around may have told more
    raise SegStudioError(
        "the file that was kept of its import no longer tells of this photo",
        where=file.shown,
        fix="Import the file again in the Import tab",
    )


def _read(file: SourceFile) -> Iterable[Annotation]:
    return recognise(file.path, boxes=True).read(file)


def _numbers(values: Mapping[str, int], plain: Mapping[str, str], classes: ClassList) -> Mapping[str, int]:
    """Return the numbers of the labels; older records tell a label of a table by what it means (`plain`)."""
    known = {*classes.indices, VOID}
    older = {label: values[meant] for label, meant in plain.items() if meant in values and meant not in plain}
    return {label: value for label, value in {**older, **values}.items() if value in known}
