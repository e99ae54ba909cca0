"""Speeds: how many crops a second the heads were seen to train with on this machine, kept among the settings."""

from __future__ import annotations

import json
from pathlib import Path

from segstudio.desktop.settings import Places
from segstudio.errors import SegStudioError
from segstudio.files import write_text

_MOST = 200


class Speeds:
    """Photos a second by head and size of a step. A file that is damaged counts as empty."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or Places.of_this_user().settings.with_name("speeds.json")
        self._known = self._read()

    def of(self, head: str, *, batch_size: int, crop_px: int) -> float | None:
        """Return the speed (photos a second) that was seen last with such steps, or None."""
        return self._known.get(_key(head, batch_size, crop_px))

    def learn(self, head: str, speed: float, *, batch_size: int, crop_px: int) -> None:
        """Keep a speed; a disk that refuses is no trouble: it is measured again another day."""
        key = _key(head, batch_size, crop_px)
        self._known.pop(key, None)
        self._known[key] = speed
        self._known = dict(list(self._known.items())[-_MOST:])
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_text(self._path, json.dumps(self._known, indent=1))
        except (OSError, SegStudioError):
            return

    def _read(self) -> dict[str, float]:
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            return {str(key): float(value) for key, value in found.items() if float(value) > 0}
        except (OSError, ValueError, AttributeError, TypeError, OverflowError, RecursionError):
            return {}


def _key(head: str, batch_size: int, crop_px: int) -> str:
    return f"{head} {batch_size} x {crop_px}"
