"""FirstLook: which of the photos that were given is looked at: the first that can be shown; the others are told."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal, Slot

from segstudio.counting import listed
from segstudio.desktop.problems import Problem
from segstudio.desktop.reviewing.board import ReviewBoard
from segstudio.desktop.reviewing.item_list import ItemList
from segstudio.desktop.reviewing.items import Row
from segstudio.desktop.reviewing.viewing import Viewing

_NAMED = 3


class FirstLook(QObject):
    """Goes on from photo to photo while none can be shown, until one can or the person chooses another.

    Of a photo that the person looks at it tells, once in each visit, why it could not be segmented. `problem_met`
    carries a Problem, `problem_over` one in whose place another is told.
    """

    problem_met = Signal(object)
    problem_over = Signal(object)

    def __init__(self, board: ReviewBoard, viewing: Viewing, photos: ItemList, parent: QObject) -> None:
        super().__init__(parent)
        self._board, self._viewing, self._photos = board, viewing, photos
        self._ahead: tuple[str, ...] = ()
        self._passed: list[str] = []
        self._told: Problem | None = None
        self._visited = ""
        photos.chosen.connect(self._on_chosen)
        viewing.opened.connect(self._look)
        board.answer_came.connect(self._look)

    def begin(self, ids: Sequence[str]) -> None:
        """Look at the first of these photos that can be shown."""
        self._ahead, self._passed, self._told = tuple(ids), [], None
        self._photos.choose(ids[0])
        self._look()

    @Slot(str)
    def _on_chosen(self, item_id: str) -> None:
        self._visited = ""
        if item_id not in self._ahead[:1]:
            self._ahead = ()

    @Slot()
    @Slot(str)
    def _look(self, _item_id: str = "") -> None:
        row = self._board.row(self._photos.chosen_id)
        if row is None:
            return
        why = self._why(row)
        if not why:
            if row.state == "done":
                self._ahead = ()
            return
        after, names = self._next(row) if row.item.id in self._ahead[:1] else ("", [])
        if after:
            self._pass_over(names, why)
            self._photos.choose(after)
        elif row.state == "failed" and self._viewing.shown is not None and self._visited != row.item.id:
            self._visited = row.item.id
            self._tell(Problem(f"{row.item.name}: {why}", level="warning"))

    def _why(self, row: Row) -> str:
        """Return why a photo is not shown with an answer; nothing while one may come."""
        is_read = self._viewing.wish == row.item.id
        why = row.told if row.state == "failed" else self._viewing.problem if is_read else ""
        return why.removeprefix(f"{row.item.path}: ")

    def _next(self, row: Row) -> tuple[str, list[str]]:
        """Return the next photo of which nothing bad is known, and the names of those that are left behind."""
        behind = [row.item.name]
        for place, each in enumerate(self._ahead[1:], 1):
            other = self._board.row(each)
            if other is not None and other.state != "failed":
                self._ahead = self._ahead[place:]
                return each, behind
            behind += [other.item.name] if other is not None else []
        self._ahead = ()
        return "", behind

    def _pass_over(self, names: Sequence[str], why: str) -> None:
        if self._told is not None:
            self.problem_over.emit(self._told)
        self._passed += names
        self._told = Problem(passed_told(self._passed, why), level="warning")
        self._tell(self._told)

    def _tell(self, problem: Problem) -> None:
        self.problem_met.emit(problem)


def passed_told(names: Sequence[str], why: str) -> str:
    """Return one sentence on photos that were passed over, `why` of a single one; pure."""
    if len(names) == 1:
        return f"{names[0]}: {why}"
    return f"{len(names):,} photos cannot be segmented: {listed(names, _NAMED)}. They are marked in the list."
