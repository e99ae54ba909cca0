from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import psutil
import pytest
import torch

from segstudio.errors import SegStudioError
from segstudio.networks.model_file import read_model
from segstudio.project.masks import read_mask
from segstudio.project.project import Project
from segstudio.runs.events import (
    CheckpointSaved,
    EpochDone,
    Event,
    Notice,
    PreviewSaved,
    RunFinished,
    RunStarted,
    RunStopped,
    StepDone,
    encode_event,
)
from segstudio.runs.folder import RunFolder
from segstudio.runs.model_card import ModelCard
from segstudio.runs.recipe import Recipe
from segstudio.training.learner import Learner
from segstudio.training.prepare import prepare
from tests.training.conftest import MakeProject

STEPS_PER_EPOCH = 3  # five photos in batches of two: the last batch is one crop


def small_recipe(**changes: object) -> Recipe:
    values = {
        "weights": "none",
        "ignore_classes": ("rope",),
        "epochs": 2,
        "batch_size": 2,
        "crop_px": 32,
        "previews": 1,
        "workers": 0,
        "warmup_steps": 0,
    }
    return Recipe.model_validate({**values, **changes})


def run(
    project: Project,
    recipe: Recipe,
    folder: RunFolder,
    *,
    stop: Callable[[], bool] = lambda: False,
    resume: bool = False,
) -> list[Event]:
    prepared = prepare(project, recipe, folder, device="cpu", resume=resume)
    try:
        return list(prepared.trainer.run(stop))
    finally:
        prepared.close()


def stop_after(steps: int) -> Callable[[], bool]:
    """Asked before each step: says stop when `steps` steps have been let through."""
    asked = iter(range(10**6))
    return lambda: next(asked) >= steps


def weights_of(path: Path) -> dict[str, torch.Tensor]:
    return read_model(path).weights


def same_weights(one: Path, two: Path) -> bool:
    left, right = weights_of(one), weights_of(two)
    return left.keys() == right.keys() and all(torch.equal(left[name], right[name]) for name in left)


def only(kind: type, events: Iterable[Event]) -> list[Event]:
    return [event for event in events if isinstance(event, kind)]


def test_events_in_their_order(make_project: MakeProject, tmp_path: Path) -> None:
    project = make_project()
    folder = RunFolder.create(tmp_path / "runs", small_recipe())
    events = run(project, small_recipe(), folder)
    assert isinstance(events[0], RunStarted)
    assert events[0].classes == ("sky", "ground")
    assert events[0].steps_per_epoch == STEPS_PER_EPOCH
    steps = [event for event in events if isinstance(event, StepDone)]
    assert [event.step for event in steps] == [1, 2, 3, 4, 5, 6]
    assert [event.epoch for event in steps] == [1, 1, 1, 2, 2, 2]
    assert all(event.loss > 0 and event.learning_rate > 0 for event in steps)
    epochs = [event for event in events if isinstance(event, EpochDone)]
    assert [event.epoch for event in epochs] == [1, 2]
    first = np.mean([event.loss for event in steps[:3]])
    assert epochs[0].train_loss == pytest.approx(first)
    assert epochs[0].scores is not None
    assert epochs[0].val_loss is not None
    last = events[-1]
    assert isinstance(last, RunFinished)
    assert last.best_miou == max(e.scores.miou or 0 for e in epochs if e.scores)
    assert {event.name for event in events if isinstance(event, CheckpointSaved)} == {"best.pt", "last.pt"}


def test_the_model_file_says_what_it_is(make_project: MakeProject, tmp_path: Path) -> None:
    project = make_project()
    folder = RunFolder.create(tmp_path / "runs", small_recipe())
    events = run(project, small_recipe(checkpoint_every=1), folder)
    card = ModelCard.from_json(read_model(folder.best).card, where="best.pt")
    assert card.head == "lraspp_mobilenet_v3_large"
    assert [(entry.index, entry.name) for entry in card.classes] == [(0, "sky"), (1, "ground")]
    assert card.val_photos == ("photo_5.png", "photo_6.png")
    assert len(card.train_photos) == 5
    best = max((e for e in events if isinstance(e, EpochDone) and e.scores), key=lambda e: e.scores.miou or 0)  # type: ignore[union-attr]
    assert card.epoch == best.epoch
    assert best.scores is not None
    assert card.scores["miou"] == best.scores.miou
    assert (folder.path / "epoch-0001.pt").exists()
    assert (folder.path / "epoch-0002.pt").exists()


