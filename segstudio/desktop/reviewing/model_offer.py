"""ModelOffer: what a model file is that was dropped while no project is open, and where it can be used."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.desktop.look import Look
from segstudio.desktop.reviewing.models import card_details, model_of_file
from segstudio.desktop.widgets.labels import Swatch, label, shown_path
from segstudio.runs.model_card import ModelCard

_WIDTH_PX = 480
_MOST_CLASSES = 24
_COLUMNS = 3


class ModelOffer(QDialog):
    """`new_asked` wishes a project with the model's classes; `project_chosen` carries the folder of one that is there."""

    new_asked = Signal()
    project_chosen = Signal(object)

    def __init__(
        self,
        look: Look,
        path: Path,
        card: ModelCard,
        *,
        recent: Sequence[tuple[str, Path]],
        place: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("A model")
        self.setMinimumWidth(_WIDTH_PX)
        self._look, self._place = look, place
        self.new = QPushButton("New project with its classes…")
        self.new.setObjectName("model.new")
        self.new.setProperty("kind", "primary")
        self.new.setDefault(True)
        self.use = QPushButton("Use it in a project")
        self.use.setObjectName("model.open")
        self.use.setAutoDefault(False)
        self.use.setMenu(self._menu(recent))
        self._leave = QPushButton("Cancel")
        self._leave.setAutoDefault(False)
        self._lay_out(path, card)
        self.new.clicked.connect(self._on_new)
        self._leave.clicked.connect(self.reject)
        self.new.setFocus()

    def _lay_out(self, path: Path, card: ModelCard) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        rows = [row for row in card_details(card) if row[0] != "Classes"]
        for number, (title, text) in enumerate(rows):
            grid.addWidget(label(title, "dim"), number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(label(text, wraps=True), number, 1)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addStretch(1)
        for button in (self._leave, self.use, self.new):
            below.addWidget(button)
        where = label(shown_path(path.parent), "dim", wraps=True)
        where.setToolTip(str(path))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(8)
        column.addWidget(label(f"The model {model_of_file(path).name}", "title"))
        column.addWidget(where)
        column.addSpacing(8)
        column.addLayout(self._classes(card))
        column.addSpacing(8)
        column.addLayout(grid)
        column.addSpacing(8)
        column.addWidget(
            label("A model is asked within a project: it keeps the photos and what you correct.", "dim")
        )
        column.addSpacing(8)
        column.addLayout(below)

    def _classes(self, card: ModelCard) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        for number, entry in enumerate(card.classes[:_MOST_CLASSES]):
            row = QHBoxLayout()
            row.setSpacing(8)
            row.addWidget(Swatch(entry.colour, QColor(self._look.colour("line_strong"))))
            row.addWidget(label(entry.name), 1)
            grid.addLayout(row, number // _COLUMNS, number % _COLUMNS)
        left = len(card.classes) - _MOST_CLASSES
        if left > 0:
            grid.addWidget(label(f"and {left} more", "dim"), _MOST_CLASSES // _COLUMNS, 0)
        return grid

    def _menu(self, recent: Sequence[tuple[str, Path]]) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for name, folder in recent:
            action = menu.addAction(name)
            action.setToolTip(str(folder))
            action.triggered.connect(lambda _=False, folder=folder: self._choose(folder))
        if recent:
            menu.addSeparator()
        menu.addAction("Another…").triggered.connect(self._on_other)
        return menu

    @Slot()
    def _on_new(self) -> None:
        self.accept()
        self.new_asked.emit()

    @Slot()
    def _on_other(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Open a project", str(self._place))
        if chosen:
            self._choose(Path(chosen))

    def _choose(self, folder: Path) -> None:
        self.accept()
        self.project_chosen.emit(folder)
