"""The Review tab: the models of this project, and how well the chosen one knows each class."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListWidget, QStackedWidget, QVBoxLayout, QWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.look import Look
from segstudio.desktop.opened import Changed
from segstudio.desktop.run_summaries import RunSummary
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.widgets.empty import EmptyPage
from segstudio.desktop.widgets.labels import label
from segstudio.desktop.widgets.table import Cell, Table
from segstudio.project.classes import ClassList

_COLUMNS = ("class", "IoU", "precision", "recall", "pixels in truth")
_LIST_PX = 300


def class_cells(run: RunSummary, classes: ClassList) -> list[tuple[Cell, ...]]:
    """Return a row for each class of the model; the colour is the project's class of that name; pure."""
    rows = []
    for score in run.class_scores():
        found = classes.find(score.name)
        numbers = tuple(_told(value) for value in (score.iou, score.precision, score.recall))
        support = f"{score.support:,}" if score.support else "–"
        rows.append(
            (
                Cell(score.name, swatch=found.colour if found else ""),
                *(Cell(text, is_number=True) for text in (*numbers, support)),
            )
        )
    return rows


def model_told(run: RunSummary) -> str:
    """Return one line on a model: its network, its best epoch and mean IoU."""
    parts = [run.head]
    if run.best is not None:
        parts.append(f"epoch {run.best_epoch} of {run.epochs}")
    if run.miou is not None:
        parts.append(f"mIoU {run.miou:.3f} on the held-out photos")
    return " · ".join(parts)


class ReviewTab(QStackedWidget):
    """Models at the left, the classes of the chosen one at the right."""

    def __init__(self, look: Look, actions: Actions, session: ProjectSession) -> None:
        super().__init__()
        self._session = session
        empty = EmptyPage(
            look,
            "review",
            "No models yet",
            "A training leaves its best model here as soon as it was validated.",
        )
        empty.add_button(actions["go.train"])
        self._list = QListWidget()
        self._list.setObjectName("models")
        self._list.setAccessibleName("Models")
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._title = label("", "title")
        self._told = label("", "dim", wraps=True)
        self._table = Table(look, "Classes", _COLUMNS, stretched=0)
        self.addWidget(empty)
        self.addWidget(self._laid_out())
        self.setFocusProxy(self._list)
        self._list.currentRowChanged.connect(self._on_model_chosen)
        session.changed.connect(self._on_session_changed)
        self._on_session_changed(Changed.RUNS)

    def _laid_out(self) -> QWidget:
        page = QWidget()
        side = QFrame()
        side.setObjectName("models_side")
        side.setFixedWidth(_LIST_PX)
        left = QVBoxLayout(side)
        left.setContentsMargins(8, 16, 8, 8)
        left.setSpacing(8)
        left.addWidget(label("  Models, newest first", "caption"))
        left.addWidget(self._list, 1)
        right = QVBoxLayout()
        right.setContentsMargins(24, 24, 24, 24)
        right.setSpacing(8)
        right.addWidget(self._title)
        right.addWidget(self._told)
        right.addSpacing(8)
        right.addWidget(self._table, 1)
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(side)
        row.addLayout(right, 1)
        return page

    @Slot(object)
    def _on_session_changed(self, flags: Changed) -> None:
        opened = self._session.opened
        if opened is None or not flags & (Changed.RUNS | Changed.PROJECT | Changed.CLASSES):
            return
        kept = self._list.currentItem().text() if self._list.currentItem() else ""
        names = [run.name for run in opened.models]
        self._list.blockSignals(True)
        self._list.clear()
        self._list.addItems(names)
        self._list.setCurrentRow(names.index(kept) if kept in names else 0)
        self._list.blockSignals(False)
        self.setCurrentIndex(1 if names else 0)
        self._on_model_chosen(self._list.currentRow())

    @Slot(int)
    def _on_model_chosen(self, row: int) -> None:
        opened = self._session.opened
        if opened is None or not 0 <= row < len(opened.models):
            return
        run = opened.models[row]
        self._title.setText(run.name)
        self._told.setText(model_told(run))
        self._table.show_rows(class_cells(run, opened.classes))


def _told(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
