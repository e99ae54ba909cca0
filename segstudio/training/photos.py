"""PhotoStore: labelled photos made ready for training, decoded once and kept in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from segstudio.errors import SegStudioError
from segstudio.project.classes import VOID, ClassList
from segstudio.project.images import read_photo
from segstudio.project.masks import read_mask, unknown_values
from segstudio.training.label_resizing import resized_labels
from segstudio.training.mapped_file import MappedFile

Progress = Callable[[int, int], None]
"""Told how many of how many photos are ready."""

_MEGABYTE = 1_000_000
_PLANES = 4  # red, green, blue, labels

_Pair = tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]
"""uint8 (rows, columns, 3) RGB, and uint8 (rows, columns) channels."""


@dataclass(frozen=True, slots=True)
class LabelledPhoto:
    """A photo and its mask on disk. `size` is (rows, columns) of both."""

    key: str
    photo: Path
    mask: Path
    size: tuple[int, int]


class PhotoStore:
    """Photos and masks by position, shrunk so that the longer side is at most `max_side_px` (0: never).

    `store[i]` is (image, labels): uint8 (3, H, W) RGB and uint8 (H, W), whose values are network channels: the
    positions in `channels`, which holds the mask values of each; 255 stands for void and for classes left out. Photos
    are decoded once, up to `cache_mb` megabytes; the rest is decoded at each use. With `shared` the decoded photos lie in a temporary file that loader processes map
    into memory too, so that they hold one copy together.
    """

    def __init__(
        self,
        photos: Sequence[LabelledPhoto],
        *,
        classes: ClassList,
        channels: Sequence[Sequence[int]],
        max_side_px: int,
        cache_mb: int,
        shared: bool = False,
    ) -> None:
        self.photos = tuple(photos)
        self._classes = classes
        self._table = channel_table(channels)
        self._max_side_px = max_side_px
        self._sizes = [shrunk_size(photo.size, max_side_px) for photo in self.photos]
        self._offsets = _offsets(self._sizes, cache_mb * _MEGABYTE)
        self._cache = _Cache(self._offsets[-1], shared=shared)
        self.has_labels = False
        """Whether any pixel is labelled with a class that is learnt; known when the photos are loaded."""

    def __len__(self) -> int:
        return len(self.photos)

    def __getitem__(self, position: int) -> tuple[Tensor, Tensor]:
        pair = self._cached(position) or self._decode(position)
        image, labels = (torch.from_numpy(part) for part in pair)
        return image.permute(2, 0, 1), labels

    @property
    def megabytes(self) -> int:
        """What the decoded photos take, in MB."""
        return -(-self._offsets[-1] // _MEGABYTE)

    def load(self, progress: Progress | None = None) -> None:
        """Read every photo and mask once: fills the cache, and finds what is damaged before the first step.

        Raises SegStudioError that names the first file that is damaged, of another size than its photo, or
        holds a value that is no class.
        """
        with ThreadPoolExecutor(max_workers=4) as pool:
            for done, _ in enumerate(pool.map(self._load_one, range(len(self))), start=1):
                if progress is not None:
                    progress(done, len(self))

    def pixel_counts(self, channels: int) -> npt.NDArray[np.int64]:
        """Return the number of pixels of each channel in each photo: int64 (photos, channels)."""
        counts = np.zeros((len(self), 256), dtype=np.int64)
        for position in range(len(self)):
            kept = self._cached(position)
            labels = self._read_labels(position) if kept is None else kept[1]
            counts[position] = np.bincount(labels.ravel(), minlength=256)
        return counts[:, :channels]

    def close(self) -> None:
        """Give the memory, and the temporary file where there is one, back."""
        self._cache.close()

    def _load_one(self, position: int) -> None:
        decoded = self._decode(position)  # what does not fit into the cache too: to find what is damaged
        if decoded[1].min() < VOID:
            self.has_labels = True
        kept = self._cached(position)
        if kept is not None:
            for part, values in zip(kept, decoded, strict=True):
                part[...] = values

    def _cached(self, position: int) -> _Pair | None:
        start, end = self._offsets[position], self._offsets[position + 1]
        if start == end:
            return None
        rows, columns = self._sizes[position]
        border = start + rows * columns * 3
        image, labels = self._cache.array[start:border], self._cache.array[border:end]
        return image.reshape(rows, columns, 3), labels.reshape(rows, columns)

    def _decode(self, position: int) -> _Pair:
        image = read_photo(self.photos[position].photo)
        expected = self.photos[position].size
        if image.shape[:2] != expected:
            raise SegStudioError(
                f"the photo is {image.shape[1]} × {image.shape[0]} pixels, the project says"
                f" {expected[1]} × {expected[0]}",
                where=str(self.photos[position].photo),
                fix="Import it again: it was changed after its import",
            )
        labels = self._read_labels(position)
        rows, columns = self._sizes[position]
        if image.shape[:2] != (rows, columns):
            image = np.asarray(
                cv2.resize(image, (columns, rows), interpolation=cv2.INTER_AREA), dtype=np.uint8
            )
            labels = resized_labels(labels, (rows, columns))
        return image, labels

    def _read_labels(self, position: int) -> npt.NDArray[np.uint8]:
        photo = self.photos[position]
        mask = read_mask(photo.mask, size=photo.size)
        unknown = unknown_values(mask, self._classes)
        if unknown:
            known = ", ".join(f"{entry.index} {entry.name}" for entry in self._classes.classes)
            raise SegStudioError(
                f"the mask holds the value {unknown[0]}, which is no class ({known}, 255 void)",
                where=str(photo.mask),
                fix="Import the mask again, or add the class",
            )
        return np.asarray(self._table[mask])


class _Cache:
    """A flat array of bytes, in memory or in a temporary file that other processes map too."""

    def __init__(self, size: int, *, shared: bool) -> None:
        self._file = MappedFile(size) if shared and size else None
        self._path = self._file.path if self._file else None
        self.array = self._map() if self._path else np.empty(size, dtype=np.uint8)

    def close(self) -> None:
        self.array = np.empty(0, dtype=np.uint8)
        if self._file is not None:
            self._file.remove()
            self._file = None

    def __getstate__(self) -> dict[str, Any]:
        if self._path is None and self.array.size:
            raise TypeError("only a shared cache can be given to another process")
        return {"_path": self._path, "_file": None}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.__dict__.update(state)
        self.array = self._map() if self._path else np.empty(0, dtype=np.uint8)

    def _map(self) -> npt.NDArray[np.uint8]:
        assert self._path is not None
        return np.memmap(self._path, dtype=np.uint8, mode="r+")


def channel_table(channels: Sequence[Sequence[int]]) -> npt.NDArray[np.uint8]:
    """Return the look-up from mask value to network channel: uint8 (256,), 255 where there is none."""
    table = np.full(256, VOID, dtype=np.uint8)
    for channel, values in enumerate(channels):
        table[list(values)] = channel
    return table


def shrunk_size(size: tuple[int, int], max_side_px: int) -> tuple[int, int]:
    """Return (rows, columns) with the longer side at most `max_side_px` (0: unchanged)."""
    longer = max(size)
    if not max_side_px or longer <= max_side_px:
        return size
    factor = max_side_px / longer
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def _offsets(sizes: Sequence[tuple[int, int]], limit: int) -> list[int]:
    """Return where each photo starts in the cache; one that no longer fits has no bytes there."""
    offsets = [0]
    for rows, columns in sizes:
        end = offsets[-1] + rows * columns * _PLANES
        offsets.append(end if end <= limit else offsets[-1])
    return offsets
