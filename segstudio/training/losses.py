"""What a training makes small, over labelled pixels only."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
import torch.nn.functional as F
from torch import Tensor

from segstudio.project.classes import VOID
from segstudio.runs.recipe import Recipe

_NEVER_EASIER = 1e-6  # keeps the focal factor's gradient finite where a pixel is perfectly right


class TrainingLoss:
    """The loss that a recipe chooses. `weights` is float (C,), a weight for each channel, or None.

    Called with the network's outputs and `labels` uint8 (N, H, W), it returns the loss of `out`, plus that of `aux` times
    `auxiliary_weight` where there is one. Where every pixel is void the loss is 0, with zero gradients.
    """

    def __init__(self, recipe: Recipe, weights: Tensor | None = None) -> None:
        self._recipe = recipe
        self._weights = weights
        self._term = _TERMS[recipe.loss]

    def __call__(
        self, outputs: Mapping[str, Tensor], labels: Tensor, share: Tensor | float | None = None
    ) -> Tensor:
        """Return the loss, times `share` where `labels` are a part of the step only (see `weight_of`)."""
        target = labels.long()
        loss = self._term(outputs["out"].float(), target, self._weights, self._recipe)
        if "aux" in outputs:
            aux = self._term(outputs["aux"].float(), target, self._weights, self._recipe)
            loss = loss + self._recipe.auxiliary_weight * aux
        return loss if share is None else loss * share

    def weight_of(self, labels: Tensor) -> Tensor:
        """Return how much the labelled pixels of `labels` weigh together, float64 ().

        Losses of the parts of a step, each times its share of the whole weight, add up to the loss of the step (exactly
        so for cross-entropy and focal, which are means over pixels).
        """
        return _weight(labels.long(), self._weights).double()


def pixel_loss(
    logits: Tensor, target: Tensor, weights: Tensor | None = None, *, smoothing: float = 0.0
) -> Tensor:
    """Return the mean cross-entropy (nats) over the pixels that are not void.

    `logits` (N, C, H, W), `target` (N, H, W) of channels, `weights` float (C,): each pixel counts by its class's weight.
    `smoothing` spreads that share of each label evenly over all classes (Szegedy and others, CVPR 2016).
    """
    target = target.long()
    total = _each(logits.float(), target, weights, smoothing).sum()
    return total / _weight(target, weights).clamp(min=1e-6)


def focal_loss(
    logits: Tensor, target: Tensor, weights: Tensor | None, *, gamma: float, smoothing: float = 0.0
) -> Tensor:
    """Return the mean of (1 − p)^γ · cross-entropy, p being the probability of the true class.

    Lin and others, Focal Loss for Dense Object Detection, ICCV 2017; with γ = 0 it is the cross-entropy.
    """
    each = _each(logits, target, weights, smoothing)
    right = torch.exp(-_each(logits, target, None, 0.0))
    total = (each * (1 - right).clamp(min=_NEVER_EASIER) ** gamma).sum()
    return total / _weight(target, weights).clamp(min=1e-6)


def dice_loss(logits: Tensor, target: Tensor, weights: Tensor | None = None) -> Tensor:
    """Return 1 − soft Dice over the whole batch, averaged (by `weights`) over the classes that it shows.

    Milletari and others, V-Net, 3DV 2016, with the plain sums of Sudre and others, DLMIA 2017.
    """
    labelled = (target != VOID).unsqueeze(1)
    index = target.where(target != VOID, 0).unsqueeze(1)
    guessed = logits.softmax(1) * labelled
    truth = torch.zeros_like(guessed).scatter_(1, index, labelled.to(guessed.dtype))
    axes = (0, 2, 3)
    sizes = truth.sum(axes)
    dice = 2 * (guessed * truth).sum(axes) / (guessed.sum(axes) + sizes).clamp(min=1e-6)
    counts = (sizes > 0).to(dice.dtype) if weights is None else (sizes > 0) * weights
    return ((1 - dice) * counts).sum() / counts.sum().clamp(min=1e-6)


def hard_pixel_loss(
    logits: Tensor,
    target: Tensor,
    weights: Tensor | None,
    *,
    threshold: float,
    least: float,
    smoothing: float = 0.0,
) -> Tensor:
    """Return the mean cross-entropy of the pixels whose class has a probability below `threshold`, and of the share
    `least` of the labelled pixels at any rate, the hardest first. Pixels of weight 0, which nobody learns, are none of them.

    Online hard example mining: Shrivastava and others, CVPR 2016; for pixels: Wu and others, arXiv:1605.06885.
    """
    labelled = target != VOID
    if weights is not None:
        labelled = labelled & (weights[target.where(labelled, 0)] > 0)
    with torch.no_grad():
        right = torch.exp(-_each(logits, target, None, 0.0)).where(labelled, torch.inf)
        hardest = right.flatten().sort().values
        needed = (labelled.sum() * least).ceil().long().clamp(min=1)
        bound = hardest[needed - 1].clamp(min=threshold)
        kept = (right < bound) | ((right == bound) & (bound > threshold))
    total = (_each(logits, target, weights, smoothing) * kept).sum()
    return total / _weight(target.where(kept, VOID), weights).clamp(min=1e-6)


def _each(logits: Tensor, target: Tensor, weights: Tensor | None, smoothing: float) -> Tensor:
    """Return the cross-entropy of each pixel times the weight of its class, 0 where void: float (N, H, W).

    PyTorch would weigh what smoothing gives to other classes by theirs, so that a pixel of weight 0 counted all the same.
    """
    if not smoothing or weights is None:
        return F.cross_entropy(
            logits, target, weights, ignore_index=VOID, reduction="none", label_smoothing=smoothing
        )
    each = F.cross_entropy(logits, target, ignore_index=VOID, reduction="none", label_smoothing=smoothing)
    return each * weights[target.where(target != VOID, 0)]


def _weight(target: Tensor, weights: Tensor | None) -> Tensor:
    labelled = target != VOID
    if weights is None:
        return labelled.sum().float()
    return weights[target.where(labelled, 0)].where(labelled, 0).sum()


_Term = Callable[[Tensor, Tensor, Tensor | None, Recipe], Tensor]


def _cross_entropy(logits: Tensor, target: Tensor, weights: Tensor | None, recipe: Recipe) -> Tensor:
    return pixel_loss(logits, target, weights, smoothing=recipe.label_smoothing)


def _focal(logits: Tensor, target: Tensor, weights: Tensor | None, recipe: Recipe) -> Tensor:
    gamma, smoothing = recipe.focal_gamma, recipe.label_smoothing
    return focal_loss(logits, target, weights, gamma=gamma, smoothing=smoothing)


def _dice(logits: Tensor, target: Tensor, weights: Tensor | None, _recipe: Recipe) -> Tensor:
    return dice_loss(logits, target, weights)


def _both(logits: Tensor, target: Tensor, weights: Tensor | None, recipe: Recipe) -> Tensor:
    cross_entropy = _cross_entropy(logits, target, weights, recipe)
    return cross_entropy + recipe.dice_weight * dice_loss(logits, target, weights)


def _ohem(logits: Tensor, target: Tensor, weights: Tensor | None, recipe: Recipe) -> Tensor:
    return hard_pixel_loss(
        logits,
        target,
        weights,
        threshold=recipe.ohem_threshold,
        least=recipe.ohem_least,
        smoothing=recipe.label_smoothing,
    )


_TERMS: Mapping[str, _Term] = {
    "cross-entropy": _cross_entropy,
    "focal": _focal,
    "dice": _dice,
    "cross-entropy+dice": _both,
    "ohem": _ohem,
}
