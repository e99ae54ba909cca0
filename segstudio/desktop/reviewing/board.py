"""ReviewBoard: the photos under review, the model that is asked, and what it said of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segstudio.desktop.opened import Changed
from segstudio.desktop.problems import Problem, Remedy
from segstudio.desktop.reviewing.following import Following
from segstudio.desktop.reviewing.items import Answer, Item, Row, Verdict, next_to_do, outside
from segstudio.desktop.reviewing.matching import NO_CLASS, Chosen, Matched, matched_classes, shown_classes
from segstudio.desktop.reviewing.models import Model, is_same, is_there_instead, stays_told
from segstudio.desktop.reviewing.reading import Scored
from segstudio.desktop.reviewing.row_book import RowBook
from segstudio.desktop.reviewing.scoring import Scoring, told_of
from segstudio.desktop.reviewing.segmenter import Segmenter
from segstudio.desktop.reviewing.thoughts import Thoughts
from segstudio.desktop.reviewing.videos import Video
from segstudio.desktop.reviewing.words import status_of
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.telling import Telling
from segstudio.desktop.work import JobStatus
from segstudio.project.classes import ClassList
from segstudio.review.tallies import Matrix
from segstudio.runs.model_card import ModelCard
from segstudio.runs.predictions import Ready

_SOON_MS = 60
PREDICTIONS, FRAMES = Path("review") / "predictions", Path("review") / "frames"
"""Where answers lie, below the project's folder, by model; and the frames of videos."""


