"""Keeper: writes what a run keeps, each file whole; of several processes the first one writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from segstudio.networks.model_file import save_model
from segstudio.project.masks import write_mask
from segstudio.runs.events import CheckpointSaved, PreviewSaved
from segstudio.runs.folder import RunFolder
from segstudio.runs.model_card import ModelCard
from segstudio.runs.scores import Scores
from segstudio.training.checkpoints import Counters, save_checkpoint
from segstudio.training.learner import Learner
from segstudio.training.task import Task, classes_of
from segstudio.training.validation import Validation


class Keeper:
    """Writes models, checkpoints and previews of the run of `task` into `folder`; all processes tell the same of it."""

    def __init__(self, task: Task, folder: RunFolder, learner: Learner, counters: Counters) -> None:
        self._task, self._folder, self._learner, self._counters = task, folder, learner, counters
        self._before_closing: Counters | None = None

    def note_closing(self) -> None:
        """Remember how far the run is before an epoch is closed."""
        self._before_closing = replace(self._counters)

    def model(self, path: Path, epoch: int, scores: Scores | None) -> CheckpointSaved:
        """Write the network as it is shown, without the state of its training."""
        if self._task.team.is_first:
            save_model(path, self._learner.shown.state_dict(), self._card(epoch, scores).model_dump_json())
        return self._saved(path, epoch, scores.miou if scores else None)

    def last(self, epoch: int) -> CheckpointSaved:
        """Write last.pt, with all that the training needs to go on."""
        if self._task.team.is_first:
            self._write_last(epoch, self._counters)
        return self._saved(self._folder.last, epoch, None)

    def last_in_place_of_first(self, epoch: int) -> CheckpointSaved:
        """Write last.pt in a process that is not the first one, which has died; weights and counters are the same in all.

        Where an epoch was closed with no step since, the first process may have died before all of that was written: who
        goes on closes the epoch again.
        """
        counters, before = self._counters, self._before_closing
        if before is not None and before.step == counters.step:
            counters = replace(before, seconds=counters.seconds)
        self._write_last(epoch, counters)
        return self._saved(self._folder.last, epoch, None)

    def previews(self, epoch: int, validation: Validation) -> Iterator[PreviewSaved]:
        """Write the masks of the first validation photos, telling of each."""
        indices = np.array([entry.index for entry in self._task.card.classes], dtype=np.uint8)
        classes = classes_of(self._task.card)
        for photo, labels in zip(self._task.val.photos, validation.previews, strict=False):
            name = f"previews/epoch-{epoch:04d}/{photo.key}.png"
            if self._task.team.is_first:
                write_mask(self._folder.path / name, indices[labels], classes)
            yield PreviewSaved(epoch=epoch, photo=photo.key, name=name)

    def _write_last(self, epoch: int, counters: Counters) -> None:
        save_checkpoint(
            self._folder.last,
            self._learner.network,
            self._card(epoch, None),
            counters=counters,
            learnt=self._learner.state(),
        )

    def _saved(self, path: Path, epoch: int, miou: float | None) -> CheckpointSaved:
        return CheckpointSaved(name=path.name, epoch=epoch, step=self._counters.step, miou=miou)

    def _card(self, epoch: int, scores: Scores | None) -> ModelCard:
        told = scores.model_dump(mode="json") if scores else {}
        update = {"epoch": epoch, "step": self._counters.step, "scores": told}
        return self._task.card.model_copy(update=update)
