"""Sharing: what the desk does where others paint on the same photos, from other windows and machines."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from segstudio.desktop.editing.disk import LOOK, PAINT, Way
from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.editing.neighbours import Neighbours
from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.desktop.editing.rescue import keep_unsaved, place_for
from segstudio.desktop.editing.saves import Saves
from segstudio.desktop.problems import Problem, problem_of
from segstudio.errors import SegStudioError
from segstudio.project.photo_locks import Claim, PhotoHold, TakenOverError, told_name

_KEPT = (
    "What you painted on it and was not saved is kept on this computer, and is offered to be brought back."
)
_NOT_KEPT = "What you painted on it cannot be kept elsewhere either, so this window alone has it"
_FREE = "{key} can be painted on now."


class Sharing(QObject):
    """A photo that somebody else has taken over is given up here: what was not saved is kept where the window keeps
    its own files, and nothing of it goes over what is painted there. In the GUI thread.

    `again` carries an OpenPhoto that is to be opened anew, what is told of it then, and the Way; `giving_up`: one
    is about to be left alone, so that no edit may be open; `given_up` it with what is told, and whether something was kept;
    `only_here` a Problem where it cannot be kept elsewhere.
    """

    again = Signal(object, str, object)
    giving_up = Signal()
    given_up = Signal(object, str, bool)
    only_here = Signal(object)

    def __init__(self, neighbours: Neighbours, saves: Saves, writing: Errands, rescued: Path) -> None:
        super().__init__(neighbours)
        self._saves, self._writing, self._rescued = saves, writing, rescued
        neighbours.mask_changed.connect(self._on_mask_changed)
        neighbours.can_write_now.connect(self._on_can_write_now)
        neighbours.lost.connect(self._on_hold_lost)
        saves.taken_over.connect(self._on_taken_over)

    def paint_on(self, shown: OpenPhoto | None) -> None:
        """Paint on a photo that was locked, where the other has left it or gives no sign of life."""
        painted = shown.painted if shown is not None else None
        if shown is not None and shown.locked and (painted is None or painted.is_stale):
            way = PAINT if painted is None else Way(take=painted.claim)
            self.again.emit(shown, _FREE.format(key=shown.photo.key), way)

    @Slot(object, object)
    def _on_mask_changed(self, shown: OpenPhoto, _mask_time: int | None) -> None:
        self.again.emit(shown, "", LOOK)

    @Slot(object)
    def _on_can_write_now(self, shown: OpenPhoto) -> None:
        self.again.emit(shown, _FREE.format(key=shown.photo.key), PAINT)

    @Slot(object)
    def _on_hold_lost(self, hold: PhotoHold) -> None:
        opened = self._saves.of(hold)
        if opened is not None:
            self._give_up(opened, hold.lost_to)

    @Slot(object, object)
    def _on_taken_over(self, opened: OpenPhoto, error: TakenOverError) -> None:
        self._give_up(opened, error.by)

    def _give_up(self, opened: OpenPhoto, by: Claim | None) -> None:
        if opened.is_lost:
            return
        self.giving_up.emit()
        opened.is_lost = opened.read_only = True
        told = f"{opened.photo.key} was taken over by {told_name(by)}, because nothing was heard from this window."
        if not opened.editor.unsaved:
            self.given_up.emit(opened, told, False)
            return
        place = place_for(self._rescued, opened.folder)
        self._writing.send(
            lambda: keep_unsaved([opened], place),
            partial(self._on_kept, opened, told),
            partial(self._on_not_kept, told),
        )

    def _on_kept(self, opened: OpenPhoto, told: str, _folder: Path) -> None:
        self.given_up.emit(opened, f"{told} {_KEPT}", True)

    def _on_not_kept(self, told: str, error: BaseException) -> None:
        why = error.problem if isinstance(error, SegStudioError) else str(error)
        self.only_here.emit(Problem(f"{told} {_NOT_KEPT} ({why}).", problem_of(error).details))
