"""Label images: pictures whose pixels tell classes, which lie beside photos and are easily taken for some."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePath

import numpy as np

from segstudio.project.images import RgbImage

LOSSLESS = frozenset({".png", ".bmp", ".tif", ".tiff", ".gif"})
"""Extensions of files in which a label survives; JPEG would smear it."""

MASK_FOLDERS = frozenset({"mask", "masks"})
"""Folders, in lower case, in which no photo is expected."""

_LABEL_FOLDERS = MASK_FOLDERS | {
    "label",
    "labels",
    "gt",
    "groundtruth",
    "ground_truth",
    "annotations",
    "segmentation",
    "segmentations",
    "segmentationclass",
    "segmentationobject",
    "labelids",
}
_ENDING = re.compile(r"[-_. ](gt|masks?|labels?|labelids|seg|segmentation|groundtruth|l)$", re.IGNORECASE)

_COLOURS = 32
_SHARE = 0.98
_SAMPLE_PX = 200


def few_colours(photo: RgbImage) -> bool:
    """Tell whether a handful of colours covers almost all of a picture; every so many pixels are looked at."""
    down, across = (max(1, length // _SAMPLE_PX) for length in photo.shape[:2])
    sample = photo[::down, ::across].reshape(-1, 3).astype(np.uint32)
    _, counts = np.unique(sample @ np.array([1 << 16, 1 << 8, 1], dtype=np.uint32), return_counts=True)
    return bool(np.sort(counts)[-_COLOURS:].sum() >= _SHARE * counts.sum())


class Suspicion:
    """Which pictures may be label images, by their names and those of the photos around; `known` are photo keys of the
    project.
    """

    def __init__(self, photos: Iterable[Path], known: Iterable[str]) -> None:
        self._by_stem: Mapping[str, list[Path]] = defaultdict(list)
        for path in photos:
            self._by_stem[path.stem.casefold()].append(path)
        self._known = {PurePath(key).stem.casefold(): key for key in known}

    def why(self, path: Path) -> str:
        """Return what in its name says that it is one, as the end of a sentence; nothing where nothing does."""
        folder = path.parent.name
        if path.suffix.lower() not in LOSSLESS:
            return ""
        if folder.casefold() in _LABEL_FOLDERS:
            return f"it has few colours and lies in a folder “{folder}”"
        photo = self.photo_of(path)
        return f"it has few colours and belongs to “{photo}” by its name" if photo else ""

    def photo_of(self, path: Path) -> str:
        """Return the name of the photo to which a label image of this name would belong, or nothing."""
        stem = path.stem.casefold()
        for wanted in (stem, _ENDING.sub("", stem)):
            others = [other for other in self.partners(wanted) if other != path]
            if others:
                return others[0].name
            if wanted in self._known and PurePath(self._known[wanted]).name != path.name:
                return PurePath(self._known[wanted]).name
        return ""

    def partners(self, stem: str) -> list[Path]:
        """Return the photos of that stem (casefolded) that do not lie among labels themselves."""
        found = self._by_stem.get(stem, [])
        return [path for path in found if path.parent.name.casefold() not in _LABEL_FOLDERS]
