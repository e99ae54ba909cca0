"""The last step of a change: staged files take their places, also after a crash, and outlive a power cut there."""

from __future__ import annotations

import errno
import json
import shutil
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from segstudio.errors import ProjectAwayError, SegStudioError
from segstudio.files import copy_file, is_link, make_below, read_json, read_small, sync_folder, write_text
from segstudio.project.document import BACKUP_NAME, FILE_NAME
from segstudio.project.inside import MAY_BE_LINKS, check_inside
from segstudio.project.photos import clean_path
from segstudio.project.presence import machine_id

LIST = "commit.json"
"""Names what is to be moved: once it lies in the staging folder, the change happens."""

FILES = "files"
_REMOVED = "remove.json"
_DECIDED_BY = "decided-by.txt"
_LONGEST_ID = 1000
_FILES = (FILE_NAME, BACKUP_NAME)
_FOLDERS = tuple(f"{name}/" for name in (*MAY_BE_LINKS, "history", ".trash"))
"""What a change writes and removes: these files, and others in these folders."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_MAKE_ROOM = "Make room there, or remove files where the disk holds too many"
_NAMES = TypeAdapter(list[str])
_NOT_AWAITED = "history/masks/"
"""What masks were before: one folder for each photo, and none of them worth waiting for the disk."""


def _away(project: Path) -> ProjectAwayError:
    return ProjectAwayError(
        "the project is not there any more", where=str(project), fix="Bring its drive or folder back"
    )


@contextmanager
def told_when_away(project: Path) -> Iterator[None]:
    """Raise ProjectAwayError in the place of any other SegStudioError of the block, where the project is not there."""
    try:
        yield
    except SegStudioError as error:
        try:
            (project / FILE_NAME).stat()
        except OSError:
            raise _away(project) from error
        raise


def make_folder(folder: Path, project: Path) -> None:
    """Make a folder below a project, but never the project's own: a folder of its name, made while a drive is away, is
    in the way of what comes back.

    Raises SegStudioError when the project is not there or may not be written, and for a link in the way.
    """
    try:
        (project / FILE_NAME).stat()
        check_inside(project, [folder])
        make_below(folder, project)
    except OSError as error:
        if isinstance(error, FileNotFoundError):
            raise _away(project) from error
        raise not_written(project, error) from error


def not_written(folder: Path, error: OSError) -> SegStudioError:
    """Return the sentence for a system that refuses to write in a project, or in a folder of it, at all."""
    if error.errno in _FULL:
        problem, fix = "there is no room to write here", _MAKE_ROOM
    else:
        problem, fix = "the project may not be written", "Check its permissions"
    return SegStudioError(f"{problem} ({error.strerror or error})", where=str(folder), fix=fix)


def write_list(project: Path, folder: Path, removed: Collection[str]) -> None:
    """Decide that everything staged in `folder` is put in place and the files `removed` go.

    Raises SegStudioError, with nothing written, when a file would have to take the place of a folder, or a folder of the
    project is on another disk that has no room or is away, or a link would lead out of the project.
    """
    files = folder / FILES
    names = sorted(path.relative_to(files).as_posix() for path in files.rglob("*") if path.is_file())
    check_inside(project, _folders_of(project / clean_path(name) for name in (*names, *removed)))
    _check_free(project, names)
    _check_room(project, files, names)
    for staged in _folders_of(files / name for name in _awaited(names)):  # one sync for all the files in it
        sync_folder(staged)
    if removed:  # a file of its own: the list stays as every SegStudio reads it
        write_text(folder / _REMOVED, json.dumps(sorted(set(removed) - set(names)), ensure_ascii=False))
    if _through_links(project, (*names, *removed)):
        write_text(folder / _DECIDED_BY, machine_id())
    write_text(folder / LIST, json.dumps(names, ensure_ascii=False))
    for parent in (folder.parent, project):
        sync_folder(parent)


def move(project: Path, folder: Path) -> None:
    """Do what was decided, or what is left of it, and remove the staging folder.

    Raises SegStudioError when the disk refuses, and it can then be tried again; or, with nothing moved, when what was
    decided cannot be read, or is nothing that SegStudio decides: whoever made the project may have put it there.
    """
    try:
        # without the list this is no change that was decided: the folder has gone, and may come back
        names = _listed(folder / LIST)
        gone = _listed(folder / _REMOVED) if (folder / _REMOVED).exists() else []
        _check_own(project, folder, names, gone)
        for name in names:
            staged, target = folder / FILES / name, project / clean_path(name)
            try:
                _replace(staged, target)
            except FileNotFoundError:
                (folder / LIST).stat()  # otherwise all of it has gone now
                if staged.exists():  # otherwise an earlier attempt has moved it
                    target.parent.mkdir(parents=True, exist_ok=True)
                    _replace(staged, target)
        for name in gone:
            remove(project, project / clean_path(name))
    except OSError as error:
        fix = _MAKE_ROOM if error.errno in _FULL else "Make it writable"
        raise SegStudioError(
            f"a file of the project could not be replaced ({error.strerror})",
            where=str(_meant(Path(error.filename2 or error.filename or project), project, folder)),
            fix=f"{fix} and open the project again: the change is kept and will be finished",
        ) from error
    touched = _folders_of(project / name for name in _awaited((*names, *gone)))
    for parent in {above for each in touched for above in (each, *each.parents)}:
        if parent.is_relative_to(project) and parent.exists():  # one that was made now, too
            sync_folder(parent)
    shutil.rmtree(folder, ignore_errors=True)


def _check_own(project: Path, folder: Path, names: Collection[str], gone: Collection[str]) -> None:
    """Refuse a list of what no change of this project moves or removes, and one that would lead out of it."""
    for name in (*names, *gone):
        if name not in _FILES and not name.startswith(_FOLDERS):
            raise SegStudioError(
                f"a change that was not finished names {name[:80]!r}, which is no file of a project",
                where=str(folder),
                fix=f"Move the folder {folder.name} out of the project: nothing of it was put in place",
            )
    check_inside(folder, _folders_of(folder / FILES / name for name in names), may_be_links=())
    check_inside(project, _folders_of(project / name for name in (*names, *gone)))
    links = _through_links(project, (*names, *gone))
    if links and not _was_decided_here(folder):
        raise SegStudioError(
            "a change that was not finished leads out of the project, through a link, and was decided on another computer",
            where=str(project / links[0]),
            fix=f"Open the project there; where it is not yours, move the folder {folder} out of it",
        )


def _through_links(project: Path, names: Iterable[str]) -> list[str]:
    """Return those of the project's own folders that files lie in and that are links."""
    tops = {name.partition("/")[0] for name in names if "/" in name}
    return sorted(top for top in tops if is_link(project / top))


