"""ReviewPage: the Review tab once it was first shown: photos, stage, classes, verdicts, and what joins them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.canvas.zoom_keys import ZoomKeys
from segstudio.desktop.editing.desk import PhotoDesk
from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.opened import Changed
from segstudio.desktop.problems import Problem, problem_of
from segstudio.desktop.reviewing.add_button import ask_for_model
from segstudio.desktop.reviewing.class_asking import ClassAsking
from segstudio.desktop.reviewing.exporting import Exporting
from segstudio.desktop.reviewing.first_look import FirstLook
from segstudio.desktop.reviewing.items import Item, neighbour, unjudged
from segstudio.desktop.reviewing.judging import Judging
from segstudio.desktop.reviewing.looking import Looking
from segstudio.desktop.reviewing.matching import unmatched
from segstudio.desktop.reviewing.memory import Remembered, ReviewMemory
from segstudio.desktop.reviewing.models import (
    Model,
    card_lines,
    kept_choice,
    models_of,
    run_lines,
)
from segstudio.desktop.reviewing.page_layout import under_each_other
from segstudio.desktop.reviewing.parts import ReviewParts
from segstudio.desktop.reviewing.reading import Given, given_model, item_of, sorted_out
from segstudio.desktop.reviewing.verdicts import ShowInAnnotate, Verdicts
from segstudio.desktop.reviewing.videos import Video
from segstudio.desktop.reviewing.viewing import Viewing
from segstudio.desktop.reviewing.words import doubles_told, left_out_told, unused_told
from segstudio.desktop.session import ProjectSession
from segstudio.project.photos import Photo

_WARM_MS = 400


TrainFrom = Callable[[Mapping[str, str]], None]
"""Shows the Train tab with these recipe fields in its plan."""


class ReviewPage(QWidget):
    """Joins the parts; what it decides it asks of pure functions. `shut_down` before the end."""

    work_changed = Signal(object)

    def __init__(
        self,
        actions: Actions,
        session: ProjectSession,
        *,
        desk: PhotoDesk,
        parts: ReviewParts,
        show_in_annotate: ShowInAnnotate,
        train_from: TrainFrom,
    ) -> None:
        super().__init__()
        self._train_from = train_from
        self._actions, self._session = actions, session
        self.board = parts.board
        self.board.setParent(self)
        self.viewing = Viewing(session, self.board, self)
        self.memory = ReviewMemory(self)
        self.verdicts = Verdicts(session, self.board, desk, show_in_annotate, self)
        self._listing = Errands("list dropped files", 1, self)
        shown = parts.shown
        self.side, self.bar, self.stage = shown.side, shown.bar, shown.stage
        self.under, self.classes, self.verdict_bar = shown.under, shown.classes, parts.verdict_bar
        self.looking = Looking(actions, self.board, self.viewing, shown, self)
        self.judging = Judging(
            actions,
            session,
            self.board,
            self.viewing,
            self.verdicts,
            self.memory,
            self.side,
            self.verdict_bar,
            self,
        )
        self.asking = ClassAsking(session, self.board, self.side.match, self)
        self.exporting = Exporting(session, self.board, self.viewing, self.verdict_bar.export_menu, self)
        self.first = FirstLook(self.board, self.viewing, self.side.list, self)
        self._remembers = False
        self._empty, self._trouble, self._middle = parts.empty, parts.trouble, parts.middle
        self._warm = QTimer(self, singleShot=True, interval=_WARM_MS)
        self._warm.timeout.connect(self.board.segmenter.warm_up)
        ZoomKeys(actions, self.stage.right)
        under_each_other(parts.columns, grows=parts.columns, into=self)
        self._connect()
        self.refresh(Changed.PROJECT | Changed.RUNS | Changed.PHOTOS)

    # -- what the tab asks

    def take(self, paths: Sequence[Path]) -> None:
        """Look at what was dropped: photos and folders are segmented, a model is asked from now on."""
        listed = [row.item.path for row in self.board.rows if not row.item.is_video]
        look = partial(sorted_out, paths, self._session.opened, listed)
        self._listing.send(look, self._on_sorted, self._on_listing_failed)

    def cancel_work(self) -> None:
        """Stop segmenting; what is done stays."""
        if self.exporting.is_running:
            self.exporting.cancel()
        else:
            self.board.pause()

    @property
    def waiting(self) -> int | None:
        """How many photos wait for a verdict; None while it is not known what was under review before."""
        return unjudged(self.board.rows) if self._remembers else None

    def still_part(self) -> QWidget:
        """Return the photo, or what to do while there is none."""
        return self.stage if self._middle.currentIndex() == 1 else self._middle

    def refresh(self, flags: Changed) -> None:
        """Take over what changed in the project."""
        opened = self._session.opened
        other_truth = self.board.follow(flags)
        if flags & Changed.PROJECT:
            self.side.list.forget_choice()
            self.side.video.forget()
            self.viewing.forget()
            self.judging.forget()
            self._remembers = False
            if opened is not None:
                self.memory.read(opened)
        if flags & (Changed.PROJECT | Changed.RUNS):
            models = models_of(opened)
            chosen = kept_choice(models, None if flags & Changed.PROJECT else self.board.model)
            if chosen != self.board.model:
                self.use_model(chosen)
            self._show_model()
        if self.viewing.wish in other_truth:
            self.viewing.read_again(self.viewing.wish)
        self.side.add.show_project(opened)
        self._show_middle()

    def use_model(self, model: Model | None) -> None:
        """Ask another model from now on."""
        self.looking.leave_cell()
        self.board.use_model(model)
        self._warm_up()

    def shut_down(self) -> None:
        """End the process and all threads."""
        self._warm.stop()
        for part in (
            self.board,
            self.viewing,
            self.looking,
            self.verdicts,
            self.memory,
            self._listing,
            self.exporting,
            self.asking,
        ):
            part.shut_down()

    # -- building

    def _connect(self) -> None:
        board, viewing, side, actions = self.board, self.viewing, self.side, self._actions
        board.rows_changed.connect(self._on_rows_changed)
        board.model_changed.connect(self._on_model_changed)
        board.answer_came.connect(self._on_answer_came)
        board.work_changed.connect(self._on_work_changed)
        board.video_came.connect(self._on_video_came)
        board.video_over.connect(self._on_video_over)
        board.problem_over.connect(self._session.problem_over)
        viewing.opened.connect(self._show_middle)
        self._trouble.again_asked.connect(self._on_try_again)
        self._trouble.remove_asked.connect(self._on_remove)
        self.memory.found.connect(self._on_remembered)
        self.looking.walk.problem_met.connect(self._session.problem_met)
        self.exporting.work_changed.connect(self.work_changed)
        self.first.problem_over.connect(self._session.problem_over)
        for part in (board, self.first, self.memory, self.verdicts, self.exporting, self.asking):
            part.problem_met.connect(self._session.problem_met)
        side.picker.chosen.connect(self.use_model)
        side.picker.file_asked.connect(self._on_file_asked)
        side.video.wanted.connect(board.add_video)
        side.picker.match_asked.connect(self.asking.ask)
        side.add.given.connect(self.take)
        side.add.photos_given.connect(self._on_photos_given)
        side.list.chosen.connect(self._on_chosen)
        side.cancel_asked.connect(self.cancel_work)
        side.go_on_asked.connect(board.go_on)
        self.judging.gone.connect(lambda item_id: self._remove([item_id]))
        self._empty.photos_asked.connect(side.add.ask_for_photos)
        self._empty.model_asked.connect(self._on_file_asked)
        actions["review.next"].triggered.connect(lambda: self._step(1))
        actions["review.previous"].triggered.connect(lambda: self._step(-1))
        actions["review.next_spot"].triggered.connect(lambda: self.looking.walk.step(1))
        actions["review.previous_spot"].triggered.connect(lambda: self.looking.walk.step(-1))
        actions["review.way"].triggered.connect(lambda: self.looking.look(viewing.state.stepped()))
        actions["review.train_again"].triggered.connect(self._on_train_again)
        actions["review.remove"].triggered.connect(self._on_remove)
        actions["review.remove_all"].triggered.connect(self._on_remove_all)

    # -- events

    def showEvent(self, event: QShowEvent) -> None:
        """Load the model, so that the first answer comes at once."""
        super().showEvent(event)
        self._warm_up()

    def focusInEvent(self, _event: QFocusEvent) -> None:
        """The list takes the keys."""
        self.side.list.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back a step; Ctrl+Z, which is Annotate's as a shortcut, takes the last verdict back."""
        is_back = event.key() == Qt.Key.Key_Escape
        if event.matches(QKeySequence.StandardKey.Undo):
            self._actions["review.undo"].trigger()
        elif not is_back or not (self.stage.step_back() or self.looking.look_at_everything()):
            super().keyPressEvent(event)

    def _warm_up(self) -> None:
        if self.isVisible() and self.board.model is not None:
            self._warm.start()

    # -- photos

    def _on_sorted(self, given: Given) -> None:
        if given.unused:
            self._tell(Problem(unused_told(given.unused), level="warning"))
        if given.left_out:
            self._tell(Problem(left_out_told(given.left_out), level="info"))
        if given.doubles:
            self._tell(Problem(doubles_told(given.doubles), level="info"))
        for problem in given.refused:
            self.board.tell_refused(problem)
        if given.models:
            self.use_model(given.models[0])
        self._add(given.items)
        for video in given.videos:
            if all(video.size):
                self.side.video.ask(video)
            else:
                self.board.add_video(Video(video.path))  # whoever reads it says what is wrong with it
        if (given.items or given.videos) and self.board.model is None:
            told = "There is no model yet to ask: train one, or drop a model file on the window."
            self.board.tell_of_model(Problem(told, level="warning"))

    def _add(self, items: Sequence[Item], *, by_hand: bool = True) -> None:
        """Review more photos; what a person has given is looked at, what was remembered waits for them."""
        items = self.board.add(items)
        if by_hand and items and self._session.opened is not None:
            self.memory.keep(self._session.opened, items)
        if items and (by_hand or not self.side.list.chosen_id):
            self.side.refresh()
            self.first.begin([item.id for item in items])
        self._show_middle()

    def _on_listing_failed(self, error: BaseException) -> None:
        self._tell(problem_of(error))

    @Slot(object)
    def _on_photos_given(self, photos: Sequence[Photo]) -> None:
        self._add([item_of(photo.path, photo) for photo in photos])

    @Slot(object)
    def _on_remembered(self, found: Remembered) -> None:
        self._remembers = True
        self.board.know_verdicts(found.verdicts)
        self._add(found.items, by_hand=False)
        for video in found.videos:
            self.board.add_video(video)

    @Slot(object)
    def _on_video_came(self, video: Video) -> None:
        if self._session.opened is not None:
            self.memory.keep_video(self._session.opened, video)

    @Slot(object)
    def _on_video_over(self, path: Path) -> None:
        if self._session.opened is not None:
            self.memory.forget_video(self._session.opened, path)

    @Slot(str)
    def _on_chosen(self, item_id: str) -> None:
        self.board.want((item_id, *self.side.list.in_sight()))
        self.viewing.show(item_id)

    @Slot(str)
    def _on_answer_came(self, item_id: str) -> None:
        if not self.side.list.chosen_id:  # the first frame of a video
            self.side.refresh()
            self.side.list.choose(item_id)
            self._show_middle()

    @Slot()
    def _on_remove(self) -> None:
        chosen = self.side.list.chosen_id
        ids = [row.item.id for row in self.side.listed]
        after = neighbour(ids, chosen, 1) or neighbour(ids, chosen, -1)
        self._remove([chosen])
        if after is not None:
            self.side.list.choose(after)

    @Slot()
    def _on_remove_all(self) -> None:
        self.board.pause()
        self.board.leave_videos()
        self._remove([row.item.id for row in self.board.rows])
        self.board.go_on()

    def _remove(self, ids: Sequence[str]) -> None:
        opened = self._session.opened
        items = tuple(row.item for each in ids if (row := self.board.row(each)) is not None)
        self.board.remove(ids)
        if opened is not None:
            self.memory.forget(opened, items)
        self.side.list.forget_choice()
        self.viewing.leave(ids)
        self.side.refresh()
        self._show_middle()

    def _step(self, by: int) -> None:
        ids = [row.item.id for row in self.side.listed]
        after = neighbour(ids, self.side.list.chosen_id, by)
        if after is not None:
            self.side.list.choose(after)

    # -- the model

    @Slot()
    def _on_file_asked(self) -> None:
        path = ask_for_model(self)
        if path is not None:
            self._listing.send(partial(given_model, path), self._on_sorted, self._on_listing_failed)

    @Slot()
    def _on_train_again(self) -> None:
        card, model = self.board.card, self.board.model
        if card is not None and model is not None:
            self._train_from({"head": card.head, "weights": str(model.path)})

    @Slot()
    def _on_model_changed(self) -> None:
        self.looking.leave_cell()
        self._show_model()
        self.side.refresh()
        self.looking.refresh()

    def _show_model(self) -> None:
        board, opened = self.board, self._session.opened
        self.side.picker.show_models(models_of(opened), board.model)
        runs = opened.runs if opened is not None else ()
        run = next((run for run in runs if board.model is not None and run.name == board.model.name), None)
        lines = card_lines(board.card) if board.card is not None else run_lines(run)
        left = unmatched(board.card, board.matched) if board.card is not None else ()
        note = f"Not in this project: {', '.join(left)}" if left else ""
        self.side.picker.show_card(board.card, lines, problem=board.model_problem, note=note)

    # -- looking

    @Slot()
    def _on_rows_changed(self) -> None:
        self.side.refresh()
        self.under.show_matrices(self.board.matrices, self.board.classes, self.board.trained_on)

    @Slot(object)
    def _on_work_changed(self, status: object) -> None:
        if not self.exporting.is_running:
            self.work_changed.emit(status)

    @Slot()
    def _on_try_again(self) -> None:
        self.board.try_again(self.viewing.wish)
        self.viewing.show(self.viewing.wish)

    @Slot()
    def _show_middle(self) -> None:
        """Show the photos, or what to do while there are none, or why the chosen one cannot be shown."""
        row = self.board.row(self.viewing.wish)
        if row is not None and self.viewing.problem:
            reason = self.viewing.problem.removeprefix(f"{row.item.path}: ")
            self._trouble.show_problem(row.item.name, reason, of_answer=row.answer is not None)
            self._middle.setCurrentWidget(self._trouble)
        else:
            self._middle.setCurrentIndex(1 if self.board.rows else 0)
        self._empty.show_model(has_model=self.board.model is not None)

    def _tell(self, problem: Problem) -> None:
        self._session.problem_met.emit(problem)
