"""Viewing: the chosen photo, read in a thread, and everything that is shown of it: stage, panels, classes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.problems import problem_of
from segstudio.desktop.reviewing.board import ReviewBoard
from segstudio.desktop.reviewing.faces import NO_FOCUS, Face, Focus, faces_of
from segstudio.desktop.reviewing.items import Row
from segstudio.desktop.reviewing.reading import (
    AnswerGoneError,
    OpenItem,
    drop_answer,
    open_item,
    truth_reader,
)
from segstudio.desktop.reviewing.view_state import ViewState
from segstudio.desktop.session import ProjectSession

_KEPT_BYTES = 512 << 20
_REFRESH_MS = 15


class Viewing(QObject):
    """Keeps what is looked at and how. `opened` says that another photo, or the same with more known of it, is there;
    `changed` that thresholds or the way to look are others. `problem` says why the chosen photo cannot be shown.
    """

    opened = Signal()
    changed = Signal()

    def __init__(self, session: ProjectSession, board: ReviewBoard, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._board = session, board
        self._reading = Errands("open review photo", 1, self)
        self._kept: OrderedDict[str, OpenItem] = OrderedDict()
        self._wish = ""
        self._segmented_anew: set[str] = set()
        self._round = 0
        self._classes = board.classes.indices
        self.state = ViewState()
        self.thresholds: dict[int, float] = {}
        self.shown: OpenItem | None = None
        self.problem = ""
        self._soon = QTimer(self, singleShot=True, interval=_REFRESH_MS)
        self._soon.timeout.connect(self.changed)
        board.answer_came.connect(self._on_answer_came)
        board.model_changed.connect(self._on_model_changed)

    @property
    def wish(self) -> str:
        """The id of the photo that was chosen; what is shown follows."""
        return self._wish

    @property
    def faces(self) -> tuple[Face, ...]:
        """What there is to look at of the photo that is shown."""
        return faces_of(self.shown)

    # -- wishes

    def show(self, item_id: str) -> None:
        """Look at a photo; the newest wish wins."""
        self._wish, self.problem = item_id, ""
        row = self._board.row(item_id)
        if row is None:
            self.shown = None
            self.opened.emit()
            return
        kept = self._kept.get(item_id)
        if kept is not None and (kept.mask is not None) == (row.answer is not None):
            self._kept.move_to_end(item_id)
            self._put(kept)
        else:
            self._read(row, kept)

    def look(self, state: ViewState) -> None:
        """Look at it in another way."""
        if state != self.state:
            self.state = state
            self._soon.start()

    def focus_on(self, focus: Focus) -> None:
        """Look at one class or cell alone, over the photo."""
        way = "overlay" if focus.is_on and self.state.way == "photo" else self.state.way
        self.look(replace(self.state, focus=focus, way=way))

    def set_threshold(self, value: int, threshold: float) -> None:
        """Show a class only where it is so sure."""
        self.thresholds[value] = threshold
        if not self._soon.isActive():
            self._soon.start()

    def clear_thresholds(self) -> None:
        """Show every class however unsure it is."""
        self.thresholds.clear()
        self._soon.start()

    def hide_classes(self, hidden: frozenset[int]) -> None:
        """Leave some classes out of the overlay."""
        self.look(replace(self.state, look=replace(self.state.look, hidden=hidden)))

    def read_again(self, item_id: str) -> None:
        """The truth of a photo may be another now."""
        self._kept.pop(item_id, None)
        if item_id == self._wish:
            self.show(item_id)

    def leave(self, ids: Sequence[str]) -> None:
        """Forget photos that are reviewed no longer, and look at nothing."""
        for each in ids:
            self._kept.pop(each, None)
            self._segmented_anew.discard(each)
        self.show("")

    def forget(self) -> None:
        """Forget all that was read."""
        self._kept.clear()
        self.thresholds.clear()
        self._round += 1
        self._wish = ""
        self.shown = None
        self.opened.emit()

    def shut_down(self) -> None:
        """End the thread."""
        self._soon.stop()
        self._reading.shut_down()

    # -- reading

    def _read(self, row: Row, kept: OpenItem | None) -> None:
        matched, classes = self._board.matched, self._board.classes
        truth = truth_reader(self._session.opened, row.item, matched)
        pyramid = kept.pyramid if kept is not None else None
        answer = row.answer if len(classes) else None
        read = partial(open_item, row.item, answer, truth, classes, fold=matched.fold, pyramid=pyramid)
        work = partial(self._work, row.item.id, read)
        then = partial(self._on_read, self._round, row.item.id)
        self._reading.send(work, then, partial(self._on_failed, row.item.id))

    def _work(self, item_id: str, read: Callable[[], OpenItem]) -> OpenItem | None:
        """In the worker: what is no longer wished for is not read."""
        return read() if item_id == self._wish else None

    def _on_read(self, asked_in: int, item_id: str, opened: OpenItem | None) -> None:
        if opened is None or asked_in != self._round or self._board.row(item_id) is None:
            return
        self._kept[item_id] = opened
        self._kept.move_to_end(item_id)
        while len(self._kept) > 1 and sum(map(_bytes_of, self._kept.values())) > _KEPT_BYTES:
            self._kept.popitem(last=False)
        if item_id == self._wish:
            self._put(opened)

    def _on_failed(self, item_id: str, error: BaseException) -> None:
        row = self._board.row(item_id)
        if isinstance(error, AnswerGoneError) and row is not None and row.answer is not None:
            drop_answer(row.answer)
            if item_id not in self._segmented_anew:
                self._segmented_anew.add(item_id)
                self._board.try_again(item_id)
        if item_id == self._wish:
            self.shown, self.problem = None, problem_of(error).text
            self.opened.emit()

    def _put(self, opened: OpenItem) -> None:
        self.shown = opened
        self.opened.emit()

    @Slot(str)
    def _on_answer_came(self, item_id: str) -> None:
        if item_id == self._wish:
            self.show(item_id)

    @Slot()
    def _on_model_changed(self) -> None:
        """What was read of answers is of no use; the photo that is shown stays."""
        self._round += 1
        self._kept.clear()
        before, self._classes = self._classes, self._board.classes.indices
        if self.shown is not None and before != self._classes:
            self.shown = OpenItem(self.shown.item, self.shown.pyramid)  # its numbers mean other classes
            self.opened.emit()
        known = {value for value, _ in self.thresholds.items()} - set(self._board.classes.indices)
        for value in known:
            self.thresholds.pop(value)
        self.state = replace(self.state, focus=NO_FOCUS, look=replace(self.state.look, hidden=frozenset()))
        if self._wish:
            self.show(self._wish)
        self._soon.start()


def _bytes_of(opened: OpenItem) -> int:
    rows, columns = opened.pyramid.size
    return rows * columns * 7
