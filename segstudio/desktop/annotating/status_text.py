"""StatusText: one line below the canvas: zoom, where the pointer is, the class there, and what the tool waits for."""

from __future__ import annotations

from math import floor

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout

from segstudio.desktop.annotating.rules import names_by_value
from segstudio.desktop.canvas.canvas import Canvas
from segstudio.desktop.editing.desk import PhotoDesk
from segstudio.desktop.widgets.labels import ElidedLabel, label, set_property
from segstudio.painting.points import Position
from segstudio.project.classes import ClassList
from segstudio.project.masks import Mask

_BETWEEN = " · "


class HintLabel(ElidedLabel):
    """Leaves out the last of its parts where they do not fit: each that is shown can be read."""

    def _elide(self) -> None:
        metrics, parts = self.fontMetrics(), self._whole.split(_BETWEEN)
        while len(parts) > 1 and metrics.horizontalAdvance(_BETWEEN.join(parts)) > self.width():
            parts.pop()
        shown = metrics.elidedText(_BETWEEN.join(parts), Qt.TextElideMode.ElideRight, self.width())
        if shown != self.text():
            self.setText(shown)


class StatusText(QFrame):
    """Follows canvas and desk."""

    def __init__(self, canvas: Canvas, desk: PhotoDesk) -> None:
        super().__init__()
        self.setObjectName("canvas_status")
        self._canvas, self._desk = canvas, desk
        self._names: dict[int, str] = {}
        self._position: Position | None = None
        self._zoom, self._place = label("", "caption"), label("", "caption")
        self._class, self._hint = ElidedLabel("", "caption"), HintLabel("", "caption")
        self._words = self._warning = ""
        self._hint.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for name, part in (
            ("zoom", self._zoom),
            ("place", self._place),
            ("class", self._class),
            ("hint", self._hint),
        ):
            part.setObjectName(f"canvas.{name}")
        self._zoom.setFixedWidth(self._zoom.fontMetrics().horizontalAdvance("6,400 %") + 4)
        self._place.setFixedWidth(self._place.fontMetrics().horizontalAdvance("16384, 16384") + 4)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(12)
        row.addWidget(self._zoom)
        row.addWidget(self._place)
        row.addWidget(self._class, 1)
        row.addWidget(self._hint, 2)
        canvas.view_changed.connect(self._on_view_changed)
        canvas.pointed_at.connect(self._on_pointed_at)
        desk.mask_changed.connect(self._show_place)
        desk.opened.connect(self._on_view_changed)

    def show_classes(self, classes: ClassList) -> None:
        """Tell classes by these names."""
        self._names = names_by_value(classes)
        self._show_place()

    @Slot(str)
    def show_hint(self, words: str) -> None:
        """Tell what the tool waits for."""
        self._words = words
        self._show_words()

    def warn(self, warning: str) -> None:
        """Tell this instead of what the tool waits for, until it is empty."""
        self._warning = warning
        self._show_words()

    def _show_words(self) -> None:
        set_property(self._hint, "kind", "body" if self._warning else "caption")
        self._hint.set_whole(self._warning or self._words)

    @Slot()
    def _on_view_changed(self) -> None:
        there = self._desk.shown is not None
        self._zoom.setText(zoom_text(self._canvas.zoom) if there else "")
        if not there:
            self._position = None
            self._show_place()

    @Slot(object)
    def _on_pointed_at(self, position: Position | None) -> None:
        self._position = position
        self._show_place()

    @Slot()
    def _show_place(self) -> None:
        pixel = pixel_at(self._position, self._desk.mask)
        mask = self._desk.mask
        if pixel is None or mask is None:
            self._place.setText("")
            self._class.set_whole("")
            return
        row, column = pixel
        value = int(mask[row, column])
        self._place.setText(f"{column}, {row}")
        self._class.set_whole(self._names.get(value, f"unknown value {value}"))


def zoom_text(zoom: float) -> str:
    """Return the zoom (1: actual size) as people read it."""
    percent = zoom * 100
    return f"{percent:,.0f} %" if percent >= 10 else f"{percent:.1f} %"


def pixel_at(position: Position | None, mask: Mask | None) -> tuple[int, int] | None:
    """Return row and column of the pixel at (x, y); None outside."""
    if position is None or mask is None:
        return None
    row, column = floor(position[1]), floor(position[0])
    return (row, column) if 0 <= row < mask.shape[0] and 0 <= column < mask.shape[1] else None
