"""Pictures of what augmentation does."""

from __future__ import annotations

import json
from pathlib import Path

from segstudio.project.images import read_photo
from segstudio.project.project import Project
from tests.cli.conftest import Run

_WORDS = ("--set", "crop_px=40", "--photos", "2", "--crops", "3", "--json")


def test_crops_of_some_photos_are_written(run: Run, labelled: Project, tmp_path: Path) -> None:
    out = tmp_path / "pictures"
    code, told, _ = run("augment", labelled.folder, "--out", out, *_WORDS)
    crops = json.loads(told)["crops"]
    assert code == 0
    assert [crop["photo"] for crop in crops] == ["01.png"] * 3 + ["22.png"] * 3
    assert {read_photo(Path(crop["file"])).shape for crop in crops} == {(40, 40, 3)}
    before = [Path(crop["file"]).read_bytes() for crop in crops]
    run("augment", labelled.folder, "--out", out, *_WORDS)
    assert [Path(crop["file"]).read_bytes() for crop in crops] == before
    run("augment", labelled.folder, "--out", out, *_WORDS, "--seed", "7")
    assert [Path(crop["file"]).read_bytes() for crop in crops] != before


def test_without_training_photos_there_is_nothing_to_show(
    run: Run, labelled: Project, tmp_path: Path
) -> None:
    labelled.set_split(dict.fromkeys(labelled.keys(), "val"))
    code, _, err = run("augment", labelled.folder, "--out", tmp_path / "x")
    assert (code, "no labelled photo is for training" in err) == (1, True)
