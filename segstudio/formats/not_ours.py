"""Annotation files that are known and refused, each with the sentence that says why."""

from __future__ import annotations

import re
from pathlib import Path

from segstudio.formats.safe_xml import peek

_HEAD_BYTES = 1 << 16
_YOLO_LINE = re.compile(r"\s*\d+(\s+-?\d+(\.\d+)?([eE][-+]?\d+)?){4,}\s*")


def is_labelme_json(path: Path) -> bool:
    """Tell whether the file is labelme's JSON."""
    return _holds(path, '"shapes"') or _holds(path, '"imagePath"')


def is_coco(path: Path) -> bool:
    """Tell whether the file is COCO's JSON; only its beginning is looked at."""
    words = ('"images"', '"annotations"', '"categories"', '"licenses"')
    return sum(_holds(path, word) for word in words) >= 2


def is_via(path: Path) -> bool:
    """Tell whether the file is JSON of the VGG Image Annotator."""
    return _holds(path, '"_via_') or _holds(path, '"shape_attributes"')


def is_yolo(path: Path) -> bool:
    """Tell whether the file holds lines of a class number and at least four numbers."""
    lines = [line for line in _head(path).splitlines() if line.strip()]
    return bool(lines) and _YOLO_LINE.fullmatch(lines[0]) is not None


def _holds(path: Path, words: str) -> bool:
    return words in _head(path)


def _head(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            return stream.read(_HEAD_BYTES).decode("utf-8", errors="replace")
    except OSError:
        return ""


def is_voc_boxes(path: Path) -> bool:
    """Tell whether the file is Pascal VOC's XML of bounding boxes."""
    seen = peek(path)
    return seen.root == "annotation" and ("size" in seen.children or "bndbox" in seen.in_object)


def is_cvat_video(path: Path) -> bool:
    """Tell whether the file is an export of CVAT for video."""
    seen = peek(path)
    return seen.root == "annotations" and "track" in seen.children
