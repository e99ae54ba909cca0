"""TrainPage: what is planned and what was trained at the left, what a run tells at the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.look import Look
from segstudio.desktop.opened import Changed
from segstudio.desktop.problems import Problem
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.train.board import RunBoard
from segstudio.desktop.train.comparing import differences_of
from segstudio.desktop.train.errands import Errands
from segstudio.desktop.train.launch import new_run
from segstudio.desktop.train.parts import TrainParts
from segstudio.desktop.train.phases import CAN_GO_ON
from segstudio.desktop.train.plots.series import csv_of
from segstudio.desktop.train.previews import Truths, preview_pairs
from segstudio.desktop.train.run_thread import RunNow
from segstudio.desktop.work import JobControl
from segstudio.files import write_text
from segstudio.project.classes import ClassList

_MOST_LAID_OVER = 6


class TrainPage(QWidget):
    """The tab once it was first shown. The runs go on without it."""

    def __init__(
        self,
        look: Look,
        actions: Actions,
        session: ProjectSession,
        board: RunBoard,
        errands: Errands,
        *,
        parts: TrainParts,
    ) -> None:
        super().__init__()
        self._look, self._actions, self._session = look, actions, session
        self._board, self._errands = board, errands
        self._chosen: tuple[str, ...] = ()
        self._shown: tuple[str, ...] = ()
        self._is_stale = False
        self._truths = Truths()
        self.plan, self.runs, self.view = parts.plan, parts.runs, parts.view
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(parts.columns)
        self.setFocusProxy(self.plan.form.head)
        self._connect()
        self.refresh(Changed.PROJECT | Changed.PHOTOS | Changed.CLASSES | Changed.RUNS)

    def refresh(self, flags: Changed) -> None:
        """Take over what changed in the project."""
        if flags & Changed.PROJECT:
            self._chosen, self._truths = (), Truths()
        self.plan.refresh(flags)
        if flags & (Changed.PROJECT | Changed.RUNS):
            self._on_rows_changed()
        if flags & Changed.CLASSES:
            self._show_chosen()
        if flags & (Changed.CLASSES | Changed.MASK):
            self._show_previews()

    @Slot()
    def show_view(self) -> None:
        """Show the right side, which is made a little later than the left: each takes its time."""
        self.view.show()
        QTimer.singleShot(0, self.view.plots, self.view.plots.build)

    def choose(self, *names: str) -> None:
        """Show these runs."""
        self.runs.list.select(names)

    # -- building

    def _connect(self) -> None:
        self.plan.start_asked.connect(self._on_start_asked)
        self.runs.list.chosen.connect(self._on_chosen)
        self.runs.renamed.connect(self._on_renamed)
        self.runs.choices_asked.connect(self.plan.take)
        self._board.rows_changed.connect(self._on_rows_changed)
        self._board.seen.connect(self._on_seen)
        self.view.stop_asked.connect(self._board.stop)
        self.view.resume_asked.connect(self._on_resume_asked)
        self.view.previews.wanted.connect(self._show_previews)
        self.view.plots.export_asked.connect(self._on_export_asked)
        self._actions["train.stop"].triggered.connect(self._on_stop_chosen)
        self._actions["train.resume"].triggered.connect(self._on_resume_chosen)

    # -- showing

    @Slot()
    def _on_rows_changed(self) -> None:
        self.runs.refresh()
        rows = [row.name for row in self._board.rows()]
        kept = tuple(name for name in self._chosen if name in rows)
        if not kept and rows:
            live = [now.name for now in self._board.live() if now.name in rows]
            self.choose((live or rows)[0])
        elif kept != self._chosen:
            self.choose(*kept)
        self.plan.know_starting(any(now.phase == "starting" for now in self._board.live()))
        self._show_chosen()

    @Slot(object)
    def _on_chosen(self, names: tuple[str, ...]) -> None:
        self._chosen = names[:_MOST_LAID_OVER]
        self._show_chosen()

    @Slot(str, str)
    def _on_renamed(self, before: str, after: str) -> None:
        self._chosen = tuple(after if name == before else name for name in self._chosen)
        opened = self._session.opened
        if opened is not None:
            runs = opened.folder / "runs"
            self.plan.follow_renamed(runs / before, runs / after)

    @Slot(object)
    def _on_seen(self, now: RunNow) -> None:
        self.plan.heads.note(now)
        if now.name in self._chosen:
            self._is_stale = not self.isVisible()
            if not self._is_stale:
                self._show_chosen()

    def showEvent(self, event: QShowEvent) -> None:
        """Show what came while nobody looked."""
        super().showEvent(event)
        if self._is_stale:
            self._is_stale = False
            self._show_chosen()

    def _show_chosen(self) -> None:
        opened = self._session.opened
        for name in self._chosen:
            if self._board.now(name) is None:
                self._board.watch(name)
        found = [now for now in map(self._board.now, self._chosen) if now is not None]
        names = tuple(now.name for now in found)
        is_anew = names != self._shown
        self.view.show_runs(found, opened.classes if opened else ClassList(), anew=is_anew)
        self._shown = names
        if is_anew:
            self._show_differences([now.path for now in found])
        first = found[0] if found else None
        self._actions.know(
            has_run=bool(self._chosen),
            can_stop_run=first is not None and first.phase in ("running", "starting"),
            can_resume_run=first is not None and first.phase in CAN_GO_ON,
        )

    def _show_differences(self, runs: Sequence[Path]) -> None:
        if len(runs) < 2:
            self._errands.cancel("differences")
            self.view.show_differences("")
            return

        def show(text: str) -> None:
            if len(self._shown) > 1:
                self.view.show_differences(text)

        self._errands.run("differences", lambda _control: differences_of(runs), show)

    @Slot()
    def _show_previews(self) -> None:
        opened, now, epoch = self._session.opened, self.view.first, self.view.previews.epoch
        if opened is None or now is None or not epoch:
            return
        previews = [preview for preview in now.told.previews if preview.epoch == epoch]
        wanted = {preview.photo for preview in previews}
        photos = {
            photo.key: (photo, opened.project.mask_path(photo))
            for photo in opened.photos
            if photo.key in wanted
        }
        run, classes, truths = now.path, opened.classes, self._truths
        self._errands.run(
            "previews",
            lambda _control: preview_pairs(run, previews, photos, classes, truths),
            self.view.previews.show_pairs,
        )

    # -- what the person wants

    @Slot(str, object)
    def _on_start_asked(self, recipe: str, changes: Mapping[str, Any]) -> None:
        opened = self._session.opened
        if opened is None:
            return
        head = self.plan.form.value("head")
        name = free_name(opened.folder / "runs", f"{datetime.now():%Y-%m-%d-%H%M}-{head}")
        self._chosen = (name,)
        gpus = self.plan.form.gpus.count
        self._board.start(new_run(opened.folder, name, recipe, changes, processes=gpus))
        self.choose(name)

    @Slot(str)
    def _on_resume_asked(self, name: str) -> None:
        self._board.resume(name)

    @Slot()
    def _on_stop_chosen(self) -> None:
        if self._chosen:
            self._board.stop(self._chosen[0])

    @Slot()
    def _on_resume_chosen(self) -> None:
        if self._chosen:
            self._on_resume_asked(self._chosen[0])

    @Slot(str)
    def _on_export_asked(self, kind: str) -> None:
        now = self.view.first
        if now is None:
            return
        words = {"png": "Pictures (*.png)", "csv": "Tables (*.csv)"}[kind]
        chosen, _ = QFileDialog.getSaveFileName(self, "Save", f"{now.name}.{kind}", words)
        if chosen:
            self.export(kind, Path(chosen))

    def export(self, kind: str, path: Path) -> None:
        """Write the charts as a picture, or the values of the runs that are shown as tables."""
        found = [now for now in map(self._board.now, self._chosen) if now is not None]
        if kind == "png":
            if not self.view.plots.save_picture(path):
                self._session.problem_met.emit(Problem(f"{path}: the picture could not be written."))
            return

        def work(_control: JobControl) -> tuple[Path, Path]:
            epochs, steps = csv_of({now.name: now.told for now in found})
            write_text(path, epochs)
            beside = path.with_name(free_name(path.parent, f"{path.stem}-steps", path.suffix))
            write_text(beside, steps)
            return path, beside

        self._errands.run("export", work, self._on_exported)

    def _on_exported(self, written: tuple[Path, Path]) -> None:
        path, beside = written
        text = f"{path.name} holds the epochs, {beside.name} beside it the steps."
        self._session.problem_met.emit(Problem(text, level="info"))


def free_name(folder: Path, stem: str, suffix: str = "") -> str:
    """Return `stem` and `suffix`, with a number between them when something in the folder is called so."""
    number, name = 1, f"{stem}{suffix}"
    while (folder / name).exists():
        number += 1
        name = f"{stem}-{number}{suffix}"
    return name
