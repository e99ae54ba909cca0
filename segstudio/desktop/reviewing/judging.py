"""Judging: what the person does with the chosen prediction: accept, correct, reject, send to Annotate."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal, Slot

from segstudio.desktop.actions import Actions
from segstudio.desktop.problems import Problem
from segstudio.desktop.reviewing.board import ReviewBoard
from segstudio.desktop.reviewing.items import Row, Verdict, next_open
from segstudio.desktop.reviewing.list_side import ListSide
from segstudio.desktop.reviewing.memory import ReviewMemory
from segstudio.desktop.reviewing.taking_back import TakenBack
from segstudio.desktop.reviewing.verdict_bar import VerdictBar
from segstudio.desktop.reviewing.verdicts import Verdicts
from segstudio.desktop.reviewing.viewing import Viewing
from segstudio.desktop.session import ProjectSession


class Judging(QObject):
    """Follows the verdict actions and fills the menu of what can be sent. `gone` carries the id of a photo whose file
    went out of the project with its verdict.
    """

    gone = Signal(str)

    def __init__(  # noqa: PLR0917 (what it joins)
        self,
        actions: Actions,
        session: ProjectSession,
        board: ReviewBoard,
        viewing: Viewing,
        verdicts: Verdicts,
        memory: ReviewMemory,
        side: ListSide,
        bar: VerdictBar,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._actions, self._session, self._board, self._viewing = actions, session, board, viewing
        self._verdicts, self._memory, self._side, self._bar = verdicts, memory, side, bar
        self._past: list[tuple[str, Verdict]] = []
        verdicts.done.connect(self._on_done)
        verdicts.failed.connect(self._on_failed)
        verdicts.taken_back.connect(self._on_taken_back)
        verdicts.stays.connect(self._on_stays)
        board.rows_changed.connect(self.know)
        board.model_changed.connect(self.know)
        board.answer_came.connect(self._on_answer_came)
        viewing.opened.connect(self.know)
        bar.send_menu.aboutToShow.connect(self._fill_send_menu)
        actions["review.accept"].triggered.connect(lambda: self.judge("accept"))
        actions["review.correct"].triggered.connect(lambda: self.judge("correct"))
        actions["review.reject"].triggered.connect(lambda: self.judge("reject"))
        actions["review.undo"].triggered.connect(self.undo)

    def judge(self, verdict: Verdict) -> None:
        """Take in a verdict on the chosen photo; the same once more takes it back."""
        shown, row = self._viewing.shown, self._board.row(self._viewing.wish)
        if shown is None or row is None or shown.item.id != row.item.id:
            return
        if verdict == row.verdict and verdict != "correct":
            self._past.append((row.item.id, row.verdict))
            self._take_back(row, "")
            return
        if verdict == "accept" and not self._verdicts.accept(shown, self._viewing.thresholds):
            return
        if verdict == "correct":
            if self.send(None):
                self._past.append((row.item.id, row.verdict))
                self._remember(row.item.id, verdict)
            return
        self._past.append((row.item.id, row.verdict))
        self._take_back(row, verdict)
        after = next_open(self._side.listed, row.item.id)
        if after is not None:
            self._side.list.choose(after)

    def send(self, values: frozenset[int] | None, *, everything: bool = False) -> bool:
        """Send what is shown to Annotate, `values` (the model's) alone when given, whatever the thresholds if wished;
        False when nothing of it fits the project.
        """
        shown = self._viewing.shown
        thresholds = {} if everything else self._viewing.thresholds
        return shown is not None and self._verdicts.send(shown, thresholds, values)

    @Slot()
    def undo(self) -> None:
        """Take the last verdict back, with what it did to the project, and show its photo."""
        while self._past:
            item_id, before = self._past.pop()
            row = self._board.row(item_id)
            if row is not None:
                if before == "accept" and row.verdict != "correct":
                    self._verdicts.take_again(item_id)
                self._take_back(row, before)
                self._side.list.choose(item_id)
                break
        self.know()

    def forget(self) -> None:
        """Another project is open."""
        self._past.clear()
        self._verdicts.forget()

    def _take_back(self, row: Row, verdict: Verdict) -> None:
        """Put another verdict in the place of a row's; what was accepted leaves the project again."""
        if row.verdict == "accept" and verdict != "accept":
            self._verdicts.take_back(row.item.id)
        self._remember(row.item.id, verdict)

    @Slot(str)
    def _on_failed(self, item_id: str) -> None:
        """Nothing was written: the verdict is what it was before, but for one that was itself in the project."""
        at = next((n for n in reversed(range(len(self._past))) if self._past[n][0] == item_id), None)
        before = self._past.pop(at)[1] if at is not None else ""
        if self._board.row(item_id) is not None:
            self._remember(item_id, "" if before == "accept" else before)

    @Slot(str)
    def _on_stays(self, item_id: str) -> None:
        """What was accepted is in the project still."""
        if self._board.row(item_id) is not None:
            self._remember(item_id, "accept")

    @Slot(str, object)
    def _on_taken_back(self, item_id: str, back: TakenBack) -> None:
        row, opened = self._board.row(item_id), self._session.opened
        if back.told:
            self._session.problem_met.emit(Problem(back.told, level="info"))
        if row is None or opened is None or not back.gone:
            return
        self._memory.forget(opened, (row.item,))
        if not row.item.path.is_relative_to(opened.folder):
            self._board.let_go(item_id)
            self._write(item_id)
        elif (
            back.origin is not None
        ):  # it was accepted on another day: the file under review is the one it came from
            self._board.let_go(item_id, back.origin)
            self._write(item_id)
        else:
            self.gone.emit(item_id)

    @Slot()
    def know(self) -> None:
        """Tell what can be done now."""
        row, shown = self._board.row(self._viewing.wish), self._viewing.shown
        has_answer = shown is not None and shown.mask is not None
        self._actions.know(
            has_review=bool(self._board.rows),
            has_answer=has_answer,
            has_model=self._board.card is not None,
            has_judged=bool(self._past),
        )
        any_done = any(each.state == "done" for each in self._board.rows)
        verdict: Verdict = row.verdict if row is not None else ""
        self._bar.show_verdict(verdict, can_send=has_answer, can_export=any_done)

    @Slot(str)
    def _on_answer_came(self, item_id: str) -> None:
        row = self._board.row(item_id)
        opened, model = self._session.opened, self._board.model
        if row is None or row.answer is None or opened is None or model is None:
            return
        if row.verdict:
            self._write(item_id)
        else:
            self._memory.note_answer(opened, row, model)

    @Slot(str)
    def _on_done(self, item_id: str) -> None:
        row = self._board.row(item_id)
        if row is not None:
            self._remember(item_id, row.verdict)

    def _remember(self, item_id: str, verdict: Verdict) -> None:
        self._board.set_verdict(item_id, verdict)
        self._write(item_id)
        self.know()

    def _write(self, item_id: str) -> None:
        row, opened, model = self._board.row(item_id), self._session.opened, self._board.model
        if row is not None and opened is not None and model is not None:
            self._memory.write(opened, row, model)

    @Slot()
    def _fill_send_menu(self) -> None:
        menu, hidden = self._bar.send_menu, self._viewing.state.look.hidden
        menu.clear()
        if any(self._viewing.thresholds.values()):
            menu.addAction("What is above the thresholds").triggered.connect(lambda: self.send(None))
        menu.addAction("Everything").triggered.connect(lambda: self.send(None, everything=True))
        if hidden:
            visible = frozenset(self._board.classes.indices) - hidden
            menu.addAction("Only the classes that are shown").triggered.connect(lambda: self.send(visible))
        menu.addSeparator()
        for entry in self._board.classes.classes:
            action = menu.addAction(f"Only {entry.name}")
            action.triggered.connect(lambda _=False, value=entry.index: self.send(frozenset((value,))))
