"""MergeWish: a pack is compared, looked at, and merged as one change that can be taken back."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from segstudio.desktop.editing.desk import PhotoDesk
from segstudio.desktop.look import Look
from segstudio.desktop.problems import Problem, Remedy
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.versions.errand import ProjectErrand
from segstudio.desktop.versions.merge_window import MergeWindow
from segstudio.desktop.work import Job, JobControl
from segstudio.painting.stroke_journals import StrokeJournals
from segstudio.project.merged import Merge, merge, unmerge
from segstudio.project.merging import MergePlan, is_zip, opened_pack, plan_merge
from segstudio.project.project import Project


class MergeWish(QObject):
    """One at a time. `shut_down` before the end."""

    def __init__(
        self,
        window: QWidget,
        *,
        look: Look,
        session: ProjectSession,
        desk: PhotoDesk,
        errand: ProjectErrand,
    ) -> None:
        super().__init__(window)
        self._window, self._look, self._session, self._desk, self._errand = (
            window,
            look,
            session,
            desk,
            errand,
        )
        self._comparing: Job | None = None
        self._open = ExitStack()
        self.dialog: MergeWindow | None = None
        errand.over.connect(self._on_errand_over)

    def begin(self, source: Path) -> None:
        """Compare what `source` holds, a pack or a project, and show it."""
        opened = self._session.opened
        if opened is None or self._comparing is not None or self.dialog is not None:
            return
        problem = self._desk.save_now() if self._desk.unsaved else None
        if problem is not None:
            self._session.problem_met.emit(problem)
            return
        folder, held = opened.folder, self._open
        self._session.problem_met.emit(Problem(f"Comparing {source.name} with the project …", level="info"))

        def work(control: JobControl) -> tuple[Project, MergePlan]:
            project = Project.open(folder)
            part = held.enter_context(opened_pack(source, cancelled=control.cancelled))
            journals, from_zip = StrokeJournals(), is_zip(source)
            return project, plan_merge(
                project, part, journals, from_zip=from_zip, cancelled=control.cancelled
            )

        self._comparing = Job(f"Comparing {source.name}", work, self, can_cancel=True)
        self._comparing.succeeded.connect(self._on_compared)
        self._comparing.failed.connect(self._on_failed)
        self._comparing.stopped.connect(self._end_comparing)
        self._comparing.start()

    def shut_down(self) -> None:
        """End what is under way, and let go of what was unpacked."""
        if self._comparing is not None:
            self._comparing.cancel()
            self._comparing.wait()
        if self.dialog is not None:
            self.dialog.hide()
            self.dialog.shut_down()
        self._open.close()

    @Slot(object)
    def _on_compared(self, compared: tuple[Project, MergePlan]) -> None:
        self._end_job()
        project, plan = compared
        opened = self._session.opened
        if opened is None or opened.folder != project.folder:
            self._open.close()
            return
        self.dialog = MergeWindow(self._look, project, plan, self._window)
        self.dialog.merge_asked.connect(self._on_merge_asked)
        self.dialog.rejected.connect(self._on_rejected)
        self.dialog.open()

    @Slot(object)
    def _on_failed(self, problem: Problem) -> None:
        self._end_comparing()
        self._session.problem_met.emit(problem)

    @Slot()
    def _end_comparing(self) -> None:
        self._end_job()
        self._open.close()

    def _end_job(self) -> None:
        job, self._comparing = self._comparing, None
        if job is not None:
            job.wait()  # its last act was the signal that brought us here
            job.deleteLater()

    @Slot()
    def _on_rejected(self) -> None:
        self._close()
        self._open.close()

    def _close(self) -> None:
        dialog, self.dialog = self.dialog, None
        if dialog is not None:
            dialog.hide()
            dialog.shut_down()
            dialog.deleteLater()

    @Slot()
    def _on_merge_asked(self) -> None:
        if self.dialog is None:
            return
        plan, choices = self.dialog.plan, self.dialog.choices
        self._close()

        def work(project: Project, control: JobControl) -> Problem:
            stage = control.stage("Merging")
            done = merge(
                project, plan, choices, StrokeJournals(), progress=stage, cancelled=control.cancelled
            )
            undo = Remedy("Take it back", do=partial(self._take_back, done))
            return Problem(f"{done.told(plan)}.", level="info", actions=() if done.is_empty else (undo,))

        self._errand.begin("Merging", work)

    def _take_back(self, record: Merge) -> None:
        def work(project: Project, _control: JobControl) -> Problem:
            done = unmerge(project, record, StrokeJournals())
            left = f" Painted since, and kept: {', '.join(done.left)}." if done.left else ""
            told = f"The merge of {record.name} is taken back.{left} {done.told_classes()}".strip()
            return Problem(told, level="info")

        self._errand.begin("Taking the merge back", work)

    @Slot()
    def _on_errand_over(self) -> None:
        if self.dialog is None and self._comparing is None:
            self._open.close()
