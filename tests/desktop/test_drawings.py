from __future__ import annotations

import os
from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths

from segstudio.desktop.drawings import Drawings

pytestmark = pytest.mark.usefixtures("qapp")


def cache() -> Path:
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.GenericCacheLocation))


def test_a_drawing_lies_in_the_cache_in_its_colour_for_the_next_window_too() -> None:
    path = Drawings().path("undo", "#17703F")
    assert path.is_relative_to(cache())
    assert "#17703F" in path.read_text(encoding="utf-8")
    assert "currentColor" not in path.read_text(encoding="utf-8")
    made = path.stat().st_mtime_ns
    assert Drawings().path("undo", "#17703F") == path
    assert path.stat().st_mtime_ns == made
    assert [each.name for each in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("found", [b"", b"<svg", b"\xff\xfe"])
def test_half_a_drawing_is_made_anew(found: bytes) -> None:
    path = Drawings().path("undo", "#17703F")
    whole = path.read_bytes()
    path.write_bytes(found)
    assert Drawings().path("undo", "#17703F").read_bytes() == whole


def test_a_cache_that_takes_nothing_costs_no_drawing() -> None:
    (cache() / "SegStudio").parent.mkdir(parents=True, exist_ok=True)
    (cache() / "SegStudio").write_bytes(b"a file where the folder would be")
    drawings = Drawings()
    for name in ("undo", "redo"):
        path = drawings.path(name, "#17703F")
        assert not path.is_relative_to(cache())
        assert "#17703F" in path.read_text(encoding="utf-8")
    del drawings
    assert not os.path.lexists(path)
