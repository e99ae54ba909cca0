"""YOLO segmentation: one text file for one photo, a polygon on each line.

A line holds the number of the class and the corners `x y x y …` as fractions of the photo's width and height, so that
an annotation has no size of its own: it is `relative`, and takes its photo's. A line of four numbers is a box: its centre,
width and height. The files lie beside the photos, or in `labels/` beside `images/`.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path, PurePosixPath

import numpy as np

from segstudio.errors import SegStudioError, inside
from segstudio.formats.beside import stamp_of
from segstudio.formats.places import SourceFile, photo_after, subset_of
from segstudio.formats.shapes import Annotation, Box, Points, Polygon, Shape, Undrawn
from segstudio.formats.yolo_names import YoloNames, find_names

MAX_BYTES = 256 << 20

_HEAD_BYTES = 1 << 16
_NUMBER = r"[-+]?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][-+]?\d++)?"
_LINE = re.compile(rf"\s*+\d++(?:\.0*+)?((?:\s++{_NUMBER}){{4,}})\s*+")
_NEARLY_NUMBER = re.compile(r"[-+]?(?:nan|inf|[\d.,][\d.,eE+-]*)", re.IGNORECASE)
_FURTHEST = 10.0
"""Fractions further out than this are no fractions of a photo."""

_FIX = "Export the labels again"


def is_yolo_seg(path: Path) -> bool:
    """Tell whether the file holds lines of a class number and corners; of boxes only, `is_yolo_boxes` tells.

    Beside such files an empty one counts, for there is nothing on its photo, and a damaged one: reading it tells.
    """
    lengths = _lengths(path)
    if lengths or path.suffix.lower() != ".txt":
        return bool(lengths) and max(lengths) > 4
    if not _lies_among_labels(path.parent, stamp_of(path.parent)[0]):
        return path.parent.name.lower() == "labels" and _is_nearly(path)
    return stamp_of(path)[1] == 0 or _is_nearly(path)


def is_yolo_boxes(path: Path) -> bool:
    """Tell whether the file holds lines of a class number and four numbers, and nothing else."""
    lengths = _lengths(path)
    return bool(lengths) and max(lengths) == 4


def read_yolo_seg(file: SourceFile) -> Iterator[Annotation]:
    """Yield the one annotation of the file.

    Raises SegStudioError that names the line; the file is left to the caller to name.
    """
    names = find_names(file.path, file.root)
    shapes = []
    for number, line in enumerate(_lines(file.path), start=1):
        if line.strip():
            with inside(f"line {number}"):
                shapes.append(_shape(line, names, f"line {number}"))
    split, below = names.split_of(file.path)
    name = file.folders / file.path.name
    told = [PurePosixPath(file.photo)] if file.photo else []
    told += filter(None, (name, photo_after(name)))
    if below:  # where the folder of the split is not there
        told.append(PurePosixPath(*below.split("/")[1:]))
    yield Annotation(
        names=tuple(map(str, told)),
        size=None,
        shapes=tuple(shapes),
        file=file.path,
        place=file.shown,
        parts=(names.path,) if names.path is not None else (),
        subset=split or subset_of(name),
        relative=True,
        below=below,
    )


def yolo_labels(file: SourceFile) -> dict[str, str]:
    """Return the class names that go with a label file, in order, each with an empty colour."""
    return dict.fromkeys(find_names(file.path, file.root).names.values(), "")


def _shape(line: str, names: YoloNames, where: str) -> Shape:
    words = line.split()
    try:
        values = np.array(words, dtype=np.float64)
    except ValueError as error:
        raise SegStudioError("it holds something that is no number", fix=_FIX) from error
    number, corners = float(values[0]), values[1:]
    if not number.is_integer() or not 0 <= number < 1 << 20:
        raise SegStudioError(f'its class "{words[0][:40]}" is no class number', fix=_FIX)
    label = names.label(int(number))
    if names.has_keypoints:
        return Undrawn(label=label, where=where, kind="keypoints")
    if corners.size == 4:
        (across, down), (wide, high) = _checked(corners).reshape(2, 2).tolist()
        return Box(
            label=label,
            where=where,
            x0=across - wide / 2,
            y0=down - high / 2,
            x1=across + wide / 2,
            y1=down + high / 2,
        )
    if corners.size % 2 or not corners.size:
        raise SegStudioError("its corners are not pairs of numbers", fix=_FIX)
    return Polygon(label=label, where=where, points=_checked(corners).reshape(-1, 2))


def _checked(corners: Points) -> Points:
    if not np.isfinite(corners).all() or (np.abs(corners) > _FURTHEST).any():
        raise SegStudioError("its corners are no fractions of a photo (0 to 1)", fix=_FIX)
    return corners


def _lines(path: Path) -> list[str]:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise SegStudioError(
            f"the file cannot be read ({error.strerror})", fix="Check that it is there"
        ) from error
    if len(content) > MAX_BYTES:
        raise SegStudioError("it is larger than any file of labels", fix=_FIX)
    try:
        return content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise SegStudioError("it is not UTF-8 text", fix="Save it as UTF-8") from error


def _lengths(path: Path) -> list[int]:
    """Return how many numbers follow the class on the first lines; none when a line is no line of labels."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except OSError:
        return []
    lines = head.decode("utf-8", errors="replace").lstrip("\ufeff").splitlines()
    if len(head) == _HEAD_BYTES and len(lines) > 1:
        lines.pop()  # it may be cut
    found = [_LINE.fullmatch(line) for line in lines if line.strip()]
    return [len(one[1].split()) for one in found if one] if all(found) else []


def _is_nearly(path: Path) -> bool:
    """Tell whether a line of the file is one of labels but for a wild value, or the file is of UTF-16."""
    try:
        with path.open("rb") as stream:
            head = stream.read(_HEAD_BYTES)
    except OSError:
        return False
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return True
    lines = (line.split() for line in head.decode("utf-8", errors="replace").splitlines())
    return any(len(words) > 5 and all(map(_NEARLY_NUMBER.fullmatch, words[1:])) for words in lines)


@lru_cache(maxsize=64)
def _lies_among_labels(folder: Path, _modified_ns: int) -> bool:
    found = (max(_lengths(path), default=0) > 4 for path in sorted(folder.glob("*.txt")))
    return any(found)
