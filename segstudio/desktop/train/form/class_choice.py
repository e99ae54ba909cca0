"""ClassChoice: which classes the network learns to tell apart, how common each is, and how much it counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from segstudio.desktop.look import Look
from segstudio.desktop.train.form.class_row import ClassRow
from segstudio.desktop.train.form.editors import Choice
from segstudio.desktop.train.form.findings import ClassBalance
from segstudio.desktop.train.form.learning import EVEN_WEIGHT, Fate, Learning, fates_of, weights_problem
from segstudio.desktop.widgets.labels import label
from segstudio.project.classes import ClassList

_EACH = "each"
_WEIGHTS = (
    ("none", "All pixels count alike"),
    ("median-frequency", "Rare classes count more"),
    ("effective-number", "Only very rare classes count more"),
    ("inverse", "Rare classes count far more"),
    (_EACH, "As I say for each class"),
)


class ClassChoice(QWidget):
    """A row for each class with its part of the labelled pixels as a bar. `learning_changed` carries a Learning,
    `weights_changed` the recipe's value.
    """

    learning_changed = Signal(object)
    weights_changed = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._classes: ClassList | None = None
        self._learning = Learning((), {})
        self._weights: dict[str, Any] | None = None
        self._told: tuple[object, ...] | None = None
        self._rows: dict[str, ClassRow] = {}
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 3)
        self._grid.setColumnStretch(2, 2)
        self.whole = label("", "caption", wraps=True)
        self.whole.setProperty("level", "error")
        self.whole.hide()
        self.weights = Choice()
        self.weights.setObjectName("train.class_weights")
        self.weights.setAccessibleName("How much each class counts")
        self.weights.setToolTip(
            "How much each class counts\nA class of few pixels is easily passed over; weights in the loss keep it in."
        )
        for value, words in _WEIGHTS:
            self.weights.addItem(words, value)
        self.weights.activated.connect(self._on_weights_chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(8)
        column.addLayout(self._grid)
        column.addWidget(self.whole)
        row = QHBoxLayout()
        row.addWidget(label("Weights"))
        row.addWidget(self.weights, 1)
        column.addLayout(row)

    def show_classes(
        self, classes: ClassList, learning: Learning, weights: object, balance: Sequence[ClassBalance]
    ) -> None:
        """Show the project's classes, what becomes of each, and the recipe's class weights."""
        if classes != self._classes:  # otherwise the rows stay, and with them the keyboard in them
            self._classes = classes
            self._rebuild(classes)
            self._told = None
        self._learning = learning
        self._weights = dict(weights) if isinstance(weights, Mapping) else None
        chosen = _EACH if self._weights is not None else weights
        self.weights.setCurrentIndex(self.weights.findData(chosen))
        told = (learning, self._weights, tuple(balance))
        if told == self._told:
            return
        self._told = told
        of_name = {row.name: row for row in balance}
        learnt = learning.learnt(classes.names)
        for name, row in self._rows.items():
            row.show_fate(learning.fate(name), fates_of(name, learnt))
            row.show_balance(of_name.get(name))
            is_learnt = learning.fate(name) == Fate()
            row.show_weight(
                self._weights.get(name, EVEN_WEIGHT) if self._weights is not None and is_learnt else None
            )
        is_told = any(row.problem.text() for row in self._rows.values())
        whole = "" if is_told else weights_problem(weights)
        self.whole.setText(whole)
        self.whole.setVisible(bool(whole))

    def row(self, name: str) -> ClassRow:
        """Return the row of one class."""
        return self._rows[name]

    def _rebuild(self, classes: ClassList) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for gone in self._rows.values():
            gone.deleteLater()
        self._rows.clear()
        for position, entry in enumerate(classes.classes):
            row = ClassRow(self, self._look, entry)
            row.fate_chosen.connect(self._on_fate_chosen)
            row.weight_typed.connect(self._on_weight_typed)
            self._rows[entry.name] = row
            line = 2 * position  # below each there is room to say what is wrong with it
            for column, widget in enumerate(row.widgets):
                self._grid.addWidget(widget, line, column)
            self._grid.addWidget(row.weight, line, 2, Qt.AlignmentFlag.AlignVCenter)
            self._grid.addWidget(row.problem, line + 1, 1, 1, len(row.widgets) - 1)

    @Slot(str, object)
    def _on_fate_chosen(self, name: str, fate: Fate) -> None:
        self.learning_changed.emit(self._learning.with_fate(name, fate))

    @Slot(str, object)
    def _on_weight_typed(self, name: str, weight: object) -> None:
        if self._weights is not None:
            self.weights_changed.emit({**self._weights, name: weight})

    @Slot(int)
    def _on_weights_chosen(self, position: int) -> None:
        chosen = self.weights.itemData(position)
        if chosen == _EACH:
            chosen = self._weights or dict.fromkeys(self._learning.learnt(tuple(self._rows)), EVEN_WEIGHT)
        self.weights_changed.emit(chosen)