class ReviewBoard(QObject):
    """Keeps the rows and gives work to the Segmenter. In the GUI thread.

    `rows_changed` comes at most every 60 ms, `model_changed` when another model is asked or the model's card is known,
    `answer_came` carries the id of a photo, `work_changed` a JobStatus or None, `problem_met` a Problem, `problem_over`
    one that is over, `video_came` a Video that is to be segmented, and `video_over` the path of one that no longer is.
    """

    rows_changed = Signal()
    model_changed = Signal()
    answer_came = Signal(str)
    work_changed = Signal(object)
    problem_met = Signal(object)
    problem_over = Signal(object)
    video_came = Signal(object)
    video_over = Signal(object)

    def __init__(self, session: ProjectSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rows = RowBook(self._tell_soon)
        self._wanted: tuple[str, ...] = ()
        self._model_problem, self._video = "", (0, 0)
        self._last_good: Model | None = None
        self._telling = Telling(self.problem_met.emit, self.problem_over.emit)
        self._chosen = NO_CLASS
        self._thoughts = Thoughts()
        self._following = Following()
        self.card: ModelCard | None = None
        self.device = ""
        self.matched, self.classes = Matched({}), ClassList()
        self.segmenter = Segmenter(self._next_photo, self)
        self._scoring = Scoring(session, self)
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self._soon.timeout.connect(self._on_soon)
        self._connect()

    def _connect(self) -> None:
        segmenter = self.segmenter
        segmenter.ready.connect(self._on_ready)
        segmenter.model_failed.connect(self._on_model_failed)
        segmenter.began.connect(self._on_began)
        segmenter.answered.connect(self._on_answered)
        segmenter.failed.connect(self._on_failed)
        segmenter.frame_came.connect(self._on_frame_came)
        segmenter.video_progressed.connect(self._on_video_progressed)
        segmenter.video_wanted.connect(self.add_video)
        segmenter.video_over.connect(self.video_over)
        segmenter.video_waits.connect(self.video_came)
        segmenter.idle_changed.connect(self._tell_soon)
        segmenter.problem_met.connect(self.problem_met)
        self._scoring.scored.connect(self._on_scored)
        self._scoring.problem_met.connect(self.problem_met)

    # -- what there is

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every photo, in the order in which it was added."""
        return self._rows.all

    @property
    def model(self) -> Model | None:
        """The model that is asked."""
        return self.segmenter.model

    @property
    def model_problem(self) -> str:
        """Why the model cannot be used, empty when it can."""
        return self._model_problem

    @property
    def is_paused(self) -> bool:
        """Whether the person has stopped segmenting while photos wait."""
        return self.segmenter.is_paused

    @property
    def matrices(self) -> dict[str, Matrix]:
        """The confusion matrices by id, of the photos whose truth is known, in the order of `classes`."""
        return self._scoring.matrices

    @property
    def trained_on(self) -> int:
        """How many of the photos with truth the model was trained on."""
        names = set(self.card.train_photos) if self.card is not None else set()
        return sum(row.item.key in names for row in self.rows if row.item.id in self.matrices)

    def row(self, item_id: str) -> Row | None:
        """Return a row by its id."""
        return self._rows.get(item_id)

    # -- wishes

    def use_model(self, model: Model | None) -> None:
        """Ask another model from now on: every photo waits for it. One that only lies elsewhere goes on with its work."""
        before = self.model
        if before is not None and model is not None and is_same(before, model):
            self._follow_model(model)
            return
        self.card, self.device = None, ""
        self.matched, self.classes, self._chosen = Matched({}), ClassList(), NO_CLASS
        self._scoring.forget()
        self._ask(model)
        self._rows.begin_anew(lambda row: self._fresh(replace(row.item, answer=None)))
        self.model_changed.emit()
        self._tell_soon()
        self.segmenter.feed()

    def _follow_model(self, model: Model) -> None:
        """Ask the same model where it lies now, or as it is called now; what it said stays."""
        self._ask(model)
        self._rows.wait_again()
        self.model_changed.emit()
        self._tell_soon()
        self.segmenter.feed()

    def _ask(self, model: Model | None) -> None:
        self._forget_problem()
        opened = self._session.opened
        frames = opened.folder / FRAMES if opened is not None else Path()
        self.segmenter.use(model, self._out(model), frames)

    def add(self, items: Sequence[Item]) -> list[Item]:
        """Review more photos, and return them as they are listed; those that are there already stay as they are."""
        listed = self._rows.add(items, self._fresh)
        self.segmenter.go_on()
        self._tell_soon()
        return listed

    @Slot(object)
    def add_video(self, video: Video) -> None:
        """Segment a video; its frames come as photos."""
        self.segmenter.add_video(video)
        self.video_came.emit(video)
        self._tell_soon()

    def leave_videos(self) -> None:
        """Segment no video any more; the frames that are done stay."""
        for video in self.segmenter.forget_videos():
            self.video_over.emit(video.path)
        self._tell_soon()

    def remove(self, ids: Sequence[str]) -> None:
        """Review some photos no longer; their files stay."""
        for each in ids:
            self._rows.remove(each)
            self._scoring.forget(each)
        self._tell_soon()

    def want(self, ids: Sequence[str]) -> None:
        """Segment these first, in this order."""
        self._wanted = tuple(ids)

    def pause(self) -> None:
        """Give up what is under way; what waits goes on waiting."""
        self.segmenter.cancel()
        self._rows.wait_again()
        self._tell_soon()

    def go_on(self) -> None:
        """Segment what waits."""
        if self._model_problem:
            self._forget_problem()
            self.segmenter.try_again()
            self.model_changed.emit()
        self.segmenter.go_on()
        self._tell_soon()

    def try_again(self, item_id: str) -> None:
        """Segment a photo once more that could not be."""
        self._rows.put(item_id, state="waiting", told="", answer=None)
        self.segmenter.feed()

    def set_verdict(self, item_id: str, verdict: Verdict) -> None:
        """Take in what the person thinks of an answer of the model that is asked."""
        self._thoughts.note(item_id, self.model, verdict)
        self._rows.put(item_id, verdict=verdict)

    def know_verdicts(self, verdicts: dict[str, tuple[str, Verdict]]) -> None:
        """Take in what was thought earlier: by id, of which model's answer, and what."""
        self._thoughts.know(verdicts)
        for row in self.rows:
            self._rows.put(row.item.id, verdict=self._fresh(row.item).verdict)

    def _fresh(self, item: Item) -> Row:
        return self._thoughts.fresh(item, self.model)

    def adopt(self, item_id: str, key: str) -> None:
        """Know a photo by its key from now on: it came into the project."""
        self._thoughts.adopt(item_id, key)
        row = self._rows.get(item_id)
        if row is not None:
            self._rows.put(item_id, item=replace(row.item, key=key, has_truth=False))

    def let_go(self, item_id: str, origin: Path | None = None) -> None:
        """Know a photo by its path again, or by that of its `origin`: it is out of the project."""
        self._thoughts.let_go(item_id)
        row = self._rows.get(item_id)
        if row is not None:
            self._rows.put(item_id, item=outside(row.item, origin))

    def mark_found(self, found: dict[str, int]) -> None:
        """Tell of each photo how many pixels the chosen cell of the confusion matrix has there."""
        for row in self.rows:
            self._rows.put(row.item.id, found=found.get(row.item.id, 0))

    def match_as(self, chosen: Chosen) -> None:
        """Take the model's classes for those of the project that the person says."""
        if chosen != self._chosen:
            self._chosen = chosen
            self._match()
            self.model_changed.emit()

    def shut_down(self) -> None:
        """End the process and the threads."""
        self._soon.stop()
        self.segmenter.shut_down()
        self._scoring.shut_down()

    # -- segmenting

    def _out(self, model: Model | None) -> Path:
        """Return where the answers of a model lie, or will; those of an older version stay where they are."""
        opened = self._session.opened
        if opened is None or model is None:
            return Path()
        places = [opened.folder / PREDICTIONS / name for name in model.folders]
        return next((place for place in places if place.is_dir()), places[0])

    def _next_photo(self) -> Item | None:
        return row.item if (row := next_to_do(self.rows, self._wanted)) else None

    @Slot(object)
    def _on_ready(self, ready: Ready) -> None:
        first = self.card is None
        self.card, self.device = ready.card, ready.device
        self._last_good = self.model
        if first:
            self._match()
            self.model_changed.emit()

    @Slot(str)
    def _on_model_failed(self, problem: str) -> None:
        good, model = self._last_good, self.model
        if good is not None and model is not None and is_there_instead(good, model):
            self.use_model(good)
            self.tell_refused(problem)
            return
        self._model_problem = problem
        self._rows.wait_again()
        self.tell_of_model(Problem(problem, actions=(Remedy("Try again", do=self.go_on),)))
        self.model_changed.emit()
        self._tell_soon()

    def tell_refused(self, problem: str) -> None:
        """Tell why another model is not taken, until one is."""
        self.tell_of_model(Problem(stays_told(problem, self.model)))

    def tell_of_model(self, problem: Problem) -> None:
        """Tell what is wrong with the choice of model, until another is made: the newest word alone."""
        self._telling.tell("model", problem)

    def _forget_problem(self) -> None:
        """The model that is asked is another one, or is tried again."""
        self._model_problem = ""
        self._telling.over("model")

    @Slot(str)
    def _on_began(self, item_id: str) -> None:
        self._rows.put(item_id, state="working")

    @Slot(str, object)
    def _on_answered(self, item_id: str, answer: Answer) -> None:
        self._rows.put(item_id, state="done", answer=answer, told="")
        self.answer_came.emit(item_id)
        self._score(item_id)

    @Slot(str, str)
    def _on_failed(self, item_id: str, problem: str) -> None:
        self._rows.put(item_id, state="failed", told=problem)
        self.answer_came.emit(item_id)

    @Slot(object)
    def _on_frame_came(self, item: Item) -> None:
        self._rows.take(replace(self._fresh(item), state="done", answer=item.answer))
        self.answer_came.emit(item.id)
        self._score(item.id)

    @Slot(int, int)
    def _on_video_progressed(self, done: int, total: int) -> None:
        self._video = done, total
        self._tell_soon()

    # -- scoring

    def _score(self, item_id: str) -> None:
        row = self._rows.get(item_id)
        if row is not None:
            self._scoring.score(row, self.matched, self.classes)

    @Slot(str, object)
    def _on_scored(self, item_id: str, scored: Scored) -> None:
        if self._rows.get(item_id) is not None:
            self._rows.put(item_id, **told_of(scored, self.classes))
        else:
            self._scoring.forget(item_id)

    # -- the project

    def follow(self, flags: Changed) -> tuple[str, ...]:
        """Take over what changed in the project; returns the ids of the photos whose truth is another now."""
        opened = self._session.opened
        if flags & Changed.PROJECT:
            self._rows.clear()
            self._thoughts.clear()
            self._last_good = None
            self.segmenter.forget_videos()
            self.use_model(None)
        if opened is None or not flags & (Changed.CLASSES | Changed.PHOTOS | Changed.MASK):
            return ()
        followed = self._following.look(opened, self.rows, self._thoughts)
        for key, item in followed.others.items():
            self._rows.put(key, item=item)
        if flags & Changed.CLASSES:
            self._match()
            self.model_changed.emit()
        else:
            for key in followed.changed:
                self._score(key)
        return followed.changed

    def _match(self) -> None:
        opened = self._session.opened
        if self.card is not None and opened is not None:
            self.matched = matched_classes(self.card, opened.classes, self._chosen)
            self.classes = shown_classes(self.card, opened.classes, self.matched)
            self._score_all()

    def _score_all(self) -> None:
        self._scoring.begin_anew()
        for row in self.rows:
            if row.state == "done":
                self._score(row.item.id)

    # -- telling

    def _tell_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _on_soon(self) -> None:
        self.rows_changed.emit()
        self.work_changed.emit(self.status())

    def status(self) -> JobStatus | None:
        """Return what is under way, None for nothing."""
        if self.segmenter.is_idle:
            self._video = (0, 0)
            return None
        return status_of(self._rows.all, self._video, is_loading=self.segmenter.is_loading)
