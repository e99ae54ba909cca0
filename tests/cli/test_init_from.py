from __future__ import annotations

from pathlib import Path

import torch

from segstudio.cli.initial import changes_from
from segstudio.networks.build import build
from segstudio.networks.model_file import save_model
from segstudio.project.project import Project
from segstudio.runs.folder import RunFolder
from segstudio.runs.model_card import ModelCard, ModelClass
from tests.cli.conftest import Run

HEAD = "deeplabv3plus_mobilenet_v3_large"


def test_the_next_round_starts_from_the_last_model_with_a_class_more(
    run: Run, labelled: Project, tmp_path: Path
) -> None:
    path = tmp_path / "best.pt"
    card = ModelCard(head=HEAD, classes=(ModelClass(index=0, name="sky", colour="#0000FF"),))
    save_model(path, build(HEAD, 1).state_dict(), card.model_dump_json())
    changes = [
        ("--set", each) for each in ("epochs=1", "batch_size=2", "crop_px=32", "workers=0", "previews=0")
    ]
    words = ("train", labelled.folder, "--init-from", path, "--device", "cpu", *sum(changes, ()))
    code, out, err = run(*words)
    assert code == 0, err
    assert "classes known before: sky" in out
    assert "new classes, so random: ground" in out
    (folder,) = (RunFolder(each) for each in labelled.runs_folder.iterdir() if each.is_dir())
    assert folder.recipe().head == HEAD
    assert folder.recipe().weights == str(path)


def test_a_model_that_is_not_there_leaves_no_run(run: Run, labelled: Project) -> None:
    code, _, err = run("train", labelled.folder, "--init-from", "nowhere.pt")
    assert code == 1
    assert 'no model file "nowhere.pt"' in err
    assert not list(labelled.runs_folder.iterdir())


def test_two_places_for_the_first_weights_are_one_too_many(run: Run, labelled: Project) -> None:
    code, _, err = run("train", labelled.folder, "--init-from", "a.pt", "--set", "weights=none")
    assert code == 1
    assert "both say where the weights start" in err


def test_another_head_than_the_models_is_refused_before_a_run_is_made(
    run: Run, labelled: Project, tmp_path: Path
) -> None:
    path = tmp_path / "best.pt"
    card = ModelCard(head=HEAD, classes=(ModelClass(index=0, name="sky", colour="#0000FF"),))
    save_model(path, {"any": torch.zeros(1)}, card.model_dump_json())
    words = ("train", labelled.folder, "--init-from", path, "--set")
    code, _, err = run(*words, "head=fcn_resnet50")
    assert code == 1
    assert f"--init-from brings the model's own head, {HEAD}. Leave --set head out." in err
    assert not list(labelled.runs_folder.iterdir())
    assert changes_from(str(path), labelled.folder, [f"head = '{HEAD}'"])[0] == f"head={HEAD}", "its own is"
