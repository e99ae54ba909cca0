"""The Import tab: what will come in, and is it right?"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.importing.committing import Commit, Release, TakeBack, at_once
from segstudio.desktop.importing.history import History, ReadRecord
from segstudio.desktop.importing.inquiry import Inquiry
from segstudio.desktop.importing.report_page import ReportPage
from segstudio.desktop.importing.report_words import headline
from segstudio.desktop.importing.welcome import Welcome
from segstudio.desktop.importing.workbench import Workbench
from segstudio.desktop.importing.writing import Writer
from segstudio.desktop.look import Look
from segstudio.desktop.opened import Changed, OpenedProject, other_photos
from segstudio.desktop.picture_loader import PictureLoader
from segstudio.desktop.problems import Problem, Remedy
from segstudio.desktop.session import ProjectSession

_THUMBNAILS_WAITING = 40
_FILES = (
    "Photos, annotations, ZIPs (*.xml *.json *.txt *.npy *.zip *.jpg *.jpeg *.png *.bmp *.tif *.tiff *.webp"
    " *.mp4 *.avi *.mov *.mkv);;All (*)"
)


@dataclass(frozen=True, slots=True)
class ImportParts:
    """What the tab consists of."""

    thumbnails: PictureLoader
    previews: PictureLoader
    welcome: Welcome
    bench: Workbench
    report: ReportPage


def import_parts(look: Look, actions: Actions) -> Generator[None, None, ImportParts]:
    """Make one part at each step: all at once would be felt."""
    thumbnails = PictureLoader(threads=1, waiting=_THUMBNAILS_WAITING)
    previews = PictureLoader(threads=1, waiting=1)
    welcome = Welcome(look, actions)
    yield
    bench = yield from Workbench.made(look, actions, thumbnails=thumbnails, previews=previews)
    yield
    report = ReportPage(look)
    yield
    return ImportParts(thumbnails, previews, welcome, bench, report)


class ImportTab(QStackedWidget):
    """Three pages: where to drop, the bench on which what was given is looked at, and the report of what came in."""

    work_changed = Signal(object)

    def __init__(
        self, actions: Actions, session: ProjectSession, parts: ImportParts, release: Release = at_once
    ) -> None:
        super().__init__()
        self._actions, self._session = actions, session
        self._folder: Path | None = None
        self._seen: OpenedProject | None = None
        self._loaders = (parts.thumbnails, parts.previews)
        for loader in self._loaders:
            loader.setParent(self)
        self.welcome, self.bench, self.report = parts.welcome, parts.bench, parts.report
        for page in (self.welcome, self.bench, self.report):
            self.addWidget(page)
        self.inquiry = Inquiry(self.bench, actions, session, self)
        self.writer = Writer(session, self, release)
        self._history = History(self)
        self._connect()
        self._show(self.welcome)
        self._on_session_changed(Changed.PROJECT)

    @property
    def is_settled(self) -> bool:
        """Whether what is shown is what Import would do: nothing is read or looked at any more."""
        return self.inquiry.is_settled

    # -- what the frame asks

    def still_part(self) -> QWidget | None:
        """Return where a notice hides nothing that is needed: the large picture; below the head of the report."""
        page = self.currentWidget()
        if page is self.bench:
            return self.bench.preview.picture
        return self.report.lists if page is self.report else None

    def take(self, paths: Sequence[Path]) -> None:
        """Add what was dropped to what was given, and look at it all."""
        if self.writer.is_busy:
            self._tell(Problem("An import is under way: drop it again when it is done.", level="info"))
            return
        there = self.inquiry.sources
        new = [path for path in dict.fromkeys(path.absolute() for path in paths) if path not in there]
        if not new and there:
            self._tell(Problem("That was given already.", level="info"))
        self._look_at((*there, *new))

    def cancel_work(self) -> None:
        """Stop looking at what was given, and forget it."""
        self._forget()

    def unfinished(self) -> str:
        """Return what closing would cut short."""
        return self.writer.unfinished

    def shut_down(self) -> None:
        """End all threads, and remove what was unpacked."""
        self.inquiry.shut_down()
        self._history.shut_down()
        for loader in self._loaders:
            loader.shut_down()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The keyboard is for the page that is shown. (A focus proxy would swallow the Tab key on its way to the page.)"""
        super().focusInEvent(event)
        page = self.currentWidget()
        if page is not None:
            (page.table.view if isinstance(page, Workbench) else page).setFocus(event.reason())

    # -- building

    def _connect(self) -> None:
        bench = self.bench
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
        bench.preview.stepped.connect(bench.table.step)
        self.inquiry.work_changed.connect(self.work_changed)
        self.inquiry.problem_met.connect(self._tell)
        self.inquiry.photos_wanted.connect(self._on_files_asked)
        self._connect_writing()
        self.report.show_asked.connect(self._actions["go.annotate"].trigger)
        self.report.more_asked.connect(partial(self._show, self.welcome))
        self.report.undo_asked.connect(self.writer.take_back)
        self.welcome.report_asked.connect(self._history.read)
        self._history.listed.connect(self.welcome.show_imports)
        self._history.was_read.connect(self._show_report)
        self._history.problem_met.connect(self._tell)
        self._session.changed.connect(self._on_session_changed)

    def _connect_writing(self) -> None:
        writer = self.writer
        writer.busy_changed.connect(self.bench.lock)
        writer.busy_changed.connect(self.report.lock)
        writer.busy_changed.connect(self.inquiry.hold)
        writer.progressed.connect(self.inquiry.show_tally)
        writer.was_written.connect(self._on_written)
        writer.was_taken_back.connect(self._on_taken_back)
        writer.was_outdated.connect(self._on_outdated)
        writer.was_given_up.connect(self._on_given_up)

    def _look_at(self, sources: Sequence[Path]) -> None:
        if not sources:
            self._forget()
        elif self._session.opened is not None:
            self._show(self.bench)
            self.inquiry.give(sources)

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
        if not self.writer.is_busy:
            self._look_at([source for source in self.inquiry.sources if source != path])

    @Slot()
    def _forget(self) -> None:
        """Start anew; nothing was imported."""
        if self.writer.is_busy:
            self.writer.cancel()
            return
        self.inquiry.forget()
        self._show(self.welcome)

    @Slot()
    def _on_start_asked(self) -> None:
        if self._actions["import.start"].isEnabled():
            self.writer.write(self.inquiry.commit)

    # -- what was written

    @Slot(object)
    def _on_written(self, commit: Commit) -> None:
        self._forget()
        if commit.record is None or commit.path is None:
            return
        self._show_report(ReadRecord(commit.path, commit.record))
        if not self.isVisible():  # else the report says it, with the same button
            undo = Remedy("Undo this import", do=partial(self.writer.take_back, commit.path))
            self._tell(Problem(f"{headline(commit.record.report)}.", level="info", actions=(undo,)))

    @Slot(object)
    def _on_taken_back(self, done: TakeBack) -> None:
        if done.undone is None or done.record is None:
            return
        self.inquiry.renew()
        self._tell(Problem(done.undone.told(), level="info"))
        if self.currentWidget() is not self.bench:  # what is given meanwhile stays in sight
            self._show_report(ReadRecord(done.path, done.record))

    @Slot()
    def _on_outdated(self) -> None:
        """What would come in is worked out anew from the project as it is now; then the person looks once more."""
        self.inquiry.outdate()
        self._session.refresh()

    @Slot()
    def _on_given_up(self) -> None:
        if self.currentWidget() is self.bench:
            self.bench.focus_first()
        self.inquiry.show_tally()

    # -- what others tell

    @Slot(object)
    def _on_session_changed(self, flags: Changed) -> None:
        seen, opened = self._seen, self._session.opened
        self._seen = opened
        folder = opened.folder if opened is not None else None
        if folder != self._folder:
            self._folder = folder
            self.writer.forget()
            self._forget()
        elif flags & Changed.CLASSES or (flags & (Changed.PHOTOS | Changed.MASK) and self._concerned(seen)):
            self.inquiry.renew()

    def _concerned(self, seen: OpenedProject | None) -> bool:
        """Tell whether a photo is another since that look that what was given has to do with."""
        now = self._session.opened
        if seen is None or now is None or [p.key for p in seen.photos] != [p.key for p in now.photos]:
            return True
        return self.inquiry.concerns(other_photos(seen, now))

    @Slot(object)
    def _show_report(self, found: ReadRecord) -> None:
        self.report.show_record(found.path, found.record)
        self._show(self.report)

    def _show(self, page: Welcome | Workbench | ReportPage) -> None:
        self.setCurrentWidget(page)
        if page is self.welcome and self._folder is not None:
            self._history.list_imports(self._folder)

    @Slot(object)
    def _tell(self, problem: Problem) -> None:
        self._session.problem_met.emit(problem)
