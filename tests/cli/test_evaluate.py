import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.cli.main import main
from segstudio.inference.predictor import Predictor
from segstudio.networks.segmenting import IMAGENET_MEAN, IMAGENET_STD
from segstudio.project.class_choices import ClassChoices
from segstudio.project.classes import VOID, ClassList
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project
from tests.inference.networks_for_tests import colour_predictor


def _photo() -> np.ndarray:
    photo = np.zeros((10, 20, 3), dtype=np.uint8)
    photo[:, :10, 0] = 255
    photo[:, 10:, 1] = 255
    return photo


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a project whose classes stand in another order than the model's, with three photos."""
    made = Project.create(tmp_path / "p", classes=ClassList.from_names(["green", "red", "yellow"]))
    truth = np.where(_photo()[..., 0] == 255, 1, 0).astype(np.uint8)
    wrong = truth.copy()
    wrong[:, :5] = 0  # the model will call these red, rightly or not
    wrong[0] = VOID
    masks = {"a.png": ("val", truth), "sub/b.png": ("val", wrong), "c.png": ("train", truth)}
    for key in masks:
        path = made.folder / "photos" / key
        path.parent.mkdir(exist_ok=True)
        Image.fromarray(_photo()).save(path)
    made.refresh()
    for key, (split, mask) in masks.items():
        made.write_mask(made.photo(key), mask)
        made.write_state(made.photo(key), PhotoState.model_validate({"split": split, "status": "done"}))
    return made


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    path = tmp_path / "best.pt"
    path.touch()
    monkeypatch.setattr(Predictor, "load", lambda *_, **__: colour_predictor(train_photos=["c.png"]))
    return str(path)


def _run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    code = ended.value.code
    assert code is None or isinstance(code, int)
    return code or 0


def _told(capsys: pytest.CaptureFixture[str]) -> tuple[dict[str, object], str]:
    printed = capsys.readouterr()
    return json.loads(printed.out.splitlines()[-1]), printed.err


