"""The learning rate of each step, as a pure function: nothing to save, nothing to restore."""

from __future__ import annotations

import math

from segstudio.runs.recipe import Recipe


def learning_rate_factor(recipe: Recipe, step: int, *, steps: int, steps_per_epoch: int) -> float:
    """Return what the learning rate is multiplied with at `step` (from 0) of `steps`.

    The rate rises linearly over the warm-up and then follows the schedule over the steps that are left:
    poly: (1 − t)^power (Liu and others, ParseNet, 2015); cosine: half a wave (Loshchilov & Hutter, 2017); step: times
    `step_factor` every `step_epochs` epochs.
    """
    warmup = min(recipe.warmup_steps, steps // 2)
    if step < warmup:
        return (step + 1) / (warmup + 1)
    part = (step - warmup) / max(1, steps - warmup)
    match recipe.schedule:
        case "poly":
            return float((1 - part) ** recipe.poly_power)
        case "cosine":
            return (1 + math.cos(math.pi * part)) / 2
        case "step":
            return float(recipe.step_factor ** (step // steps_per_epoch // recipe.step_epochs))
        case "constant":
            return 1.0
