"""The pre-flight check: what in a project would spoil a training, and the fix for each."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

from segstudio.counting import counted, percent, sized
from segstudio.errors import SegStudioError
from segstudio.file_names import portable_path
from segstudio.project.change import state_name
from segstudio.project.conflict_copies import conflict_copies
from segstudio.project.document_copies import document_copies
from segstudio.project.learnt_classes import LearntClass, learnt_classes, value_table
from segstudio.project.listing import badly_named, linked_below
from segstudio.project.masks import read_mask
from segstudio.project.photos import Photo, Split
from segstudio.project.project import Project
from segstudio.project.similarity import Fingerprint, fingerprint, near_identical
from segstudio.project.statistics import ClassTotals, MaskCounts, count_values, total

Progress = Callable[[int, int], None]
Severity = Literal["error", "warning", "hint"]

_RARE_SHARE = 0.005
_FEW_PHOTOS = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found: `error` stops a training, `warning` spoils it, `hint` is good to know.

    `code` names its kind for programs; `photos` are the keys that it concerns; `changes` are values of recipe fields
    that mend it, where there are any (a list is to be added to what is there).
    """

    severity: Severity
    code: str
    problem: str
    fix: str
    photos: tuple[str, ...] = ()
    changes: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Demand:
    """What the planned training asks of the machine: crops per step and per photo, memory and disk in MB, and what is
    free of both.
    """

    batch_size: int
    crops_per_photo: int
    memory_mb: float
    memory_free_mb: float
    disk_mb: float
    disk_free_mb: float


@dataclass(frozen=True, slots=True)
class _Examined:
    photo: Photo
    counts: MaskCounts | None
    fingerprint: Fingerprint | None
    problem: str


def examine(
    project: Project,
    demand: Demand,
    progress: Progress | None = None,
    *,
    learnt: Sequence[LearntClass] | None = None,
) -> list[Finding]:
    """Read every photo and mask once and return what was found, errors first.

    `learnt` are the classes that the training is to tell apart; without them all of the project's.
    """
    photos = project.photos()
    examined = []
    with ThreadPoolExecutor(max_workers=4) as pool:
        for result in pool.map(lambda photo: _look_at(project, photo), photos):
            examined.append(result)
            if progress is not None:
                progress(len(examined), len(photos))
    findings = [
        *_damaged(examined),
        *_damaged_records(photos),
        *_missing(project.missing()),
        *_passed_over(project),
        *_names(photos),
        *_copies(project),
        *_bad_values(project, examined),
        *_unlabelled(examined),
        *_split(examined),
        *_classes(learnt_classes(project.classes) if learnt is None else learnt, examined),
        *_leaks(examined),
        *_demand(examined, demand),
    ]
    order = {"error": 0, "warning": 1, "hint": 2}
    return sorted(findings, key=lambda finding: order[finding.severity])


def _look_at(project: Project, photo: Photo) -> _Examined:
    try:
        pixels = project.read_photo(photo)
        if pixels.shape[:2] != photo.size:
            told = f"{pixels.shape[1]} × {pixels.shape[0]} pixels, the project says {photo.size[1]} × {photo.size[0]}"
            return _Examined(photo, None, None, f"{photo.path}: the photo is {told}")
        print_ = fingerprint(pixels)
        if not photo.is_labelled:
            return _Examined(photo, None, print_, "")
        totals = count_values(read_mask(project.mask_path(photo), size=photo.size))
    except SegStudioError as error:
        return _Examined(photo, None, None, str(error).removesuffix("."))
    counts = MaskCounts(photo.key, {value: int(n) for value, n in enumerate(totals) if n})
    return _Examined(photo, counts, print_, "")


def _keys(examined: Sequence[_Examined]) -> tuple[str, ...]:
    return tuple(entry.photo.key for entry in examined)


def _damaged(examined: Sequence[_Examined]) -> list[Finding]:
    return [
        Finding("error", "damaged", entry.problem, "Restore or remove this photo", (entry.photo.key,))
        for entry in examined
        if entry.problem
    ]


