"""What a run needs to go on exactly where it stopped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from segstudio.errors import SegStudioError
from segstudio.networks.model_file import read_model, save_model
from segstudio.runs.model_card import ModelCard

_TRAINING_KEYS = frozenset({"counters", "optimizer", "scaler", "random_cpu", "random_cuda"})


@dataclass(slots=True)
class Counters:
    """How far a run has come. `step` counts finished steps, `closed` finished epochs, validation included;
    `loss_sum` is over the `loss_count` steps of the epoch under way; `seconds` is of the whole run, stops left out.
    `stale` counts validations since the best one, `waited` those since the best one or the last fall of the rate, `falls`
    these falls; `together` is how many crops go through the network at once, 0 as long as that is the recipe's.
    """

    step: int = 0
    closed: int = 0
    best_miou: float | None = None
    best_epoch: int | None = None
    loss_sum: float = 0.0
    loss_count: int = 0
    seconds: float = 0.0
    stale: int = 0
    waited: int = 0
    falls: int = 0
    together: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """A model file with the state of its training, read back."""

    card: ModelCard
    weights: Mapping[str, Tensor]
    counters: Counters
    optimizer: dict[str, Any]
    scaler: dict[str, Any]
    average: dict[str, Any] | None
    random_cpu: Tensor
    random_cuda: list[Tensor]


def save_checkpoint(
    path: Path,
    network: nn.Module,
    card: ModelCard,
    *,
    counters: Counters,
    learnt: Mapping[str, Any],
) -> None:
    """Replace the model file `path` with the network and everything that its training needs to go on; `learnt` is the
    state of its Learner.
    """
    training = {
        "counters": {name: getattr(counters, name) for name in Counters.__dataclass_fields__},
        **learnt,
        "random_cpu": torch.get_rng_state(),
        "random_cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }
    save_model(path, network.state_dict(), card.model_dump_json(), training)


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint back; raises SegStudioError when it is missing, damaged, or a model without training."""
    model = read_model(path)
    training: Mapping[str, Any] | None = model.training
    if training is None or not set(training) >= _TRAINING_KEYS:
        raise SegStudioError(
            "this is a model without the state of its training", where=str(path), fix="Resume from a last.pt"
        )
    return Checkpoint(
        card=ModelCard.from_json(model.card, where=str(path)),
        weights=model.weights,
        counters=Counters(**training["counters"]),
        optimizer=training["optimizer"],
        scaler=training["scaler"],
        average=training.get("average"),
        random_cpu=training["random_cpu"],
        random_cuda=list(training["random_cuda"]),
    )
