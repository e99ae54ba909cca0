"""What of a network learns, and how fast."""

from __future__ import annotations

from typing import Any

from torch import nn

from segstudio.networks.norms import BatchNorm

BACKBONE = "backbone"
AUXILIARY = "aux_classifier"


def freeze_backbone(network: nn.Module) -> None:
    """Let the backbone learn nothing: no gradients, and its batch-norm statistics stay as they are."""
    backbone = network.get_submodule(BACKBONE)
    backbone.requires_grad_(False)
    _freeze_norms(backbone, frozen=True)


def freeze_backbone_norms(network: nn.Module) -> None:
    """Keep statistics, scales and offsets of the backbone's batch-norms; its convolutions learn on.

    Worth it with small batches, whose own statistics are too noisy. `network.train()` does not undo it.
    """
    backbone = network.get_submodule(BACKBONE)
    _freeze_norms(backbone, frozen=True)
    for module in backbone.modules():
        if isinstance(module, BatchNorm):
            module.requires_grad_(False)


def unfreeze_backbone(network: nn.Module) -> None:
    """Let all of the backbone learn again, its batch-norms in the mode that the network is in."""
    backbone = network.get_submodule(BACKBONE)
    backbone.requires_grad_(True)
    _freeze_norms(backbone, frozen=False)
    backbone.train(network.training)


def parameter_groups(
    network: nn.Module,
    *,
    lr: float,
    backbone_lr_factor: float = 1.0,
    aux_lr_factor: float = 10.0,
    weight_decay: float,
    decay_norms_and_biases: bool = True,
) -> list[dict[str, Any]]:
    """Return the parameters that learn, grouped for `torch.optim`: backbone, classifier, auxiliary classifier.

    Each part has its own learning rate: `lr` times its factor (torchvision's published recipe trains the
    auxiliary classifier ten times as fast). Without `decay_norms_and_biases` each part is two groups, and the
    second, the batch-norms' parameters and all biases, has no weight decay. Empty groups are left out; the order is always
    the same, as resuming an optimizer demands.
    """
    factors = {BACKBONE: backbone_lr_factor, "classifier": 1.0, AUXILIARY: aux_lr_factor}
    chosen: dict[tuple[str, bool], list[nn.Parameter]] = {
        (part, decays): [] for part in factors for decays in (True, False)
    }
    for name, parameter in network.named_parameters():
        if parameter.requires_grad:
            part = name.partition(".")[0]
            # Scales, offsets and biases are vectors; what has more axes is a convolution's kernel.
            decays = decay_norms_and_biases or parameter.ndim > 1
            chosen[part if part in factors else "classifier", decays].append(parameter)
    return [
        {
            "name": part if decays else f"{part}, no decay",
            "params": parameters,
            "lr": lr * factors[part],
            "weight_decay": weight_decay if decays else 0.0,
        }
        for (part, decays), parameters in chosen.items()
        if parameters
    ]


def _freeze_norms(module: nn.Module, *, frozen: bool) -> None:
    for norm in module.modules():
        if isinstance(norm, BatchNorm):
            norm.frozen = frozen
            if frozen:
                norm.eval()
