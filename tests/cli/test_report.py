import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.cli.main import main
from segstudio.inference.predictor import Predictor
from segstudio.project.classes import ClassList
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project
from tests.inference.networks_for_tests import colour_predictor


def _save_photo(path: Path) -> np.ndarray:
    photo = np.zeros((10, 20, 3), dtype=np.uint8)
    photo[:, :10, 0] = 255
    photo[:, 10:, 1] = 255
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(photo).save(path)
    return photo


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    path = tmp_path / "best.pt"
    path.touch()
    monkeypatch.setattr(Predictor, "load", lambda *_, **__: colour_predictor(run="jump-1"))
    return str(path)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a project whose classes stand in another order than the model's; the second photo is labelled wrong."""
    made = Project.create(tmp_path / "jumps", classes=ClassList.from_names(["green", "red"]))
    keys = ("right.png", "wrong.png", "unlabelled.png")
    truth = np.where(_save_photo(made.folder / "photos" / keys[0])[..., 0] == 255, 1, 0).astype(np.uint8)
    for key in keys[1:]:
        _save_photo(made.folder / "photos" / key)
    made.refresh()
    for key, mask in zip(keys[:2], (truth, 1 - truth), strict=True):
        made.write_mask(made.photo(key), mask)
        made.write_state(made.photo(key), PhotoState(split="val", status="done"))
    return made


def _run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    code = ended.value.code
    assert code is None or isinstance(code, int)
    return code or 0


def test_a_report_on_a_project_compares_with_its_truth_the_worst_first(
    tmp_path: Path, project: Project, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "sub" / "r.html"
    assert _run("report", project.folder, "--model", model, "--out", out, "--json") == 0
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["photos"], told["unread"], told["out"]) == (2, [], str(out))
    page = out.read_text(encoding="utf-8")
    assert re.findall("<h3>(.+?)</h3>", page) == ["wrong.png", "right.png"]
    assert "<title>jumps</title>" in page
    assert "jump-1" in page
    assert "mean IoU 0.0 %" in page
    assert "mean IoU 100 %" in page
    assert "<dt>pixel accuracy</dt><dd>50.0 %</dd>" in page


def test_a_report_on_photos_knows_no_truth(tmp_path: Path, model: str) -> None:
    _save_photo(tmp_path / "in/a.png")
    _save_photo(tmp_path / "in/sub/b.png")
    assert _run("report", tmp_path / "in", "--model", model, "--out", tmp_path / "r.html") == 0
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert re.findall("<h3>(.+?)</h3>", page) == ["a.png", "sub/b.png"]
    assert "IoU" not in page


def test_a_damaged_photo_is_told_and_the_report_is_about_the_others(
    tmp_path: Path, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _save_photo(tmp_path / "in/b.png")
    (tmp_path / "in/a.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut off")
    out = tmp_path / "r.html"
    assert _run("report", tmp_path / "in", "--model", model, "--out", out) == 1
    assert capsys.readouterr().err.splitlines()[-1].startswith("1 of 2 photos could not be read")
    assert "b.png" in out.read_text(encoding="utf-8")


def test_too_many_photos_for_a_page_are_refused_before_the_work(
    tmp_path: Path, model: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module in ("report", "predict"):
        monkeypatch.setattr(f"segstudio.cli.{module}.MOST_PHOTOS", 1)
    for name in ("a", "b"):
        _save_photo(tmp_path / f"in/{name}.png")
    assert _run("report", tmp_path / "in", "--model", model, "--out", tmp_path / "r.html") == 1
    assert "2 photos are too many" in capsys.readouterr().err
    out = tmp_path / "out"
    assert _run("predict", tmp_path / "in", "--model", model, "--out", out, "--report") == 1
    assert "2 photos are too many" in capsys.readouterr().err
    assert not out.exists()