def test_previews_are_masks_of_validation_photos(make_project: MakeProject, tmp_path: Path) -> None:
    project = make_project()
    folder = RunFolder.create(tmp_path / "runs", small_recipe())
    previews = [e for e in run(project, small_recipe(), folder) if isinstance(e, PreviewSaved)]
    assert [(event.epoch, event.photo) for event in previews] == [(1, "photo_5.png"), (2, "photo_5.png")]
    mask = read_mask(folder.path / previews[0].name, size=project.photo("photo_5.png").size)
    assert set(np.unique(mask)) <= {0, 1}


def test_it_learns(make_project: MakeProject, tmp_path: Path) -> None:
    recipe = small_recipe(epochs=12, learning_rate=3e-3, crops_per_photo=2, validate_every=12, crop_px=48)
    folder = RunFolder.create(tmp_path / "runs", recipe)
    events = run(make_project(), recipe, folder)
    steps = [event.loss for event in events if isinstance(event, StepDone)]
    assert np.mean(steps[-5:]) < 0.5 * np.mean(steps[:3])
    done = [event for event in events if isinstance(event, EpochDone) and event.scores]
    assert len(done) == 1
    assert done[0].scores is not None
    assert (done[0].scores.miou or 0) > 0.8


RECIPES: dict[str, dict[str, object]] = {
    "adamw": {},
    "dropout": {"head": "deeplabv3_mobilenet_v2", "epochs": 1, "auxiliary": True, "optimizer": "sgd"},
    "workers": {"workers": 2},
}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Project, Recipe], RunFolder]:
    """Return a function that gives a run that was left alone, made once for each recipe on the same photos."""
    made: list[tuple[Recipe, RunFolder]] = []

    def whole(project: Project, recipe: Recipe) -> RunFolder:
        alone = recipe.model_copy(update={"workers": 0})
        known = next((folder for other, folder in made if other == alone), None)
        if known is None:
            known = RunFolder.create(tmp_path_factory.mktemp("whole"), alone)
            run(project, alone, known)
            made.append((alone, known))
        return known

    return whole


@pytest.mark.parametrize(
    ("name", "stops"),
    [
        ("adamw", [1]),
        ("adamw", [2]),
        ("adamw", [3]),
        ("adamw", [4, 1]),
        ("adamw", [5]),
        ("adamw", [0, 0, 6]),
        ("dropout", [2]),
        ("workers", [2]),
    ],
)
def test_stopped_and_resumed_equals_undisturbed(
    make_project: MakeProject,
    tmp_path: Path,
    undisturbed: Callable[[Project, Recipe], RunFolder],
    *,
    name: str,
    stops: list[int],
) -> None:
    """After any step, in mid-epoch too, with loader processes and without, several times over."""
    project = make_project(train=5, val=1)
    recipe = small_recipe(**RECIPES[name])
    whole = undisturbed(project, recipe)
    parts = RunFolder.create(tmp_path / "parts", recipe)
    for number, steps in enumerate(stops):
        events = run(project, recipe, parts, stop=stop_after(_asked(steps)), resume=number > 0)
        assert isinstance(events[-1], RunStopped)
        assert events[-1].step == sum(stops[: number + 1])
    events = run(project, recipe, parts, resume=True)
    assert isinstance(events[-1], RunFinished)
    assert same_weights(whole.last, parts.last)
    assert same_weights(whole.best, parts.best)


