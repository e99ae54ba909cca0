"""Settling: strokes that are in a journal get onto the disk itself soon after, so that a power cut costs little."""

from __future__ import annotations

import logging

from PySide6.QtCore import QObject, QTimer, Slot

from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.editing.open_photo import OpenPhoto

_log = logging.getLogger(__name__)

SOON_MS = 500
"""With the time between two checkpoints of an edit, less than a second."""


class Settling(QObject):
    """Waits for the disk in a thread of its own, about twice a second while something is painted. In the GUI thread."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._painted: list[OpenPhoto] = []
        self._errands = Errands("settle journal", 1, self)
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self._on_soon)

    def note(self, opened: OpenPhoto | None) -> None:
        """A photo is being painted on; costs next to nothing."""
        if opened is None or opened.read_only:
            return
        if opened not in self._painted:
            self._painted.append(opened)
        if not self._soon.isActive():
            self._soon.start()

    def shut_down(self) -> None:
        """End the thread; what is not settled is so by the save that follows."""
        self._soon.stop()
        self._errands.shut_down()

    @Slot()
    def _on_soon(self) -> None:
        if not self._errands.is_idle:  # a slow disk: one after the other
            self._soon.start()
            return
        painted, self._painted = self._painted, []
        for opened in painted:
            self._errands.send(opened.editor.settle, _nothing, _note)
            if opened.editor.is_open:
                self.note(opened)  # its last checkpoint is still to come


def _nothing(_result: None) -> None:
    """It is on the disk."""


def _note(error: BaseException) -> None:
    _log.warning("a journal was not settled: %s", error)
