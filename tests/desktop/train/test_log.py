"""The event log as the window reads it: piece by piece, cut off, gone on with, and very long."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from segstudio.desktop.train.curves import RunCurves, Told, recent_speed, seconds_left
from segstudio.desktop.train.log_tail import LogTail, read_events
from segstudio.desktop.train.phases import Phase, Signs, phase_of
from segstudio.runs.events import Event, PreviewSaved, RunFailed, RunStopped, encode_event
from segstudio.runs.folder import RunFolder
from tests.desktop.train.conftest import Written, epoch, finished, started, step


def told(*events: Event) -> Told:
    curves = RunCurves()
    for found in read_events([encode_event(event).rstrip() for event in events]):
        curves.add(found)
    return curves.told()


def test_the_window_sees_what_the_run_folder_says(written: Written) -> None:
    events = [
        started(),
        *map(step, range(1, 8)),
        epoch(1),
        RunStopped(epoch=1, step=7),
        started(5, closed=1),
        step(6),
        epoch(2),
        finished(2),
    ]
    run = written("r", *events)
    curves = RunCurves()
    lines, _ = LogTail(run.log).read()
    for found in read_events(lines):
        curves.add(found)
    now = curves.told()
    kept = RunFolder(run.path).events()
    assert now.steps[0].tolist() == [event.step for event in kept if event.kind == "step_done"]
    assert [each.epoch for each in now.epochs] == [1, 2]
    assert now.end == kept[-1]
    assert (now.step, now.steps_planned) == (6, 50)


def test_a_log_is_read_piece_by_piece(tmp_path: Path) -> None:
    log = tmp_path / "events.jsonl"
    tail = LogTail(log)
    assert tail.read() == ([], False)
    whole = encode_event(step(1)) + encode_event(step(2))
    seen: list[bytes] = []
    for end in range(0, len(whole) + 1, 7):
        log.write_bytes(whole[: end + 7])
        seen += tail.read()[0]
    assert b"\n".join(seen) + b"\n" == whole


def test_a_log_that_was_written_anew_is_read_anew(tmp_path: Path) -> None:
    log = tmp_path / "events.jsonl"
    tail = LogTail(log)
    log.write_bytes(b"one\ntwo\n")
    assert tail.read() == ([b"one", b"two"], False)
    log.write_bytes(b"new\n")
    assert tail.read() == ([b"new"], True)


def test_a_cut_line_costs_only_itself() -> None:
    huge, deep = (
        encode_event(step(2)).replace(b'"loss":0.5', b'"loss":' + bad) for bad in (b"9" * 400, b"[" * 10_000)
    )
    lines = [encode_event(step(1)), encode_event(step(2))[:50], b"", b"{}", huge, deep, encode_event(step(3))]
    found = list(read_events(lines))
    assert [part[0].tolist() for part in found if isinstance(part, np.ndarray)] == [[1.0], [3.0]]
    assert len(found) == 2


def test_what_was_looked_at_does_not_change_when_a_run_goes_on_from_earlier() -> None:
    curves = RunCurves()
    first: tuple[Event, ...] = (started(), *map(step, range(1, 4)))
    for event in first:
        for found in read_events([encode_event(event)]):
            curves.add(found)
    before = curves.told()
    again: tuple[Event, ...] = (started(1), step(2).model_copy(update={"loss": 9.0}))
    for event in again:
        for found in read_events([encode_event(event)]):
            curves.add(found)
    assert before.steps[1].tolist() == [1, 1 / 2, pytest.approx(1 / 3)]
    assert curves.told().steps[1].tolist() == [1, 9]
    with pytest.raises(ValueError, match="read-only"):
        before.steps[1, 0] = 0


def test_previews_of_epochs_done_again_are_forgotten() -> None:
    previews = [PreviewSaved(epoch=number, photo="a", name=f"{number}.png") for number in (1, 2)]
    assert [each.epoch for each in told(started(), *previews, started(5, closed=1)).previews] == [1]


def test_time_left_comes_from_the_last_epochs_or_from_the_steps_before_them() -> None:
    assert seconds_left(told(started(), step(1))) == pytest.approx(49)
    assert seconds_left(told(started(), *map(step, range(1, 6)), epoch(1))) == pytest.approx(45 * 2 / 5)
    assert seconds_left(told(started(10, closed=2))) is None
    assert seconds_left(told(started(), step(1), finished(1))) is None
    assert recent_speed(told(started()).steps) is None


@pytest.mark.parametrize("hours", [8, -1, -20 * 365 * 24])
def test_time_left_is_not_moved_by_a_sleep_or_by_a_clock_that_is_set(hours: int) -> None:
    """Nor is the speed: of the steps all but one are as before."""
    moved = [step(n).model_copy(update={"time": step(n).time + 3600 * hours}) for n in range(3, 6)]
    moved[0] = moved[0].model_copy(update={"images_per_s": 2 / abs(3600 * hours)})
    steps = [step(1), step(2), *moved]
    assert seconds_left(told(started(), *steps)) == pytest.approx(45)
    assert recent_speed(told(started(), *steps).steps) == pytest.approx(10)
    slept = epoch(2).model_copy(update={"seconds": abs(3600.0 * hours)})
    assert seconds_left(told(started(), *steps, epoch(1), slept, epoch(3))) == pytest.approx(45 * 2 / 5)


@pytest.mark.parametrize(
    ("events", "signs", "phase"),
    [
        ([], Signs(process=True), "starting"),
        ([], Signs(process=True, asked_to_stop=True), "stopping"),
        ([], Signs(process=False), "failed"),
        ([], Signs(held=True), "starting"),
        ([], Signs(held=False), "not begun"),
        ([started()], Signs(held=True), "running"),
        ([started()], Signs(held=True, asked_to_stop=True), "stopping"),
        ([started()], Signs(held=False), "interrupted"),
        ([started()], Signs(held=False, is_ours=False, quiet_s=3), "running"),
        ([started()], Signs(held=None, is_ours=False, quiet_s=3000), "interrupted"),
        ([started(), RunStopped(epoch=0, step=1)], Signs(), "stopped"),
        ([started(), RunStopped(epoch=0, step=1)], Signs(process=True, grew=False), "starting"),
        ([started(), RunFailed(problem="x")], Signs(process=True), "failed"),
        ([started(), finished(1)], Signs(held=False), "finished"),
    ],
)
def test_what_a_run_is_doing(events: list[Event], signs: Signs, phase: Phase) -> None:
    assert phase_of(told(*events), signs) == phase
