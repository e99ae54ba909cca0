"""ExportForm: the formats, what each keeps and cannot say, and every choice of an export."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from segstudio.desktop.exporting.choices import MOST_PX, WANTED, ExportChoices, Wanted
from segstudio.desktop.exporting.format_list import ROW_PX, FormatList
from segstudio.desktop.exporting.words import OUTLINES, loses_told, tolerance_told, wanted_told
from segstudio.desktop.look import Look
from segstudio.desktop.widgets.labels import label
from segstudio.formats.exporting import EXPORTS

_EDGE_PX = 3
_STEPS_PER_PX = 10


class ExportForm(QWidget):
    """`changed` carries ExportChoices."""

    changed = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._choices = ExportChoices()
        self._is_showing = False
        self.formats = FormatList(look)
        self._loses = label("", "caption", wraps=True)
        self._loses.setObjectName("export.loses")
        self.outlines = _box("export.outlines", "Areas as", "Outlines with corners, or every pixel as it is.")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("export.tolerance.slider")
        self.slider.setRange(0, round(MOST_PX * _STEPS_PER_PX))
        self.slider.setPageStep(_STEPS_PER_PX)
        self.slider.setAccessibleName("Tolerance")
        self.spin = _Spin()
        self.spin.setObjectName("export.tolerance")
        self.spin.setAccessibleName("Tolerance in pixels")
        self.spin.setRange(0, MOST_PX)
        self.spin.setDecimals(1)
        self.spin.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.spin.setSingleStep(1 / _STEPS_PER_PX)
        self.spin.setSuffix(" px")
        self._tolerance_told = label("", "caption", wraps=True)
        self._tolerance_told.setObjectName("export.tolerance.told")
        for field in (self.slider, self.spin):
            field.setToolTip("Tolerance\nHow far an outline may leave the area that was painted: 0 is exact.")
        self.wanted = _box("export.wanted", "Photos", "Which photos go along; those without labels never do.")
        self.with_photos = QCheckBox("Copy the photos along")
        self.with_photos.setObjectName("export.with_photos")
        self.with_photos.setToolTip(
            "Copy the photos along\nSo that it can be opened on another computer without looking for them."
        )
        self._lay_out()
        self._connect()
        self.show_choices(self._choices)

    @property
    def choices(self) -> ExportChoices:
        """What is chosen."""
        return self._choices

    def show_choices(self, choices: ExportChoices) -> None:
        """Show what is chosen."""
        self._choices = choices
        self._is_showing = True
        row = choices.row
        self.formats.choose(row)
        self._loses.setText(loses_told(row))
        ways = [self.outlines.itemData(place) for place in range(self.outlines.count())]
        if ways != list(row.outlines):
            self.outlines.clear()
            for way in row.outlines:
                self.outlines.addItem(OUTLINES.get(way, way), way)
        self.outlines.setCurrentIndex(self.outlines.findData(choices.told_as))
        self.outlines.setEnabled(len(row.outlines) > 1)
        self.slider.setValue(round(choices.tolerance_px * _STEPS_PER_PX))
        if self.spin.value() != choices.tolerance_px:  # else it would be written anew below who types
            self.spin.setValue(choices.tolerance_px)
        for field in (self.slider, self.spin):
            field.setEnabled(choices.has_tolerance)
        self._tolerance_told.setText(tolerance_told(choices))
        self.wanted.setCurrentIndex(self.wanted.findData(choices.wanted))
        self.with_photos.setChecked(choices.with_photos)
        self._is_showing = False

    def show_counts(self, counts: Mapping[Wanted, int]) -> None:
        """Say how many photos each choice takes."""
        for place, wanted in enumerate(WANTED):
            self.wanted.setItemText(place, wanted_told(wanted, counts.get(wanted, 0)))

    def change(self, choices: ExportChoices) -> None:
        """Take other choices, and tell."""
        if choices != self._choices:
            self.show_choices(choices)
            self.changed.emit(choices)

    def _lay_out(self) -> None:
        for wanted in WANTED:
            self.wanted.addItem(wanted_told(wanted, 0), wanted)
        card = QFrame()
        card.setObjectName("card")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(*(_EDGE_PX,) * 4)
        inside.addWidget(self.formats)
        tolerance = QHBoxLayout()
        tolerance.setSpacing(8)
        tolerance.addWidget(self.slider, 1)
        tolerance.addWidget(self.spin)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        fields: tuple[tuple[str, QWidget], ...] = (
            ("Areas as", self.outlines),
            ("Tolerance", self.spin),
            ("Photos", self.wanted),
        )
        places = (0, 1, 3)
        for place, (words, field) in zip(places, fields, strict=True):
            caption = _caption(words, field)
            grid.addWidget(caption, place, 0)
            if field is self.spin:
                grid.addLayout(tolerance, place, 1)
            else:
                grid.addWidget(field, place, 1)
        grid.addWidget(self._tolerance_told, 2, 1)
        grid.addWidget(self.with_photos, 4, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        card.setMaximumHeight(ROW_PX * len(EXPORTS) + 2 * (_EDGE_PX + 1))
        column.addWidget(card, 100)
        column.addWidget(self._loses)
        column.addSpacing(4)
        column.addLayout(grid)
        column.addStretch(1)

    def _connect(self) -> None:
        self.formats.currentItemChanged.connect(self._on_format_chosen)
        self.outlines.activated.connect(self._on_outlines_chosen)
        self.slider.valueChanged.connect(self._on_slid)
        self.spin.valueChanged.connect(self._on_typed)
        self.wanted.activated.connect(self._on_wanted_chosen)
        self.with_photos.clicked.connect(self._on_with_photos)

    @Slot()
    def _on_format_chosen(self) -> None:
        row = self.formats.chosen
        if row is not None and not self._is_showing:
            self.change(replace(self._choices, format=row.id))

    @Slot()
    def _on_outlines_chosen(self) -> None:
        self.change(replace(self._choices, outlines=str(self.outlines.currentData())))

    @Slot(int)
    def _on_slid(self, steps: int) -> None:
        if not self._is_showing:
            self.change(replace(self._choices, tolerance_px=steps / _STEPS_PER_PX))

    @Slot(float)
    def _on_typed(self, pixels: float) -> None:
        if not self._is_showing:
            self.change(replace(self._choices, tolerance_px=round(pixels, 1)))

    @Slot()
    def _on_wanted_chosen(self) -> None:
        self.change(replace(self._choices, wanted=self.wanted.currentData()))

    @Slot(bool)
    def _on_with_photos(self, wanted: bool) -> None:
        self.change(replace(self._choices, with_photos=wanted))


class _Spin(QDoubleSpinBox):
    """Return takes what was typed, and exports nothing yet."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take what was typed."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.interpretText()
            self.selectAll()
        else:
            super().keyPressEvent(event)


def _box(name: str, title: str, tip: str) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(title)
    box.setToolTip(f"{title}\n{tip}")
    return box


def _caption(words: str, field: QWidget) -> QLabel:
    caption = label(words)
    caption.setBuddy(field)
    return caption
