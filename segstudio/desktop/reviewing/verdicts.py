"""Verdicts: accept, correct or reject a prediction; what that writes into the project, and what goes to Annotate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from PySide6.QtCore import QObject, Signal, SignalInstance, Slot

from segstudio.desktop.editing.desk import PhotoDesk
from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.desktop.problems import Problem, Remedy, problem_of
from segstudio.desktop.reviewing.board import ReviewBoard
from segstudio.desktop.reviewing.matching import Matched
from segstudio.desktop.reviewing.models import Model, is_same
from segstudio.desktop.reviewing.reading import PREDICTED, OpenItem
from segstudio.desktop.reviewing.taken_book import TakenBook
from segstudio.desktop.reviewing.taking_back import Taken, TakenBack, is_untouched
from segstudio.desktop.session import ProjectSession
from segstudio.errors import SegStudioError
from segstudio.project.bringing_in import Incoming
from segstudio.project.classes import VOID
from segstudio.project.masks import Mask
from segstudio.project.photos import Photo, Status
from segstudio.review.shown import Thresholds, shown_mask, taken_over

T = TypeVar("T")

ShowInAnnotate = Callable[[str], bool]
"""Shows the photo of a key in the Annotate tab; False when it is not there."""


@dataclass(frozen=True, slots=True, eq=False)
class Sending:
    """A prediction on its way to Annotate: `mask` in the project's mask values, of the photo of `key`."""

    key: str
    mask: Mask
    label: str


def project_mask(
    opened: OpenItem, matched: Matched, thresholds: Thresholds, values: frozenset[int] | None
) -> Mask | None:
    """Return what is shown of a prediction in the project's mask values, void elsewhere; None where there is none.

    With `values` (the model's) only these classes.
    """
    if opened.mask is None or opened.confidence is None:
        return None
    table = matched.table.copy()
    if values is not None:
        table[[value for value in range(VOID) if value not in values]] = VOID
    shown = shown_mask(opened.mask, opened.confidence, thresholds)
    return np.asarray(cv2.LUT(shown, table), dtype=np.uint8)


