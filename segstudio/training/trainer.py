"""Trainer: a run as a generator of events, to be read downwards."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from traceback import clear_frames

import numpy as np
import torch
from torch import Tensor, nn

from segstudio.errors import SegStudioError
from segstudio.networks.freezing import freeze_backbone, freeze_backbone_norms, parameter_groups
from segstudio.networks.model_file import save_model
from segstudio.project.classes import ClassList, LabelClass
from segstudio.project.masks import write_mask
from segstudio.runs.events import (
    CheckpointSaved,
    EpochDone,
    Event,
    Notice,
    PreviewSaved,
    RunFinished,
    RunStarted,
    RunStopped,
)
from segstudio.runs.folder import RunFolder
from segstudio.runs.model_card import ModelCard
from segstudio.runs.recipe import Recipe
from segstudio.runs.scores import Scores
from segstudio.training.augmentation import Augmentation
from segstudio.training.checkpoints import Checkpoint, Counters, save_checkpoint
from segstudio.training.devices import autocast_dtype, device_name, memory_total_mb, worker_count
from segstudio.training.losses import training_loss
from segstudio.training.meter import Meter
from segstudio.training.pace import Clock, Latch
from segstudio.training.photos import PhotoStore
from segstudio.training.sampling import Batch, CropPlan, crop_batches
from segstudio.training.schedules import learning_rate_factor
from segstudio.training.validation import Validation, validate


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """What is trained on what. `card` describes the model but for scores and progress; `weights` are of the
    classes in the loss, or None; `notices` are told when the run has started.
    """

    recipe: Recipe
    card: ModelCard
    train: PhotoStore
    val: PhotoStore
    weights: Tensor | None
    device: torch.device
    notices: tuple[str, ...] = ()


class Trainer:
    """Trains `network` on `task`, writing checkpoints and previews into `folder`.

    With a `checkpoint` the run goes on from there, and ends with the same weights as if it had never stopped (bit
    for bit on the CPU).
    """

    def __init__(
        self, network: nn.Module, task: Task, folder: RunFolder, checkpoint: Checkpoint | None = None
    ) -> None:
        recipe = task.recipe
        self._task = task
        self._folder = folder
        self._plan = CropPlan(
            photos=len(task.train),
            crops_per_photo=recipe.crops_per_photo,
            batch_size=recipe.batch_size,
            seed=recipe.seed,
        )
        self._steps = self._plan.steps_per_epoch * recipe.epochs
        self._network = network
        self._dtype = autocast_dtype(recipe.precision, task.device)
        self._layout = torch.channels_last if recipe.channels_last else torch.contiguous_format
        self._counters = Counters()
        self._checkpoint = checkpoint
        if checkpoint is not None:
            network.load_state_dict(dict(checkpoint.weights))
            self._counters = checkpoint.counters
        network.to(task.device, memory_format=self._layout)  # type: ignore[call-overload]
        if recipe.freeze_backbone:
            freeze_backbone(network)
        elif recipe.freeze_batch_norm is True:
            freeze_backbone_norms(network)
        self._optimizer = _optimizer(network, recipe)
        self._learning_rates = [group["lr"] for group in self._optimizer.param_groups]
        self._scaler = torch.amp.GradScaler(task.device.type, enabled=self._dtype == torch.float16)
        if checkpoint is not None:
            self._optimizer.load_state_dict(checkpoint.optimizer)
            if checkpoint.scaler and self._scaler.is_enabled():  # empty when begun without fp16
                self._scaler.load_state_dict(checkpoint.scaler)
        self._weights = None if task.weights is None else task.weights.to(task.device)
        self._mean, self._std = (
            torch.tensor(values, device=task.device).view(1, 3, 1, 1) * 255
            for values in (task.card.mean, task.card.std)
        )

    def run(self, stop: Callable[[], bool]) -> Iterator[Event]:
        """Yield the events of the run as they happen, until it is finished or `stop()` says so.

        `stop` is asked before each step and between validation photos. Raises SegStudioError when the loss
        is no longer a number.
        """
        counters, per_epoch = self._counters, self._plan.steps_per_epoch
        clock = Clock(counters.seconds)
        meter = Meter(counters, self._task.device)
        stopping = Latch(stop)
        self._network.train()  # validation gives every module its mode back
        yield self._started()
        yield from (Notice(text=text) for text in self._task.notices)
        batches = self._batches()
        if self._checkpoint is not None:  # last of all: what came before may have drawn random numbers
            _restore_random_state(self._checkpoint)

        while True:
            counters.seconds = clock.seconds()
            epoch, step_in_epoch = divmod(counters.step, per_epoch)
            if step_in_epoch == 0 and counters.closed < epoch:
                yield from meter.flush()
                validation = self._validation(epoch, stopping)
                if not stopping():
                    yield from self._close_epoch(epoch, validation, clock.lap())
                    meter.restart()
                    continue
            elif counters.step == self._steps:
                batches.close()
                yield self._save_last(epoch)
                yield self._finished(epoch)
                return
            if stopping():
                batches.close()
                yield from meter.flush()
                yield self._save_last(epoch)
                yield RunStopped(epoch=epoch, step=counters.step)
                return
            if clock.is_save_due():
                yield from meter.flush()
                yield self._save_last(epoch)
                meter.restart()

            rate = self._set_learning_rate(counters.step)
            try:
                images, labels = next(batches)
            except SegStudioError:
                yield from meter.flush()
                yield self._save_last(epoch)
                raise
            try:
                loss = self._step(images, labels)
            except (RuntimeError, MemoryError) as error:
                clear_frames(error.__traceback__)  # they hold what the step had taken of the memory
                yield from self._saved_where_possible(epoch, meter)
                raise
            counters.step += 1
            yield from meter.step_done(loss, rate=rate, epoch=epoch + 1, images=len(images))

    # -- one step

    def _batches(self) -> Generator[Batch]:
        task = self._task
        return crop_batches(
            task.train,
            Augmentation(task.recipe),
            self._plan,
            first_step=self._counters.step,
            epochs=task.recipe.epochs,
            workers=worker_count(task.recipe, task.device),
            pin_memory=task.device.type == "cuda",
        )

    def _set_learning_rate(self, step: int) -> float:
        factor = learning_rate_factor(
            self._task.recipe, step, steps=self._steps, steps_per_epoch=self._plan.steps_per_epoch
        )
        for group, rate in zip(self._optimizer.param_groups, self._learning_rates, strict=True):
            group["lr"] = rate * factor
        return self._task.recipe.learning_rate * factor

    def _step(self, images: Tensor, labels: Tensor) -> Tensor:
        """Move the weights once; return the loss, still on the device."""
        recipe, device = self._task.recipe, self._task.device
        images = images.to(device, non_blocking=True).contiguous(memory_format=self._layout)
        images = images.float().sub_(self._mean).div_(self._std)
        labels = labels.to(device, non_blocking=True)
        self._optimizer.zero_grad(set_to_none=True)
        with torch.autocast(device.type, dtype=self._dtype, enabled=self._dtype is not None):
            outputs = self._network(images)
        loss = training_loss(outputs, labels, self._weights, recipe.auxiliary_weight)
        self._scaler.scale(loss).backward()  # type: ignore[no-untyped-call]
        if recipe.clip_gradient:
            self._scaler.unscale_(self._optimizer)
            nn.utils.clip_grad_norm_(self._network.parameters(), recipe.clip_gradient)
        self._scaler.step(self._optimizer)
        self._scaler.update()
        return loss.detach()

    # -- the end of an epoch

    def _validation(self, epoch: int, stop: Callable[[], bool]) -> Validation | None:
        task = self._task
        due = epoch % task.recipe.validate_every == 0 or epoch == task.recipe.epochs
        if not due or not len(task.val):
            return None
        return validate(
            self._network,
            task.val,
            task.card.class_names,
            device=task.device,
            mean=task.card.mean,
            std=task.card.std,
            autocast_dtype=self._dtype,
            previews=task.recipe.previews,
            stop=stop,
        )

    def _close_epoch(self, epoch: int, validation: Validation | None, seconds: float) -> Iterator[Event]:
        counters, recipe = self._counters, self._task.recipe
        scores = validation.scores if validation else None
        miou = scores.miou if scores else None
        yield EpochDone(
            epoch=epoch,
            step=counters.step,
            train_loss=counters.loss_sum / max(1, counters.loss_count),
            val_loss=validation.loss if validation else None,
            scores=scores,
            seconds=seconds,
        )
        counters.closed, counters.loss_sum, counters.loss_count = epoch, 0.0, 0
        if self._is_best(miou, validated=validation is not None):
            counters.best_miou, counters.best_epoch = miou, epoch
            yield self._save_model(self._folder.best, epoch, scores)
        if recipe.checkpoint_every and epoch % recipe.checkpoint_every == 0:
            yield self._save_model(self._folder.path / f"epoch-{epoch:04d}.pt", epoch, scores)
        if validation is not None:
            yield from self._save_previews(epoch, validation)

    def _is_best(self, miou: float | None, *, validated: bool) -> bool:
        """As long as nothing could be scored, the newest model is the best that is known."""
        best = self._counters.best_miou
        if miou is None:
            return best is None and (validated or not len(self._task.val))
        return best is None or miou > best

    def _save_model(self, path: Path, epoch: int, scores: Scores | None) -> CheckpointSaved:
        card = self._card(epoch, scores)
        save_model(path, self._network.state_dict(), card.model_dump_json())
        return self._saved(path, epoch, scores.miou if scores else None)

    def _save_last(self, epoch: int) -> CheckpointSaved:
        save_checkpoint(
            self._folder.last,
            self._network,
            self._card(epoch, None),
            counters=self._counters,
            optimizer=self._optimizer,
            scaler=self._scaler,
        )
        return self._saved(self._folder.last, epoch, None)

    def _saved_where_possible(self, epoch: int, meter: Meter) -> Iterator[Event]:
        """Keep what was learnt before a step that failed: a step without memory ends before it changes weights."""
        with suppress(RuntimeError, MemoryError, SegStudioError):
            yield from meter.flush()
            yield self._save_last(epoch)

    def _saved(self, path: Path, epoch: int, miou: float | None) -> CheckpointSaved:
        return CheckpointSaved(name=path.name, epoch=epoch, step=self._counters.step, miou=miou)

    def _save_previews(self, epoch: int, validation: Validation) -> Iterator[PreviewSaved]:
        indices = np.array([entry.index for entry in self._task.card.classes], dtype=np.uint8)
        classes = classes_of(self._task.card)
        for photo, labels in zip(self._task.val.photos, validation.previews, strict=False):
            name = f"previews/epoch-{epoch:04d}/{photo.key}.png"
            write_mask(self._folder.path / name, indices[labels], classes)
            yield PreviewSaved(epoch=epoch, photo=photo.key, name=name)

    # -- what is told

    def _card(self, epoch: int, scores: Scores | None) -> ModelCard:
        told = scores.model_dump(mode="json") if scores else {}
        update = {"epoch": epoch, "step": self._counters.step, "scores": told}
        return self._task.card.model_copy(update=update)

    def _started(self) -> RunStarted:
        task, parameters = self._task, list(self._network.parameters())
        return RunStarted(
            head=task.recipe.head,
            classes=task.card.class_names,
            device=device_name(task.device),
            precision=str(self._dtype or torch.float32).removeprefix("torch."),
            step=self._counters.step,
            closed_epochs=self._counters.closed,
            epochs=task.recipe.epochs,
            steps_per_epoch=self._plan.steps_per_epoch,
            photos_train=len(task.train),
            photos_val=len(task.val),
            parameters=sum(p.numel() for p in parameters),
            parameters_trained=sum(p.numel() for p in parameters if p.requires_grad),
            weights=task.card.weights_from,
            process=os.getpid(),
            host=socket.gethostname(),
            memory_total_mb=memory_total_mb(task.device),
        )

    def _finished(self, epoch: int) -> RunFinished:
        counters = self._counters
        return RunFinished(
            epoch=epoch,
            step=counters.step,
            best_miou=counters.best_miou,
            best_epoch=counters.best_epoch,
            seconds=counters.seconds,
        )


def classes_of(card: ModelCard) -> ClassList:
    """Return a model's classes as a ClassList."""
    classes = tuple(
        LabelClass(index=entry.index, name=entry.name, colour=entry.colour) for entry in card.classes
    )
    return ClassList(classes=classes)


def _optimizer(network: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    groups = parameter_groups(
        network,
        lr=recipe.learning_rate,
        backbone_lr_factor=recipe.backbone_learning_rate,
        aux_lr_factor=recipe.auxiliary_learning_rate,
        weight_decay=recipe.weight_decay,
        decay_norms_and_biases=recipe.decay_norms,
    )
    if recipe.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=recipe.learning_rate, momentum=recipe.momentum)
    return torch.optim.AdamW(groups, lr=recipe.learning_rate)


def _restore_random_state(checkpoint: Checkpoint) -> None:
    torch.set_rng_state(checkpoint.random_cpu)
    if checkpoint.random_cuda and len(checkpoint.random_cuda) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(checkpoint.random_cuda)
