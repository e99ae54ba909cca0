"""Splitting a project's labelled photos, and remembering it."""

from __future__ import annotations

from collections import Counter

from segstudio.project.class_uses import count_masks
from segstudio.project.project import Project
from segstudio.project.splits import Grouping, split_photos
from segstudio.project.threads import Progress, unheard


def split_project(
    project: Project,
    *,
    fraction: float = 0.2,
    seed: int = 0,
    grouping: Grouping = "none",
    only_undecided: bool = False,
    progress: Progress = unheard,
) -> Counter[str]:
    """Give every labelled photo a split, drawn anew, and return how many photos each split got.

    With `only_undecided` photos that have a split keep it, and are not counted.
    """
    photos = [photo for photo in project.photos() if photo.split is None or not only_undecided]
    counts = count_masks(project, photos, progress)
    classes_of = {count.key: count.classes for count in counts}
    splits = split_photos(classes_of, fraction=fraction, seed=seed, grouping=grouping)
    project.set_split(splits)
    return Counter(splits.values())
