"""The Train tab as the frame knows it: runs are followed from the start, the page is made when it is first shown."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QMessageBox, QStackedWidget, QWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.look import Look
from segstudio.desktop.opened import Changed
from segstudio.desktop.problems import Problem
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.telling import Telling
from segstudio.desktop.train.board import RunBoard
from segstudio.desktop.train.errands import Errands
from segstudio.desktop.train.leaving import Leaving, leaving_words
from segstudio.desktop.train.words import run_line
from segstudio.desktop.widgets.labels import label
from segstudio.desktop.widgets.steps import Steps, Stepwise, put_up
from segstudio.desktop.work import JobControl

if TYPE_CHECKING:
    from segstudio.desktop.train.page import TrainPage

_REFRESH_MS, _SOON_MS = 2000, 100
"""The project is read again so often at most, and so soon after what was long quiet."""
_TOLD_ELSEWHERE = frozenset(
    {"crops", "differences", "fetch weights", "import weights", "measure speed", "note speed"}
)
"""Errands whose troubles are told where their results are shown, or where the run that is damaged is listed."""


class TrainTab(QStackedWidget):
    """Owns what follows the runs. What is heavy (pyqtgraph among it) is loaded in a thread at first sight. `parts_made`
    says that the page is there, whose parts stand as they are told from now on; `run_told` carries the line on the
    training that matters most, nothing for none.
    """

    parts_made = Signal()
    run_told = Signal(str)

    def __init__(self, look: Look, actions: Actions, session: ProjectSession) -> None:
        super().__init__()
        self._look, self._actions, self._session = look, actions, session
        self.board = RunBoard(self)
        self.errands = Errands(self)
        self._telling = Telling(session.problem_met.emit, session.problem_over.emit)
        self.page: TrainPage | None = None
        self._making = Stepwise(self)
        self._planned: dict[str, str] = {}
        waiting = label("One moment …", "dim")
        waiting.setContentsMargins(24, 24, 24, 24)
        self.addWidget(waiting)
        self._refresh = QTimer(self, singleShot=True)
        self._refresh.timeout.connect(self._on_refresh_due)
        self._refreshed = time.monotonic() - _REFRESH_MS / 1000
        self._run_line = ""
        self.board.runs_changed.connect(self._on_runs_changed)
        self.board.rows_changed.connect(self._on_rows_changed)
        self.board.problem_met.connect(session.problem_met)
        self.board.problem_over.connect(session.problem_over)
        self.errands.failed.connect(self._on_errand_failed)
        self.errands.succeeded.connect(self._telling.over)
        session.changed.connect(self._on_session_changed)
        self._on_session_changed(Changed.PROJECT | Changed.RUNS)

    def shut_down(self) -> None:
        """End the threads; the runs go on."""
        self._refresh.stop()
        self.board.shut_down()
        self._making.drop()
        self.errands.shut_down()

    @property
    def run_line(self) -> str:
        """The line on the training that matters most."""
        return self._run_line

    @property
    def is_training(self) -> bool:
        """Whether a process trains."""
        return bool(self.board.live())

    def still_part(self) -> QWidget | None:
        """Return where notices lie: over the charts, so that plan, run and options stay in reach."""
        page = self.page
        return page.view.plots.room if page is not None and self.currentWidget() is page else None

    def plan_with(self, changes: Mapping[str, str]) -> None:
        """Choose recipe fields for the next training, once the page is there."""
        if self.page is not None:
            self.page.plan.form.change(changes)
        else:
            self._planned = dict(changes)

    def may_leave(self, window: QWidget) -> bool:
        """Ask what becomes of the runs that are under way; False when the window is to stay open."""
        live = [now for now in self.board.live() if now.phase != "stopping"]
        if not live:
            return True
        answer = ask_leaving(window, [now.name for now in live])
        if answer == "stop":
            for now in live:
                self.board.stop_at_once(now.name)
        return answer != "stay"

    def showEvent(self, event: QShowEvent) -> None:
        """Make the page when the tab comes up for the first time."""
        super().showEvent(event)
        self._load_page()

    def _load_page(self) -> None:
        if self.page is None and not self.errands.is_running("page") and not self._making.is_at_it:
            self.errands.run("page", _import_page, self._on_page_loaded)

    def _on_page_loaded(self, _nothing: object) -> None:
        if self.page is None and not self._making.is_at_it and self._session.opened is not None:
            self._making.begin(self._page_steps())

    def _page_steps(self) -> Steps:
        from segstudio.desktop.train.page import TrainPage
        from segstudio.desktop.train.parts import train_parts

        around = (self._look, self._actions, self._session, self.board, self.errands)
        parts = yield from train_parts(*around)
        self.page = page = TrainPage(*around, parts=parts)
        if self._planned:
            page.plan.form.change(self._planned)
            self._planned = {}
        yield from put_up(page, self, added=self.parts_made)
        yield
        page.show_view()

    @Slot(object)
    def _on_session_changed(self, flags: Changed) -> None:
        opened = self._session.opened
        if flags & (Changed.PROJECT | Changed.RUNS):
            self.board.show_project(opened.folder if opened else None, opened.runs if opened else ())
        if opened is not None and self.page is not None:
            self.page.refresh(flags)
        elif opened is not None and self.isVisible():
            self._load_page()  # it came up before there was a project

    @Slot()
    def _on_runs_changed(self) -> None:
        if not self._refresh.isActive():
            quiet_ms = round((time.monotonic() - self._refreshed) * 1000)
            self._refresh.start(max(_SOON_MS, _REFRESH_MS - quiet_ms))

    @Slot()
    def _on_refresh_due(self) -> None:
        self._refreshed = time.monotonic()
        self._session.refresh()

    @Slot()
    def _on_rows_changed(self) -> None:
        line = run_line(self.board.rows())
        if line != self._run_line:
            self._run_line = line
            self.run_told.emit(line)

    @Slot(str, object)
    def _on_errand_failed(self, kind: str, problem: Problem) -> None:
        if kind not in _TOLD_ELSEWHERE:
            self._telling.tell(kind, problem)


def _import_page(_control: JobControl) -> None:
    import segstudio.desktop.train.page  # noqa: F401
    from segstudio.desktop.train.form.fields import recipe_fields

    recipe_fields()


def ask_leaving(window: QWidget, names: list[str]) -> Leaving:
    """Ask in a dialog: what a run has learnt since its last checkpoint cannot be had back once it was given up."""
    box = QMessageBox(window)
    box.setObjectName("leaving")
    box.setIcon(QMessageBox.Icon.NoIcon)
    text, more = leaving_words(names)
    box.setText(text)
    box.setInformativeText(more)
    go_on = box.addButton("Leave it going", QMessageBox.ButtonRole.AcceptRole)
    stop = box.addButton("Stop it", QMessageBox.ButtonRole.DestructiveRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(go_on)
    box.exec()
    clicked = box.clickedButton()
    box.deleteLater()
    return "go on" if clicked is go_on else "stop" if clicked is stop else "stay"
