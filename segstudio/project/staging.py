"""Staging: the folder in which a change is put together, and what becomes of those that dead processes have left.

Nothing but what SegStudio itself has made is touched: a project may be a stranger's.
"""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from segstudio.errors import SegStudioError, told_of
from segstudio.files import is_link, locked
from segstudio.project.inside import check_inside
from segstudio.project.making import LOCK
from segstudio.project.moving import FILES, LIST, make_folder, move

STAGING = ".staging"
_LOCKED = ".lock"
_ROOT_TRIES = 100
_OWN = re.compile(r"([0-9a-f]{32})(\.lock)?")
"""What lies in it: the folder of a change, and its lock."""


@contextmanager
def staging_folder(project: Path) -> Iterator[Path]:
    """Give a new staging folder that is removed at the end, whatever happened; a lock marks it as alive.

    Raises SegStudioError when the project may not be written.
    """
    folder = project / STAGING / uuid.uuid4().hex
    try:
        with ExitStack() as held:
            _mark_alive(held, folder, project)  # before the folder, so that nobody takes it for a dead one
            try:
                make_folder(folder / FILES, project)
                with told_of(folder / FILES, project):
                    yield folder
            finally:
                if _is_undecided(folder):
                    shutil.rmtree(folder, ignore_errors=True)
    finally:
        _tidy(folder)


def _is_undecided(folder: Path) -> bool:
    """Tell whether a staging folder may be thrown away; of one that is away nobody knows."""
    try:
        folder.stat()
        (folder / LIST).stat()
    except FileNotFoundError:
        return folder.is_dir()
    except OSError:
        return False
    return False


def _mark_alive(held: ExitStack, folder: Path, project: Path) -> None:
    """Hold the lock of a staging folder to be.

    A change that ends at this very moment may remove the root, empty as it is, before the lock lies in it.
    """
    for left in reversed(range(_ROOT_TRIES)):
        make_folder(folder.parent, project)
        try:
            held.enter_context(locked(_lock_of(folder)))
        except SegStudioError as error:
            if not left or not isinstance(error.__cause__, FileNotFoundError):
                raise
        else:
            return


def has_decided(project: Path) -> bool:
    """Tell whether a change was decided that may be in place in part: it is under way, or its process died."""
    try:
        return any(_OWN.fullmatch(path.parent.name) for path in (project / STAGING).glob(f"*/{LIST}"))
    except FileNotFoundError:  # it has ended at this very moment
        return False


def has_staged(project: Path) -> bool:
    """Tell whether changes are under way, or were left by a process that died."""
    root = project / STAGING
    if is_link(root):
        return root.is_dir()  # `recover` refuses it
    try:
        found = list(root.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:  # it may not be read
        return True
    return not found or bool(_own(found))


def finish_left(project: Path) -> str:
    """Finish what dead processes have left, where that can be.

    Returns a sentence where it cannot and files of the project may be of before a change and after it, else nothing: a
    project that may only be read can still be looked at as it is.
    """
    if not has_staged(project):
        return ""
    try:
        with locked(project / LOCK):
            recover(project)
    except SegStudioError as error:
        if is_link(project / STAGING):
            return str(error)
        is_under_way = isinstance(error.__cause__, TimeoutError)
        if has_decided(project) and not is_under_way:
            return f"A change of this project was broken off, and may be in place in part: {error}"
    return ""


def recover(project: Path, *, but: Path | None = None) -> None:
    """Finish committed changes whose process died, and throw away uncommitted ones (not the one staged in `but`).

    Call it while no other change is being put in place. Raises SegStudioError when one cannot be finished, or could not
    be without files being written, moved or removed elsewhere.
    """
    root = project / STAGING
    if not root.is_dir():
        return
    check_inside(project, [root])
    try:
        found = _own(root.iterdir())
    except FileNotFoundError:  # the change that was under way has ended at this very moment
        return
    for folder in sorted(found - {but} if found else {root / "none"}):  # whose process got no further, too
        with ExitStack() as held:
            try:
                if _can_be_held(_lock_of(folder)):
                    held.enter_context(locked(_lock_of(folder), timeout_s=0))
            except SegStudioError:
                continue  # its process is alive, or the project is read-only: not ours to touch
            if (folder / LIST).exists():
                move(project, folder)
            else:
                shutil.rmtree(folder, ignore_errors=True)
        _tidy(folder)


def _own(paths: Iterable[Path]) -> set[Path]:
    """Return the folders of the changes that have left a folder or a lock among these paths."""
    named = ((path, _OWN.fullmatch(path.name)) for path in paths if not is_link(path))
    return {path.with_name(own[1]) for path, own in named if own and path.is_dir() != bool(own[2])}


def _can_be_held(lock: Path) -> bool:
    """Tell whether a process may hold this lock: not where a folder or a link was put in its place, for no change begins
    without it. An empty folder is removed.
    """
    if is_link(lock):
        return False
    with suppress(OSError):
        lock.rmdir()
    return not lock.is_dir()


def _lock_of(folder: Path) -> Path:
    return folder.with_suffix(_LOCKED)


def _tidy(folder: Path) -> None:
    """Remove the lock of a folder that is gone, and the staging root when nothing is left in it."""
    with suppress(OSError):  # another change is under way, or the project is away or may only be read
        if not folder.exists():
            _lock_of(folder).unlink(missing_ok=True)
        folder.parent.rmdir()
