"""The class names that go with YOLO's label files: `data.yaml`, `classes.txt`, `obj.names`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from segstudio.formats.beside import files_called, stamp_of, text_in
from segstudio.formats.yolo_splits import YoloSplits, splits_in_yaml
from segstudio.formats.yolo_yaml import list_in_yaml

_YAML = ("data.yaml", "data.yml", "dataset.yaml", "dataset.yml")
_LISTS = (
    "classes.txt",
    "obj.names",
    "names.txt",
    "class_names.txt",
    "predefined_classes.txt",
    "_darknet.labels",
)
_MAX_BYTES = 1 << 20
_OUTLINE = re.compile(r"\d+(?:\s+[-+.\deE]+){4,}")


@dataclass(frozen=True, slots=True)
class YoloNames:
    """The names by number; `path` is the file they stand in, None when there is none; `has_keypoints` tells that the
    label files hold poses, not outlines. `splits` is what the file says photos are for.
    """

    names: Mapping[int, str] = field(default_factory=dict)
    path: Path | None = None
    has_keypoints: bool = False
    splits: YoloSplits | None = None

    def label(self, number: int) -> str:
        """Return the name of a class; its number when it has none."""
        return self.names.get(number, str(number))

    def split_of(self, labels: Path) -> tuple[str, str]:
        """Return what the photo of a label file is for, and its path from the folder of that split on, without
        extension; two empty texts where the file does not tell.
        """
        return self.splits.of(labels) if self.splits is not None else ("", "")


def find_names(beside: Path, root: Path) -> YoloNames:
    """Return the nearest names in the folder of the file `beside` or above it, up to the folder of `root`.

    Raises SegStudioError for names that are not written as UTF-8 or UTF-16.
    """
    folder = beside.parent
    while folder.is_relative_to(root) or folder == root.parent:
        for path in files_called(folder, _YAML + _LISTS, (".yaml", ".yml")):
            found = _read(path, *stamp_of(path))
            if found is not None:
                return found
        if folder == folder.parent:
            break
        folder = folder.parent
    return YoloNames()


@lru_cache(maxsize=64)
def _read(path: Path, _modified_ns: int, _size: int) -> YoloNames | None:
    text = text_in(path, _MAX_BYTES)
    if text is None:
        return None
    if path.suffix.lower() not in (".yaml", ".yml"):
        names = _names_in_lines(text)
        return YoloNames(names, path, has_keypoints="kpt_shape" in text) if names else None
    names = list_in_yaml(text, "names")
    if not names:
        return None
    return YoloNames(names, path, has_keypoints="kpt_shape" in text, splits=splits_in_yaml(text, path.parent))


def _names_in_lines(text: str) -> dict[int, str]:
    lines = [line.strip() for line in text.splitlines()]
    if all(map(_OUTLINE.fullmatch, filter(None, lines))):  # the labels of a photo that is called classes.jpg
        return {}
    while lines and not lines[-1]:
        lines.pop()
    return dict(enumerate(lines))
