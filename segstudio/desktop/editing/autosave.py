"""AutoSave: saves one photo by itself, soon after it was painted on, and tries again when that fails."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segstudio.desktop.editing.disk import Written, write_mask
from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.desktop.editing.saved_text import SaveState
from segstudio.desktop.problems import Problem, problem_of
from segstudio.painting.editor import Snapshot
from segstudio.project.classes import ClassList
from segstudio.project.photo_locks import TakenOverError
from segstudio.project.project import Project

SOON_MS = 2000
"""So long after the last edit a photo is saved …"""

LATEST_S = 15.0
"""… but at the latest so long after the first one."""

_IN_MID_STROKE_MS = 300
_AGAIN_S = (2.0, 4.0, 8.0, 15.0, 30.0, 60.0)


class AutoSave(QObject):
    """Belongs to one open photo. In the GUI thread; what is slow is done in `errands`, one save at a time.

    `ended` comes after each save, with a Written, with the Problem that it met, or with a TakenOverError, after which
    nothing is saved any more; `changed` whenever `state` did.
    """

    ended = Signal(object)
    changed = Signal()

    def __init__(
        self, opened: OpenPhoto, classes: Callable[[], ClassList], errands: Errands, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.opened = opened
        self._classes, self._errands = classes, errands
        self._saving = False
        self._again = False
        self._failures = 0
        self._first_edit: float | None = None
        self._saved_at: float | None = None
        self._soon = QTimer(self, singleShot=True)
        self._soon.timeout.connect(self._on_soon)

    @property
    def settled(self) -> bool:
        """Whether everything is on disk, and nothing is being written."""
        return not self._saving and not self.opened.editor.unsaved

    @property
    def failed(self) -> bool:
        """Whether the last save failed."""
        return self._failures > 0

    @property
    def saving(self) -> bool:
        """Whether a save is under way."""
        return self._saving

    def state(self) -> SaveState:
        """Return how it stands, for the status line."""
        again_in = self._soon.remainingTime() / 1000 if self.failed and self._soon.isActive() else None
        ago = time.monotonic() - self._saved_at if self._saved_at is not None else None
        unsaved = self.opened.editor.unsaved and not self.opened.read_only
        return SaveState(unsaved, self._saving, ago, again_in)

    def edited(self) -> None:
        """Take note of an edit: it is saved soon."""
        now = time.monotonic()
        if self._first_edit is None:
            self._first_edit = now
        if self.opened.is_lost:
            return
        if not self.failed:  # a save that fails is tried again at its own pace
            left_ms = max(0, round((self._first_edit + LATEST_S - now) * 1000))
            self._soon.start(min(SOON_MS, left_ms))
        self.changed.emit()

    def save(self) -> None:
        """Save now what is unsaved, or as soon as the edit that is open is closed."""
        if self.opened.editor.is_open:
            self._soon.start(_IN_MID_STROKE_MS)
        elif self._saving:
            self._again = True
        elif self.opened.editor.unsaved and not self.opened.is_lost:
            self._start()

    def stop(self) -> None:
        """Begin nothing by itself any more."""
        self._soon.stop()

    def save_here(self) -> Problem | None:
        """Save in this thread, when all others have ended; returns what went wrong."""
        if not self.opened.editor.unsaved:
            return None
        try:
            self._on_saved(self._work(self.opened.editor.snapshot(), self._classes()))
        except Exception as error:  # noqa: BLE001 (the last chance: the program ends)
            return problem_of(error)
        return None

    @Slot()
    def _on_soon(self) -> None:
        self.save()

    def _start(self) -> None:
        self._soon.stop()
        self._saving, self._again, self._first_edit = True, False, None
        snapshot, classes = self.opened.editor.snapshot(), self._classes()
        self._errands.send(lambda: self._work(snapshot, classes), self._on_saved, self._on_failed)
        self.changed.emit()

    def _work(self, snapshot: Snapshot, classes: ClassList) -> Written:
        return write_mask(Project.open(self.opened.folder), self.opened, snapshot, classes)

    def _on_saved(self, written: Written) -> None:
        self._saving, self._failures = False, 0
        self._saved_at = time.monotonic()
        self.opened.photo, self.opened.mask_time = written.photo, written.mask_time
        self.ended.emit(written)
        self._go_on()

    def _on_failed(self, error: BaseException) -> None:
        self._saving, self._again = False, False
        if isinstance(error, TakenOverError):
            self.ended.emit(error)
            return
        self._soon.start(round(1000 * _AGAIN_S[min(self._failures, len(_AGAIN_S) - 1)]))
        self._failures += 1
        self.ended.emit(problem_of(error))
        self.changed.emit()

    def _go_on(self) -> None:
        if self.opened.editor.unsaved and self._again:
            self._start()
            return
        if self.opened.editor.unsaved and not self._soon.isActive():
            self.edited()
        self.changed.emit()
