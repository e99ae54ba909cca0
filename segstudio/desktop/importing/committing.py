"""Commit and TakeBack: writing what is ready into the project, or taking an import back, as jobs of the session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from segstudio.desktop.importing.preparing import Examination, Material, prepare_again
from segstudio.desktop.problems import Stopped
from segstudio.desktop.work import JobControl
from segstudio.formats.importing import commit_import
from segstudio.formats.options import ImportOptions
from segstudio.formats.record import ImportRecord, read_record
from segstudio.formats.threads import polite_workers
from segstudio.formats.undoing import Undone, undo_import
from segstudio.painting.stroke_journals import StrokeJournals
from segstudio.project.change import ProjectChangedError
from segstudio.project.classes import ClassList
from segstudio.project.project import Project

Release = Callable[[Callable[[], None]], None]
"""Saves and closes all photos that are open for painting, then calls what it is given."""


def at_once(then: Callable[[], None]) -> None:
    """The Release of a window in which no photo is open."""
    then()


@dataclass(slots=True)
class Commit:
    """What is to be written, and how that ended: `record` and its `path` once it is written, `is_outdated` when the
    project was changed meanwhile and nothing was. Written by the worker, read after its end.
    """

    folder: Path
    material: Material
    classes: ClassList
    options: ImportOptions
    examination: Examination | None
    record: ImportRecord | None = None
    path: Path | None = None
    is_outdated: bool = False

    def work(self) -> Callable[[JobControl], object]:
        """Return the work of the job."""
        return self._write

    def _write(self, control: JobControl) -> None:
        project = Project.open(self.folder)
        if self.examination is not None:
            prepared = self.examination.prepared
        else:
            prepared = prepare_again(self.material, project, self.classes, self.options, control)
        try:
            self.path = commit_import(
                prepared,
                project,
                workers=polite_workers(),
                progress=control.stage("Importing"),
                cancelled=control.cancelled,
            )
        except ProjectChangedError as changed:
            self.is_outdated = True  # it is prepared again as things are now, and that is told: no error
            raise Stopped from changed
        self.record = read_record(self.path)


@dataclass(slots=True)
class TakeBack:
    """The import to take back, by its record, and what was done, once it is. Written by the worker, read after its end."""

    folder: Path
    path: Path
    undone: Undone | None = None
    record: ImportRecord | None = None

    def work(self) -> Callable[[JobControl], object]:
        """Return the work of the job."""
        return self._take_back

    def _take_back(self, control: JobControl) -> None:
        self.undone = undo_import(
            Project.open(self.folder),
            self.path,
            StrokeJournals(),
            progress=control.stage("Looking at masks"),
            cancelled=control.cancelled,
        )
        self.record = read_record(self.path)
