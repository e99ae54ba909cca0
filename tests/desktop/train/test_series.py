"""What the charts show."""

from __future__ import annotations

import csv
import math

import numpy as np
import pytest

from segstudio.desktop.train.plots.legend import legend_of, rows_of
from segstudio.desktop.train.plots.panel import pause_ms
from segstudio.desktop.train.plots.series import (
    Curve,
    bottom_of,
    csv_of,
    series_of,
    smoothed,
    state_of,
    top_of,
    value_at,
    window_of,
)
from segstudio.runs.events import Event
from segstudio.runs.scores import Scores
from tests.desktop.train.conftest import epoch, finished, started, step
from tests.desktop.train.test_log import told

RUN = told(started(), *map(step, range(1, 11)), epoch(1, hits=5), epoch(2, hits=8), finished(2))
RUN_BEGINS, EPOCH = started(), epoch(1)
COLOURS = {"sky": "#3366FF", "ground": "#996633"}


def test_one_run_is_told_by_what_is_measured() -> None:
    curves = [Curve("r", RUN, COLOURS)]
    assert [line.label for line in series_of("loss", curves, 3)] == ["training", "validation"]
    assert [(line.label, line.colour) for line in series_of("classes", curves, 1)] == list(COLOURS.items())
    assert series_of("miou", curves, 1)[0].y.tolist() == pytest.approx([1 / 3, 2 / 3])
    training = series_of("loss", curves, 3)[0]
    assert training.x.tolist() == [number / 5 for number in range(1, 11)]
    assert training.raw is not None
    assert series_of("loss", curves, 1)[0].raw is None


def test_several_runs_are_told_by_name_in_colours_of_their_own() -> None:
    curves = [Curve("a", RUN, COLOURS), Curve("b", RUN, COLOURS)]
    lines = series_of("miou", curves, 1)
    assert [line.run for line in lines] == ["a", "b"]
    assert len({line.colour for line in lines} | set(COLOURS.values())) == 4
    assert {line.stroke for line in series_of("classes", curves, 1)} == {"solid", "dashed"}


def test_a_run_that_has_told_nothing_has_no_lines() -> None:
    curves = [Curve("r", told(), {})]
    assert not any(series_of(chart, curves, 5) for chart in ("loss", "miou", "classes", "rate"))


