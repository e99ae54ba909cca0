"""PanelStrip: one small picture per class, that class lit and the rest dimmed; a click shows it large."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QEnterEvent,
    QFontMetrics,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QScrollArea, QWidget

from segstudio.desktop.annotating.class_rows import percent
from segstudio.desktop.look import Look
from segstudio.desktop.reviewing.class_rows import ClassFacts
from segstudio.desktop.reviewing.reading import Small
from segstudio.desktop.widgets.tab_stop import in_turn
from segstudio.project.classes import VOID
from segstudio.project.images import RgbImage
from segstudio.project.masks import Mask
from segstudio.review.lighting import lit, stage
from segstudio.review.shown import Thresholds, shown_mask

LEAST_PX, MOST_PX = 52, 240
"""Height of the pictures in the strip: as much as there is room for."""
_STRIP_PX = 84
"""Height of the pictures for which the strip has room at least; those of many classes are smaller still."""

_WIDEST, _NARROWEST = 2.0, 0.9
"""Width of a panel, in heights of its picture."""
_CAPTION_PX = 40
_WORDS_PX = 168
_MARGINS_PX = 24
_BETWEEN_PX = 16
_SWATCH_PX = 10
_MOST = 24
_SURE, _BETWEEN_FACTS = "sure ", " · "
UNSURE = VOID
_UNSURE_RGB = (255, 176, 0)


@dataclass(frozen=True, slots=True)
class Caption:
    """Two lines under a picture; `value` is the mask value, VOID what is unsure."""

    value: int
    title: str
    told: str
    colour: str = ""


def captions(facts: Sequence[ClassFacts], unsure: float | None) -> tuple[Caption, ...]:
    """Return what gets a panel: the classes that are there, the largest if they are too many; pure."""
    there = [fact for fact in facts if fact.share or fact.iou is not None]
    kept = {fact.value for fact in sorted(there, key=lambda fact: -(fact.share or 0))[:_MOST]}
    made = [Caption(fact.value, fact.name, _told(fact), fact.colour) for fact in there if fact.value in kept]
    if unsure:
        made.append(Caption(UNSURE, "unsure", percent(unsure)))
    return tuple(made)


def picture_height(room: tuple[int, int], count: int, share: float) -> int:
    """Return how high `count` pictures are drawn in a room (width, height) so that all of them are seen, if that is
    possible; `share` is the width of the widest, in heights. Pure.
    """
    across = (room[0] / max(count, 1) - _BETWEEN_PX) / share
    return round(min(max(min(across, room[1]), LEAST_PX), MOST_PX))


def room_for_one(width_px: int, count: int) -> int:
    """Return how wide each of `count` panels may be so that all of them are seen, without what lies between; pure."""
    return width_px // max(count, 1) - _BETWEEN_PX


def told_in(told: str, fits: Callable[[str], bool]) -> str:
    """Return as much of what is told of a class as fits: how sure it is goes first, then the IoU; pure."""
    first, *rest = told.split(_BETWEEN_FACTS)
    shorter = [part for part in rest if not part.startswith(_SURE)]
    choices = (told, _BETWEEN_FACTS.join([first, *shorter]), first)
    return next((each for each in choices if fits(each)), first)


def _told(fact: ClassFacts) -> str:
    parts = [percent(fact.share)]
    if fact.sure is not None:
        parts.append(f"{_SURE}{percent(fact.sure)}")
    if fact.iou is not None:
        parts.append(f"IoU {fact.iou:.2f}")
    return _BETWEEN_FACTS.join(parts)


def panel_pictures(
    small: Small, values: Sequence[tuple[int, tuple[int, int, int]]], thresholds: Thresholds
) -> list[RgbImage]:
    """Return a picture for each mask value (with its colour): uint8 (rows, columns, 3), that class lit."""
    shown: Mask = shown_mask(small.mask, small.confidence, thresholds)
    scene = stage(small.photo, (small.photo.shape[0], small.photo.shape[1]))
    pictures = []
    for value, rgb in values:
        truth = small.truth == value if small.truth is not None and value != UNSURE else None
        pictures.append(lit(scene, shown == value, _UNSURE_RGB if value == UNSURE else rgb, truth=truth))
    return pictures


class PanelStrip(QScrollArea):
    """`chosen` carries the mask value of the panel that was clicked, None for one that was clicked again."""

    chosen = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._buttons: list[_Panel] = []
        self.setObjectName("review.panels")
        self.setAccessibleName("Class by class")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the panels take the keys
        self.setWidgetResizable(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        self._row = QHBoxLayout(body)
        self._row.setContentsMargins(12, 4, 12, 4)
        self._row.setSpacing(8)
        self._row.addStretch(1)
        self.setWidget(body)
        self.setMinimumHeight(_STRIP_PX + _CAPTION_PX + _MARGINS_PX)
        self._add()

    def _add(self) -> None:
        """Make one more panel, beside the last; the first is made with the strip, so that Tab comes here and not last."""
        button = _Panel(self._look)
        button.hide()
        button.clicked.connect(self._on_clicked)
        self._row.insertWidget(len(self._buttons), button)
        if self._buttons:
            in_turn(self._buttons[-1], (button,))
        self._buttons.append(button)

    @property
    def panels(self) -> tuple[_Panel, ...]:
        """The panels that are seen."""
        return tuple(button for button in self._buttons if not button.isHidden())

    def show_panels(self, words: Sequence[Caption], pictures: Sequence[RgbImage], chosen: int | None) -> None:
        """Show a panel for each caption; the one of mask value `chosen` is marked."""
        while len(self._buttons) < len(words):
            self._add()
        for number, button in enumerate(self._buttons):
            button.is_wanted = number < len(words)
            button.setVisible(button.is_wanted)
            if number < len(words):
                button.show_panel(words[number], pictures[number], is_chosen=words[number].value == chosen)
        self._share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw the pictures as large as there is room for."""
        super().resizeEvent(event)
        self._share_room()

    def _share_room(self) -> None:
        there = [button for button in self._buttons if button.is_wanted]
        share = max((button.share for button in there), default=1.0)
        room = self.width() - _MARGINS_PX, self.height() - _CAPTION_PX - _MARGINS_PX
        height, words_px = picture_height(room, len(there), share), room_for_one(room[0], len(there))
        for button in there:
            button.set_height(height, words_px=words_px)

    @Slot()
    def _on_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, _Panel) and button.caption is not None:
            self.chosen.emit(None if button.isChecked() else button.caption.value)