def _damaged_records(photos: Sequence[Photo]) -> list[Finding]:
    return [
        Finding(
            "warning",
            "damaged-record",
            f"the record of {photo.key} cannot be read, so training leaves the photo out",
            f"Begin its record anew in the Annotate tab, or restore {state_name(photo.key)} of the project",
            (photo.key,),
        )
        for photo in photos
        if photo.damage
    ]


def _missing(keys: Sequence[str]) -> list[Finding]:
    if not keys:
        return []
    named = ", ".join(keys[:3]) + (", …" if len(keys) > 3 else "")
    files = "the file of 1 photo is" if len(keys) == 1 else f"the files of {len(keys):,} photos are"
    text = f"{files} missing ({named}), so training leaves out what was labelled there"
    return [Finding("warning", "missing-photo", text, "Put them back into photos/", tuple(keys))]


def _passed_over(project: Project) -> list[Finding]:
    root = project.folder / "photos"
    return [
        Finding(
            "warning",
            "not-listed",
            f"photos/{name} is a link to a folder, and what lies there is no photo of the project",
            "Remove the link, and import the folder: segstudio import --reference leaves the photos where they are",
        )
        for name in linked_below(root)
    ] + [
        Finding(
            "warning",
            "not-listed",
            f"photos/{name} is no photo of the project: {why.partition(';')[0]}",
            "Rename it",
        )
        for name, why in badly_named(root)
    ]


def _names(photos: Sequence[Photo]) -> list[Finding]:
    """Names that keep a project from being copied whole to another system."""
    keys = [photo.key for photo in photos]
    folded = Counter(key.casefold() for key in keys)
    refused = [key for key in keys if portable_path(key) != key]
    alike = [key for key in keys if folded[key.casefold()] > 1]
    fix = "To work on it elsewhere too, remove and import them anew: they get another name then"
    findings = []
    for code, found, what in (
        ("name-refused", refused, "what Windows refuses as a file name"),
        ("name-alike", alike, "names that differ in capitals alone, which are one on Windows and macOS"),
    ):
        if found:
            named = ", ".join(found[:3]) + (", …" if len(found) > 3 else "")
            text = f"{counted(len(found), 'photo has', 'photos have')} {what}: {named}"
            findings.append(Finding("hint", code, text, fix, tuple(found)))
    return findings


def _copies(project: Project) -> list[Finding]:
    """What a program that synchronises the folder has left where two machines wrote the same file."""
    found: list[tuple[Path, tuple[str, ...]]] = [
        (copy.path, (copy.key,)) for copy in conflict_copies(project)
    ]
    found += [(copy.path, ()) for copy in document_copies(project.folder)]
    return [
        Finding(
            "warning",
            "conflict-copy",
            f"two machines wrote the same file, and the other one was kept as {path.relative_to(project.folder)}",
            "Open the project in the window, which shows both and takes one, or what only the copy knows",
            photos,
        )
        for path, photos in found
    ]


def _bad_values(project: Project, examined: Sequence[_Examined]) -> list[Finding]:
    findings = []
    for entry in examined:
        unknown = entry.counts.unknown(project.classes) if entry.counts else ()
        if unknown:
            told = ", ".join(map(str, unknown[:5]))
            findings.append(
                Finding(
                    "error",
                    "bad-values",
                    f"the mask of {entry.photo.key} holds values that are no class: {told}",
                    "Import its mask again, or add the missing classes",
                    (entry.photo.key,),
                )
            )
    return findings


