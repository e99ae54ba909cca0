"""Masks of many photos as COCO's run lengths: ours, and datumaro, in one run.

The same task: index masks of 1920 × 1080 pixels become one JSON file. Ours is `segstudio export` as a person starts it,
which also reads back what it wrote and writes it so that it outlives a power cut; datumaro reads the same masks as Pascal
VOC. Ours tells connected areas one by one, datumaro all pixels of a class at once: the masks are the same. Each is a process
of its own; time is that of the clock, CPU that of all its threads.

    make benchmarks
    SEGSTUDIO_BENCH_EXPORTED=20 make benchmarks   (sooner)
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from segstudio.formats.exporting import ExportOptions, export_project
from segstudio.formats.importing import commit_import, prepare
from segstudio.formats.options import ImportOptions
from segstudio.formats.sources import gather
from segstudio.project.classes import ClassList
from segstudio.project.masks import Mask
from segstudio.project.project import Project
from tests.benchmarks.costs import cost_of
from tests.benchmarks.cvat_set import NAMES, SIZE, make_set
from tests.formats.other_programs import other_python

PHOTOS = int(os.environ.get("SEGSTUDIO_BENCH_EXPORTED", "100"))
COMPARED = 10
_HERE = Path(__file__).parent


@pytest.mark.benchmark
@pytest.mark.filterwarnings("default")
@pytest.mark.skipif(not hasattr(os, "wait4"), reason="only where a process's memory can be asked")
def test_export_beside_datumaro(tmp_path: Path) -> None:
    theirs_python = other_python()
    project = _project(tmp_path)
    export_project(project, ExportOptions("voc", tmp_path / "voc"))
    ours = cost_of(
        [
            *(sys.executable, "-m", "segstudio", "export", project.folder, "--to", tmp_path / "ours"),
            *("--format", "coco", "--outlines", "masks"),
        ]
    )
    theirs = cost_of([theirs_python, _HERE / "datumaro_coco.py", tmp_path / "voc", tmp_path / "theirs"])
    print(f"\n{PHOTOS} masks, {os.cpu_count()} cores")  # noqa: T201
    for name, cost in (("segstudio export", ours), ("datumaro", theirs)):
        print(  # noqa: T201
            f"{name:17} {cost.wall_s:6.1f} s ({theirs.wall_s / cost.wall_s:4.1f} times datumaro), "
            f"CPU {cost.cpu_s:6.1f} s ({theirs.cpu_s / cost.cpu_s:4.1f} times), {cost.peak_mb:4.0f} MB"
        )
    written = _masks(tmp_path / "ours" / "annotations" / "instances_default.json")
    others = _masks(tmp_path / "theirs" / "annotations" / "instances_trainval.json")
    assert len(written) == len(others) == min(PHOTOS, COMPARED)
    for stem, mask in written.items():
        assert (mask == others[stem]).all()
    assert ours.cpu_s < theirs.cpu_s / 2
    assert ours.wall_s < theirs.wall_s / 2


def _project(folder: Path) -> Project:
    """Return a project of photos that lie in `folder`, with the masks of a CVAT export."""
    make_set(folder / "set", PHOTOS)
    project = Project.create(folder / "project", classes=ClassList.from_names(list(NAMES)))
    with gather([folder / "set"]) as gathered:
        commit_import(prepare(gathered, project, ImportOptions(layers="file", reference=True)), project)
    return Project.open(project.folder)


def _masks(path: Path) -> Mapping[str, Mask]:
    """Return the masks of the first photos as pycocotools reads them, by name without extension."""
    tools: Any = pytest.importorskip("pycocotools.coco")
    read = tools.COCO(str(path))
    found = {}
    for image in sorted(read.dataset["images"], key=lambda one: one["file_name"])[:COMPARED]:
        mask = np.zeros(SIZE, dtype=np.uint8)
        for entry in read.loadAnns(read.getAnnIds(imgIds=image["id"])):
            name = read.loadCats(entry["category_id"])[0]["name"]
            mask[read.annToMask(entry).astype(bool)] = NAMES.index(name)
        found[Path(image["file_name"]).stem] = mask
    return found
