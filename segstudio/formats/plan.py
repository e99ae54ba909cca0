"""ImportPlan: what an import would do, worked out from the annotation files before any photo is opened."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from segstudio.errors import SegStudioError, WorkStopped, inside
from segstudio.formats.class_folders import ClassFolders, class_folders
from segstudio.formats.grey_masks import GreySet, grey_sets, relabelled
from segstudio.formats.label_tables import table_for
from segstudio.formats.labels import Labelling, LabelUse, count_labels, label_uses
from segstudio.formats.matching import Matching, match
from segstudio.formats.options import (
    Boxes,
    Cancelled,
    ImportOptions,
    Progress,
    check_cancelled,
    never,
    unheard,
)
from segstudio.formats.photo_keys import keys_of
from segstudio.formats.places import PHOTO_FOLDERS, PhotoFile, SourceFile
from segstudio.formats.shapes import Annotation, without_boxes
from segstudio.formats.shelf import Shelf, tally_of
from segstudio.formats.sources import Gathered
from segstudio.formats.table import Format, NotReadError, format_named, is_of_masks, recognise
from segstudio.formats.threads import in_threads
from segstudio.formats.told_masks import MASKS_ARE
from segstudio.formats.told_photos import told_photos
from segstudio.project.classes import ClassList
from segstudio.project.images import is_photo


@dataclass(frozen=True, slots=True)
class PlannedPhoto:
    """One photo on its way into the project: its key there, its file, and its annotation if it has one."""

    key: str
    photo: PhotoFile
    annotation: Annotation | None = None


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What was read and how it fits together.

    `made_from` are the project's classes as they were then. `photos` have an annotation, `spare` have none. `uses`
    are the labels of those annotations, and those that the files only declare. `formats` names the format of each annotation file. `damaged` are the
    files that could not be read, `not_read` those that are of another kind. `only_photos` tells that nothing given
    holds annotations. `skipped` counts the shapes without an area by kind. `grey_sets` are masks whose greys are no
    numbers of classes.
    """

    options: ImportOptions
    made_from: ClassList
    photos: tuple[PlannedPhoto, ...]
    spare: tuple[PlannedPhoto, ...]
    matching: Matching
    uses: tuple[LabelUse, ...]
    labelling: Labelling
    files: Mapping[Path, SourceFile]
    formats: Mapping[Path, str]
    damaged: tuple[SegStudioError, ...]
    not_read: tuple[SegStudioError, ...]
    only_photos: bool
    skipped: Mapping[str, int]
    deleted: int
    grey_sets: tuple[GreySet, ...] = ()


@dataclass(slots=True)
class _Reading:
    """What has been read from the annotation files so far."""

    annotations: list[Annotation]
    colours: dict[str, str]
    formats: dict[Path, str]
    damaged: list[SegStudioError]
    not_read: list[SegStudioError]
    parts: set[Path]
    grey_sets: list[GreySet]
    declared: set[str]


def make_plan(
    gathered: Gathered,
    classes: ClassList,
    options: ImportOptions,
    *,
    tolerant: bool = False,
    progress: Progress = unheard,
    cancelled: Cancelled = never,
) -> ImportPlan:
    """Read all annotation files, match them with the photos and their labels with the classes.

    Raises SegStudioError when an option names a format or class that is not there, or, unless `tolerant`, when no
    file given is an annotation file; everything else that is wrong stands in the plan.
    """
    wanted = format_named(options.format) if options.format else None
    reading = _Reading([], {}, {}, [], [], set(), [], set())
    told = _read_all(
        gathered, wanted, reading, options.boxes, names=classes.names, progress=progress, cancelled=cancelled
    )
    if (gathered.files or wanted) and not reading.formats and not reading.damaged and not tolerant:
        raise (*reading.not_read, *gathered.passed_over, *_none_of(wanted))[0]
    matching = match(reading.annotations, [*gathered.photos, *told])
    lost = tuple(one for one in matching.lost if one.file not in gathered.torn)
    torn = [gathered.torn[one.file] for one in matching.lost if one.file in gathered.torn]
    matching = replace(matching, lost=lost)
    if not any(map(is_photo, reading.parts)):  # else they are those of LabelMe's objects
        masks = [mask for mask in gathered.masks if mask not in told]
        matching = replace(matching, spare=(*matching.spare, *masks))
    photos, spare = _planned(matching, options.under)
    roles = {label: role for one in reading.grey_sets for label, role in one.roles.items()}
    uses = count_labels(
        [annotation for annotation, _ in matching.pairs],
        reading.colours,
        roles=roles,
        declared=reading.declared,
    )
    only_photos = not gathered.files and not gathered.passed_over
    return ImportPlan(
        options=_settled(options, only_photos=only_photos),
        made_from=classes,
        photos=photos,
        spare=spare,
        matching=matching,
        uses=uses,
        labelling=label_uses(uses, classes, options),
        files={file.path: file for file in gathered.files},
        formats=reading.formats,
        damaged=(*reading.damaged, *torn),
        not_read=(*reading.not_read, *gathered.passed_over, *gathered.beside, *gathered.unknown),
        only_photos=only_photos,
        skipped=_skipped(reading.annotations),
        deleted=sum(annotation.deleted for annotation in reading.annotations),
        grey_sets=tuple(reading.grey_sets),
    )


