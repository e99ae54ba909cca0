"""ClassUses: which photos hold which class, counted over all masks and remembered while no file changes."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segstudio.errors import SegStudioError
from segstudio.project.change import FileStamp, file_stamp
from segstudio.project.masks import read_mask
from segstudio.project.photos import Photo
from segstudio.project.project import Project
from segstudio.project.statistics import MaskCounts, count_values
from segstudio.project.threads import Cancelled, Progress, for_each, never, unheard


@dataclass(frozen=True, slots=True)
class ClassUses:
    """What the masks of a project hold: `masks` are those that could be read, `unread` tells why others could not.

    `photos` counts all photos, labelled or not.
    """

    photos: int
    masks: tuple[MaskCounts, ...]
    unread: tuple[SegStudioError, ...] = ()

    @property
    def pixels(self) -> int:
        """The pixels of all masks, void included."""
        return sum(sum(mask.pixels.values()) for mask in self.masks)

    def holding(self, value: int) -> tuple[MaskCounts, ...]:
        """Return the masks with pixels of that value."""
        return tuple(mask for mask in self.masks if mask.pixels.get(value))

    def photos_with(self, value: int) -> int:
        """Return how many photos hold the value."""
        return len(self.holding(value))

    def share(self, value: int) -> float:
        """Return the value's part of all pixels of all masks, 0–1."""
        return sum(mask.pixels[value] for mask in self.holding(value)) / max(1, self.pixels)


class MaskCounter:
    """Counts masks; one that was not written since is not read again. May be used from several threads."""

    def __init__(self) -> None:
        self._known: dict[Path, tuple[FileStamp, MaskCounts]] = {}
        self._lock = threading.Lock()

    def count(
        self,
        project: Project,
        photos: Sequence[Photo],
        *,
        progress: Progress = unheard,
        cancelled: Cancelled = never,
    ) -> ClassUses:
        """Count the masks of `photos`; raises WorkStopped when `cancelled` says so."""
        with_mask = [photo for photo in photos if photo.has_mask]
        found = for_each(
            lambda photo: self._counted(project.mask_path(photo), photo),
            with_mask,
            progress=progress,
            cancelled=cancelled,
        )
        masks = tuple(each for each in found if isinstance(each, MaskCounts))
        return ClassUses(
            len(photos), masks, tuple(each for each in found if isinstance(each, SegStudioError))
        )

    def _counted(self, path: Path, photo: Photo) -> MaskCounts | SegStudioError:
        stamp = file_stamp(path)
        with self._lock:
            known = self._known.get(path)
        if stamp is not None and known is not None and known[0] == stamp:
            return known[1]
        try:
            counts = count_values(read_mask(path, size=photo.size if all(photo.size) else None))
        except SegStudioError as error:
            return error
        made = MaskCounts(photo.key, {int(value): int(counts[value]) for value in np.flatnonzero(counts)})
        if stamp is not None:
            with self._lock:
                self._known[path] = stamp, made
        return made
