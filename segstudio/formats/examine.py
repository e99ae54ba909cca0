"""Examining a plan: every photo is opened and every mask painted once, so that the report tells it all."""

from __future__ import annotations

import filecmp
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.formats.doubles import Digests, Stamp, doubles_of, stamp_of
from segstudio.formats.label_images import LOSSLESS, MASK_FOLDERS, Suspicion, few_colours
from segstudio.formats.options import Cancelled, Progress, never, unheard
from segstudio.formats.painted import PaintedMasks
from segstudio.formats.placement import Fit, fit_of, in_pixels, scaled_to, turned_upright
from segstudio.formats.plan import ImportPlan, PlannedPhoto
from segstudio.formats.rasterise import Rasterised, rasterise
from segstudio.formats.shapes import Annotation, same_shapes
from segstudio.formats.shelf import tally_of
from segstudio.formats.threads import in_threads
from segstudio.project.images import check_photo, frame_count, photo_orientation, read_photo
from segstudio.project.masks import Mask
from segstudio.project.photos import Photo
from segstudio.project.project import Project


class Outcome(Enum):
    """What becomes of a photo."""

    IMPORT = "import"
    UNLABELLED = "import without mask"
    BLANK = "blank"
    SPARE = "without annotation"
    ALREADY_THERE = "already there"
    NAME_TAKEN = "name taken"
    OTHER_SIZE = "other size"
    UNKNOWN_CLASS = "unknown class"
    LABEL_IMAGE = "label image"
    DOUBLE = "same photo"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Examined:
    """One photo after the examination.

    `size` is rows and columns of the upright photo, (0, 0) when it is damaged. `present` is the photo of the
    project that it already is. Counts are of shapes; `hidden` are mask values that were painted over, `values` those that
    are in the mask. `same_as` is the key of a photo of equal content; `suspicion` why it is no photo but a label image, and
    `mask_of` that photo's name whose it is, if any.
    Of a file with several `frames` the first comes in.
    """

    planned: PlannedPhoto
    outcome: Outcome
    size: tuple[int, int] = (0, 0)
    orientation: int = 1
    present: Photo | None = None
    painted: int = 0
    clipped: int = 0
    empty: int = 0
    hidden: tuple[int, ...] = ()
    values: tuple[int, ...] = ()
    problem: SegStudioError | None = None
    same_as: str = ""
    suspicion: str = ""
    mask_of: str = ""
    frames: int = 1


@dataclass(frozen=True, slots=True)
class Looked:
    """What opening a photo told: rows and columns of the upright photo, its EXIF orientation; or a problem. `stamp`
    tells the file as it was then. `few_colours` tells whether a handful of colours covers it, `frames` how many pictures the file holds.
    """

    size: tuple[int, int] = (0, 0)
    orientation: int = 1
    problem: SegStudioError | None = None
    stamp: Stamp = (0, 0)
    few_colours: bool = False
    frames: int = 1


@dataclass(frozen=True, slots=True)
class Looks:
    """What is known of photos from an earlier examination, so that none is opened twice while its file stays as it
    is. Several threads may use it.
    """

    photos: dict[Path, Looked] = field(default_factory=dict)
    same: dict[tuple[Path, Stamp, Path, Stamp], bool] = field(default_factory=dict)
    digests: Digests = field(default_factory=dict)


def examine(
    plan: ImportPlan,
    project: Project,
    *,
    looks: Looks | None = None,
    masks: PaintedMasks | None = None,
    workers: int | None = None,
    progress: Progress = unheard,
    cancelled: Cancelled = never,
) -> tuple[Examined, ...]:
    """Open each photo of the plan and paint its mask, and tell what would become of it. Writes nothing.

    Photos in `looks` are not opened again; those that are opened are added to it. What would be imported is kept in `masks`, if given. `workers` is the number of
    threads, None: one for each core.
    """
    present = {photo.key.casefold(): photo for photo in project.photos()}
    planned = [*plan.photos, *plan.spare]
    known = Looks() if looks is None else looks
    suspicion = Suspicion([one.photo.path for one in planned], project.keys())
    results = in_threads(
        lambda one: _suspected(one, plan, suspicion, known) or _examine(one, plan, present, known, masks),
        planned,
        workers=workers,
        progress=progress,
        cancelled=cancelled,
    )
    doubled = (
        results if plan.options.keep_doubles else _doubles_told(results, present.values(), known, cancelled)
    )
    return tuple(doubled)


