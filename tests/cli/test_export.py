"""`segstudio export`: masks go out, and what would come back is told."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from segstudio.project.project import Project
from tests.cli.conftest import Run


def test_masks_go_out_and_come_back(labelled: Project, run: Run, tmp_path: Path) -> None:
    to = tmp_path / "out.zip"
    code, out, err = run("export", labelled.folder, "--format", "coco", "--to", to, "--with-photos", "--json")
    assert code == 0, err
    told = json.loads(out.splitlines()[-1])
    assert (told["photos"], told["shapes"], told["agreement"]) == (6, 12, 1.0)
    assert (told["to"], told["left_out"], told["worst"]) == (str(to), [], [])
    assert "Read back, every pixel is the same." in err
    again = tmp_path / "again"
    assert run("new", again, "--class", "sky,ground")[0] == 0
    assert run("import", to, "--project", again)[0] == 0
    for photo in (opened := Project.open(again)).photos():
        ours = opened.read_mask(photo)
        assert ours is not None
        assert (ours == labelled.read_mask(labelled.photo(photo.key))).all()


def test_a_dry_run_tells_the_worst_and_writes_nothing(labelled: Project, run: Run, tmp_path: Path) -> None:
    down, across = np.mgrid[:32, :32]
    circle = ((down - 16) ** 2 + (across - 16) ** 2 < 140).astype(np.uint8)
    labelled.write_mask(labelled.photo("02.png"), circle)
    words = ("--project", labelled.folder, "--format", "yolo-seg", "--to", tmp_path / "x", "--tolerance", 3)
    code, out, err = run("export", *words, "--dry-run")
    assert code == 0, err
    assert "6 photos as YOLO segmentation" in out
    assert "02.png" in out
    assert "Nothing was written." in out
    assert not (tmp_path / "x").exists()


def test_what_cannot_be_exported_is_told_in_a_sentence(labelled: Project, run: Run, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").touch()
    for words, code, told in (
        ((labelled.folder, "--format", "coko", "--to", tmp_path / "x"), 1, 'did you mean "coco"?'),
        ((labelled.folder, "--format", "coco", "--to", tmp_path / "full"), 1, "is not empty"),
        (
            (labelled.folder, "--format", "voc", "--to", tmp_path / "x", "--which", "checked"),
            1,
            "nothing to export",
        ),
        (("--format", "coco", "--to", tmp_path / "x"), 2, "give the project folder"),
        (
            (labelled.folder, "-p", labelled.folder, "-f", "coco", "--to", tmp_path / "x"),
            2,
            "give the project once",
        ),
        ((labelled.folder, "--format", "coco", "--to", ""), 2, "give the path"),
        (
            (labelled.folder, "--format", "coco", "--to", tmp_path / "x", "--tolerance", -1),
            1,
            "cannot be meant",
        ),
    ):
        found, _, err = run("export", *words)
        assert (found, told in err) == (code, True), err
    assert not (tmp_path / "x").exists()
