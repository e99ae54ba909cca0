"""People at the real desk, each a process of its own, to be killed.

Run as a program, it reads lines `FIFO PROJECT SEED FIRST MOVES SOON_MS` and starts one such process for each (as a
copy of itself, so that nothing needs to be loaded anew); its number is answered on standard output. The process opens
the project's first photo and does one event after another, by a timer: strokes of MOVES moves, undo and redo now and
then, from event FIRST on. What is done depends on SEED and the event's number alone, so that a test can do the same
without a process. Into the FIFO it says `event NUMBER` before an event, `move NUMBER MOVE SECONDS` after each move of
a stroke (monotonic time), `done NUMBER` after it, and `saving` when a mask begins to be written.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtCore import QCoreApplication, QTimer

from segstudio.desktop.editing import autosave
from segstudio.desktop.editing.desk import PhotoDesk
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.settings import Places
from segstudio.painting.brush import Brush, Stroke
from segstudio.painting.region import Region
from segstudio.painting.rules import EVERYWHERE
from segstudio.project import change
from segstudio.project.classes import ClassList
from segstudio.project.masks import Mask

MOVE_MS = 15


class Plan:
    """What is done in one event: `kind` is stroke, undo or redo."""

    def __init__(self, seed: int, number: int, moves: int, size: tuple[int, int]) -> None:
        rng = np.random.default_rng([seed, number])
        choice = rng.random()
        self.kind = "undo" if choice > 0.85 else "redo" if choice > 0.75 else "stroke"
        self.value = int(rng.integers(0, 2))
        self._way = rng.random((moves, 2)) * np.array(size[::-1])
        self._stroke = Stroke(Brush(int(rng.integers(3, 20))), size)

    def regions(self, move: int) -> tuple[Region, ...]:
        """Return what one move of the stroke covers; to be asked in order."""
        x, y = self._way[move]
        return tuple(self._stroke.to((float(x), float(y))))


class Person:
    """Drives a desk by a timer."""

    def __init__(self, desk: PhotoDesk, say: Callable[..., None], seed: int, first: int, moves: int) -> None:
        self._desk, self._say = desk, say
        self._seed, self._number, self._moves, self._move = seed, first, moves, 0
        self._plan: Plan | None = None
        self._timer = QTimer(interval=MOVE_MS)
        self._timer.timeout.connect(self._turn)

    def begin(self, _shown: object) -> None:
        """Start with the first event."""
        self._timer.start()

    def _turn(self) -> None:
        if self._plan is None:
            self._begin_event()
        elif self._move < self._moves:
            self._desk.paint(*self._plan.regions(self._move), value=self._plan.value, rule=EVERYWHERE)
            self._say("move", self._number, self._move, time.monotonic())
            self._move += 1
        else:
            self._desk.commit()
            self._end_event()

    def _begin_event(self) -> None:
        shown = self._desk.shown
        assert shown is not None
        plan = Plan(self._seed, self._number, self._moves, shown.editor.size)
        self._say("event", self._number)
        if plan.kind == "stroke":
            self._desk.begin("brush")
            self._plan, self._move = plan, 0
        else:
            (self._desk.undo if plan.kind == "undo" else self._desk.redo)()
            self._end_event()

    def _end_event(self) -> None:
        self._say("done", self._number)
        self._plan = None
        self._number += 1


def paint(fifo: str, folder: Path, numbers: list[int]) -> None:
    """Paint until killed."""
    seed, first, moves, soon_ms = numbers
    pipe = os.open(fifo, os.O_WRONLY)

    def say(*words: object) -> None:
        os.write(pipe, (" ".join(str(word) for word in words) + "\n").encode())

    autosave.SOON_MS = soon_ms
    encode_mask = vars(change)["encode_mask"]

    def encode(mask: Mask, classes: ClassList) -> bytes:
        say("saving")
        return bytes(encode_mask(mask, classes))

    vars(change)["encode_mask"] = encode
    app = QCoreApplication(sys.argv[:1])
    session = ProjectSession(Places.of_this_user())
    desk = PhotoDesk(session)
    person = Person(desk, say, seed, first, moves)
    session.project_opened.connect(lambda: desk.show(session.opened.photos[0]))  # type: ignore[union-attr]
    desk.opened.connect(person.begin)
    desk.problem_met.connect(lambda problem: say("problem", problem.text))
    session.open(folder)
    app.exec()


def main() -> None:
    """Start a painting process for each line."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        fifo, folder, *numbers = line.rstrip("\n").split("\t")
        child = os.fork()
        if not child:
            paint(fifo, Path(folder), [int(number) for number in numbers])
            os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
