"""ImportReport: what an import found, counted and listed, and why it is refused when it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath
from unicodedata import normalize

from segstudio.counting import counted, listed
from segstudio.errors import SegStudioError
from segstudio.formats.examine import Examined, Outcome
from segstudio.formats.grey_masks import GreySet
from segstudio.formats.labels import UnknownLabel
from segstudio.formats.plan import ImportPlan
from segstudio.formats.shelf import tally_of
from segstudio.formats.splitting import told_splits
from segstudio.formats.table import UnknownFileError
from segstudio.project.photos import Split

_WORTHY = (Outcome.IMPORT, Outcome.UNLABELLED, Outcome.ALREADY_THERE, Outcome.DOUBLE, Outcome.UNKNOWN_CLASS)
"""What leaves an import something to do, or tells that there is nothing because it was done, or that somebody is asked."""

_NAMED = 5
"""Of many files alike so many are named, the others counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """The findings of an import, in words for a person; every list holds photos, files or sentences.

    `matched` photos have an annotation; `imported` get a mask; `unlabelled` come in without one; `held` stay out for
    a class that is unknown. `shapes`
    counts the painted labels by class, `told_splits` the photos of each use that the files tell. Of the problems, `damaged`, `doubtful`, `other_size`, `name_taken` and
    `unknown` stop the import (see `refusal`); the others are only told. `greys` says how masks of few greys are read,
    `oddities` what is wrong with shapes that come in nevertheless; `boxes` counts the shapes that are no more than a box.
    """

    matched: int
    imported: tuple[str, ...]
    unlabelled: tuple[str, ...]
    shapes: Mapping[str, int]
    told_splits: Mapping[Split, int]
    added_classes: tuple[str, ...]
    formats: Mapping[str, int]
    without_photo: tuple[str, ...]
    outdone: tuple[str, ...]
    without_annotation: tuple[str, ...]
    blank: tuple[str, ...]
    already_there: tuple[str, ...]
    by_file_name: tuple[str, ...]
    by_stem: tuple[str, ...]
    other_folder: tuple[str, ...]
    clipped: Mapping[str, int]
    empty: Mapping[str, int]
    hidden: Mapping[str, tuple[str, ...]]
    skipped: Mapping[str, int]
    deleted: int
    not_read: tuple[str, ...]
    unknown: tuple[UnknownLabel, ...]
    held: tuple[str, ...]
    other_size: tuple[str, ...]
    doubtful: tuple[str, ...]
    damaged: tuple[str, ...]
    name_taken: tuple[str, ...]
    label_images: tuple[str, ...]
    doubles: tuple[str, ...]
    greys: tuple[str, ...]
    renamed: tuple[str, ...]
    oddities: tuple[str, ...]
    boxes: int
    refusal: SegStudioError | None

    def as_json(self) -> dict[str, object]:
        """Return the report as plain values."""
        values: dict[str, object] = asdict(self)
        return {**values, "refusal": str(self.refusal) if self.refusal else None}


def make_report(plan: ImportPlan, examined: Iterable[Examined]) -> ImportReport:
    """Sum up a plan and its examination."""
    photos = tuple(examined)
    by_outcome: dict[Outcome, list[Examined]] = {outcome: [] for outcome in Outcome}
    for one in photos:
        by_outcome[one.outcome].append(one)

    def keys(outcome: Outcome) -> tuple[str, ...]:
        return tuple(one.planned.key for one in by_outcome[outcome])

    classes = plan.labelling.classes
    names = {entry.index: entry.name for entry in classes.classes}
    return ImportReport(
        matched=len(plan.photos),
        imported=keys(Outcome.IMPORT),
        unlabelled=keys(Outcome.UNLABELLED),
        shapes=_shapes(by_outcome[Outcome.IMPORT], plan, names),
        told_splits=told_splits(annotation for annotation, _ in plan.matching.pairs),
        added_classes=plan.labelling.added,
        formats=dict(Counter(plan.formats.values())),
        without_photo=tuple(one.place for one in plan.matching.lost),
        outdone=plan.matching.outdone,
        without_annotation=tuple(
            one.planned.photo.shown for one in by_outcome[Outcome.SPARE] if one.planned.photo.offered
        ),
        blank=keys(Outcome.BLANK),
        already_there=keys(Outcome.ALREADY_THERE),
        by_file_name=plan.matching.by_file,
        by_stem=plan.matching.by_stem,
        other_folder=plan.matching.other_folder,
        clipped={one.planned.key: one.clipped for one in photos if one.clipped},
        empty={one.planned.key: one.empty for one in photos if one.empty},
        hidden=_hidden(photos, names),
        skipped=dict(plan.skipped),
        deleted=plan.deleted,
        not_read=tuple(str(error) for error in plan.not_read),
        unknown=plan.labelling.unknown,
        held=keys(Outcome.UNKNOWN_CLASS),
        other_size=tuple(f"{one.where}: {one.problem}." for one in _sizes(by_outcome)),
        doubtful=tuple(str(doubt) for doubt in plan.matching.doubtful),
        damaged=tuple(str(error) for error in _damaged(plan, by_outcome)),
        name_taken=keys(Outcome.NAME_TAKEN),
        label_images=tuple(
            f"{one.planned.photo.shown}: {one.suspicion}" for one in by_outcome[Outcome.LABEL_IMAGE]
        ),
        doubles=tuple(
            f"{one.planned.photo.shown}: the same photo as {one.same_as}"
            for one in by_outcome[Outcome.DOUBLE]
        ),
        renamed=tuple(f"{one.planned.photo.shown}: {one.planned.key}" for one in photos if _is_renamed(one)),
        greys=tuple(_greys(one, plan, names) for one in plan.grey_sets),
        oddities=_oddities(plan),
        boxes=_boxes(by_outcome[Outcome.IMPORT]),
        refusal=_refusal(plan, by_outcome),
    )


