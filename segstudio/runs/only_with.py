"""Fields of a recipe that count for nothing unless another one has a certain value; pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, get_args

from segstudio.runs.choices import Schedule
from segstudio.runs.recipe import Recipe

ONLY_WITH: Mapping[str, tuple[str, frozenset[Any]]] = {
    "auxiliary_weight": ("auxiliary", frozenset({True})),
    "auxiliary_learning_rate": ("auxiliary", frozenset({True})),
    "unfreeze_after": ("freeze_backbone", frozenset({True})),
    "effective_number_beta": ("class_weights", frozenset({"effective-number"})),
    "focal_gamma": ("loss", frozenset({"focal"})),
    "dice_weight": ("loss", frozenset({"cross-entropy+dice"})),
    "ohem_threshold": ("loss", frozenset({"ohem"})),
    "ohem_least": ("loss", frozenset({"ohem"})),
    "label_smoothing": ("loss", frozenset({"cross-entropy", "focal", "cross-entropy+dice", "ohem"})),
    "momentum": ("optimizer", frozenset({"sgd"})),
    "poly_power": ("schedule", frozenset({"poly"})),
    "step_epochs": ("schedule", frozenset({"step", "halving"})),
    "step_factor": ("schedule", frozenset({"step", "plateau"})),
    "halving_after": ("schedule", frozenset({"halving"})),
    "one_cycle_rise": ("schedule", frozenset({"one-cycle"})),
    "warmup_steps": ("schedule", frozenset(get_args(Schedule)) - {"one-cycle"}),
    "plateau_patience": ("schedule", frozenset({"plateau"})),
}
"""What counts for nothing unless another field has one of these values."""


_FROZEN_FOR_GOOD = {"freeze_backbone": True, "unfreeze_after": 0}

IDLE_WITH: Mapping[str, Mapping[str, Any]] = {
    "backbone_learning_rate": _FROZEN_FOR_GOOD,
    "freeze_batch_norm": _FROZEN_FOR_GOOD,
    "decay_norms": {"weight_decay": 0},
}
"""What counts for nothing where all of these others have these values."""


def is_in_use(field: str, value: Callable[[str], Any]) -> bool:
    """Tell whether a field counts for anything beside the `value` of the others, which may be a table, or wrong."""
    other, needed = ONLY_WITH.get(field, ("", frozenset()))
    if other and not any(value(other) == each for each in needed):
        return False
    return field not in IDLE_WITH or any(value(name) != each for name, each in IDLE_WITH[field].items())


def told_of_unused(recipe: Recipe, fields: Iterable[str]) -> tuple[str, ...]:
    """Return a clause for each of `fields` that counts for nothing beside the recipe's others."""
    told = []
    for field in fields:
        if is_in_use(field, lambda name: getattr(recipe, name)):
            continue
        if field in IDLE_WITH:
            beside = " and ".join(f"{name}={_plain(getattr(recipe, name))}" for name in IDLE_WITH[field])
            told.append(f"{field} counts for nothing with {beside}")
            continue
        other, needed = ONLY_WITH[field]
        has, needs = (_plain(getattr(recipe, other)), " or ".join(sorted(map(_plain, needed))))
        told.append(f"{field} counts for nothing with {other}={has}: it is for {other}={needs}")
    return tuple(told)


def _plain(value: object) -> str:
    """Return a value as it stands in `--set`."""
    return str(value).lower() if isinstance(value, bool) else str(value)