def _was_decided_here(folder: Path) -> bool:
    """Tell whether a change was decided on this computer, or by one that calls itself so: no stranger knows how."""
    try:
        told = read_small(folder / _DECIDED_BY, most_bytes=_LONGEST_ID)
        return told.decode("utf-8") == machine_id()
    except (OSError, UnicodeDecodeError):
        return False


def _meant(path: Path, project: Path, folder: Path) -> Path:
    """Return where a file belongs in the project, for one that may still be staged."""
    staged = folder / FILES
    return project / path.relative_to(staged) if path.is_relative_to(staged) else path


def remove(project: Path, path: Path) -> None:
    """Remove a file and the folders that are empty then, but for those at the top of the project."""
    path.unlink(missing_ok=True)
    for folder in path.relative_to(project).parents[:-2]:
        with suppress(OSError):  # not empty
            (project / folder).rmdir()


def _replace(staged: Path, target: Path) -> None:
    """Give a staged file its place; where that is on another disk, as in a folder that is a link, the file is copied.

    Raises OSError when a disk refuses.
    """
    try:
        staged.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        try:
            copy_file(staged, target)
        except SegStudioError as refused:
            if isinstance(refused.__cause__, OSError):
                raise refused.__cause__ from error
            raise
        staged.unlink()


def _listed(path: Path) -> list[str]:
    """Return the names in a list of files of the project; raises OSError where it is not there."""
    try:
        return [name for name in _NAMES.validate_json(read_json(path), strict=True) if clean_path(name)]
    except ValidationError as error:
        raise SegStudioError(
            "a change that was not finished cannot be read: it is damaged",
            where=str(path),
            fix=f"Move the folder {path.parent.name} out of the project: nothing of it was put in place",
        ) from error


def _awaited(names: Iterable[str]) -> Iterator[str]:
    return (name for name in names if not name.startswith(_NOT_AWAITED))


def _folders_of(paths: Iterable[Path]) -> set[Path]:
    return {path.parent for path in paths}


def _check_free(project: Path, names: Iterable[str]) -> None:
    targets = [project / clean_path(name) for name in names]
    for target in targets:
        if target.is_dir():
            raise SegStudioError(
                "a folder stands where a file must go", where=str(target), fix="Move it away"
            )
    folders = _folders_of(targets)
    for above in sorted({above for each in folders for above in (each, *each.parents)}):
        if not above.is_relative_to(project):
            continue
        if above.exists() and not above.is_dir():
            raise SegStudioError("a file stands where a folder must go", where=str(above), fix="Move it away")
        if above.is_symlink() and not above.exists():
            raise SegStudioError(
                "the folder is a link, and what it leads to is not there",
                where=str(above),
                fix="Bring the drive or folder back that it leads to",
            )


def _check_room(project: Path, files: Path, names: Iterable[str]) -> None:
    """Refuse what will have to be copied to another disk and finds no room there: once decided it cannot be refused."""
    here, names = files.stat().st_dev, [name for name in names if "/" in name]
    tops = {name.partition("/")[0] for name in names}
    disks = {top: (project / top).stat().st_dev for top in sorted(tops) if (project / top).exists()}
    needed = Counter[int]()
    for name in names:
        disk = disks.get(name.partition("/")[0], here)
        needed[disk] += (files / name).stat().st_size if disk != here else 0
    for top, disk in disks.items():
        if shutil.disk_usage(project / top).free < needed[disk]:
            raise SegStudioError(
                f"the other disk that this folder is on has no room for {needed[disk] / 1e6:,.1f} MB",
                where=str(project / top),
                fix="Make room there; nothing was changed",
            )