def _hidden(photos: Iterable[Examined], names: Mapping[int, str]) -> dict[str, tuple[str, ...]]:
    return {
        one.planned.key: tuple(names.get(value, "void") for value in one.hidden)
        for one in photos
        if one.hidden
    }


def _oddities(plan: ImportPlan) -> tuple[str, ...]:
    pairs = (one for one, _ in plan.matching.pairs)
    return tuple(f"{one.place}, {oddity}" for one in pairs for oddity in tally_of(one.shapes).oddities)


def _boxes(imported: Iterable[Examined]) -> int:
    annotations = (one.planned.annotation for one in imported)
    return sum(tally_of(one.shapes).boxes for one in annotations if one is not None)


def _greys(one: GreySet, plan: ImportPlan, names: Mapping[int, str]) -> str:
    """Return how a set of masks is read, in a sentence without its full stop."""
    values = plan.labelling.values
    meant = {
        grey: f'"{names.get(values[label], "void")}"' if label in values else f'"{label}", which is no class'
        for grey, label in one.labels.items()
    }

    told = ", ".join(f"{grey} is {name}" for grey, name in meant.items())
    apart = (
        f"; they lie in {told_some(one.folders)}, which tell a class each where the project has classes called so"
        if one.folders
        else ""
    )
    return f"{counted(len(one.files), 'mask holds', 'masks hold')} {one.told} alone: {told}{apart}"


def _is_renamed(one: Examined) -> bool:
    """Whether a photo comes in under another name than that of its file, which is taken or which not every system has."""
    name = normalize("NFC", one.planned.photo.name.name)
    comes_in = one.outcome in (Outcome.IMPORT, Outcome.UNLABELLED)
    return comes_in and PurePosixPath(one.planned.key).name != name


def _shapes(imported: Iterable[Examined], plan: ImportPlan, names: Mapping[int, str]) -> dict[str, int]:
    values = plan.labelling.values
    counts: Counter[str] = Counter()
    for one in imported:
        if one.planned.annotation is not None:
            for label, count in tally_of(one.planned.annotation.shapes).drawn.items():
                if label in values:
                    counts[names.get(values[label], "void")] += count
    return {name: counts[name] for name in (*names.values(), "void") if counts[name]}


def _damaged(plan: ImportPlan, by_outcome: Mapping[Outcome, list[Examined]]) -> list[SegStudioError]:
    return [*plan.damaged, *(one.problem for one in by_outcome[Outcome.DAMAGED] if one.problem is not None)]


def _refusal(plan: ImportPlan, by_outcome: Mapping[Outcome, list[Examined]]) -> SegStudioError | None:
    """Return why nothing is imported, the gravest reason first, or None."""
    if not plan.options.skip_bad:
        # photos alone are independent of each other: the good ones come in, the damaged ones are told
        damaged = [] if plan.only_photos else _damaged(plan, by_outcome)
        if damaged:
            return _named_together(damaged)
        for errors in (_doubtful(plan), _taken(by_outcome), _sizes(by_outcome)):
            if errors:
                return _first_of(errors)
    if plan.labelling.unknown and not (plan.options.skip_unknown or plan.options.hold_unknown):
        return _unknown(plan)
    return _idle(plan, by_outcome)


def _idle(plan: ImportPlan, by_outcome: Mapping[Outcome, list[Examined]]) -> SegStudioError | None:
    """Return why nothing would come in, or None where something does, or is there already."""
    idle = (Outcome.SPARE, Outcome.DAMAGED, Outcome.LABEL_IMAGE)
    if not any(by_outcome[outcome] for outcome in Outcome if outcome not in idle):
        known = any(not isinstance(error, UnknownFileError) for error in plan.not_read)
        if by_outcome[Outcome.LABEL_IMAGE] and not plan.files and not known:
            return _only_labels(by_outcome[Outcome.LABEL_IMAGE])
        return _nothing(plan, _damaged(plan, by_outcome))
    if not any(by_outcome[outcome] for outcome in _WORTHY):
        return _nothing_left(plan, by_outcome[Outcome.BLANK])
    return None


