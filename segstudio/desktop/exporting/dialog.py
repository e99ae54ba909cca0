"""ExportDialog: the project's masks as files for other programs, looked at before they are written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Slot
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QWidget

from segstudio.desktop.exporting.choices import (
    WANTED,
    ExportChoices,
    options_of,
    photos_for,
    preview_options,
)
from segstudio.desktop.exporting.done_page import folder_of
from segstudio.desktop.exporting.parts import ExportParts
from segstudio.desktop.exporting.previewing import Previewer, Shown, Subject
from segstudio.desktop.exporting.words import headline, none_told, report_told
from segstudio.desktop.exporting.writing import Desk, ExportWriter
from segstudio.desktop.look import Look
from segstudio.desktop.opened import Changed
from segstudio.desktop.problems import Problem, Remedy
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.settings import ExportMemory, Settings
from segstudio.desktop.work import JobStatus
from segstudio.formats.exporting import EXPORTS, ExportReport
from segstudio.project.photos import Photo

_SIZE, _SMALLEST = QSize(1080, 720), QSize(840, 560)
_SHOWN = Changed.PROJECT | Changed.PHOTOS | Changed.MASK | Changed.CLASSES


class ExportDialog(QDialog):
    """A window of its own beside the main one, not modal. `selected` tells the keys selected in Annotate.

    `shut_down` before the end.
    """

    def __init__(
        self,
        look: Look,
        session: ProjectSession,
        settings: Settings,
        *,
        desk: Desk,
        selected: Callable[[], tuple[str, ...]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._settings, self._desk = session, settings, desk
        self._tell_selected, self._selected = selected, tuple[str, ...]()
        self._photos: tuple[Photo, ...] = ()
        self._key = ""
        self._folder: Path | None = None
        self.setObjectName("export")
        self.setWindowTitle("Export annotations")
        self.setMinimumSize(_SMALLEST)
        self.resize(_SIZE)
        self.writer = ExportWriter(session, desk, self)
        self.previewer = Previewer(self)
        self.parts = ExportParts(look, self, self._usual_folder())
        self._connect()
        self.parts.form.show_choices(_remembered(settings.export))
        self.parts.lock(False)

    @property
    def choices(self) -> ExportChoices:
        """What is chosen."""
        return self.parts.form.choices

    def open_on(self, key: str = "") -> None:
        """Show it, with the photo of that key looked at where it has labels."""
        if not self.isVisible():
            self._key = key or self._key
            self.parts.stack.setCurrentWidget(self.parts.asking)
            if not self.writer.is_busy:
                self.parts.tell("")
        self._desk.save()  # what comes back is told of what is on the disk
        self._renew()
        self.show()
        self.raise_()
        self.activateWindow()
        self.parts.form.formats.setFocus()

    def shut_down(self) -> None:
        """End what is under way here; what writes is the session's."""
        self.previewer.shut_down()

    def showEvent(self, event: QShowEvent) -> None:
        """Look at what comes back."""
        super().showEvent(event)
        self._renew()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks; what was chosen is remembered, and an export goes on."""
        self.previewer.forget()
        self.parts.preview.show_nothing("")
        self._remember()
        super().hideEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Whoever comes back may have selected other photos."""
        super().changeEvent(event)
        came_back = event.type() == QEvent.Type.ActivationChange and self.isActiveWindow()
        if came_back and self.isVisible() and self._tell_selected() != self._selected:
            self._renew()

    def _connect(self) -> None:
        parts, writer = self.parts, self.writer
        self._session.changed.connect(self._on_session_changed)
        parts.form.changed.connect(self._on_chosen)
        parts.place.kind_chosen.connect(self._on_kind_chosen)
        parts.place.changed.connect(self._enable)
        parts.preview.stepped.connect(self._step)
        parts.start.clicked.connect(self._on_start_clicked)
        parts.cancel.clicked.connect(self._on_cancel_clicked)
        parts.done.more_asked.connect(self._on_more_asked)
        parts.done.closed.connect(self.close)
        parts.done.not_shown.connect(self._on_not_shown)
        self.previewer.made.connect(self._on_made)
        self.previewer.failed.connect(parts.preview.show_problem)
        self.previewer.busy_changed.connect(parts.preview.show_busy)
        self.previewer.progressed.connect(parts.preview.show_far)
        parts.preview.stop_asked.connect(self._on_stop_asked)
        parts.preview.look_asked.connect(self._look)
        writer.busy_changed.connect(self._on_busy_changed)
        writer.progressed.connect(self._on_progressed)
        writer.done.connect(self._on_done)
        writer.failed.connect(self._on_failed)
        writer.stopped.connect(self._on_stopped)

    # -- what there is

    @Slot(object)
    def _on_session_changed(self, flags: Changed) -> None:
        opened = self._session.opened
        if opened is None:
            self.hide()
        elif flags & _SHOWN and self.isVisible():
            if flags & Changed.CLASSES:
                self.parts.preview.shown = None  # its colours, at least, are others
            self._renew()

    def _renew(self) -> None:
        """Follow the project: how many photos there are to each choice, and where they would go."""
        opened = self._session.opened
        if opened is None:
            return
        if opened.folder != self._folder:
            self._folder = opened.folder
            self.parts.place.begin(self._usual_folder(), opened.folder)
            self.parts.place.follow(self.choices)
        self._selected = self._tell_selected()
        counts = {each: len(photos_for(each, opened.photos, self._selected)) for each in WANTED}
        self.parts.form.show_counts(counts)
        self._photos = photos_for(self.choices.wanted, opened.photos, self._selected)
        self._look()
        self._enable()

    @Slot()
    def _look(self) -> None:
        """Ask for what comes back of the photo that is looked at."""
        opened, preview = self._session.opened, self.parts.preview
        number = next((place for place, photo in enumerate(self._photos) if photo.key == self._key), 0)
        if opened is None or not self._photos:
            self.previewer.drop()
            preview.show_place("", 0, 0)
            preview.show_nothing(none_told(self.choices.wanted))
            return
        photo = self._photos[number]
        self._key = photo.key
        preview.show_place(photo.key, number + 1, len(self._photos))
        time = opened.mask_times.get(photo.key)
        subject = Subject(opened.folder, photo, time, preview_options(self.choices))
        if preview.shown is not None and preview.shown.subject == subject:
            self.previewer.drop()
        elif self.isVisible():
            self.previewer.ask(subject)

    @Slot()
    def _enable(self) -> None:
        parts = self.parts
        parts.show_count(len(self._photos))
        can = bool(self._photos) and not parts.place.lack and not self.writer.is_busy
        parts.start.setEnabled(can)
        why = none_told(self.choices.wanted) if not self._photos else parts.place.lack
        parts.start.setToolTip("Export\n" + (why or "Write the files; the project stays as it is."))

    # -- what the person does

    @Slot(object)
    def _on_chosen(self, choices: ExportChoices) -> None:
        self.parts.tell("")
        self.parts.place.follow(choices)
        self._renew()

    @Slot(bool)
    def _on_kind_chosen(self, as_zip: bool) -> None:
        self.parts.form.change(replace(self.choices, as_zip=as_zip))

    @Slot()
    def _on_stop_asked(self) -> None:
        self.previewer.drop()
        self.parts.preview.show_stopped()

    @Slot(int)
    def _step(self, by: int) -> None:
        keys = [photo.key for photo in self._photos]
        place = keys.index(self._key) + by if self._key in keys else 0
        if 0 <= place < len(keys):
            self._key = keys[place]
            self._look()

    @Slot()
    def _on_start_clicked(self) -> None:
        target = self.parts.place.target
        if target is None:  # it came to be there meanwhile
            self.parts.place.tell()
            self._enable()
        elif self._photos:
            self.parts.tell("Saving what is painted …")
            self.writer.write(options_of(self.choices, target, self._selected))

    @Slot()
    def _on_cancel_clicked(self) -> None:
        if self.writer.is_busy:
            self.writer.cancel()
        else:
            self.close()

    @Slot()
    def _on_more_asked(self) -> None:
        self.parts.stack.setCurrentWidget(self.parts.asking)
        self.parts.form.formats.setFocus()
        self._renew()

    # -- what comes of it

    @Slot(object)
    def _on_made(self, shown: Shown) -> None:
        opened = self._session.opened
        if opened is not None:
            self.parts.preview.show_made(shown, opened.classes)

    @Slot(bool)
    def _on_busy_changed(self, busy: bool) -> None:
        self.parts.lock(busy)
        if not busy:
            self.parts.show_progress(None)
        else:
            self.parts.cancel.setFocus()
        self._enable()

    @Slot(object)
    def _on_progressed(self, status: JobStatus) -> None:
        self.parts.show_progress(status)

    @Slot(object)
    def _on_done(self, report: ExportReport) -> None:
        self.parts.tell("")
        self.parts.place.remember(report.to)
        self._remember()
        self.parts.done.show_report(report)
        if self.isVisible():
            self.parts.stack.setCurrentWidget(self.parts.done)
            self.parts.done.setFocus()
            return
        show = Remedy("Open folder", do=self.parts.done.show_folder)
        more = Remedy("Details", do=self._show_done)
        told = f"{headline(report)}. {report_told(report)}"
        self._session.problem_met.emit(Problem(told, level="info", actions=(show, more)))

    def _show_done(self) -> None:
        self.open_on()
        self.parts.stack.setCurrentWidget(self.parts.done)
        self.parts.done.setFocus()

    @Slot(object)
    def _on_failed(self, problem: Problem) -> None:
        if self.isVisible():
            self.parts.tell(problem.text, is_wrong=problem.level != "info")
            self.parts.place.tell()
            self._enable()
            self.parts.start.setFocus()
        else:
            self._session.problem_met.emit(problem)

    @Slot()
    def _on_stopped(self) -> None:
        self.parts.tell("Stopped; nothing was written.")
        self.parts.start.setFocus()

    @Slot(object)
    def _on_not_shown(self, folder: Path) -> None:
        self._session.problem_met.emit(Problem(f"The folder is {folder_of(folder)}", level="info"))

    # -- what is remembered

    def _usual_folder(self) -> Path:
        folder = self._settings.export.folder
        return folder if folder is not None and folder.is_dir() else self._session.places.documents

    def _remember(self) -> None:
        chosen = self.choices
        self._settings.export = ExportMemory(
            format=chosen.format,
            outlines=chosen.outlines,
            tolerance_px=chosen.tolerance_px,
            with_photos=chosen.with_photos,
            as_zip=chosen.as_zip,
            folder=self.parts.place.parent_folder,
        )
        self._settings.save()


def _remembered(memory: ExportMemory) -> ExportChoices:
    usual = ExportChoices()
    return ExportChoices(
        format=memory.format if memory.format in {row.id for row in EXPORTS} else usual.format,
        outlines=memory.outlines,
        tolerance_px=memory.tolerance_px,
        with_photos=memory.with_photos,
        as_zip=memory.as_zip,
    )
