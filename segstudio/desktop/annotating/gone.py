"""Photos that went while the project was open: which ones, and the sentence about them; nearly pure."""

from __future__ import annotations

from collections.abc import Sequence

from segstudio.desktop.opened import OpenedProject
from segstudio.desktop.problems import Problem
from segstudio.project.change import mask_name, state_name

_LOOKED_AT = 200


def gone_between(before: OpenedProject | None, now: OpenedProject | None) -> tuple[str, ...]:
    """Return the keys of photos whose files went between two looks at the same project.

    What was removed from the project, here or in another window, is left out: that took mask and state along.
    """
    if before is None or now is None or before.folder != now.folder or before.photos is now.photos:
        return ()
    here = {photo.key for photo in now.photos}
    gone = [photo.key for photo in before.photos if photo.key not in here]
    return tuple(key for key in gone[:_LOOKED_AT] if _is_left(now, key)) + tuple(gone[_LOOKED_AT:])


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
    return Problem(text, level="warning")


def _is_left(now: OpenedProject, key: str) -> bool:
    return any((now.folder / name).exists() for name in (state_name(key), mask_name(key)))
