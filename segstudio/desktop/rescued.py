"""What could not be saved when the window was closed: kept for the next start, and offered then."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.desktop.editing.rescue import bring_back, decline, keep_unsaved, kept_in, place_for
from segstudio.desktop.problems import Problem, Remedy, problem_of
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.settings import Places
from segstudio.errors import SegStudioError

Release = Callable[[Callable[[], None]], None]

_log = logging.getLogger(__name__)


def keep_for_next_time(photos: Sequence[OpenPhoto], places: Places) -> None:
    """Write what is not saved to where `offer` finds it; nobody is there to be told when that fails, too."""
    for project in {opened.folder for opened in photos}:
        ours = [opened for opened in photos if opened.folder == project]
        try:
            folder = keep_unsaved(ours, place_for(places.rescued, project))
            _log.warning("what was not saved is kept in %s", folder)
        except (SegStudioError, OSError) as error:
            _log.error("what was not saved could not be kept either: %s", error)


def offer(session: ProjectSession, project: Path, release: Release) -> None:
    """Tell of what is kept for a project that was opened, with the ways out; `release` closes the photos first."""
    kept = kept_in(place_for(session.places.rescued, project))
    if not kept:
        return
    folders = tuple(folder for folder, _ in kept)
    keys = sorted({key for _, photos in kept for key in photos})

    def bring() -> None:
        release(lambda: session.import_prepared("Bringing back what was painted", work))

    def work(_control: object) -> None:
        bring_back(folders, project)

    def leave() -> None:
        try:
            for folder in folders:
                decline(folder)
        except OSError as error:
            session.problem_met.emit(problem_of(error))

    session.problem_met.emit(
        Problem(
            offer_words(keys),
            "\n".join(map(str, (*folders, *keys))),
            "warning",
            (
                Remedy("Bring it back", do=bring),
                Remedy("Leave it", do=leave),
            ),
        )
    )


def offer_words(keys: Sequence[str]) -> str:
    """Return the sentence that tells of what is kept of the photos `keys`."""
    what = keys[0] if len(keys) == 1 else f"{len(keys)} photos"
    masks = (
        "the mask that is there now, which"
        if len(keys) == 1
        else "the masks that are there now, each of which"
    )
    return (
        f"What you painted last on {what} could not be saved in the project and was kept elsewhere. "
        f"Brought back, it takes the place of {masks} stays one step of undo away, and among the versions."
    )
