"""What is decided before the first step, as the card of the first checkpoint tells it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from segstudio.errors import SegStudioError
from segstudio.networks.build import build
from segstudio.networks.model_file import read_card
from segstudio.project.project import Project
from segstudio.runs.events import Notice, encode_event
from segstudio.runs.folder import RunFolder
from segstudio.training.prepare import prepare
from segstudio.training.team import Team
from tests.run_events import started
from tests.training.conftest import MakeProject
from tests.training.test_trainer import run, small_recipe

HEAD = "lraspp_mobilenet_v3_large"


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A weights file with the backbone and nothing else."""
    path = tmp_path_factory.mktemp("weights") / "backbone.pth"
    state = build(HEAD, 2).state_dict()
    torch.save({key: value for key, value in state.items() if key.startswith("backbone.")}, path)
    return path


def decided(project: Project, folder: Path, **changes: object) -> tuple[float, list[str]]:
    """Return the backbone's factor of a run that is stopped before its first step, and what it told."""
    recipe = small_recipe(head=HEAD, **changes)
    made = RunFolder.create(folder, recipe)
    events = run(project, recipe, made, stop=lambda: True)
    written = json.loads(read_card(made.last))["recipe"]
    return written["backbone_learning_rate"], [event.text for event in events if isinstance(event, Notice)]


def test_what_a_backbone_knows_is_changed_slowly(
    make_project: MakeProject, backbone: Path, tmp_path: Path
) -> None:
    factor, told = decided(make_project(), tmp_path / "runs", weights=str(backbone))
    assert factor == 0.1
    assert not any("random" in text and "rate" in text for text in told)


@pytest.mark.parametrize(("chosen", "becomes"), [(0.1, 1.0), (1.0, 1.0), (2.0, 2.0)])
def test_a_random_backbone_is_not_held_back(
    chosen: float, becomes: float, make_project: MakeProject, tmp_path: Path
) -> None:
    factor, told = decided(make_project(), tmp_path / "runs", weights="none", backbone_learning_rate=chosen)
    assert factor == becomes
    assert any("learns at the classifier's rate" in text for text in told) == (chosen < 1)


@pytest.mark.parametrize(
    ("unfreeze_after", "told"),
    [(0, "it never learns"), (1, "it learns nothing before epoch 2"), (2, "it never learns")],
)
def test_a_random_backbone_that_is_frozen_is_warned_of(
    unfreeze_after: int, told: str, make_project: MakeProject, tmp_path: Path
) -> None:
    """Of two epochs: what would learn after the second one never does."""
    _, texts = decided(
        *(make_project(), tmp_path / "runs"),
        weights="none",
        freeze_backbone=True,
        unfreeze_after=unfreeze_after,
    )
    (warning,) = (text for text in texts if "frozen" in text)
    assert told in warning
    assert "Set freeze_backbone=false" in warning
    assert not any("classifier's rate" in text for text in texts)


@pytest.mark.parametrize(("trained", "goes_on"), [(1, 2), (2, 1)])
def test_another_number_of_processes_is_refused_before_anything_is_written(
    trained: int, goes_on: int, make_project: MakeProject, tmp_path: Path
) -> None:
    """Steps that were counted with another number of processes would be of other epochs, or beyond the end."""
    project, recipe = make_project(), small_recipe()
    folder = RunFolder.create(tmp_path / "runs", recipe, name="three")
    run(project, recipe, folder, stop=lambda: True)
    folder.log.write_bytes(encode_event(started(processes=trained)))
    before = {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}
    with pytest.raises(SegStudioError, match=f"cannot go on with {goes_on}"):
        prepare(project, recipe, folder, device="cpu", resume=True, team=Team(size=goes_on))
    assert before == {path: path.read_bytes() for path in folder.path.rglob("*") if path.is_file()}


def test_what_waits_for_validation_in_vain_is_told_before_the_first_step(
    make_project: MakeProject, tmp_path: Path
) -> None:
    _, told = decided(make_project(val=0), tmp_path / "runs", early_stopping=3, schedule="plateau")
    assert [text for text in told if text.startswith("Warning")] == [
        "Warning: early_stopping=3 never ends the training early: there is no validation.",
        "Warning: schedule=plateau never lowers the learning rate: there is no validation.",
    ]
    _, told = decided(make_project(name="scored"), tmp_path / "runs", early_stopping=3, epochs=9)
    assert not any(text.startswith("Warning") for text in told)


def test_validation_photos_without_labels_are_no_validation(
    make_project: MakeProject, tmp_path: Path
) -> None:
    project = make_project()
    for photo in project.photos():
        if photo.split == "val":
            project.write_mask(photo, np.full(photo.size, 255, dtype=np.uint8))
    _, told = decided(project, tmp_path / "runs", early_stopping=3, epochs=9)
    assert [text for text in told if text.startswith("Warning")] == [
        "Warning: no pixel of the photos for validation is labelled with a class that is learnt: there will be no score.",
        "Warning: early_stopping=3 never ends the training early: there is no validation.",
    ]
