"""ClassAsking: asks once for each model which of the project's classes its classes are, and remembers it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.problems import problem_of
from segstudio.desktop.reviewing.board import ReviewBoard
from segstudio.desktop.reviewing.match_panel import MatchPanel
from segstudio.desktop.reviewing.matching import NO_CLASS, Chosen, open_questions, proposed
from segstudio.desktop.session import ProjectSession
from segstudio.project.class_choices import ClassChoices
from segstudio.project.classes import LabelClass
from segstudio.runs.model_card import ModelCard


class ClassAsking(QObject):
    """Reads and writes in a thread. `problem_met` carries a Problem."""

    problem_met = Signal(object)

    def __init__(
        self, session: ProjectSession, board: ReviewBoard, panel: MatchPanel, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._board, self._panel = session, board, panel
        self._asked: tuple[str, str] = ("", "")
        self._chosen: Chosen | None = None
        self._work = Errands("class choices", 1, self)
        board.model_changed.connect(self._on_model_changed)
        panel.settled.connect(self._on_settled)

    def ask(self) -> None:
        """Show the table, with what is so by now."""
        card, opened = self._board.card, self._session.opened
        if card is None or opened is None or self._chosen is None:
            return
        open_ = open_questions(card, opened.classes, self._chosen)
        colours = {entry.name.casefold(): entry.colour for entry in opened.classes.classes}
        entries = [
            LabelClass(
                index=each.index, name=each.name, colour=colours.get(each.name.casefold(), each.colour)
            )
            for each in card.classes
        ]
        propose = proposed(card, opened.classes, self._chosen)
        self._panel.show_question(entries, opened.classes, propose, question_told(open_))

    def shut_down(self) -> None:
        """Wait until everything is written."""
        self._work.shut_down()

    @Slot()
    def _on_model_changed(self) -> None:
        card, opened = self._board.card, self._session.opened
        if card is None or opened is None:
            self._asked, self._chosen = ("", ""), None
            self._panel.hide()
            return
        asked = (str(opened.folder), card.identity)
        if asked != self._asked:
            self._asked, self._chosen = asked, None
            self._panel.hide()
            read = partial(ClassChoices(opened.folder).read, asked[1])
            self._work.send(read, partial(self._on_read, asked), self._on_failed)
        elif self._chosen is not None and self._panel.isHidden():
            self._ask_what_is_open(card)

    def _on_read(self, asked: tuple[str, str], chosen: Chosen) -> None:
        card = self._board.card
        if asked == self._asked and card is not None:
            self._chosen = chosen
            self._board.match_as(chosen)
            self._ask_what_is_open(card)

    def _ask_what_is_open(self, card: ModelCard) -> None:
        opened = self._session.opened
        if opened is not None and open_questions(card, opened.classes, self._chosen or NO_CLASS):
            self.ask()

    @Slot(object)
    def _on_settled(self, chosen: Chosen) -> None:
        opened, model = self._session.opened, self._board.model
        if opened is None or model is None or self._chosen is None:
            return
        self._chosen = chosen
        put = partial(ClassChoices(opened.folder).put, self._asked[1], model.name, chosen)
        self._work.send(put, _nothing, self._on_failed)
        self._board.match_as(chosen)

    def _on_failed(self, error: BaseException) -> None:
        self.problem_met.emit(problem_of(error))


def question_told(names: tuple[str, ...]) -> str:
    """Return the question about the model's classes of these names; pure."""
    if not names:
        return "What the model's classes are in this project:"
    if len(names) == 1:
        return f"The model's class “{names[0]}” is not in this project. What is it here?"
    return f"{len(names)} of the model's classes are not in this project. What are they here?"


def _nothing(_result: None) -> None:
    """There is nothing to do after it."""