def paint(annotation: Annotation, examined: Examined, plan: ImportPlan) -> Mask:
    """Return the upright mask of an examined photo: uint8 (rows, columns)."""
    return _paint(annotation, examined.size, examined.orientation, plan).mask


def _suspected(
    planned: PlannedPhoto, plan: ImportPlan, suspicion: Suspicion, looks: Looks
) -> Examined | None:
    """Return what is said of a picture without annotation that looks like a label image; None of any other."""
    path = planned.photo.path
    why = suspicion.why(path) if planned.annotation is None and not plan.options.label_images else ""
    if not why:
        return None
    looked = _look(planned, looks)
    if looked.problem is not None or not (looked.few_colours or path.parent.name.casefold() in MASK_FOLDERS):
        return None
    photo = suspicion.photo_of(path)
    return Examined(planned, Outcome.LABEL_IMAGE, looked.size, suspicion=why, mask_of=photo)


def _doubles_told(
    results: Sequence[Examined], there: Collection[Photo], looks: Looks, cancelled: Cancelled
) -> list[Examined]:
    """Tell photos that would come in twice; of those given, one that has another annotation still does."""
    coming = {
        one.planned.photo.path: one
        for one in results
        if one.present is None and one.outcome in (Outcome.IMPORT, Outcome.UNLABELLED)
    }
    doubles = doubles_of(list(coming), there, looks.digests, cancelled)
    told = []
    for one in results:
        same = doubles.get(one.planned.photo.path)
        if same is None:
            told.append(one)
        elif isinstance(same, Photo):
            told.append(replace(one, outcome=Outcome.DOUBLE, present=same, same_as=same.key))
        else:
            first = coming[same].planned
            ours, theirs = one.planned.annotation, first.annotation
            differs = ours is not None and (
                theirs is None or ours.size != theirs.size or not same_shapes(ours, theirs)
            )
            outcome = one.outcome if differs else Outcome.DOUBLE
            told.append(replace(one, outcome=outcome, same_as=first.key))
    return told


def _examine(
    planned: PlannedPhoto,
    plan: ImportPlan,
    present: Mapping[str, Photo],
    looks: Looks,
    masks: PaintedMasks | None,
) -> Examined:
    there = present.get(planned.key.casefold())
    options = plan.options
    # what only lies beside something that was given was not given itself
    if planned.annotation is None and not (options.keep_unlabelled and planned.photo.offered):
        return Examined(planned, Outcome.SPARE, present=there)
    looked = _look(planned, looks)
    if looked.problem is not None:
        return Examined(planned, Outcome.DAMAGED, present=there, problem=looked.problem)
    if there is not None and not _is_same(there.path, planned.photo.path, looks):
        return Examined(planned, Outcome.NAME_TAKEN, looked.size, present=there)
    if planned.annotation is None:
        outcome = Outcome.UNLABELLED if there is None else Outcome.ALREADY_THERE
        return Examined(planned, outcome, looked.size, present=there, frames=looked.frames)
    return replace(
        _examine_annotation(planned, planned.annotation, plan, there, looked, masks=masks),
        frames=looked.frames,
    )


def _examine_annotation(
    planned: PlannedPhoto,
    annotation: Annotation,
    plan: ImportPlan,
    there: Photo | None,
    looked: Looked,
    *,
    masks: PaintedMasks | None,
) -> Examined:
    size, orientation, options = looked.size, looked.orientation, plan.options
    if fit_of(annotation.size, size, orientation) is Fit.OTHER and not options.scale:
        problem = _other_size(annotation, size)
        return Examined(planned, Outcome.OTHER_SIZE, size, orientation, there, problem=problem)
    try:
        result = _paint(annotation, size, orientation, plan)
    except SegStudioError as error:  # a label picture that cannot be read
        return Examined(planned, Outcome.DAMAGED, size, present=there, problem=error.within(annotation.place))
    outcome = _outcome(result, annotation, there, plan, is_held=_is_held(annotation, plan))
    if masks is not None and outcome is Outcome.IMPORT:
        masks.keep(planned.key, result.mask, plan.labelling.classes)
    return Examined(
        planned,
        outcome,
        size,
        orientation,
        there,
        painted=result.painted,
        clipped=result.clipped,
        empty=result.empty,
        hidden=result.hidden,
        values=result.values,
    )


