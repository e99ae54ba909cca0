"""ReviewMemory: what is under review and what was thought of it, kept in the project's review folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.opened import OpenedProject
from segstudio.desktop.problems import Problem, problem_of
from segstudio.desktop.reviewing.items import Answer, Item, Verdict
from segstudio.desktop.reviewing.reading import item_of
from segstudio.project.review_queue import Decision, ReviewQueue, ReviewRecord


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was found: the photos in the order in which they came, and by id the model and what was thought."""

    items: tuple[Item, ...]
    verdicts: dict[str, tuple[str, Verdict]]
    problems: tuple[str, ...] = ()


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

    def write(
        self, opened: OpenedProject, item: Item, model: str, verdict: Verdict, answer: Answer | None
    ) -> None:
        """Keep what is known of a photo; an empty verdict says that it waits for one."""
        work = partial(_write, opened.folder, item, model, verdict, answer)
        self._work.send(work, _nothing, self._on_failed)

    def note_answer(self, opened: OpenedProject, item: Item, model: str, answer: Answer) -> None:
        """Keep where the answer of a model lies; what was thought of another model's answer stays."""
        work = partial(_note_answer, opened.folder, item, model, answer)
        self._work.send(work, _nothing, self._on_failed)

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
    for record in read.records:
        item = _item(queue, opened, record)
        if item is None:
            continue
        items.append(item)
        verdict: Verdict = "" if record.decision == "waiting" else record.decision
        verdicts[item.id] = (record.model, verdict)
    return Remembered(tuple(items), verdicts, read.problems)


def _item(queue: ReviewQueue, opened: OpenedProject, record: ReviewRecord) -> Item | None:
    if record.outside:
        path = queue.path_of(record.photo)
        return item_of(path, None) if path.is_file() else None
    photo = opened.photo(record.photo)
    return item_of(photo.path, photo) if photo is not None else None


def _write(folder: Path, item: Item, model: str, verdict: Verdict, answer: Answer | None) -> None:
    queue = ReviewQueue(folder)
    path = queue.told(item.path)
    there = queue.record(item.key or path) or queue.record(path)
    if item.key:
        queue.remove(ReviewRecord(photo=path))  # it was outside before
    record = ReviewRecord(
        photo=item.key or path,
        outside=not item.key,
        model=model,
        mask=queue.told(answer.mask) if answer is not None else "",
        confidence=queue.told(answer.confidence) if answer is not None else "",
        added=there.added if there is not None else "",
    )
    decision: Decision = verdict or "waiting"
    if decision == "waiting":
        queue.put(record)
    else:
        queue.decide(record, decision)


def _note_answer(folder: Path, item: Item, model: str, answer: Answer) -> None:
    queue = ReviewQueue(folder)
    there = queue.record(item.key or queue.told(item.path))
    if there is None or there.decision == "waiting":
        _write(folder, item, model, "", answer)


def _forget(folder: Path, items: tuple[Item, ...]) -> None:
    queue = ReviewQueue(folder)
    for item in items:
        queue.remove(ReviewRecord(photo=item.key or queue.told(item.path)))


def _nothing(_result: None) -> None:
    """There is nothing to do after it."""
