from __future__ import annotations

import csv
import os
import shutil
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from segstudio.cli.tables import Tables
from segstudio.errors import SegStudioError
from segstudio.project.classes import ClassList
from segstudio.project.masks import write_mask
from segstudio.runs.events import EpochDone, Event, PreviewSaved, RunFinished, StepDone
from segstudio.runs.folder import RunFolder, appending
from segstudio.runs.photo_scores import PhotoCounts, PhotoScores
from segstudio.runs.recipe import Recipe
from segstudio.runs.scores import Scores
from tests import run_events

NAMES = ("sky", "ground")


def epoch(number: int, *, hits: int | None) -> EpochDone:
    matrix = np.array([[hits or 0, 10 - (hits or 0)], [0, 10]])
    scored = hits is not None
    return EpochDone(
        epoch=number,
        step=2 * number,
        train_loss=1 / number,
        val_loss=0.5 if scored else None,
        scores=Scores.from_confusion(matrix, NAMES) if scored else None,
        seconds=1.0,
        photo_scores=PhotoScores.of(PhotoCounts.of(matrix[None]), batch=4) if scored else None,
    )


def tell(folder: RunFolder, recipe: Recipe, *events: Event) -> None:
    tables = Tables(folder, recipe)
    with appending(folder.log) as log:
        for event in events:
            log.append(event)
            tables.take(event)
    tables.close()


def rows(folder: RunFolder) -> list[dict[str, str]]:
    with (folder.path / "epochs.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_a_row_for_each_epoch_and_none_twice_after_a_resume(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path, Recipe())
    start = run_events.started(classes=NAMES)
    tell(folder, Recipe(), start, epoch(1, hits=5), epoch(2, hits=None))
    tell(folder, Recipe(), run_events.started(classes=NAMES, step=2, closed_epochs=1), epoch(2, hits=10))
    first, second = rows(folder)
    assert (first["epoch"], first["mIoU"], first["IoU sky"]) == ("1", str((0.5 + 10 / 15) / 2), "0.5")
    assert (second["train loss"], second["IoU ground"], second["mIoU from"]) == ("0.5", "1.0", "")


def shown_by(folder: RunFolder) -> Any:
    """What TensorBoard reads of a run."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    found: Any = EventAccumulator(str(folder.path / "tensorboard"))  # type: ignore[no-untyped-call]
    return found.Reload()


def put_preview(folder: RunFolder) -> None:
    pixels, classes = np.ones((4, 6), dtype=np.uint8), ClassList.from_names(["sky", "ground:#102030"])
    write_mask(folder.path / "previews" / "a.png", pixels, classes)


def test_tensorboard_gets_scalars_pictures_and_choices(tmp_path: Path) -> None:
    recipe = Recipe(tensorboard=True)
    folder = RunFolder.create(tmp_path, recipe)
    put_preview(folder)
    step = StepDone(step=1, epoch=1, loss=0.7, learning_rate=0.1, images_per_s=1, memory_mb=1)
    end = RunFinished(epoch=1, step=1, best_miou=0.5, best_epoch=1, seconds=1)
    shown = PreviewSaved(epoch=1, photo="a.png", name="previews/a.png")
    tell(folder, recipe, run_events.started(classes=NAMES), step, epoch(1, hits=5), shown, end)
    found = shown_by(folder)
    tags = found.Tags()
    assert {"step/loss", "epoch/mIoU", "IoU/sky", "best mIoU"} <= set(tags["scalars"])
    assert found.Scalars("step/loss")[0].value == pytest.approx(0.7)
    assert tags["images"] == ["preview/a.png"]
    assert b"learning_rate" in (found.PluginTagToContent("hparams")["_hparams_/session_start_info"])


def test_tensorboard_has_the_choices_of_a_run_that_was_stopped_and_pictures_by_step(tmp_path: Path) -> None:
    recipe = Recipe(tensorboard=True, learning_rate=0.25)
    folder = RunFolder.create(tmp_path, recipe)
    put_preview(folder)
    shown = PreviewSaved(epoch=3, photo="a.png", name="previews/a.png")
    tell(folder, recipe, run_events.started(classes=NAMES), epoch(3, hits=5), shown)
    found = shown_by(folder)
    assert [each.step for each in found.Images("preview/a.png")] == [6]
    told = found.PluginTagToContent("hparams")
    assert b"learning_rate" in told["_hparams_/session_start_info"]
    assert "_hparams_/session_end_info" not in told  # it has not ended well
    # What a resumed run does again is seen once, where it was.
    again = run_events.started(classes=NAMES, step=4, closed_epochs=2)
    end = RunFinished(epoch=3, step=6, best_miou=0.5, best_epoch=3, seconds=1)
    tell(folder, recipe, again, epoch(3, hits=5), shown, end)
    found = shown_by(folder)
    assert [each.step for each in found.Images("preview/a.png")] == [6]
    assert "_hparams_/session_end_info" in found.PluginTagToContent("hparams")


def test_tensorboard_is_shown_no_picture_from_elsewhere_and_none_of_another_kind(tmp_path: Path) -> None:
    recipe = Recipe(tensorboard=True)
    folder = RunFolder.create(tmp_path, recipe)
    put_preview(folder)
    previews = folder.path / "previews"
    shutil.copy(previews / "a.png", tmp_path / "private.png")
    Image.new("RGB", (6, 4)).save(previews / "b.png", format="JPEG")
    if hasattr(os, "mkfifo"):
        os.mkfifo(previews / "c.png")
    outside = str(tmp_path / "private.png")
    names = ("previews/a.png", "../private.png", outside, *(f"previews/{name}.png" for name in "bcd"))
    shown = [PreviewSaved(epoch=1, photo=str(number), name=name) for number, name in enumerate(names)]
    tell(folder, recipe, run_events.started(classes=NAMES), epoch(1, hits=5), *shown)
    assert shown_by(folder).Tags()["images"] == ["preview/0"]


def test_what_tensorboard_could_not_write_is_told_once_and_in_a_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """It is written in a thread, which tells it in its own way."""
    recipe = Recipe(tensorboard=True)
    folder = RunFolder.create(tmp_path, recipe)
    before = threading.excepthook
    tables = Tables(folder, recipe)
    tables.take(run_events.started(classes=NAMES))
    shutil.rmtree(folder.path / "tensorboard")

    def go_on() -> None:
        for number in range(1, 5):
            tables.take(epoch(number, hits=5))

    with pytest.raises(SegStudioError, match=r"TensorBoard shows could not be written .*resume"):
        go_on()
    tables.close()
    assert capfd.readouterr().err == ""
    assert threading.excepthook is before


def test_without_tensorboard_the_training_does_not_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard.writer", None)
    with pytest.raises(SegStudioError, match=r"segstudio\[tensorboard\]"):
        Tables(RunFolder.create(tmp_path, Recipe()), Recipe(tensorboard=True))
