"""Task: what a training is about."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from segstudio.project.classes import ClassList, LabelClass
from segstudio.runs.model_card import ModelCard
from segstudio.runs.recipe import Recipe
from segstudio.training.balance import Shares
from segstudio.training.photos import PhotoStore
from segstudio.training.team import ALONE, Team


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What is trained on what. `card` describes the model but for scores and progress; `weights` are of the
    classes in the loss, or None; `factors` say how much more often each photo is used, or None; `notices` are told when
    the run has started; `team` are the processes that train together.
    """

    recipe: Recipe
    card: ModelCard
    train: PhotoStore
    val: PhotoStore
    weights: Tensor | None
    device: torch.device
    notices: tuple[str, ...] = ()
    factors: Shares | None = None
    team: Team = ALONE


def classes_of(card: ModelCard) -> ClassList:
    """Return a model's classes as a ClassList."""
    classes = tuple(
        LabelClass(index=entry.index, name=entry.name, colour=entry.colour) for entry in card.classes
    )
    return ClassList(classes=classes)