def _asked(steps: int) -> int:
    """How often `stop` is asked before it must say yes so that `steps` steps are done: once a step, and for each
    epoch closed on the way once for its one validation photo and once after it.
    """
    return steps + 2 * ((steps - 1) // STEPS_PER_EPOCH if steps else 0)


def test_a_stop_during_validation(make_project: MakeProject, tmp_path: Path) -> None:
    project = make_project(train=5, val=2)
    recipe = small_recipe()
    whole = RunFolder.create(tmp_path / "whole", recipe)
    expected = run(project, recipe, whole)
    parts = RunFolder.create(tmp_path / "parts", recipe)
    events = run(project, recipe, parts, stop=stop_after(STEPS_PER_EPOCH + 1))
    assert isinstance(events[-1], RunStopped)
    assert events[-1].step == STEPS_PER_EPOCH
    assert not only(EpochDone, events)
    events = run(project, recipe, parts, resume=True)
    told = [(e.epoch, e.train_loss, e.val_loss) for e in events if isinstance(e, EpochDone)]
    assert told == [(e.epoch, e.train_loss, e.val_loss) for e in expected if isinstance(e, EpochDone)]
    assert same_weights(whole.last, parts.last)


def test_a_finished_run_that_is_resumed_only_says_so(make_project: MakeProject, tmp_path: Path) -> None:
    project, recipe = make_project(), small_recipe(epochs=1)
    folder = RunFolder.create(tmp_path / "runs", recipe)
    run(project, recipe, folder)
    before = weights_of(folder.last)
    events = run(project, recipe, folder, resume=True)
    assert not only(StepDone, events)
    assert isinstance(events[-1], RunFinished)
    assert all(torch.equal(before[name], value) for name, value in weights_of(folder.last).items())


def test_batch_of_one_and_a_frozen_backbone(make_project: MakeProject, tmp_path: Path) -> None:
    project = make_project(train=3, val=1)
    recipe = small_recipe(head="deeplabv3_mobilenet_v2", batch_size=1, epochs=1, freeze_backbone=True)
    folder = RunFolder.create(tmp_path / "runs", recipe)
    events = run(project, recipe, folder)
    assert isinstance(events[0], RunStarted)
    assert 0 < events[0].parameters_trained < events[0].parameters
    torch.manual_seed(recipe.seed)
    from segstudio.networks.build import build

    fresh = build(recipe.head, 2).state_dict()
    trained = weights_of(folder.last)
    for name, value in fresh.items():
        moved = not torch.equal(value, trained[name])
        assert not (name.startswith("backbone.") and moved), name
    assert any(not torch.equal(value, trained[name]) for name, value in fresh.items())


def test_bf16_on_the_cpu(make_project: MakeProject, tmp_path: Path) -> None:
    recipe = small_recipe(epochs=1, precision="bf16")
    events = run(make_project(), recipe, RunFolder.create(tmp_path / "runs", recipe))
    assert isinstance(events[0], RunStarted)
    assert events[0].precision == "bfloat16"
    assert isinstance(events[-1], RunFinished)


def test_without_validation_photos_the_newest_model_is_the_best(
    make_project: MakeProject, tmp_path: Path
) -> None:
    recipe = small_recipe()
    folder = RunFolder.create(tmp_path / "runs", recipe)
    events = run(make_project(val=0), recipe, folder)
    assert isinstance(events[-1], RunFinished)
    assert events[-1].best_miou is None
    assert same_weights(folder.best, folder.last)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"head": "deeplabv3_resnet5"}, 'did you mean "deeplabv3_resnet50"'),
        ({"auxiliary": True}, "no auxiliary classifier"),
        ({"ignore_classes": ("skyy",)}, 'did you mean "sky"'),
        ({"ignore_classes": ("sky", "rope")}, "at least two classes"),
        ({"class_weights": {"cloud": 1.0}}, 'unknown class "cloud"'),
        ({"precision": "fp16"}, "fp16 needs a GPU"),
        ({"precision": "tf32"}, "tf32 needs a GPU"),
    ],
)
def test_what_would_fail_later_fails_before_the_first_step(
    make_project: MakeProject, tmp_path: Path, changes: dict[str, object], words: str
) -> None:
    recipe = small_recipe(**changes)
    with pytest.raises(SegStudioError, match=words):
        prepare(make_project(), recipe, RunFolder.create(tmp_path / "runs", recipe), device="cpu")


def test_a_loss_that_is_no_number_ends_the_run(make_project: MakeProject, tmp_path: Path) -> None:
    recipe = small_recipe(learning_rate=10.0, optimizer="sgd", momentum=0.99, epochs=40)
    folder = RunFolder.create(tmp_path / "runs", recipe)
    prepared = prepare(make_project(), recipe, folder, device="cpu")
    with torch.no_grad():
        next(iter(prepared.trainer._learner.network.parameters())).fill_(float("inf"))
    with pytest.raises(SegStudioError, match="the loss is no longer a number after step 1"):
        list(prepared.trainer.run(lambda: False))


