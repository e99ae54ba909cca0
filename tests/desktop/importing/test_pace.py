"""The window answers while five hundred photos come in."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from segstudio.desktop.importing.row_table import RowTable
from segstudio.desktop.importing.rows import Row, Tone
from segstudio.desktop.look import Look
from segstudio.desktop.picture_loader import PictureLoader
from segstudio.desktop.window import Window
from segstudio.formats.examine import Looks
from segstudio.project.images import encode_jpeg
from segstudio.project.project import Project
from tests.desktop.conftest import Drive
from tests.desktop.importing.driving import dropped, import_all, tab_of, wait_until_looked_at
from tests.desktop.watchdog import WALL_CLOCK, watching

_PHOTOS = 500
_LONGEST_MS = 100
_SHAPES = 12


def _crowd() -> float:
    """Return how many programs share a core: what waits for its turn there does not wait for us."""
    return 1.0 if WALL_CLOCK else max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def _many(folder: Path) -> Path:
    """Five hundred photos of 640 × 480 and one CVAT file with twelve polygons in each."""
    photos = folder / "photos"
    photos.mkdir(parents=True)
    dice = np.random.default_rng(0)
    noise = np.kron(dice.integers(0, 256, (48, 64, 3), dtype=np.uint8), np.ones((10, 10, 1), dtype=np.uint8))
    images = []
    for number in range(_PHOTOS):
        name = f"{number:04}.jpg"
        (photos / name).write_bytes(encode_jpeg(np.roll(noise, number, axis=1)))
        shapes = []
        for shape in range(_SHAPES):
            corners = dice.uniform(0, 1, (60, 2)) * (640, 480)
            points = ";".join(f"{x:.2f},{y:.2f}" for x, y in corners)
            shapes.append(f'<polygon label="{("sky", "ground", "person")[shape % 3]}" points="{points}"/>')
        images.append(f'<image name="{name}" width="640" height="480">{"".join(shapes)}</image>')
    (folder / "annotations.xml").write_text(
        f"<annotations><meta/>{''.join(images)}</annotations>", encoding="utf-8"
    )
    return folder


def test_five_thousand_rows_scroll(qtbot: QtBot, look: Look) -> None:
    loader = PictureLoader(threads=1, waiting=40)
    table = RowTable(look, loader)
    qtbot.addWidget(table)
    table.resize(600, 640)
    rows = tuple(
        Row(str(number), f"{number:05}.jpg", "damaged", Tone.NEEDS if number % 7 == 0 else Tone.READY)
        for number in range(5000)
    )
    table.show()
    with watching() as scrolling:
        table.show_rows(rows, Looks())
        bar = table.view.verticalScrollBar()
        for step in range(100):
            bar.setValue(bar.maximum() * step // 100)
            qtbot.wait(1)
    loader.shut_down()
    print(scrolling.longest_ms)  # noqa: T201 (seen with -s: the figure)
    assert scrolling.longest_ms < _LONGEST_MS * _crowd()


def test_five_hundred_photos_come_in_and_the_window_answers(
    qtbot: QtBot, drive: Drive, tmp_path: Path
) -> None:
    given = _many(tmp_path / "given")
    project = Project.create(tmp_path / "jumps")

    def steps(window: Window) -> None:
        tab = tab_of(qtbot, window)
        with watching() as looking:
            dropped(window, given)
            wait_until_looked_at(qtbot, tab)
        with watching() as ordering:
            tab.bench.classes.moved_to.emit(0, 2)
            wait_until_looked_at(qtbot, tab)
        with watching() as writing:
            import_all(qtbot, window, tab)
        longest = {
            "looking": looking.longest_ms,
            "ordering": ordering.longest_ms,
            "writing": writing.longest_ms,
        }
        print(longest)  # noqa: T201 (seen with -s: the figures)
        assert max(longest.values()) < _LONGEST_MS * _crowd(), longest

    assert drive(steps, project.folder) == 0
    assert len(Project.open(project.folder).photos()) == _PHOTOS