class _Panel(QAbstractButton):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.caption: Caption | None = None
        self._picture = QImage()
        self._scaled = QPixmap()
        self._picture_px = LEAST_PX
        self.is_wanted = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_panel(self, caption: Caption, picture: RgbImage, *, is_chosen: bool) -> None:
        """Show a picture and what is told of it."""
        rows, columns = picture.shape[:2]
        self._picture = QImage(
            np.ascontiguousarray(picture).data, columns, rows, 3 * columns, QImage.Format.Format_RGB888
        ).copy()
        self._scaled = QPixmap()
        self.caption = caption
        self.setCheckable(False)
        self.setCheckable(True)
        self.setChecked(is_chosen)
        self.setObjectName(f"review.panel.{caption.value}")
        self.setText(caption.title)
        self.setAccessibleName(f"{caption.title}: {caption.told}")
        self.setToolTip(f"{caption.title}: {caption.told}\nClick to see it large; Escape goes back.")
        self.update()

    @property
    def share(self) -> float:
        """The width that the picture takes, in heights of it."""
        share = self._picture.width() / max(self._picture.height(), 1)
        return min(max(share, _NARROWEST), _WIDEST)

    def set_height(self, picture_px: int, *, words_px: int) -> None:
        """Draw the picture so high, and what is told no wider than `words_px` where the picture is not."""
        self._picture_px = picture_px
        width = round(picture_px * self.share)
        words = min(self._words_px(self.caption), words_px) if self.caption is not None else 0
        self.setFixedSize(QSize(max(width, words) + 8, picture_px + _CAPTION_PX + 4))
        self._scaled = QPixmap()

    def nextCheckState(self) -> None:  # noqa: N802 (Qt's)
        """What is chosen is said by whoever shows it."""

    def _words_px(self, caption: Caption) -> int:
        font = self._look.theme.font("caption")
        return min(QFontMetrics(font).horizontalAdvance(caption.told) + 2, _WORDS_PX)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Draw what lies under the pointer."""
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Draw it as before."""
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw picture, name and numbers."""
        caption = self.caption
        if caption is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRect(4, 4, self.width() - 8, self._picture_px)
        picture = self._fitted(room.size())
        place = QRect(room.topLeft(), picture.deviceIndependentSize().toSize())
        painter.drawPixmap(place.topLeft(), picture)
        edge = 2 if self.isChecked() or self.hasFocus() or self.underMouse() else 0
        if edge:
            token = "accent" if self.isChecked() or self.hasFocus() else "line_strong"
            painter.setPen(QPen(self._look.colour(token), edge))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(place).adjusted(-2, -2, 2, 2), 3, 3)
        self._write(painter, caption)

    def _write(self, painter: QPainter, caption: Caption) -> None:
        theme = self._look.theme
        top = self._picture_px + 8
        left = 4
        if caption.colour:
            painter.setPen(QPen(self._look.colour("line_strong"), 1))
            painter.setBrush(QColor(caption.colour))
            painter.drawRoundedRect(QRectF(left + 0.5, top + 4.5, _SWATCH_PX - 1, _SWATCH_PX - 1), 2, 2)
            left += _SWATCH_PX + 6
        small, bold = theme.font("caption"), theme.font("caption", bold=True)
        metrics, across = QFontMetrics(small), self.width() - 4
        told = told_in(caption.told, lambda words: metrics.horizontalAdvance(words) <= across)
        for words, font, token, x, y in (
            (caption.title, bold, "text", left, top),
            (told, small, "text_dim", 4, top + 17),
        ):
            painter.setFont(font)
            painter.setPen(self._look.colour(token))
            room = QRect(x, y, self.width() - x, 18)
            shown = QFontMetrics(font).elidedText(words, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def _fitted(self, room: QSize) -> QPixmap:
        ratio = self.devicePixelRatioF()
        if self._scaled.isNull() or self._scaled.devicePixelRatio() != ratio:
            size = QSize(round(room.width() * ratio), round(room.height() * ratio))
            image = self._picture.scaled(
                size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            self._scaled = QPixmap.fromImage(image)
            self._scaled.setDevicePixelRatio(ratio)
        return self._scaled
