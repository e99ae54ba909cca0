"""What a recipe can choose beside the plain way, each seen in a training of a few steps."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import torch

from segstudio.errors import SegStudioError
from segstudio.networks.build import build
from segstudio.networks.model_file import read_model
from segstudio.project.project import Project
from segstudio.runs.events import EpochDone, Event, Notice, RunFinished, RunStarted, StepDone
from segstudio.runs.folder import RunFolder
from segstudio.runs.recipe import Recipe, recipe_to_toml
from segstudio.training.learner import Inputs, Learner
from segstudio.training.prepare import prepare
from segstudio.training.team import ALONE
from segstudio.training.trainer import Trainer
from tests.training.conftest import MakeProject
from tests.training.test_trainer import run, same_weights, small_recipe, stop_after, weights_of

FROZEN: dict[str, object] = {"batch_norm_momentum": 1e-9, "precision": "fp32", "channels_last": False}


def trained(project: Project, folder: Path, **changes: object) -> tuple[RunFolder, list[Event]]:
    recipe = small_recipe(**changes)
    run_folder = RunFolder.create(folder, recipe)
    return run_folder, run(project, recipe, run_folder)


def of(kind: type, events: list[Event]) -> list[Event]:
    return [event for event in events if isinstance(event, kind)]


def learner(**changes: object) -> Learner:
    """One whose network has no batch statistics, so that parts of a step add up exactly."""
    recipe = small_recipe(weights="none", optimizer="sgd", learning_rate=0.1, **changes)
    torch.manual_seed(0)
    network = build("lraspp_mobilenet_v3_large", 2).eval()
    plain = Inputs((0.5,) * 3, (0.25,) * 3, torch.device("cpu"), None, torch.contiguous_format)
    return Learner(network, recipe, plain, None, ALONE)


def crops(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(1)
    labels = torch.randint(0, 2, (count, 32, 32), dtype=torch.uint8)
    labels[0, :20] = 255
    return torch.randint(0, 256, (count, 3, 32, 32), dtype=torch.uint8), labels


def test_gradients_of_parts_are_those_of_the_whole() -> None:
    whole, parts = learner(batch_size=4), learner(batch_size=1, accumulate=4)
    losses = [float(each.step(*crops(4))) for each in (whole, parts)]
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    for one, other in zip(whole.network.parameters(), parts.network.parameters(), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-5)


def test_a_step_without_memory_is_done_again_with_fewer_crops(
    make_project: MakeProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Told once, nothing is left out, and what the failed try had changed is as it was; a resume goes on with as few."""
    project = make_project(train=4, val=1)
    forward = Learner._part
    seen: list[int] = []

    def little_memory(
        self: Learner, images: torch.Tensor, labels: torch.Tensor, share: torch.Tensor | None
    ) -> torch.Tensor:
        seen.append(len(images))
        loss = forward(self, images, labels, share)
        if len(images) > 2 and len(seen) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB")
        return loss

    before: list[dict[str, torch.Tensor]] = []
    take_fewer = Learner.take_fewer

    def watched(self: Learner) -> bool:
        done = take_fewer(self)
        before.append({name: value.clone() for name, value in self.network.state_dict().items()})
        return done

    recipe = small_recipe(batch_size=4, epochs=4)
    stopped = RunFolder.create(tmp_path / "stopped", recipe)
    run(project, recipe, stopped, stop=stop_after(4))  # two steps, each with its epoch's end
    with monkeypatch.context() as patch:
        patch.setattr(Learner, "_part", little_memory)
        patch.setattr(Learner, "take_fewer", watched)
        folder = RunFolder.create(tmp_path / "runs", recipe)
        events = run(project, recipe, folder, stop=lambda: False)
    assert seen == [4, 4, 4, 2, 2, 2, 2]
    assert [event.step for event in events if isinstance(event, StepDone)] == [1, 2, 3, 4]
    told = [event.text for event in events if isinstance(event, Notice) and "Memory" in event.text]
    assert told == [
        "Memory ran out: training goes on from step 3 with 2 crops at a time, their gradients added up, so that a step is"
        " still one of 4 crops."
    ]
    kept = weights_of(stopped.last)
    assert all(torch.equal(kept[name], value) for name, value in before[0].items())
    training = read_model(folder.last).training
    assert training is not None
    assert training["counters"]["together"] == 2  # type: ignore[index]


