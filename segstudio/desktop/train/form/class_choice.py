"""ClassChoice: which classes the network learns to tell apart, how common each is, and how much it counts."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from segstudio.desktop.look import Look
from segstudio.desktop.train.form.editors import Choice
from segstudio.desktop.train.form.findings import ClassBalance
from segstudio.desktop.widgets.labels import Swatch, label
from segstudio.project.classes import ClassList

_BAR_PX = 8
_SMALLEST_SHARE = 1e-4

_WEIGHTS = (
    ("none", "All pixels count alike"),
    ("median-frequency", "Rare classes count more"),
    ("inverse", "Rare classes count far more"),
)


class ClassChoice(QWidget):
    """A row for each class with its part of the labelled pixels as a bar. `ignored_changed` carries the names that
    are left out, `weights_changed` the recipe's value.
    """

    ignored_changed = Signal(object)
    weights_changed = Signal(str)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._classes: ClassList | None = None
        self._rows: dict[str, tuple[QCheckBox, _Bar, QLabel]] = {}
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(2, 1)
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
        row = QHBoxLayout()
        row.addWidget(label("Weights"))
        row.addWidget(self.weights, 1)
        column.addLayout(row)

    def show_classes(
        self, classes: ClassList, ignored: Sequence[str], weights: object, balance: Sequence[ClassBalance]
    ) -> None:
        """Show the project's classes; those `ignored` are not learnt."""
        if classes != self._classes:  # otherwise the rows stay, and with them the keyboard in them
            self._classes = classes
            self._rebuild(classes)
        of_name = {row.name: row for row in balance}
        for entry in classes.classes:
            box, bar, share = self._rows[entry.name]
            row = of_name.get(entry.name)
            box.setChecked(entry.name not in ignored)
            bar.show_share(row.share if row else 0.0)
            share.setText(f"{row.share:.1%}" if row else "")
            told = (
                f"In {row.photos} photos: {row.train} for training, {row.val} for validation." if row else ""
            )
            share.setToolTip(told)
        self.weights.setCurrentIndex(self.weights.findData(weights) if isinstance(weights, str) else -1)

    def box(self, name: str) -> QCheckBox:
        """Return the mark of one class."""
        return self._rows[name][0]

    def _rebuild(self, classes: ClassList) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._rows.clear()
        edge = self._look.colour("line_strong")
        for position, entry in enumerate(classes.classes):
            box = QCheckBox(entry.name)
            box.setObjectName(f"class.{entry.name}")
            box.setToolTip(
                f"Learn {entry.name}\nWithout the mark its pixels are left out, as if not labelled."
            )
            box.clicked.connect(self._on_box_clicked)
            share = label("", "caption")
            share.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            bar = _Bar(self._look)
            self._rows[entry.name] = (box, bar, share)
            for column, widget in enumerate((Swatch(entry.colour, edge), box, bar, share)):
                self._grid.addWidget(widget, position, column)

    @Slot()
    def _on_box_clicked(self) -> None:
        self.ignored_changed.emit([name for name, (box, _, _) in self._rows.items() if not box.isChecked()])

    @Slot(int)
    def _on_weights_chosen(self, position: int) -> None:
        self.weights_changed.emit(self.weights.itemData(position))


class _Bar(QWidget):
    """A share as a bar, on a logarithmic scale: a class of one pixel in a thousand can still be seen."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look, self._share = look, 0.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_share(self, share: float) -> None:
        """Show another share, 0–1."""
        self._share = share
        self.setToolTip(f"{share:.2%} of the labelled pixels; the bar is logarithmic.")
        self.update()

    def sizeHint(self) -> QSize:
        """Return a short bar."""
        return QSize(48, _BAR_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(0, (self.height() - _BAR_PX) / 2, self.width(), _BAR_PX)
        painter.setBrush(self._look.colour("line"))
        painter.drawRoundedRect(whole, 3, 3)
        if self._share > 0:
            part = 1 - math.log(max(self._share, _SMALLEST_SHARE)) / math.log(_SMALLEST_SHARE)
            painter.setBrush(self._look.colour("text_dim"))
            painter.drawRoundedRect(
                QRectF(whole.x(), whole.y(), max(4.0, whole.width() * part), _BAR_PX), 3, 3
            )
