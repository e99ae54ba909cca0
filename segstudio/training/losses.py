"""The loss: cross-entropy over labelled pixels."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import torch
import torch.nn.functional as F
from torch import Tensor

from segstudio.errors import SegStudioError, did_you_mean
from segstudio.project.classes import VOID


def pixel_loss(logits: Tensor, labels: Tensor, weights: Tensor | None = None) -> Tensor:
    """Return the mean cross-entropy (nats) over the pixels that are not void.

    `logits` (N, C, H, W), `labels` uint8 (N, H, W), `weights` float (C,): each pixel counts by its class's
    weight. Where every pixel is void the loss is 0, with zero gradients.
    """
    target = labels.long()
    total = F.cross_entropy(logits.float(), target, weight=weights, ignore_index=VOID, reduction="sum")
    labelled = target != VOID
    if weights is None:
        count = labelled.sum().float()
    else:
        count = weights[target.where(labelled, 0)].where(labelled, 0).sum()
    return total / count.clamp(min=1e-6)


def training_loss(
    outputs: Mapping[str, Tensor], labels: Tensor, weights: Tensor | None, auxiliary_weight: float
) -> Tensor:
    """Return the loss of `out`, plus that of `aux` times `auxiliary_weight` where there is one."""
    loss = pixel_loss(outputs["out"], labels, weights)
    if "aux" in outputs:
        loss = loss + auxiliary_weight * pixel_loss(outputs["aux"], labels, weights)
    return loss


def class_weights(
    choice: str | Mapping[str, float], names: tuple[str, ...], count: Callable[[], npt.NDArray[np.int64]]
) -> Tensor | None:
    """Return the weight of each channel as float (C,), of mean 1 over the classes that occur, or None.

    `choice` is `none`; `inverse`: proportional to 1 / pixel share; `median-frequency`: median share / share
    (Eigen & Fergus, ICCV 2015); or a table of weights by name, used as they are (1 for those not named).
    `count` gives the training pixels of each channel; it is called only where they matter. Raises SegStudioError for an unknown name.
    """
    if isinstance(choice, Mapping):
        for name in choice:
            if name not in names:
                raise SegStudioError(
                    f'class_weights names an unknown class "{name}"{did_you_mean(name, names)}',
                    fix=f"The classes are: {', '.join(names)}",
                )
        return torch.tensor([float(choice.get(name, 1.0)) for name in names])
    if choice == "none":
        return None
    counts = count()
    seen = counts > 0
    share = counts / max(1, counts.sum())
    weights = np.zeros(len(names))
    weights[seen] = 1 / share[seen]
    if choice == "median-frequency" and seen.any():
        weights[seen] = np.median(share[seen]) / share[seen]
    if seen.any():
        weights /= weights[seen].mean()
    return torch.tensor(weights, dtype=torch.float32)
