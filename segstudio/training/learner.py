"""Learner: a network with all that moves its weights, one step at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from torch.optim.swa_utils import AveragedModel

from segstudio.networks.freezing import (
    freeze_backbone,
    freeze_backbone_norms,
    parameter_groups,
    unfreeze_backbone,
)
from segstudio.networks.norms import BatchNorm
from segstudio.runs.recipe import Recipe
from segstudio.training.losses import TrainingLoss
from segstudio.training.synced_norms import use_synced_norms
from segstudio.training.team import Team, tried

_Tensors = tuple[Tensor, ...] | list[Tensor]


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """How crops become the network's input: mean and standard deviation of 0–1 values, number format, memory order."""

    mean: tuple[float, ...]
    std: tuple[float, ...]
    device: torch.device
    dtype: torch.dtype | None
    layout: torch.memory_format


class Learner:
    """`network` on its device, its optimizer, its running average, and its loss.

    A step's crops go through the network `together` at a time; their gradients are added up, so that the step is that of
    all of them (but for batch statistics, and for losses that are no mean over pixels). `weights` are of the channels in
    the loss, or None.
    """

    def __init__(
        self, network: nn.Module, recipe: Recipe, inputs: Inputs, weights: Tensor | None, team: Team
    ) -> None:
        self.together = recipe.batch_size
        self._recipe, self._inputs, self._team = recipe, inputs, team
        if team.size > 1:
            use_synced_norms(network, inputs.device)
        network.to(inputs.device, memory_format=inputs.layout)  # type: ignore[call-overload]
        self.network = network
        self._loss = TrainingLoss(recipe, None if weights is None else weights.to(inputs.device))
        self._optimizer = self._frozen_and_grouped()
        self._rates = [group["lr"] for group in self._optimizer.param_groups]
        self._scaler = torch.amp.GradScaler(inputs.device.type, enabled=inputs.dtype == torch.float16)
        self._average = _average(network, recipe.ema_decay) if recipe.ema_decay else None
        self._mean, self._std = (
            torch.tensor(values, device=inputs.device).view(1, 3, 1, 1) * 255
            for values in (inputs.mean, inputs.std)
        )
        self._before = _Before(network, inputs.device)
        self._is_translated = recipe.compile_network
        self.is_moving = False
        """Whether a step is changing the weights, or has broken off while it did."""
        self._forward = self._wrapped()

    @property
    def shown(self) -> nn.Module:
        """The network as it is to be validated and kept: the running average where there is one."""
        return self.network if self._average is None else self._average.module

    def set_rate(self, factor: float) -> float:
        """Set the learning rates to `factor` of the recipe's; return that of the classifier."""
        for group, rate in zip(self._optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * factor
        return self._recipe.learning_rate * factor

    def step(self, images: Tensor, labels: Tensor) -> Tensor:
        """Move the weights once; return the mean loss, still on the device.

        `images` uint8 (N, 3, H, W) and `labels` uint8 (N, H, W) of channels, this process's part of the step.
        """
        self._before.note()
        labels = labels.to(self._inputs.device, non_blocking=True)
        parts = -(-len(images) // self.together)
        self._optimizer.zero_grad(set_to_none=True)
        shares = self._shares(labels, parts)
        losses = []
        for position, (image, label) in enumerate(
            zip(images.tensor_split(parts), labels.tensor_split(parts), strict=True)
        ):
            with self._not_added_up() if position + 1 < parts else nullcontext():
                losses.append(self._part(image, label, shares[position]))
        loss = losses[0] if parts == 1 else torch.stack(losses).sum()
        loss = self._team.added(loss) / self._team.size  # from here on no other process is needed
        self.is_moving = True
        self._move()
        self.is_moving = False
        self._before.forget()
        return loss

    def take_fewer(self) -> bool:
        """After a step that memory did not suffice for: take half as many crops together from now on, and make all as it
        was before that step. False where that cannot be: one crop is the least, and weights that move cannot go back.
        """
        if self.together == 1 or self.is_moving:
            return False
        self.undo_step()
        if self._inputs.device.type == "cuda":
            torch.cuda.empty_cache()
        self.together = -(-self.together // 2)
        return True

    def run_as_it_is(self) -> None:
        """After a step for which torch.compile could not translate the network: do without, and make all as it was before
        that step.
        """
        self.undo_step()
        self._is_translated = False
        self._forward = self._over_team

    def undo_step(self) -> None:
        """Make all as it was before a step that failed, whose weights have not moved; after one that did not, nothing."""
        self._optimizer.zero_grad(set_to_none=True)
        self._before.restore()

    def let_backbone_learn(self) -> None:
        """Let a backbone that was frozen learn from here on."""
        if not self._recipe.freeze_backbone or any(
            p.requires_grad for p in self.network.get_submodule("backbone").parameters()
        ):
            return
        unfreeze_backbone(self.network)
        if self._recipe.freeze_batch_norm is True:
            freeze_backbone_norms(self.network)
        self._before = _Before(self.network, self._inputs.device)
        self._forward = self._wrapped()

    def state(self) -> dict[str, Any]:
        """Return what has to be kept beside the weights to go on: optimizer, scaler, and the average's weights."""
        average = None if self._average is None else self._average.state_dict()
        return {
            "optimizer": self._optimizer.state_dict(),
            "scaler": self._scaler.state_dict(),
            "average": None if average is None else dict(average),
        }

    def load(
        self, optimizer: dict[str, Any], scaler: dict[str, Any], average: Mapping[str, Any] | None
    ) -> None:
        """Go on from such a state; the network's own weights are loaded already."""
        self._optimizer.load_state_dict(optimizer)
        if scaler and self._scaler.is_enabled():  # empty when begun without fp16
            self._scaler.load_state_dict(scaler)
        if self._average is not None and average is not None:
            self._average.load_state_dict(dict(average))

    # -- parts of a step

    def _part(self, images: Tensor, labels: Tensor, share: Tensor | None) -> Tensor:
        inputs = self._inputs
        images = images.to(inputs.device, non_blocking=True).contiguous(memory_format=inputs.layout)
        images = images.float().sub_(self._mean).div_(self._std)
        with torch.autocast(inputs.device.type, dtype=inputs.dtype, enabled=inputs.dtype is not None):
            outputs = self._forward(images)
        loss = self._loss(outputs, labels, share)
        self._scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        return loss.detach()

    def _shares(self, labels: Tensor, parts: int) -> list[Tensor | None]:
        """Return what each part's loss is to be multiplied with, so that all of the step add up to its mean."""
        if parts == 1 and self._team.size == 1:
            return [None]
        weights = torch.stack([self._loss.weight_of(part) for part in labels.tensor_split(parts)])
        whole = self._team.added(weights.sum()).clamp(min=1e-6)
        return list((weights * (self._team.size / whole)).float())  # gradients are averaged over processes

    def _move(self) -> None:
        if self._recipe.clip_gradient:
            self._scaler.unscale_(self._optimizer)
            nn.utils.clip_grad_norm_(self.network.parameters(), self._recipe.clip_gradient)
        self._scaler.step(self._optimizer)
        self._scaler.update()
        if self._average is not None:
            self._average.update_parameters(self.network)

    def _not_added_up(self) -> AbstractContextManager[None]:
        """Keep gradients to this process: they are added up over all with the last part."""
        if isinstance(self._over_team, DistributedDataParallel):
            return self._over_team.no_sync()
        return nullcontext()

    # -- making

    def _frozen_and_grouped(self) -> torch.optim.Optimizer:
        recipe = self._recipe
        if recipe.freeze_backbone and not recipe.unfreeze_after:
            freeze_backbone(self.network)
        elif recipe.freeze_batch_norm is True:
            freeze_backbone_norms(self.network)
        optimizer = _optimizer(self.network, recipe)
        if (
            recipe.freeze_backbone
        ):  # its weights have their place in the optimizer, for the time when they learn
            freeze_backbone(self.network)
        return optimizer

    def _wrapped(self) -> Callable[[Tensor], Mapping[str, Tensor]]:
        """Return the network as it is called in training. Its weights and names stay those of `network`."""
        self._over_team: nn.Module = self.network
        if self._team.size > 1:
            device = self._inputs.device
            devices = [device] if device.type == "cuda" else None
            self._over_team = tried(lambda: DistributedDataParallel(self.network, device_ids=devices))
        if not self._is_translated:
            return self._over_team
        compiled: Callable[[Tensor], Mapping[str, Tensor]] = torch.compile(self._over_team)
        return compiled


class _Before:
    """What a step changes before it moves the weights: batch-norm statistics and random state."""

    def __init__(self, network: nn.Module, device: torch.device) -> None:
        self._device = device
        self._buffers = [
            buffer
            for module in network.modules()
            if isinstance(module, BatchNorm) and not module.frozen
            for buffer in module.buffers()
        ]
        self._values = [buffer.clone() for buffer in self._buffers]
        self._random: list[Tensor] = []

    def note(self) -> None:
        with torch.no_grad():
            torch._foreach_copy_(self._values, self._buffers)
        self._random = [torch.get_rng_state()]
        if self._device.type == "cuda":
            self._random.append(torch.cuda.get_rng_state(self._device))

    def forget(self) -> None:
        self._random = []

    def restore(self) -> None:
        if not self._random:  # the step had not begun
            return
        with torch.no_grad():
            torch._foreach_copy_(self._buffers, self._values)
        torch.set_rng_state(self._random[0])
        if self._device.type == "cuda":
            torch.cuda.set_rng_state(self._random[1], self._device)


def _average(network: nn.Module, decay: float) -> AveragedModel:
    """Return the running average of a network's weights (Polyak & Juditsky 1992; Tarvainen & Valpola, NeurIPS 2017).

    The first steps count more, else the random start would stay in it for long; batch-norm statistics are the network's.
    """

    def averaged(old: _Tensors, new: _Tensors, _count: Tensor | int) -> None:
        count = float(
            average.n_averaged
        )  # on the CPU: the argument is on the device, and would be waited for
        torch._foreach_lerp_(old, new, 1 - min(decay, (1 + count) / (10 + count)))

    average = AveragedModel(network, multi_avg_fn=averaged)
    average.requires_grad_(False)
    return average


def _optimizer(network: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    groups = parameter_groups(
        network,
        lr=recipe.learning_rate,
        backbone_lr_factor=recipe.backbone_learning_rate,
        aux_lr_factor=recipe.auxiliary_learning_rate,
        weight_decay=recipe.weight_decay,
        decay_norms_and_biases=recipe.decay_norms,
    )
    match recipe.optimizer:
        case "sgd":
            return torch.optim.SGD(groups, lr=recipe.learning_rate, momentum=recipe.momentum)
        case "adam":
            return torch.optim.Adam(groups, lr=recipe.learning_rate)
        case "adamw":
            return torch.optim.AdamW(groups, lr=recipe.learning_rate)
