"""Shadows: what is painted while the project's folder is away, kept on this computer until it can be saved."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot

from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.desktop.editing.rescue import keep_unsaved, place_for
from segstudio.desktop.editing.saves import Place, Saves
from segstudio.project.classes import ClassList

_log = logging.getLogger(__name__)

SOON_MS = 2000


class Shadows(QObject):
    """A photo whose stroke journal cannot be written is kept where the window keeps its own files, soon after each edit,
    so that a window that is killed meanwhile loses little. What is kept goes once the photo is saved. In the GUI thread.
    """

    def __init__(
        self, saves: Saves, classes: Callable[[], ClassList], rescued: Path, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._saves, self._classes, self._rescued = saves, classes, rescued
        self._painted: dict[Place, OpenPhoto] = {}
        self._kept: dict[Place, Path] = {}
        self._errands = Errands("keep beside", 1, self)
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._soon.timeout.connect(self._on_soon)
        saves.written.connect(self._on_written)

    @Slot(object)
    def note(self, opened: OpenPhoto) -> None:
        """A photo was painted on."""
        if opened.editor.journal_problem is not None and not opened.is_lost:
            self._painted[opened.place] = opened
            if not self._soon.isActive():
                self._soon.start()

    def shut_down(self) -> None:
        """End the thread; what could not be saved stays kept."""
        self._soon.stop()
        lost = {opened.place for opened in self._saves.lost}
        for place in tuple(self._kept):
            if place not in lost:
                self._drop(place)
        self._errands.shut_down()

    @Slot()
    def _on_soon(self) -> None:
        if not self._errands.is_idle:
            self._soon.start()
            return
        painted, self._painted = self._painted, {}
        for place, opened in painted.items():
            if opened.editor.unsaved:
                snapshot, classes = opened.editor.snapshot(), self._classes()
                into = place_for(self._rescued, opened.folder)
                self._errands.send(
                    partial(keep_unsaved, [opened], into, snapshots=[snapshot], classes=classes),
                    partial(self._on_kept, place, opened),
                    _note,
                )

    def _on_kept(self, place: Place, opened: OpenPhoto, folder: Path) -> None:
        self._drop(place)
        self._kept[place] = folder
        if not opened.editor.unsaved:  # it was saved in the meantime
            self._drop(place)

    @Slot(object, object)
    def _on_written(self, opened: OpenPhoto, _written: object) -> None:
        self._painted.pop(opened.place, None)
        self._drop(opened.place)

    def _drop(self, place: Place) -> None:
        folder = self._kept.pop(place, None)
        if folder is not None:
            self._errands.send(lambda: shutil.rmtree(folder, ignore_errors=True), _nothing, _note)


def _nothing(_result: None) -> None:
    """It is gone."""


def _note(error: BaseException) -> None:
    _log.warning("what cannot be saved could not be kept beside, either: %s", error)
