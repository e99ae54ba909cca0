"""LogTail: the lines of an event log as they come, and their events; nearly all are steps, which become numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from segstudio.files import open_ordinary
from segstudio.runs.events import Event, decode_event, is_step

Steps = npt.NDArray[np.float64]
"""float64 (STEP_ROWS, n): step, loss, learning rate, photos a second, memory in MB, POSIX seconds of n steps."""

STEP_FIELDS = ("step", "loss", "learning_rate", "images_per_s", "memory_mb", "time")
STEP_ROWS = len(STEP_FIELDS)

_MOST_BYTES = 1 << 20
_MOST_STEPS = 2000


class LogTail:
    """Reads a log that another process writes, from where the last reading ended; it need not be there yet."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0
        self._rest = b""

    def read(self) -> tuple[list[bytes], bool]:
        """Return the next whole lines, a megabyte at most, and whether the log was written anew from its start.

        No line means that there is nothing new. Raises OSError when the disk refuses.
        """
        try:
            with open_ordinary(self._path) as stream:
                anew = stream.seek(0, 2) < self._offset
                if anew:
                    self._offset, self._rest = 0, b""
                stream.seek(self._offset)
                found = stream.read(_MOST_BYTES)
        except FileNotFoundError:
            return [], False
        self._offset += len(found)
        lines = (self._rest + found).split(b"\n")
        self._rest = lines.pop()
        return lines, anew


def read_events(lines: Sequence[bytes]) -> Iterator[Steps | Event]:
    """Yield what lines of a log tell, in order: runs of steps as numbers, all else as events.

    A line that was cut off, or is of an unknown kind, is passed over.
    """
    steps: list[tuple[float, ...]] = []
    for line in lines:
        if is_step(line):
            values = _numbers(line)
            if values is not None:
                steps.append(values)
            if len(steps) < _MOST_STEPS:
                continue
        if steps:
            yield np.array(steps, dtype=np.float64).T
            steps = []
        event = None if is_step(line) else decode_event(line)
        if event is not None:
            yield event
    if steps:
        yield np.array(steps, dtype=np.float64).T


def _numbers(line: bytes) -> tuple[float, ...] | None:
    try:
        values = json.loads(line)
        return tuple(float(values[name]) for name in STEP_FIELDS)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None
