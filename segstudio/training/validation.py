"""Validation: every photo of a set through the network, and what came out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torchmetrics.functional.classification import multiclass_confusion_matrix

from segstudio.networks.segmenting import segment
from segstudio.project.classes import VOID
from segstudio.project.masks import Mask
from segstudio.runs.scores import Scores
from segstudio.training.photos import PhotoStore


@dataclass(frozen=True, slots=True, eq=False)
class Validation:
    """Mean loss (nats per labelled pixel) and scores over all photos, and the labels of the first few:
    uint8 (rows, columns) of channels.
    """

    loss: float
    scores: Scores
    previews: tuple[Mask, ...]


def validate(
    network: nn.Module,
    store: PhotoStore,
    names: Sequence[str],
    *,
    device: torch.device,
    mean: Sequence[float],
    std: Sequence[float],
    autocast_dtype: torch.dtype | None,
    previews: int,
    stop: Callable[[], bool],
) -> Validation | None:
    """Segment every photo of `store` whole and score the answers against their labels; void does not count.

    Returns None as soon as `stop()` says so, between photos. The network's mode is left as it was.
    """
    confusion = np.zeros((len(names), len(names)), dtype=np.int64)
    loss_sum, kept = 0.0, []
    for position in range(len(store)):
        if stop():
            return None
        image, truth = store[position]
        answer = segment(
            network,
            image,
            device=device,
            mean=mean,
            std=std,
            autocast_dtype=autocast_dtype,
            truth=truth,
        )
        loss_sum += answer.loss_sum or 0.0
        confusion += confusion_matrix(answer.labels, truth, len(names))
        if position < previews:
            kept.append(answer.labels.numpy())
    return Validation(
        loss=loss_sum / max(1, int(confusion.sum())),
        scores=Scores.from_confusion(confusion, names),
        previews=tuple(kept),
    )


def confusion_matrix(predicted: torch.Tensor, truth: torch.Tensor, channels: int) -> npt.NDArray[np.int64]:
    """Return the pixel counts int64 (channels, channels), rows truth, columns prediction, void left out.

    Both tensors are uint8 (H, W) of channels; only `truth` may hold 255.
    """
    matrix = multiclass_confusion_matrix(
        predicted.long(), truth.long(), num_classes=channels, ignore_index=VOID, validate_args=False
    )
    return np.asarray(matrix.cpu().numpy(), dtype=np.int64)
