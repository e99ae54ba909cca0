"""Shelf: the pixels of a few photos kept at hand, so that turning back to one is quick."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.project.photos import Photo

Stamp = tuple[int, int, int]

BUDGET_BYTES = 768 << 20


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    pyramid: Pyramid
    stamp: Stamp

    @property
    def size_bytes(self) -> int:
        return sum(level.nbytes for level in self.pyramid.levels)


class Shelf:
    """Keeps what was put there last, within a budget of bytes. `stamp` tells whether a photo's file was replaced."""

    def __init__(self, budget_bytes: int = BUDGET_BYTES) -> None:
        self._budget_bytes = budget_bytes
        self._kept: OrderedDict[Path, _Kept] = OrderedDict()

    def put(self, photo: Photo, pyramid: Pyramid, stamp: Stamp | None) -> None:
        """Keep the pixels of a photo; the oldest give way."""
        if stamp is None:
            return
        self._kept[photo.path] = _Kept(pyramid, stamp)
        self._kept.move_to_end(photo.path)
        while sum(kept.size_bytes for kept in self._kept.values()) > self._budget_bytes:
            self._kept.popitem(last=False)

    def take(self, photo: Photo) -> Pyramid | None:
        """Return the pixels of a photo when they are here and its file is still the same."""
        kept = self._kept.get(photo.path)
        if kept is None or kept.stamp != stamp_of(photo):
            self._kept.pop(photo.path, None)
            return None
        self._kept.move_to_end(photo.path)
        return kept.pyramid

    def has_room_for(self, photo: Photo) -> bool:
        """Tell whether the pixels of a photo would fit without driving out all others."""
        return photo.size[0] * photo.size[1] * 4 <= self._budget_bytes // 4

    def clear(self) -> None:
        """Keep nothing."""
        self._kept.clear()


def stamp_of(photo: Photo) -> Stamp | None:
    """Return what tells the photo's file from another of its name; None when it is gone."""
    try:
        told = photo.path.stat()
    except OSError:
        return None
    return told.st_mtime_ns, told.st_size, told.st_ino
