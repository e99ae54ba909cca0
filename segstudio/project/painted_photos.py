"""What has to be minded before something other than painting changes masks: who is painting, and stroke journals."""

from __future__ import annotations

import errno
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from segstudio.errors import SegStudioError
from segstudio.files import hold
from segstudio.project.moving import make_folder, not_written
from segstudio.project.person import person
from segstudio.project.photo_locks import PhotoHold, claim_path, claim_photo, counts, read_claim
from segstudio.project.photos import Photo
from segstudio.project.presence import FOLDER as PEOPLE
from segstudio.project.presence import Painter, Presence, Signs, people, signs_path
from segstudio.project.project import Project

_ASKED_TIMES, _BETWEEN_S = 5, 0.02
_FRESH_S = 600.0


class Journals(Protocol):
    """What has to be known of stroke journals (painting.stroke_journals knows it); any thread."""

    def values(self, path: Path) -> frozenset[int]:
        """Return every mask value that the undo and redo of a photo could bring back."""

    def settle(self, project: Project, photo: Photo) -> None:
        """Save strokes that only the journal holds."""


@contextmanager
def not_painted(project: Project, photos: Sequence[Photo]) -> Iterator[None]:
    """Go on while nobody paints on `photos`; raises SegStudioError when somebody does.

    Where no lock file lies nobody is kept from beginning: see `kept_from_painting`.
    """
    elsewhere = _painted_elsewhere(project)
    with ExitStack() as locks:
        for photo in {photo.key: photo for photo in photos}.values():  # nobody can hold one lock twice
            if photo.key in elsewhere:
                raise _painted(photo, _told_place(elsewhere[photo.key]))
            lock = project.paint_lock(photo)
            if not locks.enter_context(held(lock)):
                raise _painted(photo, _told_where(lock))
        yield


@contextmanager
def nobody_begins(project: Project) -> Iterator[None]:
    """Let nobody begin to paint on any photo of the project: what a number means, or a photo itself, is about to
    change.

    Whoever paints already is not kept from it: ask `not_painted` inside. Raises SegStudioError when another such
    change is under way.
    """
    lock = _numbers_lock(project)
    make_folder(lock.parent, project.folder)
    try:
        let_go = _hold_soon(lock)
    except SegStudioError as error:
        if not isinstance(error.__cause__, OSError) or error.__cause__.errno == errno.ELOOP:
            raise
        raise not_written(project.folder, error.__cause__) from error
    if let_go is None:
        raise SegStudioError(
            "masks are being changed already, here or in another window",
            where=str(project.folder),
            fix="Try again in a moment",
        )
    try:
        yield
    finally:
        let_go()


@contextmanager
def kept_from_painting(project: Project, photos: Sequence[Photo]) -> Iterator[None]:
    """Keep everybody from painting on `photos` and from beginning to; raises SegStudioError when somebody does already.

    Meanwhile nobody can begin on any other photo, either: it is for what takes a moment.
    """
    if not photos:
        yield
        return
    with nobody_begins(project), not_painted(project, photos):
        yield


def begin_painting(project: Project, photo: Photo, *, by: Presence | None = None) -> PhotoHold | None:
    """Take a photo's paint lock and keep it; None while somebody else paints, or the classes are being renumbered.

    `by` is the window that paints; without one it is for a moment. What a dead process of this machine has left is
    taken over (`taken_from`). Raises SegStudioError when the file system refuses.
    """
    lock = project.paint_lock(photo)
    make_folder(lock.parent, project.folder)
    let_go = hold(lock)
    # in this order: whoever renumbers takes that lock first, and then looks for paint locks
    if let_go is None:
        return None
    try:
        there = read_claim(claim_path(lock))
        if not _is_renumbered(project) and (there is None or not counts(project, photo, there, by)):
            return claim_photo(project, photo, let_go, by=by, taken_from=there)
    except OSError as error:
        let_go()
        raise SegStudioError(
            f"cannot tell who paints ({error.strerror or error})",
            where=str(claim_path(lock)),
            fix="Make the file readable",
        ) from error
    except BaseException:
        let_go()
        raise
    let_go()
    return None


@contextmanager
def held(lock: Path) -> Iterator[bool]:
    """Hold a photo's paint lock where there is one; False: somebody else does, and not only to look."""
    if not lock.exists():
        yield True
        return
    let_go = _hold_soon(lock)
    try:
        yield let_go is not None
    finally:
        if let_go is not None:
            _leave(lock, let_go)


def _painted(photo: Photo, where: str) -> SegStudioError:
    return SegStudioError(
        f'"{photo.key}" is open for painting in another SegStudio{where}',
        fix="Close the project there, then try again",
    )


def _numbers_lock(project: Project) -> Path:
    return project.folder / "masks/.numbers.lock"


def _is_renumbered(project: Project) -> bool:
    lock = _numbers_lock(project)
    if not lock.exists():
        return False
    let_go = _hold_soon(lock)
    if let_go is not None:
        let_go()
    return let_go is None


def _leave(lock: Path, let_go: Callable[[], None]) -> None:
    with suppress(OSError):
        claim_path(lock).unlink(missing_ok=True)
    let_go()


def _told_where(lock: Path) -> str:
    """Say on which computer a lock is held, and by whom where that is another person; nothing where that is not told."""
    try:
        claim = read_claim(claim_path(lock))
    except OSError:
        claim = None
    return _told_place(claim) if claim is not None else ""


def _told_place(painter: Painter) -> str:
    where = "this computer" if painter.is_here else f'the computer "{painter.computer}"'
    return f" on {where}" + (f", by {painter.who}" if painter.who and painter.who != person() else "")


def _painted_elsewhere(project: Project) -> dict[str, Painter]:
    """Return who paints on which photos on other machines: their locks may not be known here."""
    found: dict[str, Painter] = {}
    with suppress(OSError):
        for signs in people(project.folder):
            if not signs.is_here and _is_fresh(project.folder, signs):
                found.update(dict.fromkeys(signs.photos, signs))
    return found


def _is_fresh(project: Path, signs: Signs) -> bool:
    """Whether a window of another machine lives: who looks but once has no more to go by than the file's time.

    It is measured by the clock that gives files their times, which may be that of a server. What seems to come from the
    future counts: the clock was set back, here or there, and nobody knows by how much.
    """
    try:
        written = signs_path(project, signs).stat().st_mtime
    except OSError:
        return False
    now = time.time()
    with (
        suppress(OSError),  # it may only be read
        tempfile.NamedTemporaryFile(dir=project / PEOPLE, prefix=".", suffix=".part") as mine,
    ):
        now = os.fstat(mine.fileno()).st_mtime
    return now - written < _FRESH_S


def _hold_soon(lock: Path) -> Callable[[], None] | None:
    """Take a lock that others may hold for a moment only, to ask whether it is held."""
    for _ in range(_ASKED_TIMES):
        let_go = hold(lock)
        if let_go is not None:
            return let_go
        time.sleep(_BETWEEN_S)
    return None
