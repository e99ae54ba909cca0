"""Trainer: a run as a generator of events, to be read downwards."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from traceback import clear_frames

import torch
from torch import Tensor, nn

from segstudio.errors import SegStudioError
from segstudio.runs.events import (
    CheckpointSaved,
    EpochDone,
    Event,
    Notice,
    RunFinished,
    RunStarted,
    RunStopped,
    photo_scores_of,
)
from segstudio.runs.folder import RunFolder
from segstudio.runs.photo_scores import PhotoScores, too_few_to_tell_apart
from segstudio.runs.schedules import learning_rate_factor
from segstudio.training.augmentation import Augmentation
from segstudio.training.checkpoints import Checkpoint, Counters
from segstudio.training.devices import (
    autocast_dtype,
    deterministic,
    device_name,
    float32_products,
    is_device_failure,
    is_out_of_memory,
    is_untranslatable,
    memory_total_mb,
    told_of_little_memory,
    worker_count,
)
from segstudio.training.keeper import Keeper
from segstudio.training.learner import Inputs, Learner
from segstudio.training.meter import Meter
from segstudio.training.pace import Clock, Latch
from segstudio.training.sampling import Batch, CropPlan, crop_batches
from segstudio.training.task import Task
from segstudio.training.team import TeamLostError, lost, short_of_memory, told_of_fewer
from segstudio.training.validation import Validation, validate


class Trainer:
    """Trains `network` on `task`, writing checkpoints and previews into `folder`.

    With a `checkpoint` the run goes on from there, and ends with the same weights as if it had never stopped (bit
    for bit on the CPU). Of several processes all tell the same events, and the first one writes.
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
            crops_per_step=recipe.batch_size * recipe.accumulate * task.team.size,
            seed=recipe.seed,
            factors=task.factors,
            process=task.team.rank,
            processes=task.team.size,
        )
        self._steps = self._plan.steps_per_epoch * recipe.epochs
        self._dtype = autocast_dtype(recipe.precision, task.device)
        self._counters = Counters()
        self._best: PhotoScores | None = None
        self._again: Batch | None = None  # the crops of a step that is to be tried again
        self._enough = 0
        self._notices: list[str] = []
        self._checkpoint = checkpoint
        if checkpoint is not None:
            network.load_state_dict(dict(checkpoint.weights))
            self._counters = checkpoint.counters
        inputs = Inputs(
            mean=tuple(task.card.mean),
            std=tuple(task.card.std),
            device=task.device,
            dtype=self._dtype,
            layout=torch.channels_last if recipe.channels_last else torch.contiguous_format,
        )
        self._learner = Learner(network, recipe, inputs, task.weights, task.team)
        if checkpoint is not None:
            self._learner.load(checkpoint.optimizer, checkpoint.scaler, checkpoint.average)
        self._keeper = Keeper(task, folder, self._learner, self._counters)
        self._noted_fewer()
        crops = self._learner.together = self._counters.together or recipe.batch_size
        if told := told_of_little_memory(recipe, task.device, crops=crops, processes=task.team.size):
            self._notices.append(told)

    def run(self, stop: Callable[[], bool]) -> Iterator[Event]:
        """Yield the events of the run as they happen, until it is finished or `stop()` says so.

        `stop` is asked before each step and between validation photos. Raises SegStudioError when the loss
        is no longer a number, and TeamLostError when another process has ended.
        """
        recipe = self._task.recipe
        with deterministic(recipe.deterministic), float32_products(recipe.precision):
            try:
                yield from self._run(Latch(lambda: self._task.team.any(stop())))
            except TeamLostError as error:
                self._learner.undo_step()
                fewer = self._noted_fewer()
                # A GPU may have moved the weights by what an addition that broke off left: what is saved already holds.
                if self._task.device.type == "cpu" or is_out_of_memory(error.__cause__ or error):
                    with suppress(RuntimeError, MemoryError, SegStudioError):
                        yield self._keeper.last(self._epoch)
                run = self._folder.path.name
                if not fewer:
                    raise lost(error, run) from error
                yield Notice(text=told_of_fewer(self._counters, self._task.recipe, self._task.team))
                raise short_of_memory(fewer, run) from error

    def save_in_place_of_first(self) -> CheckpointSaved | None:
        """Save where the first process, whose part it is, has died: in another one, after its `run` has raised
        TeamLostError, while it holds the run. None on a GPU, where the weights may be wrong by now.
        """
        return self._keeper.last_in_place_of_first(self._epoch) if self._task.device.type == "cpu" else None

    @property
    def _epoch(self) -> int:
        """How many epochs have all their steps."""
        return self._counters.step // self._plan.steps_per_epoch

    def _noted_fewer(self) -> int:
        """Take from the run folder how few crops a process that memory did not suffice for has asked for; 0 when none has."""
        noted, counters = self._folder.crops_together(), self._counters
        if not 0 < noted < (counters.together or self._task.recipe.batch_size):
            return 0
        counters.together = noted
        return noted

    def _run(self, stopping: Latch) -> Iterator[Event]:
        counters, recipe, per_epoch = self._counters, self._task.recipe, self._plan.steps_per_epoch
        clock = Clock(counters.seconds, seconds_between_saves=60 * recipe.save_minutes)
        meter = Meter(counters, self._task.device, every=recipe.log_every)
        self._learner.network.train()  # validation gives every module its mode back
        yield self._started()
        yield from (Notice(text=text) for text in self._task.notices)
        self._begin_epoch(counters.step // per_epoch)
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
                    self._begin_epoch(epoch)
                    meter.restart()
                    continue
            elif counters.step == self._steps or (step_in_epoch == 0 and self._waited_enough()):
                batches.close()
                yield self._keeper.last(epoch)
                self._task.team.wait_for_first()
                yield from self._finished(epoch)
                return
            if stopping():
                batches.close()
                yield from meter.flush()
                yield self._keeper.last(epoch)
                self._task.team.wait_for_first()
                yield RunStopped(epoch=epoch, step=counters.step)
                return
            if clock.is_save_due() and self._again is None:
                yield from meter.flush()
                yield self._keeper.last(epoch)
                meter.restart()
            yield from self._take_step(batches, meter, epoch)

    # -- one step

    def _take_step(self, batches: Iterator[Batch], meter: Meter, epoch: int) -> Iterator[Event]:
        """Do the next step; where memory does not suffice for it, see to it that the next try takes fewer crops together."""
        counters = self._counters
        rate = self._set_learning_rate(counters.step)
        try:
            images, labels = self._again or next(batches)
        except (SegStudioError, RuntimeError, MemoryError):
            yield from self._saved_where_possible(epoch, meter)
            raise
        while self._notices:
            yield Notice(text=self._notices.pop(0))
        try:
            loss = self._step(images, labels)
        except (RuntimeError, MemoryError) as error:
            clear_frames(error.__traceback__)  # they hold what the step had taken of the memory
            if is_out_of_memory(error) and self._learner.take_fewer():
                if self._task.team.size > 1:  # the others cannot go back: all end, to start again
                    self._folder.note_crops_together(self._learner.together)
                    raise lost(error) from error
                self._enough = counters.together if self._again is None else self._enough
                self._again = images, labels
                counters.together = self._learner.together
                yield Notice(text=told_of_fewer(counters, self._task.recipe, self._task.team))
                return
            if is_untranslatable(error):
                yield self._go_on_untranslated(error)
                self._again = images, labels
                return
            if self._again is not None:  # it was not for the number of crops: whoever resumes has made room
                counters.together = self._enough
            if is_device_failure(error):  # what is on it may be wrong by now: the last checkpoint holds
                raise
            if self._task.team.size > 1 and not is_out_of_memory(error):
                raise lost(error) from error
            yield from self._saved_where_possible(epoch, meter)
            raise
        self._again = None
        counters.step += 1
        yield from meter.step_done(loss, rate=rate, epoch=epoch + 1, images=self._plan.crops_in(len(images)))

    def _go_on_untranslated(self, error: BaseException) -> Notice:
        reason = str(getattr(error, "inner_exception", error)).strip().partition("\n")[0].rstrip(".")
        problem = f"torch.compile cannot translate the network here ({reason})"
        if self._task.team.size > 1:  # the others may be waiting in the middle of it
            raise SegStudioError(problem, fix="Train with --set compile_network=false") from error
        self._learner.run_as_it_is()
        return Notice(text=f"{problem}: training goes on without it.")

    def _batches(self) -> Generator[Batch]:
        task = self._task
        return crop_batches(
            task.train,
            Augmentation(task.recipe),
            self._plan,
            first_step=self._counters.step,
            epochs=task.recipe.epochs,
            workers=worker_count(task.recipe, task.device, sharers=task.team.size),
            pin_memory=task.device.type == "cuda",
            told=self._notices.append,
        )

    def _set_learning_rate(self, step: int) -> float:
        return self._learner.set_rate(
            learning_rate_factor(
                self._task.recipe,
                step,
                steps=self._steps,
                steps_per_epoch=self._plan.steps_per_epoch,
                falls=self._counters.falls,
            )
        )

    def _step(self, images: Tensor, labels: Tensor) -> Tensor:
        """Move the weights once; return the loss, still on the device."""
        team = self._task.team
        if team.size > 1:  # every process has chance of its own, and the same one after a resume
            torch.manual_seed((self._task.recipe.seed << 32) + self._counters.step * team.size + team.rank)
        return self._learner.step(images, labels)

    # -- the end of an epoch

    def _begin_epoch(self, epoch: int) -> None:
        unfreeze_after = self._task.recipe.unfreeze_after
        if unfreeze_after and epoch >= unfreeze_after:
            self._learner.let_backbone_learn()

    def _waited_enough(self) -> bool:
        patience = self._task.recipe.early_stopping
        return bool(patience) and self._counters.stale >= patience

    def _validation(self, epoch: int, stop: Callable[[], bool]) -> Validation | None:
        task = self._task
        due = epoch % task.recipe.validate_every == 0 or epoch == task.recipe.epochs
        if not due or not len(task.val):
            return None
        return validate(
            self._learner.shown,
            task.val,
            task.card.class_names,
            device=task.device,
            mean=task.card.mean,
            std=task.card.std,
            autocast_dtype=self._dtype,
            previews=task.recipe.previews,
            stop=stop,
            team=task.team,
        )

    def _close_epoch(self, epoch: int, validation: Validation | None, seconds: float) -> Iterator[Event]:
        counters, recipe = self._counters, self._task.recipe
        scores = validation.scores if validation else None
        miou = scores.miou if scores else None
        by_photo = self._photo_scores(validation) if validation else None
        self._keeper.note_closing()
        yield EpochDone(
            epoch=epoch,
            step=counters.step,
            train_loss=counters.loss_sum / max(1, counters.loss_count),
            val_loss=validation.loss if validation else None,
            scores=scores,
            seconds=seconds,
            photo_scores=by_photo,
        )
        counters.closed, counters.loss_sum, counters.loss_count = epoch, 0.0, 0
        is_best = self._is_best(miou, validated=validation is not None)
        if validation is not None:
            self._wait(0 if is_best else 1)
        if is_best:
            counters.best_miou, counters.best_epoch, self._best = miou, epoch, by_photo
            yield self._keeper.model(self._folder.best, epoch, scores)
        if recipe.checkpoint_every and epoch % recipe.checkpoint_every == 0:
            yield self._keeper.model(self._folder.path / f"epoch-{epoch:04d}.pt", epoch, scores)
        if validation is not None:
            yield from self._keeper.previews(epoch, validation)

    def _photo_scores(self, validation: Validation) -> PhotoScores:
        indices = [entry.index for entry in self._task.card.classes]
        class_0 = indices.index(0) if 0 in indices else None
        return PhotoScores.of(validation.counts, batch=self._task.recipe.batch_size, class_0=class_0)

    def _wait(self, longer: int) -> None:
        """Count the validations that were no better, and let the rate fall where the recipe wants it."""
        counters, recipe = self._counters, self._task.recipe
        counters.stale = (counters.stale + 1) * longer
        counters.waited = (counters.waited + 1) * longer
        if recipe.schedule == "plateau" and counters.waited >= recipe.plateau_patience:
            counters.falls, counters.waited = counters.falls + 1, 0

    def _is_best(self, miou: float | None, *, validated: bool) -> bool:
        """As long as nothing could be scored, the newest model is the best that is known."""
        best = self._counters.best_miou
        if miou is None:
            return best is None and (validated or not len(self._task.val))
        return best is None or miou > best

    def _saved_where_possible(self, epoch: int, meter: Meter) -> Iterator[Event]:
        """Keep what was learnt before a step that failed; of one whose weights were moving the last checkpoint holds."""
        if self._learner.is_moving:
            return
        with suppress(RuntimeError, MemoryError, SegStudioError):
            yield from meter.flush()
            self._learner.undo_step()
            yield self._keeper.last(epoch)

    # -- what is told

    def _started(self) -> RunStarted:
        task, parameters = self._task, list(self._learner.network.parameters())
        return RunStarted(
            head=task.recipe.head,
            classes=task.card.class_names,
            device=device_name(task.device),
            precision="tf32" if task.recipe.precision == "tf32" else str(self._dtype or torch.float32)[6:],
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
            processes=task.team.size,
            order=self._folder.place_in_order(),
        )

    def _finished(self, epoch: int) -> Iterator[Event]:
        counters = self._counters
        if counters.step < self._steps:
            yield Notice(
                text=f"Ended after epoch {epoch}: the last {counters.stale} validations were no better."
            )
        best = self._best or photo_scores_of(self._folder.events(steps=False), counters.best_epoch)
        if best and (warning := too_few_to_tell_apart(best.photos, best.interval)):
            yield Notice(text=warning)
        yield RunFinished(
            epoch=epoch,
            step=counters.step,
            best_miou=counters.best_miou,
            best_epoch=counters.best_epoch,
            seconds=counters.seconds,
        )


def _restore_random_state(checkpoint: Checkpoint) -> None:
    torch.set_rng_state(checkpoint.random_cpu)
    if checkpoint.random_cuda and len(checkpoint.random_cuda) == torch.cuda.device_count():
        torch.cuda.set_rng_state_all(checkpoint.random_cuda)
