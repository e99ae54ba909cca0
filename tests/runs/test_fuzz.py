"""Recipes, event logs and cards of models, damaged: each is read or refused in a sentence, soon."""

from __future__ import annotations

from pathlib import Path

from segstudio.runs.events import (
    Event,
    Notice,
    RunFinished,
    RunStarted,
    StepDone,
    current_events,
    encode_event,
)
from segstudio.runs.folder import RunFolder, state_of
from segstudio.runs.model_card import ModelCard, ModelClass
from segstudio.runs.recipe import load_recipe, recipe_to_toml
from tests.fuzzing import fuzz

STARTED = RunStarted(
    head="fcn_resnet50",
    classes=("sky", "größe"),
    device="cpu",
    precision="float32",
    step=0,
    epochs=2,
    steps_per_epoch=3,
    photos_train=4,
    photos_val=1,
    parameters=5,
    parameters_trained=5,
    weights="",
    process=1,
    host="h",
)
STEP = StepDone(step=1, epoch=1, loss=float("nan"), learning_rate=0.1, images_per_s=2.5, memory_mb=0)
EVENTS: tuple[Event, ...] = (
    STARTED,
    STEP,
    Notice(text="Ä"),
    RunFinished(epoch=2, step=6, best_miou=0.5, best_epoch=2, seconds=1.5),
)
CARD = ModelCard(
    head="fcn_resnet50",
    classes=(ModelClass(index=0, name="sky", colour="#0000FF", includes=("a",)),),
    scores={"miou": 0.5},
    train_photos=("a.jpg",),
)


def test_recipes(tmp_path: Path) -> None:
    content = recipe_to_toml(load_recipe("balanced", ["merge=rope=person"])).encode()
    fuzz(tmp_path / "recipe.toml", content, lambda path: load_recipe(str(path)))


def test_event_logs(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)

    def read(_path: Path) -> None:
        state_of(current_events(folder.events()))
        folder.events(steps=False)

    fuzz(folder.log, b"".join(map(encode_event, EVENTS)), read)


def test_cards_of_models(tmp_path: Path) -> None:
    card = CARD.model_dump_json().encode()

    def read(path: Path) -> None:
        text = path.read_bytes().decode("utf-8", errors="replace")
        assert ModelCard.from_json(text, where="a.pt").model_id

    fuzz(tmp_path / "card.json", card, read)
