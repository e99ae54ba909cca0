"""Times of files: a clock that was wrong may have given them any."""

from __future__ import annotations

from datetime import UTC, datetime

_FIRST, _LAST = datetime(1971, 1, 1, tzinfo=UTC), datetime(9998, 12, 31, tzinfo=UTC)
"""A day's distance from the ends, so that it is a time in every zone."""


def file_time(written_ns: int) -> datetime:
    """Return when a file was written (ns since 1970) in the zone of here; what no calendar holds becomes its end."""
    seconds = written_ns / 1e9
    return datetime.fromtimestamp(min(max(seconds, _FIRST.timestamp()), _LAST.timestamp())).astimezone()
