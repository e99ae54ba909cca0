"""ExportParts: the widgets of the export window and where they stand; what they mean is the window's."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from segstudio.desktop.exporting.done_page import DonePage
from segstudio.desktop.exporting.form import ExportForm
from segstudio.desktop.exporting.place import PlacePanel
from segstudio.desktop.exporting.preview_side import PreviewSide
from segstudio.desktop.look import Look
from segstudio.desktop.widgets.labels import label, set_property
from segstudio.desktop.widgets.status_line import job_told
from segstudio.desktop.work import JobStatus

_LEFT_PX, _BAR_PX = 400, 120
_GOES_ON = "you can paint on, and close this window, it goes on"


class ExportParts:
    """All widgets of `dialog`, laid out."""

    def __init__(self, look: Look, dialog: QDialog, parent_folder: Path) -> None:
        self.form = ExportForm(look)
        self.place = PlacePanel(parent_folder)
        self.preview = PreviewSide(look)
        self.done = DonePage(look)
        self.stack = QStackedWidget()
        self.told = label("", wraps=True)
        self.told.setObjectName("export.state")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(_BAR_PX)
        self.cancel = QPushButton("Cancel")
        self.cancel.setObjectName("export.cancel")
        self.cancel.setAutoDefault(False)
        self.start = QPushButton("Export")
        self.start.setObjectName("export.start")
        self.start.setProperty("kind", "primary")
        self.start.setDefault(True)
        self._lay_out(dialog)
        self.show_progress(None)

    def show_count(self, count: int) -> None:
        """Say how many photos would be written."""
        self.start.setText(f"Export {count:,}" if count else "Export")

    def tell(self, text: str, *, is_wrong: bool = False) -> None:
        """Say something in the foot; empty: nothing."""
        told = text[:1].upper() + text[1:]
        self.told.setText(told)
        self.start.setAccessibleDescription(told)
        set_property(self.told, "wrong", is_wrong)

    def lock(self, locked: bool) -> None:
        """While it is written, what is chosen stays as it is."""
        self.form.setEnabled(not locked)
        self.place.setEnabled(not locked)
        self.cancel.setToolTip(
            "Cancel\nStop the export; nothing of it is kept." if locked else "Cancel (Esc)\nExport nothing."
        )

    def show_progress(self, status: JobStatus | None) -> None:
        """Show how far the writing is."""
        self.bar.setVisible(status is not None)
        if status is not None:
            self.bar.setRange(0, status.total)
            self.bar.setValue(status.done)
            self.bar.setAccessibleName(job_told(status))
            self.tell(f"{job_told(status)} · {_GOES_ON}")

    def _lay_out(self, dialog: QDialog) -> None:
        side = QFrame()
        side.setObjectName("side")
        side.setMinimumWidth(340)
        left = QVBoxLayout(side)
        left.setContentsMargins(16, 12, 16, 4)
        left.setSpacing(8)
        left.addWidget(label("Export annotations", "title"))
        left.addWidget(self.form, 100)
        left.addSpacing(4)
        left.addWidget(self.place)
        left.addStretch(1)
        parts = QSplitter()
        parts.setObjectName("export.parts")
        parts.setChildrenCollapsible(False)
        parts.setHandleWidth(1)
        parts.addWidget(side)
        parts.addWidget(self.preview)
        parts.setStretchFactor(1, 1)
        parts.setSizes([_LEFT_PX, dialog.width() - _LEFT_PX])
        foot = QFrame()
        foot.setObjectName("import.foot")
        row = QHBoxLayout(foot)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(8)
        row.addWidget(self.told, 1)
        for widget in (self.bar, self.cancel, self.start):
            row.addWidget(widget)
        asking = QWidget()
        column = QVBoxLayout(asking)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(parts, 1)
        column.addWidget(foot)
        self.asking = asking
        self.stack.addWidget(asking)
        self.stack.addWidget(self.done)
        whole = QVBoxLayout(dialog)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.stack)
