"""OpenedProject: what the window knows of the open project, and what differs between two looks at it."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Flag, auto
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from segstudio.counting import counted

if TYPE_CHECKING:  # the window is on screen before these are loaded
    from segstudio.desktop.run_summaries import RunSummary
    from segstudio.project.classes import ClassList
    from segstudio.project.photos import Photo
    from segstudio.project.project import Project


class Changed(Flag):
    """What changed. PROJECT: another one is open, or none; PHOTOS: which there are, or their split or status;
    MASK: what is painted; CLASSES: names, colours, order; RUNS: trainings and their scores.
    """

    PROJECT = auto()
    PHOTOS = auto()
    MASK = auto()
    CLASSES = auto()
    RUNS = auto()


EVERYTHING = Changed.PROJECT | Changed.PHOTOS | Changed.MASK | Changed.CLASSES | Changed.RUNS


@dataclass(frozen=True, slots=True)
class OpenedProject:
    """One look at a project. `mask_times` gives, by photo key, when the mask was last written (ns)."""

    project: Project
    folder: Path
    name: str
    classes: ClassList
    photos: tuple[Photo, ...]
    runs: tuple[RunSummary, ...]
    mask_times: dict[str, int]

    @property
    def waiting(self) -> int:
        """Photos whose labelling is not done."""
        return sum(photo.status in ("todo", "doing") for photo in self.photos)

    @property
    def models(self) -> tuple[RunSummary, ...]:
        """The runs that left a model."""
        return tuple(run for run in self.runs if run.has_model)

    def photo(self, key: str) -> Photo | None:
        """Return the photo of that key, or None."""
        at = bisect_left(self.photos, key, key=attrgetter("key"))
        return self.photos[at] if at < len(self.photos) and self.photos[at].key == key else None

    def newest_run(self) -> str:
        """One line on the newest training, or nothing."""
        if not self.runs:
            return ""
        run = self.runs[0]
        parts = [run.state_text]
        if run.epochs and run.state != "finished":
            parts.append(f"epoch {run.epoch} of {run.epochs}")
        if run.miou is not None:
            parts.append(f"mIoU {run.miou:.2f}")
        return f"{run.name}: {' · '.join(parts)}"

    def told(self) -> str:
        """One line on the photos."""
        status = Counter(photo.status for photo in self.photos)
        count = len(self.photos)
        done = status["done"] + status["checked"]
        return f"{counted(count, 'photo')}, {done:,} done"


def with_photo(opened: OpenedProject, photo: Photo, mask_time: int | None) -> OpenedProject:
    """Return the same look with one photo as it is by now, its mask written at `mask_time` (None: it has none); pure.

    A photo that is not there is left out.
    """
    if opened.photo(photo.key) is None:
        return opened
    at = bisect_left(opened.photos, photo.key, key=attrgetter("key"))
    times = opened.mask_times
    if times.get(photo.key) != mask_time:
        times = {key: time for key, time in times.items() if key != photo.key}
        if mask_time is not None:
            times[photo.key] = mask_time
    return replace(opened, photos=(*opened.photos[:at], photo, *opened.photos[at + 1 :]), mask_times=times)


def with_noted(opened: OpenedProject, noted: Iterable[tuple[Photo, int | None]]) -> OpenedProject:
    """Return a look with what was written here while it was taken, where nobody has written later; pure."""
    for photo, mask_time in noted:
        if opened.mask_times.get(photo.key, 0) <= (mask_time or 0):
            opened = with_photo(opened, photo, mask_time)
    return opened


def other_photos(old: OpenedProject, new: OpenedProject) -> frozenset[str]:
    """Return the keys of the photos that came, went, or have another state or mask; pure."""
    before = {photo.key: photo for photo in old.photos}
    after = {photo.key: photo for photo in new.photos}
    other = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    return frozenset(other | {key for key, _ in old.mask_times.items() ^ new.mask_times.items()})


def differences(old: OpenedProject | None, new: OpenedProject | None) -> Changed:
    """Return what a panel that showed `old` has to refresh to show `new`; pure."""
    if old is None or new is None or old.folder != new.folder:
        return Changed(0) if old is new else EVERYTHING
    flags = Changed(0)
    if old.name != new.name:
        flags |= Changed.PROJECT
    if old.photos != new.photos:
        flags |= Changed.PHOTOS
    if old.mask_times != new.mask_times:
        flags |= Changed.MASK
    if old.classes != new.classes:
        flags |= Changed.CLASSES
    if old.runs != new.runs:
        flags |= Changed.RUNS
    return flags
