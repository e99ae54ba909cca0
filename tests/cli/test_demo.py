from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from segstudio.cli.main import main
from segstudio.project.project import Project


def call(*arguments: str) -> int:
    try:
        main(arguments)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.mark.slow
def test_from_annotations_to_overlays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    torch.set_num_threads(1)
    folder = tmp_path / "demo"
    assert call("demo", str(folder), "--photos", "12", "--epochs", "4", "--device", "cpu", "--json") == 0
    lines = capsys.readouterr().out.splitlines()
    told = json.loads(lines[-1])
    project = Project.open(Path(told["project"]))
    assert project.classes.names == ("sky", "ground", "airplane", "person")
    photos = project.photos()
    assert len(photos) == 12
    assert all(photo.has_mask for photo in photos)
    assert {photo.split for photo in photos} == {"train", "val"}
    assert Path(told["model"]).is_file()
    scores = json.loads((folder / "scores" / "scores.json").read_text(encoding="utf-8"))
    assert told["best_miou"] == pytest.approx(scores["miou"], abs=0.02)
    assert (folder / "scores" / "confusion.png").is_file()
    for number in range(1, 5):
        for kind in ("mask.png", "overlay.jpg", "panels.png"):
            assert (folder / "results" / f"new_000{number}.{kind}").is_file()
    assert call("demo", str(folder)) == 1
    assert "the demo's folder is not empty" in capsys.readouterr().err
