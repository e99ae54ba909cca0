"""kill -9 at any moment of painting, saving, importing and training: every file can be read afterwards, and all goes on.

`make storms` kills as often as SEGSTUDIO_KILLS says, a quarter each; the ordinary run a few imports. The short form of the
others stands in tests/desktop/editing/test_kills.py and tests/cli/test_train.py.
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.editing.disk import open_photo, write_mask
from segstudio.project.classes import ClassList
from segstudio.project.images import encode_jpeg
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project
from segstudio.runs.events import EpochDone, RunStarted, StepDone
from segstudio.runs.folder import RunFolder
from tests.desktop.editing.killed import (
    NEVER_MS,
    SIZE,
    Model,
    Painting,
    make_project,
    painting_server,
    start,
    state,
)
from tests.storms.killable import IMPORTING, TRAINING, Killable, Starter, killables
from tests.storms.whole import content_of, unreadable

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the processes are forked")

FULL = "SEGSTUDIO_KILLS" in os.environ
KILLS = int(os.environ.get("SEGSTUDIO_KILLS", "8")) // 4
SEED = int(os.environ.get("SEGSTUDIO_KILLS_SEED", "1"))
AT_ONCE = 5
PHOTOS, OLD = (24, 8) if FULL else (6, 3)
KILLS_OF_A_RUN = 5
_LONGEST_S = 300.0


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))


def told(what: str, counts: Counter[str]) -> None:
    """Print a row of the table in docs/reliability.md."""
    if FULL:
        rest = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()) if name != "kills")
        sys.stdout.write(f"\n{what}: {counts['kills']} kills, seed {SEED}: {rest}\n")


# -- painting and saving


@pytest.mark.skipif(not FULL, reason="in numbers alone: tests/desktop/editing/test_kills.py kills some")
@pytest.mark.parametrize("what", ["painting", "saving"])
def test_what_was_painted_is_there(tmp_path: Path, what: str) -> None:
    """Several people paint, each on a project of his own, and are killed again and again."""
    chance = random.Random(f"{what} {SEED}")
    moves, soon_ms = (110, NEVER_MS) if what == "painting" else (6, 0)
    folders = [tmp_path / f"p{number}" for number in range(AT_ONCE)]
    for folder in folders:
        make_project(folder, tmp_path / "0.jpg")
    models = [Model(SEED * 1000 + number, moves, SIZE) for number in range(AT_ONCE)]
    counts: Counter[str] = Counter()
    with painting_server() as server:
        while counts["kills"] < KILLS:
            people = range(min(AT_ONCE, KILLS - counts["kills"]))
            paintings = [Painting(tmp_path / f"{counts['kills']}-{number}") for number in people]
            for number, painting in enumerate(paintings):
                model = models[number]
                start(server, painting, folders[number], model.seed, model.first, moves, soon_ms)
            for painting in paintings:
                if what == "painting":
                    painting.wait_for("event")
                    time.sleep(chance.uniform(0, 1.2))
                else:
                    painting.wait_for("saving", count=chance.randint(1, 3))
                    time.sleep(chance.uniform(0, 0.03))
                painting.kill()
            for number, painting in enumerate(paintings):
                counts.update(looked_at(folders[number], models[number], painting))
    told(what, counts)


def looked_at(folder: Path, model: Model, painting: Painting) -> Counter[str]:
    """Open the photo as the next start of the program does; what was painted must be there, up to the last second."""
    counts = Counter(["kills"])
    if list(folder.glob(".staging/*/files")):
        counts["in the middle of a save"] += 1
    assert unreadable(folder) == []
    project = Project.open(folder)
    photo = project.photo("0.jpg")
    opened = open_photo(project, photo, Pyramid.of(np.zeros((*SIZE, 3), dtype=np.uint8)), lambda: False)
    assert not opened.read_only  # the lock of the dead does not hold
    counts["strokes"] += sum(line[0] == "done" for line in painting.lines)
    counts["came back from the journal"] += opened.editor.unsaved
    model.follow(painting, opened.editor)
    assert state(opened.editor) == state(model.editor)
    write_mask(project, opened, opened.editor.snapshot(), project.classes)
    opened.close()
    assert unreadable(folder) == []
    assert not (folder / ".staging").exists()
    mask = Project.open(folder).read_mask(project.photo("0.jpg"))
    assert mask is not None
    assert np.array_equal(mask, model.editor.mask)
    return counts


# -- importing


@pytest.fixture(scope="module")
def importer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    with killables(tmp_path_factory.mktemp("import") / "said", IMPORTING) as starter:
        yield starter


def test_an_import_is_there_whole_or_not_at_all(tmp_path: Path, importer: Starter) -> None:
    """Into a project with painted masks, which it replaces, come more photos and a class more."""
    chance = random.Random(f"importing {SEED}")
    before, source = tmp_path / "before", tmp_path / "source"
    make_import(importer, before, source)
    whole_s, staging_s = durations(importer, before, source, tmp_path / "after")
    contents = content_of(before), content_of(tmp_path / "after")
    assert contents[0] != contents[1]
    counts: Counter[str] = Counter()
    while counts["kills"] < KILLS:
        folder = tmp_path / "k"
        shutil.copytree(before, folder)
        process = importer.start(*import_words(source, folder))
        if counts["kills"] % 2:
            wait_until_staged(process, folder)
            time.sleep(chance.uniform(0, staging_s))
        else:
            time.sleep(chance.uniform(0, whole_s))
        if not process.kill():
            counts["not counted: had ended before"] += 1
            shutil.rmtree(folder)
            continue
        counts["kills"] += 1
        counts[moment_of(folder)] += 1
        assert unreadable(folder) == []
        content = content_of(folder)  # what was decided is finished by whoever opens the project next
        assert content in contents
        counts["there whole" if content == contents[1] else "not there at all"] += 1
        assert not (folder / ".staging").exists()
        importer.run(*import_words(source, folder))
        assert content_of(folder) == contents[1]
        assert unreadable(folder) == []
        shutil.rmtree(folder)
    told("importing", counts)


def make_import(starter: Starter, before: Path, source: Path) -> None:
    """Make a project with a few photos that have masks, and annotations of these and others."""
    rng = np.random.default_rng(SEED)
    names = ["sky", "ground", "person"]
    one = Project.create(before.with_name("one"), classes=ClassList.from_names(names[:2]))
    other = Project.create(before.with_name("other"), classes=ClassList.from_names(names))
    photo = before.with_name("photo.jpg")
    for number in range(PHOTOS):
        photo.write_bytes(encode_jpeg(rng.integers(0, 256, (48, 64, 3), dtype=np.uint8)))
        for project in (one, other):
            if project is other or number < OLD:
                mask = np.zeros((48, 64), dtype=np.uint8)
                mask[number : 30 + number % 9, 10 : 20 + number] = 1 if project is one else 2
                with project.change() as change:
                    change.add_photo(f"{number:02}.jpg", photo, size=(48, 64))
                    change.put_mask(f"{number:02}.jpg", mask)
                    change.put_state(f"{number:02}.jpg", PhotoState(status="done", size=(48, 64)))
    for project in (one, other):
        starter.run(
            "export",
            project.folder,
            "--format",
            "coco",
            "--with-photos",
            "--out",
            source / project.folder.name,
        )
    starter.run("new", before, "--class", ",".join(names[:2]))
    starter.run("import", source / "one", "--project", before)


def import_words(source: Path, folder: Path) -> tuple[object, ...]:
    return "import", source / "other", "--project", folder, "--replace", "--add-classes"


def durations(starter: Starter, before: Path, source: Path, after: Path) -> tuple[float, float]:
    """Import undisturbed into `after`; return how long that took, and how long of it something was staged (s)."""
    shutil.copytree(before, after)
    begun = time.monotonic()
    process = starter.start(*import_words(source, after))
    wait_until_staged(process, after)
    staged = time.monotonic()
    assert process.end() == 0, process.said
    ended = time.monotonic()
    return ended - begun, ended - staged


def wait_until_staged(process: Killable, folder: Path) -> None:
    end = time.monotonic() + _LONGEST_S
    while not (folder / ".staging").is_dir() and not process.has_ended:
        assert time.monotonic() < end
        time.sleep(0.0005)


def moment_of(folder: Path) -> str:
    if list(folder.glob(".staging/*/commit.json")):
        return "while files took their places"
    return "while files were staged" if list(folder.glob(".staging/*/files")) else "before or after that"


# -- training


@pytest.fixture(scope="module")
def trainer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    with killables(tmp_path_factory.mktemp("train") / "said", TRAINING) as starter:
        yield starter


CHOICES = {
    "weights": "none",
    "crop_px": 32,
    "max_side_px": 64,
    "batch_size": 3,
    "epochs": 4,
    "save_minutes": 0,
    "workers": 0,
}
TRAIN = [word for name, value in CHOICES.items() for word in ("--set", f"{name}={value}")]


@pytest.mark.skipif(not FULL, reason="in numbers alone: tests/cli/test_train.py kills one")
def test_every_run_goes_on_to_the_same_end(tmp_path: Path, trainer: Starter) -> None:
    """A run that was killed five times has the weights and the log of one that was left alone, bit for bit."""
    chance = random.Random(f"training {SEED}")
    base = tmp_path / "base"
    make_training(base)
    trainer.run("train", base, "--name", "first", *TRAIN)  # what is loaded lazily is warm then
    begun = time.monotonic()
    trainer.run("train", base, "--name", "alone", *TRAIN)
    whole_s = time.monotonic() - begun
    alone = RunFolder(base / "runs" / "alone")
    counts: Counter[str] = Counter()
    while counts["kills"] < KILLS:
        folder = tmp_path / f"t{counts['runs']}"
        shutil.copytree(base, folder, ignore=shutil.ignore_patterns("alone", "first"))
        run = RunFolder(folder / "runs" / "r")
        for _ in range(min(KILLS_OF_A_RUN, KILLS - counts["kills"])):
            is_new = not run.last.exists()
            process = trainer.start("train", folder, *words_for(run))
            time.sleep(chance.uniform(0, whole_s / 2))
            if not process.kill():
                counts["not counted: had ended before"] += 1
                break
            counts["kills"] += 1
            counts["while a checkpoint was written"] += bool(list(run.path.glob(".*.part")))
            counts["before the first checkpoint"] += is_new and not run.last.exists()
            assert unreadable(folder) == []
        if run.state() != "finished":
            trainer.run("train", folder, *words_for(run))
        counts["runs"] += 1
        same_run(run, alone)
        assert unreadable(folder) == []
        shutil.rmtree(folder)
    told("training", counts)


def make_training(folder: Path) -> None:
    rng = np.random.default_rng(SEED)
    project = Project.create(folder, classes=ClassList.from_names(["sky", "ground"]))
    photo = folder.with_name("photo.jpg")
    for number in range(9):
        pixels = rng.integers(0, 256, (48, 64, 3), dtype=np.uint8)
        mask = np.zeros((48, 64), dtype=np.uint8)
        mask[20 + number :] = 1
        photo.write_bytes(encode_jpeg(np.where(mask[..., None] > 0, pixels // 2, pixels)))
        with project.change() as change:
            change.add_photo(f"{number}.jpg", photo, size=(48, 64))
            change.put_mask(f"{number}.jpg", mask)
            split = "val" if number < 3 else "train"
            change.put_state(f"{number}.jpg", PhotoState(status="done", size=(48, 64), split=split))


def words_for(run: RunFolder) -> list[str]:
    """Return what begins the run, or goes on with it."""
    if (run.path / "recipe.toml").exists():
        return ["--resume", run.name]
    shutil.rmtree(run.path, ignore_errors=True)  # killed before it was one: nobody lists it
    return ["--name", run.name, *TRAIN]


def same_run(run: RunFolder, alone: RunFolder) -> None:
    import torch

    from segstudio.networks.model_file import read_model

    assert run.state() == alone.state() == "finished"
    for name in ("last.pt", "best.pt"):
        weights, expected = read_model(run.path / name).weights, read_model(alone.path / name).weights
        assert weights.keys() == expected.keys()
        assert all(torch.equal(weights[key], expected[key]) for key in expected), name
    assert what_was_learnt(run) == what_was_learnt(alone)


def what_was_learnt(run: RunFolder) -> list[tuple[object, ...]]:
    """Return what the log tells of steps and epochs, without times."""
    found: list[tuple[object, ...]] = []
    for event in run.events():
        if isinstance(event, StepDone):
            found.append((event.step, event.loss, event.learning_rate))
        elif isinstance(event, EpochDone):
            found.append((event.epoch, event.train_loss, event.val_loss, event.scores, event.photo_scores))
    assert any(isinstance(event, RunStarted) for event in run.events())
    return found
