"""The Import tab: what will come in, and is it right?"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.importing.committing import Commit, Release, at_once
from segstudio.desktop.importing.history import History
from segstudio.desktop.importing.mapping import (
    Choices,
    LabelRow,
    Target,
    aimed,
    all_new,
    label_rows,
    moved,
    options_of,
)
from segstudio.desktop.importing.preparing import Examination, Material, Preparer
from segstudio.desktop.importing.report_page import ReportPage
from segstudio.desktop.importing.rows import Fix, Row, tally
from segstudio.desktop.importing.workbench import Welcome, Workbench
from segstudio.desktop.look import Look
from segstudio.desktop.opened import Changed
from segstudio.desktop.picture_loader import PictureLoader
from segstudio.desktop.problems import Problem, problem_of
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.work import JobStatus
from segstudio.errors import SegStudioError
from segstudio.formats.labels import label_uses
from segstudio.formats.options import ImportOptions
from segstudio.formats.previewing import Paint
from segstudio.formats.record import ImportRecord
from segstudio.project.classes import ClassList

_SOON_MS = 150
_THUMBNAILS_WAITING = 40
_FILES = "Photos, annotations, ZIPs (*.xml *.zip *.jpg *.jpeg *.png *.bmp *.tif *.tiff *.webp);;All (*)"


class ImportTab(QStackedWidget):
    """Gathers what is dropped, shows what would come of it, and has the session write it."""

    work_changed = Signal(object)

    def __init__(
        self, look: Look, actions: Actions, session: ProjectSession, release: Release = at_once
    ) -> None:
        super().__init__()
        self._actions, self._session, self._release = actions, session, release
        self._sources: tuple[Path, ...] = ()
        self._labels: tuple[LabelRow, ...] = ()
        self._examination: Examination | None = None
        self._commit: Commit | None = None
        self._status: JobStatus | None = None
        self._folder: Path | None = None
        self._thumbnails = PictureLoader(threads=1, waiting=_THUMBNAILS_WAITING, parent=self)
        self._previews = PictureLoader(threads=1, waiting=1, parent=self)
        self._preparer = Preparer(self)
        self._history = History(self)
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self.welcome = Welcome(look, actions)
        self.bench = Workbench(look, actions, thumbnails=self._thumbnails, previews=self._previews)
        self.report = ReportPage(look)
        for page in (self.welcome, self.bench, self.report):
            self.addWidget(page)
        self._connect()
        self._show(self.welcome)
        self._on_session_changed(Changed.PROJECT)

    @property
    def is_settled(self) -> bool:
        """Whether what is shown is what Import would do: nothing is read or looked at any more."""
        return self._examination is not None and not self._soon.isActive() and not self._preparer.is_busy

    # -- what the frame asks

    def take(self, paths: Sequence[Path]) -> None:
        """Add what was dropped to what was given, and look at it all."""
        if self._commit is not None:
            self._tell(Problem("An import is under way: drop it again when it is done.", level="info"))
            return
        new = [path for path in dict.fromkeys(path.absolute() for path in paths) if path not in self._sources]
        if not new and self._sources:
            self._tell(Problem("That was given already.", level="info"))
        self._sources = (*self._sources, *new)
        self._read()

    def cancel_work(self) -> None:
        """Stop looking at what was given, and forget it."""
        self._forget()

    def unfinished(self) -> str:
        """Return what closing would cut short."""
        return "An import is under way; the project stays as it was." if self._commit is not None else ""

    def shut_down(self) -> None:
        """End all threads, and remove what was unpacked."""
        self._soon.stop()
        self._preparer.shut_down()
        self._history.shut_down()
        for loader in (self._thumbnails, self._previews):
            loader.shut_down()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard is for the page that is shown. (A focus proxy would swallow the Tab key on its way to the page.)"""
        super().focusInEvent(event)
        page = self.currentWidget()
        if page is not None:
            (page.table.view if isinstance(page, Workbench) else page).setFocus(event.reason())

    # -- building

    def _connect(self) -> None:
        bench, session = self.bench, self._session
        for action_id, slot in (
            ("import.files", self._on_files_asked),
            ("import.folder", self._on_folder_asked),
            ("import.start", self._on_start_asked),
            ("import.cancel", self._forget),
            ("import.earlier", partial(bench.classes.move_chosen, -1)),
            ("import.later", partial(bench.classes.move_chosen, 1)),
        ):
            self._actions[action_id].triggered.connect(slot)
        bench.given.removed.connect(self._on_removed)
        bench.classes.aimed_at.connect(self._on_aimed)
        bench.classes.moved_to.connect(self._on_moved)
        bench.choices.changed.connect(self._on_choices_changed)
        bench.table.chosen.connect(self._on_row_chosen)
        bench.preview.stepped.connect(bench.table.step)
        bench.preview.fix_asked.connect(self._on_fix_asked)
        bench.add_all.clicked.connect(self._on_add_all)
        self.report.show_asked.connect(self._actions["go.annotate"].trigger)
        self.report.more_asked.connect(partial(self._show, self.welcome))
        self._soon.timeout.connect(self._examine)
        self._preparer.was_read.connect(self._on_was_read)
        self._preparer.was_examined.connect(self._on_was_examined)
        self._preparer.work_changed.connect(self._on_work_changed)
        self._preparer.problem_met.connect(self._on_problem)
        self._history.listed.connect(self.welcome.show_imports)
        self.welcome.report_asked.connect(self._history.read)
        self._history.was_read.connect(self._on_record_read)
        self._history.problem_met.connect(self._tell)
        session.changed.connect(self._on_session_changed)
        session.job_changed.connect(self._on_job_changed)

    # -- from what was given to what would come of it

    def _read(self) -> None:
        opened = self._session.opened
        if opened is None:
            return
        if not self._sources:
            self._forget()
            return
        self._examination = None
        self.bench.given.show_sources(self._sources)
        self._show(self.bench)
        self._preparer.read(self._sources, opened.folder)
        self._show_tally()

    @Slot(object)
    def _on_was_read(self, material: Material) -> None:
        self._show_labels(self._rows_of(material))
        self._show_choices(self.bench.choices.choices)
        self._repaint()
        self.bench.table.show_rows(material.rows, material.looks)
        self.bench.focus_first()
        self._examine()

    @Slot()
    def _examine(self) -> None:
        """Ask what would come of it as it is chosen now."""
        opened, options = self._session.opened, self._options()
        if opened is None or options is None or self._commit is not None:
            return
        self._preparer.examine(opened.folder, self._classes(), options)

    @Slot(object)
    def _on_was_examined(self, examination: Examination) -> None:
        material = self._preparer.material
        if material is None or self._soon.isActive():
            return
        self._examination = examination
        self.bench.table.show_rows(examination.rows, material.looks)
        self._show_tally()

    def _show_labels(self, rows: tuple[LabelRow, ...]) -> None:
        self._labels = rows
        material = self._preparer.material
        nothing = material.told_without_classes if material is not None else "Reading …"
        self.bench.show_labels(rows, self._classes(), nothing)

    def _change_labels(self, rows: tuple[LabelRow, ...]) -> None:
        """Show at once what other classes or another order would paint, and ask again what would come of it."""
        self._show_labels(rows)
        self._examination = None
        self._repaint()
        self._show_tally()
        self._soon.start()

    def _repaint(self) -> None:
        material, options = self._preparer.material, self._options()
        if material is None or options is None:
            return
        try:
            labelling = label_uses(material.plan.uses, self._classes(), options)
        except SegStudioError as error:
            self._tell(problem_of(error))
            return
        paint = Paint(labelling.classes, labelling.values, options.rule, options.layers)
        self.bench.table.set_paint(paint)
        self.bench.preview.set_paint(paint)

    def _rows_of(self, material: Material) -> tuple[LabelRow, ...]:
        return label_rows(material.plan.uses, self._classes(), self._labels, areas=material.areas)

    def _options(self) -> ImportOptions | None:
        material = self._preparer.material
        if material is None:
            return None
        choices = self.bench.choices.choices
        return options_of(self._labels, self._classes(), choices, only_photos=material.only_photos)

    def _show_choices(self, choices: Choices) -> None:
        material = self._preparer.material
        self.bench.choices.show_choices(
            choices,
            only_photos=material is not None and material.only_photos,
            has_zip=any(path.suffix.lower() == ".zip" for path in self._sources),
        )

    def _show_tally(self) -> None:
        counts = tally(self._examination.rows if self._examination is not None else self.bench.table.rows)
        status = self._status if self._examination is None else None
        self.bench.show_tally(counts, status)
        ready = self._examination is not None and counts.ready > 0 and self._commit is None
        self._actions.know(has_given=bool(self._sources), can_import=ready)

    # -- what the person does

    @Slot()
    def _on_files_asked(self) -> None:
        chosen, _ = QFileDialog.getOpenFileNames(self, "Photos, annotation files, ZIPs", "", _FILES)
        if chosen:
            self.take([Path(name) for name in chosen])

    @Slot()
    def _on_folder_asked(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "A folder of photos and annotation files")
        if chosen:
            self.take([Path(chosen)])

    @Slot(object)
    def _on_removed(self, path: Path) -> None:
        if self._commit is None:
            self._sources = tuple(source for source in self._sources if source != path)
            self._read()

    @Slot(str, object)
    def _on_aimed(self, name: str, target: Target) -> None:
        self._change_labels(aimed(self._labels, name, target))

    @Slot(int, int)
    def _on_moved(self, start: int, end: int) -> None:
        self._change_labels(moved(self._labels, start, end))

    @Slot()
    def _on_add_all(self) -> None:
        self._change_labels(all_new(self._labels, self._classes()))
        self.bench.focus_first()

    @Slot(object)
    def _on_choices_changed(self, choices: Choices) -> None:
        self._show_choices(choices)
        self._examination = None
        self._show_tally()
        self._soon.start()

    @Slot(object)
    def _on_row_chosen(self, row: Row | None) -> None:
        material = self._preparer.material
        if material is not None:
            self.bench.preview.show_row(row, self.bench.table.place, material.looks)

    @Slot(object)
    def _on_fix_asked(self, fix: Fix) -> None:
        if fix is Fix.CLASSES:
            self.bench.classes.focus_open()
        elif fix is Fix.ADD:
            self._on_files_asked()
        else:
            first = self._sources[0] if self._sources else Path("new")
            self.bench.choices.apply(fix, first.stem)

    @Slot()
    def _forget(self) -> None:
        """Start anew; nothing was imported."""
        if self._commit is not None:
            self._session.cancel()
            return
        self._soon.stop()
        self._sources, self._examination = (), None
        self._preparer.clear()
        self._show_labels(())
        self.bench.table.show_rows((), self.bench.table.looks)
        self.bench.table.model.forget()
        self._show_choices(Choices())
        self._show_tally()
        self._show(self.welcome)

    # -- writing

    @Slot()
    def _on_start_asked(self) -> None:
        if self._actions["import.start"].isEnabled() and self._commit is None:
            self._release(self._write)

    def _write(self) -> None:
        """Every open photo is saved and closed by now."""
        opened, material, options = self._session.opened, self._preparer.material, self._options()
        if opened is None or material is None or options is None or self._session.is_busy:
            return
        self._soon.stop()
        self._commit = Commit(opened.folder, material, self._classes(), options, self._examination)
        self.bench.lock(True)
        self._show_tally()
        self._session.import_prepared("Importing", self._commit.work())

    @Slot(object)
    def _on_job_changed(self, status: JobStatus | None) -> None:
        commit = self._commit
        if commit is None:
            return
        if status is not None:
            self.bench.show_tally(tally(self.bench.table.rows), status)
            return
        self._commit = None
        self.bench.lock(False)
        if commit.record is not None:
            self._forget()
            self._on_record_read(commit.record)
        elif commit.is_outdated:
            self._examination = None
            self._session.refresh()
            self._soon.start()
        else:
            self.bench.focus_first()
        self._show_tally()

    # -- what others tell

    @Slot(object)
    def _on_session_changed(self, flags: Changed) -> None:
        opened = self._session.opened
        folder = opened.folder if opened is not None else None
        if folder != self._folder:
            self._folder = folder
            self._commit = None
            self._forget()
        elif flags & (Changed.CLASSES | Changed.PHOTOS | Changed.MASK) and self._commit is None:
            material = self._preparer.material
            if material is not None:
                self._change_labels(self._rows_of(material))

    @Slot(object)
    def _on_work_changed(self, status: JobStatus | None) -> None:
        self._status = status
        self._show_tally()
        self.work_changed.emit(status)

    @Slot(object)
    def _on_problem(self, problem: Problem) -> None:
        self._tell(problem)
        self._show_tally()

    @Slot(object)
    def _on_record_read(self, record: ImportRecord) -> None:
        self.report.show_record(record)
        self._show(self.report)

    def _classes(self) -> ClassList:
        opened = self._session.opened
        return opened.classes if opened is not None else ClassList()

    def _show(self, page: Welcome | Workbench | ReportPage) -> None:
        self.setCurrentWidget(page)
        if page is self.welcome and self._folder is not None:
            self._history.list_imports(self._folder)

    def _tell(self, problem: Problem) -> None:
        self._session.problem_met.emit(problem)
