"""A film of overlays, frame after frame, that is there whole or not at all."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.errors import SegStudioError

FILM_SUFFIX = ".overlay.mp4"

_CODEC = "mp4v"
_SLOWEST, _FASTEST = 1.0, 60.0


class OverlayFilm:
    """Writes an MP4 file of RGB pictures, all as large as the first. Use it as a context, in one thread.

    The file takes its name when all went well. Raises SegStudioError when it cannot be written.
    """

    def __init__(self, path: Path, *, frames_per_second: float) -> None:
        self._path = path
        self._part = path.with_name(f".{path.stem}.part.mp4")
        self._rate = min(max(frames_per_second, _SLOWEST), _FASTEST)
        self._writer: cv2.VideoWriter | None = None
        self._size = (0, 0)
        self._frames = 0

    def __enter__(self) -> OverlayFilm:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._writer is not None:
            self._writer.release()
        try:
            if kind is None and self._writer is not None:
                self._check_whole()
                self._part.replace(self._path)
        except OSError as failed:
            raise self._refused(failed.strerror or str(failed)) from failed
        finally:
            with suppress(OSError):
                self._part.unlink(missing_ok=True)

    def add(self, picture: npt.NDArray[np.uint8]) -> None:
        """Add a picture, uint8 (rows, columns, 3) RGB; the last row or column of an odd number is left out."""
        rows, columns = (side - side % 2 for side in picture.shape[:2])
        if self._writer is None:
            self._size = (columns, rows)
            self._writer = self._opened()
        frame = cv2.cvtColor(picture[:rows, :columns], cv2.COLOR_RGB2BGR)
        if (columns, rows) != self._size:
            frame = cv2.resize(frame, self._size, interpolation=cv2.INTER_AREA)
        self._writer.write(frame)
        self._frames += 1

    def _check_whole(self) -> None:
        """Look at what was written: OpenCV says nothing of a disk that was full."""
        reader = cv2.VideoCapture(str(self._part.absolute()))
        found = int(reader.get(cv2.CAP_PROP_FRAME_COUNT)) if reader.isOpened() else 0
        reader.release()
        if found < self._frames:
            raise self._refused("the disk did not take all of it: it may be full")

    def _opened(self) -> cv2.VideoWriter:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as failed:
            raise self._refused(failed.strerror or str(failed)) from failed
        code = cv2.VideoWriter.fourcc(*_CODEC)
        writer = cv2.VideoWriter(str(self._part.absolute()), cv2.CAP_FFMPEG, code, self._rate, self._size)
        if not writer.isOpened():
            raise self._refused("the folder takes no file, or this OpenCV writes no MP4")
        return writer

    def _refused(self, reason: str) -> SegStudioError:
        return SegStudioError(
            f"the film cannot be written ({reason})",
            where=str(self._path),
            fix="Choose another folder, or write single frames with --frames",
        )
