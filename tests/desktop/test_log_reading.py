"""The logs of runs as the window reads them at a glance: without steps, and each byte once."""

from __future__ import annotations

from pathlib import Path

from segstudio.desktop.log_reading import LogReading, read_on
from segstudio.desktop.run_summaries import summarise_runs
from segstudio.runs.events import Event, RunStopped, encode_event
from segstudio.runs.folder import RunFolder
from segstudio.runs.recipe import Recipe
from tests.desktop.train.conftest import epoch, finished, started, step

EVENTS: tuple[Event, ...] = (
    started(),
    *map(step, range(1, 8)),
    epoch(1),
    RunStopped(epoch=1, step=7),
    started(5, closed=1),
    step(6),
    epoch(2),
    finished(2),
)
LOG = b"".join(map(encode_event, EVENTS))


def run_in(folder: Path, log: bytes) -> RunFolder:
    run = RunFolder.create(folder, Recipe(), name="r")
    run.log.write_bytes(log)
    return run


def test_read_piece_by_piece_a_log_tells_what_it_tells_as_a_whole(tmp_path: Path) -> None:
    run = run_in(tmp_path, b"")
    reading = read_on(run.log, LogReading())
    for end in range(0, len(LOG) + 97, 97):
        run.log.write_bytes(LOG[:end])
        reading = read_on(run.log, reading)
    assert list(reading.events) == run.events(steps=False)
    assert reading.size == len(LOG)
    assert read_on(run.log, reading) is reading


def test_what_was_read_is_not_read_again(tmp_path: Path) -> None:
    first = len(b"".join(map(encode_event, EVENTS[:9])))
    run = run_in(tmp_path, LOG[:first])
    (before,) = summarise_runs(tmp_path)
    assert before.epoch == 1
    spoilt = LOG.index(b'"epoch_done"', 300)
    assert spoilt < first
    run.log.write_bytes(LOG[:spoilt] + b"?" * (first - spoilt - 1) + b"\n" + LOG[first:])
    (after,) = summarise_runs(tmp_path, (before,))
    assert (after.state, after.epoch) == ("finished", 2)
    assert len(after.reading.events) > len(summarise_runs(tmp_path)[0].reading.events)


def test_a_log_that_was_written_anew_is_read_from_its_start(tmp_path: Path) -> None:
    run = run_in(tmp_path, LOG)
    reading = read_on(run.log, LogReading())
    other = encode_event(started().model_copy(update={"head": "another"}))
    run.log.write_bytes(other + LOG)
    again = read_on(run.log, reading)
    assert list(again.events) == run.events(steps=False)
    run.log.write_bytes(other)
    assert len(read_on(run.log, again).events) == 1
    run.log.unlink()
    assert read_on(run.log, again).events == ()


def test_looks_are_equal_when_nothing_is_new(tmp_path: Path) -> None:
    run_in(tmp_path, LOG)
    first = summarise_runs(tmp_path)
    assert summarise_runs(tmp_path) == first == summarise_runs(tmp_path, first)