def test_scores_are_those_of_counting(
    project: Project, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run("evaluate", project.folder, "--model", model, "--json") == 0
    told, _ = _told(capsys)
    # a.png: 100 green, 100 red, all right. b.png: 9 rows; 45 green pixels were called red.
    assert told["confusion"] == [[190, 45, 0, 0], [0, 145, 0, 0], [0] * 4, [0] * 4]
    assert told["miou"] == pytest.approx((190 / 235 + 145 / 190) / 2)
    assert told["pixel_accuracy"] == pytest.approx(335 / 380)
    assert told["photos"] == 2
    # Of a red pixel the network says 20 times its normalised colours; what is right costs nothing.
    (red, green, _), (of_red, of_green, _) = IMAGENET_MEAN, IMAGENET_STD
    assert told["loss"] == pytest.approx(45 * 20 * ((1 - red) / of_red + green / of_green) / 380, rel=1e-4)
    worst = told["worst"]
    assert isinstance(worst, dict)
    assert [key for key, _ in worst["red"]] == ["sub/b.png", "a.png"]
    assert worst["yellow"] == []


def test_classes_that_only_one_side_knows_are_told(
    project: Project, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run("evaluate", project.folder, "--model", model) == 0
    told = capsys.readouterr().out
    assert 'The model does not know "yellow": such pixels count as missed.' in told
    assert 'The project does not have "blue": pixels given to them count as wrong.' in told
    assert 'Classes are matched by name; other numbers in the model: "red", "green", "blue".' in told


def test_a_class_that_the_training_left_out_counts_in_no_score(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = project.photo("sub/b.png")
    mask = project.read_mask(photo)
    assert mask is not None
    mask[1:, :5] = 2  # yellow, which the model calls red
    project.write_mask(photo, mask)
    recipe = {"ignore_classes": ["Yellow"]}
    monkeypatch.setattr(Predictor, "load", lambda *_, **__: colour_predictor(recipe=recipe))
    (tmp_path / "best.pt").touch()
    assert _run("evaluate", project.folder, "--model", tmp_path / "best.pt", "--json") == 0
    told, errors = _told(capsys)
    assert told["miou"] == 1.0
    assert told["confusion"] == [[190, 0, 0, 0], [0, 145, 0, 0], [0] * 4, [0] * 4]
    assert "does not know" not in errors
    assert _run("evaluate", project.folder, "--model", tmp_path / "best.pt") == 0
    assert 'taught to leave out "yellow": here too such pixels do not count' in capsys.readouterr().out


def test_photos_of_the_training_are_told_as_flattering(
    project: Project, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run("evaluate", project.folder, "--model", model, "--split", "all") == 0
    assert "trained on 1 of these photos" in capsys.readouterr().out
    assert _run("evaluate", project.folder, "--model", model) == 0
    assert "trained on" not in capsys.readouterr().out


def test_a_folder_gets_tables_figures_and_panels(project: Project, model: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    before = sorted(project.folder.rglob("*"))
    assert _run("evaluate", project.folder, "--model", model, "--out", out) == 0
    assert sorted(path.relative_to(out).as_posix() for path in out.rglob("*.*")) == [
        "confusion.png",
        "panels/a.png.panels.png",
        "panels/sub/b.png.panels.png",
        "photos.csv",
        "scores.json",
    ]
    with (out / "photos.csv").open(encoding="utf-8", newline="") as stream:
        rows = {row["photo"]: row for row in csv.DictReader(stream)}
    assert rows["a.png"]["pixel accuracy"] == "1.000000"
    assert rows["sub/b.png"]["labelled pixels"] == "180"
    assert rows["a.png"]["IoU yellow"] == ""
    assert sorted(project.folder.rglob("*")) == before


def test_a_damaged_mask_is_told_and_the_rest_is_scored(
    project: Project, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = project.mask_path(project.photo("a.png"))
    path.write_bytes(path.read_bytes()[:60])
    assert _run("evaluate", project.folder, "--model", model, "--json") == 1
    told, errors = _told(capsys)
    assert told["photos"] == 1
    assert "the mask is damaged" in errors
    assert errors.splitlines()[-1].startswith("1 of 2 photos could not be read")


def test_a_mask_value_that_is_no_class_is_told(
    project: Project, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    project.write_mask(project.photo("a.png"), np.full((10, 20), 9, np.uint8))
    assert _run("evaluate", project.folder, "--model", model) == 0
    assert "a.png: mask values that are no class are left out: 9." in capsys.readouterr().out


def test_nothing_to_score_is_one_sentence(
    project: Project, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for key in ("a.png", "sub/b.png"):
        photo = project.photo(key)
        project.write_state(photo, photo.state.model_copy(update={"split": "train"}))
    assert _run("evaluate", project.folder, "--model", model) == 1
    assert "none of the 3 labelled photos is in the split val (3 train, 0 val)" in capsys.readouterr().err


def test_a_model_of_other_classes_is_refused(
    project: Project, tmp_path: Path, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    project.save_classes(ClassList.from_names(["sky", "ground"]))
    assert _run("evaluate", project.folder, "--model", model) == 1
    assert "are none of the project's (sky, ground)" in capsys.readouterr().err


def test_a_folder_that_is_no_project_is_one_sentence(
    tmp_path: Path, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run("evaluate", tmp_path, "--model", model) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


@pytest.fixture
def german(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Return the project with its classes under other names; of the model's "red" it was said in the window what it is."""
    with project.change() as change:
        change.set_classes(project.classes.renamed("red", "rot").renamed("green", "gruen"))
    predictor = colour_predictor(train_photos=["c.png"])
    monkeypatch.setattr(Predictor, "load", lambda *_, **__: predictor)
    said = {"red": "rot", "green": "gruen", "blue": None, "gone": "nowhere"}
    ClassChoices(project.folder).put(predictor.card.identity, "jump-1", said)
    return Project.open(project.folder)


@pytest.mark.usefixtures("model")
def test_what_was_said_in_the_window_of_a_models_classes_holds_here(
    german: Project, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run("evaluate", german.folder, "--model", model, "--split", "all", "--json") == 0
    told, said = _told(capsys)
    assert [entry["name"] for entry in told["classes"] if entry["support"]] == ["gruen", "rot"]  # type: ignore[attr-defined]
    assert told["miou"] > 0.5  # type: ignore[operator]
    assert 'As was said in the window, the model\'s "red" is "rot", "green" is "gruen"' in said


@pytest.mark.usefixtures("model")
def test_options_go_before_what_was_said(
    german: Project, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("evaluate", german.folder, "--model", model, "--split", "all")
    assert _run(*words, "--by-name") == 1
    assert "are none of the project's" in capsys.readouterr().err
    assert _run(*words, "--by-name", "--match", "Red=rot", "--match", "green=", "--json") == 0
    told, said = _told(capsys)
    by_name = {entry["name"]: entry["iou"] for entry in told["classes"]}  # type: ignore[attr-defined]
    assert by_name["rot"] > 0.5
    assert by_name["gruen"] == 0
    assert "As was said" not in said
    assert _run(*words, "--match", "rde=rot") == 1
    assert 'the model has no class "rde" (did you mean "red"?)' in capsys.readouterr().err
