"""Validation: every photo of a set through the network, and what came out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torchmetrics.functional.classification import multiclass_confusion_matrix

from segstudio.errors import SegStudioError
from segstudio.networks.segmenting import segment
from segstudio.project.classes import VOID
from segstudio.project.masks import Mask
from segstudio.runs.photo_scores import PhotoCounts
from segstudio.runs.scores import Scores
from segstudio.training.photos import PhotoStore
from segstudio.training.team import ALONE, Team


@dataclass(frozen=True, slots=True, eq=False)
class Validation:
    """Mean loss (nats per labelled pixel) and scores over all photos, the counts of each, and the labels of the
    first few: uint8 (rows, columns) of channels.
    """

    loss: float
    scores: Scores
    counts: PhotoCounts
    previews: tuple[Mask, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """One photo's part of it."""

    loss_sum: float
    confusion: npt.NDArray[np.int64]
    preview: Mask | None
    unsound: str
    """The photo's key where the network's answer was no number, else nothing."""


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
    team: Team = ALONE,
) -> Validation | None:
    """Segment every photo of `store` whole and score the answers against their labels; void does not count.

    The processes of a `team` take photos in turn, and all return the same. Returns None as soon as `stop()` says so,
    between photos. The network's mode is left as it was. Raises SegStudioError, in all processes, when the network answers
    with what is no number.
    """
    seen: dict[int, _Seen] = {}
    for first in range(0, len(store), team.size):
        if stop():
            return None
        position = first + team.rank
        if position >= len(store):
            continue
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
        seen[position] = _Seen(
            loss_sum=answer.loss_sum or 0.0,
            confusion=confusion_matrix(answer.labels, truth, len(names)),
            preview=answer.labels.numpy() if position < previews else None,
            unsound="" if answer.is_finite else store.photos[position].key,
        )
    return _together(team.gathered(seen), names)


def _together(parts: Sequence[dict[int, _Seen]], names: Sequence[str]) -> Validation:
    found = {position: each for part in parts for position, each in part.items()}
    ordered = [found[position] for position in sorted(found)]
    unsound = next((each.unsound for each in ordered if each.unsound), "")
    if unsound:
        raise SegStudioError(
            "the network no longer answers with numbers (NaN or infinite)",
            where=unsound,
            fix="Lower the learning rate (learning_rate), or train with --set precision=fp32",
        )
    matrices = np.array([each.confusion for each in ordered]).reshape(-1, len(names), len(names))
    confusion = matrices.sum(axis=0)
    return Validation(
        loss=sum(each.loss_sum for each in ordered) / max(1, int(confusion.sum())),
        scores=Scores.from_confusion(confusion, names),
        counts=PhotoCounts.of(matrices),
        previews=tuple(each.preview for each in ordered if each.preview is not None),
    )


def confusion_matrix(predicted: torch.Tensor, truth: torch.Tensor, channels: int) -> npt.NDArray[np.int64]:
    """Return the pixel counts int64 (channels, channels), rows truth, columns prediction, void left out.

    Both tensors are uint8 (H, W) of channels; only `truth` may hold 255.
    """
    matrix = multiclass_confusion_matrix(
        predicted.long(), truth.long(), num_classes=channels, ignore_index=VOID, validate_args=False
    )
    return np.asarray(matrix.cpu().numpy(), dtype=np.int64)
