"""DonePage: what an export wrote, in one sentence, with what to know of it to unfold."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from segstudio.desktop.exporting.words import headline, report_sections, report_told
from segstudio.desktop.importing.report_page import Fold
from segstudio.desktop.look import Look
from segstudio.desktop.widgets.labels import ElidedLabel, label, shown_path
from segstudio.formats.exporting import ExportReport

_WIDTH_PX = 720


class DonePage(QScrollArea):
    """`more_asked`: something else is to be exported; `closed`: the person is done; `not_shown` carries the folder that
    the system could not show.
    """

    more_asked = Signal()
    closed = Signal()
    not_shown = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("export.done")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._look = look
        self._report: ExportReport | None = None
        self._title = label("", "title", wraps=True)
        self._title.setObjectName("export.done.title")
        self._told = label("", wraps=True)
        self._told.setObjectName("export.done.told")
        self._where = ElidedLabel(kind="dim")
        self.open = _button("Open folder", "export.done.open", "Show in the file manager what was written.")
        self.open.setProperty("kind", "primary")
        self.more = _button("Export more", "export.done.more", "Go back to the choices.")
        self.close_ = _button("Close", "export.done.close", "Close this window.")
        self._lists = QVBoxLayout()
        self._lists.setSpacing(0)
        self.folds: tuple[Fold, ...] = ()
        self._lay_out()
        self.open.clicked.connect(self.show_folder)
        self.more.clicked.connect(self.more_asked)
        self.close_.clicked.connect(self.closed)
        self.setFocusProxy(self.open)

    def show_report(self, report: ExportReport) -> None:
        """Show what was written."""
        self._report = report
        self._title.setText(headline(report))
        self._told.setText(report_told(report))
        self.open.setAccessibleDescription(f"{headline(report)}. {report_told(report)}")
        self._where.set_whole(shown_path(report.to))
        while (item := self._lists.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.folds = tuple(Fold(self._look, section) for section in report_sections(report))
        for fold in self.folds:
            self._lists.addWidget(fold)

    @Slot()
    def show_folder(self) -> None:
        """Show in the file manager what was written."""
        if self._report is not None:
            folder = folder_of(self._report.to)
            if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
                self.not_shown.emit(folder)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.open, self.more, self.close_):
            buttons.addWidget(button)
        buttons.addStretch(1)
        middle = QWidget()
        middle.setMaximumWidth(_WIDTH_PX)
        column = QVBoxLayout(middle)
        column.setContentsMargins(16, 24, 16, 24)
        column.setSpacing(8)
        for widget in (self._title, self._told, self._where):
            column.addWidget(widget)
        column.addSpacing(8)
        column.addLayout(buttons)
        column.addSpacing(8)
        column.addLayout(self._lists)
        column.addStretch(1)
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(middle, 8)
        row.addStretch(1)
        self.setWidget(body)


def folder_of(target: Path) -> Path:
    """Return the folder to show for what was written: itself, or that in which a ZIP lies."""
    return target if target.is_dir() else target.parent


def _button(text: str, name: str, tip: str) -> QPushButton:
    made = QPushButton(text)
    made.setObjectName(name)
    made.setToolTip(f"{text}\n{tip}")
    return made
