"""ConflictWish: tells of copies in conflict, shows them, and does what was decided about each."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QWidget

from segstudio.desktop.annotating.document_conflicts import DocumentConflicts
from segstudio.desktop.editing.desk import PhotoDesk
from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.look import Look
from segstudio.desktop.opened import Changed
from segstudio.desktop.problems import Problem, Remedy
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.versions.errand import ProjectErrand
from segstudio.desktop.work import JobControl
from segstudio.painting.going_back import put_mask
from segstudio.project.conflict_copies import (
    ConflictCopy,
    bring_back,
    conflict_copies,
    put_away,
    read_copy,
)
from segstudio.project.project import Project

if TYPE_CHECKING:
    from segstudio.desktop.annotating.conflict_window import ConflictWindow

LOOK_MS = 60_000


class ConflictWish(QObject):
    """Looks for copies when a project is opened and every minute, in a thread. `shut_down` before the end."""

    def __init__(self, look: Look, session: ProjectSession, desk: PhotoDesk, parent: QWidget) -> None:
        super().__init__(parent)
        self._look, self._session, self._place = look, session, parent
        self._errand = ProjectErrand(session, desk, self)
        self._looking = Errands("copies in conflict", 1, self)
        self._copies: tuple[ConflictCopy, ...] = ()
        self._told: Problem | None = None
        self.window: ConflictWindow | None = None
        self._documents = DocumentConflicts(session, self._errand, self)
        self._tick = QTimer(self, interval=LOOK_MS)
        self._tick.timeout.connect(self._on_tick)
        self._tick.start()
        self._errand.over.connect(self._on_tick)
        session.changed.connect(self._on_session_changed)
        self._on_session_changed(Changed.PROJECT)

    def shut_down(self) -> None:
        """End what is under way."""
        self._tick.stop()
        self._session.changed.disconnect(self._on_session_changed)
        self._looking.shut_down()
        self._documents.shut_down()
        if self.window is not None:
            self.window.shut_down()

    @Slot(object)
    def _on_session_changed(self, flags: Changed) -> None:
        if flags & Changed.PROJECT:
            self._copies, self._told = (), None
            self._documents.forget()
            if self.window is not None:
                self.window.hide()
            self._on_tick()

    @Slot()
    def _on_tick(self, _over: object = None) -> None:
        opened = self._session.opened
        if opened is not None and self._looking.is_idle:
            folder = opened.folder
            self._looking.send(
                lambda: conflict_copies(Project.open(folder)), partial(self._on_found, folder), _nothing
            )
            self._documents.look(folder)

    def _on_found(self, folder: Path, copies: tuple[ConflictCopy, ...]) -> None:
        opened = self._session.opened
        if opened is None or opened.folder != folder:
            return
        known = {copy.path for copy in self._copies}
        self._copies = copies
        if self.window is not None and self.window.isVisible():
            self.window.open_on(folder, copies)
        elif any(copy.path not in known for copy in copies):
            self._tell(copies)
        if not copies and self._told is not None:
            self._session.problem_over.emit(self._told)
            self._told = None

    def _tell(self, copies: tuple[ConflictCopy, ...]) -> None:
        if self._told is not None:
            self._session.problem_over.emit(self._told)
        self._told = Problem(
            copies_words(copies),
            "\n".join(str(copy.path) for copy in copies),
            "warning",
            (Remedy("Compare…", do=self.show),),
        )
        self._session.problem_met.emit(self._told)

    def show(self) -> None:
        """Show the copies one after the other."""
        from segstudio.desktop.annotating.conflict_window import ConflictWindow

        opened = self._session.opened
        if opened is None or not self._copies:
            return
        if self.window is None:
            self.window = ConflictWindow(self._look, self._place.window())
            self.window.decided.connect(self._on_decided)
        self.window.open_on(opened.folder, self._copies)

    @Slot(object, bool)
    def _on_decided(self, copy: ConflictCopy, take: bool) -> None:
        def work(project: Project, _control: JobControl) -> Problem:
            if take:
                put_mask(project, project.photo(copy.key), read_copy(project, copy), doing="take the copy")
            away = put_away(project, copy)
            return self._told_done(copy, take, away)

        self._errand.begin(f"Deciding about {copy.key}", work)

    def _told_done(self, copy: ConflictCopy, take: bool, away: Path) -> Problem:
        text = (
            f"The copy is the mask of {copy.key} now; undo there brings back the one before." if take else ""
        )
        text = text or f"The mask of {copy.key} stays; the copy is in the project's trash."
        return Problem(
            text, level="info", actions=(Remedy("Bring the copy back", do=partial(self._bring_back, away)),)
        )

    def _bring_back(self, away: Path) -> None:
        def work(project: Project, _control: JobControl) -> Problem:
            bring_back(project, away)
            return Problem("The copy lies beside the mask again.", level="info")

        self._errand.begin("Bringing a copy back", work)


def copies_words(copies: tuple[ConflictCopy, ...]) -> str:
    """Return the sentence that tells of copies; pure."""
    keys = sorted({copy.key for copy in copies})
    what = f"{keys[0]} has a mask" if len(keys) == 1 else f"{len(keys)} photos have masks"
    return f"{what} that two machines wrote at the same time: one is in use, the other was kept as a copy beside it."


def _nothing(_error: BaseException) -> None:
    """A folder that is away has nothing to compare."""
