"""What has to be minded before something other than painting changes masks: who is painting, and stroke journals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

from segstudio.errors import SegStudioError
from segstudio.files import hold
from segstudio.project.photos import Photo
from segstudio.project.project import Project


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
def held(lock: Path) -> Iterator[bool]:
    """Hold a photo's paint lock where there is one; False: somebody else does."""
    let_go = hold(lock) if lock.exists() else _nothing
    try:
        yield let_go is not None
    finally:
        if let_go is not None:
            let_go()


def _nothing() -> None:
    """There was no lock to let go of."""