def test_as_few_crops_as_another_process_asked_for_are_taken_together(
    make_project: MakeProject, tmp_path: Path
) -> None:
    project, recipe = make_project(train=4, val=1), small_recipe(batch_size=4)
    folder = RunFolder.create(tmp_path / "runs", recipe)
    for noted, together in ((8, 4), (2, 2)):
        folder.note_crops_together(noted)
        with closing(prepare(project, recipe, folder, device="cpu", resume=True)) as prepared:
            assert prepared.trainer._learner.together == together


def test_the_running_average_is_what_is_validated_and_kept(make_project: MakeProject, tmp_path: Path) -> None:
    project = make_project(train=4, val=1)
    changes: dict[str, object] = {"ema_decay": 0.9, "epochs": 2}
    folder, _ = trained(project, tmp_path / "runs", **changes)
    plain, _ = trained(project, tmp_path / "plain", epochs=2)
    assert same_weights(folder.last, plain.last), "it changes nothing in what is learnt"
    assert not same_weights(folder.best, plain.best)
    recipe = small_recipe(**changes)
    parts = RunFolder.create(tmp_path / "parts", recipe)
    run(project, recipe, parts, stop=stop_after(1))
    run(project, recipe, parts, resume=True)
    assert same_weights(folder.best, parts.best)


def test_a_backbone_learns_from_its_epoch_on(make_project: MakeProject, tmp_path: Path) -> None:
    project = make_project(train=2, val=1)
    changes: dict[str, object] = {
        "freeze_backbone": True,
        "unfreeze_after": 1,
        "checkpoint_every": 1,
        "optimizer": "adam",
    }
    folder, events = trained(project, tmp_path / "runs", **changes)
    torch.manual_seed(0)
    fresh = build("lraspp_mobilenet_v3_large", 2).state_dict()
    name = "backbone.0.0.weight"
    assert torch.equal(weights_of(folder.path / "epoch-0001.pt")[name], fresh[name])
    assert not torch.equal(weights_of(folder.path / "epoch-0002.pt")[name], fresh[name])
    started = events[0]
    assert isinstance(started, RunStarted)
    assert started.parameters_trained < started.parameters
    recipe = small_recipe(**changes)
    parts = RunFolder.create(tmp_path / "parts", recipe)
    run(project, recipe, parts, stop=stop_after(3))
    run(project, recipe, parts, resume=True)
    assert same_weights(folder.last, parts.last)


def test_a_training_that_gets_no_better_ends_and_stays_ended(
    make_project: MakeProject, tmp_path: Path
) -> None:
    """With steps that are next to nothing no validation is better than the first; on the way the rate falls."""
    project = make_project(train=2, val=1)
    recipe = small_recipe(
        epochs=50, early_stopping=4, learning_rate=1e-9, schedule="plateau", plateau_patience=2, **FROZEN
    )
    folder = RunFolder.create(tmp_path / "runs", recipe)
    events = run(project, recipe, folder)
    end = events[-1]
    assert isinstance(end, RunFinished)
    assert (end.best_epoch, end.epoch) == (1, 5)
    assert any("the last 4 validations were no better" in e.text for e in events if isinstance(e, Notice))
    rates = [event.learning_rate for event in events if isinstance(event, StepDone)]
    assert rates == pytest.approx([1e-9, 1e-9, 1e-9, 5e-10, 5e-10])
    again = run(project, recipe, folder, resume=True)
    assert not of(StepDone, again)
    assert isinstance(again[-1], RunFinished)


def test_fewer_validation_photos_and_fewer_entries(make_project: MakeProject, tmp_path: Path) -> None:
    project = make_project(train=5, val=3)
    _, events = trained(project, tmp_path / "runs", validation_photos=2, log_every=3, epochs=2)
    started = events[0]
    assert isinstance(started, RunStarted)
    assert started.photos_val == 2
    steps = [event for event in events if isinstance(event, StepDone)]
    assert [event.step for event in steps] == [3, 6]
    epochs = [event for event in events if isinstance(event, EpochDone)]
    assert [event.loss for event in steps] == pytest.approx([event.train_loss for event in epochs])
    assert epochs[0].photo_scores is not None
    assert epochs[0].photo_scores.photos == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"loss": "focal", "class_weights": "effective-number", "oversample_rare": 0.9},
        {"loss": "cross-entropy+dice", "optimizer": "adam", "schedule": "one-cycle", "deterministic": True},
        {"loss": "ohem", "optimizer": "sgd", "schedule": "halving", "label_smoothing": 0.1, "accumulate": 2},
    ],
)
def test_choices_go_together(make_project: MakeProject, tmp_path: Path, changes: dict[str, object]) -> None:
    _, events = trained(make_project(train=4, val=1), tmp_path / "runs", epochs=1, **changes)
    assert isinstance(events[-1], RunFinished)
    assert not torch.are_deterministic_algorithms_enabled()


