"""One CVAT export with 20,000 polygons and masks over 2,000 photos: ours, datumaro, and the plain bound, in one run.

The same task: a PNG of class numbers for each photo. Ours is `segstudio import` as a person starts it, which also looks
whether the photos are whole and writes a project that outlives a power cut; datumaro reads the export and paints with
what its own exporters use; the bound is lxml.iterparse, cv2.fillPoly and cv2.imencode. Each is a process of its own; time is
that of the clock, CPU that of all its threads. Masks agree but for the border of polygons, of which datumaro leaves half out.

    make benchmarks
    SEGSTUDIO_BENCH_PHOTOS=100 make benchmarks   (in a minute)
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from segstudio.project.classes import ClassList
from segstudio.project.masks import read_mask
from segstudio.project.project import Project
from tests.benchmarks.costs import cost_of
from tests.benchmarks.cvat_set import NAMES, make_set
from tests.formats.other_programs import other_python

PHOTOS = int(os.environ.get("SEGSTUDIO_BENCH_PHOTOS", "2000"))
COMPARED = 25
STRAYS = 20
_HERE = Path(__file__).parent


@pytest.mark.benchmark
@pytest.mark.skipif(not hasattr(os, "wait4"), reason="only where a process's memory can be asked")
def test_import_beside_datumaro(tmp_path: Path) -> None:
    theirs_python = other_python()
    folder = tmp_path / "set"
    make_set(folder, PHOTOS)
    project = Project.create(tmp_path / "project", classes=ClassList.from_names(list(NAMES)))
    ours = cost_of(
        [
            *(sys.executable, "-m", "segstudio", "import", folder, "--project", project.folder),
            *("--layers", "file", "--reference"),
        ]
    )
    bound = cost_of([sys.executable, _HERE / "bound_masks.py", folder, tmp_path / "bound", *NAMES])
    theirs = cost_of([theirs_python, _HERE / "datumaro_masks.py", folder, tmp_path / "theirs"])
    print(f"\n{PHOTOS} photos, {10 * PHOTOS} shapes, {os.cpu_count()} cores")  # noqa: T201
    for name, cost in (("segstudio import", ours), ("datumaro", theirs), ("plain bound", bound)):
        print(  # noqa: T201
            f"{name:17} {cost.wall_s:6.1f} s ({theirs.wall_s / cost.wall_s:4.1f} times datumaro), "
            f"CPU {cost.cpu_s:6.1f} s ({theirs.cpu_s / cost.cpu_s:4.1f} times), {cost.peak_mb:4.0f} MB"
        )
    share = agreement(project.folder, tmp_path / "bound", tmp_path / "theirs")
    print(f"masks: equal to the bound's, {share:.3%} of the pixels equal to datumaro's")  # noqa: T201
    assert ours.peak_mb < theirs.peak_mb
    least = 3 if PHOTOS >= 1000 else 1  # the start of a program counts for some dozens of photos
    assert ours.cpu_s < theirs.cpu_s / least
    assert ours.wall_s < theirs.wall_s / least


def agreement(project: Path, bound: Path, theirs: Path) -> float:
    """Return the share of pixels of some photos on which we agree with datumaro; with the bound we do on all."""
    opened = Project.open(project)
    same = []
    for photo in opened.photos()[:COMPARED]:
        mask, name = read_mask(opened.mask_path(photo)), Path(photo.key).with_suffix(".png").name
        assert (mask == read_mask(bound / name)).all()
        other = read_mask(theirs / name)
        strays = np.count_nonzero((mask != other) & ~_at_borders(mask))
        assert strays < STRAYS  # where a polygon is cut at the edge of its photo, its border is a line there
        same.append(float((mask == other).mean()))
    return float(np.mean(same))


def _at_borders(mask: np.ndarray) -> np.ndarray:
    """Return the pixels that have one of another value among the eight around them, or the two beyond."""
    found = np.zeros(mask.shape, dtype=np.bool_)
    for down in (-2, -1, 0, 1, 2):
        for across in (-2, -1, 0, 1, 2):
            found |= np.roll(mask, (down, across), axis=(0, 1)) != mask
    return found
