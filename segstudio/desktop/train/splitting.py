"""Splitting the labelled photos for training and validation, and taking that back; in a worker thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from segstudio.project.photos import Photo, Split
from segstudio.project.project import Project
from segstudio.project.splits import Grouping
from segstudio.project.splitting import split_project

GROUPINGS: Mapping[Grouping, str] = {
    "burst": "Bursts stay together",
    "folder": "Folders stay together",
    "none": "Photo by photo",
}


@dataclass(frozen=True, slots=True)
class SplitCounts:
    """How many labelled photos train, validate, or are undecided."""

    train: int
    val: int
    undecided: int

    @property
    def training(self) -> int:
        """How many photos will be for training: some of the undecided validate where none does yet."""
        return self.train + (self.undecided if self.val else self.undecided - self.undecided // 5)

    @property
    def told(self) -> str:
        """A few words."""
        open_ = f" · {self.undecided} undecided" if self.undecided else ""
        return f"{self.train} train · {self.val} validate{open_}"


def split_counts(photos: Sequence[Photo]) -> SplitCounts:
    """Count the labelled photos."""
    labelled = [photo.split for photo in photos if photo.is_labelled]
    return SplitCounts(labelled.count("train"), labelled.count("val"), labelled.count(None))


def split_anew(folder: Path, *, fraction: float, seed: int, grouping: Grouping) -> dict[str, Split | None]:
    """Split all labelled photos anew; return how they were split before. Raises SegStudioError."""
    project = Project.open(folder)
    before = {photo.key: photo.split for photo in project.photos() if photo.is_labelled}
    split_project(project, fraction=fraction, seed=seed, grouping=grouping)
    return before


def split_back(folder: Path, before: Mapping[str, Split | None]) -> None:
    """Give photos the split that they had; those that are gone are passed over. Raises SegStudioError."""
    project = Project.open(folder)
    there = {photo.key: photo for photo in project.photos()}
    with project.change() as change:
        for key, split in before.items():
            photo = there.get(key)
            if photo is not None and photo.split != split:
                change.rely_on(photo)
                change.put_state(key, photo.state.model_copy(update={"split": split}))
