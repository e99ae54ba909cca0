"""Preparer: reads what was given and looks at every photo, in a worker; unpacked ZIPs live as long as they are needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from segstudio.desktop.importing.mapping import label_rows
from segstudio.desktop.importing.rows import Row, make_rows
from segstudio.desktop.problems import Problem
from segstudio.desktop.work import EndingJobs, Job, JobControl, JobStatus
from segstudio.errors import SegStudioError
from segstudio.formats.examine import Looks, examine
from segstudio.formats.importing import PreparedImport
from segstudio.formats.labels import depths
from segstudio.formats.options import Boxes, ImportOptions
from segstudio.formats.plan import ImportPlan, make_plan, replanned
from segstudio.formats.report import make_report
from segstudio.formats.shelf import tally_of
from segstudio.formats.sources import Gathered, gather
from segstudio.formats.splitting import told_splits
from segstudio.formats.table import BoxesOnlyError, UnknownFileError, annotation_extensions
from segstudio.formats.threads import polite_workers
from segstudio.project.classes import ClassList
from segstudio.project.photos import Split
from segstudio.project.project import Project


@dataclass(frozen=True, slots=True)
class Material:
    """What was read of the files that were given; `kept` holds the unpacked ZIPs until it is closed. `boxes` is what became of
    boxes, None where there are none.
    """

    kept: ExitStack
    gathered: Gathered
    plan: ImportPlan
    refused: tuple[SegStudioError, ...]
    rows: tuple[Row, ...]
    depth_of: Mapping[str, float] = field(default_factory=dict)
    looks: Looks = field(default_factory=Looks)
    told_splits: Mapping[Split, int] = field(default_factory=dict)
    boxes: Boxes | None = None

    @property
    def only_photos(self) -> bool:
        """Whether there is no annotation file among it."""
        return not self.gathered.files

    @property
    def told_without_classes(self) -> str:
        """Why there are no classes, where there are none."""
        known = any(not isinstance(error, UnknownFileError) for error in self.plan.not_read)
        if known or self.plan.damaged or self.refused:
            return "None: something could not be read. The table says what, and why."
        if self.only_photos:
            return "Photos alone have none: they come in to be painted."
        return "No shapes found."


@dataclass(frozen=True, slots=True)
class Examination:
    """What an import would do under the options that it was asked for."""

    prepared: PreparedImport
    rows: tuple[Row, ...]


class Preparer(QObject):
    """One worker at a time; the newest wish counts. `was_read` carries a Material, `was_examined` an Examination,
    `work_changed` a JobStatus or None, `problem_met` a Problem.
    """

    was_read = Signal(object)
    was_examined = Signal(object)
    work_changed = Signal(object)
    problem_met = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._job: Job | None = None
        self._ending = EndingJobs(self)
        self._material: Material | None = None
        self._stacks: list[ExitStack] = []  # every one that may hold something unpacked

    @property
    def material(self) -> Material | None:
        """What was read."""
        return self._material

    @property
    def is_busy(self) -> bool:
        """Whether something is read or looked at."""
        return self._job is not None

    def read(
        self, sources: Sequence[Path], folder: Path, boxes: Boxes | None = None, *, masks: bool = False
    ) -> None:
        """Read `sources` for the project in `folder`, with boxes, and `masks` of any name, as they are wanted; what was read
        before is thrown away.
        """
        wanted, looks = tuple(sources), self._material.looks if self._material is not None else Looks()
        self.clear()
        stack = ExitStack()
        self._stacks.append(stack)
        self._begin(
            "Reading annotations",
            lambda control: _read(
                wanted, folder, boxes, masks=masks, looks=looks, kept=stack, control=control
            ),
        )

    def examine(self, folder: Path, classes: ClassList, options: ImportOptions) -> None:
        """Tell what an import under these options would do; what was asked before is given up."""
        material = self._material
        if material is None:
            return
        self._stop()
        self._begin(
            "Looking at photos", lambda control: _examine(material, folder, classes, options, control)
        )

    def clear(self) -> None:
        """Give up what is under way and forget what was read."""
        self._stop()
        material, self._material = self._material, None
        if material is not None:
            self._tidy(material)

    def shut_down(self) -> None:
        """End all threads, and remove what was unpacked."""
        self.clear()
        self._ending.wait()
        for stack in self._stacks:
            stack.close()

    def _tidy(self, material: Material) -> None:
        """Remove what was unpacked, in a worker that begins when all those that use it have ended."""
        before, stack = [job.over for job in self._ending], material.kept

        def work(_control: JobControl) -> None:
            for over in before:
                over.wait()
            stack.close()

        job = Job("Tidying up", work, self)
        job.start()
        self._ending.add(job)

    def _begin(self, what: str, work: Callable[[JobControl], object]) -> None:
        job = Job(what, work, self, can_cancel=True)
        self._job = job
        job.progressed.connect(self._on_progressed)
        job.succeeded.connect(self._on_succeeded)
        job.failed.connect(self._on_failed)
        job.stopped.connect(self._on_stopped)
        self.work_changed.emit(job.status)
        job.start()

    def _stop(self) -> None:
        job, self._job = self._job, None
        if job is not None:
            job.cancel()
            self._ending.add(job)
            self.work_changed.emit(None)

    @Slot(object)
    def _on_progressed(self, status: JobStatus) -> None:
        if self.sender() is self._job:
            self.work_changed.emit(status)

    @Slot(object)
    def _on_succeeded(self, result: object) -> None:
        if self.sender() is not self._job:
            if isinstance(result, Material):  # read for nobody
                self._tidy(result)
            return
        self._end()
        if isinstance(result, Material):
            self._material = result
            self.was_read.emit(result)
        elif isinstance(result, Examination):
            self.was_examined.emit(result)

    @Slot(object)
    def _on_failed(self, problem: Problem) -> None:
        if self.sender() is self._job:
            self._end()
            self.problem_met.emit(problem)

    @Slot()
    def _on_stopped(self) -> None:
        if self.sender() is self._job:
            self._end()

    def _end(self) -> None:
        self._ending.add(self._job)
        self._job = None
        self.work_changed.emit(None)


def _read(
    sources: tuple[Path, ...],
    folder: Path,
    boxes: Boxes | None,
    *,
    masks: bool,
    looks: Looks,
    kept: ExitStack,
    control: JobControl,
) -> Material:
    unpacking = control.stage("Unpacking")

    def progress(done: int, total: int) -> None:
        control.check()
        unpacking(done, total)

    refused: list[SegStudioError] = []
    try:
        gathered = kept.enter_context(
            gather(
                _in_order(sources), refused=refused, boxes=boxes == "areas", masks=masks, progress=progress
            )
        )
        classes = Project.open(folder).classes
        plan = make_plan(
            gathered,
            classes,
            ImportOptions(boxes=boxes),
            tolerant=True,
            progress=control.stage("Reading annotations"),
            cancelled=control.cancelled,
        )
    except Exception:
        kept.close()
        raise
    # what only lies beside an annotation file was not given
    plan = replace(plan, spare=tuple(planned for planned in plan.spare if planned.photo.offered))
    annotations = [annotation for annotation, _ in plan.matching.pairs]
    depth_of = depths(annotations)
    label_rows(plan.uses, classes)  # the first colour that is chosen takes a tenth of a second: better here
    rows = make_rows(plan, (), refused)
    return Material(
        kept,
        gathered,
        plan,
        tuple(refused),
        rows,
        depth_of,
        looks,
        told_splits=told_splits(annotations),
        boxes=_boxes_in(plan, refused),
    )


def _boxes_in(plan: ImportPlan, refused: Sequence[SegStudioError]) -> Boxes | None:
    if any(tally_of(annotation.shapes).boxes for annotation, _ in plan.matching.pairs):
        return "areas"
    unread = any(isinstance(error, BoxesOnlyError) for error in (*plan.not_read, *refused))
    return "leave-out" if unread or plan.skipped.get("box") else None


def _in_order(sources: Sequence[Path]) -> list[Path]:
    """Photos that were given themselves come before those that only lie beside an annotation file."""
    extensions = annotation_extensions()
    return sorted(sources, key=lambda path: path.suffix.lower() in extensions)


def _examine(
    material: Material, folder: Path, classes: ClassList, options: ImportOptions, control: JobControl
) -> Examination:
    prepared = prepare_again(material, Project.open(folder), classes, options, control)
    return Examination(prepared, make_rows(prepared.plan, prepared.examined, material.refused))


def prepare_again(
    material: Material, project: Project, classes: ClassList, options: ImportOptions, control: JobControl
) -> PreparedImport:
    """Return what an import under these options would do; no file is read twice. Raises WorkStopped when asked to."""
    plan = replanned(material.plan, classes, options)
    examined = examine(
        plan,
        project,
        looks=material.looks,
        workers=polite_workers(),
        progress=control.stage("Looking at photos"),
        cancelled=control.cancelled,
    )
    return PreparedImport(plan, examined, make_report(plan, examined))