def _unlabelled(examined: Sequence[_Examined]) -> list[Finding]:
    bare = [entry for entry in examined if not (entry.problem or entry.counts or entry.photo.has_mask)]
    void = [entry for entry in examined if entry.counts is not None and not entry.counts.classes]
    findings = []
    if len(bare) == len(examined):
        return [Finding("error", "no-masks", "no photo has a mask yet", "Import annotations, or paint some")]
    if bare:
        have = "has no mask and is" if len(bare) == 1 else "have no mask and are"
        text = f"{len(bare):,} of {counted(len(examined), 'photo')} {have} not used"
        findings.append(Finding("hint", "without-mask", text, "Label or remove them", _keys(bare)))
    if void:
        teaches = "is void all over and teaches" if len(void) == 1 else "are void all over and teach"
        text = f"{counted(len(void), 'mask')} {teaches} nothing"
        findings.append(Finding("warning", "all-void", text, "Label these photos", _keys(void)))
    return findings


def _labelled(examined: Sequence[_Examined], split: Split) -> list[_Examined]:
    """Return the labelled photos that train or validate; those of no split train."""
    labelled = [entry for entry in examined if entry.counts is not None]
    return [entry for entry in labelled if (entry.photo.split or "train") == split]


def _split(examined: Sequence[_Examined]) -> list[Finding]:
    labelled = [entry for entry in examined if entry.counts is not None]
    train, val = _labelled(examined, "train"), _labelled(examined, "val")
    undecided = [entry for entry in labelled if entry.photo.split is None]
    if not labelled:
        return []
    if undecided and val:
        have = counted(len(undecided), "photo has", "photos have")
        text = f"{have} no split: training takes what has none for training"
        fix = "Nothing to do if that is meant; otherwise split anew: segstudio check --split random|folder|burst"
        return [Finding("hint", "no-split", text, fix, _keys(undecided))]
    if undecided and not val:
        text = f"{counted(len(undecided), 'photo is', 'photos are')} neither for training nor for validation"
        fix = "Training splits them at random; or use: segstudio check --split random|folder|burst"
        return [Finding("hint", "no-split", text, fix, _keys(undecided))]
    if not train:
        return [Finding("error", "no-training", "no photo is for training", "Give photos the split train")]
    if not val:
        text = "no photo is for validation: there will be no score, and no best model"
        return [Finding("warning", "no-validation", text, "Give some photos the split val")]
    return []


def _classes(learnt: Sequence[LearntClass], examined: Sequence[_Examined]) -> list[Finding]:
    examined = _as_learnt(learnt, examined)
    everywhere = total([entry.counts for entry in examined if entry.counts])
    if not everywhere.photos:
        return []
    findings = []
    known = {each.entry.index: each.entry.name for each in learnt}
    targets = {each.entry.name for each in learnt if each.includes}
    missing = [name for index, name in known.items() if index not in everywhere.pixels]
    if len(known) - len(missing) < 2:
        text = "fewer than two classes occur: there is nothing to tell apart"
        findings.append(Finding("error", "one-class", text, "Label a second class"))
    for name in missing:
        text = f'the class "{name}" does not occur in any mask'
        if name in targets:  # what is learnt as it would have no place left
            findings.append(Finding("warning", "empty-class", text, "Label it, or merge nothing into it"))
            continue
        fix = f"Label it, or leave it out with --set {shlex.quote(f'ignore_classes={name}')}"
        findings.append(Finding("warning", "empty-class", text, fix, changes={"ignore_classes": [name]}))
    for index, name in known.items():
        findings.extend(_balance(name, index, everywhere))
    return [*findings, *_one_sided(known, examined)]


def _as_learnt(learnt: Sequence[LearntClass], examined: Sequence[_Examined]) -> list[_Examined]:
    """Return the same photos, their pixels counted by the class that they are learnt as."""
    table = value_table(learnt)

    def folded(counts: MaskCounts) -> MaskCounts:
        pixels: dict[int, int] = {}
        for value, number in counts.pixels.items():
            pixels[int(table[value])] = pixels.get(int(table[value]), 0) + number
        return MaskCounts(counts.key, pixels)

    return [replace(entry, counts=folded(entry.counts)) if entry.counts else entry for entry in examined]


