"""Runs in words."""

from __future__ import annotations

import pytest

from segstudio.desktop.run_summaries import RunSummary
from segstudio.desktop.train.board import RunRow, row_of
from segstudio.desktop.train.words import duration, facts_text, heading, row_text, run_line, short_name
from segstudio.runs.events import RunStopped
from tests.desktop.train.conftest import epoch, finished, started, step
from tests.desktop.train.test_log import told


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("2026-11-21-1157-lraspp_mobilenet_v3_large", "11-21 11:57"),
        ("2026-11-21-1157-fcn_resnet50-2", "11-21 11:57-2"),
        ("with flips", "with flips"),
        ("a name that is far too long for it", "a name that is far …"),
    ],
)
def test_names_fit_beside_a_line(name: str, short: str) -> None:
    assert short_name(name) == short


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(4.4, "4 s"), (250, "4 min"), (7800, "2 h 10 min"), (7200, "2 h"), (273_600, "3 d 4 h")],
)
def test_durations_are_human(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_figures_of_a_run() -> None:
    running = told(started(), *map(step, range(1, 6)), epoch(1))
    assert facts_text("running", running, 87.4) == "10.0 photos/s · 18 s left · 0.5 of 8 GB · GPU 87 % · cpu"
    assert facts_text("stopped", told(started(), RunStopped(epoch=0, step=0))) == "no step done yet · cpu"
    assert facts_text("starting", told()) == "reading photos and weights …"
    assert facts_text("finished", told(started(), epoch(1), epoch(2), finished(2))) == "4 s in all · cpu"
    assert heading("r", "running", running) == (
        "running · epoch 1 of 10 · step 5 of 50 · best mIoU 0.333 in epoch 1"
    )


def test_a_run_that_is_not_followed_is_told_from_the_project() -> None:
    row = row_of(RunSummary("r", "fcn_resnet50", "stopped", epoch=3, epochs=9, last_sign=940.0), None)
    assert row_text(row, 1000.0) == "stopped · 3 of 9 · 1 min ago"
    assert told(started(), RunStopped(epoch=0, step=0)).end is not None


def test_one_line_tells_the_training_under_way_or_else_the_newest() -> None:
    newest = RunRow("b", "fcn_resnet50", "finished", epoch=9, epochs=9, miou=0.5)
    live = RunRow("a", "lraspp", "running", epoch=2, epochs=9, miou=0.25)
    assert run_line(()) == ""
    assert run_line((newest,)) == "b: finished · mIoU 0.50"
    assert run_line((newest, live)) == "a: running · epoch 2 of 9 · mIoU 0.25"
    assert run_line((RunRow("c", "", "starting"), live)) == "c: starting … · and 1 more"
    given = "2026-11-21-1157-fcn_resnet50"
    assert run_line((RunRow(given, "", "starting"),)) == f"{given}: starting …", "as it stands in the list"
