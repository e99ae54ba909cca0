"""Four real photos learnt by heart: what any network must be able to do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor, nn

from segstudio.networks.build import build
from segstudio.networks.segmenting import IMAGENET_MEAN, IMAGENET_STD, segment
from segstudio.project.classes import VOID

PHOTOS = ("1_14_s", "5_13_s", "6_11_s", "7_13_s")


def four_photos(rows: int) -> tuple[Tensor, Tensor, int]:
    """Four real photos, uint8 (4, 3, rows, 1.5 rows), with their masks, uint8, and the number of classes."""
    data = os.environ.get("SEGSTUDIO_TEST_DATA")
    if not data:
        pytest.skip("SEGSTUDIO_TEST_DATA is not set")
    size = (rows * 3 // 2, rows)
    photos, colours = [], []
    for name in PHOTOS:
        photo = cv2.imread(str(Path(data) / "msrc" / "Images" / f"{name}.bmp"))
        truth = cv2.imread(str(Path(data) / "msrc" / "GroundTruth" / f"{name}_GT.bmp"))
        assert photo is not None
        assert truth is not None
        photos.append(cv2.resize(photo[..., ::-1], size, interpolation=cv2.INTER_AREA))
        colours.append(
            cv2.resize(truth, size, interpolation=cv2.INTER_NEAREST).astype(np.int64) @ (1, 256, 65536)
        )
    seen, values = np.unique(np.stack(colours), return_inverse=True)
    classes = len(seen) - (seen[0] == 0)
    values = values.reshape(4, rows, -1).astype(np.int64) - (seen[0] == 0)  # black is void
    masks = np.where(values < 0, VOID, values).astype(np.uint8)
    return torch.from_numpy(np.stack(photos)).permute(0, 3, 1, 2), torch.from_numpy(masks), int(classes)


def mean_iou(found: Tensor, truth: Tensor, classes: int) -> float:
    found = found.where(truth != VOID, VOID)
    ious = []
    for value in range(classes):
        both = ((found == value) & (truth == value)).sum()
        either = ((found == value) | (truth == value)).sum()
        ious.append(float(both / either))
    return sum(ious) / len(ious)


def overfitted(head: str, *, rows: int, steps: int, rate: float) -> float:
    """Return the mIoU on four photos that the head was trained on for so many steps."""
    *_, (_, miou) = learning(head, rows=rows, steps=steps, rate=rate, every=steps)
    return miou


def learning(head: str, *, rows: int, steps: int, rate: float, every: int) -> Iterator[tuple[int, float]]:
    """Train the head on four photos, all in each step, and yield every so many steps their number and the mIoU."""
    photos, masks, classes = four_photos(rows)
    torch.manual_seed(0)
    network = build(head, classes).train()
    optimizer = torch.optim.AdamW(network.parameters(), lr=rate)
    mean, std = (torch.tensor(each).view(1, 3, 1, 1) * 255 for each in (IMAGENET_MEAN, IMAGENET_STD))
    batch, truth = (photos.float() - mean) / std, masks.long()
    for step in range(1, steps + 1):
        optimizer.param_groups[0]["lr"] = rate * min(1, 2 - 2 * (step - 1) / steps)
        optimizer.zero_grad()
        loss: Tensor = nn.functional.cross_entropy(network(batch)["out"], truth, ignore_index=VOID)
        torch.autograd.backward(loss)
        optimizer.step()
        if step % every == 0:
            found = _segmented(deepcopy(network), photos, batch)
            yield step, mean_iou(found, masks, classes)


def _segmented(network: nn.Module, photos: Tensor, batch: Tensor) -> Tensor:
    """Segment the photos as a finished model does, with the statistics that these weights have on all of them.

    The batch is all there is, no sample of more: its variance is the mean square, which for the four values of a pooled
    channel is a quarter less than what a batch-norm keeps.
    """
    counts: dict[nn.BatchNorm2d, int] = {}

    def count(norm: nn.BatchNorm2d, given: tuple[Tensor]) -> None:
        counts[norm] = given[0].numel() // given[0].shape[1]

    for module in network.modules():  # statistics of these few steps are those of weights that are no more
        if isinstance(module, nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None
            module.register_forward_pre_hook(count)
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    with torch.no_grad():
        network(batch)
    for norm, number in counts.items():
        assert norm.running_var is not None
        norm.running_var.mul_((number - 1) / number)
    cpu = torch.device("cpu")
    return torch.stack([segment(network, photo, device=cpu).labels for photo in photos])
