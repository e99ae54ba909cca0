"""What is decided before the first step, as the card of the first checkpoint tells it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from segstudio.networks.build import build
from segstudio.networks.model_file import read_card
from segstudio.project.project import Project
from segstudio.runs.events import Notice
from segstudio.runs.folder import RunFolder
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
