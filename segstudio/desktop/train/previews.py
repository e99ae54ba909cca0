"""Previews: the same few validation photos as the network saw them after each epoch, beside the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QSlider, QVBoxLayout, QWidget

from segstudio.desktop.look import Look
from segstudio.desktop.pictures import PhotoPicture, blended, mask_image, picture_of
from segstudio.desktop.train.curves import preview_epochs
from segstudio.desktop.widgets.labels import label
from segstudio.errors import SegStudioError
from segstudio.project.classes import ClassList
from segstudio.project.masks import Mask, read_mask
from segstudio.project.photos import Photo
from segstudio.runs.events import PreviewSaved

_SIDE_PX = 480
_OPACITY = 0.6
_MOST = 3
_GAP_PX = 2
_BETWEEN_PX = 16


@dataclass(frozen=True, slots=True, eq=False)
class PreviewPair:
    """One photo under its true mask and under what the network saw; None for what cannot be read."""

    key: str
    truth: QImage | None
    now: QImage | None


class Truths:
    """The photos with their true masks, made small once. Used by one worker at a time."""

    def __init__(self) -> None:
        self._made: dict[Path, tuple[tuple[int, ClassList], PhotoPicture]] = {}

    def picture(self, photo: Photo, mask_path: Path, classes: ClassList) -> PhotoPicture:
        """Return the photo with its mask; both are read again when the mask was painted on since, or a class is another."""
        try:
            written = mask_path.stat().st_mtime_ns
        except OSError:
            written = 0
        state = written, classes
        made_of, found = self._made.get(photo.path, (None, None))
        if found is None or made_of != state:
            found = picture_of(photo, mask_path, classes, _SIDE_PX)
            self._made[photo.path] = state, found
        return found


def preview_pairs(
    run: Path,
    previews: Sequence[PreviewSaved],
    photos: Mapping[str, tuple[Photo, Path]],
    classes: ClassList,
    truths: Truths,
) -> tuple[PreviewPair, ...]:
    """Return the pictures of one epoch; `photos` gives photo and mask file by key. In a worker thread."""
    found = []
    for preview in previews[:_MOST]:
        entry = photos.get(preview.photo)
        if entry is None:
            continue
        picture = truths.picture(*entry, classes)
        now = None
        try:
            if picture.photo is not None:
                mask = _fitted(read_mask(run / preview.name), picture.photo)
                now = blended(PhotoPicture(picture.photo, mask_image(mask, classes)), _OPACITY)
        except SegStudioError:
            now = None  # the run was thrown away meanwhile, or its disk is gone
        found.append(PreviewPair(preview.photo, blended(picture, _OPACITY), now))
    return tuple(found)


def _fitted(mask: Mask, photo: QImage) -> Mask:
    size = (photo.width(), photo.height())
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST), dtype=np.uint8)


class PreviewStrip(QWidget):
    """Pictures in pairs and a slider through the epochs. `wanted` says that another epoch is to be shown."""

    wanted = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._epochs: tuple[int, ...] = ()
        self._count = 0
        self._follows = True
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("previews.epoch")
        self.slider.setAccessibleName("Epoch of the previews")
        self.slider.setToolTip(
            "Epoch\nGo through the epochs and see how it learnt; at the right end it follows the run."
        )
        self.slider.valueChanged.connect(self._on_moved)
        self._epoch = label("", "caption")
        self._epoch.setMinimumWidth(72)
        self.pictures = _Pictures(look)
        row = QHBoxLayout()
        row.setContentsMargins(16, 4, 16, 0)
        row.setSpacing(8)
        title = label("Validation photos: truth | now")
        title.setFont(look.theme.font("body", bold=True))
        row.addWidget(title)
        row.addStretch(1)
        row.addWidget(self._epoch)
        row.addWidget(self.slider, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.pictures, 1)

    @property
    def epoch(self) -> int:
        """The epoch to show, 0 for none."""
        at = self.slider.value()
        return self._epochs[at] if 0 <= at < len(self._epochs) else 0

    def show_epochs(self, previews: Sequence[PreviewSaved], *, anew: bool) -> None:
        """Take over which epochs there are; `anew` for another run. Who looked at the newest goes on to it."""
        epochs = preview_epochs(previews)
        if len(previews) == self._count and not anew:
            return
        self._count = len(previews)
        before = self.epoch
        self._follows = self._follows or anew
        self._epochs = epochs
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(0, len(epochs) - 1))
        at = len(epochs) - 1 if self._follows or before not in epochs else epochs.index(before)
        self.slider.setValue(max(0, at))
        self.slider.blockSignals(False)
        self.slider.setEnabled(len(epochs) > 1)
        self._tell()
        if anew and not epochs:
            self.pictures.show_pairs(())
        self.wanted.emit()

    def show_pairs(self, pairs: tuple[PreviewPair, ...]) -> None:
        """Show the pictures of the epoch."""
        self.pictures.show_pairs(pairs)

    @Slot()
    def _on_moved(self) -> None:
        self._follows = self.slider.value() == self.slider.maximum()
        self._tell()
        self.wanted.emit()

    def _tell(self) -> None:
        self._epoch.setText(f"epoch {self.epoch}" if self.epoch else "")


class _Pictures(QWidget):
    """Draws the pairs side by side, each as large as fits."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._pairs: tuple[PreviewPair, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(96)
        look.theme.changed.connect(self.update)

    @property
    def pairs(self) -> tuple[PreviewPair, ...]:
        """What is shown."""
        return self._pairs

    def sizeHint(self) -> QSize:
        """Return a strip."""
        return QSize(600, 160)

    def show_pairs(self, pairs: tuple[PreviewPair, ...]) -> None:
        """Show other pictures."""
        self._pairs = pairs
        self.setToolTip("\n".join(pair.key for pair in pairs))
        self.setAccessibleName(
            f"Truth and prediction of {', '.join(pair.key for pair in pairs)}" if pairs else "Previews"
        )
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the pictures on the neutral ground."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if not self._pairs:
            painter.setPen(self._look.colour("text_dim"))
            text = "After each validation these photos are drawn anew, so that one sees it learn."
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)
            return
        painter.fillRect(self.rect(), self._look.colour("canvas"))
        whole = QRectF(self.rect()).adjusted(8, 8, -8, -8)
        width = (whole.width() - _BETWEEN_PX * (len(self._pairs) - 1)) / len(self._pairs)
        for position, pair in enumerate(self._pairs):
            room = QRectF(whole.x() + position * (width + _BETWEEN_PX), whole.y(), width, whole.height())
            self._draw_pair(painter, room, pair)

    def _draw_pair(self, painter: QPainter, room: QRectF, pair: PreviewPair) -> None:
        half = (room.width() - _GAP_PX) / 2
        for image, left in ((pair.truth, room.x()), (pair.now, room.x() + half + _GAP_PX)):
            if image is None:
                continue
            factor = min(half / image.width(), room.height() / image.height())
            width, height = image.width() * factor, image.height() * factor
            towards = left + half - width if left == room.x() else left  # the two touch in the middle
            painter.drawImage(QRectF(towards, room.y() + (room.height() - height) / 2, width, height), image)