def _named_together(errors: list[SegStudioError]) -> SegStudioError:
    """Return one error for all of the first one's kind, with their places, and how many others there are."""
    first = errors[0]
    alike = [error for error in errors if (error.problem, error.fix) == (first.problem, first.fix)]
    where = told_some([error.where for error in alike])
    others = len(errors) - len(alike)
    more = f" (and {counted(others, 'other file')} with other damage)" if others else ""
    return SegStudioError(first.problem + more, where=where, fix=first.fix)


def told_some(names: Sequence[str]) -> str:
    """Return the first names in a row, and how many more there are."""
    return listed(names, _NAMED)


def _first_of(errors: list[SegStudioError]) -> SegStudioError:
    more = f" (and {len(errors) - 1} more like it)" if len(errors) > 1 else ""
    first = errors[0]
    return SegStudioError(first.problem + more, where=first.where, fix=first.fix)


def _doubtful(plan: ImportPlan) -> list[SegStudioError]:
    fix = "Give only one of them, or leave these out with --skip-bad"
    return [SegStudioError(str(doubt), fix=fix) for doubt in plan.matching.doubtful]


def _taken(by_outcome: Mapping[Outcome, list[Examined]]) -> list[SegStudioError]:
    return [
        SegStudioError(
            f'the project already has another photo "{one.planned.key}"',
            where=one.planned.photo.shown,
            fix="Put the new photos under a folder of their own, for example --under second",
        )
        for one in by_outcome[Outcome.NAME_TAKEN]
    ]


def _sizes(by_outcome: Mapping[Outcome, list[Examined]]) -> list[SegStudioError]:
    return [one.problem for one in by_outcome[Outcome.OTHER_SIZE] if one.problem is not None]


def _unknown(plan: ImportPlan) -> SegStudioError:
    first, *others = plan.labelling.unknown
    more = f"; {counted(len(others), 'other class', 'other classes')} unknown too" if others else ""
    shown = f'unknown class "{first.name}"' if first.name.strip() else "a shape without class"
    return SegStudioError(
        f"{shown}{first.hint} ({counted(first.shapes, 'shape')} in {counted(first.photos, 'photo')}{more})",
        where=first.where,
        fix=f'Use --map "{first.name}=CLASS"{", --add-classes" if first.name.strip() else ""} or --skip-unknown',
    )


def _only_labels(pictures: Sequence[Examined]) -> SegStudioError:
    return SegStudioError(
        "these look like label images, not like photos"
        if len(pictures) > 1
        else f"this looks like a label image, not like a photo: {pictures[0].suspicion}",
        where=told_some([one.planned.photo.shown for one in pictures]),
        fix="Give the photos too, or take these for photos with --label-images",
    )


def _nothing_left(plan: ImportPlan, blank: Sequence[Examined]) -> SegStudioError:
    """Return why photos that were annotated all stay out."""
    if not blank:
        return SegStudioError(
            "all photos that have an annotation are left out",
            fix="See why in the whole report, with --dry-run",
        )
    unknown = [f'"{label.name}"' for label in plan.labelling.unknown]
    if unknown:
        return SegStudioError(
            f"no shape is of a class that the project has, but of {told_some(unknown)}",
            fix="Add these classes with --add-classes, or say with --map what they are",
        )
    return SegStudioError(
        f"there is nothing to paint: no shape covers anything in {told_some([one.planned.key for one in blank])}",
        fix="If nothing is there to be seen, use --blank-is-background; --keep-unlabelled brings the photos in without mask",
    )


def _nothing(plan: ImportPlan, damaged: list[SegStudioError]) -> SegStudioError:
    lost = plan.matching.lost
    if damaged and plan.only_photos:
        return _named_together(damaged)
    if plan.not_read and not plan.formats:
        first = plan.not_read[0]
        spare = "Or bring the photos in without it: --keep-unlabelled" if plan.spare else ""
        fix = ". ".join(part for part in (first.fix, spare) if part)
        return SegStudioError(first.problem, where=first.where, fix=fix)
    if lost:
        them = (
            f"none of the {len(lost)} annotations has its photo" if len(lost) > 1 else "its photo is missing"
        )
        return SegStudioError(
            f'{them}: there is no "{lost[0].names[0]}"',
            where=lost[0].place,
            fix="Give the folder of the photos with --photos",
        )
    if plan.spare and not plan.files:
        return SegStudioError(
            f"there are {len(plan.spare)} photos but no annotations",
            fix="Give annotation files too, or keep photos without annotation",
        )
    return SegStudioError("there is nothing to import", fix="See the whole report with --dry-run")