def _none_of(wanted: Format | None) -> Iterator[SegStudioError]:
    if wanted is not None:
        fix = MASKS_ARE if is_of_masks(wanted.name) else "Leave out --format to see what is there"
        yield SegStudioError(
            f"nothing that was given is of the format {wanted.name}: {wanted.title}", fix=fix
        )


def _skipped(annotations: Sequence[Annotation]) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    for annotation in annotations:
        counts.update(tally_of(annotation.shapes).undrawn)
    return counts


def replanned(plan: ImportPlan, classes: ClassList, options: ImportOptions) -> ImportPlan:
    """Return what the same files would give with other options or classes; nothing is read again.

    Another `options.format` or `options.boxes` does not count. Raises SegStudioError as `make_plan` does.
    """
    photos, spare = plan.photos, plan.spare
    if options.under != plan.options.under:
        photos, spare = _planned(plan.matching, options.under)
    labelling = label_uses(plan.uses, classes, options)
    settled = _settled(options, only_photos=plan.only_photos)
    return replace(plan, options=settled, made_from=classes, photos=photos, spare=spare, labelling=labelling)


def _settled(options: ImportOptions, *, only_photos: bool) -> ImportOptions:
    """Photos alone come in to be painted, unless the person said otherwise."""
    keep = only_photos if options.keep_unlabelled is None else options.keep_unlabelled
    return replace(options, keep_unlabelled=keep)


def _planned(matching: Matching, under: str) -> tuple[tuple[PlannedPhoto, ...], tuple[PlannedPhoto, ...]]:
    """Return the photos with an annotation, by key, and those without."""
    keys = _keys_of(matching, under)
    photos = [PlannedPhoto(keys[photo.path], photo, annotation) for annotation, photo in matching.pairs]
    spare = tuple(PlannedPhoto(keys[photo.path], photo) for photo in matching.spare)
    return tuple(sorted(photos, key=lambda planned: planned.key)), spare


def _keys_of(matching: Matching, under: str) -> Mapping[Path, str]:
    """Return the keys of the photos: without the folder of a split that files tell, unless two would be one."""
    photos = [photo for _, photo in matching.pairs] + list(matching.spare)
    splits = {_split_folder(annotation.below, photo.path) for annotation, photo in matching.pairs}
    short = [_without_split(photo, splits) for photo in photos]
    counts = Counter(str(photo.name).casefold() for photo in short)
    named = [
        mine if counts[str(mine.name).casefold()] == 1 else photo
        for mine, photo in zip(short, photos, strict=True)
    ]
    return keys_of(named, under)


def _split_folder(below: str, photo: Path) -> Path | None:
    """Return the folder of a photo's split; `below` is its path from there on as the annotation tells it."""
    parts = below.split("/")
    if len(parts) < 2 or len(photo.parts) <= len(parts):
        return None
    folder = photo.parents[len(parts) - 2]
    return folder if folder.name.casefold() == parts[0].casefold() else None


def _without_split(photo: PhotoFile, splits: Collection[Path | None]) -> PhotoFile:
    """Return the photo under a name without the folder of its split, if that is part of it."""
    depth = next((depth for depth, above in enumerate(photo.path.parents) if above in splits), None)
    parts = photo.name.parts
    if depth is None or len(parts) < depth + 2:
        return photo
    before = [part for part in parts[: -depth - 2] if part.lower() not in PHOTO_FOLDERS]
    return replace(photo, name=PurePosixPath(*before, *parts[-depth - 1 :]))


