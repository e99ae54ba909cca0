from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from segstudio.cli.demo import _show
from segstudio.cli.main import main
from segstudio.cli.output import Output
from segstudio.project.classes import ClassList
from segstudio.project.project import Project
from segstudio.project.review_queue import ReviewQueue


def call(*arguments: str) -> int:
    try:
        main(arguments)
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.mark.slow
def test_from_annotations_to_overlays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    torch.set_num_threads(1)
    opened: list[tuple[Path, str]] = []

    def open_apart(project: Path, tab: str) -> bool:
        opened.append((project, tab))
        return True

    monkeypatch.setattr("segstudio.cli.demo.open_window_apart", open_apart)
    monkeypatch.setattr("segstudio.cli.demo.can_be_seen", lambda: True)  # --json opens none all the same
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
    queued = ReviewQueue(project.folder).read().records
    held_out = [photo.key for photo in photos if photo.split == "val"]
    assert [ReviewQueue(project.folder).path_of(each.photo).name for each in queued] == [
        *(f"new_000{number}.jpg" for number in range(1, 5)),
        *held_out,
    ]
    assert [each.outside for each in queued] == [True] * 4 + [False] * len(held_out)
    assert not opened
    _show(project, Output(json=False))
    assert opened == [(project.folder, "review")]
    assert "The window opens on the project" in capsys.readouterr().out
    assert call("demo", str(folder)) == 1
    assert "the demo's folder is not empty" in capsys.readouterr().err


def test_without_a_display_it_is_said_how_to_see_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project.create(tmp_path / "my demo", classes=ClassList.from_names(["sky"]))
    monkeypatch.setattr("segstudio.cli.demo.can_be_seen", lambda: False)
    monkeypatch.setattr("segstudio.cli.demo.open_window_apart", lambda *_: pytest.fail("it was opened"))
    _show(project, Output(json=False))
    told = " ".join(capsys.readouterr().out.split())
    assert told.startswith("There is no display here")
    assert "my demo'" in told
