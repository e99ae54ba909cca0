"""Every head learns four real photos by heart, one after the other: half an hour on one core. `-s` shows after how many
steps.
"""

from __future__ import annotations

import pytest
import torch

from segstudio.runs.heads import HEADS
from tests.networks.overfitting import learning

ENOUGH = 0.95

ROWS = {"fcn_resnetv2_56": 32, "deeplabv3_mobilenet_v2": 160, "deeplabv3_mobilenet_v3_large": 160}
"""Height of the photos (px), else 96: logits at stride 16 cannot follow the outlines of smaller ones, and those at stride
1 need no more.
"""


@pytest.mark.benchmark
@pytest.mark.parametrize("head", HEADS)
def test_four_photos_are_learnt_by_heart_by_every_head(head: str) -> None:
    """Each step sees all four; told are the fewest steps, in tens, after which the mIoU on them is enough."""
    torch.set_num_threads(1)
    for steps, miou in learning(head, rows=ROWS.get(head, 96), steps=200, rate=1e-3, every=10):
        if miou > ENOUGH:
            print(f"\n{head}: {miou:.3f} after {steps} steps")  # noqa: T201
            return
    raise AssertionError(f"{head} has come to {miou:.3f} in {steps} steps")
