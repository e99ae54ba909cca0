"""Batch normalisation that survives a batch of one, and that can be frozen."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn


class BatchNorm(nn.BatchNorm2d):
    """`nn.BatchNorm2d` with the same state-dict keys and two differences in training.

    A channel of one single value (a batch of one after global pooling, as in DeepLab's pooled branch) has no
    variance: PyTorch refuses it, this class normalises it with the running statistics, which it leaves as
    they are. So a training with batch 1 sees in this layer exactly what evaluation will see.

    While `frozen` is true, `train()` does not switch the layer to batch statistics.
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats)
        self.frozen = False

    def train(self, mode: bool = True) -> BatchNorm:
        """Switch to training unless the layer is frozen."""
        super().train(mode and not self.frozen)
        return self

    def forward(self, x: Tensor) -> Tensor:
        """Normalise (N, C, H, W); any N, H, W ≥ 1, in training too."""
        if self.training and x.shape[0] * x.shape[2] * x.shape[3] == 1:
            return F.batch_norm(
                x, self.running_mean, self.running_var, self.weight, self.bias, training=False, eps=self.eps
            )
        return super().forward(x)


def norms_are_folded(network: nn.Module) -> bool:
    """Tell whether all batch-norm statistics are those of a new layer: mean 0 and variance 1 (as good as).

    After loading pretrained weights this means that the norms were folded into the convolutions. Batch statistics
    would undo what the convolutions know; such norms are best frozen.
    """
    norms = [module for module in network.modules() if isinstance(module, BatchNorm)]
    return bool(norms) and all(_is_new(norm) for norm in norms)


def _is_new(norm: BatchNorm) -> bool:
    if norm.running_mean is None or norm.running_var is None:
        return False
    return bool(norm.running_mean.abs().max() < 1e-3 and (norm.running_var - 1).abs().max() < 1e-2)


def use_tolerant_norms(network: nn.Module) -> None:
    """Replace every `nn.BatchNorm2d` inside `network` with a BatchNorm of the same settings and values."""
    for parent in list(network.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, nn.BatchNorm2d) and not isinstance(child, BatchNorm):
                setattr(parent, name, _tolerant(child))


def _tolerant(norm: nn.BatchNorm2d) -> BatchNorm:
    replacement = BatchNorm(
        norm.num_features,
        norm.eps,
        norm.momentum,
        affine=norm.affine,
        track_running_stats=norm.track_running_stats,
    )
    replacement.load_state_dict(norm.state_dict())
    return replacement.train(norm.training)
