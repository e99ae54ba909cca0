"""What a file says of when it was written is read, whatever the clock was."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from segstudio.project.times import file_time


def test_a_time_is_that_of_the_file() -> None:
    when = datetime(2026, 5, 20, 12, 0, 1, 500_000, tzinfo=UTC)
    assert file_time(round(when.timestamp() * 1e9)) == when


@pytest.mark.parametrize(("written_ns", "year"), [(1 << 80, 9998), (-(1 << 80), 1971)])
def test_what_no_calendar_holds_becomes_its_end(written_ns: int, year: int) -> None:
    assert file_time(written_ns).year == year
