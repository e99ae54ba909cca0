"""AugmentationView: a few training photos as the network would be given them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from segstudio.desktop.widgets.labels import label

CROPS = 4
PHOTOS = 3
_SIDE_PX = 68


class AugmentationView(QWidget):
    """A row of crops for each photo. `wanted` asks for pictures, for others than those that are there."""

    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._told = label("", "caption", wraps=True)
        self._grid = QGridLayout()
        self._grid.setSpacing(4)
        self.again = QPushButton("Other crops")
        self.again.setObjectName("augmentation.again")
        self.again.setProperty("kind", "small")
        self.again.setToolTip(
            "Other crops\nDraw anew what random scale, flips, colours and blur do to the photos."
        )
        self.again.clicked.connect(self.wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(8)
        column.addWidget(self._told)
        column.addLayout(self._grid)
        column.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeft)

    def say(self, text: str, *, is_busy: bool) -> None:
        """Say what the pictures are, or what is under way."""
        self._told.setText(text)
        self.again.setEnabled(not is_busy)

    def show_crops(self, crops: Sequence[tuple[str, QImage]]) -> None:
        """Show crops, each with the key of its photo; those of one photo follow each other."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for row, (key, group) in enumerate(groupby(crops, key=lambda crop: crop[0])):
            for column, (_, image) in enumerate(group):
                picture = QLabel()
                picture.setToolTip(key)
                picture.setAccessibleName(f"Crop {column + 1} of {key}")
                shown = QPixmap.fromImage(image)
                shown.setDevicePixelRatio(shown.width() / _SIDE_PX)
                picture.setPixmap(shown)
                picture.setFixedSize(QSize(_SIDE_PX, _SIDE_PX))
                self._grid.addWidget(picture, row, column)


def read_crops(told: Sequence[dict[str, str]]) -> list[tuple[str, QImage]]:
    """Read the pictures that `segstudio augment` wrote, as small as they are shown on a fine screen."""
    side = _SIDE_PX * 2
    kept = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    return [(crop["photo"], QImage(str(Path(crop["file"]))).scaled(side, side, *kept)) for crop in told]
