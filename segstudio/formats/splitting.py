"""Splits at import: as the person says, as the files say, or chosen."""

from __future__ import annotations

from collections.abc import Sequence

from segstudio.formats.examine import Examined
from segstudio.formats.options import SplitChoice
from segstudio.project.photos import Split
from segstudio.project.project import Project

_TOLD: dict[str, Split] = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "test": "val",
}


def choose_splits(
    choice: SplitChoice | None, written: Sequence[Examined], project: Project
) -> dict[str, Split]:
    """Return the split of each photo that gets one, by key.

    With `auto`, a photo keeps the split it already has, then the annotation file's own subset (train,
    validation …) counts, and the rest is left for `segstudio.project.splits`.
    """
    if choice in ("train", "val"):
        return {one.planned.key: choice for one in written}
    if choice is None:
        return {}
    found: dict[str, Split] = {}
    for one in written:
        annotation = one.planned.annotation
        if annotation is not None and (told := _TOLD.get(annotation.subset.casefold())) is not None:
            found[one.planned.key] = told
    return found
