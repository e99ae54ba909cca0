"""What YOLO's `data.yaml` says photos are for: folders, or text files that list photos, for each of `train`, `val`, `test`.

Both are told relative to the file, or to the `path` in it; lists name photos relative to themselves, to that path, to the
place where somebody trained, or whole. So a photo is on a list when as much of its path as both tell is the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from segstudio.errors import SegStudioError
from segstudio.files import is_file
from segstudio.formats.beside import lines_of_list, stamp_of
from segstudio.formats.yolo_yaml import list_in_yaml, word_in_yaml

_USES = ("train", "val", "test")
_LIST = ".txt"
_FIX = "Save that file as UTF-8"

_Parts = tuple[str, ...]
_Listed = Mapping[str, Mapping[str, Sequence[_Parts]]]


@dataclass(frozen=True, slots=True)
class YoloSplits:
    """Folders of photos below `home`, and files there that list photos, each with what these are for."""

    home: Path
    folders: tuple[tuple[str, PurePosixPath], ...]
    lists: tuple[tuple[str, Path], ...]

    def of(self, labels: Path) -> tuple[str, str]:
        """Return what the photo of a label file is for, and its path from the folder of that split on, without extension,
        where that folder is the only one of its split; empty texts where nothing is told. Raises SegStudioError for a list
        that cannot be read.
        """
        if not labels.is_relative_to(self.home):
            return "", ""
        inner = labels.relative_to(self.home).with_suffix("")
        parts = tuple("images" if part.lower() == "labels" else part for part in inner.parts)
        found = [
            (use, "/".join(inner.parts[len(folder.parts) - 1 :]))
            for use, folder in self.folders
            if parts[: len(folder.parts)] == folder.parts
        ]
        if not found:
            return self._listed(parts), ""
        # one folder may serve for two: it is then what it is called
        use, below = next((one for one in found if one[1].startswith(f"{one[0]}/")), found[0])
        is_only = sum(other == use for other, _ in self.folders) == 1
        return use, below if is_only else ""

    def _listed(self, parts: _Parts) -> str:
        own = _folded(parts)
        listed, problem = _uses(self.lists)
        if problem:
            raise SegStudioError(problem, fix=_FIX)
        for use, others in listed.get(own[-1], {}).items():
            if any(_agree(own, other) for other in others):
                return use
        return ""


def splits_in_yaml(text: str, home: Path) -> YoloSplits:
    """Return what the text of a YAML file in the folder `home` says photos are for."""
    root = _inner(word_in_yaml(text, "path"))
    folders: list[tuple[str, PurePosixPath]] = []
    lists: list[tuple[str, Path]] = []
    for use in _USES:
        for word in (*list_in_yaml(text, use).values(), word_in_yaml(text, use)):
            inner = _inner(word)
            if not inner.parts:
                continue
            near = [root / inner, inner]
            if inner.suffix.lower() == _LIST:  # told whole, it lay elsewhere once
                near += [PurePosixPath(*inner.parts[place:]) for place in range(1, len(inner.parts))]
                lists += [(use, path) for path in [home / one for one in near] if is_file(path)][:1]
            elif not inner.suffix and not PurePosixPath(word).is_absolute():
                folders += [(use, one) for one in dict.fromkeys(near)]
    return YoloSplits(home, tuple(dict.fromkeys(folders)), tuple(lists))


def _inner(word: str) -> PurePosixPath:
    """Return a path without what leads out of the folder."""
    told = PurePosixPath(word.replace("\\", "/"))
    return PurePosixPath(*(part for part in told.parts if part not in ("..", "/") and ":" not in part))


def _uses(lists: Iterable[tuple[str, Path]]) -> tuple[_Listed, str]:
    return _read(tuple((use, path, *stamp_of(path)) for use, path in lists))


@lru_cache(maxsize=8)
def _read(lists: tuple[tuple[str, Path, int, int], ...]) -> tuple[_Listed, str]:
    """Return the paths on the lists, by the photo's name without extension and by use, and why a list cannot be read; what is
    on two lists is on none.
    """
    found: dict[str, dict[str, list[_Parts]]] = defaultdict(lambda: defaultdict(list))
    uses: dict[_Parts, set[str]] = defaultdict(set)
    for use, path, _, _ in lists:
        try:
            paths = _paths_in(path)
        except SegStudioError as error:
            return {}, error.problem
        for parts in paths:
            uses[parts].add(use)
    for parts, told in uses.items():
        if len(told) == 1:
            found[parts[-1]][next(iter(told))].append(parts)
    return found, ""


def _paths_in(path: Path) -> list[_Parts]:
    told = (_inner(line.strip()) for line in lines_of_list(path))
    return [_folded(one.with_suffix("").parts) for one in told if one.name]


def _agree(first: _Parts, second: _Parts) -> bool:
    """Tell whether two paths are the same as far as both tell folders."""
    shared = min(len(first), len(second))
    return first[-shared:] == second[-shared:]


def _folded(parts: Iterable[str]) -> _Parts:
    return tuple(part.casefold() for part in parts if part != ".")
