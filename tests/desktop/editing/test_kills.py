"""kill -9, with real processes at the real desk: in mid-stroke, between stroke and autosave, in mid-save."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from segstudio.painting.editor import MaskEditor
from segstudio.painting.region import Bitmap, Region
from segstudio.project.classes import ClassList
from segstudio.project.images import encode_jpeg
from segstudio.project.masks import Mask
from segstudio.project.project import Project
from tests.desktop.editing import painter
from tests.desktop.editing.conftest import Bench
from tests.desktop.editing.painter import Plan

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the processes are forked")

SIZE = (300, 400)
AT_ONCE = 4
ROUNDS = int(os.environ.get("SEGSTUDIO_KILL_ROUNDS", "2"))
"""Of so many kills each; `make storms` takes five rounds."""
"""Four people at four projects, each killed five times: twenty kills."""

NEVER_MS = 3_600_000
SURE_S = 1.0
"""What is older than this is there, stroke or not."""


class Painting:
    """One process that paints, until it is killed; and what it said."""

    def __init__(self, fifo: Path) -> None:
        self._fifo = fifo
        self.number = 0
        self.lines: list[list[str]] = []
        self.killed_at = 0.0

    def listen(self) -> None:
        self._pipe = self._fifo.open(encoding="utf-8")

    def wait_for(self, *words: str, count: int = 1) -> None:
        """Read until lines that begin with `words` have come."""
        while count:
            line = self._pipe.readline()
            assert line, f"it ended by itself: {self.lines[-3:]}"
            self.lines.append(line.split())
            count -= self.lines[-1][: len(words)] == list(words)

    def kill(self) -> None:
        self.killed_at = time.monotonic()
        os.kill(self.number, signal.SIGKILL)
        self.lines += [
            line.split() for line in self._pipe.read().splitlines(keepends=True) if line.endswith("\n")
        ]
        self._pipe.close()
        assert not [line for line in self.lines if line[0] == "problem"]


class Model:
    """The same events without files or crashes."""

    def __init__(self, seed: int, moves: int, size: tuple[int, int]) -> None:
        self.editor = MaskEditor(np.full(size, 255, dtype=np.uint8))
        self._seed, self._moves = seed, moves
        self.first = 0

    def plan(self, number: int) -> Plan:
        return Plan(self._seed, number, self._moves, self.editor.size)

    def do(self, number: int) -> None:
        plan = self.plan(number)
        if plan.kind == "stroke":
            with self.editor.edit("brush"):
                for move in range(self._moves):
                    self.editor.paint(*plan.regions(move), value=plan.value)
        else:
            _ = self.editor.undo() if plan.kind == "undo" else self.editor.redo()
        self.first = number + 1

    def follow(self, painting: Painting, found: MaskEditor) -> None:
        """Do what the process did; of an event that was under way, what was `found` must be a part."""
        for line in painting.lines:
            if line[0] == "done":
                self.do(int(line[1]))
        begun = [int(line[1]) for line in painting.lines if line[0] == "event"]
        if not begun or begun[-1] < self.first:
            return
        if self.plan(begun[-1]).kind != "stroke":
            if state(found) != state(self.editor):
                self.do(begun[-1])  # it had come through, only the word of it had not
        else:
            self._follow_stroke(begun[-1], painting, found.mask)
        self.first = begun[-1] + 1

    def _follow_stroke(self, number: int, painting: Painting, found: Mask) -> None:
        moves = [line for line in painting.lines if line[:2] == ["move", str(number)]]
        sure = sum(float(line[3]) < painting.killed_at - SURE_S for line in moves)
        plan = self.plan(number)
        drawn = [plan.regions(move) for move in range(self._moves)]
        certain, possible = (self._covered(drawn[:count]) for count in (sure, self._moves))
        assert (found[certain] == plan.value).all()
        assert (found[~possible] == self.editor.mask[~possible]).all()
        assert ((found == plan.value) | (found == self.editor.mask)).all()
        with self.editor.edit("brush"):
            self.editor.paste(np.array(found))

    def _covered(self, drawn: Sequence[Sequence[Region]]) -> Bitmap:
        covered = np.zeros(self.editor.size, dtype=np.bool_)
        for regions in drawn:
            for region in regions:
                covered[region.rect.slices] |= region.bitmap
        return covered


def state(editor: MaskEditor) -> tuple[bytes, int, int]:
    return editor.mask.tobytes(), len(editor.history.undo_edits), len(editor.history.redo_edits)


@pytest.fixture(scope="module")
def server() -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen(
        [sys.executable, painter.__file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    ) as process:
        yield process
        assert process.stdin is not None
        process.stdin.close()


Server = subprocess.Popen[str]


def start(server: Server, painting: Painting, *words: object) -> None:
    assert server.stdin is not None
    assert server.stdout is not None
    os.mkfifo(painting._fifo)
    server.stdin.write("\t".join(str(word) for word in (painting._fifo, *words)) + "\n")
    server.stdin.flush()
    painting.number = int(server.stdout.readline())
    painting.listen()


@dataclass(frozen=True)
class Case:
    """When people are killed: `moves` of a stroke, and how soon what was painted is saved."""

    name: str
    moves: int
    soon_ms: int


CASES = (
    Case("in mid-stroke", 110, NEVER_MS),
    Case("between stroke and autosave", 6, NEVER_MS),
    Case("in mid-save", 6, 0),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_killed_desk_loses_nothing(qtbot: QtBot, tmp_path: Path, server: Server, case: Case) -> None:
    chance = random.Random(case.name)
    moves = case.moves
    folders = [tmp_path / f"p{number}" for number in range(AT_ONCE)]
    for folder in folders:
        make_project(folder, tmp_path / "0.jpg")
    models = [Model(seed, moves, SIZE) for seed in range(AT_ONCE)]
    for round_ in range(ROUNDS):
        paintings = [Painting(tmp_path / f"{round_}-{number}") for number in range(AT_ONCE)]
        for number, painting in enumerate(paintings):
            start(server, painting, folders[number], number, models[number].first, moves, case.soon_ms)
        for painting in paintings:
            kill(painting, case, chance)
        for number, painting in enumerate(paintings):
            check(qtbot, folders[number], models[number], painting, to_the_end=round_ == ROUNDS - 1)


def make_project(folder: Path, photo: Path) -> None:
    """Make a project of one photo without a mask."""
    photo.write_bytes(encode_jpeg(np.full((*SIZE, 3), 90, dtype=np.uint8)))
    project = Project.create(folder, classes=ClassList.from_names(["sky", "ground"]))
    with project.change() as change:
        change.add_photo("0.jpg", photo, size=SIZE)


def kill(painting: Painting, case: Case, chance: random.Random) -> None:
    """Kill a process at a moment of the case."""
    if case.name == "in mid-stroke":
        painting.wait_for("move", count=chance.randint(1, case.moves - 2))
    elif case.name == "in mid-save":
        painting.wait_for("saving", count=chance.randint(1, 2))
    else:
        painting.wait_for("done", count=chance.randint(1, 2))
    time.sleep(chance.uniform(0, 0.008))
    painting.kill()


def check(qtbot: QtBot, folder: Path, model: Model, painting: Painting, *, to_the_end: bool) -> None:
    """Open the photo as the next start of the program does, and look at all that was done."""
    bench = Bench(qtbot, folder)
    shown = bench.show(0)
    assert not shown.read_only  # the lock of the dead does not hold
    model.follow(painting, shown.editor)
    assert state(shown.editor) == state(model.editor)
    while to_the_end and (bench.desk.can_undo or model.editor.undo_label):
        bench.desk.undo()
        model.editor.undo()
        assert state(shown.editor) == state(model.editor)
    while to_the_end and (bench.desk.can_redo or model.editor.redo_label):
        bench.desk.redo()
        model.editor.redo()
        assert state(shown.editor) == state(model.editor)
    assert bench.shut_down() == ()
    on_disk = Project.open(folder)
    assert not (folder / ".staging").exists()
    photo = on_disk.photo("0.jpg")
    mask = on_disk.read_mask(photo)
    assert (
        np.full(photo.size, 255) if mask is None else mask
    ).tobytes() == model.editor.mask.tobytes() or mask is None
    assert not bench.problems