def _balance(name: str, index: int, totals: ClassTotals) -> list[Finding]:
    photos, share = totals.photos.get(index, 0), totals.share(index)
    if not photos:
        return []
    if share < _RARE_SHARE:
        text = f'"{name}" covers only {percent(share)} of the labelled pixels: a model may ignore it'
        fix = "Use --set class_weights=median-frequency, or label more of it"
        changes = {"class_weights": "median-frequency"}
        return [Finding("warning", "imbalance", text, fix, changes=changes)]
    if photos < _FEW_PHOTOS:
        text = f'"{name}" occurs in {counted(photos, "photo")} only: its score will mean little'
        return [Finding("hint", "few-photos", text, "Label it in more photos")]
    return []


def _one_sided(known: dict[int, str], examined: Sequence[_Examined]) -> list[Finding]:
    train = total([entry.counts for entry in _labelled(examined, "train") if entry.counts])
    val = total([entry.counts for entry in _labelled(examined, "val") if entry.counts])
    if not train.photos or not val.photos:
        return []
    findings = []
    for index, name in known.items():
        if index in val.photos and index not in train.photos:
            text = f'"{name}" occurs in validation but never in training: it cannot be learnt'
            findings.append(Finding("warning", "only-validation", text, "Split again"))
        elif index in train.photos and index not in val.photos:
            text = f'"{name}" does not occur in validation: nobody will know how well it is found'
            findings.append(Finding("hint", "only-training", text, "Split again, or label more of it"))
    return findings


def _leaks(examined: Sequence[_Examined]) -> list[Finding]:
    train = [entry for entry in _labelled(examined, "train") if entry.fingerprint is not None]
    val = [entry for entry in _labelled(examined, "val") if entry.fingerprint is not None]
    pairs = near_identical(
        [entry.fingerprint for entry in val if entry.fingerprint is not None],
        [entry.fingerprint for entry in train if entry.fingerprint is not None],
    )
    if not pairs:
        return []
    told = "; ".join(f"{val[p.left].photo.key} ~ {train[p.right].photo.key}" for p in pairs[:3])
    text = f"{len(pairs)} of {counted(len(val), 'validation photo')} {'looks' if len(pairs) == 1 else 'look'} nearly like a training photo ({told})"
    fix = "Keep bursts together: segstudio check --split burst (or folder)"
    keys = tuple(val[pair.left].photo.key for pair in pairs)
    return [Finding("warning", "leak", f"{text}: the score will be too good", fix, keys)]


def _demand(examined: Sequence[_Examined], demand: Demand) -> list[Finding]:
    findings = []
    photos = len(_labelled(examined, "train"))
    crops = photos * demand.crops_per_photo
    left_over = crops % demand.batch_size
    if 0 < crops < demand.batch_size:
        text = f"an epoch has {counted(crops, 'crop')}, fewer than one batch of {demand.batch_size}"
        enough = -(-demand.batch_size * 4 // photos)
        fix = f"Use --set crops_per_photo={enough} or a smaller batch_size"
        findings.append(Finding("hint", "small-epoch", text, fix, changes={"crops_per_photo": enough}))
    elif left_over == 1 and demand.batch_size > 1:
        text = f"the last batch of each epoch holds a single crop ({counted(crops, 'crop')} in batches of {demand.batch_size})"
        fix = "Harmless here, but its gradient is noisy: choose a batch_size that leaves none or more over"
        findings.append(Finding("hint", "odd-batch", text, fix))
    if demand.memory_mb > demand.memory_free_mb:
        needed, free = sized(demand.memory_mb * 1e6), sized(demand.memory_free_mb * 1e6)
        text = f"training needs about {needed} of memory, {free} are free"
        findings.append(
            Finding("warning", "memory", text, "Lower batch_size or crop_px, or choose a smaller head")
        )
    if demand.disk_mb > demand.disk_free_mb:
        needed, free = sized(demand.disk_mb * 1e6), sized(demand.disk_free_mb * 1e6)
        text = f"a run needs about {needed} of disk, {free} are free"
        findings.append(Finding("warning", "disk", text, "Make room where the project lies"))
    return findings
