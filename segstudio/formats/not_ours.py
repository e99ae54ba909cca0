"""Annotation files that are known and refused, each with the sentence that says why."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from segstudio.errors import SegStudioError
from segstudio.formats.json_items import head_and_tail, load_json
from segstudio.formats.mask_files import is_mask_place
from segstudio.project.images import PHOTO_SUFFIXES


def is_lossy_mask(path: Path) -> bool:
    """Tell whether a picture that lies among masks is one that cannot be one."""
    return is_mask_place(PurePosixPath(path.parent.as_posix().lstrip("/"), path.name))


def is_via_table(path: Path) -> bool:
    """Tell whether the file is the table (CSV) of the VGG Image Annotator."""
    return "region_shape_attributes" in head_and_tail(path)[0].partition("\n")[0]


def is_coco_results(path: Path) -> bool:
    """Tell whether the file is a list of what a model found, as COCO's evaluation takes it: without photos and classes."""
    head, _ = head_and_tail(path)
    text = head.lstrip("\ufeff \t\r\n")
    return text.startswith("[") and all(word in text for word in ('"image_id"', '"category_id"'))


def is_damaged_json(path: Path) -> bool:
    """Tell whether a file is JSON by its name, called like the photo beside it, and cannot be read at all."""
    beside = (path.with_suffix(suffix) for suffix in sorted(PHOTO_SUFFIXES))
    if path.suffix.lower() != ".json" or not any(photo.is_file() for photo in beside):
        return False  # programs leave all kinds of JSON
    try:
        load_json(path)
    except SegStudioError:
        return True
    return False
