"""Eight people in one folder: nothing that anybody saved is lost, though windows sleep, locks are stolen, and the folder
goes away.

The short form moves the folder away and back; `make storms` takes 500 photos and two minutes, and where mounting is
allowed the folder is unmounted, and mounted read-only.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from segstudio.painting.journal_records import decode
from segstudio.project.classes import ClassList
from segstudio.project.images import encode_jpeg
from segstudio.project.masks import Mask, read_mask
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project
from tests.storms.shared_painter import CELL, PEOPLE, SIZE, cells

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="windows are put to sleep by a signal")

FULL = "SEGSTUDIO_SHARED_S" in os.environ
SECONDS = float(os.environ.get("SEGSTUDIO_SHARED_S", "3.5"))
PHOTOS = 500 if FULL else 2
AT_ONCE = PEOPLE if FULL else 3
STALE_S = 2.0 if FULL else 1.0
SEED = int(os.environ.get("SEGSTUDIO_SHARED_SEED", "1"))


@dataclass
class Told:
    """What one person did: the cells that were painted, by photo, and those of them that were saved."""

    painted: dict[str, set[int]] = field(default_factory=dict)
    saved: dict[str, set[int]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, log: Path) -> Told:
        told = cls()
        unsaved: set[int] = set()
        for line in log.read_text(encoding="utf-8").splitlines():
            what, *words = line.split()
            told.counts[what] = told.counts.get(what, 0) + 1
            if what == "painted":
                told.painted.setdefault(words[0], set()).add(int(words[1]))
                unsaved.add(int(words[1]))
            elif what == "saved":
                told.saved.setdefault(words[0], set()).update(unsaved)
            if what in ("saved", "lost"):
                unsaved.clear()
        return told


def test_nothing_that_was_saved_in_a_shared_folder_is_lost(tmp_path: Path) -> None:
    store, share = tmp_path / "store", tmp_path / "share"
    make_project(store)
    rescued = [tmp_path / f"rescued{number}" for number in range(AT_ONCE)]
    logs = [tmp_path / f"log{number}" for number in range(AT_ONCE)]
    with folder_that_goes(store, share) as gone, people(share, tmp_path) as (parent, processes):
        storm(parent, processes, gone)
        assert parent.wait(120) == 0
    told = [Told.of(log) for log in logs]
    assert all(each.counts.get("end") for each in told)
    check_files(store)
    masks = {photo.key: Project.open(store).read_mask(photo) for photo in Project.open(store).photos()}
    lost = strokes_missing(told, masks, rescued)
    total = {
        name: sum(each.counts.get(name, 0) for each in told) for name in ("painted", "saved", "taken", "lost")
    }
    print(f"\n{AT_ONCE} people, {PHOTOS} photos, {SECONDS:.0f} s: {total}, missing {lost}")  # noqa: T201
    assert lost == {"saved": 0, "painted": 0, "foreign": 0}
    assert total["saved"] > AT_ONCE
    assert not FULL or (total["taken"] and total["lost"])  # locks were stolen, and who came back noticed


def make_project(folder: Path) -> None:
    project = Project.create(folder, classes=ClassList.from_names([f"p{number}" for number in range(PEOPLE)]))
    photo = folder.with_name("0.jpg")
    photo.write_bytes(encode_jpeg(np.full((*SIZE, 3), 90, dtype=np.uint8)))
    with project.change() as change:
        for number in range(PHOTOS):
            change.add_photo(f"{number:03}.jpg", photo, size=SIZE)


Gone = Callable[[float], None]


@contextmanager
def folder_that_goes(store: Path, share: Path) -> Iterator[list[Gone]]:
    """Let `share` be `store` while the block runs; give what takes it away for some seconds, in two ways."""
    if FULL and mounted(store, share):
        try:
            yield [
                lambda seconds: unmounted(store, share, seconds),
                lambda seconds: read_only(store, share, seconds),
            ]
        finally:
            subprocess.run(["umount", "-l", str(share)], check=True)
            # nothing was written where it is mounted while it was away, but for a lock that is asked for at that moment
            assert {path.name for path in share.rglob("*")} <= {".lock"}
        return
    share.symlink_to(store)
    away = store.with_name("away")

    def moved(seconds: float) -> None:
        store.rename(away)
        time.sleep(seconds)
        away.rename(store)

    yield [moved, moved]
    share.unlink()


def mounted(store: Path, share: Path) -> bool:
    share.mkdir()
    if subprocess.run(["mount", "--bind", str(store), str(share)], check=False).returncode == 0:
        return True
    share.rmdir()
    return False


def unmounted(store: Path, share: Path, seconds: float) -> None:
    subprocess.run(["umount", "-l", str(share)], check=True)
    time.sleep(seconds)
    subprocess.run(["mount", "--bind", str(store), str(share)], check=True)


def read_only(store: Path, share: Path, seconds: float) -> None:
    """Nobody may have a file open for writing where that is done: so it is done beside it."""
    beside = share.with_name("read only")
    beside.mkdir()
    subprocess.run(["mount", "--bind", str(store), str(beside)], check=True)
    subprocess.run(["mount", "-o", "remount,ro,bind", str(beside)], check=True)
    subprocess.run(["umount", "-l", str(share)], check=True)
    subprocess.run(["mount", "--bind", str(beside), str(share)], check=True)
    time.sleep(seconds)
    unmounted(store, share, 0)
    subprocess.run(["umount", "-l", str(beside)], check=True)


@contextmanager
def people(folder: Path, place: Path) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    words = [str(word) for word in (folder, AT_ONCE, SECONDS, STALE_S, SEED, place)]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.storms.shared_painter", *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    ) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        numbers = [int(number) for number in parent.stdout.readline().split()]
        parent.stdin.write("go\n")
        parent.stdin.close()
        try:
            yield parent, numbers
        finally:
            if parent.poll() is None:
                os.killpg(parent.pid, signal.SIGKILL)


def storm(parent: subprocess.Popen[str], processes: list[int], gone: list[Gone]) -> None:
    """Put windows to sleep, one at a time, for longer than others wait for a sign; twice the folder goes."""
    chance = random.Random(SEED)
    begun = time.monotonic()
    outages = [(SECONDS * part, way) for part, way in zip((0.4, 0.7), gone, strict=True)]
    if not FULL:
        time.sleep(0.2)
        outages[0][1](0.3)
        asleep(parent, processes[0], STALE_S * 2.5)
        return
    while time.monotonic() - begun < SECONDS:
        if outages and time.monotonic() - begun > outages[0][0]:
            outages.pop(0)[1](4.0)
        asleep(parent, chance.choice(processes), STALE_S * chance.uniform(2, 3))
        time.sleep(chance.uniform(0, 1))


def asleep(parent: subprocess.Popen[str], process: int, seconds: float) -> None:
    if parent.poll() is None:
        os.kill(process, signal.SIGSTOP)
        time.sleep(seconds)
        os.kill(process, signal.SIGCONT)


def check_files(folder: Path) -> None:
    """Look at every file: whole, and none that should be gone."""
    project = Project.open(folder)  # what a process was putting in place when it was left is finished first
    left = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    assert not [name for name in left if name.endswith((".part", ".lock.by")) or ".staging" in name]
    for photo in project.photos():
        assert not photo.damage
        assert photo.size == SIZE
        journal = project.journal_path(photo)
        if journal.exists():
            decode(journal.read_bytes())
    for path in folder.glob("masks/*.json"):
        PhotoState.read(path)


def strokes_missing(told: list[Told], masks: dict[str, Mask | None], rescued: list[Path]) -> dict[str, int]:
    """Return how many strokes that were saved are in no mask, how many that were painted are not kept elsewhere, either,
    and how many cells hold what nobody painted there.
    """
    missing = {"saved": 0, "painted": 0, "foreign": 0}
    void = np.full(SIZE, 255, dtype=np.uint8)
    for number, (each, kept) in enumerate(zip(told, rescued, strict=True)):
        for key, there in masks.items():
            mask = void if there is None else there
            elsewhere = [read_mask(path) for path in kept.glob(f"*/masks/{key}.png")]
            for place, (top, left) in enumerate(cells(number)):
                here = np.s_[top : top + CELL, left : left + CELL]
                is_there = bool((mask[here] == number).all())
                if not is_there and not (mask[here] == 255).all():
                    missing["foreign"] += 1
                if place in each.saved.get(key, ()):
                    missing["saved"] += not is_there
                elif place in each.painted.get(key, ()):
                    missing["painted"] += not is_there and not any(
                        (other[here] == number).all() for other in elsewhere
                    )
    return missing


def test_the_storm_would_notice() -> None:
    """A stroke that was saved and is nowhere, one in somebody else's cell."""
    told = [Told({"a": {0, 1}}, {"a": {0, 1}}), Told({"a": {0}}, {})]
    mask = np.full(SIZE, 255, dtype=np.uint8)
    top, left = cells(0)[0]
    mask[top : top + CELL, left : left + CELL] = 0
    top, left = cells(1)[5]
    mask[top : top + CELL, left : left + CELL] = 0
    nowhere = Path("nowhere")
    assert strokes_missing(told, {"a": mask}, [nowhere, nowhere]) == {"saved": 1, "painted": 1, "foreign": 1}
