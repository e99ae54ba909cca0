"""A disk that fills up while somebody paints, imports, trains, changes classes, exports, backs up: nothing is lost, a
sentence is said, and all goes on once there is room; the same for one that becomes read-only.

`make storms` does all of it as often as SEGSTUDIO_DISK_ROUNDS says. The disk is mounted: only root may do that.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from segstudio.desktop.editing import autosave
from segstudio.desktop.problems import Problem
from segstudio.project.classes import ClassList
from segstudio.project.images import encode_jpeg
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project
from segstudio.project.sealed_zip import verify
from segstudio.runs.folder import RunFolder
from tests.desktop.editing.conftest import Bench
from tests.storms.full_disk import Disk, small_disk
from tests.storms.killable import IMPORTING, TRAINING, Starter, killables
from tests.storms.test_kills import TRAIN, make_training, same_run, words_for
from tests.storms.whole import content_of, unreadable

FULL = "SEGSTUDIO_DISK_ROUNDS" in os.environ
ROUNDS = int(os.environ.get("SEGSTUDIO_DISK_ROUNDS", "1"))
SEED = int(os.environ.get("SEGSTUDIO_DISK_SEED", "1"))
MEGABYTES = 20
TRAINING_MEGABYTES = 160
"""A checkpoint of the smallest head takes 39 MB, and the next one is written beside it."""

SIZE = (120, 160)
PAGE = 4096


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with small_disk(tmp_path / "small", megabytes=MEGABYTES) as found:
        yield found


def told(what: str, counts: Counter[str]) -> None:
    if FULL:
        sys.stdout.write(f"\n{what}, seed {SEED}: {dict(sorted(counts.items()))}\n")


def make_project(folder: Path, photos: int = 6) -> Project:
    """Make a project of noise, in which half of the photos have masks."""
    project = Project.create(folder, classes=ClassList.from_names(["sky", "ground"]))
    photo = folder.with_name("photo.jpg")
    for number in range(photos):
        rng = np.random.default_rng(number)
        photo.write_bytes(encode_jpeg(rng.integers(0, 256, (*SIZE, 3), dtype=np.uint8)))
        key = f"{number}.jpg"
        with project.change() as change:
            change.add_photo(key, photo, size=SIZE)
            if number < photos // 2:
                change.put_mask(key, rng.integers(0, 2, SIZE, dtype=np.uint8))
                change.put_state(key, PhotoState(status="done", size=SIZE))
    photo.unlink()
    return Project.open(folder)


# -- painting


@pytest.mark.parametrize("fault", ["full", "read-only"])
def test_painting_goes_on(qtbot: QtBot, disk: Disk, monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """What is painted stays unsaved, and is told so, until it is saved by itself."""
    chance = random.Random(f"{fault} {SEED}")
    monkeypatch.setattr(autosave, "SOON_MS", 10)
    monkeypatch.setattr(autosave, "_AGAIN_S", (0.1,))
    project = make_project(disk.folder / "p")
    bench = Bench(qtbot, project.folder)
    over: list[Problem] = []
    bench.desk.problem_over.connect(over.append)
    counts: Counter[str] = Counter()
    try:
        for number in range(5 * ROUNDS if FULL else 2):
            bench.show(chance.randrange(6))
            if fault == "full":
                disk.fill(chance.choice((0, chance.randrange(20) * PAGE)) if number else 0)
                painted_meanwhile(bench, chance, counts)
                disk.make_room()
            else:
                with disk.read_only():
                    painted_meanwhile(bench, chance, counts)
            bench.wait(lambda: not bench.desk.unsaved)  # by itself
            bench.wait(lambda: all(problem in over for problem in bench.problems))
            key = bench.desk.shown.photo.key  # type: ignore[union-attr]
            on_disk = Project.open(project.folder)
            assert np.array_equal(on_disk.read_mask(on_disk.photo(key)), bench.desk.mask)  # type: ignore[arg-type]
            assert unreadable(project.folder) == []
            assert not list(project.folder.rglob("*.part"))
    finally:
        problems = bench.shut_down()
    assert problems == ()
    assert counts["refused"]
    told(f"painting on a disk that is {fault}", counts)


def painted_meanwhile(bench: Bench, chance: random.Random, counts: Counter[str]) -> None:
    """Paint some strokes and have them saved, which may fail or not."""
    desk, known = bench.desk, len(bench.problems)
    for _ in range(chance.randint(1, 4)):
        way = [(chance.uniform(0, SIZE[1]), chance.uniform(0, SIZE[0])) for _ in range(4)]
        bench.stroke(chance.randrange(2), *way, size_px=chance.randint(3, 30))
        counts["strokes"] += 1
        desk.save()
        bench.wait(lambda: not desk.unsaved or "trying again" in desk.saved_text)
    assert bench.session.opened is not None
    assert unreadable(bench.session.opened.folder) == []
    counts["refused" if desk.unsaved else "saved meanwhile"] += 1
    if desk.unsaved:
        assert len(bench.problems) > known
        assert all("No space left" in one.text or "Read-only" in one.text for one in bench.problems[known:])


# -- the command line


@dataclass(frozen=True)
class Deed:
    """Something that is done to the project `p` by words of the command line, and makes `made`, both on the disk."""

    name: str
    words: Callable[[Path], tuple[object, ...]]
    made: str = ""


DEEDS = (
    Deed("import", lambda at: ("import", at / "source", "--project", at / "p", "--replace", "--add-classes")),
    Deed("classes, merged", lambda at: ("classes", at / "p", "--merge", "sky=ground")),
    Deed("classes, added", lambda at: ("classes", at / "p", "--add", "person")),
    Deed("split", lambda at: ("check", at / "p", "--split", "random")),
    Deed(
        "export",
        lambda at: ("export", at / "p", "--format", "coco", "--with-photos", "--out", at / "out"),
        "out",
    ),
    Deed(
        "export, ZIP",
        lambda at: ("export", at / "p", "--format", "index-png", "--out", at / "o.zip"),
        "o.zip",
    ),
    Deed("backup", lambda at: ("backup", at / "p", at / "b.zip"), "b.zip"),
    Deed("restore", lambda at: ("restore", at / "kept.zip", at / "back"), "back"),
    Deed("pack", lambda at: ("pack", at / "p", at / "part.zip", "--for", "Anna"), "part.zip"),
    Deed("an older version", lambda at: ("versions", at / "p", "0.jpg", "--restore", "1")),
    Deed("photo removed", lambda at: ("remove", at / "p", "1.jpg")),
    Deed("new project", lambda at: ("new", at / "new", "--class", "sky,ground"), "new"),
)


@pytest.fixture(scope="module")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    with killables(tmp_path_factory.mktemp("disk") / "said", IMPORTING) as found:
        yield found


@pytest.mark.parametrize("fault", ["full", "read-only"] if FULL else ["full"])
def test_what_is_done_happens_whole_or_not_at_all(
    tmp_path: Path, disk: Disk, starter: Starter, fault: str
) -> None:
    """Each is refused in one sentence with all as before, or done; and can be repeated when there is room."""
    chance = random.Random(f"{fault} {SEED}")
    base = tmp_path / "base"
    make_base(starter, base)
    at = disk.folder / "at"
    counts: Counter[str] = Counter()
    for deed in DEEDS if FULL else DEEDS[:2]:
        shutil.copytree(base, at)
        before, left = looked_at(at, deed), disk.left_bytes
        starter.run(*deed.words(at))
        after, needed = looked_at(at, deed), left - disk.left_bytes
        assert after != before, deed.name
        for _ in range(ROUNDS):
            shutil.rmtree(at)
            shutil.copytree(base, at)
            if fault == "full":
                disk.fill(chance.randrange(2 * max(needed, 0) // PAGE + 3) * PAGE)
                refused = tried(starter, deed, at, before, after)
                disk.make_room()
            else:
                with disk.read_only():
                    refused = tried(starter, deed, at, before, after)
            counts["refused" if refused else "done all the same"] += 1
            if refused:
                starter.run(*deed.words(at))
                assert looked_at(at, deed) == after, deed.name
        shutil.rmtree(at)
    told(f"the command line on a disk that is {fault}", counts)


def make_base(starter: Starter, base: Path) -> None:
    """Make a project with an older version of a mask, a backup of it, and annotations for it."""
    base.mkdir()
    project = make_project(base / "p")
    other = make_project(base.with_name("other"), photos=10)
    with other.change() as change:
        for photo in other.photos():
            change.put_mask(photo.key, np.full(SIZE, 1, dtype=np.uint8))
    photo = project.photo("0.jpg")
    mask = np.array(project.read_mask(photo))
    mask[:40] = 1
    project.save_photo(photo, mask=mask, by_hand=False)
    starter.run("export", other.folder, "--format", "coco", "--with-photos", "--out", base / "source")
    starter.run("backup", project.folder, base / "kept.zip")


def tried(starter: Starter, deed: Deed, at: Path, before: object, after: object) -> bool:
    """Do a deed; return whether it was refused."""
    names = names_in(at)
    process = starter.start(*deed.words(at))
    status, said = process.end(), process.said
    assert unreadable(at / "p") == [], deed.name
    if status == 0:
        assert looked_at(at, deed) == after, deed.name
        return False
    assert status == 1, (deed.name, said)
    assert "Traceback" not in said, deed.name
    last = said.strip().splitlines()[-1]
    assert "No space left" in last or "Read-only" in last or "room" in last or "space" in last, (
        deed.name,
        last,
    )
    assert looked_at(at, deed) == before, deed.name
    assert names_in(at) == names, deed.name
    return True


def looked_at(at: Path, deed: Deed) -> tuple[object, ...]:
    """Return what there is, but for times."""
    made = at / deed.made if deed.made else None
    if made is None or not made.exists():
        return content_of(at / "p"), None
    if deed.made.endswith(".zip"):
        is_sealed = deed.made != "o.zip"
        return content_of(at / "p"), frozenset(verify(made).files) if is_sealed else True
    if (made / "project.json").exists():
        return content_of(at / "p"), content_of(made)
    files = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in made.rglob("*.jpg")}
    return content_of(at / "p"), tuple(sorted(files.items()))


def names_in(at: Path) -> set[str]:
    """Return all that is there, but locks and what is only remembered."""
    names = (path.relative_to(at) for path in at.rglob("*") if path.suffix != ".lock")
    return {str(name) for name in names if ".cache" not in name.parts}


# -- training


@pytest.mark.skipif(not FULL, reason="loads torch; in numbers alone")
@pytest.mark.parametrize("fault", ["full", "read-only"])
def test_a_training_goes_on_from_where_it_was(tmp_path: Path, fault: str) -> None:
    """It ends with a sentence, before it has begun or in the middle, and goes on to the end of one left alone."""
    chance = random.Random(f"training {fault} {SEED}")
    base = tmp_path / "base"
    make_training(base)
    counts: Counter[str] = Counter()
    with (
        small_disk(tmp_path / "small", megabytes=TRAINING_MEGABYTES) as disk,
        killables(tmp_path / "said", TRAINING) as trainer,
    ):
        trainer.run("train", base, "--name", "alone", *TRAIN)
        folder = disk.folder / "p"
        for number in range((ROUNDS + 1) // 2):
            shutil.copytree(base, folder, ignore=shutil.ignore_patterns("alone"))
            run = RunFolder(folder / "runs" / "r")
            more = ("--set", "tensorboard=true") if number % 2 else ()
            for _ in range(3):
                words = words_for(run)
                counts[
                    struck(trainer, disk, fault, chance, *words, *(more if "--name" in words else ()))
                ] += 1
                assert unreadable(folder) == []
            if run.state() != "finished":
                trainer.run("train", folder, *words_for(run))
            assert not list(folder.rglob("*.part"))
            same_run(run, RunFolder(base / "runs" / "alone"))
            shutil.rmtree(folder)
    told(f"training on a disk that is {fault}", counts)


def struck(trainer: Starter, disk: Disk, fault: str, chance: random.Random, *words: str) -> str:
    """Train while the disk becomes full or read-only; return how that ended."""
    train = ("train", disk.folder / "p", *words)
    with ExitStack() as stack:
        process = trainer.start(*train) if chance.random() < 0.7 else None
        if process is not None:
            time.sleep(chance.uniform(0, 3))
        if fault == "full":
            stack.callback(disk.make_room)
            disk.fill(chance.choice((0, PAGE, chance.randrange(60 << 20))))
        else:
            stack.enter_context(disk.read_only())
        known_steps = log_bytes(disk.folder / "p")
        process = process or trainer.start(*train)
        status, said = process.end(), process.said
    assert status in (0, 1), said
    assert "Traceback" not in said, said
    if status == 0:
        return "had finished, or had room"
    last = said.strip().splitlines()[-1]
    assert "No space left" in last or "Read-only" in last, last
    return "refused in the middle" if known_steps else "refused at the beginning"


def log_bytes(project: Path) -> int:
    return sum(path.stat().st_size for path in project.glob("runs/r/events.jsonl"))
