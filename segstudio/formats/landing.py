"""Where an export lands: it waits beside its target until it is whole and on the disk, then takes its place.

It waits in a hidden folder of its own, and holds a lock file of the same name while it lives, so that the next export
there can tell what a killed one left and remove it.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.files import hold, sync_file, sync_folder
from segstudio.formats.options import never, unheard
from segstudio.formats.threads import in_threads
from segstudio.formats.writing.target import Target, is_zip, target_at
from segstudio.project.project import Project

_OWN = frozenset({"photos", "masks", "sources", "runs", "history", "review", "project.json", "window.ini"})
"""What a project keeps in its folder, beside hidden files and folders; in lower case, as some systems see it."""

_LOCK = ".lock"
_NAME = re.compile(r"\..*\.[0-9a-f]{16}\.exporting(\.lock)?", re.DOTALL)
_SHOWN = 200
"""Longer paths are told in part."""

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def check_place(to: Path, project: Project) -> None:
    """Raise SegStudioError when `to` is taken, cannot be made, or is the project's own; a folder of another name in the
    project's is nobody's.
    """
    try:
        place, folder = to.resolve(), project.folder.resolve()
    except (OSError, RuntimeError) as error:  # links that lead in a circle
        raise _dangling(to) from error
    if place.is_relative_to(folder):
        inner = place.relative_to(folder).parts
        if not inner or inner[0].startswith(".") or inner[0].casefold() in _OWN:
            raise SegStudioError(
                "this is one of the project's own folders", where=str(to), fix="Choose a folder beside it"
            )
    _check_free(to)


@contextmanager
def landing_at(path: Path) -> Iterator[Target]:
    """Give a target that becomes `path` when the block ends well: a ZIP file if it is called so, else a folder.

    Raises SegStudioError when something is there already, or the file system refuses. On any error nothing is left.
    """
    _check_free(path)
    path = path.resolve()
    made = _missing_above(path)
    # What goes into a folder that is there waits in it: it may be the root of another disk, or somebody's working folder.
    beside = path if path.is_dir() else path.parent
    try:
        beside.mkdir(parents=True, exist_ok=True)
        _clear_left_over(beside)
        with _waiting_in(beside, path.name) as waiting:
            whole = waiting / ("whole.zip" if is_zip(path) else "whole")
            with target_at(whole) as target:
                yield target
            _settle(whole)
            _check_free(path, but=waiting)
            if beside == path:
                _move_into(path, whole)
            else:
                whole.replace(path)
            sync_folder(beside)
    except OSError as error:
        raise _refused(path, error) from error
    finally:
        if not path.exists():
            for folder in made:
                with contextlib.suppress(OSError):
                    folder.rmdir()


def _check_free(path: Path, *, but: Path | None = None) -> None:
    """Raise SegStudioError unless `path` can be made new, or is a folder with nothing in it `but` one thing, where a
    folder is meant. What a killed export left there is nothing.
    """
    try:
        if not os.path.lexists(path):
            _check_above(path)
            return
        if not path.exists():
            raise _dangling(path)
        if not path.is_dir() or is_zip(path):
            raise SegStudioError(
                "there is already a file of that name", where=str(path), fix="Choose another name"
            )
        taken = any(not _is_left_over(one, but=but) for one in path.iterdir())
    except OSError as error:
        raise _refused(path, error) from error
    if taken:
        raise SegStudioError(
            "the folder is not empty", where=str(path.absolute()), fix="Choose a new or an empty folder"
        )


def _check_above(path: Path) -> None:
    """Raise SegStudioError when no folder can be made at `path`, because something above it is none."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        path.lstat()  # a name that is too long is told now, not after the work
    for above in path.absolute().parents:
        if above.is_dir():
            return
        if os.path.lexists(above):
            raise SegStudioError(
                f'the export could not be written: "{above.name}" is no folder',
                where=str(path),
                fix="Choose a place in a folder",
            )


def _dangling(path: Path) -> SegStudioError:
    return SegStudioError(
        "this is a link to something that is not there",
        where=str(path),
        fix="Remove the link, or choose another name",
    )


@contextmanager
def _waiting_in(folder: Path, name: str) -> Iterator[Path]:
    """Give a new folder in which what will be called `name` may be made; at the end it is removed.

    Raises OSError when nothing can be written into `folder`.
    """
    waiting = folder / f".{name.encode()[:80].decode(errors='ignore')}.{secrets.token_hex(8)}.exporting"
    try:
        let_go = hold(_lock_of(waiting))
    except SegStudioError as error:
        if isinstance(error.__cause__, OSError):
            raise error.__cause__ from None  # of a file nobody asked for; the caller names the target
        raise
    try:
        waiting.mkdir()
        yield waiting
    finally:
        with contextlib.suppress(OSError):
            _remove(waiting)
        if let_go is not None:
            let_go()


def _is_left_over(path: Path, *, but: Path | None = None) -> bool:
    """Tell whether a path is what a killed export left, or belongs to the one that waits at `but`."""
    if _NAME.fullmatch(path.name) is None:
        return False
    waiting = path.with_suffix("") if path.suffix == _LOCK else path
    return waiting == but or not _is_living(waiting)


def _is_living(waiting: Path) -> bool:
    lock = _lock_of(waiting)
    if not lock.exists():
        return False
    try:
        let_go = hold(lock)
    except SegStudioError:
        return True  # somebody else's, or on a disk that cannot be written
    if let_go is None:
        return True
    let_go()
    return False


def _clear_left_over(folder: Path) -> None:
    """Remove what killed exports left in a folder, as far as that can be; those that go on stay."""
    for path in list(folder.iterdir()):
        if _is_left_over(path):
            with contextlib.suppress(OSError):
                _remove(path)


def _settle(path: Path) -> None:
    """Let a file, or a folder with all that is in it, outlive a power cut."""
    if path.is_file():
        sync_file(path)
        return
    folders = [(Path(folder), names) for folder, _, names in os.walk(path)]
    files = [folder / name for folder, names in folders for name in names]
    in_threads(sync_file, files, progress=unheard, cancelled=never)
    for folder, _ in folders:
        sync_folder(folder)


def _move_into(folder: Path, whole: Path) -> None:
    """Move all that is in `whole` into a folder, or nothing."""
    moved: list[Path] = []
    try:
        for one in sorted(whole.iterdir()):
            place = folder / one.name
            one.replace(place)
            moved.append(place)
    except OSError:
        for one in moved:
            _remove(one)
        raise


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _missing_above(path: Path) -> list[Path]:
    """Return the folders above `path` that do not exist, the innermost first."""
    missing = []
    for above in path.parents:
        if above.exists():
            break
        missing.append(above)
    return missing


def _lock_of(waiting: Path) -> Path:
    return waiting.with_name(f"{waiting.name}{_LOCK}")


def _refused(path: Path, error: OSError) -> SegStudioError:
    fix = "Choose a folder that you may write to"
    if error.errno == errno.ENAMETOOLONG:
        fix = "Choose a shorter name"
    elif error.errno in _NO_ROOM:
        fix = "Make room, or choose another disk"
    elif error.errno == errno.EIO:
        fix = "Check the disk, or choose another"
    text = str(path)
    return SegStudioError(
        f"the export could not be written ({error.strerror or error})",
        where=text if len(text) <= _SHOWN else f"{text[: _SHOWN // 2]}…{text[-_SHOWN // 4 :]}",
        fix=f"{fix}; nothing was written",
    )
