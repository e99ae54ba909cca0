"""Frames of a video, one after the other."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import cv2

from segstudio.errors import SegStudioError
from segstudio.project.images import MAX_PIXELS, RgbImage

_MOST_FRAMES = 100_000_000
"""A header that promises more tells nothing."""


class UnreadableVideoError(SegStudioError):
    """What is wrong is the video; others may be fine."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One frame: its number in the video, counted from 0, its time, and uint8 (rows, columns, 3) RGB, upright."""

    number: int
    time_s: float
    pixels: RgbImage


class Video:
    """A video file, read from its beginning to its end. Use it as a context, in one thread."""

    def __init__(self, path: Path) -> None:
        """Open the file; raises UnreadableVideoError when it is missing or no video."""
        self.path = path
        if not path.is_file():
            raise UnreadableVideoError("there is no such video", where=str(path))
        # Absolute, and with the one back end that takes a name as a name: others see patterns and addresses in it.
        self._capture = cv2.VideoCapture(str(path.absolute()), cv2.CAP_FFMPEG)
        if not self._capture.isOpened():
            raise UnreadableVideoError(
                "this is not a video that can be read", where=str(path), fix="Convert it to MP4 (H.264) first"
            )
        self.promised = _whole(self._capture.get(cv2.CAP_PROP_FRAME_COUNT))
        """How many frames the file's header promises; 0 when it does not tell."""
        rate = self._capture.get(cv2.CAP_PROP_FPS)
        self._rate = rate if math.isfinite(rate) and rate > 0 else 25.0
        self.passed = 0
        """How many frames were read so far, those that were passed over included."""

    def __enter__(self) -> Video:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._capture.release()

    def frames(self, *, every: int = 1, scale: float = 1.0, start: int = 0) -> Iterator[Frame]:
        """Yield frames 0, `every`, 2 `every` … from `start` on, shrunk by `scale` (0 < scale ≤ 1).

        A file that is cut off ends earlier than it promised. Raises UnreadableVideoError for a frame that cannot be taken.
        """
        while self._capture.grab():
            number = self.passed
            self.passed += 1
            if number % every or number < start:
                continue
            time_s = self._time(number)
            decoded, pixels = self._capture.retrieve()
            if decoded and pixels is not None:
                yield Frame(number, time_s, self._upright(pixels, scale))

    @property
    def frames_per_second(self) -> float:
        """How fast the film runs; 25 when its header does not tell."""
        return self._rate

    @property
    def told(self) -> str:
        """One sentence about an end that came too early, or nothing; after the last frame."""
        missing = self.promised - self.passed
        if missing <= max(2, self.promised // 100):  # headers are often wrong by a few
            return ""
        return f"The video ends at frame {self.passed} of {self.promised}: it is damaged or cut off."

    def _time(self, number: int) -> float:
        told = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        return told if math.isfinite(told) and (told > 0 or number == 0) else number / self._rate

    def _upright(self, pixels: cv2.typing.MatLike, scale: float) -> RgbImage:
        rows, columns = pixels.shape[:2]
        if rows * columns > MAX_PIXELS:
            raise UnreadableVideoError(f"its frames are too large ({columns} × {rows})", where=str(self.path))
        if scale < 1:
            size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
            pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        code = cv2.COLOR_GRAY2RGB if pixels.ndim == 2 else cv2.COLOR_BGR2RGB
        rgb: RgbImage = cv2.cvtColor(pixels, code).astype("uint8", copy=False)
        return rgb


def _whole(number: float) -> int:
    """Return a count that a header tells, 0 where it is none."""
    return int(number) if math.isfinite(number) and 0 < number <= _MOST_FRAMES else 0