class Verdicts(QObject):
    """Writes what a verdict brings into the project. `problem_met` carries a Problem, `done` the id of a photo,
    `failed` that of one whose mask could not be written, `taken_back` an id and its TakenBack, and `stays` the id of one
    that could not be taken back.
    """

    problem_met = Signal(object)
    done = Signal(str)
    failed = Signal(str)
    taken_back = Signal(str, object)
    stays = Signal(str)

    def __init__(
        self,
        session: ProjectSession,
        board: ReviewBoard,
        desk: PhotoDesk,
        show_in_annotate: ShowInAnnotate,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session, self._board, self._desk = session, board, desk
        self._show_in_annotate = show_in_annotate
        self._writing = Errands("review verdicts", 1, self)
        self._sending: Sending | None = None
        self._book = TakenBook(Path())
        self._on_desk: dict[str, Status] = {}
        self._undone_on_desk: set[str] = set()
        self._keys_back: dict[str, str] = {}
        self._wanted: tuple[str, Callable[[str], object]] | None = None
        desk.opened.connect(self._on_desk_opened)

    def shut_down(self) -> None:
        """Wait until everything is written."""
        self._writing.shut_down()

    # -- verdicts

    def accept(self, opened: OpenItem, thresholds: Thresholds) -> bool:
        """Take the prediction over; a mask that was not taken over here stays, and the person is told how to replace it.

        False when nothing of the prediction fits the project.
        """
        photo = self._photo(opened)
        if photo is not None and photo.has_mask and not self._is_ours(opened.item.id, photo):
            take = partial(self._take_later, self._board.model, opened, dict(thresholds))
            instead = Remedy("Replace the mask", do=take)
            told = f"{photo.key} has a mask already, which stays as it is."
            self.problem_met.emit(Problem(told, level="info", actions=(instead,)))
            return True
        return self._take(opened, thresholds)

    def take_back(self, item_id: str) -> None:
        """Undo what accepting a photo did to the project, unless it was painted on since."""
        row = self._board.row(item_id)
        if self._session.opened is None or row is None:
            return
        if item_id in self._on_desk:
            self._undo_on_desk(item_id)
            return
        key = self._keys_back[item_id] = row.item.key
        work, then = partial(self._book.back, key), partial(self._on_back, item_id)
        self._send_beside_desk(key, work, then, partial(self._on_failed, self.stays, item_id))

    def take_again(self, item_id: str) -> None:
        """Accept once more what was taken back, as it was accepted then; nothing where that changed nothing."""
        row, shown = self._board.row(item_id), self._desk.shown
        if row is None:
            return
        if item_id in self._undone_on_desk:
            self._undone_on_desk.discard(item_id)
            redo = shown.editor.redo_label if shown is not None and shown.photo.key == row.item.key else None
            if shown is not None and (redo or "").startswith(PREDICTED):
                self._on_desk[item_id] = shown.photo.status
                self._desk.redo()
                self._desk.mark("done")
            return
        key = self._keys_back.pop(item_id, "")
        if key:
            work, then = partial(self._book.again, key), partial(self._on_again, item_id)
            self._send_beside_desk(key, work, then, partial(self._on_failed, self.failed, item_id))

    def forget(self) -> None:
        """Another project is open: know what was taken over there, another day too."""
        project = self._session.opened
        self._on_desk.clear()
        self._undone_on_desk.clear()
        self._keys_back.clear()
        self._book = TakenBook(project.folder if project is not None else Path())
        if project is not None:
            self._writing.send(self._book.load, _nothing, self._tell)

    def _is_ours(self, item_id: str, photo: Photo) -> bool:
        """Tell whether the photo's mask is what was taken over here, and nobody has painted since."""
        project, taken = self._session.opened, self._book.taken(photo.key)
        if item_id in self._on_desk:
            return self._tops_the_desk(photo.key)
        return project is not None and taken is not None and is_untouched(project.folder, taken)

    def _tops_the_desk(self, key: str) -> bool:
        shown = self._desk.shown
        if shown is None or shown.photo.key != key:
            return False
        return (shown.editor.undo_label or "").startswith(PREDICTED)

    def _undo_on_desk(self, item_id: str) -> None:
        row, status = self._board.row(item_id), self._on_desk.pop(item_id)
        if row is None:
            return
        told = f"{row.item.key} has the mask again that it had before."
        if self._tops_the_desk(row.item.key):
            self._desk.undo()
            self._desk.mark(status)
            self._undone_on_desk.add(item_id)
        else:
            told = f"{row.item.key} was painted on since it was accepted: its mask stays as it is."
        self.taken_back.emit(item_id, TakenBack(told))

    def _take_later(self, model: Model | None, opened: OpenItem, thresholds: Thresholds) -> None:
        """Take a prediction over, unless another model is asked by now: its classes would be read as that one's."""
        now = self._board.model
        if now == model or (now is not None and model is not None and is_same(now, model)):
            self._take(opened, thresholds)
            return
        told = f"Another model is asked by now: the mask of {opened.item.name} stays. Accept once more with the one you mean."
        self.problem_met.emit(Problem(told, level="info"))

    def _take(self, opened: OpenItem, thresholds: Thresholds) -> bool:
        photo = self._photo(opened)
        mask = self._fitting(opened, thresholds, None)
        if mask is None:
            return False
        shown = self._desk.shown
        if photo is not None and shown is not None and shown.photo.key == photo.key:
            self._on_desk.setdefault(opened.item.id, photo.status)
            self._desk.replace_with(mask, f"{PREDICTED}{self._model_name}")
            self._desk.mark("done")
        else:
            self._write(opened, mask, "done")
        return True

    def send(self, opened: OpenItem, thresholds: Thresholds, values: frozenset[int] | None) -> bool:
        """Let the prediction be corrected in Annotate; False when nothing of it fits the project."""
        mask = self._fitting(opened, thresholds, values)
        if mask is None:
            return False
        photo, label = self._photo(opened), f"{PREDICTED}{self._model_name}"
        if photo is None:
            self._write(opened, mask, "doing", then=self._show)
        else:
            self._sending = Sending(photo.key, mask, label)
            self._show(photo.key)
        return True

    @property
    def _model_name(self) -> str:
        return self._board.model.name if self._board.model is not None else "a model"

    def _photo(self, opened: OpenItem) -> Photo | None:
        project = self._session.opened
        row = self._board.row(opened.item.id)
        key = row.item.key if row is not None else opened.item.key
        return project.photo(key) if project is not None and key else None

    def _fitting(
        self, opened: OpenItem, thresholds: Thresholds, values: frozenset[int] | None
    ) -> Mask | None:
        if all(there == VOID for there in self._board.matched.to_project.values()):
            names = ", ".join(self._board.classes.names)
            self.problem_met.emit(
                Problem(
                    f"None of this model's classes ({names}) is one of the project. Say left below the model which is which.",
                    level="warning",
                )
            )
            return None
        return project_mask(opened, self._board.matched, thresholds, values)

    # -- writing

    def _write(
        self, opened: OpenItem, mask: Mask, status: Status, then: Callable[[str], object] | None = None
    ) -> None:
        project = self._session.opened
        if project is None:
            return
        row = self._board.row(opened.item.id)
        key = row.item.key if row is not None else opened.item.key
        source = f"{PREDICTED}{self._model_name}"
        item, name = opened.item, opened.item.file_name
        photo = Incoming(item.path, lambda: mask, status, source, key or None, name=name)
        work, written = partial(self._book.take, photo), partial(self._on_written, item.id, then)
        self._writing.send(work, written, partial(self._on_failed, self.failed, item.id))

    def _send_beside_desk(
        self,
        key: str,
        work: Callable[[], T],
        then: Callable[[T], None],
        failed: Callable[[BaseException], None],
    ) -> None:
        """Do work on the files of a photo; where it is open in Annotate, that saves it and lets go of it first."""
        shown = self._desk.shown
        if shown is None or shown.photo.key != key:
            self._writing.send(work, then, failed)
            return

        def ended(result: T) -> None:
            if isinstance(result, TakenBack) and result.gone:
                self._desk.show(None)
            self._desk.resume()
            then(result)

        def refused(error: BaseException) -> None:
            self._desk.resume()
            failed(error)

        def held(problem: Problem) -> None:
            failed(SegStudioError(problem.text.rstrip(".")))

        self._desk.release(lambda: self._writing.send(work, ended, refused), held)

    def _on_back(self, item_id: str, back: TakenBack) -> None:
        if back.undone is None:
            self._keys_back.pop(item_id, None)
        self.taken_back.emit(item_id, self._told_of(item_id, back))
        self._session.refresh()

    def _told_of(self, item_id: str, back: TakenBack) -> TakenBack:
        """Nothing is known of a mask that was accepted in Annotate on another day, or painted on since."""
        row, project = self._board.row(item_id), self._session.opened
        photo = project.photo(row.item.key) if row is not None and project is not None else None
        if back.told or back.gone or photo is None or not photo.state.source.startswith(PREDICTED):
            return back
        return TakenBack(
            f"{photo.key} keeps its mask; Undo in Annotate goes back through what was done to it."
        )

    def _on_again(self, item_id: str, taken: Taken | None) -> None:
        if taken is not None:
            self._on_written(item_id, None, taken)

    def _on_written(self, item_id: str, then: Callable[[str], object] | None, taken: Taken) -> None:
        self._board.adopt(item_id, taken.key)
        self.done.emit(item_id)
        if then is not None:
            self._wanted = (taken.key, then)
            self._session.changed.connect(self._on_session_changed)
        self._session.refresh()

    @Slot(object)
    def _on_session_changed(self, _flags: object) -> None:
        project = self._session.opened
        if self._wanted is None or project is None or project.photo(self._wanted[0]) is None:
            return
        (key, then), self._wanted = self._wanted, None
        self._session.changed.disconnect(self._on_session_changed)
        then(key)

    def _on_failed(self, signal: SignalInstance, item_id: str, error: BaseException) -> None:
        self._tell(error)
        signal.emit(item_id)

    def _tell(self, error: BaseException) -> None:
        self.problem_met.emit(problem_of(error))

    # -- Annotate

    def _show(self, key: str) -> None:
        if not self._show_in_annotate(key):
            self._sending = None
            self.problem_met.emit(Problem(f"{key} is not in the project any more.", level="info"))
        elif self._desk.shown is not None:
            self._on_desk_opened(self._desk.shown)

    @Slot(object)
    def _on_desk_opened(self, shown: OpenPhoto | None) -> None:
        sending = self._sending
        if sending is None or shown is None or shown.photo.key != sending.key:
            return
        self._sending = None
        if shown.editor.size != sending.mask.shape:
            told = f"The prediction is of another size than {sending.key}; segment it again."
            self.problem_met.emit(Problem(told))
            return
        had_mask, status = shown.photo.has_mask, shown.photo.status
        self._desk.replace_with(taken_over(shown.editor.mask, sending.mask), sending.label)
        if status in ("done", "checked"):
            self._desk.mark("doing")
        if had_mask:
            undo = Remedy("Undo", do=partial(self._undo_sent, sending, status))
            told = f"The prediction took the place of the mask of {sending.key}."
            self.problem_met.emit(Problem(told, level="info", actions=(undo,)))

    def _undo_sent(self, sending: Sending, status: Status) -> None:
        if self._tops_the_desk(sending.key):
            self._desk.undo()
            self._desk.mark(status)


def _nothing(_result: None) -> None:
    """There is nothing to do after it."""
