"""RunsPanel: the list of runs, and what can be done with those that are selected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.look import Look
from segstudio.desktop.problems import Problem, Remedy, problem_of
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.telling import Telling
from segstudio.desktop.train.board import RunBoard, RunRow
from segstudio.desktop.train.errands import Errands
from segstudio.desktop.train.launch import command_line
from segstudio.desktop.train.phases import LIVE
from segstudio.desktop.train.run_files import RunUnderWayError, rename_run, restore_run, trash_run
from segstudio.desktop.train.run_list import RunList
from segstudio.desktop.widgets.labels import label
from segstudio.errors import SegStudioError


class RunsPanel(QWidget):
    """`renamed` carries the old and the new name of a run, `choices_asked` the file of the recipe to plan with."""

    renamed = Signal(str, str)
    choices_asked = Signal(object)

    def __init__(
        self, look: Look, actions: Actions, session: ProjectSession, board: RunBoard, errands: Errands
    ) -> None:
        super().__init__()
        self._actions, self._session, self._board, self._errands = actions, session, board, errands
        self._refusals = Telling(session.problem_met.emit, session.problem_over.emit)
        self._under_way: set[str] = set()
        self.list = RunList(look)
        self._empty = label("No runs yet: Start training makes one.", "dim", wraps=True)
        self._empty.setContentsMargins(16, 0, 16, 0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(4)
        title = label("Runs")
        title.setContentsMargins(16, 0, 16, 0)
        title.setFont(look.theme.font("body", bold=True))
        column.addWidget(title)
        column.addWidget(self._empty, 1)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.list, 1)
        self.list.customContextMenuRequested.connect(self._on_menu_asked)
        self.list.runs.rename_asked.connect(self._on_rename_asked)
        for action_id, slot in (
            ("run.rename", self._on_rename_chosen),
            ("run.folder", self._on_folder_asked),
            ("run.choices", self._on_choices_asked),
            ("run.command", self._on_command_asked),
            ("run.delete", self._on_delete_asked),
        ):
            actions[action_id].triggered.connect(slot)

    def refresh(self) -> None:
        """Show the runs as they are."""
        rows = self._board.rows()
        self._empty.setVisible(not rows)
        self.list.setVisible(bool(rows))
        self.list.show_rows(rows)
        self._forget_refusals(rows)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete throws away what is selected."""
        if event.key() == Qt.Key.Key_Delete and self.list.hasFocus():
            self._actions["run.delete"].trigger()
        else:
            super().keyPressEvent(event)

    def _folder(self) -> Path | None:
        return self._session.opened.folder if self._session.opened is not None else None

    def _tell(self, text: str, *actions: Remedy) -> None:
        self._session.problem_met.emit(Problem(text, level="info", actions=actions))

    @Slot(QPoint)
    def _on_menu_asked(self, place: QPoint) -> None:
        if not self.list.selected():
            return
        menu = QMenu(self)
        self._actions.fill(
            menu,
            "train.stop",
            "train.resume",
            "",
            "run.rename",
            "run.choices",
            "run.folder",
            "run.command",
            "",
            "run.delete",
        )
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.list.viewport().mapToGlobal(place))

    @Slot()
    def _on_rename_chosen(self) -> None:
        indexes = self.list.selectionModel().selectedIndexes()
        if indexes:
            self.list.setFocus()
            self.list.edit(indexes[0])

    @Slot(str, str)
    def _on_rename_asked(self, name: str, wanted: str) -> None:
        folder = self._folder()
        if folder is None:
            return
        try:
            renamed = rename_run(folder / "runs" / name, wanted)
        except SegStudioError as error:
            self._refuse(name, error)
            return
        self._refusals.over(name)
        self.list.runs.rename(name, renamed.name)  # first: what is selected stays so
        self.renamed.emit(name, renamed.name)
        self._board.rename(name, renamed.name)
        self._session.refresh()

    @Slot()
    def _on_folder_asked(self) -> None:
        folder = self._folder()
        for name in self.list.selected()[:1]:
            if folder is not None and not QDesktopServices.openUrl(
                QUrl.fromLocalFile(str(folder / "runs" / name))
            ):
                self._tell(f"The folder is {folder / 'runs' / name}")

    @Slot()
    def _on_choices_asked(self) -> None:
        folder = self._folder()
        for name in self.list.selected()[:1]:
            if folder is not None:
                self.choices_asked.emit(folder / "runs" / name / "recipe.toml")

    @Slot()
    def _on_command_asked(self) -> None:
        folder = self._folder()
        for name in self.list.selected()[:1]:
            if folder is not None:
                words = ("train", str(folder), "--recipe", str(folder / "runs" / name / "recipe.toml"))
                QGuiApplication.clipboard().setText(command_line(words))
                self._tell("The command is copied: paste it into a terminal.")

    @Slot()
    def _on_delete_asked(self) -> None:
        folder, trashed = self._folder(), []
        if folder is None:
            return
        for name in self.list.selected():
            run = folder / "runs" / name
            try:
                trashed.append((trash_run(run), run))
                self._board.forget(name)
            except SegStudioError as error:
                self._refuse(name, error)
        if trashed:
            what = f"The run {trashed[0][1].name} is" if len(trashed) == 1 else f"{len(trashed)} runs are"
            self._tell(
                f"{what} in the project's trash folder.", Remedy("Undo", do=lambda: self._restore(trashed))
            )
            self._session.refresh()

    def _restore(self, trashed: list[tuple[Path, Path]]) -> None:
        for there, run in trashed:
            try:
                restore_run(there, run)
            except SegStudioError as error:
                self._refuse(run.name, error)
        self._session.refresh()

    def _refuse(self, name: str, error: SegStudioError) -> None:
        """Tell why a run is not moved; where it is trained, with the way to end that."""
        problem = problem_of(error)
        if isinstance(error, RunUnderWayError):
            self._under_way.add(name)
            problem = replace(problem, actions=(Remedy("Stop it", do=partial(self._board.stop, name)),))
        self._refusals.tell(name, problem)

    def _forget_refusals(self, rows: Sequence[RunRow]) -> None:
        """Take away what was told of runs that are not there any more, or have ended."""
        phases = {row.name: row.phase for row in rows}
        for name in self._refusals.about - phases.keys():
            self._refusals.over(name)
        for name in [name for name in self._under_way if phases.get(name) not in LIVE]:
            self._under_way.discard(name)
            self._refusals.over(name)