def test_a_network_can_be_compiled(
    make_project: MakeProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What torch.compile makes of it is called in training, and its weights are those that are kept."""
    called: list[int] = []

    def compiled(network: torch.nn.Module) -> Callable[[torch.Tensor], object]:
        def forward(images: torch.Tensor) -> object:
            called.append(len(images))
            return network(images)

        return forward

    monkeypatch.setattr(torch, "compile", compiled)
    project = make_project(train=4, val=1)
    folder, _ = trained(project, tmp_path / "runs", epochs=1, compile_network=True)
    plain, _ = trained(project, tmp_path / "plain", epochs=1)
    assert called == [2, 2]
    assert same_weights(folder.last, plain.last)


def test_a_network_that_cannot_be_compiled_here_is_trained_as_it_is(
    make_project: MakeProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of a first step is done by then: its batch statistics and its chance are taken back."""
    from torch._dynamo.exc import BackendCompilerFailed

    def compiled(network: torch.nn.Module) -> Callable[[torch.Tensor], object]:
        def forward(images: torch.Tensor) -> object:
            network(images)
            problem = RuntimeError("Cannot find a working triton installation.\nMore of it")
            raise BackendCompilerFailed("inductor", problem, None)

        return forward

    monkeypatch.setattr(torch, "compile", compiled)
    project = make_project(train=4, val=1)
    folder, events = trained(project, tmp_path / "runs", epochs=1, compile_network=True)
    plain, _ = trained(project, tmp_path / "plain", epochs=1)
    assert same_weights(folder.last, plain.last)
    told = [event.text for event in events if isinstance(event, Notice)]
    assert (
        told.count(
            "torch.compile cannot translate the network here (Cannot find a working triton installation): training goes on"
            " without it."
        )
        == 1
    )


def test_a_trainer_without_memory_for_one_crop_says_so(
    make_project: MakeProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> torch.Tensor:
        raise torch.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(Trainer, "_step", fail)
    recipe = small_recipe(batch_size=4)
    folder = RunFolder.create(tmp_path / "runs", recipe)
    with pytest.raises(torch.OutOfMemoryError):
        run(make_project(), recipe, folder)
    training = read_model(folder.last).training
    assert training is not None
    assert training["counters"]["together"] == 0  # type: ignore[index]


def test_a_recipe_file_that_was_changed_changes_nothing_and_that_is_told(
    make_project: MakeProject, tmp_path: Path
) -> None:
    project, recipe = make_project(train=2, val=1), small_recipe(epochs=1)
    folder = RunFolder.create(tmp_path / "runs", recipe)
    told = [event.text for event in run(project, recipe, folder, resume=True) if isinstance(event, Notice)]
    assert not any("recipe.toml" in text for text in told)
    file = folder.path / "recipe.toml"
    file.write_text(recipe_to_toml(small_recipe(epochs=5, loss="dice")), encoding="utf-8")
    events = run(project, recipe, folder, resume=True)
    assert isinstance(events[-1], RunFinished)
    assert not of(StepDone, events), "one epoch was to be done, and is"
    told = [event.text for event in events if isinstance(event, Notice)]
    assert told[0].startswith("recipe.toml was changed since (epochs, loss): the run goes on with the recipe")
    project.photos()[0].path.unlink()
    with pytest.raises(SegStudioError, match=r'its photo "photo_0\.png" is gone'):
        prepare(Project.open(project.folder), recipe, folder, device="cpu", resume=True)


def test_photos_of_nothing_but_void_are_refused(make_project: MakeProject, tmp_path: Path) -> None:
    project, recipe = make_project(train=1, val=1), small_recipe(ignore_classes=("sky",))
    photo = next(photo for photo in project.photos() if photo.split == "train")
    mask = np.full(photo.size, 255, dtype=np.uint8)
    mask[:10] = 0  # sky, which is not learnt
    project.write_mask(photo, mask)
    with pytest.raises(SegStudioError, match="no pixel of the photos for training is labelled"):
        prepare(project, recipe, RunFolder.create(tmp_path / "runs", recipe), device="cpu")


def test_recipes_of_old_still_hold() -> None:
    assert Recipe().crops_on_labels
    assert Recipe().ema_decay == Recipe().early_stopping == Recipe().oversample_rare == 0
