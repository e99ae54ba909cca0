"""Scoring: answers in numbers, counted in a thread: how sure they are, and where truth is known, how right."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.problems import problem_of
from segstudio.desktop.reviewing.items import Row
from segstudio.desktop.reviewing.matching import Matched
from segstudio.desktop.reviewing.reading import AnswerGoneError, Scored, score_answer, truth_reader
from segstudio.desktop.session import ProjectSession
from segstudio.project.classes import ClassList
from segstudio.review.tallies import Matrix, class_iou
from segstudio.runs.scores import Scores


class Scoring(QObject):
    """Keeps the confusion matrices. `scored` carries the id of a photo and its Scored, `problem_met` a Problem."""

    scored = Signal(str, object)
    problem_met = Signal(object)

    def __init__(self, session: ProjectSession, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._round = 0
        self._counting = Errands("score answers", 1, self)
        self.matrices: dict[str, Matrix] = {}

    def score(self, row: Row, matched: Matched, classes: ClassList) -> None:
        """Count the answer of a row."""
        if row.answer is None or not len(classes):
            return
        truth = truth_reader(self._session.opened, row.item, matched)
        work = partial(score_answer, row.answer, truth, classes, matched.fold)
        self._counting.send(work, partial(self._on_scored, self._round, row.item.id), self._on_failed)

    def begin_anew(self) -> None:
        """What is being counted is of no use any more: the classes are others."""
        self._round += 1

    def forget(self, item_id: str = "") -> None:
        """Forget one photo, or all."""
        if item_id:
            self.matrices.pop(item_id, None)
        else:
            self.begin_anew()
            self.matrices.clear()

    def shut_down(self) -> None:
        """End the thread."""
        self._counting.shut_down()

    def _on_scored(self, asked_in: int, item_id: str, scored: Scored) -> None:
        if asked_in != self._round:
            return
        if scored.matrix is None:
            self.matrices.pop(item_id, None)
        else:
            self.matrices[item_id] = scored.matrix
        self.scored.emit(item_id, scored)

    def _on_failed(self, error: BaseException) -> None:
        if not isinstance(error, AnswerGoneError):  # which is segmented anew once it is looked at
            self.problem_met.emit(problem_of(error))


def told_of(scored: Scored, classes: ClassList) -> dict[str, object]:
    """Return what a Row tells of an answer in numbers; pure."""
    if scored.matrix is None:
        return {"sure": scored.sure, "score": None, "ious": None}
    parts = zip(classes.indices, class_iou(scored.matrix), scored.matrix.sum(axis=1), strict=True)
    ious = {value: float(iou) for value, iou, support in parts if support}
    return {
        "sure": scored.sure,
        "score": Scores.from_confusion(scored.matrix, classes.names).miou,
        "ious": ious,
    }
