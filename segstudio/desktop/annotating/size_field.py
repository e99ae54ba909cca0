"""SizeField: the size of the tip, as a slider on a logarithmic scale and as a number."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSlider, QSpinBox, QWidget

from segstudio.desktop.annotating.sizes import SLIDER_STEPS, size_at, step_at
from segstudio.painting.brush import MAX_DIAMETER_PX

_TIP = "Size of the tip ([ and ], or Ctrl and the wheel)\nHow many pixels of the photo it is wide."


class SizeField(QWidget):
    """`chosen` carries a diameter in pixels; `done` comes when a number was typed and Return pressed."""

    chosen = Signal(int)
    done = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("size.slider")
        self.slider.setAccessibleName("Size of the tip")
        self.slider.setRange(0, SLIDER_STEPS)
        self.slider.setPageStep(SLIDER_STEPS // 10)
        self.slider.setMinimumWidth(72)
        self.slider.setMaximumWidth(140)
        self.number = QSpinBox()
        self.number.setObjectName("size.number")
        self.number.setAccessibleName("Size of the tip in pixels")
        self.number.setRange(1, MAX_DIAMETER_PX)
        self.number.setSuffix(" px")
        self.number.setKeyboardTracking(False)
        self.number.setProperty("kind", "plain")
        self.number.setAlignment(Qt.AlignmentFlag.AlignRight)
        for widget in (self.slider, self.number):
            widget.setToolTip(_TIP)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.slider, 1)
        row.addWidget(self.number)
        self.slider.valueChanged.connect(self._on_slid)
        self.number.valueChanged.connect(self.chosen)
        self.number.lineEdit().returnPressed.connect(self.done)

    def show_size(self, size_px: int) -> None:
        """Show another size, without telling it back."""
        for widget, value in ((self.slider, step_at(size_px)), (self.number, size_px)):
            widget.blockSignals(True)
            widget.setValue(value)
            widget.blockSignals(False)

    @Slot(int)
    def _on_slid(self, step: int) -> None:
        self.chosen.emit(size_at(step))
