"""The Train tab: the trainings of this project, and how far each has come."""

from __future__ import annotations

import time

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from segstudio.desktop.commands import quoted
from segstudio.desktop.look import Look
from segstudio.desktop.opened import Changed
from segstudio.desktop.run_summaries import RunSummary
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.widgets.empty import CommandLine, EmptyPage
from segstudio.desktop.widgets.labels import label
from segstudio.desktop.widgets.table import Cell, Table

_COLUMNS = ("training", "network", "state", "epoch", "best mIoU", "last sign")
_TOKENS = {"open": "accent", "stopped": "warn", "finished": "good", "failed": "bad", "new": "text_dim"}
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def ago(seconds: float) -> str:
    """Return a duration as people say it: `3 min ago`."""
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE:.0f} min ago"
    if seconds < _DAY:
        return f"{seconds // _HOUR:.0f} h ago"
    return f"{seconds // _DAY:.0f} d ago"


def run_cells(run: RunSummary, now: float) -> tuple[Cell, ...]:
    """Return the row of one training; `now` in POSIX seconds; pure."""
    state = "cannot be read" if run.problem and run.state == "new" else run.state_text
    return (
        Cell(run.name, tip=run.problem),
        Cell(run.head or "–"),
        Cell(state, token="bad" if run.problem else _TOKENS[run.state], tip=run.problem),
        Cell(f"{run.epoch} of {run.epochs}" if run.epochs else "–", is_number=True),
        Cell(f"{run.miou:.3f}" if run.miou is not None else "–", is_number=True),
        Cell(ago(now - run.last_sign) if run.last_sign else "–", is_number=True),
    )


class TrainTab(QStackedWidget):
    """Reads the runs; a training is started from the command line for now."""

    def __init__(self, look: Look, session: ProjectSession) -> None:
        super().__init__()
        self._session = session
        self._commands = (CommandLine(look), CommandLine(look))
        empty = EmptyPage(
            look,
            "train",
            "No trainings yet",
            "This tab shows trainings but cannot start one yet: run this command in a terminal, then press F5.",
        )
        empty.add(self._commands[0])
        self._table = Table(look, "Trainings", _COLUMNS, stretched=0)
        self.addWidget(empty)
        self.addWidget(self._laid_out())
        self.setFocusProxy(self._table)
        session.changed.connect(self._on_session_changed)
        self._on_session_changed(Changed.RUNS)

    def _laid_out(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addWidget(label("Trainings of this project", "title"))
        column.addWidget(self._table, 1)
        column.addSpacing(8)
        column.addWidget(
            label(
                "This tab cannot start a training yet: run this command in a terminal, then press F5.",
                "dim",
                wraps=True,
            )
        )
        column.addWidget(self._commands[1])
        return page

    @Slot(object)
    def _on_session_changed(self, flags: Changed) -> None:
        opened = self._session.opened
        if opened is None or not flags & (Changed.RUNS | Changed.PROJECT):
            return
        for command in self._commands:
            command.set_command(f"segstudio train {quoted(opened.folder)}")
        now = time.time()
        self._table.show_rows([run_cells(run, now) for run in opened.runs])
        self.setCurrentIndex(1 if opened.runs else 0)
