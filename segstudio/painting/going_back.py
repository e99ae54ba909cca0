"""Giving a photo that nobody paints on another mask as one edit, which the window can undo later."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np

from segstudio.errors import SegStudioError
from segstudio.painting.editor import MaskEditor
from segstudio.project.classes import VOID
from segstudio.project.masks import Mask
from segstudio.project.painted_photos import kept_from_painting
from segstudio.project.photos import Photo, PhotoState
from segstudio.project.project import Project, stamp
from segstudio.project.versions import Version, read_version


def go_back(project: Project, photo: Photo, version: Version) -> tuple[str, ...]:
    """Give a photo the mask that it had; what it has now is kept as a version, and undo brings it back in the window.

    Returns the names of the classes that are gone since, whose pixels are void. Raises SegStudioError when the version
    cannot be read, somebody paints on the photo, or the disk refuses; nothing has changed then.
    """
    mask, gone = read_version(project.folder, photo, version, project.classes)
    put_mask(project, photo, mask, doing=f"go back to {version.when.astimezone():%d %b %Y %H:%M}")
    return gone


def put_mask(project: Project, photo: Photo, mask: Mask, *, doing: str) -> Photo:
    """Give a photo another mask, uint8 of its size, as one edit that is called `doing`; returns it as it is then.

    The mask that goes is kept as a version, strokes that only the journal held included; a damaged one cannot be come
    back to by undo. What was checked counts as done: nobody has checked this. Raises SegStudioError as `go_back` does.
    """
    with kept_from_painting(project, [photo]):
        return _put(project, photo, mask, project.journal_path(photo), doing)


def _put(project: Project, photo: Photo, mask: Mask, journal: Path, doing: str) -> Photo:
    there = _what_is_there(project, photo)
    editor, recovered = MaskEditor.open(
        np.full(mask.shape, VOID, dtype=np.uint8) if there is None else there, journal
    )
    if recovered.outcome == "recovered":
        editor.save(editor.snapshot(), lambda pixels: project.write_mask(photo, pixels))
    saved: list[Photo] = []

    def write(pixels: Mask) -> None:
        saved.append(project.save_photo(photo, mask=pixels, update=_by_this_user, by_hand=False, doing=doing))

    with _as_before_when_it_fails(journal):
        with editor.edit(doing):
            editor.paste(mask)
        editor.save(editor.snapshot(), write)
    return saved[0]


def _what_is_there(project: Project, photo: Photo) -> Mask | None:
    """Return the photo's mask; None where there is none, or it is damaged: then its file is kept as a version as it is."""
    try:
        return project.read_mask(photo)
    except SegStudioError:
        return None


@contextmanager
def _as_before_when_it_fails(journal: Path) -> Iterator[None]:
    """Take back what a journal was told of an edit that was not saved: it would come back when the photo is opened."""
    length = journal.stat().st_size if journal.exists() else None
    try:
        yield
    except BaseException:
        with suppress(OSError):  # such as of a folder that may only be read: then nothing was written, either
            if length is None:
                journal.unlink(missing_ok=True)
            else:
                os.truncate(journal, length)
        raise


def _by_this_user(state: PhotoState) -> PhotoState:
    who, when = stamp()
    status = {"todo": "doing", "checked": "done"}.get(state.status, state.status)
    return state.model_copy(update={"status": status, "who": who, "when": when})
