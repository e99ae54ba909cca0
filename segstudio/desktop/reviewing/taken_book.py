"""TakenBook: what was accepted into the project, kept beside it, so that it can be taken back another day, too."""

from __future__ import annotations

import hashlib
import logging
import re
from dataclasses import replace
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from segstudio.desktop.reviewing.taking_back import (
    Taken,
    TakenBack,
    Undone,
    is_untouched,
    take,
    take_again,
    take_back,
)
from segstudio.errors import SegStudioError
from segstudio.files import is_link, read_json, write_bytes, write_text
from segstudio.project.bringing_in import Incoming
from segstudio.project.inside import check_inside, is_inside
from segstudio.project.masks import read_mask_file
from segstudio.project.photos import PhotoState, clean_key

FOLDER = Path("review") / "taken"

_OWN = re.compile(r"[0-9a-f]{16}\.json")
"""What records are called here; files of other names are somebody's."""

_log = logging.getLogger(__name__)


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    key: str
    stamp: tuple[int, int, int]
    came_in: bool
    origin: str = ""
    state: PhotoState | None = None
    had_mask: bool = False
    digest: str = ""


class TakenBook:
    """One project's, by the keys of its photos. Everything but `taken` belongs to one worker."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._taken: dict[str, Taken] = {}
        self._undone: dict[str, Undone] = {}

    def taken(self, key: str) -> Taken | None:
        """Return what is known of a photo's mask; in any thread."""
        return self._taken.get(key)

    def load(self) -> None:
        """Read what was accepted before; what was painted on since is passed over.

        Nothing is removed: a mask or a record that is not there, or cannot be read, may be there again tomorrow.
        """
        if not is_inside(self.folder, self.folder / FOLDER):
            return
        for path in sorted((self.folder / FOLDER).glob("*.json")):
            taken = self._read(path) if _OWN.fullmatch(path.name) else None
            if taken is not None:
                self._taken.setdefault(taken.key, taken)

    def take(self, photo: Incoming) -> Taken:
        """Put a prediction into the project; raises SegStudioError."""
        taken = take(self.folder, photo, self._taken.get(photo.key) if photo.key else None)
        self._put(taken)
        return taken

    def back(self, key: str) -> TakenBack:
        """Undo that, where it is known; raises SegStudioError, and it is known still then.

        Where nothing was undone its record stays: the mask may only be away, and come back another day.
        """
        taken = self._taken.get(key)
        if taken is None:
            return TakenBack()
        back = take_back(self.folder, taken)
        del self._taken[key]
        if back.undone is not None:
            self._remove(self._place(key))
            self._undone[key] = back.undone
        return back

    def again(self, key: str) -> Taken | None:
        """Do again what was taken back since the project was opened; None for nothing. Raises SegStudioError."""
        undone = self._undone.pop(key, None)
        if undone is None:
            return None
        taken = take_again(self.folder, undone)
        self._put(taken)
        return taken

    def _put(self, taken: Taken) -> None:
        self._taken[taken.key] = taken
        self._undone.pop(taken.key, None)
        if taken.stamp is None:
            return
        place, had_mask = self._place(taken.key), taken.mask is not None
        record = _Record(
            key=taken.key,
            stamp=taken.stamp,
            came_in=taken.came_in,
            origin=taken.origin,
            state=taken.state,
            had_mask=had_mask,
            digest=taken.digest,
        )
        try:
            check_inside(self.folder, [place.parent])
            if taken.mask is not None:
                write_bytes(_mask_of(place), taken.mask)
            write_text(place, record.model_dump_json(indent=1) + "\n")
        except SegStudioError:  # the mask is in the project: it can be taken back until the window is closed
            _log.warning("what was accepted could not be kept", exc_info=True)
            self._remove(place)

    def _read(self, path: Path) -> Taken | None:
        """Return what a record tells; None where it is none of ours, cannot be read, or the mask is another by now."""
        mask_path = _mask_of(path)
        if is_link(path) or is_link(mask_path):
            return None
        try:
            record = _Record.model_validate_json(read_json(path))
            clean_key(record.key)
            taken = Taken(
                record.key, record.stamp, record.came_in, None, record.state, record.origin, record.digest
            )
            if path != self._place(record.key) or not is_untouched(self.folder, taken):
                return None
            return replace(taken, mask=read_mask_file(mask_path)) if record.had_mask else taken
        except (OSError, ValidationError, SegStudioError):
            return None

    def _remove(self, place: Path) -> None:
        if not is_inside(self.folder, place.parent):
            return
        for path in (place, _mask_of(place)):
            try:
                path.unlink(missing_ok=True)
            except OSError:
                _log.warning("%s cannot be removed", path, exc_info=True)

    def _place(self, key: str) -> Path:
        digest = hashlib.sha1(key.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
        return self.folder / FOLDER / f"{digest[:16]}.json"


def _mask_of(place: Path) -> Path:
    return place.with_suffix(".png")
