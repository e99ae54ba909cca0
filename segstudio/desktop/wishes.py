"""Wishes: what the person asks of the frame and of the project as a whole, each from the asking to the doing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.dropping import Dropped, suggested_name
from segstudio.desktop.look import Look
from segstudio.desktop.problems import Problem
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.settings import Places, Settings
from segstudio.desktop.widgets.notice_bar import NoticeBar
from segstudio.desktop.work import Job

if TYPE_CHECKING:  # brings in the description of models
    from segstudio.runs.model_card import ModelCard


class Wishes(QObject):
    """Answers the actions of groups Project and Help. What is heavy or rarely asked for is imported when it is."""

    def __init__(
        self,
        window: QWidget,
        *,
        look: Look,
        actions: Actions,
        session: ProjectSession,
        places: Places,
        notice: NoticeBar,
    ) -> None:
        super().__init__(window)
        self._window, self._look, self._actions = window, look, actions
        self._session, self._places, self._notice = session, places, notice
        self._shortcuts: QWidget | None = None
        self._glance: Job | None = None
        self._model = Path()
        self._kept: tuple[Path, tuple[Path, ...]] | None = None
        for action_id, slot in (
            ("project.new", self._on_new_asked),
            ("project.open", self._on_open_asked),
            ("project.sample", self._on_sample_asked),
            ("project.refresh", session.refresh),
            ("project.folder", self._on_folder_asked),
            ("project.close", session.close),
            ("job.cancel", session.cancel),
            ("help.shortcuts", self._on_shortcuts_asked),
            ("help.log", self._on_log_asked),
        ):
            actions[action_id].triggered.connect(slot)

    def open_project(self, folder: Path) -> None:
        """Open the project in `folder`."""
        self._session.open(folder)

    def new_project(
        self, files: Sequence[Path] = (), *, name: str = "", classes: Sequence[tuple[str, str]] = ()
    ) -> None:
        """Ask for a new project; `files` go to its Import tab, a model to Review, once it is there."""
        from segstudio.desktop.tabs.new_project import NewProjectDialog  # brings in the project store

        dialog = NewProjectDialog(
            self._look,
            self._places.documents,
            self._window,
            name=name or suggested_name(files),
            files=tuple(files),
            classes=classes,
        )
        dialog.accepted.connect(self._on_new_accepted)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def files_for(self, folder: Path) -> tuple[Path, ...]:
        """Hand over, once, the files that wait for the project in `folder`."""
        kept, self._kept = self._kept, None
        return kept[1] if kept is not None and kept[0].resolve() == folder.resolve() else ()

    def take(self, dropped: Dropped) -> None:
        """Do with what was dropped what fits while no tab can take it: open the project, or offer a new one."""
        if self._session.is_busy:
            self._notice.tell(Problem("Something is under way: drop it again when it is done.", level="info"))
        elif dropped.project is not None:
            self.open_project(dropped.project)
        elif dropped.is_model and len(dropped.files) == 1:
            self.offer_model(dropped.files[0])
        elif dropped.files:
            self.new_project(dropped.files)

    def offer_model(self, path: Path) -> None:
        """Say what a model file is, and offer a new project with its classes, or to use it in another."""
        from segstudio.runs.model_glance import glance

        if self._glance is not None:
            self._notice.tell(Problem(f"{self._glance.status.what} comes first.", level="info"))
            return
        self._model = path
        self._glance = Job(f"Looking at {path.name}", lambda _control: glance(path), self)
        self._glance.succeeded.connect(self._on_glanced)
        self._glance.failed.connect(self._on_glance_failed)
        self._glance.start()

    def shut_down(self) -> None:
        """Wait for what is under way."""
        if self._glance is not None:
            self._glance.succeeded.disconnect(self._on_glanced)
            self._glance.failed.disconnect(self._on_glance_failed)
            self._end_glance()

    @Slot(object)
    def _on_glance_failed(self, problem: Problem) -> None:
        self._end_glance()
        self._notice.tell(problem)

    def _end_glance(self) -> None:
        job, self._glance = self._glance, None
        if job is not None:
            job.wait()  # its last act was the signal that brought us here
            job.deleteLater()

    @Slot(object)
    def _on_glanced(self, card: ModelCard) -> None:
        from segstudio.desktop.reviewing.model_offer import ModelOffer  # brings in the description of models

        self._end_glance()
        path = self._model
        recent = Settings(self._places).recent()
        offer = ModelOffer(
            self._look, path, card, recent=recent, place=self._places.documents, parent=self._window
        )
        classes = tuple((entry.name, entry.colour) for entry in card.classes)
        offer.new_asked.connect(lambda: self._project_for(path, card.project or path.stem, classes))
        offer.project_chosen.connect(lambda folder: self._open_with(folder, path))
        offer.finished.connect(offer.deleteLater)
        offer.open()

    def _project_for(self, model: Path, name: str, classes: tuple[tuple[str, str], ...]) -> None:
        self.new_project((model,), name=name, classes=classes)

    def _open_with(self, folder: Path, model: Path) -> None:
        self._kept = (folder, (model,))
        self.open_project(folder)

    @Slot()
    def _on_new_asked(self) -> None:
        self.new_project()

    @Slot()
    def _on_new_accepted(self) -> None:
        from segstudio.desktop.tabs.new_project import NewProjectDialog

        dialog = self.sender()
        wanted = dialog.result_value if isinstance(dialog, NewProjectDialog) else None
        if wanted is not None:
            self._kept = (wanted.folder, wanted.files) if wanted.files else None
            self._session.create(wanted.folder, wanted.name, wanted.classes)

    @Slot()
    def _on_open_asked(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self._window, "Open a project", str(self._places.documents))
        if chosen:
            self.open_project(Path(chosen))

    @Slot()
    def _on_sample_asked(self) -> None:
        self._session.make_sample(self._places.documents / "Sample jumps")

    @Slot()
    def _on_folder_asked(self) -> None:
        if self._session.opened is not None:
            self._show_in_system(self._session.opened.folder)

    @Slot()
    def _on_log_asked(self) -> None:
        self._show_in_system(self._places.logs)

    def _show_in_system(self, folder: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self._notice.tell(Problem(f"The folder is {folder}", level="info"))

    @Slot()
    def _on_shortcuts_asked(self) -> None:
        from segstudio.desktop.shortcuts import ShortcutsPage

        if not isinstance(self._shortcuts, ShortcutsPage):
            self._shortcuts = ShortcutsPage(self._look, self._actions, self._window)
        self._shortcuts.show()
        self._shortcuts.raise_()
        self._shortcuts.search.setFocus()
