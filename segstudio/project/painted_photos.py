"""What has to be minded before something other than painting changes masks: who is painting, and stroke journals."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

from segstudio.errors import SegStudioError
from segstudio.files import hold
from segstudio.project.photos import Photo
from segstudio.project.project import Project

_ASKED_TIMES, _BETWEEN_S = 5, 0.02


class Journals(Protocol):
    """What has to be known of stroke journals (painting.stroke_journals knows it); any thread."""

    def values(self, path: Path) -> frozenset[int]:
        """Return every mask value that the undo and redo of a photo could bring back."""

    def settle(self, project: Project, photo: Photo) -> None:
        """Save strokes that only the journal holds."""


@contextmanager
def not_painted(project: Project, photos: Sequence[Photo]) -> Iterator[None]:
    """Keep everybody from painting on `photos`; raises SegStudioError when somebody does."""
    with ExitStack() as locks:
        for photo in {photo.key: photo for photo in photos}.values():  # nobody can hold one lock twice
            if not locks.enter_context(held(project.paint_lock(photo))):
                raise SegStudioError(
                    f'somebody is painting on "{photo.key}"',
                    where=str(project.folder),
                    fix="Let them close it, then try again",
                )
        yield


@contextmanager
def nobody_begins(project: Project) -> Iterator[None]:
    """Let nobody begin to paint on any photo of the project: what a number means is about to change.

    Whoever paints already is not kept from it: ask `not_painted` inside. Raises SegStudioError when another such
    change is under way.
    """
    let_go = _hold_soon(_numbers_lock(project))
    if let_go is None:
        raise SegStudioError(
            "somebody is changing the classes", where=str(project.folder), fix="Try again in a moment"
        )
    try:
        yield
    finally:
        let_go()


def begin_painting(project: Project, photo: Photo) -> Callable[[], None] | None:
    """Take a photo's paint lock and keep it; None while somebody else paints, or the classes are being renumbered.

    The function returned lets go of it. Raises SegStudioError when the file system refuses.
    """
    let_go = hold(project.paint_lock(photo))
    # in this order: whoever renumbers takes that lock first, and then looks for paint locks
    if let_go is None or not _is_renumbered(project):
        return let_go
    let_go()
    return None


@contextmanager
def held(lock: Path) -> Iterator[bool]:
    """Hold a photo's paint lock where there is one; False: somebody else does."""
    let_go = hold(lock) if lock.exists() else _nothing
    try:
        yield let_go is not None
    finally:
        if let_go is not None:
            let_go()


def _numbers_lock(project: Project) -> Path:
    return project.folder / "masks/.numbers.lock"


def _is_renumbered(project: Project) -> bool:
    lock = _numbers_lock(project)
    let_go = _hold_soon(lock) if lock.exists() else _nothing
    if let_go is not None:
        let_go()
    return let_go is None


def _hold_soon(lock: Path) -> Callable[[], None] | None:
    """Take a lock that others may hold for a moment only, to ask whether it is held."""
    for _ in range(_ASKED_TIMES):
        let_go = hold(lock)
        if let_go is not None:
            return let_go
        time.sleep(_BETWEEN_S)
    return None


def _nothing() -> None:
    """There was no lock to let go of."""
