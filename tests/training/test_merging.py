"""Classes that are learnt as others: the same as if the masks had been merged, and told wherever a model goes."""

from __future__ import annotations

import json

import numpy as np
import pytest

from segstudio.cli.main import main
from segstudio.errors import SegStudioError
from segstudio.inference.predictor import Predictor
from segstudio.project.classes import ClassList
from segstudio.project.project import Project
from segstudio.runs.events import EpochDone, Event
from segstudio.runs.folder import RunFolder
from segstudio.runs.recipe import Recipe
from segstudio.training.augmented import augmented_crops
from segstudio.training.prepare import prepare
from tests.training.conftest import MakeProject

TINY = {
    "weights": "none",
    "crop_px": 32,
    "batch_size": 2,
    "epochs": 2,
    "workers": 0,
    "class_weights": "inverse",
}


@pytest.fixture
def with_rope(make_project: MakeProject) -> Project:
    """A project in which some of the ground is rope (2)."""
    project = make_project(name="with rope")
    for photo in project.photos():
        mask = np.asarray(project.read_mask(photo))
        mask[-6:, 10:30] = 2
        project.write_mask(photo, mask)
    return project


@pytest.fixture
def merged(make_project: MakeProject) -> Project:
    """The same without rope: its masks have ground there."""
    project = make_project(name="merged")
    project.save_classes(ClassList.from_names(["sky", "ground"]))
    return project


def train(
    project: Project, recipe: Recipe, *, resume: RunFolder | None = None
) -> tuple[RunFolder, list[Event]]:
    folder = resume or RunFolder.create(project.runs_folder, recipe)
    prepared = prepare(project, recipe, folder, device="cpu", resume=resume is not None)
    events = list(prepared.trainer.run(lambda: False))
    prepared.close()
    return folder, events


def test_a_merged_training_is_that_of_merged_masks(with_rope: Project, merged: Project) -> None:
    folder, events = train(with_rope, Recipe.model_validate({**TINY, "merge": {"Rope": "ground"}}))
    _, plain = train(merged, Recipe.model_validate(TINY))
    ours, theirs = ([each for each in part if isinstance(each, EpochDone)] for part in (events, plain))
    assert [each.scores for each in ours] == [each.scores for each in theirs]
    assert [each.train_loss for each in ours] == [each.train_loss for each in theirs]
    card = Predictor.load(folder.best, device="cpu").card
    assert card.class_names == ("sky", "ground")
    assert card.classes[1].includes == ("rope",)
    assert card.merged == {"rope": "ground"}
    assert [row["name"] for row in card.scores["classes"]] == ["sky", "ground"]


def test_evaluate_reads_the_truth_as_the_model_was_taught(
    with_rope: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, events = train(with_rope, Recipe.model_validate({**TINY, "merge": {"rope": "ground"}}))
    best = max((each.scores for each in events if isinstance(each, EpochDone) and each.scores), key=_miou)
    with pytest.raises(SystemExit) as ended:
        main(["evaluate", str(with_rope.folder), "--model", str(folder.best), "--device", "cpu", "--json"])
    printed = capsys.readouterr()
    assert ended.value.code in (0, None), printed.err
    told = json.loads(printed.out.splitlines()[-1])
    assert told["confusion"] == [list(row) for row in best.confusion]
    assert "does not know" not in printed.err


def _miou(scores: object) -> float:
    return getattr(scores, "miou", None) or 0.0


def test_a_run_goes_on_only_with_the_same_classes_merged(with_rope: Project) -> None:
    recipe = Recipe.model_validate({**TINY, "merge": {"rope": "ground"}})
    folder, _ = train(with_rope, recipe)
    train(with_rope, recipe, resume=folder)
    with_rope.save_classes(with_rope.classes.renamed("rope", "strap").added("rope"))
    with pytest.raises(SegStudioError, match="cannot go on: the project's classes have changed"):
        train(with_rope, recipe, resume=folder)


def test_an_unknown_class_is_told_before_anything_is_read(with_rope: Project) -> None:
    recipe = Recipe.model_validate({**TINY, "merge": {"rop": "ground"}})
    with pytest.raises(SegStudioError, match=r'unknown class "rop" \(did you mean "rope"'):
        train(with_rope, recipe)
    with pytest.raises(SegStudioError, match="two classes"):
        train(with_rope, Recipe.model_validate({**TINY, "merge": {"rope": "ground", "sky": "ground"}}))


def test_the_augmented_crops_show_it(with_rope: Project) -> None:
    recipe = Recipe.model_validate({**TINY, "merge": {"rope": "ground"}, "scale_min": 1, "scale_max": 1})
    seen: set[int] = set()
    for crop in augmented_crops(with_rope, recipe, photos=3, crops=4, seed=0):
        seen |= set(np.unique(crop.mask).tolist())
    assert seen - {255} == {0, 1}
