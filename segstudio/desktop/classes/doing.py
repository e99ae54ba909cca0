"""Doing: from a wish of the person to what is done: what touches masks is asked first, all else is done at once."""

from __future__ import annotations

from contextlib import suppress

from PySide6.QtCore import QElapsedTimer, QObject, Signal, Slot
from PySide6.QtWidgets import QApplication

from segstudio.desktop.classes.editor_parts import EditorParts
from segstudio.desktop.classes.work import Back, ClassWork, Wish
from segstudio.desktop.problems import Problem
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.work import JobStatus
from segstudio.errors import SegStudioError
from segstudio.project.class_edit import Add, Delete, Merge, Recolour, Rename, Reorder, edited, label_of
from segstudio.project.class_edits import Done
from segstudio.project.class_telling import NO_MASK, EditPreview
from segstudio.project.classes import ClassList

QuickEdit = Add | Rename | Recolour | Reorder
"""What touches no mask."""

AskedEdit = Merge | Delete
"""What is told first."""

_SOON_MS = 300


class Doing(QObject):
    """Holds what is asked and what waits. `changed`: there is another list to show."""

    changed = Signal()

    def __init__(self, session: ProjectSession, work: ClassWork, parts: EditorParts, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._work, self._parts = session, work, parts
        self._asked: AskedEdit | None = None
        self._waiting: list[QuickEdit] = []
        self._running: Wish | None = None
        self._begun = QElapsedTimer()
        work.previewed.connect(self._on_previewed)
        work.done.connect(self._on_done)
        work.failed.connect(self._on_failed)
        work.stopped.connect(self._on_stopped)
        work.progressed.connect(self._on_progressed)
        parts.question.agreed.connect(self._on_agreed)
        parts.question.cancelled.connect(self.cancel)

    @property
    def classes(self) -> ClassList:
        """The classes of the project that is open, with what is about to be done to them."""
        classes = self._there
        for edit in self._waiting:
            with suppress(SegStudioError):  # it is in the list already, or will be refused
                classes = edited(classes, edit)
        return classes

    @property
    def _there(self) -> ClassList:
        opened = self._session.opened
        return opened.classes if opened is not None else ClassList()

    @property
    def is_free(self) -> bool:
        """Whether something else may be asked for."""
        return self._asked is None and not isinstance(self._running, Merge | Delete | str)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is under way and nothing waits."""
        return self._running is None and not self._waiting and not self._work.busy

    # -- wishes

    def ask(self, edit: AskedEdit) -> None:
        """Tell what an edit would do, and ask."""
        if self._work.busy or self._asked is not None:
            return
        self._asked = edit
        self._parts.tell("")
        self._begun.start()
        self._work.preview(edit)
        self.changed.emit()

    def do_soon(self, edit: QuickEdit) -> None:
        """Show it at once, and do it after what is under way: nobody has to wait between two of these."""
        last = self._waiting[-1] if self._waiting else None
        if (
            isinstance(edit, Reorder)
            and isinstance(last, Reorder)
            and last.of == edit.of
            and last is not self._running
        ):
            self._waiting.pop()
        self._waiting.append(edit)
        self.changed.emit()
        self._go_on()

    def go_back(self, wish: Back, what: str) -> None:
        """Undo or redo, `what` says in a few words what that is about."""
        if self._asked is None and not self._waiting:
            self._do(wish, f"{wish.capitalize()}: {what}")

    def withdraw(self) -> None:
        """A question that was not answered is not meant; what was agreed to goes on."""
        if self._asked is None:
            return
        self._asked = None
        self._work.cancel()
        self._parts.question.hide()
        self.changed.emit()

    def leave(self) -> None:
        """Another project is open, or none: nothing that was wished for is meant any more."""
        self.withdraw()
        self._waiting, self._running = [], None
        self._parts.question.hide()

    @Slot()
    def cancel(self) -> None:
        """Stop what is under way, or leave what is asked."""
        if self._running is not None:
            self._work.cancel()
        else:
            self.withdraw()
            self._parts.list.setFocus()

    # -- what comes of them

    def _go_on(self) -> None:
        if self._waiting and not self._work.busy:
            edit = self._waiting[0]
            self._do(edit, _named(self._there, edit))

    def _do(self, wish: Wish, what: str) -> None:
        if self._work.busy:
            return
        self._running = wish
        self._begun.start()
        self._parts.tell("")
        self._work.do(wish, what)
        self.changed.emit()

    @Slot(object)
    def _on_previewed(self, preview: EditPreview) -> None:
        if self._asked is not None and self._asked == preview.edit:
            self._parts.question.ask(preview.told, _named(preview.before, self._asked))

    @Slot()
    def _on_agreed(self) -> None:
        edit = self._asked
        if edit is None or self._work.busy:
            return
        self._asked = None
        self._parts.list.setFocus()
        self._do(edit, _named(self._there, edit))

    @Slot(object)
    def _on_progressed(self, status: JobStatus) -> None:
        if self._parts.question.isVisible() or self._begun.elapsed() > _SOON_MS:
            self._parts.question.follow(status)

    @Slot(object)
    def _on_done(self, done: Done) -> None:
        if self._waiting and self._running is self._waiting[0]:
            self._waiting.pop(0)
        self._end(told_done(done.label, "" if done.told == NO_MASK else done.told))
        self._work.look()
        self._go_on()

    @Slot(object)
    def _on_failed(self, problem: Problem) -> None:
        self._waiting.clear()  # what was to follow was meant for a list that there is not
        self._end("")
        self._parts.tell_wrong(problem.text)

    @Slot()
    def _on_stopped(self) -> None:
        if self._asked is None and self._running is None:
            return  # a preview that was withdrawn
        self._waiting.clear()
        self._end("Stopped; nothing was changed.")

    def _end(self, told: str) -> None:
        focus = QApplication.focusWidget()
        had_keyboard = focus is not None and self._parts.question.isAncestorOf(focus)
        self._asked = self._running = None
        self._parts.question.hide()
        self._parts.tell(told)
        if had_keyboard:
            self._parts.list.setFocus()
        self.changed.emit()


_DONE = {"rename": "Renamed", "make": "Made", "reorder": "Reordered", "merge": "Merged"}


def told_done(label: str, masks: str) -> str:
    """Say what was done, in the past (`add cloud`: `cloud was added.`), and then what became of the masks; pure."""
    verb, _, what = label.partition(" ")
    if verb in ("add", "delete"):
        told = f"{what} was {verb.removesuffix('e')}ed."
    elif verb in _DONE:
        told = f"{_DONE[verb]} {what}."
    else:
        told = f"{_sentence(label)}: done."
    return f"{told} {masks}".rstrip()


def _named(classes: ClassList, edit: QuickEdit | AskedEdit) -> str:
    try:
        return _sentence(label_of(classes, edit))
    except SegStudioError:  # it will be refused
        return "Change the classes"


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
