"""Splits at import: as the person says, as the annotation files say, or drawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from segstudio.formats.examine import Examined
from segstudio.formats.options import SplitChoice
from segstudio.formats.shapes import Annotation
from segstudio.project.photos import Split
from segstudio.project.splits import group_photos, split_photos

_TOLD: dict[str, Split] = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "test": "val",
}

_FEW_GROUPS = 5
"""With fewer bursts than this, a split by bursts would be lopsided; photos are then drawn one by one."""


def told_splits(annotations: Iterable[Annotation]) -> dict[Split, int]:
    """Return how many photos the annotation files say are to learn from, and to judge by; nothing where they do not."""
    found = Counter(told for one in annotations if (told := _told(one)) is not None)
    order: tuple[Split, ...] = ("train", "val")
    return {split: found[split] for split in order if found[split]}


def choose_splits(choice: SplitChoice | None, written: Sequence[Examined]) -> dict[str, Split]:
    """Return the split of each photo that gets one, by its planned key.

    With `auto`, a photo that the project already has keeps its split; then the annotation file's own subset
    (train, validation …) counts; the rest is drawn, bursts together and every class on both sides where that
    is possible.
    """
    if choice is None:
        return {}
    if choice != "auto":
        return {one.planned.key: choice for one in written}
    found: dict[str, Split] = {}
    open_: dict[str, tuple[int, ...]] = {}
    for one in written:
        annotation = one.planned.annotation
        told = _told(annotation) if annotation is not None else None
        if one.present is not None and one.present.split is not None:
            found[one.planned.key] = one.present.split
        elif told is not None:
            found[one.planned.key] = told
        elif annotation is not None:
            open_[one.planned.key] = one.values
    bursts = len(group_photos(list(open_), "burst"))
    drawn = split_photos(open_, grouping="burst" if bursts >= _FEW_GROUPS else "none")
    return {**found, **drawn}


def _told(annotation: Annotation) -> Split | None:
    return _TOLD.get(annotation.subset.casefold())
