"""The window answers while five hundred photos come in."""

from __future__ import annotations

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
from tests.desktop.watchdog import told, watching

_PHOTOS = 500
_SHAPES = 12
_LATEST_MS = 120_000


def _many(folder: Path) -> Path:
    """Five hundred small photos and one CVAT file with twelve polygons in each."""
    photos = folder / "photos"
    photos.mkdir(parents=True)
    dice = np.random.default_rng(0)
    noise = np.kron(dice.integers(0, 256, (12, 16, 3), dtype=np.uint8), np.ones((10, 10, 1), dtype=np.uint8))
    images = []
    for number in range(_PHOTOS):
        name = f"{number:04}.jpg"
        (photos / name).write_bytes(encode_jpeg(np.roll(noise, number, axis=1)))
        shapes = []
        for shape in range(_SHAPES):
            corners = dice.uniform(0, 1, (60, 2)) * (160, 120)
            points = ";".join(f"{x:.2f},{y:.2f}" for x, y in corners)
            shapes.append(f'<polygon label="{("sky", "ground", "person")[shape % 3]}" points="{points}"/>')
        images.append(f'<image name="{name}" width="160" height="120">{"".join(shapes)}</image>')
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
    told(scrolling_5000_rows=scrolling.longest_ms)


def test_five_hundred_photos_come_in_and_the_window_answers(
    qtbot: QtBot, drive: Drive, tmp_path: Path
) -> None:
    given = _many(tmp_path / "given")
    project = Project.create(tmp_path / "jumps")

    def steps(window: Window) -> None:
        tab = tab_of(qtbot, window)
        with watching() as looking:
            dropped(window, given)
            wait_until_looked_at(qtbot, tab, _LATEST_MS)
        with watching() as ordering:
            tab.bench.classes.moved_to.emit(0, 2)
            wait_until_looked_at(qtbot, tab, _LATEST_MS)
        with watching() as writing:
            import_all(qtbot, window, tab, _LATEST_MS)
        told(looking=looking.longest_ms, ordering=ordering.longest_ms, writing=writing.longest_ms)

    assert drive(steps, project.folder) == 0
    assert len(Project.open(project.folder).photos()) == _PHOTOS
