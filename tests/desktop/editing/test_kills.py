"""kill -9, with real processes at the real desk: in mid-stroke, between stroke and autosave, in mid-save."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from segstudio.project.project import Project
from tests.desktop.editing.conftest import Bench
from tests.desktop.editing.killed import (
    NEVER_MS,
    SIZE,
    Model,
    Painting,
    Server,
    make_project,
    painting_server,
    start,
    state,
)

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the processes are forked")

AT_ONCE = 4
ROUNDS = int(os.environ.get("SEGSTUDIO_KILL_ROUNDS", "2"))
"""Of so many kills each; `make storms` takes five rounds."""
"""Four people at four projects, each killed five times: twenty kills."""


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with painting_server() as process:
        yield process


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
