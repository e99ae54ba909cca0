"""Which photos or films a person means by some files and folders, and what their results are called."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from segstudio.errors import SegStudioError
from segstudio.project.images import is_photo

RESULT_SUFFIXES = (
    *(".mask.png", ".overlay.jpg", ".overlay.png", ".panels.png", ".confidence.png"),
    ".overlay.mp4",
)
"""Endings of the files that predictions are written to: in a folder they are taken for neither photos nor films."""


@dataclass(frozen=True, slots=True)
class Input:
    """A photo or film to segment: where it lies, its name relative to what was asked for, and the stem of its results."""

    path: Path
    name: str
    stem: str

    def result(self, folder: Path, suffix: str) -> Path:
        """Return where in `folder` a result lies, for example with the suffix `.mask.png`."""
        return folder / f"{self.stem}{suffix}"


def find_inputs(sources: Sequence[Path]) -> tuple[Input, ...]:
    """List the photos: files as they are given, folders with all their subfolders, each photo once.

    A photo in a folder is named by its path below that folder; with several folders, below a folder of each one's
    name. Stems are unique, letter case aside: `a.jpg` and `a.png` become `a.jpg` and `a.png`, else `a.jpg` becomes
    `a`. Raises SegStudioError for a source that is not there, and when there is no photo at all.
    """
    found = inputs_among(sources)
    if not found:
        told = ", ".join(str(source) for source in sources)
        raise SegStudioError("there is no photo", where=told, fix="Give photos, or a folder with photos")
    return found


def inputs_among(sources: Sequence[Path], is_wanted: Callable[[Path], bool] = is_photo) -> tuple[Input, ...]:
    """List what `find_inputs` does, and of folders the files whose names `is_wanted` takes; there may be none."""
    several = sum(1 for source in sources if source.is_dir()) > 1
    named: dict[Path, str] = {}
    for source in sources:
        for path, name in _files_of(source, several, is_wanted):
            named.setdefault(path.resolve(), name)
    names = _unique(list(named.values()))
    stems = _stems(names)
    return tuple(Input(*parts) for parts in zip(named, names, stems, strict=True))


def refuse_overwriting(inputs: Sequence[Input], folder: Path, suffixes: Sequence[str]) -> None:
    """Raise SegStudioError when a result would take the place of one of the photos."""
    photos = {photo.path for photo in inputs}
    for photo in inputs:
        for suffix in suffixes:
            target = photo.result(folder, suffix)
            if target.resolve() in photos:
                raise SegStudioError(
                    f'the result of "{photo.name}" would replace this photo',
                    where=str(target),
                    fix="Choose another folder with --out",
                )


def _files_of(source: Path, several: bool, is_wanted: Callable[[Path], bool]) -> Iterator[tuple[Path, str]]:
    if source.is_dir():
        top = PurePosixPath(source.resolve().name if several else "")
        for path in _walk(source, is_wanted):
            yield path, str(top / PurePosixPath(path.relative_to(source).as_posix()))
    elif source.exists():
        yield source, source.name
    else:
        raise SegStudioError("there is no such photo or folder", where=str(source))


def _walk(folder: Path, is_wanted: Callable[[Path], bool]) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if is_wanted(Path(name)) and not name.lower().endswith(RESULT_SUFFIXES):
                yield Path(place) / name


def _unique(names: list[str]) -> list[str]:
    """Number what is called alike, in the order given: `a.jpg`, `a-2.jpg` …"""
    taken: set[str] = set()
    result = []
    for name in names:
        unique, number = name, 1
        while unique.casefold() in taken:
            number += 1
            unique = f"{_without_suffix(name)}-{number}{PurePosixPath(name).suffix}"
        taken.add(unique.casefold())
        result.append(unique)
    return result


def _stems(names: list[str]) -> list[str]:
    """Return the names without suffix where that tells them apart, else with it."""
    counts = Counter(_without_suffix(name).casefold() for name in names)
    stems = [_without_suffix(name) for name in names]
    stems = [stem if counts[stem.casefold()] == 1 else name for stem, name in zip(stems, names, strict=True)]
    # With a.jpg, a.png and a.jpg.png even that is not enough.
    return stems if len({stem.casefold() for stem in stems}) == len(stems) else names


def _without_suffix(name: str) -> str:
    return name[: len(name) - len(PurePosixPath(name).suffix)]
