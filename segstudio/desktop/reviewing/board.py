"""ReviewBoard: the photos under review, the model that is asked, and what it said of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segstudio.desktop.opened import Changed, OpenedProject
from segstudio.desktop.problems import Problem, Remedy
from segstudio.desktop.reviewing.items import Answer, Item, Row, Verdict, next_to_do
from segstudio.desktop.reviewing.matching import NO_CLASS, Chosen, Matched, matched_classes, shown_classes
from segstudio.desktop.reviewing.models import Model, stays_told
from segstudio.desktop.reviewing.reading import Scored, is_truth
from segstudio.desktop.reviewing.scoring import Scoring, told_of
from segstudio.desktop.reviewing.segmenter import Segmenter, Video
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.work import JobStatus
from segstudio.project.classes import ClassList
from segstudio.project.photos import Photo
from segstudio.review.tallies import Matrix
from segstudio.runs.model_card import ModelCard
from segstudio.runs.predictions import Ready

_SOON_MS = 60
PREDICTIONS = Path("review") / "predictions"
"""Where answers lie, below the project's folder, by model."""


class ReviewBoard(QObject):
    """Keeps the rows and gives work to the Segmenter. In the GUI thread.

    `rows_changed` comes at most every 60 ms, `model_changed` when another model is asked or the model's card is known,
    `answer_came` carries the id of a photo, `work_changed` a JobStatus or None, `problem_met` a Problem.
    """

    rows_changed = Signal()
    model_changed = Signal()
    answer_came = Signal(str)
    work_changed = Signal(object)
    problem_met = Signal(object)

    def __init__(self, session: ProjectSession, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._rows: dict[str, Row] = {}
        self._wanted: tuple[str, ...] = ()
        self._is_paused, self._model_problem = False, ""
        self._last_good: Model | None = None
        self._chosen: Chosen = NO_CLASS
        self._video = (0, 0)
        self._adopted: dict[str, str] = {}
        self._mask_times: dict[str, int] = {}
        self._paths: tuple[OpenedProject | None, dict[str, Photo]] = (None, {})
        self._told_verdicts: dict[str, tuple[str, Verdict]] = {}
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
        segmenter.idle_changed.connect(self._tell_soon)
        segmenter.problem_met.connect(self.problem_met)
        self._scoring.scored.connect(self._on_scored)
        self._scoring.problem_met.connect(self.problem_met)

    # -- what there is

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every photo, in the order in which it was added."""
        return tuple(self._rows.values())

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
        return self._is_paused

    @property
    def matrices(self) -> dict[str, Matrix]:
        """The confusion matrices by id, of the photos whose truth is known, in the order of `classes`."""
        return self._scoring.matrices

    @property
    def trained_on(self) -> int:
        """How many of the photos with truth the model was trained on."""
        names = set(self.card.train_photos) if self.card is not None else set()
        return sum(self._rows[key].item.key in names for key in self.matrices if key in self._rows)

    def row(self, item_id: str) -> Row | None:
        """Return a row by its id."""
        return self._rows.get(item_id)

    # -- wishes

    def use_model(self, model: Model | None) -> None:
        """Ask another model from now on: every photo waits for it."""
        self.card, self.device, self._model_problem = None, "", ""
        self.matched, self.classes, self._chosen = Matched({}), ClassList(), NO_CLASS
        self._scoring.forget()
        self.segmenter.use(model, self._out(model))
        self._rows = {key: self._fresh(replace(row.item, answer=None)) for key, row in self._rows.items()}
        self.model_changed.emit()
        self._tell_soon()
        self._go_on()

    def add(self, items: Sequence[Item]) -> None:
        """Review more photos; those that are there already stay as they are."""
        for item in items:
            known = self._rows.get(item.id)
            if known is None:
                self._rows[item.id] = self._fresh(item)
        self._is_paused = False
        self._tell_soon()
        self._go_on()

    def add_video(self, video: Video) -> None:
        """Segment a video; its frames come as photos."""
        self.segmenter.add_video(video)
        self._tell_soon()

    def remove(self, ids: Sequence[str]) -> None:
        """Review some photos no longer; their files stay."""
        for each in ids:
            self._rows.pop(each, None)
            self._scoring.forget(each)
        self._tell_soon()

    def want(self, ids: Sequence[str]) -> None:
        """Segment these first, in this order."""
        self._wanted = tuple(ids)

    def pause(self) -> None:
        """Give up what is under way; what waits goes on waiting."""
        self._is_paused = True
        for each in self.segmenter.cancel():
            self._put(each, state="waiting")
        self._tell_soon()

    def go_on(self) -> None:
        """Segment what waits."""
        self._is_paused = False
        if self._model_problem:
            self._model_problem = ""
            self.segmenter.try_again()
            self.model_changed.emit()
        self._go_on()
        self._tell_soon()

    def try_again(self, item_id: str) -> None:
        """Segment a photo once more that could not be."""
        self._put(item_id, state="waiting", told="", answer=None)
        self._go_on()

    def set_verdict(self, item_id: str, verdict: Verdict) -> None:
        """Take in what the person thinks of an answer of the model that is asked."""
        self._told_verdicts[item_id] = (self.model.name if self.model is not None else "", verdict)
        self._put(item_id, verdict=verdict)

    def know_verdicts(self, verdicts: dict[str, tuple[str, Verdict]]) -> None:
        """Take in what was thought earlier: by id, of which model's answer, and what."""
        self._told_verdicts = {**verdicts, **self._told_verdicts}
        for key, row in self._rows.items():
            fresh = self._fresh(row.item).verdict
            if fresh != row.verdict:
                self._put(key, verdict=fresh)

    def _fresh(self, item: Item) -> Row:
        """Return the row of an item without an answer: with what was thought of it, and its key if it came in."""
        name, verdict = self._told_verdicts.get(item.id, ("", ""))
        item = replace(item, key=item.key or self._adopted.get(item.id, ""))
        return Row(item, verdict=verdict if self.model is not None and name == self.model.name else "")

    def adopt(self, item_id: str, key: str) -> None:
        """Know a photo by its key from now on: it came into the project."""
        self._adopted[item_id] = key
        row = self._rows.get(item_id)
        if row is not None:
            self._put(item_id, item=replace(row.item, key=key, has_truth=False))

    def let_go(self, item_id: str, origin: Path | None = None) -> None:
        """Know a photo by its path again, or by that of its `origin`: it is out of the project."""
        self._adopted.pop(item_id, None)
        row = self._rows.get(item_id)
        if row is not None:
            path = origin or row.item.path
            name = row.item.name if row.item.is_video else path.name
            self._put(item_id, item=replace(row.item, path=path, key="", name=name, has_truth=False))

    def mark_found(self, found: dict[str, int]) -> None:
        """Tell of each photo how many pixels the chosen cell of the confusion matrix has there."""
        for key, row in self._rows.items():
            if row.found != found.get(key, 0):
                self._put(key, found=found.get(key, 0))

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
        opened = self._session.opened
        return (
            opened.folder / PREDICTIONS / model.slug if opened is not None and model is not None else Path()
        )

    def _go_on(self) -> None:
        if not self._is_paused:
            self.segmenter.feed()

    def _next_photo(self) -> Item | None:
        if self._is_paused:
            return None
        row = next_to_do(tuple(self._rows.values()), self._wanted)
        return row.item if row is not None else None

    def _put(self, item_id: str, **fields: object) -> None:
        row = self._rows.get(item_id)
        if row is not None:
            self._rows[item_id] = replace(row, **fields)  # type: ignore[arg-type]
            self._tell_soon()

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
        if self.card is None and good is not None and model is not None and good.path != model.path:
            self.problem_met.emit(Problem(stays_told(problem, good)))
            self.use_model(good)
            return
        self._model_problem = problem
        for key, row in self._rows.items():
            if row.state == "working":
                self._put(key, state="waiting")
        self.problem_met.emit(Problem(problem, actions=(Remedy("Try again", do=self.go_on),)))
        self.model_changed.emit()
        self._tell_soon()

    @Slot(str)
    def _on_began(self, item_id: str) -> None:
        self._put(item_id, state="working")

    @Slot(str, object)
    def _on_answered(self, item_id: str, answer: Answer) -> None:
        self._put(item_id, state="done", answer=answer, told="")
        self.answer_came.emit(item_id)
        self._score(item_id)

    @Slot(str, str)
    def _on_failed(self, item_id: str, problem: str) -> None:
        self._put(item_id, state="failed", told=problem)
        self.answer_came.emit(item_id)

    @Slot(object)
    def _on_frame_came(self, item: Item) -> None:
        self._rows[item.id] = replace(self._fresh(item), state="done", answer=item.answer)
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
        if item_id in self._rows:
            self._put(item_id, **told_of(scored, self.classes))
        else:
            self._scoring.forget(item_id)

    # -- the project

    def follow(self, flags: Changed) -> tuple[str, ...]:
        """Take over what changed in the project; returns the ids of the photos whose truth is another now."""
        opened = self._session.opened
        if flags & Changed.PROJECT:
            for known in (self._rows, self._adopted, self._told_verdicts):
                known.clear()
            self._last_good = None
            self.use_model(None)
        if opened is None or not flags & (Changed.CLASSES | Changed.PHOTOS | Changed.MASK):
            return ()
        before, self._mask_times = self._mask_times, opened.mask_times
        changed = {key for key in self._rows if self._follow_photo(opened, key)}
        for key, row in self._rows.items():
            if row.item.key and before.get(row.item.key) != self._mask_times.get(row.item.key):
                changed.add(key)
        if flags & Changed.CLASSES:
            self._match()
            self.model_changed.emit()
        else:
            for key in changed:
                self._score(key)
        return tuple(changed)

    def _follow_photo(self, opened: OpenedProject, item_id: str) -> bool:
        """Know a photo by what the project says of it now; True when that is something else."""
        item = self._rows[item_id].item
        adopted = self._adopted.get(item_id)
        photo = opened.photo(adopted) if adopted else self._by_path(opened).get(item_id)
        if item.is_video or (photo is None and adopted):
            return False  # it was brought in a moment ago
        there = (photo.key, is_truth(photo)) if photo is not None else ("", False)
        if there == (item.key, item.has_truth):
            return False
        name = photo.key if photo is not None else item.path.name
        self._put(item_id, item=replace(item, name=name, key=there[0], has_truth=there[1]))
        return True

    def _by_path(self, opened: OpenedProject) -> dict[str, Photo]:
        """Return the photos by their paths, worked out once for each look at the project."""
        if self._paths[0] is not opened:
            self._paths = opened, {str(photo.path): photo for photo in opened.photos}
        return self._paths[1]

    def _match(self) -> None:
        opened = self._session.opened
        if self.card is not None and opened is not None:
            self.matched = matched_classes(self.card, opened.classes, self._chosen)
            self.classes = shown_classes(self.card, opened.classes, self.matched)
            self._score_all()

    def _score_all(self) -> None:
        self._scoring.begin_anew()
        for key, row in self._rows.items():
            if row.state == "done":
                self._score(key)

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
        if self.segmenter.is_loading:
            return JobStatus("Loading the model", can_cancel=True)
        if self._video[0]:
            return JobStatus("Segmenting the video", *self._video, can_cancel=True)
        done = sum(row.state in ("done", "failed") for row in self._rows.values())
        return JobStatus("Segmenting", done, len(self._rows), can_cancel=True)
