"""What is kept of the photos that are looked at."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from segstudio.project.project import Project
from tests.desktop.reviewing.conftest import Show


@pytest.mark.usefixtures("quick")
def test_of_a_photo_that_is_reviewed_no_longer_nothing_stays_in_memory(
    show: Show, jumps: Project, photos: Path
) -> None:
    shown = show(jumps)
    files = sorted(photos.iterdir())[:2]
    shown.tab.take(files)
    pixels = []
    for path in files:
        shown.wait(lambda: len(shown.page.board.rows) == 2)
        shown.page.side.list.choose(str(path))
        shown.wait_for_photo(path.name)
        opened = shown.page.viewing.shown
        assert opened is not None
        pixels.append(weakref.ref(opened.pyramid.pixels))
        del opened
    shown.actions["review.remove"].trigger()
    shown.wait(lambda: len(shown.page.board.rows) == 1)

    def gone() -> bool:
        QApplication.processEvents()
        gc.collect()
        return pixels[1]() is None

    shown.wait(gone)
    assert pixels[0]() is not None, "what is still listed is at hand"
    assert shown.page.viewing.shown is None or shown.page.viewing.shown.item.name == files[0].name
