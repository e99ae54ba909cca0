"""The files of a new project: all of them are made, or none."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.files import write_bytes
from segstudio.project.document import BACKUP_NAME, FILE_NAME, ProjectDocument, encode_document

LOCK = ".lock"
"""Held while changes are put in place; it is never removed, because a waiting process may have it open."""

_FOLDERS = ("photos", "masks", "sources", "runs")


def make_files(folder: Path, document: ProjectDocument) -> None:
    """Make an empty project in `folder`, which is empty or not there.

    Raises SegStudioError when the file system refuses; the folder is as before then.
    """
    was_there = folder.exists()
    try:
        for name in (FILE_NAME, BACKUP_NAME):
            write_bytes(folder / name, encode_document(document))
        (folder / LOCK).touch()
        for name in _FOLDERS:
            (folder / name).mkdir(exist_ok=True)
    except (OSError, SegStudioError) as error:
        _take_away(folder, whole=not was_there)
        if isinstance(error, SegStudioError):
            raise
        raise SegStudioError(
            f"the project could not be made ({error.strerror or error})",
            where=str(folder),
            fix="Make room there, or choose another place",
        ) from error


def _take_away(folder: Path, *, whole: bool) -> None:
    for name in (FILE_NAME, BACKUP_NAME, LOCK):
        with suppress(OSError):
            (folder / name).unlink(missing_ok=True)
    for made in (*(folder / name for name in _FOLDERS), *([folder] if whole else [])):
        with suppress(OSError):
            made.rmdir()
