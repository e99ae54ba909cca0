"""PhotoDesk: the photo that is shown, painted on, and saved by itself."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.desktop.problems import Problem
from segstudio.desktop.session import ProjectSession
from segstudio.painting.region import Region
from segstudio.painting.rules import EVERYWHERE, Rule
from segstudio.project.images import RgbImage
from segstudio.project.masks import Mask
from segstudio.project.photos import Photo, Split, Status


class PhotoDesk(QObject):
    """Opens the photos of the session's project for painting; a tool paints on it (it is a `Surface`).

    In the GUI thread. `opening` carries the Photo that was wished for, `opened` an OpenPhoto or None; then
    `mask_changed` (Rect), `history_changed`, `saved_changed` (the text for the status line), `shares_changed`
    (pairs of mask value and its part of the photo, 0–1) and `problem_met` (Problem) tell of what is shown.
    """

    opening = Signal(object)
    opened = Signal(object)
    mask_changed = Signal(object)
    history_changed = Signal()
    saved_changed = Signal(str)
    shares_changed = Signal(object)
    problem_met = Signal(object)

    def __init__(self, session: ProjectSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: OpenPhoto | None = None

    # -- what is there

    @property
    def shown(self) -> OpenPhoto | None:
        """The photo that is open."""
        return self._shown

    @property
    def photo(self) -> RgbImage | None:
        """The pixels of the photo that is open, uint8 (rows, columns, 3)."""
        return self._shown.pyramid.pixels if self._shown is not None else None

    @property
    def mask(self) -> Mask | None:
        """The live mask, to be read only."""
        return self._shown.editor.mask if self._shown is not None else None

    @property
    def can_paint(self) -> bool:
        """Whether a photo is open for painting."""
        return self._shown is not None and not self._shown.read_only

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return self.can_paint and self._shown is not None and self._shown.editor.undo_label is not None

    @property
    def can_redo(self) -> bool:
        """Whether there is something to do again."""
        return self.can_paint and self._shown is not None and self._shown.editor.redo_label is not None

    @property
    def unsaved(self) -> bool:
        """Whether anything is painted that is not on disk as a mask yet (the journal has it)."""
        return False

    @property
    def saved_text(self) -> str:
        """What the status line says of saving: `saved 2 s ago`."""
        return ""

    @property
    def shares(self) -> tuple[tuple[int, float], ...]:
        """Each mask value's part of the photo, 0–1, void included; empty while nothing is open."""
        return ()

    # -- photos

    def show(self, photo: Photo | None) -> None:
        """Open a photo of the session's project; what is shown stays usable until it is there. The newest wish wins.

        The photo that is shown is only asked for anew where it may be read only or its mask was changed by others.
        """
        raise NotImplementedError

    def prefetch(self, photo: Photo) -> None:
        """Read a photo that will probably be shown next, where there is room for it."""

    # -- painting: the Surface

    def begin(self, label: str) -> None:
        """Open an edit; on a photo that is read only this tells why, and nothing is painted."""
        raise NotImplementedError

    def paint(self, *regions: Region, value: int, rule: Rule = EVERYWHERE) -> None:
        """Paint into the edit that is open; does nothing when there is none."""
        raise NotImplementedError

    def commit(self) -> None:
        """Close the edit: one step of undo."""
        raise NotImplementedError

    def abort(self) -> None:
        """Take the edit that is open back."""
        raise NotImplementedError

    # -- edits of the whole mask

    def undo(self) -> None:
        """Take the last edit back."""
        raise NotImplementedError

    def redo(self) -> None:
        """Do again what was taken back last."""
        raise NotImplementedError

    def clear(self) -> None:
        """Make the whole photo unlabelled: one edit."""
        raise NotImplementedError

    def copy_from_previous(self, photo: Photo) -> None:
        """Give the open photo the mask of another one of the same size: one edit."""
        raise NotImplementedError

    def replace_with(self, mask: Mask, label: str) -> None:
        """Give the open photo another mask, uint8 of its size: one edit."""
        raise NotImplementedError

    # -- state and saving

    def mark(self, status: Status) -> None:
        """Say how far the open photo's labelling has come."""
        raise NotImplementedError

    def set_split(self, split: Split | None) -> None:
        """Say what the open photo is for."""
        raise NotImplementedError

    def save(self) -> None:
        """Save what is unsaved now: called when the window loses focus or another tab is shown, too."""
        raise NotImplementedError

    def release(self, then: Callable[[], None], otherwise: Callable[[Problem], None] | None = None) -> None:
        """Save everything and close all photos, then call `then` (GUI thread): masks on disk may be changed now.

        When something cannot be saved, nothing is closed and `otherwise` is called (by default it is told).
        """
        raise NotImplementedError

    def resume(self) -> None:
        """Open again what `release` has closed."""
        raise NotImplementedError

    def shut_down(self) -> tuple[Problem, ...]:
        """Save everything, wait for it, and end all threads; returns what could not be saved (the journal has it)."""
        return ()
