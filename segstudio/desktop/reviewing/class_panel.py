"""ClassPanel: the classes of the model in the chosen photo, each with its share, threshold and an eye."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.desktop.annotating.class_rows import percent
from segstudio.desktop.look import Look
from segstudio.desktop.reviewing.class_rows import ClassFacts
from segstudio.desktop.widgets.labels import ElidedLabel, Swatch, label
from segstudio.desktop.widgets.tab_stop import in_turn

_EYE_PX = 16
_STEPS = 100


class ClassPanel(QFrame):
    """`threshold_changed` carries mask value and threshold (0–1), `eye_clicked` mask value and whether alone is meant.

    `thresholds_cleared` asks for all thresholds to be 0.
    """

    threshold_changed = Signal(int, float)
    eye_clicked = Signal(int, bool)
    thresholds_cleared = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._rows: dict[int, _Row] = {}
        self._values: tuple[tuple[int, str, str], ...] = ()
        self._title = label("Classes", "caption")
        self._threshold = label("Shown from", "caption")
        self._threshold.setToolTip("How sure the model must be of a class for it to be shown.")
        self._reset = QPushButton("Reset")
        self._reset.setObjectName("review.thresholds.reset")
        self._reset.setProperty("kind", "quiet")
        self._reset.setToolTip("Show every class again however unsure it is.")
        self._reset.clicked.connect(self.thresholds_cleared)
        self._unsure = label("", "dim")
        self._unsure.setObjectName("review.unsure")
        self._unsure.setToolTip("The part of the photo in which no class reaches its threshold.")
        body = QWidget()
        self._column = QVBoxLayout(body)
        self._column.setContentsMargins(12, 0, 8, 0)
        self._column.setSpacing(8)
        self._column.addStretch(1)
        area = QScrollArea()
        area.setObjectName("review.classes")
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it takes the keys
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(body)
        head = QHBoxLayout()
        head.setContentsMargins(12, 4, 8, 0)
        head.addWidget(self._title, 1)
        head.addWidget(self._threshold)
        head.addWidget(self._reset)
        head.addStrut(self._reset.sizeHint().height())
        foot = QHBoxLayout()
        foot.setContentsMargins(12, 0, 12, 4)
        foot.addWidget(self._unsure, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(area, 1)
        column.addLayout(foot)
        look.theme.changed.connect(self._on_theme_changed)

    def row(self, value: int) -> _Row:
        """Return the row of a mask value."""
        return self._rows[value]

    def show_facts(self, facts: Sequence[ClassFacts], unsure: float | None) -> None:
        """Show what is known of each class."""
        values = tuple((fact.value, fact.name, fact.colour) for fact in facts)
        if values != self._values:
            self._values = values
            self._make_rows(facts)
        for fact in facts:
            self._rows[fact.value].show_facts(fact)
        any_set = any(fact.threshold > 0 for fact in facts)
        self._reset.setVisible(any_set)
        self._threshold.setVisible(bool(facts) and not any_set)
        self._unsure.setText("" if unsure is None or not any_set else f"unsure  {percent(unsure)}")

    def _make_rows(self, facts: Sequence[ClassFacts]) -> None:
        for old in self._rows.values():
            self._column.removeWidget(old)
            old.deleteLater()
        self._rows = {}
        for place, fact in enumerate(facts):
            row = _Row(self._look, fact)
            row.threshold_changed.connect(self.threshold_changed)
            row.eye_clicked.connect(self.eye_clicked)
            self._rows[fact.value] = row
            self._column.insertWidget(place, row)
        in_turn(self._reset, [part for row in self._rows.values() for part in (row.eye, row.slider)])

    @Slot()
    def _on_theme_changed(self) -> None:
        for row in self._rows.values():
            row.renew_icon()


class _Row(QWidget):
    threshold_changed = Signal(int, float)
    eye_clicked = Signal(int, bool)

    def __init__(self, look: Look, fact: ClassFacts) -> None:
        super().__init__()
        self._look = look
        self._value = fact.value
        self._shown = True
        self._name = ElidedLabel(fact.name)
        self.share = label("", "body")
        self.share.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.told = label("", "caption")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName(f"review.threshold.{fact.value}")
        self.slider.setAccessibleName(f"Threshold of {fact.name}")
        self.slider.setRange(0, _STEPS - 1)
        self.slider.setFixedWidth(92)
        self.eye = QToolButton()
        self.eye.setObjectName(f"review.eye.{fact.value}")
        self.eye.setIconSize(QSize(_EYE_PX, _EYE_PX))
        self.eye.setAccessibleName(f"Show {fact.name}")
        self.eye.setToolTip(f"Show or hide {fact.name}\nWith Alt held, all others are hidden.")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        grid.addWidget(Swatch(fact.colour, look.colour("line_strong")), 0, 0)
        grid.addWidget(self._name, 0, 1)
        grid.addWidget(self.share, 0, 2)
        grid.addWidget(self.eye, 0, 3)
        grid.addWidget(self.told, 1, 1)
        grid.addWidget(self.slider, 1, 2, 1, 2, Qt.AlignmentFlag.AlignRight)
        grid.setColumnStretch(1, 1)
        self.slider.valueChanged.connect(self._on_slid)
        self.eye.clicked.connect(self._on_eye)
        self.renew_icon()

    def show_facts(self, fact: ClassFacts) -> None:
        step = round(fact.threshold * _STEPS)
        self.slider.blockSignals(True)
        self.slider.setValue(step)
        self.slider.blockSignals(False)
        least = f"from {step} % sure" if step else "always"
        self.slider.setToolTip(
            f"Threshold: {fact.name} is shown {least}\nWhat is less sure is shown as unsure."
        )
        self.share.setText("" if fact.share is None else percent(fact.share))
        self.told.setText(fact.told())
        if fact.shown != self._shown:
            self._shown = fact.shown
            self.renew_icon()

    def renew_icon(self) -> None:
        self.eye.setIcon(self._look.icon("review" if self._shown else "eye-off", "text_dim"))

    @Slot(int)
    def _on_slid(self, step: int) -> None:
        self.threshold_changed.emit(self._value, step / _STEPS)

    @Slot()
    def _on_eye(self) -> None:
        alone = bool(QApplication.keyboardModifiers() & Qt.KeyboardModifier.AltModifier)
        self.eye_clicked.emit(self._value, alone)
