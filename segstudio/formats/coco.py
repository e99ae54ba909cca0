"""COCO: one JSON file for many photos, with polygons, run lengths, boxes, or panoptic pictures.

A COCO file may be larger than the memory and tells its annotations in any order. So it is gone through twice: once
for the photos, the categories and the place of each annotation in the file (24 bytes each), then photo by photo for
the annotations themselves. Dialects: Roboflow (photos beside `_annotations.coco.json`), MMDetection (photos in
`train/` beside `annotations/`), files with texts for numbers, a single flat polygon, or no `info`.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from io import FileIO
from pathlib import Path

import numpy as np

from segstudio.errors import SegStudioError, inside
from segstudio.formats.coco_panoptic import is_panoptic, panoptic_picture, panoptic_shapes
from segstudio.formats.coco_shapes import coco_shapes
from segstudio.formats.json_fields import Object, object_of, size_in, text_of
from segstudio.formats.json_items import head_and_tail, item_at, items
from segstudio.formats.places import SourceFile
from segstudio.formats.shapes import Annotation, Shape

_WORDS = ('"images"', '"annotations"', '"categories"', '"licenses"')
_MEMBERS = ('"image_id"', '"category_id"')
_SUBSET = re.compile(r"(train|val|valid|validation|test|training)[\d_.-]*", re.IGNORECASE)
_KINDS = re.compile(
    r"^(_annotations\.coco|(instances|person_keypoints|stuff|panoptic|labels|captions|image_info)_)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Image:
    name: str
    size: tuple[int, int] | None
    is_told: bool = True


@dataclass(slots=True)
class _Index:
    """What the first pass found; `owners`, `starts` and `ends` tell photo and place of each annotation."""

    images: list[_Image] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)
    categories: dict[int, str] = field(default_factory=dict)
    owners: array[int] = field(default_factory=lambda: array("q"))
    starts: array[int] = field(default_factory=lambda: array("q"))
    ends: array[int] = field(default_factory=lambda: array("q"))


def is_coco(path: Path) -> bool:
    """Tell whether the file is COCO's JSON; only its beginning and end are looked at."""
    head, tail = head_and_tail(path)
    if not head.lstrip("\ufeff \t\r\n").startswith("{"):
        return False
    seen = sum(word in head or word in tail for word in _WORDS)
    # Long lists may stand at both ends and hide the other words; what an annotation says tells as much.
    return seen >= 2 or (seen == 1 and all(word in head or word in tail for word in _MEMBERS))


def coco_categories(path: Path) -> dict[str, str]:
    """Return the categories that the file declares, in order, each with an empty colour."""
    return dict.fromkeys(_indexed(path).categories.values(), "")


def read_coco(file: SourceFile) -> Iterator[Annotation]:
    """Yield the annotation of each photo in the file, also of those without annotations.

    Raises SegStudioError that names photo and annotation; the file is left to the caller to name.
    """
    index = _indexed(file.path)
    owners = np.frombuffer(index.owners, dtype=np.int64) if index.owners else np.zeros(0, dtype=np.int64)
    order = np.argsort(owners, kind="stable")
    bounds = np.searchsorted(owners[order], np.arange(len(index.images) + 1))
    with file.path.open("rb", buffering=0) as stream:
        for number, image in enumerate(index.images):
            members = order[bounds[number] : bounds[number + 1]].tolist()
            with inside(f'image "{image.name}"'):
                yield _annotation(image, members, index, stream, file)


def _indexed(path: Path) -> _Index:
    try:
        status = path.stat()
    except OSError as error:
        raise SegStudioError(
            f"the file cannot be read ({error.strerror})", fix="Check that it is there"
        ) from error
    return _index(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=4)
def _index(path: Path, _modified_ns: int, _size: int) -> _Index:
    index = _Index()
    for item in items(path):
        if not item.in_list:
            continue
        match item.key:
            case "images":
                _take_image(object_of(item.value, "an image"), index)
            case "categories":
                category = object_of(item.value, "a category")
                number = _whole(category.get("id"), "the id of a category")
                name = text_of(category.get("name")) or f"category {number}"
                if index.categories.setdefault(number, name) != name:
                    raise _told_twice("categories", number, index.categories[number], name)
            case "annotations":
                annotation = object_of(item.value, "an annotation")
                index.owners.append(_number_of(text_of(annotation.get("image_id")), index))
                index.starts.append(item.start)
                index.ends.append(item.end)
    return index


def _take_image(entry: Object, index: _Index) -> None:
    key = text_of(entry.get("id"))
    name = text_of(entry.get("file_name")).replace("\\", "/")
    if not name:
        raise SegStudioError("an image has no file_name", where=f"image {key}", fix="Export the file again")
    with inside(f'image "{name}"'):
        size = size_in(entry.get("height"), entry.get("width"))
    image, number = _Image(name, size), _number_of(key, index)
    known = index.images[number]
    if known.is_told and known != image:
        raise _told_twice("images", key, known.name, name)
    index.images[number] = image


def _number_of(key: str, index: _Index) -> int:
    """Return the place of a photo in the index, whether the file tells of it before or after its annotations."""
    number = index.numbers.setdefault(key, len(index.images))
    if number == len(index.images):
        index.images.append(_Image(f"image {key}, which is not in the file", None, is_told=False))
    return number


def _told_twice(kind: str, number: str | int, first: str, second: str) -> SegStudioError:
    """Files that somebody put together tell one number of two things: whose an annotation is, nobody knows."""
    return SegStudioError(
        f'two {kind} have the id {number}: "{first}" and "{second}"',
        fix="Import the files that it was put together from one by one, or number it anew",
    )


def _annotation(
    image: _Image, members: list[int], index: _Index, stream: FileIO, file: SourceFile
) -> Annotation:
    shapes: list[Shape] = []
    parts = []
    size = image.size
    for count, member in enumerate(members, start=1):
        value = item_at(stream, index.starts[member], index.ends[member])
        entry = object_of(value, "an annotation")
        where = f"annotation {text_of(entry.get('id')) or count}"
        with inside(where):
            if is_panoptic(entry):
                picture = panoptic_picture(entry, file)
                parts.append(picture.path)
                size = picture.size
                shapes += panoptic_shapes(entry, picture, index.categories)
            else:
                shapes += coco_shapes(entry, index.categories, image.size, where)
    folder, subset = _subset(file)
    names = dict.fromkeys(f"{before}/{image.name}" for before in (folder, subset) if before)
    return Annotation(
        names=(*names, image.name),
        size=size,
        shapes=tuple(shapes),
        file=file.path,
        place=f'{file.shown}, image "{image.name}"',
        subset=subset,
        parts=tuple(parts),
    )


def _subset(file: SourceFile) -> tuple[str, str]:
    """Return the folder in which the photos may lie, and the subset: `train2017` and `train` of
    `instances_train2017.json`, or of a file in the folder `train2017`.
    """
    told = _KINDS.sub("", file.path.stem)
    for text in (told, file.path.parent.name if file.path.parent != file.root else ""):
        found = _SUBSET.fullmatch(text)
        if found:
            return text, found[1].lower()
    return "", ""


def _whole(value: object, name: str) -> int:
    text = text_of(value)
    if not text.lstrip("-").isdecimal() or len(text) > 18:
        raise SegStudioError(f'{name} is "{text[:40]}", not a whole number', fix="Export the file again")
    return int(text)
