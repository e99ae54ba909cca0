"""VersionsWish: from the action to the time line, and the way back as one edit; what is heavy is imported when asked."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.look import Look
from segstudio.desktop.opened import Changed
from segstudio.desktop.problems import Problem, problem_of
from segstudio.desktop.session import ProjectSession

if TYPE_CHECKING:
    from segstudio.desktop.editing.desk import PhotoDesk
    from segstudio.desktop.editing.open_photo import OpenPhoto
    from segstudio.desktop.versions.dialog import TimeLine
    from segstudio.desktop.versions.reading import Compared


class VersionsWish(QObject):
    """Answers `photo.versions`. `desk` is asked when the time line is first wanted. `shut_down` before the end."""

    def __init__(
        self,
        window: QWidget,
        *,
        look: Look,
        actions: Actions,
        session: ProjectSession,
        desk: Callable[[], PhotoDesk],
    ) -> None:
        super().__init__(window)
        self._window, self._look, self._session, self._tell_desk = window, look, session, desk
        self._keeping: Errands | None = None
        self.dialog: TimeLine | None = None
        actions["photo.versions"].triggered.connect(self._on_asked)

    def shut_down(self) -> None:
        """End what is under way."""
        if self.dialog is not None:
            self.dialog.hide()
            self.dialog.shut_down()
        if self._keeping is not None:
            self._keeping.shut_down()

    @Slot()
    def _on_asked(self) -> None:
        from segstudio.desktop.versions.dialog import TimeLine

        desk, opened = self._tell_desk(), self._session.opened
        shown = desk.shown
        if shown is None or opened is None:
            return
        desk.finish()
        if self.dialog is None:
            self.dialog = TimeLine(self._look, self._window)
            self.dialog.back_asked.connect(self._on_back_asked)
            desk.opened.connect(self._on_opened)
            self._session.changed.connect(self._on_session_changed)
            self._keeping = Errands("keep version", 1, self)
        self.dialog.open_on(shown, opened.classes)

    @Slot(object)
    def _on_opened(self, shown: OpenPhoto | None) -> None:
        """Another photo is on the desk: what is seen here is not its past."""
        if self.dialog is not None:
            self.dialog.hide()

    @Slot(object)
    def _on_session_changed(self, flags: Changed) -> None:
        if self.dialog is not None and flags & (Changed.PROJECT | Changed.CLASSES):
            self.dialog.hide()

    @Slot(object)
    def _on_back_asked(self, compared: Compared) -> None:
        """Save, keep what there is, and only then put the other mask over it."""
        from segstudio.project.project import Project
        from segstudio.project.versions import keep_now

        desk, keeping = self._tell_desk(), self._keeping
        shown = desk.shown
        if shown is None or keeping is None or self.dialog is None:
            return
        self.dialog.hide()
        problem = desk.save_now() if desk.unsaved else None
        if problem is not None:
            self._session.problem_met.emit(problem)
            return
        label = f"go back to {compared.version.when.astimezone():%d %b %Y %H:%M}"
        folder, photo = shown.folder, shown.photo
        keeping.send(
            lambda: keep_now(Project.open(folder), photo, doing=label),
            partial(self._put, desk, shown, compared, label),
            lambda error: self._session.problem_met.emit(problem_of(error)),
        )

    def _put(
        self, desk: PhotoDesk, shown: OpenPhoto, compared: Compared, label: str, _kept: None = None
    ) -> None:
        if desk.shown is not shown or not desk.can_paint:
            self._session.problem_met.emit(
                Problem(f"{shown.photo.key} is not open for painting any more.", level="info")
            )
            return
        desk.replace_with(compared.then, label)
        gone = (
            f" Void, because no longer in the class list: {', '.join(compared.gone)}."
            if compared.gone
            else ""
        )
        when = f"{compared.version.when.astimezone():%d %b %Y %H:%M}"
        told = f"{shown.photo.key} is as it was {when}. Undo takes it back.{gone}"
        self._session.problem_met.emit(Problem(told, level="info"))
