"""Judging: what the person does with the chosen prediction: accept, correct, reject, send to Annotate."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from segstudio.desktop.actions import Actions
from segstudio.desktop.reviewing.board import ReviewBoard
from segstudio.desktop.reviewing.items import Verdict, next_open
from segstudio.desktop.reviewing.list_side import ListSide
from segstudio.desktop.reviewing.memory import ReviewMemory
from segstudio.desktop.reviewing.verdict_bar import VerdictBar
from segstudio.desktop.reviewing.verdicts import Verdicts
from segstudio.desktop.reviewing.viewing import Viewing
from segstudio.desktop.session import ProjectSession


class Judging(QObject):
    """Follows the verdict actions and fills the menu of what can be sent."""

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
        verdicts.done.connect(self._on_done)
        board.rows_changed.connect(self.know)
        board.model_changed.connect(self.know)
        board.answer_came.connect(self._on_answer_came)
        viewing.opened.connect(self.know)
        bar.send_menu.aboutToShow.connect(self._fill_send_menu)
        actions["review.accept"].triggered.connect(lambda: self.judge("accept"))
        actions["review.correct"].triggered.connect(lambda: self.judge("correct"))
        actions["review.reject"].triggered.connect(lambda: self.judge("reject"))

    def judge(self, verdict: Verdict) -> None:
        """Take in a verdict on the chosen photo; the same once more takes it back."""
        shown, row = self._viewing.shown, self._board.row(self._viewing.wish)
        if shown is None or row is None or shown.item.id != row.item.id:
            return
        if verdict == row.verdict and verdict != "correct":
            self._remember(row.item.id, "")
            return
        if verdict == "accept" and not self._verdicts.accept(shown, self._viewing.thresholds):
            return
        self._remember(row.item.id, verdict)
        if verdict == "correct":
            self.send(None)
            return
        after = next_open(self._side.listed, row.item.id)
        if after is not None:
            self._side.list.choose(after)

    def send(self, values: frozenset[int] | None, *, everything: bool = False) -> None:
        """Send what is shown to Annotate, `values` (the model's) alone when given, whatever the thresholds if wished."""
        shown = self._viewing.shown
        if shown is not None:
            self._verdicts.send(shown, {} if everything else self._viewing.thresholds, values)

    @Slot()
    def know(self) -> None:
        """Tell what can be done now."""
        row, shown = self._board.row(self._viewing.wish), self._viewing.shown
        has_answer = shown is not None and shown.mask is not None
        self._actions.know(
            has_review=bool(self._board.rows),
            has_answer=has_answer,
            has_model=self._board.card is not None,
        )
        any_done = any(each.state == "done" for each in self._board.rows)
        verdict: Verdict = row.verdict if row is not None else ""
        self._bar.show_verdict(verdict, can_send=has_answer, can_export=any_done)

    @Slot(str)
    def _on_answer_came(self, item_id: str) -> None:
        row = self._board.row(item_id)
        opened, model = self._session.opened, self._board.model
        if row is None or row.answer is None or row.item.is_video or opened is None or model is None:
            return
        if row.verdict:
            self._write(item_id)
        else:
            self._memory.note_answer(opened, row.item, model.name, row.answer)

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
            self._memory.write(opened, row.item, model.name, row.verdict, row.answer)

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
