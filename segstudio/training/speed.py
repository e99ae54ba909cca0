"""How fast a head trains on a device: a few real steps on crops that are made up."""

from __future__ import annotations

import time

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from segstudio.networks.build import build

_CLASSES = 4
_WARM_UP_STEPS = 1


def measure_speed(
    head: str, *, device: torch.device, batch_size: int, crop_px: int, seconds: float = 3.0
) -> float:
    """Return the crops a second of forward, backward and step in float32, measured over `seconds` and one step at least.

    Reading and augmenting photos, which a training does beside, is not in it.
    """
    network = build(head, _CLASSES).train().to(device)
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-4)
    images = torch.randn(batch_size, 3, crop_px, crop_px, device=device)
    labels = torch.randint(0, _CLASSES, (batch_size, crop_px, crop_px), device=device)
    for _ in range(_WARM_UP_STEPS):
        _step(network, optimizer, images, labels)
    _wait(device)
    begin, steps = time.perf_counter(), 0
    while not steps or time.perf_counter() - begin < seconds:
        _step(network, optimizer, images, labels)
        _wait(device)
        steps += 1
    return steps * batch_size / (time.perf_counter() - begin)


def _step(network: nn.Module, optimizer: torch.optim.Optimizer, images: Tensor, labels: Tensor) -> None:
    optimizer.zero_grad(set_to_none=True)
    loss = F.cross_entropy(network(images)["out"], labels)
    loss.backward()  # type: ignore[no-untyped-call]
    optimizer.step()


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