@dataclass(frozen=True, slots=True)
class _ReadFile:
    """What one annotation file held, or why it could not be read."""

    file: SourceFile
    format: str = ""
    annotations: tuple[Annotation, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    declared: frozenset[str] = frozenset()
    problem: SegStudioError | None = None


def _read_all(
    gathered: Gathered,
    wanted: Format | None,
    reading: _Reading,
    boxes: Boxes | None,
    *,
    names: Sequence[str],
    progress: Progress,
    cancelled: Cancelled,
) -> list[PhotoFile]:
    """Read the files on all cores, pictures last: those that are parts of another annotation, such as panoptic ones,
    are none of their own, and those that one tells to be its photo are photos. Return the latter. `names` are those of the project's classes.
    """
    shelf, files = Shelf(), gathered.files

    def take(some: Sequence[SourceFile], before: int) -> None:
        found = in_threads(
            lambda file: _read(file, wanted, shelf, boxes, cancelled),
            some,
            progress=lambda done, _: progress(before + done, len(files)),
            cancelled=cancelled,
        )
        _take(found, reading)

    take([file for file in files if not is_photo(file.path)], 0)
    told = told_photos(reading.annotations, gathered.pictures, gathered.photos)
    none = {*reading.parts, *(photo.path for photo in told)}
    pictures = [file for file in files if is_photo(file.path) and file.path not in none]
    take(pictures, len(files) - len(pictures))
    _settle_greys(pictures, class_folders(pictures, [*gathered.photos, *told], names), reading, shelf)
    return told


def _settle_greys(
    pictures: Sequence[SourceFile], folders: ClassFolders, reading: _Reading, shelf: Shelf
) -> None:
    """Give the masks of few greys the labels that they have as a set."""
    tables = {file.path: table_for(file) for file in pictures if file.path in reading.formats}
    masks = [
        (annotation, tables[annotation.file])
        for annotation in reading.annotations
        if annotation.file in tables
        and (tables[annotation.file] is not None or reading.formats[annotation.file] != "voc")
    ]
    reading.grey_sets += grey_sets(masks, folders)
    labels = {path: one.labels for one in reading.grey_sets if one.is_named for path in one.files}
    for place, annotation in enumerate(reading.annotations):
        if annotation.file in labels:
            named = relabelled(annotation, labels[annotation.file])
            reading.annotations[place] = replace(named, shapes=shelf.put(named.shapes))


def _read(
    file: SourceFile, wanted: Format | None, shelf: Shelf, boxes: Boxes | None, cancelled: Cancelled
) -> _ReadFile:
    annotations = []
    try:
        with inside(file.shown):
            found = recognise(file.path, boxes=boxes == "areas")
            if wanted is not None and found.name != wanted.name:
                raise NotReadError(
                    f"this is {found.title}, not {wanted.title}",
                    fix=f"Say --format {found.name}, or give other files",
                )
            labels = found.labels(file)
            declared = frozenset(labels if found.declared is None else found.declared(file))
            # A file counts whole or not at all, so that half of a broken one never comes in.
            for annotation in found.read(file):
                check_cancelled(cancelled)
                shapes = without_boxes(annotation.shapes) if boxes == "leave-out" else annotation.shapes
                annotations.append(replace(annotation, shapes=shelf.put(shapes)))
    except WorkStopped as stopped:
        raise WorkStopped(stopped.problem) from None  # wherever it was
    except SegStudioError as error:
        return _ReadFile(file, problem=error)
    return _ReadFile(file, found.name, tuple(annotations), labels, declared)


def _take(found: Sequence[_ReadFile], reading: _Reading) -> None:
    for one in found:
        if one.problem is not None:
            (reading.not_read if isinstance(one.problem, NotReadError) else reading.damaged).append(
                one.problem
            )
            continue
        reading.annotations += one.annotations
        reading.parts.update(part for annotation in one.annotations for part in annotation.parts)
        reading.formats[one.file.path] = one.format
        reading.declared |= one.declared
        for label, colour in one.labels.items():
            reading.colours.setdefault(label, colour)
