"""VideoPanel: asks which frames of a video are segmented, and how large."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path

import cv2
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout

from segstudio.counting import counted
from segstudio.desktop.reviewing.videos import Video
from segstudio.desktop.widgets.labels import ElidedLabel, label

_A_SECOND = 2.0
"""Frames that are segmented of each second, unless the person wants it otherwise."""
_SCALES = ((1.0, "Full size"), (0.5, "Half size"), (0.25, "Quarter size"))
_MOST_EVERY = 100_000
_TEXT_PX = 7


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What a video's header tells: frames in all (0: not told), frames a second, and its size (rows, columns)."""

    path: Path
    frames: int = 0
    rate: float = 25.0
    size: tuple[int, int] = (0, 0)

    @property
    def every(self) -> int:
        """Every how many frames one is taken, so that it is about two a second; pure."""
        return max(round(self.rate / _A_SECOND), 1)


def video_facts(path: Path) -> VideoFacts:
    """Return what a video's header tells (in a worker); little of a file that cannot be read."""
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", "protocol_whitelist;file")
    capture = cv2.VideoCapture(str(path.absolute()), cv2.CAP_FFMPEG)
    try:
        names = (
            cv2.CAP_PROP_FRAME_COUNT,
            cv2.CAP_PROP_FPS,
            cv2.CAP_PROP_FRAME_HEIGHT,
            cv2.CAP_PROP_FRAME_WIDTH,
        )
        told = [capture.get(name) if capture.isOpened() else 0.0 for name in names]
    finally:
        capture.release()
    frames, rate, rows, columns = (number if math.isfinite(number) and number > 0 else 0.0 for number in told)
    return VideoFacts(path, int(min(frames, 1e9)), rate or 25.0, (int(rows), int(columns)))


def told_of(facts: VideoFacts) -> str:
    """Return one line on a video; pure."""
    parts = []
    if facts.frames:
        minutes, seconds = divmod(round(facts.frames / facts.rate), 60)
        parts.append(f"{minutes}:{seconds:02}")
    parts.append(f"{facts.rate:.3g} frames a second")
    if all(facts.size):
        parts.append(f"{facts.size[1]} × {facts.size[0]}")
    return " · ".join(parts)


def told_outcome(facts: VideoFacts, every: int, scale: float) -> str:
    """Return what will come of it; pure."""
    a_second = facts.rate / every
    often = f"{a_second:.2g} a second" if a_second >= 1 else f"one each {1 / a_second:.2g} s"
    count = -(-facts.frames // every)
    many = f"{counted(count, 'frame')}, {often}" if facts.frames else often
    if scale == 1 or not all(facts.size):
        return many
    rows, columns = (max(round(side * scale), 1) for side in facts.size)
    return f"{many}, {columns} × {rows}"


class VideoPanel(QFrame):
    """Asks about one video after the other. `wanted` carries a Video, once it is settled."""

    wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("review.video")
        self._waiting: list[VideoFacts] = []
        self._name, self._told = ElidedLabel("", "body"), ElidedLabel("", "caption")
        self._outcome = label("", "caption", wraps=True)
        self._outcome.setObjectName("review.video.outcome")
        self.every = QSpinBox()
        self.every.setObjectName("review.video.every")
        self.every.setRange(1, _MOST_EVERY)
        self.every.lineEdit().setTextMargins(
            _TEXT_PX, 0, 0, 0
        )  # the style sheet's padding does not come through
        self.every.setPrefix("one in ")
        self.every.setSuffix(" frames")
        self.every.setAccessibleName("Every how many frames one is segmented")
        self.every.setToolTip("Frames to segment\n1 takes every frame; the default is about two a second.")
        self.scale = QComboBox()
        self.scale.setObjectName("review.video.scale")
        self.scale.setAccessibleName("Size of the frames")
        self.scale.setToolTip("Size of the frames\nSmaller ones are quicker and take less room.")
        for factor, title in _SCALES:
            self.scale.addItem(title, factor)
        self.start = QPushButton("Segment")
        self.start.setObjectName("review.video.start")
        self.start.setProperty("place", "panel")
        self.start.setToolTip("Segment these frames; they come as photos, one by one.")
        self._leave = QPushButton("Leave out")
        self._leave.setObjectName("review.video.leave")
        self._leave.setProperty("kind", "quiet")
        self._leave.setToolTip("Do not look at this video (Escape).")
        self._lay_out()
        self.every.valueChanged.connect(self._tell)
        self.scale.currentIndexChanged.connect(self._tell)
        self.start.clicked.connect(self._on_started)
        self._leave.clicked.connect(self._next)
        self.hide()

    def ask(self, facts: VideoFacts) -> None:
        """Ask about one more video."""
        self._waiting.append(facts)
        if len(self._waiting) == 1:
            self._show()

    def forget(self) -> None:
        """Ask about none."""
        self._waiting.clear()
        self.hide()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return segments, Escape leaves the video out."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_started()
        elif event.key() == Qt.Key.Key_Escape:
            self._next()
        else:
            super().keyPressEvent(event)

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(self._leave)
        foot.addWidget(self.start)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 8, 8)
        column.setSpacing(4)
        for widget in (self._name, self._told, self.every, self.scale, self._outcome):
            column.addWidget(widget)
        column.addLayout(foot)

    def _show(self) -> None:
        facts = self._waiting[0]
        self._name.set_whole(facts.path.name)
        self._told.set_whole(told_of(facts))
        self.every.setValue(facts.every)
        self.scale.setCurrentIndex(0)
        self._tell()
        self.show()
        self.every.setFocus()

    @Slot()
    def _tell(self) -> None:
        if self._waiting:
            self._outcome.setText(
                told_outcome(self._waiting[0], self.every.value(), self.scale.currentData())
            )

    @Slot()
    def _on_started(self) -> None:
        if self._waiting:
            self.wanted.emit(Video(self._waiting[0].path, self.every.value(), self.scale.currentData()))
            self._next()

    @Slot()
    def _next(self) -> None:
        self._waiting = self._waiting[1:]
        if self._waiting:
            self._show()
        else:
            self.hide()
