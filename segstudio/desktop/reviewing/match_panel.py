"""MatchPanel: a table in which a person says which of the project's classes a model's are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from segstudio.desktop.importing.class_choice import SWATCH_PX, swatch_icon
from segstudio.desktop.look import Look
from segstudio.desktop.reviewing.matching import Chosen
from segstudio.desktop.widgets.labels import ElidedLabel, Swatch, label
from segstudio.desktop.widgets.tab_stop import in_turn
from segstudio.project.classes import ClassList, LabelClass

_MOST_PX = 240
_ROW_PX = 40
NONE = "None"


class MatchPanel(QFrame):
    """`settled` carries what was said: a model's class → the project's, None for none; by name."""

    settled = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("review.match")
        self._look = look
        self._boxes: dict[str, _Choice] = {}
        self._told = label("", "caption", wraps=True)
        self._body = QWidget()
        self._grid = QGridLayout(self._body)
        self._grid.setContentsMargins(0, 0, 4, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnStretch(2, 1)
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setWidget(self._body)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the choices take the keys
        self._use = QPushButton("Use these")
        self._use.setObjectName("review.match.use")
        self._use.setProperty("place", "panel")
        self._use.setToolTip("Remember it for this model\nWhat it finds is shown as these classes.")
        self._use.clicked.connect(self._on_used)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._use)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 8, 8)
        column.setSpacing(4)
        column.addWidget(self._told)
        column.addWidget(self._area)
        column.addLayout(foot)
        self.hide()

    @property
    def choices(self) -> Mapping[str, QComboBox]:
        """The choice of each of the model's classes, by its name."""
        return self._boxes

    def show_question(
        self, entries: Sequence[LabelClass], classes: ClassList, proposed: Chosen, told: str
    ) -> None:
        """Ask what the model's classes (`entries`) are among the project's; `proposed` is chosen beforehand."""
        self._told.setText(told)
        while (item := self._grid.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.deleteLater()
        self._boxes = {}
        for number, entry in enumerate(entries):
            name = ElidedLabel(entry.name, "body")
            box = _Choice(entry.name, classes, proposed.get(entry.name), self._look)
            self._grid.addWidget(Swatch(entry.colour, QColor(self._look.colour("line_strong"))), number, 0)
            self._grid.addWidget(name, number, 1)
            self._grid.addWidget(box, number, 2)
            self._boxes[entry.name] = box
        in_turn(self._use, [*self._boxes.values(), self._use])
        self._area.setFixedHeight(min(len(entries) * _ROW_PX, _MOST_PX))
        self.show()

    @Slot()
    def _on_used(self) -> None:
        self.hide()
        self.settled.emit({name: box.currentData() for name, box in self._boxes.items()})


class _Choice(QComboBox):
    """The project's classes, and none of them."""

    def __init__(self, name: str, classes: ClassList, chosen: str | None, look: Look) -> None:
        super().__init__()
        self.setObjectName(f"review.match.{name}")
        self.setAccessibleName(f"What {name} is in this project")
        self.setToolTip(f"What the model calls “{name}” is this class of the project.")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumContentsLength(6)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setIconSize(QSize(SWATCH_PX, SWATCH_PX))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        for entry in classes.classes:
            self.addItem(swatch_icon(entry.colour, look, self.devicePixelRatioF()), entry.name, entry.name)
        if classes.classes:
            self.insertSeparator(self.count())
        self.addItem(NONE, None)
        self.setCurrentIndex(self.findData(chosen) if chosen is not None else self.count() - 1)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # turning the wheel scrolls the table; it chooses nothing
