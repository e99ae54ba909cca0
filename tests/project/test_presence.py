"""The signs of windows that ended without a word do not stay for ever."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

from segstudio.project.presence import FOLDER, Presence, Signs, signs_path, this_painter
from segstudio.project.project import Project

_DAY_S = 86_400


@dataclass(frozen=True)
class _Open:
    folder: Path
    key: str = "a.png"
    since: str = ""

    def is_lost(self) -> bool:
        return False


def _left(project: Project, days: float) -> Path:
    """Write the signs of a window on another machine, as they lie after so many days."""
    painter = this_painter().model_copy(update={"machine": "elsewhere"})
    path = signs_path(project.folder, painter)
    path.parent.mkdir(exist_ok=True)
    path.write_text(Signs(**painter.model_dump()).model_dump_json())
    written = time.time() - days * _DAY_S
    os.utime(path, (written, written))
    return path


def test_signs_that_are_days_old_go_when_another_window_begins(project: Project) -> None:
    old, recent = _left(project, 30), _left(project, 1)
    other = old.with_name("notes.json")
    other.write_text("{}")
    os.utime(other, (0, 0))
    presence = Presence(beat_s=0.02)
    presence.add(_Open(project.folder))
    own, until = signs_path(project.folder, presence.painter), time.monotonic() + 5
    while (old.exists() or not own.exists()) and time.monotonic() < until:
        time.sleep(0.01)
    there = {path for path in (project.folder / FOLDER).iterdir() if path.suffix == ".json"}
    presence.close()
    assert there == {recent, other, own}


def test_a_window_whose_signs_went_tells_them_again(project: Project) -> None:
    presence = Presence(beat_s=0.02)
    presence.add(_Open(project.folder))
    own, until = signs_path(project.folder, presence.painter), time.monotonic() + 5
    for _ in range(2):
        while not own.exists() and time.monotonic() < until:
            time.sleep(0.01)
        own.unlink()
    while not own.exists() and time.monotonic() < until:
        time.sleep(0.01)
    assert own.exists()
    presence.close()
    assert not own.exists()
