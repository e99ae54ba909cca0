"""ReportPage: what an import did, list by list, to be read afterwards."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.desktop.importing.history import told_when
from segstudio.desktop.importing.report_words import Section, headline, sections
from segstudio.desktop.look import Look
from segstudio.desktop.widgets.labels import label
from segstudio.formats.record import ImportRecord

_WIDTH_PX = 760
_FRAME_PX = 28
_MOST_LINES = 10


class ReportPage(QScrollArea):
    """`show_asked`: the photos are to be shown in Annotate; `more_asked`: something else is to be imported;
    `undo_asked`: the import is to be taken back, with the path of its record.
    """

    show_asked = Signal()
    more_asked = Signal()
    undo_asked = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("import.report")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._look = look
        self._title = label("", "title")
        self._title.setObjectName("import.report.title")
        self._when = label("", "dim")
        self._show = QPushButton("Show in Annotate")
        self._show.setObjectName("import.report.show")
        self._show.setProperty("kind", "primary")
        self._show.setToolTip("Go to the photos: paint on, or check the masks.")
        self._more = QPushButton("Import more")
        self._more.setObjectName("import.report.more")
        self._more.setToolTip("Start anew; this report stays with the project.")
        self._undo = QPushButton("Undo this import")
        self._undo.setObjectName("import.report.undo")
        self._undo.setProperty("kind", "quiet")
        self._undo.setToolTip(
            "Its photos go to the project's trash folder, masks that it replaced come back, and classes that only it"
            " needed go.\nWhat was painted since stays."
        )
        self._undo.clicked.connect(self._on_undo_clicked)
        self._path: Path | None = None
        self._show.clicked.connect(self.show_asked)
        self._more.clicked.connect(self.more_asked)
        self._folds: list[Fold] = []
        self.lists = QWidget()
        self._column = QVBoxLayout(self.lists)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._lay_out()
        self.setFocusProxy(self._show)

    def show_record(self, path: Path, record: ImportRecord) -> None:
        """Show another import, whose record lies in `path`."""
        self._path = path
        self._title.setText(
            f"Taken back: {headline(record.report)}" if record.undone else headline(record.report)
        )
        who = f" by {record.who}" if record.who else ""
        gone = f" · taken back on {told_when(record.undone)}" if record.undone else ""
        self._when.setText(f"{told_when(record.when)}{who}{gone}")
        self._undo.setVisible(record.can_be_undone)
        self._show.setVisible(not record.undone or bool(record.left))
        self.setFocusProxy(self._show if not record.undone or record.left else self._more)
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        found = sections(record.report, record.replaced, record.left, undone=bool(record.undone))
        self._folds = [Fold(self._look, section) for section in found]
        came = "What had come in" if record.undone else "What came in"
        for title, stays_out in ((came, False), ("What stayed out", True)):
            folds = [fold for fold in self._folds if fold.section.stays_out is stays_out]
            if folds:
                heading = label(title, "caption")
                heading.setContentsMargins(8, 16, 0, 4)
                self._column.addWidget(heading)
            for fold in folds:
                self._column.addWidget(fold)
        self.verticalScrollBar().setValue(0)

    @property
    def folds(self) -> tuple[Fold, ...]:
        """The lists."""
        return tuple(self._folds)

    def lock(self, locked: bool) -> None:
        """While an import is written or taken back, none other is."""
        self._undo.setEnabled(not locked)

    @Slot()
    def _on_undo_clicked(self) -> None:
        if self._path is not None:
            self.undo_asked.emit(self._path)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._show)
        buttons.addWidget(self._more)
        buttons.addStretch(1)
        buttons.addWidget(self._undo)
        middle = QWidget()
        middle.setMaximumWidth(_WIDTH_PX)
        column = QVBoxLayout(middle)
        column.setContentsMargins(16, 24, 16, 24)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._when)
        column.addSpacing(8)
        column.addLayout(buttons)
        column.addWidget(self.lists)
        column.addStretch(1)
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(middle, 8)
        row.addStretch(1)
        self.setWidget(body)


class Fold(QWidget):
    """One list: how many of what, what that means, and the names to unfold."""

    def __init__(self, look: Look, section: Section) -> None:
        super().__init__()
        self._look = look
        self.section = section
        self.button = QToolButton()
        self.button.setText(f"{section.title}  {section.count:,}")
        self.button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.button.setIconSize(QSize(16, 16))
        self.button.setCheckable(bool(section.lines))
        self.button.setToolTip(section.meaning)
        meaning = label(section.meaning, "dim")
        self.lines = QPlainTextEdit("\n".join(section.lines), readOnly=True)
        self.lines.setAccessibleName(section.title)
        self.lines.setTabChangesFocus(True)
        line_px = QFontMetrics(look.theme.font("caption")).lineSpacing()
        self.lines.setFixedHeight(line_px * min(len(section.lines), _MOST_LINES) + _FRAME_PX)
        self.lines.hide()
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.button)
        head.addWidget(meaning, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.lines)
        self.button.toggled.connect(self._on_toggled)
        look.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @Slot(bool)
    def _on_toggled(self, unfolded: bool) -> None:
        self.lines.setVisible(unfolded)
        self._on_theme_changed()

    @Slot()
    def _on_theme_changed(self) -> None:
        if not self.section.lines:
            name, token = "info", "text_dim"
        else:
            name, token = ("chevron-down" if self.button.isChecked() else "chevron-right"), "text"
        self.button.setIcon(self._look.icon(name, token))
