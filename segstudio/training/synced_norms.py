"""Batch normalisation over the crops of all processes together."""

from __future__ import annotations

from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

from segstudio.networks.norms import BatchNorm


class SyncedBatchNorm(BatchNorm, nn.SyncBatchNorm):
    """PyTorch's SyncBatchNorm, which is for GPUs only, that can be frozen like any BatchNorm."""

    def forward(self, x: Tensor) -> Tensor:
        """Normalise (N, C, H, W) by the statistics of all processes' crops."""
        answer: Tensor = nn.SyncBatchNorm.forward(self, x)
        return answer


class SummedBatchNorm(BatchNorm):
    """The same for processors: sums and their gradients are added up over the processes, in float64. Every process must
    have as many crops as the others.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Normalise (N, C, H, W) by the statistics of all processes' crops."""
        if not self.training:
            return super().forward(x)
        number = x.shape[0] * x.shape[2] * x.shape[3] * dist.get_world_size()
        exact = x.double()
        here = torch.stack([exact.sum((0, 2, 3)), exact.square().sum((0, 2, 3))])
        sums: Tensor = _AddedUp.apply(here) / number
        mean, variance = sums[0], (sums[1] - sums[0].square()).clamp(min=0)
        self._follow(mean.detach(), variance.detach() * number / max(1, number - 1))
        scale = (variance + self.eps).rsqrt()
        shape = (1, -1, 1, 1)
        normal = ((exact - mean.view(shape)) * scale.view(shape)).to(x.dtype)
        return normal * self.weight.view(shape) + self.bias.view(shape) if self.affine else normal

    @torch.no_grad()
    def _follow(self, mean: Tensor, variance: Tensor) -> None:
        if self.running_mean is None or self.running_var is None or self.num_batches_tracked is None:
            return
        self.num_batches_tracked.add_(1)
        share = 1 / float(self.num_batches_tracked) if self.momentum is None else self.momentum
        self.running_mean.lerp_(mean.to(self.running_mean.dtype), share)
        self.running_var.lerp_(variance.to(self.running_var.dtype), share)


class _AddedUp(torch.autograd.Function):
    """The sum of a tensor over all processes; its gradient is the sum of theirs."""

    @staticmethod
    def forward(ctx: Any, value: Tensor) -> Tensor:
        total = value.clone()
        dist.all_reduce(total)
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        total = gradients[0].contiguous().clone()
        dist.all_reduce(total)
        return total


def use_synced_norms(network: nn.Module, device: torch.device) -> None:
    """Replace every BatchNorm inside `network` with one for many processes, of the same settings, names and values."""
    kind = SyncedBatchNorm if device.type == "cuda" else SummedBatchNorm
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, BatchNorm) and not isinstance(child, SyncedBatchNorm | SummedBatchNorm):
                setattr(parent, name, _synced(child, kind))


def _synced(norm: BatchNorm, kind: type[BatchNorm]) -> BatchNorm:
    replacement = kind(
        norm.num_features,
        norm.eps,
        norm.momentum,
        affine=norm.affine,
        track_running_stats=norm.track_running_stats,
    )
    replacement.load_state_dict(norm.state_dict())
    replacement.frozen = norm.frozen
    return replacement.train(norm.training)
