"""The learning rate of each step, as a pure function: all that it remembers is how often a plateau was met."""

from __future__ import annotations

import math

from segstudio.runs.recipe import Recipe

_ONE_CYCLE_START = 1 / 25
_ONE_CYCLE_END = 1 / 250_000
"""As PyTorch's OneCycleLR has them."""


def learning_rate_factor(
    recipe: Recipe, step: int, *, steps: int, steps_per_epoch: int, falls: int = 0
) -> float:
    """Return what the learning rate is multiplied with at `step` (from 0) of `steps`, 0–1.

    The rate rises linearly over the warm-up (Goyal and others, 2017), half of the training at most, and then follows the
    schedule over the steps that are left; one-cycle, which rises by itself, has no warm-up. poly: (1 − t)^power (Liu and others, ParseNet, 2015); cosine: half a wave (Loshchilov & Hutter, 2017);
    one-cycle: a rise and a long fall, both half a wave (Smith & Topin, 2018); step: times `step_factor` every
    `step_epochs` epochs; halving: halved after `halving_after` epochs and again every `step_epochs`; plateau: times
    `step_factor` for each of the `falls` that validation asked for.
    """
    warmup = warmup_of(recipe, steps)
    if step < warmup:
        return (step + 1) / (warmup + 1)
    part = (step - warmup) / max(1, steps - warmup)
    epoch = step // steps_per_epoch
    match recipe.schedule:
        case "poly":
            factor = (1 - part) ** recipe.poly_power
        case "cosine":
            factor = _wave(1, 0, part)
        case "one-cycle":
            factor = _one_cycle(part, recipe.one_cycle_rise)
        case "step":
            factor = recipe.step_factor ** (epoch // recipe.step_epochs)
        case "halving":
            late = epoch - recipe.halving_after
            factor = 1 if late < 0 else 0.5 ** (1 + late // recipe.step_epochs)
        case "plateau":
            factor = recipe.step_factor**falls
        case "constant":
            factor = 1
    return float(factor)


def warmup_of(recipe: Recipe, steps: int) -> int:
    """Return in how many of `steps` the rate rises before the schedule begins."""
    return 0 if recipe.schedule == "one-cycle" else min(recipe.warmup_steps, steps // 2)


def _one_cycle(part: float, rise: float) -> float:
    if part < rise:
        return _wave(_ONE_CYCLE_START, 1, part / rise)
    return _wave(1, _ONE_CYCLE_END, (part - rise) / (1 - rise))


def _wave(start: float, end: float, part: float) -> float:
    return end + (start - end) * (1 + math.cos(math.pi * part)) / 2
