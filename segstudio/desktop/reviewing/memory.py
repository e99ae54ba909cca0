"""ReviewMemory: what is under review and what was thought of it, kept in the project's review folder."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.opened import OpenedProject
from segstudio.desktop.problems import Problem, problem_of
from segstudio.desktop.reviewing.items import Item, Row, Verdict
from segstudio.desktop.reviewing.models import Model, models_of
from segstudio.desktop.reviewing.reading import item_of
from segstudio.desktop.reviewing.videos import Video, VideoBook
from segstudio.errors import SegStudioError
from segstudio.files import is_file
from segstudio.project.review_queue import Decision, ReviewQueue, ReviewRecord
from segstudio.runs.predictions import trim_predictions

_BUDGET_BYTES = 1 << 30
"""So much may lie of predictions that are not under review: they are there at once when they are wanted again."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was found: the photos in the order in which they came, by id the model (`Model.is_called`) and what was
    thought, and the videos that are not segmented to their ends.
    """

    items: tuple[Item, ...]
    verdicts: dict[str, tuple[str, Verdict]]
    problems: tuple[str, ...] = ()
    videos: tuple[Video, ...] = ()


class ReviewMemory(QObject):
    """Reads and writes in a thread. `found` carries Remembered, `problem_met` a Problem."""

    found = Signal(object)
    problem_met = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._work = Errands("review memory", 1, self)
        self._round = 0

    def read(self, opened: OpenedProject) -> None:
        """Look for what was under review when the project was last closed."""
        self._round += 1
        then = partial(self._on_read, self._round)
        self._work.send(partial(remembered, opened), then, self._on_failed)
        tidying: Callable[[], object] = partial(tidy, opened.folder)
        self._work.send(tidying, _nothing, self._on_failed)

    def write(self, opened: OpenedProject, row: Row, model: Model) -> None:
        """Keep what is known of a photo and an answer of a model; an empty verdict says that it waits for one."""
        self._work.send(partial(_write, opened.folder, row, model), _nothing, self._on_failed)

    def note_answer(self, opened: OpenedProject, row: Row, model: Model) -> None:
        """Keep where the answer of a model lies; what was thought of another model's answer stays."""
        self._work.send(partial(_note_answer, opened.folder, row, model), _nothing, self._on_failed)

    def keep(self, opened: OpenedProject, items: Sequence[Item]) -> None:
        """Keep that photos are under review, before anything is known of them; what is known of others stays."""
        self._work.send(partial(_keep, opened.folder, tuple(items)), _nothing, self._on_failed)

    def keep_video(self, opened: OpenedProject, video: Video) -> None:
        """Keep that a video is to be segmented."""
        self._work.send(partial(VideoBook(opened.folder).put, video), _nothing, self._on_failed)

    def forget_video(self, opened: OpenedProject, path: Path) -> None:
        """It is done, or left out."""
        self._work.send(partial(VideoBook(opened.folder).remove, path), _nothing, self._on_failed)

    def forget(self, opened: OpenedProject, items: tuple[Item, ...]) -> None:
        """Remove photos from what is under review."""
        self._work.send(partial(_forget, opened.folder, items), _nothing, self._on_failed)

    def shut_down(self) -> None:
        """Wait until everything is written."""
        self._work.shut_down()

    def _on_read(self, asked_in: int, found: Remembered) -> None:
        if asked_in != self._round:
            return
        for problem in found.problems:
            self.problem_met.emit(Problem(problem, level="warning"))
        self.found.emit(found)

    def _on_failed(self, error: BaseException) -> None:
        self.problem_met.emit(problem_of(error))


