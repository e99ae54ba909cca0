"""Annotation files that are known and refused, each with the sentence that says why."""

from __future__ import annotations

from pathlib import Path

from segstudio.formats.safe_xml import peek


def is_voc_boxes(path: Path) -> bool:
    """Tell whether the file is Pascal VOC's XML of bounding boxes."""
    seen = peek(path)
    return seen.root == "annotation" and ("size" in seen.children or "bndbox" in seen.in_object)


def is_cvat_video(path: Path) -> bool:
    """Tell whether the file is an export of CVAT for video."""
    seen = peek(path)
    return seen.root == "annotations" and "track" in seen.children
