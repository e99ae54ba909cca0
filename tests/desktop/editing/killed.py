"""People at the real desk who are killed, and the same events without files or crashes to compare with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from segstudio.painting.editor import MaskEditor
from segstudio.painting.region import Bitmap, Region
from segstudio.project.classes import ClassList
from segstudio.project.images import encode_jpeg
from segstudio.project.masks import Mask
from segstudio.project.project import Project
from tests.desktop.editing import painter
from tests.desktop.editing.painter import Plan

SIZE = (300, 400)
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
        self.seed, self.moves = seed, moves
        self.first = 0

    def plan(self, number: int) -> Plan:
        return Plan(self.seed, number, self.moves, self.editor.size)

    def do(self, number: int) -> None:
        plan = self.plan(number)
        if plan.kind == "stroke":
            with self.editor.edit("brush"):
                for move in range(self.moves):
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
        drawn = [plan.regions(move) for move in range(self.moves)]
        certain, possible = (self._covered(drawn[:count]) for count in (sure, self.moves))
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


Server = subprocess.Popen[str]


@contextmanager
def painting_server() -> Iterator[Server]:
    """Give a process that starts painting processes."""
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


def start(server: Server, painting: Painting, *words: object) -> None:
    assert server.stdin is not None
    assert server.stdout is not None
    os.mkfifo(painting._fifo)
    server.stdin.write("\t".join(str(word) for word in (painting._fifo, *words)) + "\n")
    server.stdin.flush()
    painting.number = int(server.stdout.readline())
    painting.listen()


def make_project(folder: Path, photo: Path) -> None:
    """Make a project of one photo without a mask."""
    photo.write_bytes(encode_jpeg(np.full((*SIZE, 3), 90, dtype=np.uint8)))
    project = Project.create(folder, classes=ClassList.from_names(["sky", "ground"]))
    with project.change() as change:
        change.add_photo("0.jpg", photo, size=SIZE)
