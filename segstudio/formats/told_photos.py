"""Photos that lie or are called like masks, and are told to be photos all the same.

Somebody's photos may well lie in a folder `masks`, `labels` or `SegmentationClass`. Two things tell that they are photos:

- Photos and labels lie in trees of folders that are alike: `images/masks/a.png` is the photo of `labels/masks/a.txt`, and
  of `masks/masks/a.png`. The outermost folders tell which is which, and all below them is the photo's name.
- An annotation names the picture as its photo, folders and all, and no other photo is meant by that.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from segstudio.formats.mask_files import MASK_SUFFIXES, is_beside_photos, is_mask_folder, tells_mask
from segstudio.formats.places import (
    ANNOTATION_FOLDERS,
    PHOTO_FOLDERS,
    PhotoFile,
    below_photo_folder,
    is_subset,
)
from segstudio.formats.shapes import Annotation

_OBJECTS = frozenset({"segmentationobject", "scribbles"})

_Place = tuple[tuple[str, ...] | None, tuple[str, ...], str]
"""The folders above that of photos or labels, those below it, and the name without extension; None above: wherever it lies."""


def twins_of(labels: Iterable[Path], photos: Iterable[PhotoFile]) -> dict[Path, PhotoFile]:
    """Return of `labels` (annotation files and pictures) their photos, where the trees that they lie in tell it; none when
    the folders further in and the names of the photos say nothing else anyway.
    """
    known: dict[_Place, list[PhotoFile]] = defaultdict(list)
    mislead = False
    for photo in photos:
        for place in _places_of(photo):
            known[place].append(photo)
            mislead = mislead or any(map(_tells_kind, place[1])) or _is_called_like_a_mask(photo.path)
    if not mislead:
        return {}
    found: dict[Path, PhotoFile] = {}
    for path in labels:
        for above, below, stem in _places(path, ANNOTATION_FOLDERS):
            there = known.get((above, below, stem)) or known.get((None, below, stem), [])
            if below and is_subset(below[0]):  # a folder of labels alone, or of both
                there = [*there, *known.get((None, below[1:], stem), ())]
            others = [photo for photo in there if photo.path != path]
            if len(others) == 1:
                found.setdefault(path, others[0])
    return {label: photo for label, photo in found.items() if photo.path not in found}


def told_photos(
    annotations: Sequence[Annotation], pictures: Sequence[PhotoFile], photos: Sequence[PhotoFile]
) -> list[PhotoFile]:
    """Return those of the `pictures`, which are no `photos` by their place or name, that an annotation names as its photo,
    folders and all. A photo that would do as well speaks against it, unless another annotation names that one.
    """
    if not pictures:
        return []
    by_path = {path: picture for picture in pictures for path in _paths(picture)}
    by_stem: dict[str, list[PhotoFile]] = defaultdict(list)
    for photo in photos:
        by_stem[_folded(photo.name.stem)].append(photo)
    named: dict[str, set[int]] = defaultdict(set)
    for number, annotation in enumerate(annotations):
        for name in annotation.names:
            named[_folded(name)].add(number)
    found: dict[Path, PhotoFile] = {}
    for number, annotation in enumerate(annotations):
        picture = next((by_path[name] for name in map(_folded, annotation.names) if name in by_path), None)
        if picture is None or annotation.interpolated:
            continue
        rivals = by_stem[_folded(picture.name.stem)]
        if all(any(named[path] - {number} for path in _paths(rival)) for rival in rivals):
            found[picture.path] = picture
    return list(found.values())


def _places_of(photo: PhotoFile) -> Iterator[_Place]:
    yield from _places(photo.path, PHOTO_FOLDERS)
    root = photo.path.parents[len(photo.name.parts) - 1]
    if below_photo_folder(photo.name) == photo.name and not is_mask_folder(
        root.name
    ):  # it holds photos alone
        yield None, photo.name.parts[:-1], _folded(photo.name.stem)


def _places(path: Path, called: frozenset[str]) -> Iterator[_Place]:
    """Yield the place of a file below each of its folders that is called like one of photos, or of labels."""
    parts = path.parts[:-1]
    for depth, part in enumerate(parts):
        if part.lower() in called or (called is ANNOTATION_FOLDERS and is_mask_folder(part)):
            yield parts[:depth], parts[depth + 1 :], _folded(path.stem)


def _is_called_like_a_mask(path: Path) -> bool:
    name = PurePosixPath(path.name)
    return name.suffix.lower() in MASK_SUFFIXES and (is_beside_photos(name) or tells_mask(name))


def _tells_kind(folder: str) -> bool:
    return folder.lower() in ANNOTATION_FOLDERS | PHOTO_FOLDERS | _OBJECTS or is_mask_folder(folder)


def _paths(photo: PhotoFile) -> set[str]:
    return {_folded(str(photo.name)), _folded(str(below_photo_folder(photo.name)))}


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
