"""What is open: looks at a project, what differs, runs at a glance; and what is remembered."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QByteArray

from segstudio.desktop.device import _first_nvidia, device_text
from segstudio.desktop.opened import EVERYTHING, Changed, differences
from segstudio.desktop.opened_reading import read_opened, remember_thumbnail
from segstudio.desktop.run_summaries import summarise, summarise_runs
from segstudio.desktop.settings import Places, Settings
from segstudio.project.project import Project
from segstudio.runs.events import EpochDone, Event, RunFailed, RunFinished, RunStarted, encode_event
from segstudio.runs.folder import RunFolder
from segstudio.runs.recipe import Recipe
from segstudio.runs.scores import Scores
from tests import run_events


def started() -> RunStarted:
    return run_events.started(classes=("sky", "ground"), epochs=9)


def epoch(number: int, hits: int | None) -> EpochDone:
    scores = (
        None
        if hits is None
        else Scores.from_confusion(np.array([[hits, 10 - hits], [0, 5]]), ["sky", "ground"])
    )
    return EpochDone(
        epoch=number,
        step=number,
        train_loss=1.0,
        val_loss=None,
        scores=scores,
        seconds=1.0,
        time=1000.0 + number,
    )


def test_a_run_is_told_by_its_best_epoch() -> None:
    events: list[Event] = [started(), epoch(1, 3), epoch(2, 9), epoch(3, 5), epoch(4, None)]
    run = summarise("r", events, "open")
    assert (run.best_epoch, run.epoch, run.epochs, run.last_sign) == (2, 4, 9, 1004.0)
    assert run.miou is not None
    assert run.miou == pytest.approx((0.9 + 5 / 6) / 2)


def test_a_run_without_scores_still_tells_its_classes() -> None:
    run = summarise("r", [started()], "open")
    assert run.miou is None
    assert run.classes == ("sky", "ground")
    assert summarise("r", [], "new").state_text == "not begun"


def test_a_failed_run_says_why() -> None:
    assert summarise("r", [started(), RunFailed(problem="no memory")], "failed").problem == "no memory"


def test_runs_are_newest_first_and_a_damaged_one_is_told(project: Project) -> None:
    first = RunFolder.create(project.runs_folder, Recipe())
    second = RunFolder.create(project.runs_folder, Recipe())
    first.log.write_bytes(encode_event(started()))
    first.best.touch()
    (second.path / "recipe.toml").write_text("head = 3", encoding="utf-8")
    damaged, good = summarise_runs(project.runs_folder)
    assert (damaged.name, good.name) == (second.name, first.name)
    assert "recipe.toml" in damaged.problem
    assert good.has_model


def test_a_run_without_an_end_lives_as_long_as_its_process(project: Project) -> None:
    run = RunFolder.create(project.runs_folder, Recipe())
    run.log.write_bytes(encode_event(started()) + encode_event(epoch(9, 9)))
    with run.held():
        opened = read_opened(project.folder)
        assert opened.runs[0].is_live
        assert "running · epoch 9 of 9" in opened.newest_run()
    opened = read_opened(project.folder)
    assert not opened.runs[0].is_live
    assert "interrupted · epoch 9 of 9" in opened.newest_run()
    run.log.write_bytes(
        run.log.read_bytes()
        + encode_event(RunFinished(epoch=9, step=18, best_miou=0.8, best_epoch=9, seconds=1.0))
    )
    opened = read_opened(project.folder)
    assert "finished · mIoU" in opened.newest_run()


def test_a_run_elsewhere_lives_while_its_log_grows(project: Project) -> None:
    run = RunFolder.create(project.runs_folder, Recipe())
    run.log.write_bytes(encode_event(run_events.started(host="elsewhere")))
    assert summarise_runs(project.runs_folder)[0].is_live
    os.utime(run.log, (1, 1))
    assert not summarise_runs(project.runs_folder)[0].is_live


def test_a_look_at_a_project(project: Project) -> None:
    opened = read_opened(project.folder)
    assert [photo.key for photo in opened.photos] == ["0.jpg", "1.jpg", "2.jpg", "3.jpg"]
    assert opened.waiting == 2
    assert opened.told() == "4 photos, 2 done"
    assert set(opened.mask_times) == {"0.jpg", "1.jpg"}
    assert opened.newest_run() == ""


def test_only_what_changed_is_told(project: Project, tmp_path: Path) -> None:
    opened = read_opened(project.folder)
    assert differences(opened, read_opened(project.folder)) == Changed(0)
    assert differences(None, opened) == differences(opened, None) == EVERYTHING
    assert differences(None, None) == Changed(0)
    assert differences(opened, replace(opened, folder=tmp_path)) == EVERYTHING
    assert differences(opened, replace(opened, name="other")) == Changed.PROJECT
    assert differences(opened, replace(opened, mask_times={"0.jpg": 1})) == Changed.MASK
    assert differences(opened, replace(opened, photos=())) == Changed.PHOTOS
    assert differences(opened, replace(opened, runs=(summarise("r", [], "new"),))) == Changed.RUNS
    renamed = replace(opened, classes=opened.classes.renamed("sky", "air"))
    assert differences(opened, renamed) == Changed.CLASSES


def test_settings_come_back() -> None:
    places = Places.of_this_user()
    settings = Settings(places)
    assert (settings.theme, settings.last_project, settings.recent(), settings.geometry) == (
        "system",
        None,
        (),
        None,
    )
    settings.theme = "dark"
    settings.last_project = Path("/a b/ü, c")
    settings.geometry = QByteArray(b"\0\1\2")
    settings.remember("One, two", Path("/a b/ü, c"))
    settings.save()
    again = Settings(places)
    assert again.theme == "dark"
    assert again.last_project == Path("/a b/ü, c")
    assert again.geometry == QByteArray(b"\0\1\2")
    assert again.recent() == (("One, two", Path("/a b/ü, c")),)


def test_recent_projects_are_few_and_each_stands_once() -> None:
    settings = Settings(Places.of_this_user())
    for number in range(12):
        settings.remember(f"p{number}", Path(f"/p{number}"))
    settings.remember("p7", Path("/p7"))
    assert [name for name, _ in settings.recent()] == ["p7", "p11", "p10", "p9", "p8", "p6", "p5", "p4"]
    settings.forget(Path("/p11"))
    assert settings.recent()[1] == ("p10", Path("/p10"))


def test_damaged_settings_count_as_none() -> None:
    places = Places.of_this_user()
    places.settings.parent.mkdir(parents=True)
    places.settings.write_bytes(b"[General]\ntheme=purple\ngeometry=7\nrecent/names=\xff\xfe\n[[[")
    settings = Settings(places)
    assert (settings.theme, settings.last_project, settings.recent(), settings.geometry) == (
        "system",
        None,
        (),
        None,
    )


def test_a_thumbnail_is_kept_for_the_start_page(project: Project) -> None:
    places = Places.of_this_user()
    path = places.thumbnail(project.folder)
    remember_thumbnail(read_opened(project.folder), path)
    assert path.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("NVIDIA GeForce RTX 4070, 12282\n", "GeForce RTX 4070 · 12 GB"),
        ("NVIDIA A100-SXM4-80GB, 81920\nNVIDIA A100-SXM4-80GB, 81920\n", "A100-SXM4-80GB (+1) · 80 GB"),
        ("", ""),
        ("No devices were found\n", ""),
    ],
)
def test_the_first_gpu_is_named(answer: str, told: str) -> None:
    assert _first_nvidia(answer) == told


def test_there_is_always_a_device() -> None:
    assert device_text()
