"""A day of work at the real window, in minutes: nothing grows, and nothing gets slower.

The short form paints a little; `make storms` as many rounds as SEGSTUDIO_SESSION_ROUNDS says: fifty are 10,000 strokes, 500
photos and 50 predictions.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from segstudio.project.classes import ClassList
from segstudio.project.images import encode_jpeg
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project
from segstudio.runs.events import RunFinished, encode_event
from segstudio.runs.folder import RunFolder
from segstudio.runs.recipe import Recipe
from tests.run_events import started

FULL = "SEGSTUDIO_SESSION_ROUNDS" in os.environ
ROUNDS = int(os.environ.get("SEGSTUDIO_SESSION_ROUNDS", "4"))
SWITCHES, STROKES = (10, 20) if FULL else (3, 6)
"""Of a round: photos, and strokes on each."""

PHOTOS = 40 if FULL else 6
SIZE = (900, 1200) if FULL else (150, 200)
_WARM_UP = 0.3
"""Until then caches fill: each photo must have been seen."""

_TIMEOUT_S = 4 * 3600 if FULL else 300
MOST_MB = 4.0
"""For a thousand acts, by a straight line through what the window took after the warm-up: the undo of the open photo, and what
the C library does not give back.
"""

MOST_SLOWER = 1.3
"""At the end, compared with the beginning or with a window that is opened then: the machine may have more to do in the
evening, and masks that were painted on all day have more borders.
"""

_FRESH_ROUNDS = 3


def test_a_long_day_leaves_the_window_as_it_was(tmp_path: Path) -> None:
    project = _project(tmp_path)
    photos = _more_photos(tmp_path / "new") if FULL else ""
    told = _spend(tmp_path / "day.json", project, photos, ROUNDS)
    looks = [look for look in told["looks"] if look["round"] >= max(2, _WARM_UP * ROUNDS)]
    fresh = _spend(tmp_path / "evening.json", project, "", _FRESH_ROUNDS) if FULL else told
    if FULL:
        _report(told, looks, fresh)
    third = max(1, len(looks) // 3)
    for name in ("widgets", "objects", "threads", "files"):
        before = statistics.median(look[name] for look in looks[:third])
        later = min(
            look[name] for look in looks[-third:]
        )  # what is about to go may still be there at one of them
        assert later <= 1.02 * before + 4, f"{name}: {[look[name] for look in looks]}"
    if FULL:
        for what in ("stroke", "switch", "tab", "zoom", "edit.undo"):
            first, last = _tenths(told["times"][what])
            assert last < MOST_SLOWER * max(first, statistics.median(fresh["times"][what])), what
        assert _slope(looks, "memory_mb") < MOST_MB


def _spend(figures: Path, project: Project, photos: Path | str, rounds: int) -> Any:
    """Open a window on the project, let somebody work there for so many rounds, and return the figures."""
    home = figures.with_suffix("")
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "OMP_NUM_THREADS": "1", "HOME": str(home)}
    environment |= {
        f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "CACHE", "DATA", "STATE")
    }
    words = [
        sys.executable,
        "-m",
        "tests.storms.long_session",
        str(project.folder),
        str(photos),
        str(figures),
    ]
    done = subprocess.run(
        [*words, str(rounds), str(SWITCHES), str(STROKES)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=_TIMEOUT_S,
    )
    assert figures.exists(), done.stderr
    told = json.loads(figures.read_text(encoding="utf-8"))
    assert (done.returncode, told["code"]) == (0, 0), done.stderr
    log = (home / "cache/SegStudio/log/segstudio.log").read_text(encoding="utf-8")
    assert "ERROR" not in log, log
    return told


def _project(place: Path) -> Project:
    made = Project.create(place / "day", classes=ClassList.from_names(["sky", "ground", "person"]))
    rng = np.random.default_rng(0)
    with made.change() as change:
        for number in range(PHOTOS):
            coarse = rng.integers(0, 255, (SIZE[0] // 10, SIZE[1] // 10, 3), dtype=np.uint8)
            path = place / "photo.jpg"
            path.write_bytes(encode_jpeg(np.kron(coarse, np.ones((10, 10, 1), dtype=np.uint8))))
            key = f"{number:02}.jpg"
            change.add_photo(key, path, size=SIZE)
            change.put_mask(key, np.kron(coarse[..., 0] % 3, np.ones((10, 10), dtype=np.uint8)))
            change.put_state(
                key, PhotoState(size=SIZE, status="doing", split="val" if number % 4 == 1 else "train")
            )
    run = RunFolder.create(made.runs_folder, Recipe(), name="trained")
    end = RunFinished(epoch=1, step=4, best_miou=0.5, best_epoch=1, seconds=2.0)
    run.log.write_bytes(encode_event(started()) + encode_event(end))
    if FULL:
        _write_model(run.best)
    return made


def _write_model(path: Path) -> None:
    from tests.desktop.reviewing.conftest import card, write_model

    write_model(path, card())


def _more_photos(folder: Path) -> Path:
    folder.mkdir()
    rng = np.random.default_rng(1)
    for number in range(ROUNDS):
        coarse = rng.integers(0, 255, (SIZE[0] // 10, SIZE[1] // 10, 3), dtype=np.uint8)
        pixels = np.kron(coarse, np.ones((10, 10, 1), dtype=np.uint8))
        (folder / f"new_{number:03}.jpg").write_bytes(encode_jpeg(pixels))
    return folder


def _slope(looks: Sequence[dict[str, float]], name: str) -> float:
    """Return how much it grows with a thousand acts."""
    return float(np.polyfit([look["acts"] / 1000 for look in looks], [look[name] for look in looks], 1)[0])


def _tenths(seconds: Sequence[float]) -> tuple[float, float]:
    """Return the medians of the first and of the last tenth."""
    tenth = max(1, len(seconds) // 10)
    return statistics.median(seconds[:tenth]), statistics.median(seconds[-tenth:])


def _report(told: Any, looks: Sequence[dict[str, float]], fresh: Any) -> None:
    sys.stdout.write(f"{told['acts']:,} acts\n")
    for name in looks[0]:
        first, last = looks[0][name], looks[-1][name]
        sys.stdout.write(f"{name}: {first:,.1f} → {last:,.1f}, {_slope(looks, name):+.3f} for 1,000 acts\n")
    for what, seconds in told["times"].items():
        first, later = (1000 * value for value in _tenths(seconds))
        anew = 1000 * statistics.median(fresh["times"].get(what, [0.0]))
        sys.stdout.write(
            f"{what}: {len(seconds):,} times, {first:.2f} ms, later {later:.2f} ms, in a new window then {anew:.2f} ms\n"
        )
