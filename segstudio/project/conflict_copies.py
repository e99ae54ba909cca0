"""Copies in conflict: what a program that synchronises a folder leaves when two machines wrote the same mask.

It keeps one file under the name and puts the other beside it, under a name that says so. Such a copy is no mask of a
photo, but somebody's work: it is found, compared, and one of the two chosen.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.files import make_below
from segstudio.project.conflict_names import copied_file
from segstudio.project.inside import check_inside
from segstudio.project.masks import Mask, read_mask
from segstudio.project.project import Project
from segstudio.project.times import file_time

_MASK = ".png"

TRASH = ".trash/conflicts"
"""Below it lie the copies that were decided about, each in a folder of its own, as they lay in the project."""


@dataclass(frozen=True, slots=True)
class ConflictCopy:
    """A copy of the mask of the photo `key`; `path` is where it lies, `when` when it was written (by its file)."""

    key: str
    path: Path
    when: datetime


def conflict_copies(project: Project) -> tuple[ConflictCopy, ...]:
    """Return the copies of masks in conflict, by photo and time. A look at the folder of masks: for a worker thread."""
    keys = frozenset(project.keys())
    return tuple(sorted(_found(project, keys), key=lambda copy: (copy.key, copy.when, copy.path)))


def read_copy(project: Project, copy: ConflictCopy) -> Mask:
    """Return the mask that a copy holds; raises SegStudioError when it is damaged or does not fit its photo."""
    return read_mask(copy.path, size=project.photo(copy.key).size)


def put_away(project: Project, copy: ConflictCopy) -> Path:
    """Move a copy that was decided about, and what belongs to it, to the trash; returns the folder there.

    Raises SegStudioError when the disk refuses; the copy is where it was then, and offered again.
    """
    return move_away(project.folder, [path for path in _own_files(project.folder, copy) if path.exists()])


def move_away(project: Path, paths: Sequence[Path]) -> Path:
    """Move files of a project to its trash; returns the folder there. Raises SegStudioError when the disk refuses."""
    folder = _new_folder(project)
    for path in paths:
        _rename(path, folder / path.relative_to(project), project)
    return folder


def bring_back(project: Project, folder: Path) -> None:
    """Put what `put_away` moved to `folder` back; raises SegStudioError when the disk refuses."""
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        _rename(path, project.folder / path.relative_to(folder), project.folder)
    shutil.rmtree(folder, ignore_errors=True)  # folders alone are left in it
    with suppress(OSError):  # others are there
        for empty in (folder.parent, folder.parent.parent):
            empty.rmdir()


def _found(project: Project, keys: frozenset[str]) -> Iterator[ConflictCopy]:
    root = project.folder / "masks"
    for folder, _, names in os.walk(root):
        for path in (Path(folder) / name for name in names if _MASK in name):
            key = copied_file(path.relative_to(root).as_posix(), keys, _MASK)
            if key is not None:
                with suppress(OSError):  # it went meanwhile
                    yield ConflictCopy(key, path, file_time(path.stat().st_mtime_ns))


def _own_files(project: Path, copy: ConflictCopy) -> Iterator[Path]:
    """Yield the mask of a copy, its state and its journal: they are called alike, but for their extension."""
    name = copy.path.relative_to(project / "masks").as_posix()
    mark = name[len(copy.key) :]
    for extension in (_MASK, ".json", ".undo"):
        own = (
            extension + mark[len(_MASK) :] if mark.startswith(_MASK) else mark.removesuffix(_MASK) + extension
        )
        yield project / f"masks/{copy.key}{own}"


def _new_folder(project: Path) -> Path:
    number = 1
    while (folder := project / TRASH / f"{number:06}").exists():
        number += 1
    return folder


def _rename(path: Path, target: Path, project: Path) -> None:
    if target.exists():
        raise SegStudioError("there is a file of that name again", where=str(target), fix="Move it away")
    check_inside(project, [path.parent, target.parent])
    try:
        make_below(target.parent, project)
        path.rename(target)
    except OSError as error:
        raise SegStudioError(
            f"the copy cannot be moved ({error.strerror or error})",
            where=str(path),
            fix="Make the folder writable",
        ) from error