def test_an_answer_that_is_no_number_is_no_score(make_project: MakeProject, tmp_path: Path) -> None:
    recipe = small_recipe(epochs=2, freeze_batch_norm="false")
    folder = RunFolder.create(tmp_path / "runs", recipe)
    prepared = prepare(make_project(), recipe, folder, device="cpu")
    for module in prepared.trainer._learner.network.modules():
        if isinstance(module, torch.nn.BatchNorm2d) and module.running_var is not None:
            module.running_var.fill_(float("nan"))  # a training step takes the statistics of its batch
    told: list[Event] = []
    with pytest.raises(SegStudioError, match="no longer answers with numbers"):
        told.extend(prepared.trainer.run(lambda: False))
    assert any(isinstance(event, StepDone) for event in told)
    assert not any(isinstance(event, EpochDone) for event in told)


def _without_memory(learner: Learner) -> None:
    raise RuntimeError("can't allocate memory")


def _without_memory_while_weights_move(learner: Learner) -> None:
    learner.is_moving = True
    _spoil(learner)
    raise MemoryError


def _with_a_gpu_that_fails(learner: Learner) -> None:
    _spoil(learner)
    raise RuntimeError("CUDA error: unspecified launch failure\nCompile with TORCH_USE_CUDA_DSA …")


def _spoil(learner: Learner) -> None:
    with torch.no_grad():
        next(learner.network.parameters()).fill_(7.0)


