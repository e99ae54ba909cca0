"""The class names that go with YOLO's label files: `data.yaml`, `classes.txt`, `obj.names`."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path, PurePosixPath

from segstudio.formats.beside import files_called, stamp_of, text_in

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
_TOP = re.compile(r"([A-Za-z_][\w-]*)\s*:\s*(.*)")
_DASHED = re.compile(r"-\s*(.+)")
_NUMBERED = re.compile(r"[\"']?(\d{1,5})[\"']?\s*:\s*(.+)")
_OUTLINE = re.compile(r"\d+(?:\s+[-+.\deE]+){4,}")
_FLOW = re.compile(r"""\s*(?:(\d{1,5})\s*:\s*)?("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,"'][^,]*)\s*(?:,|$)""")


@dataclass(frozen=True, slots=True)
class YoloNames:
    """The names by number; `path` is the file they stand in, None when there is none; `has_keypoints` tells that the
    label files hold poses, not outlines. `splits` are the folders of photos that the file tells, each with what it is
    for (`train`, `val`, `test`), relative to the file.
    """

    names: Mapping[int, str] = field(default_factory=dict)
    path: Path | None = None
    has_keypoints: bool = False
    splits: tuple[tuple[str, PurePosixPath], ...] = ()

    def label(self, number: int) -> str:
        """Return the name of a class; its number when it has none."""
        return self.names.get(number, str(number))

    def split_of(self, labels: Path) -> tuple[str, str]:
        """Return what the photo of a label file is for, and its path from the folder of that split on, without
        extension; two empty texts where the file does not tell.
        """
        if self.path is None or not labels.is_relative_to(self.path.parent):
            return "", ""
        inner = labels.relative_to(self.path.parent).with_suffix("")
        parts = tuple("images" if part.lower() == "labels" else part for part in inner.parts)
        found = [
            (use, "/".join(inner.parts[len(folder.parts) - 1 :]))
            for use, folder in self.splits
            if parts[: len(folder.parts)] == folder.parts
        ]
        # one folder may serve for two: it is then what it is called
        return next(
            (one for one in found if one[1].startswith(f"{one[0]}/")), found[0] if found else ("", "")
        )


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
    names = names_in_yaml(text)
    if not names:
        return None
    return YoloNames(names, path, has_keypoints="kpt_shape" in text, splits=splits_in_yaml(text))


def splits_in_yaml(text: str) -> tuple[tuple[str, PurePosixPath], ...]:
    """Return the folders of photos that a YAML file tells in one word each, and what they are for."""
    found = [_TOP.fullmatch(_without_comment(line)) for line in text.splitlines()]
    told = {one[1]: _unquoted(one[2]).replace("\\", "/") for one in found if one and one[2]}
    folders = {use: PurePosixPath(told[use]) for use in ("train", "val", "test") if use in told}
    return tuple(
        (use, inner)
        for use, folder in folders.items()
        if not folder.is_absolute() and not folder.suffix and (inner := _without_dots(folder)).parts
    )


def _without_dots(folder: PurePosixPath) -> PurePosixPath:
    return PurePosixPath(*(part for part in folder.parts if part != ".."))


def names_in_yaml(text: str) -> dict[int, str]:
    """Return the `names` of a YAML file, written in any of the ways that are in use; empty when there are none."""
    lines = [_without_comment(line) for line in text.splitlines()]
    for place, line in enumerate(lines):
        found = _TOP.fullmatch(line)
        if found and found[1] == "names":
            if found[2]:
                return _in_brackets(_joined(found[2], lines[place + 1 :]))
            return _in_block(lines[place + 1 :])
    return {}


def _joined(first: str, rest: Sequence[str]) -> str:
    """Return a list in brackets that may go on in the lines that follow."""
    closing = {"[": "]", "{": "}"}.get(first[0], "")
    text = first
    for line in rest:
        if not closing or text.rstrip().endswith(closing):
            break
        text += " " + line.strip()
    return text.strip()


def _in_brackets(text: str) -> dict[int, str]:
    if text[:1] + text[-1:] not in ("[]", "{}"):
        return {}
    inner = text[1:-1].strip()
    names: dict[int, str] = {}
    at = 0
    while at < len(inner):
        found = _FLOW.match(inner, at)
        if found is None or found.end() == at:
            break
        names[int(found[1]) if found[1] else len(names)] = _unquoted(found[2])
        at = found.end()
    return names


def _in_block(lines: Sequence[str]) -> dict[int, str]:
    names: dict[int, str] = {}
    for line in lines:
        entry = line.strip()
        if not entry:
            continue
        if found := _DASHED.fullmatch(entry):
            names[len(names)] = _unquoted(found[1])
        elif line[:1].isspace() and (found := _NUMBERED.fullmatch(entry)):
            names[int(found[1])] = _unquoted(found[2])
        else:
            break
    return names


def _names_in_lines(text: str) -> dict[int, str]:
    lines = [line.strip() for line in text.splitlines()]
    if all(map(_OUTLINE.fullmatch, filter(None, lines))):  # the labels of a photo that is called classes.jpg
        return {}
    while lines and not lines[-1]:
        lines.pop()
    return dict(enumerate(lines))


def _without_comment(line: str) -> str:
    cut = re.search(r"(?:^|\s)#", line)
    return (line[: cut.start()] if cut and "'" not in line and '"' not in line else line).rstrip()


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        try:
            found = ast.literal_eval(text)
        except (ValueError, SyntaxError):
            return text[1:-1]
        return str(found)
    if len(text) >= 2 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    return text