@pytest.mark.parametrize("window", [1, 2, 3, 10, 99])
def test_smoothing_is_the_mean_around_each_value(window: int) -> None:
    values = np.random.default_rng(0).random(40)
    half = min(window // 2, 39)
    wanted = [values[max(0, i - half) : i + half + 1].mean() for i in range(40)]
    assert smoothed(values, window).tolist() == pytest.approx(wanted)


def test_a_step_changes_the_charts_of_steps_and_an_epoch_those_of_epochs() -> None:
    def states(*more: Event) -> list[tuple[object, ...]]:
        curves = [Curve("r", told(RUN_BEGINS, *map(step, range(1, 6)), EPOCH, *more), COLOURS)]
        return [state_of(chart, curves) for chart in ("loss", "rate", "miou", "classes")]

    def changed(*more: Event) -> list[bool]:
        return [now != before for now, before in zip(states(*more), states(), strict=True)]

    assert changed() == [False] * 4
    assert changed(step(6)) == [True, True, False, False]
    assert changed(epoch(2)) == [True] * 4


def test_the_longer_drawing_takes_the_seldomer_it_is_done() -> None:
    assert [pause_ms(seconds) for seconds in (0.0, 0.001, 0.005, 0.5)] == [100, 100, 500, 1000]


def test_the_slider_goes_from_none_to_a_fifth() -> None:
    assert [window_of(place, 1000) for place in (0, 100)] == [1, 200]
    assert window_of(50, 0) == 1


@pytest.mark.parametrize(
    ("high", "top"), [(0.0, 1.0), (0.93, 1.0), (1.2, 1.5), (9.99, 10.0), (10.0, 15.0), (3e-4, 4e-4)]
)
def test_axes_end_at_round_numbers(high: float, top: float) -> None:
    assert top_of([np.array([0.0, high, math.nan])]) == pytest.approx(top)


def test_a_steep_start_does_not_squeeze_the_rest() -> None:
    values = np.concatenate(([50.0], np.full(300, 0.9)))
    assert top_of([values]) == 1.0
    assert bottom_of([values]) == 0.5


@pytest.mark.parametrize(("low", "bottom"), [(0.83, 0.5), (0.2, 0.2), (0.15, 0.1), (3e-5, 2e-5), (0.0, 0.1)])
def test_logarithmic_axes_begin_at_round_numbers(low: float, bottom: float) -> None:
    assert bottom_of([np.array([0.0, low, -1.0])]) == pytest.approx(bottom)


def test_values_under_the_pointer_are_the_nearest_of_each_line() -> None:
    lines = series_of("miou", [Curve("r", RUN, COLOURS)], 1)
    for place, value in ((1.4, 1 / 3), (1.6, 2 / 3), (None, 2 / 3)):
        assert (lines[0].label, lines[0].colour) == ("mean IoU", "accent")
        assert value_at(lines[0], place) == pytest.approx(value)
    assert value_at(lines[0], 9) is None


def test_of_several_runs_classes_are_told_once_and_runs_by_their_lines() -> None:
    curves = [Curve("a", RUN, COLOURS), Curve("b", RUN, COLOURS)]
    entries = legend_of("classes", series_of("classes", curves, 1), None)
    assert [(each.label, each.stroke) for each in entries] == [
        ("a", "solid"),
        ("b", "dashed"),
        ("sky", None),
        ("ground", None),
    ]
    assert [each.colour for each in entries[2:]] == list(COLOURS.values())
    assert entries[2].told == "sky 0.667 / 0.667"
    losses = legend_of("loss", series_of("loss", curves, 1), None)
    assert [each.told for each in losses] == [
        "training",
        "validation",
        "a 0.100 / 0.550",
        "b 0.100 / 0.550",
    ]
    assert legend_of("loss", series_of("loss", curves[:1], 1), None)[0].told == "training 0.100"


def test_a_class_that_the_project_has_not_gets_a_colour_of_its_own() -> None:
    lines = series_of("classes", [Curve("a", RUN, {"Sky": "#3366FF"})], 1)
    assert lines[0].colour == "#3366FF"
    assert lines[1].colour.startswith("#")
    assert lines[1].colour != lines[0].colour


def test_legends_wrap_and_leave_the_title_its_room() -> None:
    assert rows_of([], 100, first=60, gap=10) == [[]]
    assert rows_of([50, 50, 40], 100, first=60, gap=10) == [[0], [1, 2]]
    assert rows_of([80, 30], 100, first=60, gap=10) == [[], [0], [1]]
    assert rows_of([200, 30], 100, first=60, gap=10) == [[], [0], [1]]


def test_tables_hold_every_epoch_and_every_step() -> None:
    epochs, steps = csv_of({'the "first", run': RUN})
    lines = epochs.splitlines()
    assert lines[0] == "run,epoch,step,train_loss,val_loss,miou,iou sky,iou ground"
    assert lines[1].startswith('"the ""first"", run",1,5,1.0,1.1,0.3333')
    assert len(steps.splitlines()) == 11
    assert steps.splitlines()[2].endswith(",2,0.5,0.001,10,500")


def test_each_value_stands_under_its_own_class_when_runs_have_others() -> None:
    scores = Scores.from_confusion(np.array([[6, 2], [2, 0]]), ["ground", "roof"])
    begins = RUN_BEGINS.model_copy(update={"classes": ("ground", "roof")})
    other = told(begins, step(1), EPOCH.model_copy(update={"scores": scores}))
    epochs, steps = csv_of({"a": RUN, "b": other})
    rows = list(csv.DictReader(epochs.splitlines()))
    assert list(rows[0])[6:] == ["iou sky", "iou ground", "iou roof"]
    assert rows[0]["iou roof"] == ""
    assert [rows[-1][f"iou {name}"] for name in ("sky", "ground", "roof")] == ["", "0.6", "0.0"]
    assert [row["run"] for row in csv.DictReader(steps.splitlines())] == ["a"] * 10 + ["b"]
