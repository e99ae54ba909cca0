"""Verdicts: accept, correct or reject a prediction; what that writes into the project, and what goes to Annotate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from segstudio.desktop.editing.desk import PhotoDesk
from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.desktop.problems import Problem, problem_of
from segstudio.desktop.reviewing.board import ReviewBoard
from segstudio.desktop.reviewing.matching import Matched
from segstudio.desktop.reviewing.reading import PREDICTED, OpenItem
from segstudio.desktop.session import ProjectSession
from segstudio.project.bringing_in import Incoming, bring_in
from segstudio.project.classes import VOID
from segstudio.project.masks import Mask
from segstudio.project.photos import Photo, Status
from segstudio.project.project import Project
from segstudio.review.shown import Thresholds, shown_mask, taken_over

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
    """Writes what a verdict brings into the project. `problem_met` carries a Problem, `done` the id of a photo."""

    problem_met = Signal(object)
    done = Signal(str)

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
        self._wanted: tuple[str, Callable[[str], object]] | None = None
        desk.opened.connect(self._on_desk_opened)

    def shut_down(self) -> None:
        """Wait until everything is written."""
        self._writing.shut_down()

    # -- verdicts

    def accept(self, opened: OpenItem, thresholds: Thresholds) -> bool:
        """Take the prediction over where the photo has no mask yet; False when nothing of it fits the project."""
        photo = self._photo(opened)
        if photo is not None and photo.has_mask:
            return True  # a person's mask stays
        mask = self._fitting(opened, thresholds, None)
        if mask is None:
            return False
        shown = self._desk.shown
        if photo is not None and shown is not None and shown.photo.key == photo.key:
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
        photo = Incoming(opened.item.path, lambda: mask, status, source, key or None)
        work = partial(write_prediction, project.folder, photo)
        self._writing.send(work, partial(self._on_written, opened.item.id, then), self._on_failed)

    def _on_written(self, item_id: str, then: Callable[[str], object] | None, key: str) -> None:
        self._board.adopt(item_id, key)
        self.done.emit(item_id)
        if then is not None:
            self._wanted = (key, then)
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

    def _on_failed(self, error: BaseException) -> None:
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
        self._desk.replace_with(taken_over(shown.editor.mask, sending.mask), sending.label)


def write_prediction(folder: Path, photo: Incoming) -> str:
    """Give a photo of the project a mask, or bring the photo in with it; returns its key (in a worker)."""
    return bring_in(Project.open(folder), (photo,))[0]
