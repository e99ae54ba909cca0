from __future__ import annotations

import torch

from segstudio.training.speed import measure_speed


def test_a_speed_is_measured_with_one_step_at_least() -> None:
    speed = measure_speed(
        "lraspp_mobilenet_v3_large", device=torch.device("cpu"), batch_size=2, crop_px=32, seconds=0
    )
    assert 0.1 < speed < 100_000
