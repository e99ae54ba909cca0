import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.cli.main import main
from segstudio.inference.predictor import Predictor
from segstudio.project.classes import ClassList
from segstudio.project.masks import read_mask
from segstudio.project.project import Project
from tests.inference.networks_for_tests import colour_predictor


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the path of a "model file" whose predictor knows red, green and blue."""
    path = tmp_path / "best.pt"
    path.touch()
    monkeypatch.setattr(Predictor, "load", lambda *_, **__: colour_predictor(run="2026-11-20-1432"))
    return str(path)


def _save_photo(path: Path, *, size: tuple[int, int] = (40, 60)) -> np.ndarray:
    photo = np.zeros((*size, 3), dtype=np.uint8)
    photo[:, : size[1] // 2, 0] = 255
    photo[:, size[1] // 2 :, 1] = 255
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(photo).save(path)
    return photo


def _run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    code = ended.value.code
    assert code is None or isinstance(code, int)
    return code or 0


def test_a_folder_becomes_masks_overlays_panels_and_a_table(tmp_path: Path, model: str) -> None:
    photo = _save_photo(tmp_path / "in/sub/ü 1.png")
    out = tmp_path / "out"
    assert _run("predict", tmp_path / "in", "--model", model, "--out", out) == 0
    assert sorted(path.relative_to(out).as_posix() for path in out.rglob("*.*")) == [
        "predictions.csv",
        "sub/ü 1.mask.png",
        "sub/ü 1.overlay.jpg",
        "sub/ü 1.panels.png",
    ]
    assert np.array_equal(read_mask(out / "sub/ü 1.mask.png"), 2 * photo.argmax(axis=2))
    with (out / "predictions.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [(row["photo"], row["class"], row["share"]) for row in rows] == [
        ("sub/ü 1.png", "red", "0.500000"),
        ("sub/ü 1.png", "green", "0.500000"),
        ("sub/ü 1.png", "blue", "0.000000"),
    ]
    assert rows[2]["mean confidence"] == ""


def test_only_what_is_named_is_written(tmp_path: Path, model: str) -> None:
    _save_photo(tmp_path / "a.png")
    out = tmp_path / "out"
    assert _run("predict", tmp_path / "a.png", "--model", model, "--out", out, "--confidence") == 0
    assert sorted(path.name for path in out.iterdir()) == ["a.confidence.png", "predictions.csv"]
    assert np.asarray(Image.open(out / "a.confidence.png")).min() > 250


def test_the_table_alone_or_a_page_to_send_can_be_asked_for(tmp_path: Path, model: str) -> None:
    _save_photo(tmp_path / "a.png")
    for flag, files in (
        ("--csv", ["predictions.csv"]),
        ("--report", ["predictions.csv", "report.html"]),
    ):
        out = tmp_path / flag
        assert _run("predict", tmp_path / "a.png", "--model", model, "--out", out, flag) == 0
        assert sorted(path.name for path in out.iterdir()) == files
    page = (tmp_path / "--report" / "report.html").read_text(encoding="utf-8")
    assert "a.png" in page
    assert "2026-11-20-1432" in page
    assert page.count("data:image/jpeg") == 2


def test_the_opacity_of_an_overlay_is_chosen(tmp_path: Path, model: str) -> None:
    Image.new("RGB", (64, 64), (128, 0, 0)).save(tmp_path / "a.png")
    reds = []
    for opacity in ("0", "1"):
        out = tmp_path / opacity
        chosen = ("--overlay", "--opacity", opacity)
        assert _run("predict", tmp_path / "a.png", "--model", model, "--out", out, *chosen) == 0
        reds.append(int(np.asarray(Image.open(out / "a.overlay.jpg"))[32, 32, 0]))
    assert reds == [pytest.approx(128, abs=4), pytest.approx(255, abs=4)]


def test_the_colours_are_the_model_s_its_project_s_or_the_default_ones(
    tmp_path: Path, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _save_photo(tmp_path / "a.png")
    project = tmp_path / "project"
    Project.create(project, classes=ClassList.from_names(["GREEN:#123456", "other:#FFFFFF"]))
    expected = {
        "model": [(255, 0, 0), (0, 255, 0)],
        "project": [(255, 0, 0), (0x12, 0x34, 0x56)],
        "default": [entry.rgb for entry in ClassList.from_names(["red", "green"]).classes],
    }
    for choice, colours in expected.items():
        out = tmp_path / choice
        words = ("predict", tmp_path / "a.png", "--model", model, "--out", out, "--mask", "--colours", choice)
        assert _run(*words, "--project", project) == 0
        seen = np.asarray(Image.open(out / "a.mask.png").convert("RGB"))
        assert [tuple(seen[5, column]) for column in (5, 55)] == colours
    capsys.readouterr()
    alone = ("predict", tmp_path / "a.png", "--model", model, "--out", tmp_path / "out")
    assert _run(*alone, "--colours", "project") == 1
    assert "Name one with --project" in capsys.readouterr().err


def test_what_is_asked_of_films_is_not_passed_over_where_there_is_none(
    tmp_path: Path, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _save_photo(tmp_path / "a.png")
    words = ("predict", tmp_path / "a.png", "--model", model, "--out", tmp_path / "out", "--csv")
    assert _run(*words, "--every", 25, "--scale", 0.3) == 0
    told = "There is no film that --every and --scale could be for: photos are taken as they are."
    assert told in capsys.readouterr().out
    assert _run(*words) == 0
    assert "There is no film" not in capsys.readouterr().out


def test_a_damaged_photo_is_told_and_the_rest_goes_on(
    tmp_path: Path, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _save_photo(tmp_path / "in/b.png")
    (tmp_path / "in/a.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut off")
    out = tmp_path / "out"
    assert _run("predict", tmp_path / "in", "--model", model, "--out", out, "--mask", "--json") == 1
    printed = capsys.readouterr()
    told = json.loads(printed.out.splitlines()[-1])
    assert [entry["photo"] for entry in told["photos"]] == ["b.png"]
    assert [entry["photo"] for entry in told["unread"]] == ["a.jpg"]
    assert printed.err.splitlines()[-1].startswith("1 of 2 photos could not be read")
    assert (out / "b.mask.png").exists()


def test_a_folder_that_cannot_be_made_is_one_sentence(
    tmp_path: Path, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    _save_photo(tmp_path / "a.png")
    (tmp_path / "out").write_text("a file")
    assert _run("predict", tmp_path / "a.png", "--model", model, "--out", tmp_path / "out") == 1
    assert "could not be written" in capsys.readouterr().err


def test_an_input_is_never_replaced(tmp_path: Path, model: str, capsys: pytest.CaptureFixture[str]) -> None:
    _save_photo(tmp_path / "a.png")
    _save_photo(tmp_path / "a.mask.png")
    before = (tmp_path / "a.mask.png").read_bytes()
    given = (tmp_path / "a.png", tmp_path / "a.mask.png")
    assert _run("predict", *given, "--model", model, "--out", tmp_path) == 1
    assert "would replace this photo" in capsys.readouterr().err
    assert (tmp_path / "a.mask.png").read_bytes() == before


def test_a_second_run_into_the_same_folder_takes_no_result_for_a_photo(tmp_path: Path, model: str) -> None:
    _save_photo(tmp_path / "a.png")
    for _ in range(2):
        assert _run("predict", tmp_path, "--model", model, "--out", tmp_path) == 0
    assert len(list(tmp_path.glob("a.*"))) == 4


@pytest.mark.parametrize("problem", ["--opacity=2", "--tile=none"])
def test_wrong_usage_ends_with_two(tmp_path: Path, model: str, problem: str) -> None:
    assert _run("predict", tmp_path, "--model", model, "--out", tmp_path / "out", problem) == 2


def test_help_needs_neither_torch_nor_qt() -> None:
    code = (
        "import sys\nfrom segstudio.cli.main import main\n"
        "try:\n main([sys.argv[1], '--help'])\nexcept SystemExit as end:\n assert not end.code\n"
        "assert not {'torch', 'PySide6'} & set(sys.modules)"
    )
    for verb in ("predict", "evaluate"):
        subprocess.run([sys.executable, "-c", code, verb], check=True, capture_output=True)