@pytest.mark.parametrize(
    "fail", [_without_memory, _without_memory_while_weights_move, _with_a_gpu_that_fails]
)
def test_a_step_that_fails_loses_nothing(
    make_project: MakeProject,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fail: Callable[[Learner], None],
) -> None:
    """What was learnt before it is kept, and the run goes on to the weights of one that was left alone."""
    project, recipe = make_project(train=5, val=1), small_recipe(epochs=2, save_minutes=0)
    whole, parts = (RunFolder.create(tmp_path / name, recipe) for name in ("whole", "parts"))
    run(project, recipe, whole)
    step = Learner.step
    done: list[torch.Tensor] = []

    def fail_at_the_third(learner: Learner, images: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        if len(done) == 2:
            fail(learner)
        done.append(images)
        return step(learner, images, labels)

    with monkeypatch.context() as patch:
        patch.setattr(Learner, "step", fail_at_the_third)
        patch.setattr(Learner, "take_fewer", lambda _learner: False)
        with pytest.raises((RuntimeError, MemoryError)):
            run(project, recipe, parts)
    events = run(project, recipe, parts, resume=True)
    assert isinstance(events[0], RunStarted)
    assert events[0].step in (1, 2)
    assert same_weights(whole.last, parts.last)


def test_a_run_does_not_go_on_with_other_classes(make_project: MakeProject, tmp_path: Path) -> None:
    project, recipe = make_project(), small_recipe()
    folder = RunFolder.create(tmp_path / "runs", recipe)
    run(project, recipe, folder, stop=stop_after(2))
    project.save_classes(project.classes.renamed("sky", "clouds"))
    with pytest.raises(SegStudioError, match="the project's classes have changed"):
        prepare(project, recipe, folder, device="cpu", resume=True)


def test_a_model_without_training_state_cannot_be_resumed(make_project: MakeProject, tmp_path: Path) -> None:
    project, recipe = make_project(), small_recipe(epochs=1)
    folder = RunFolder.create(tmp_path / "runs", recipe)
    run(project, recipe, folder)
    folder.best.replace(folder.last)
    with pytest.raises(SegStudioError, match="without the state of its training"):
        prepare(project, recipe, folder, device="cpu", resume=True)


def test_a_run_that_died_before_its_first_checkpoint_begins_anew(
    make_project: MakeProject, tmp_path: Path
) -> None:
    project, recipe = make_project(), small_recipe(epochs=1)
    whole, died = (RunFolder.create(tmp_path / name, recipe) for name in ("whole", "died"))
    run(project, recipe, whole)
    events = run(project, recipe, died, resume=True)
    assert isinstance(events[0], RunStarted)
    assert events[0].step == 0
    assert same_weights(whole.last, died.last)


def test_norms_of_folded_weights_stay_frozen(make_project: MakeProject, tmp_path: Path) -> None:
    """Weights whose norms are like new are taken for folded; others are not, and `auto` is written down."""
    from segstudio.networks.build import build

    project, recipe = make_project(), small_recipe(epochs=1)
    torch.manual_seed(9)
    donor = build(recipe.head, 2)
    for name, folded in (("folded", True), ("whole", False)):
        if not folded:
            for module in donor.modules():
                if isinstance(module, torch.nn.BatchNorm2d) and module.running_mean is not None:
                    module.running_mean.fill_(0.1)
        path = tmp_path / f"{name}.pth"
        torch.save(donor.state_dict(), path)
        chosen = recipe.model_copy(update={"weights": str(path)})
        folder = RunFolder.create(tmp_path / name, chosen)
        run(project, chosen, folder)
        card = ModelCard.from_json(read_model(folder.best).card, where=name)
        assert card.recipe["freeze_batch_norm"] is folded
        key = "backbone.0.1.running_mean"
        assert torch.equal(weights_of(folder.last)[key], donor.state_dict()[key]) is folded


def test_a_long_epoch_is_saved_on_the_way(make_project: MakeProject, tmp_path: Path) -> None:
    """A crash may cost a minute, not an epoch; and going on from such a save is exact."""
    project, recipe = make_project(), small_recipe(save_minutes=0)
    whole, died = (RunFolder.create(tmp_path / name, recipe) for name in ("whole", "died"))
    run(project, recipe, whole)
    prepared = prepare(project, recipe, died, device="cpu")
    for event in prepared.trainer.run(lambda: False):
        if isinstance(event, StepDone) and event.step == 2:
            break  # the process dies here: the save before the third step never comes
    prepared.close()
    assert weights_of(died.last), "the save before the second step is there"
    events = run(project, recipe, died, resume=True)
    assert isinstance(events[0], RunStarted)
    assert events[0].step == 1
    assert same_weights(whole.last, died.last)


def test_void_validation_still_gives_a_model(make_project: MakeProject, tmp_path: Path) -> None:
    project, recipe = make_project(train=3, val=1), small_recipe(epochs=1)
    photo = project.photos()[-1]
    project.write_mask(photo, np.full(photo.size, 255, dtype=np.uint8))
    folder = RunFolder.create(tmp_path / "runs", recipe)
    events = run(project, recipe, folder)
    assert isinstance(events[-1], RunFinished)
    assert events[-1].best_miou is None
    assert same_weights(folder.best, folder.last)


def test_where_the_weights_come_from_stands_in_the_log(make_project: MakeProject, tmp_path: Path) -> None:
    recipe = small_recipe(epochs=1)
    events = run(make_project(), recipe, RunFolder.create(tmp_path / "runs", recipe))
    notices = [event.text for event in events if isinstance(event, Notice)]
    assert notices[0] == "Weights: all weights start at random."
    assert "Validation has 2 photos" in notices[-1]


def test_a_resumed_run_that_found_nothing_better_tells_too_that_validation_is_small(
    make_project: MakeProject, tmp_path: Path
) -> None:
    project, recipe = make_project(), small_recipe(epochs=1)
    folder = RunFolder.create(tmp_path / "runs", recipe)
    folder.log.write_bytes(b"".join(map(encode_event, run(project, recipe, folder))))
    events = run(project, recipe, folder, resume=True)
    assert not only(EpochDone, events)
    assert isinstance(events[-1], RunFinished)
    notices = [event.text for event in events if isinstance(event, Notice)]
    assert "Validation has 2 photos" in notices[-1]


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_loader_process_that_is_killed_costs_no_step(make_project: MakeProject, tmp_path: Path) -> None:
    """The run says so and goes on without it, to the weights of one that was left alone."""
    project, recipe = make_project(), small_recipe(epochs=3)
    whole, killed = (RunFolder.create(tmp_path / name, recipe) for name in ("whole", "killed"))
    run(project, recipe, whole)
    prepared = prepare(project, recipe.model_copy(update={"workers": 1}), killed, device="cpu")
    events: list[Event] = []
    for event in prepared.trainer.run(lambda: False):
        events.append(event)
        if isinstance(event, StepDone) and event.step == 1:
            (process,) = loader_processes()
            process.kill()
    prepared.close()
    told = [event.text for event in events if isinstance(event, Notice)]
    assert any("A process that prepares crops was ended" in text for text in told)
    assert isinstance(events[-1], RunFinished)
    assert same_weights(whole.last, killed.last)
    assert not loader_processes()


def loader_processes() -> list[psutil.Process]:
    """Return the processes of this one that prepare crops; the tracker of shared memory is none."""
    children = psutil.Process().children()
    return [child for child in children if "spawn_main" in " ".join(child.cmdline())]
