"""LogReading: what was read of a run's log without its many steps, so that the next reading goes on from there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from segstudio.files import open_ordinary
from segstudio.runs.events import Event, current_events, decode_event, is_step

_PIECE_BYTES = 1 << 18
"""Python's lock is free between two pieces: a log of a hundred thousand steps is read while the window answers."""
_MARK_BYTES = 256


@dataclass(frozen=True, slots=True, eq=False)
class LogReading:
    """`events` are those that hold of the first `size` bytes, which begin with `mark`."""

    size: int = 0
    mark: bytes = b""
    events: tuple[Event, ...] = ()


def read_on(log: Path, before: LogReading) -> LogReading:
    """Return the reading of a log by now; a line that is not whole yet waits for the next one.

    A log that was written anew is read from its start, and one that is not there has no events. Raises OSError.
    """
    try:
        stream = open_ordinary(log)
    except FileNotFoundError:
        return LogReading()
    found: list[Event] = []
    with stream:
        mark = stream.read(_MARK_BYTES)
        if stream.seek(0, 2) < before.size or not mark.startswith(before.mark):
            before = LogReading()
        stream.seek(before.size)
        size, rest = before.size, b""
        while piece := stream.read(_PIECE_BYTES):
            *lines, rest = (rest + piece).split(b"\n")
            size += sum(len(line) + 1 for line in lines)
            found += [
                event for line in lines if not is_step(line) and (event := decode_event(line)) is not None
            ]
    if size == before.size:
        return before
    return LogReading(size, mark[: min(size, _MARK_BYTES)], tuple(current_events([*before.events, *found])))
