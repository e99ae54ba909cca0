"""NoticeBar: problems told where the person works, in one sentence with details to unfold; never a dialog."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.desktop.look import Look
from segstudio.desktop.problems import Problem
from segstudio.desktop.widgets.labels import label

_ICON_PX = 20
_DETAILS_PX = 136
_ICONS = {"info": ("info", "accent"), "warning": ("warning", "warn"), "error": ("error", "bad")}


class NoticeBar(QFrame):
    """Shows one problem at a time; the same one told again is counted, not stacked."""

    dismissed = Signal()

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._look = look
        self._problem: Problem | None = None
        self._count = 0
        self._icon = label("")
        self._text = label("", wraps=True)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._unfold = QPushButton("Details")
        self._unfold.setCheckable(True)
        self._unfold.setProperty("kind", "quiet")
        self._copy = QPushButton("Copy")
        self._copy.setProperty("kind", "quiet")
        self._close = QToolButton()
        self._close.setToolTip("Dismiss\nThe problem stays in the log file.")
        self._close.setAccessibleName("Dismiss")
        self._details = QPlainTextEdit(readOnly=True)
        self._details.setFixedHeight(_DETAILS_PX)
        self._lay_out()
        self._unfold.toggled.connect(self._on_unfold_toggled)
        self._copy.clicked.connect(self._on_copy_clicked)
        self._close.clicked.connect(self.dismiss)
        look.theme.changed.connect(self._on_theme_changed)
        self.hide()

    @property
    def problem(self) -> Problem | None:
        """What is shown."""
        return self._problem

    @Slot(object)
    def tell(self, problem: Problem) -> None:
        """Show a problem; it takes the place of the one before."""
        self._count = self._count + 1 if problem == self._problem else 1
        self._problem = problem
        self._text.setText(problem.text + (f" (× {self._count})" if self._count > 1 else ""))
        self._details.setPlainText(problem.details)
        self._unfold.setVisible(bool(problem.details))
        self._unfold.setChecked(False)
        self.setProperty("level", problem.level)
        self._on_theme_changed()
        self.show()

    @Slot()
    def dismiss(self) -> None:
        """Hide the bar."""
        self._problem = None
        self._count = 0
        self.hide()
        self.dismissed.emit()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._icon)
        line.addWidget(self._text, 1)
        for button in (self._unfold, self._copy, self._close):
            line.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 8, 8)
        column.setSpacing(8)
        column.addLayout(line)
        column.addWidget(self._details)
        self._on_unfold_toggled(False)

    @Slot(bool)
    def _on_unfold_toggled(self, unfolded: bool) -> None:
        self._details.setVisible(unfolded)
        self._copy.setVisible(unfolded)

    @Slot()
    def _on_copy_clicked(self) -> None:
        if self._problem is not None:
            QGuiApplication.clipboard().setText(f"{self._problem.text}\n\n{self._problem.details}")

    @Slot()
    def _on_theme_changed(self) -> None:
        name, token = _ICONS[self._problem.level if self._problem else "info"]
        self._icon.setPixmap(
            self._look.icon(name, token).pixmap(QSize(_ICON_PX, _ICON_PX), self.devicePixelRatio())
        )
        self._close.setIcon(self._look.icon("close", "text_dim"))
        self.style().unpolish(self)
        self.style().polish(self)
