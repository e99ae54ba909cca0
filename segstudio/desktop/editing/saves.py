"""Saves: the photos that were painted on, until each is on disk and may be painted on by others."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEventLoop, QObject, QTimer, Signal, Slot

from segstudio.desktop.editing.autosave import AutoSave
from segstudio.desktop.editing.disk import Written
from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.desktop.editing.saved_text import SaveState, next_change_s, saved_text
from segstudio.desktop.problems import Problem
from segstudio.project.classes import ClassList
from segstudio.project.photo_locks import PhotoHold, TakenOverError

Place = tuple[Path, str]

_MEANWHILE = (
    QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents | QEventLoop.ProcessEventsFlag.WaitForMoreEvents
)

_KEPT = "What you painted is kept in the photo's journal meanwhile, and saving is tried again by itself."


class Saves(QObject):
    """Follows the photo that is shown and those left behind that are not saved yet. In the GUI thread.

    `written` carries OpenPhoto and Written; `text_changed` what the status line says of the photo that is shown;
    `problem_met` a Problem, once for as long as saving keeps failing, and `problem_over` the same one after that;
    `settled` comes when everything is on disk, `stuck` with a Problem when something that is waited for cannot be
    saved, `taken_over` with an OpenPhoto and a TakenOverError when somebody else paints on it by now.
    """

    written = Signal(object, object)
    text_changed = Signal(str)
    problem_met = Signal(object)
    problem_over = Signal(object)
    settled = Signal()
    stuck = Signal(object)
    taken_over = Signal(object, object)

    def __init__(self, errands: Errands, classes: Callable[[], ClassList], parent: QObject) -> None:
        super().__init__(parent)
        self._errands, self._classes = errands, classes
        self._saves: dict[Place, AutoSave] = {}
        self._shown: OpenPhoto | None = None
        self._told: Problem | None = None
        self._text = ""
        self.lost: tuple[OpenPhoto, ...] = ()
        """What could not be saved when it was shut down."""
        self._tick = QTimer(self, singleShot=True)
        self._tick.timeout.connect(self._tell_text)

    @property
    def unsaved(self) -> bool:
        """Whether anything is not on disk yet."""
        return any(not save.settled for save in self._saves.values())

    @property
    def text(self) -> str:
        """What the status line says."""
        return self._text

    @property
    def unsaved_photos(self) -> tuple[OpenPhoto, ...]:
        """The photos of which something is not on disk yet."""
        return tuple(save.opened for save in self._saves.values() if not save.settled)

    def back(self, place: Place) -> OpenPhoto | None:
        """Return a photo that was left and is still being saved: it can be shown again as it is."""
        save = self._saves.get(place)
        return save.opened if save is not None else None

    def show(self, opened: OpenPhoto | None) -> None:
        """Follow the photo that is shown now, and save and close the one before."""
        before, self._shown = self._shown, opened
        if before is not None and before is not opened:
            self._leave(before)
        if opened is not None and not opened.read_only and opened.place not in self._saves:
            save = AutoSave(opened, self._classes, self._errands, self)
            self._saves[opened.place] = save
            save.ended.connect(partial(self._on_ended, save))
            save.changed.connect(self._tell_text)
            if opened.editor.unsaved:  # its journal gave back what was never saved
                save.edited()
        self._tell_text()

    def edited(self, opened: OpenPhoto) -> None:
        """Take note of an edit of a photo."""
        save = self._saves.get(opened.place)
        if save is not None:
            save.edited()

    def saving(self, opened: OpenPhoto) -> bool:
        """Tell whether a photo is being written at this moment."""
        save = self._saves.get(opened.place)
        return save is not None and save.saving

    def save(self) -> None:
        """Save everything now; `settled` or `stuck` follows, at once when nothing is to be done."""
        for save in tuple(self._saves.values()):
            save.save()
        if not self.unsaved:
            self.settled.emit()

    def save_now(self) -> Problem | None:
        """Save everything and wait for it, the person kept from painting meanwhile; returns what cannot be saved."""
        met: list[Problem] = []
        self.stuck.connect(met.append)
        self.save()
        while any(save.saving for save in self._saves.values()):
            QCoreApplication.processEvents(_MEANWHILE)
        self.stuck.disconnect(met.append)
        return met[-1] if met and self.unsaved else None

    def forget(self, opened: OpenPhoto) -> None:
        """Close a photo that is saved, or whose edits are dropped on purpose."""
        save = self._saves.pop(opened.place, None)
        if save is not None:
            save.stop()
            save.deleteLater()
        opened.close()

    def shut_down(self) -> tuple[Problem, ...]:
        """Save in this thread what the others, which have ended, have left, and close everything."""
        self._tick.stop()
        problems = []
        for save in tuple(self._saves.values()):
            problem = save.save_here()
            if problem is not None:
                problems.append(problem)
                self.lost = (*self.lost, save.opened)
            self.forget(save.opened)
        return tuple(problems)

    def _leave(self, opened: OpenPhoto) -> None:
        save = self._saves.get(opened.place)
        if save is None or save.settled:
            self.forget(opened)
        else:
            save.save()

    def of(self, hold: PhotoHold) -> OpenPhoto | None:
        """Return the photo that is held so, shown or left and not saved yet."""
        return next((save.opened for save in self._saves.values() if save.opened.hold is hold), None)

    def _on_ended(self, save: AutoSave, result: object) -> None:
        if isinstance(result, TakenOverError):
            self.taken_over.emit(save.opened, result)
            return
        if isinstance(result, Written):
            if self._told is not None and not any(other.failed for other in self._saves.values()):
                self.problem_over.emit(self._told)
                self._told = None
            self.written.emit(save.opened, result)
            if save.opened is not self._shown and save.settled:
                self.forget(save.opened)
            if not self.unsaved:
                self.settled.emit()
        elif isinstance(result, Problem):
            if self._told is None:
                self._told = Problem(f"{result.text} {_KEPT}", result.details)
                self.problem_met.emit(self._told)
            self.stuck.emit(result)

    @Slot()
    def _tell_text(self) -> None:
        """Say how it stands with the photo that is shown, or with one that cannot be saved; again when that is old."""
        failing = next((save for save in self._saves.values() if save.failed), None)
        own = self._saves.get(self._shown.place) if self._shown is not None else None
        save = failing or own
        state = save.state() if save is not None else SaveState()
        if state.again_in_s is not None:
            self._tick.start(1000)
        elif state.saved_ago_s is not None:
            self._tick.start(round(next_change_s(state.saved_ago_s) * 1000) + 10)
        text = saved_text(state)
        if text != self._text:
            self._text = text
            self.text_changed.emit(text)
