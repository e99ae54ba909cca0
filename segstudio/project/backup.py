"""Backup: the whole project as one ZIP file that proves that it is whole, and the way back.

What is taken is one moment of the project, however long the writing takes and whoever paints meanwhile: with the project's
lock held every file gets a second name, which costs next to nothing, and those are what is read. Files are only ever
replaced, and what grows (stroke journals, logs of runs) is read as far as it went then. Where nothing can be written the
files themselves are read, and must be the same at the end.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from segstudio.errors import SegStudioError, told_of
from segstudio.files import open_ordinary
from segstudio.project.backup_files import ProjectFiles, files_of, linked_folders
from segstudio.project.change import file_stamp
from segstudio.project.document import FILE_NAME, ProjectDocument, encode_document, load_document
from segstudio.project.images import is_photo
from segstudio.project.outside import check_outside
from segstudio.project.photos import clean_key
from segstudio.project.project import Project, stamp
from segstudio.project.sealed_zip import Member, Seal, unpack_sealed, write_sealed
from segstudio.project.staging import has_decided, recover, staging_folder
from segstudio.project.threads import Cancelled, Progress, check_cancelled, never, unheard

Part = Literal["photos", "runs", "versions", "trash"]
PARTS: tuple[Part, ...] = ("photos", "runs", "versions", "trash")
"""What can be left out of a backup."""

_FOLDERS: dict[Part, str] = {
    "photos": "photos/",
    "runs": "runs/",
    "versions": "history/masks/",
    "trash": ".trash/",
}
_GROWS = (".undo", ".jsonl", ".log")
_REFUSALS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class Taken:
    """What a backup holds: its `seal`, how many photos lie outside the project and are `not_taken`, and which `files`
    are left out or called otherwise.
    """

    seal: Seal
    not_taken: int
    files: ProjectFiles

    def told(self) -> str:
        """Return it in a sentence or two."""
        files = len(self.seal.files)
        told = f"{files:,} files, {self.seal.size_bytes / 1e6:,.1f} MB, each read back and compared."
        if self.not_taken:
            photos = "1 photo lies" if self.not_taken == 1 else f"{self.not_taken:,} photos lie"
            told += f" {photos} outside the project and {'is' if self.not_taken == 1 else 'are'} not in it."
        return f"{told} {self.files.told()}".rstrip()


def back_up(
    project: Project,
    target: Path,
    *,
    without: Collection[Part] = (),
    with_outside: bool = False,
    replace: bool = False,
    progress: Progress = unheard,
    cancelled: Cancelled = never,
) -> Taken:
    """Write the project as it is now into the ZIP file `target`, whole or not at all.

    `without` leaves parts out; `with_outside` takes photos along that lie outside the project, where else they are
    only referred to or linked; with `replace` a file that is there goes once the new one is whole. `progress` gets bytes.
    Raises SegStudioError when something cannot be read or written, or would not come back, and WorkStopped when
    `cancelled` says so; nothing is left then.
    """
    target = target.resolve()
    elsewhere = linked_folders(project.folder, without=_folders(without))
    if any(target.is_relative_to(top) for top in (project.folder, *elsewhere.values())):
        raise SegStudioError(
            "the backup would lie inside the project", where=str(target), fix="Choose a place outside of it"
        )
    who, when = stamp()
    with moment_of(project.folder, without=without, linked=with_outside, cancelled=cancelled) as (
        found,
        files,
    ):
        document = load_document(project.folder)
        outside = document.references if "photos" not in without else {}
        members = [member for member in found if member.name != FILE_NAME]
        if with_outside:
            for path in outside.values():
                check_outside(project.folder, project.folder / path)
            members += [
                Member(f"photos/{clean_key(key)}", project.folder / path) for key, path in outside.items()
            ]
            document = document.model_copy(update={"references": {}})
        told = next((member.watched for member in found if member.name == FILE_NAME), None)
        members.append(Member(FILE_NAME, encode_document(document), watched=told))
        left_out = ", ".join(part for part in PARTS if part in without)
        seal = Seal(
            kind="backup",
            name=document.name,
            who=who,
            when=when,
            told=f"without {left_out}" if left_out else "",
        )
        sealed = write_sealed(target, members, seal, replace=replace, progress=progress, cancelled=cancelled)
    return Taken(sealed, 0 if with_outside else len(outside), files)


def restore(
    archive: Path, folder: Path, *, progress: Progress = unheard, cancelled: Cancelled = never
) -> Seal:
    """Make the project of a backup, or of a pack, anew in `folder`, which must not be there or be empty.

    Every file is compared with what was put in before the folder gets its name. Raises SegStudioError when the ZIP file
    is not safe or not whole, and WorkStopped when `cancelled` says so; nothing is left then.
    """
    seal = unpack_sealed(archive, folder, check=_check_project, progress=progress, cancelled=cancelled)
    for part in ("photos", "masks", "sources", "runs"):
        (folder / part).mkdir(exist_ok=True)
    return seal


@contextmanager
def moment_of(
    project: Path,
    *,
    without: Collection[Part] = (),
    only: Collection[str] | None = None,
    linked: bool = False,
    cancelled: Cancelled = never,
) -> Iterator[tuple[list[Member], ProjectFiles]]:
    """Give the files of a project, or `only` those named, as they are at one moment; they can be read inside the block.

    With `linked` photos are taken that are links to files elsewhere; what else is not taken as it is comes second.
    Raises SegStudioError when somebody holds the project's lock for long.
    """

    def files() -> ProjectFiles:
        if only is not None:
            return ProjectFiles({name: name for name in sorted(only)})
        return files_of(project, linked_photos=linked, without=_folders(without))

    with ExitStack() as held:
        try:
            staging = held.enter_context(staging_folder(project))
        except SegStudioError as error:
            if not _cannot_be_written(error):
                raise
            found = files()
            yield _watched(project, found.names), found
            return
        opened = Project.open(project)
        with opened.alone():
            recover(project, but=staging)
            members, found = [], files()
            for path, name in found.names.items():
                check_cancelled(cancelled)
                with suppress(FileNotFoundError):  # such as a journal that was closed at this moment
                    members.append(_held(project / path, name, staging / "moment" / path))
        with told_of(staging / "moment", project):
            yield members, found


def _folders(parts: Collection[Part]) -> tuple[str, ...]:
    return tuple(_FOLDERS[part] for part in parts)


def _cannot_be_written(error: SegStudioError) -> bool:
    return isinstance(error.__cause__, OSError) and error.__cause__.errno in _REFUSALS


def _watched(project: Path, names: Mapping[str, str]) -> list[Member]:
    """Return the files of a project that can only be read, each of which must be the same at the end."""
    if has_decided(project):
        raise SegStudioError(
            "a change of the project was broken off in the middle, and cannot be finished where it may only be read",
            where=str(project),
            fix="Open the project on a computer that may write there, then back up",
        )
    found = []
    for below, name in names.items():
        path = project / below
        stamp = file_stamp(path)
        if stamp is not None and name.endswith(_GROWS):
            found.append(Member(name, path, stamp[1]))
        elif stamp is not None:
            found.append(Member(name, path, watched=(path, stamp)))
    return found


def _held(path: Path, name: str, second: Path) -> Member:
    """Give a file a second name, so that it can be replaced meanwhile; copy it where that cannot be, and it is small.

    Raises FileNotFoundError where it is gone by now, and SegStudioError when it cannot be read.
    """
    try:
        with open_ordinary(path) as stream:
            most = os.fstat(stream.fileno()).st_size if name.endswith(_GROWS) else None
        second.parent.mkdir(parents=True, exist_ok=True)
        try:
            second.hardlink_to(path.resolve() if path.is_symlink() else path)
        except OSError:
            if name.startswith(("photos/", "runs/", "sources/")):  # large, and hardly ever replaced
                return Member(name, path, most)
            shutil.copy2(path, second)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise SegStudioError(
            f"the file cannot be read ({error.strerror or error})",
            where=str(path),
            fix="Move it away, or restore it",
        ) from error
    return Member(name, second, most)


def _check_project(folder: Path) -> ProjectDocument:
    if not (folder / FILE_NAME).exists():
        raise SegStudioError(
            f"the ZIP file holds no {FILE_NAME}, and so no project",
            where=str(folder),
            fix="Take another backup",
        )
    return load_document(folder)


def photos_in(seal: Seal) -> int:
    """Return how many photos a backup or pack holds."""
    return sum(name.startswith("photos/") and is_photo(Path(name)) for name in seal.files)
