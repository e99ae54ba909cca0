"""ScheduleCurve: the learning rate over the epochs as a recipe would have it, by the code that training asks; pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segstudio.counting import counted
from segstudio.runs.recipe import Recipe
from segstudio.runs.schedules import learning_rate_factor, warmup_of

Values = npt.NDArray[np.float64]

_POINTS, _WARMUP_POINTS, _MOST_EDGES = 300, 40, 200


@dataclass(frozen=True, slots=True, eq=False)
class ScheduleCurve:
    """`epochs` and `rates` are the points of the classifier's rate in a training of `length` epochs; `lowest` are the rates
    of a plateau schedule were validation never better, None of others; the backbone's rate is `backbone` times as
    high, 0 where it is frozen; `told` says all of it in words.
    """

    length: int
    epochs: Values
    rates: Values
    lowest: Values | None
    backbone: float
    told: str

    @property
    def highest(self) -> float:
        """The highest rate."""
        return float(self.rates.max())

    def rate_at(self, epoch: float) -> float:
        """Return the rate at an epoch."""
        after = int(np.searchsorted(self.epochs, epoch, side="right"))
        return float(self.rates[max(0, after - 1)])


def steps_in_epoch(recipe: Recipe, photos: int, processes: int = 1) -> int:
    """Return how many steps an epoch has with so many photos for training, 1 at least."""
    crops = max(1, photos) * recipe.crops_per_photo
    return max(1, -(-crops // (recipe.batch_size * recipe.accumulate * processes)))


def schedule_curve(recipe: Recipe, steps_per_epoch: int, *, is_random: bool = False) -> ScheduleCurve:
    """Work out the curve of a training with so many steps in each epoch, which `is_random` when it starts from no weights:
    then the backbone is not held back.
    """
    steps = recipe.epochs * steps_per_epoch
    warmup = warmup_of(recipe, steps)
    places = _places(recipe, steps, steps_per_epoch, warmup)

    def rates(falls: Values | None = None) -> Values:
        factors = [
            learning_rate_factor(
                recipe,
                int(step),
                steps=steps,
                steps_per_epoch=steps_per_epoch,
                falls=0 if falls is None else int(falls[number]),
            )
            for number, step in enumerate(places)
        ]
        return recipe.learning_rate * np.array(factors, dtype=np.float64)

    is_plateau = recipe.schedule == "plateau"
    return ScheduleCurve(
        length=recipe.epochs,
        epochs=places / steps_per_epoch,
        rates=rates(),
        lowest=rates(_soonest_falls(recipe, places // steps_per_epoch)) if is_plateau else None,
        backbone=_backbone(recipe, is_random=is_random),
        told=_told(recipe, warmup, warmup / steps_per_epoch),
    )


def _backbone(recipe: Recipe, *, is_random: bool) -> float:
    if recipe.freeze_backbone and not recipe.unfreeze_after:
        return 0.0
    return max(1.0, recipe.backbone_learning_rate) if is_random else recipe.backbone_learning_rate


def _places(recipe: Recipe, steps: int, steps_per_epoch: int, warmup: int) -> npt.NDArray[np.int64]:
    """Return the steps to draw: evenly over all, closer in the warm-up, and both sides of each fall."""
    ends = ((steps - 1, min(steps, _POINTS)), (warmup, _WARMUP_POINTS))
    spread = [np.linspace(0, end, count, dtype=np.float64) for end, count in ends]
    every = {"step": recipe.step_epochs, "halving": recipe.step_epochs}.get(recipe.schedule, 0)
    if recipe.schedule == "plateau":
        every = recipe.validate_every
    if every:
        first = recipe.halving_after if recipe.schedule == "halving" else every
        count = min(_MOST_EDGES, max(0, (recipe.epochs - first) // every + 1))
        edges = (first + np.arange(count) * every) * steps_per_epoch
        spread += [edges - np.float64(1), edges.astype(np.float64)]
    places = np.unique(np.concatenate(spread).round().astype(np.int64))
    return places[(places >= 0) & (places < steps)]


def _soonest_falls(recipe: Recipe, epochs_done: npt.NDArray[np.int64]) -> Values:
    """Return how often the rate has fallen where no validation after the first is any better."""
    validations = epochs_done // recipe.validate_every
    return np.maximum(0, (validations - 1) // recipe.plateau_patience).astype(np.float64)


def _told(recipe: Recipe, warmup: int, warmup_epochs: float) -> str:
    rise = f"Rises over {counted(warmup, 'step')} ({warmup_epochs:.2g} epochs), then " if warmup else ""
    match recipe.schedule:
        case "poly":
            then = _poly_told(recipe.poly_power)
        case "cosine":
            then = "falls in half a wave to nothing."
        case "one-cycle":
            then = (
                f"rises for {100 * recipe.one_cycle_rise:.0f} % of the training and falls for the rest of it."
            )
        case "step":
            then = f"is multiplied by {recipe.step_factor:g} every {counted(recipe.step_epochs, 'epoch')}."
        case "halving":
            then = (
                f"stays for {counted(recipe.halving_after, 'epoch')}, and is halved there and every"
                f" {counted(recipe.step_epochs, 'epoch')} after."
            )
        case "plateau":
            then = (
                f"is multiplied by {recipe.step_factor:g} after {counted(recipe.plateau_patience, 'validation')}"
                " without a better mIoU; dashed is the soonest."
            )
        case "constant":
            then = "stays the same."
    told = rise + then
    return f"{told[:1].upper()}{told[1:]}"


def _poly_told(power: float) -> str:
    if power == 1:
        return "falls in a straight line to nothing."
    return f"falls to nothing, the {'slower' if power > 1 else 'steeper'} the nearer the end."
