"""ConfusionView: what was taken for what, over all photos with truth; a cell opens the photos and marks its pixels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from segstudio.desktop.look import Look
from segstudio.project.classes import ClassList
from segstudio.review.confusion import row_shares
from segstudio.review.tallies import Matrix

Index = QModelIndex | QPersistentModelIndex
CELL_ROLE = Qt.ItemDataRole.UserRole
_ROW_PX = 26
_COLUMN_PX = 84
_STRONGEST = 0.85


class ConfusionModel(QAbstractTableModel):
    """Rows are the truth, columns the prediction; each row in per cent of its own pixels."""

    def __init__(self) -> None:
        super().__init__()
        self._classes = ClassList()
        self._matrix: Matrix = np.zeros((0, 0), dtype=np.int64)
        self._shares = row_shares(self._matrix)

    @property
    def classes(self) -> ClassList:
        """The classes of rows and columns."""
        return self._classes

    def show_matrix(self, matrix: Matrix, classes: ClassList) -> None:
        """Show another matrix of pixel counts."""
        same = classes == self._classes and matrix.shape == self._matrix.shape
        if not same:
            self.beginResetModel()
        self._classes, self._matrix, self._shares = classes, matrix, row_shares(matrix)
        if not same:
            self.endResetModel()
        elif len(classes):
            last = len(classes) - 1
            self.dataChanged.emit(self.index(0, 0), self.index(last, last))

    def rowCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008 (as Qt has it)
        """A row per class."""
        return int(self._matrix.shape[0])

    def columnCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008
        """A column per class."""
        return int(self._matrix.shape[1])

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The names of the classes."""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole) and section < len(
            self._classes
        ):
            return self._classes.names[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the share in words, a sentence, or the share (0–1, NaN for a row without truth) by CELL_ROLE."""
        share, pixels = self._shares[index.row(), index.column()], self._matrix[index.row(), index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return share_words(float(share), int(pixels))
            case Qt.ItemDataRole.ToolTipRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._sentence(index, float(share), int(pixels))
            case _ if role == CELL_ROLE:
                return float(share)
        return None

    def cell(self, index: Index) -> tuple[int, int]:
        """Return the mask values (truth, prediction) of a cell."""
        return self._classes.indices[index.row()], self._classes.indices[index.column()]

    def pixels(self, index: Index) -> int:
        """Return how many pixels a cell has."""
        return int(self._matrix[index.row(), index.column()])

    def _sentence(self, index: Index, share: float, pixels: int) -> str:
        truth, predicted = self._classes.names[index.row()], self._classes.names[index.column()]
        if np.isnan(share):
            return f"There is no {truth} in the truth of these photos."
        what = "was found" if truth == predicted else f"was taken for {predicted}"
        told = f"{share_words(share, pixels)} % of {truth} {what}: {pixels:,} pixels."
        return told + ("\nClick to see them in the photos." if pixels else "")


def share_words(share: float, pixels: int) -> str:
    """Return a share (0–1) in per cent, as short as a cell wants it."""
    if np.isnan(share) or not pixels:
        return "–" if np.isnan(share) else "0"
    if share < 0.001:
        return "<0.1"
    return "100" if share >= 0.9995 else f"{100 * share:.1f}"


class ConfusionView(QTableView):
    """`cell_chosen` carries the mask values (truth, prediction) of a cell with pixels that was clicked or entered."""

    cell_chosen = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("review.confusion")
        self.setAccessibleName("Confusion matrix: rows are the truth, columns the prediction")
        self.cells = ConfusionModel()
        self.setModel(self.cells)
        self.setItemDelegate(_CellDelegate(look, self))
        self.setShowGrid(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setCornerButtonEnabled(False)
        for header, px in ((self.horizontalHeader(), _COLUMN_PX), (self.verticalHeader(), _ROW_PX)):
            header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
            header.setDefaultSectionSize(px)
            header.setMinimumSectionSize(px)
            header.setHighlightSections(False)
            header.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignCenter)
        self.clicked.connect(self._on_clicked)
        self.activated.connect(self._on_clicked)
        look.theme.changed.connect(self.viewport().update)

    def show_matrix(self, matrix: Matrix, classes: ClassList) -> None:
        """Show another matrix of pixel counts."""
        self.cells.show_matrix(matrix, classes)

    def clear_choice(self) -> None:
        """Let no cell be chosen."""
        self.clearSelection()

    @Slot(QModelIndex)
    def _on_clicked(self, index: QModelIndex) -> None:
        if index.isValid() and self.cells.pixels(index):
            self.cell_chosen.emit(self.cells.cell(index))


class _CellDelegate(QStyledItemDelegate):
    def __init__(self, look: Look, view: QTableView) -> None:
        super().__init__(view)
        self._look = look

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the share on its tint: green what was found, red what was taken for something else."""
        rect: QRect = getattr(option, "rect")  # noqa: B009 (the stubs do not know the fields of style options)
        state: QStyle.StateFlag = getattr(option, "state")  # noqa: B009
        share = index.data(CELL_ROLE)
        cell = rect.adjusted(1, 1, -1, -1)
        there = isinstance(share, float) and share == share  # noqa: PLR0124 (NaN is not itself)
        strength = _STRONGEST * min(float(share), 1.0) ** 0.6 if there and isinstance(share, float) else 0.0
        token = "good" if index.row() == index.column() else "bad"
        ground = _mixed(self._look.colour("raised"), self._look.colour(token), strength)
        painter.fillRect(cell, ground)
        ink = "text" if there and share else "text_dim"
        painter.setPen(self._look.colour("surface") if strength > 0.5 else self._look.colour(ink))
        painter.setFont(self._look.theme.font("caption"))
        painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, str(index.data()))
        if state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_HasFocus):
            painter.setPen(QPen(self._look.colour("accent"), 2))
            painter.drawRect(cell)


def _mixed(below: QColor, above: QColor, part: float) -> QColor:
    return QColor.fromRgbF(
        below.redF() + (above.redF() - below.redF()) * part,
        below.greenF() + (above.greenF() - below.greenF()) * part,
        below.blueF() + (above.blueF() - below.blueF()) * part,
    )


def summed(matrices: Sequence[Matrix], count: int) -> Matrix:
    """Return the sum of confusion matrices of `count` classes."""
    total = np.zeros((count, count), dtype=np.int64)
    for matrix in matrices:
        if matrix.shape == total.shape:
            total += matrix
    return total
