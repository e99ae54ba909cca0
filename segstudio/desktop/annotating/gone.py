"""Photos that went while the project was open: which ones, and the sentence about them; nearly pure."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from segstudio.desktop.opened import OpenedProject
from segstudio.desktop.problems import Problem
from segstudio.project.change import mask_name, state_name

_LOOKED_FOR = 200
"""So many photos are looked for one by one; for more, the folders of masks are listed."""


def gone_between(before: OpenedProject | None, now: OpenedProject | None) -> tuple[str, ...]:
    """Return the keys of photos whose files went between two looks at the same project.

    What was removed from the project, here or in another window, is left out: that took mask and state along.
    """
    if before is None or now is None or before.folder != now.folder or before.photos is now.photos:
        return ()
    here = {photo.key for photo in now.photos}
    gone = [photo.key for photo in before.photos if photo.key not in here]
    is_there = (
        (lambda name: (now.folder / name).exists()) if len(gone) <= _LOOKED_FOR else _Listings(now.folder)
    )
    return tuple(key for key in gone if is_there(state_name(key)) or is_there(mask_name(key)))


def told_of_gone(keys: Sequence[str], now: OpenedProject) -> Problem | None:
    """Return what is to be said of photos whose files went, or None when there are none."""
    if not keys:
        return None
    where = now.folder / "photos"
    if len(keys) == 1:
        text = f'The file of "{keys[0]}" is gone from {where}: put it back and press F5. Its mask and undo are kept.'
    else:
        text = (
            f'The files of {len(keys):,} photos are gone from {where}, "{keys[0]}" among them: '
            "put them back and press F5. Their masks and undo are kept."
        )
    return Problem(text, "\n".join(keys) if len(keys) > 1 else "", level="warning")


class _Listings:
    """Tells whether a project has files, by their names relative to it: each folder is listed once."""

    def __init__(self, project: Path) -> None:
        self._project = project
        self._listed: dict[str, frozenset[str]] = {}

    def __call__(self, name: str) -> bool:
        folder, _, last = name.rpartition("/")
        if folder not in self._listed:
            self._listed[folder] = frozenset()
            with suppress(OSError), os.scandir(self._project / folder) as entries:
                self._listed[folder] = frozenset(entry.name for entry in entries)
        return last in self._listed[folder]