def remembered(opened: OpenedProject) -> Remembered:
    """Return what the review folder of a project holds (in a worker); photos that are gone are left out."""
    queue = ReviewQueue(opened.folder)
    read = queue.read()
    items: list[Item] = []
    verdicts: dict[str, tuple[str, Verdict]] = {}
    for found in read.records:
        record = _with_model_id(queue, opened, found)
        item = _item(queue, opened, record)
        if item is None:
            continue
        items.append(item)
        verdict: Verdict = "" if record.decision == "waiting" else record.decision
        verdicts[item.id] = (record.model_id or record.model, verdict)
    return Remembered(tuple(items), verdicts, read.problems, VideoBook(opened.folder).read())


def tidy(folder: Path) -> int:
    """Remove predictions that take much room and are of nothing under review (in a worker); return the bytes freed.

    None goes while a record cannot be read: it may tell of frames that are under review.
    """
    queue = ReviewQueue(folder)
    read = queue.read()
    if read.problems:
        return 0
    keep: set[Path] = set()
    for record in read.records:
        told = (record.photo if record.outside else "", record.frame, record.mask, record.confidence)
        keep |= {queue.path_of(each) for each in told if each}
    return trim_predictions(queue.folder, _BUDGET_BYTES, keep=keep)


def _with_model_id(queue: ReviewQueue, opened: OpenedProject, record: ReviewRecord) -> ReviewRecord:
    """Let a record of an older version tell its model so that the run may be renamed; it named the run alone."""
    if record.model_id or not record.model:
        return record
    models = models_of(opened)
    named = [model for model in models if model.name == record.model]
    born = [model for model in models if model.trace.run == record.model]
    model_id = next((model.trace.model_id for model in (*named, *born)), "")
    if not model_id:
        return record
    record = record.model_copy(update={"model_id": model_id})
    with suppress(
        SegStudioError
    ):  # where nothing can be written it is known for as long as the window is open
        queue.put(record)
    return record


def _item(queue: ReviewQueue, opened: OpenedProject, record: ReviewRecord) -> Item | None:
    photo = opened.photo(record.photo) if not record.outside else None
    path = queue.path_of(record.frame or record.photo)
    if record.frame and (record.outside or photo is not None) and is_file(path):
        key = "" if record.outside else record.photo
        name = record.title or path.name
        return Item(str(path), path, name, key, is_video=True, file_name=record.file_name)
    if record.outside:
        return item_of(path, None) if is_file(path) else None
    return item_of(photo.path, photo) if photo is not None else None


def _write(folder: Path, row: Row, model: Model) -> None:
    queue = ReviewQueue(folder)
    item, answer = row.item, row.answer
    path = queue.told(item.path)
    there = queue.record(item.key or path) or queue.record(path)
    if item.key:
        queue.remove(ReviewRecord(photo=path))  # it was outside before
    record = ReviewRecord(
        photo=item.key or path,
        outside=not item.key,
        model=model.name,
        model_id=model.trace.model_id,
        mask=queue.told(answer.mask) if answer is not None else "",
        confidence=queue.told(answer.confidence) if answer is not None else "",
        frame=path if item.is_video else "",
        title=item.name if item.is_video else "",
        file_name=item.file_name,
        added=there.added if there is not None else "",
    )
    decision: Decision = row.verdict or "waiting"
    if decision == "waiting":
        queue.put(record)
    else:
        queue.decide(record, decision)


def _keep(folder: Path, items: Sequence[Item]) -> None:
    queue = ReviewQueue(folder)
    for item in items:
        photo = item.key or queue.told(item.path)
        if queue.record(photo) is None:
            queue.put(ReviewRecord(photo=photo, outside=not item.key))


def _note_answer(folder: Path, row: Row, model: Model) -> None:
    queue = ReviewQueue(folder)
    there = queue.record(row.item.key or queue.told(row.item.path))
    if there is None or there.decision == "waiting":
        _write(folder, replace(row, verdict=""), model)


def _forget(folder: Path, items: tuple[Item, ...]) -> None:
    queue = ReviewQueue(folder)
    for item in items:
        queue.remove(ReviewRecord(photo=item.key or queue.told(item.path)))


def _nothing(_result: object) -> None:
    """There is nothing to do after it."""