def _look(planned: PlannedPhoto, looks: Looks) -> Looked:
    path = planned.photo.path
    looked, stamp = looks.photos.get(path), stamp_of(path)
    if looked is None or looked.stamp != stamp:
        try:
            size, orientation, few = _opened(path)
            looked = Looked(
                size,
                orientation,
                stamp=stamp,
                few_colours=few,
                frames=frame_count(path),
            )
        except SegStudioError as error:
            told = SegStudioError(error.problem, where=planned.photo.shown, fix=error.fix)
            looked = Looked(problem=told, stamp=stamp)
        looks.photos[path] = looked
    return looked


def _opened(path: Path) -> tuple[tuple[int, int], int, bool]:
    """Return rows and columns of the upright photo, its EXIF orientation, and whether a handful of colours covers it."""
    if path.suffix.lower() not in LOSSLESS:
        return *check_photo(path), False
    pixels = read_photo(path)
    return pixels.shape[:2], photo_orientation(path), few_colours(pixels)


def _is_same(there: Path, offered: Path, looks: Looks) -> bool:
    asked = (there, stamp_of(there), offered, stamp_of(offered))
    known = looks.same.get(asked)
    if known is None:
        known = looks.same[asked] = _same_content(there, offered)
    return known


def _is_held(annotation: Annotation, plan: ImportPlan) -> bool:
    unknown = {label.name for label in plan.labelling.unknown} if plan.options.hold_unknown else set()
    return bool(unknown) and not unknown.isdisjoint(tally_of(annotation.shapes).drawn)


def _outcome(
    result: Rasterised, annotation: Annotation, there: Photo | None, plan: ImportPlan, *, is_held: bool
) -> Outcome:
    options = plan.options
    if there is not None and there.has_mask and not options.replace:
        return Outcome.ALREADY_THERE
    if is_held:
        return Outcome.UNKNOWN_CLASS
    # a point or a line says that something is there: such a photo is not all background
    if result.painted or (options.blank_is_background and _is_blank(annotation, plan)):
        return Outcome.IMPORT
    if options.keep_unlabelled and there is None:
        return Outcome.UNLABELLED
    return Outcome.BLANK


def _is_blank(annotation: Annotation, plan: ImportPlan) -> bool:
    """Tell whether an annotation has no shape but those of labels that are left out."""
    tally = tally_of(annotation.shapes)
    counted = plan.labelling.values.keys() | {label.name for label in plan.labelling.unknown}
    return not tally.undrawn and counted.isdisjoint(tally.drawn)


def _paint(annotation: Annotation, size: tuple[int, int], orientation: int, plan: ImportPlan) -> Rasterised:
    annotation = in_pixels(annotation, size)
    fit = fit_of(annotation.size, size, orientation)
    if fit is Fit.OTHER:
        annotation = scaled_to(annotation, size)
    result = rasterise(
        annotation.shapes,
        size[::-1] if fit is Fit.AS_STORED else size,
        plan.labelling.classes,
        numbers=plan.labelling.values,
        rule=plan.options.rule,
        layers=plan.options.layers,
    )
    if fit is not Fit.AS_STORED:
        return result
    mask = turned_upright(result.mask, orientation)
    return replace(result, mask=mask)


def _other_size(annotation: Annotation, size: tuple[int, int]) -> SegStudioError:
    told = annotation.size or (0, 0)
    return SegStudioError(
        f"annotated on {told[1]} × {told[0]} pixels, but the photo has {size[1]} × {size[0]}",
        where=annotation.place,
        fix="Give the photo that was annotated, or scale the shapes with --scale",
    )


def _same_content(first: Path, second: Path) -> bool:
    try:
        return filecmp.cmp(first, second, shallow=False)
    except OSError:
        return False
