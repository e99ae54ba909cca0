"""ClassUses: which photos hold which class, counted over all masks and remembered while no file changes."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segstudio.errors import SegStudioError
from segstudio.project.change import FileStamp, file_stamp, mask_name
from segstudio.project.count_cache import CACHE, Known, keep_counts, read_counts
from segstudio.project.mask_values import count_file
from segstudio.project.photos import Photo
from segstudio.project.project import Project
from segstudio.project.statistics import Counts, MaskCounts
from segstudio.project.threads import Cancelled, Progress, for_each, never, unheard

_MOST_WORKERS = 8
_MOST_OTHERS = 20_000
_WORTH_WRITING = 100
"""What is new is written when it is more than one mask of so many: the file is written whole."""


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
    """Counts masks; one that was not written since is not read again, nor after a restart or by another program: see
    `count_cache`. Remembers one project at a time. May be used from several threads.
    """

    def __init__(self) -> None:
        self._project: Path | None = None
        self._known: dict[str, _Counted] = {}
        self._file: FileStamp | None = None
        self._lock = threading.Lock()

    def count(
        self,
        project: Path,
        photos: Sequence[Photo],
        *,
        progress: Progress = unheard,
        cancelled: Cancelled = never,
        workers: int | None = None,
    ) -> ClassUses:
        """Count the masks of `photos` of the project in that folder; raises WorkStopped when `cancelled` says so: what
        was counted until then is not lost. `workers` None: a thread for each core.
        """
        with_mask = [photo for photo in photos if photo.has_mask]
        stamps = {photo.key: file_stamp(project / mask_name(photo.key)) for photo in with_mask}
        known = self._known_of(project, with_mask, stamps)
        found = {photo.key: known[photo.key] for photo in with_mask if _fits(known, photo, stamps)}
        wanted = [photo for photo in with_mask if photo.key not in found]
        unread: dict[str, SegStudioError] = {}

        def count(photo: Photo) -> None:
            try:
                found[photo.key] = _counted(project, photo)
            except SegStudioError as error:
                unread[photo.key] = error

        try:
            for_each(count, wanted, progress=progress, cancelled=cancelled, workers=workers or _cores())
        finally:
            self._keep(project, dict(found), is_worth_writing=len(wanted) * _WORTH_WRITING > len(photos))
        masks = tuple(MaskCounts(key, found[key].held.pixels) for key in stamps if key in found)
        return ClassUses(len(photos), masks, tuple(unread[key] for key in stamps if key in unread))

    def note(self, project: Path, counts: Mapping[str, Counts]) -> None:
        """Take note of masks of the project in that folder that were written just now, by photo: nobody may write them
        meanwhile.
        """
        found = {key: _held(file_stamp(project / mask_name(key)), each) for key, each in counts.items()}
        if found:
            self._keep(project, found, is_worth_writing=True)

    def _known_of(
        self, project: Path, photos: Sequence[Photo], stamps: Mapping[str, FileStamp | None]
    ) -> dict[str, _Counted]:
        """Return what is known; the file is looked at when that is not enough and somebody has written it."""
        with self._lock:
            if project != self._project:
                self._project, self._known, self._file = project, {}, None
            known = self._known
            written = file_stamp(project / CACHE)
            if written != self._file and not all(_fits(known, photo, stamps) for photo in photos):
                for key, held in read_counts(project).items():
                    if key not in known or known[key].held.time < held.time:
                        known[key] = _Counted(held, None)
                self._file = written
            return dict(known)

    def _keep(self, project: Path, found: dict[str, _Counted], *, is_worth_writing: bool) -> None:
        """Remember what was found, and only so many others: their photos may be gone."""
        with self._lock:
            if project != self._project:
                return
            others = [(key, counted) for key, counted in self._known.items() if key not in found]
            self._known = {**dict(others[:_MOST_OTHERS]), **found}
            if is_worth_writing:
                keep_counts(project, {key: counted.held for key, counted in self._known.items()})
                self._file = file_stamp(project / CACHE)


def count_masks(
    project: Project, photos: Sequence[Photo], progress: Progress = unheard
) -> tuple[MaskCounts, ...]:
    """Count the mask of every photo that has one, in the order given.

    Raises SegStudioError that names the first mask that is damaged or of another size than its photo.
    """
    uses = MaskCounter().count(project.folder, photos, progress=progress)
    if uses.unread:
        raise uses.unread[0]
    return uses.masks


@dataclass(frozen=True, slots=True)
class _Counted:
    """What a mask holds, and the number of its file in the file system, where that is known."""

    held: Known
    file: int | None


def _fits(known: Mapping[str, _Counted], photo: Photo, stamps: Mapping[str, FileStamp | None]) -> bool:
    """Tell whether what is known of a mask is told of the file that lies there, and goes with its photo."""
    counted, stamp = known.get(photo.key), stamps[photo.key]
    if counted is None or stamp is None or (counted.held.time, counted.held.length) != stamp[:2]:
        return False
    is_file = counted.file in (None, stamp[2])
    return is_file and (
        not all(photo.size) or sum(counted.held.pixels.values()) == photo.size[0] * photo.size[1]
    )


def _counted(project: Path, photo: Photo) -> _Counted:
    path = project / mask_name(photo.key)
    stamp = file_stamp(path)  # before: what replaces it meanwhile has another one
    counts = count_file(path, photo.size if all(photo.size) else None)
    return _held(stamp, counts)


def _held(stamp: FileStamp | None, counts: Counts) -> _Counted:
    pixels = {int(value): int(counts[value]) for value in np.flatnonzero(counts)}
    time, length, number = stamp or (0, 0, None)
    return _Counted(Known(time, length, pixels), number)


def _cores() -> int:
    return max(1, min(_MOST_WORKERS, os.cpu_count() or 2))
