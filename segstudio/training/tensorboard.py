"""A run for TensorBoard: scalars, pictures and hyper-parameters, in the folder `tensorboard` of the run."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from segstudio.errors import SegStudioError
from segstudio.files import open_ordinary
from segstudio.project.images import MAX_PIXELS
from segstudio.runs.events import EpochDone, Event, PreviewSaved, RunFinished, RunStarted, StepDone
from segstudio.runs.folder import RunFolder
from segstudio.runs.recipe import Recipe

if TYPE_CHECKING:
    from torch.utils.tensorboard.writer import SummaryWriter

BEST, MIOU = "best mIoU", "epoch/mIoU"
"""Scalars that stand beside the hyper-parameters: a run that was stopped has only the second."""


class Board:
    """Writes events as they come. What a resumed run does again replaces what was written of it."""

    def __init__(self, folder: RunFolder, recipe: Recipe) -> None:
        try:
            from torch.utils.tensorboard.writer import SummaryWriter as Writer
        except ImportError as error:
            raise SegStudioError(
                "TensorBoard is not installed",
                fix='pip install "segstudio[tensorboard]", or train with --set tensorboard=false',
            ) from error
        self._make = Writer
        self._folder = folder
        self._recipe = recipe
        self._writer: SummaryWriter | None = None
        self._step = 0
        self._told_before = threading.excepthook

    def write(self, event: Event) -> None:
        """Take one event; those before `RunStarted` are left out. Raises SegStudioError when the disk refuses this one or
        one before it: they are written in a thread.
        """
        try:
            if isinstance(event, RunStarted):
                self._begin(event)
            elif self._writer is not None:
                self._add(self._writer, event)
        except OSError as error:
            raise SegStudioError(
                f"what TensorBoard shows could not be written ({error.strerror or error})",
                where=str(self._place),
                fix="Make room on the disk, or make the folder writable, and resume the run",
            ) from error

    def close(self) -> None:
        """Write what is left, where the disk takes it."""
        if self._writer is not None:
            with suppress(OSError):
                self._writer.close()
            threading.excepthook = self._told_before

    @property
    def _place(self) -> Path:
        return self._folder.path / "tensorboard"

    def _begin(self, event: RunStarted) -> None:
        purged = event.step + 1 if event.step else None
        threading.excepthook = self._told_in_thread
        self._writer = self._make(str(self._place), purge_step=purged)
        self._step = event.step
        *beginning, self._end = self._choices()
        self._add_parts(self._writer, *beginning)
        self._writer.flush()

    def _told_in_thread(self, told: threading.ExceptHookArgs) -> None:
        """Say nothing of what the writer's thread met on the disk: `write` says it."""
        if type(told.thread).__name__ != "_AsyncWriterThread" or not isinstance(told.exc_value, OSError):
            self._told_before(told)

    def _add(self, writer: SummaryWriter, event: Event) -> None:
        match event:
            case StepDone():
                self._step = event.step
                for name in ("loss", "learning_rate", "images_per_s", "memory_mb"):
                    _scalar(writer, f"step/{name}", getattr(event, name), event.step, event.time)
            case EpochDone():
                self._step = event.step
                for name, value in _of_epoch(event).items():
                    _scalar(writer, name, value, event.step, event.time)
                writer.flush()
            case PreviewSaved():
                pixels = _picture(self._folder.file_of_own(event.name))
                if pixels is not None:
                    writer.add_image(f"preview/{event.photo}", pixels, self._step, dataformats="HWC")
            case RunFinished():
                self._add_parts(writer, self._end)
                _scalar(writer, BEST, event.best_miou, event.step, event.time)
            case _:
                pass

    def _choices(self) -> tuple[Any, ...]:
        """Return the recipe as hyper-parameters: what they are, with which a run began, and that it has ended."""
        from torch.utils.tensorboard.summary import hparams

        dumped = self._recipe.model_dump(mode="json", exclude={"description"})
        choices = {
            name: value if isinstance(value, bool | int | float | str) else json.dumps(value)
            for name, value in dumped.items()
        }
        parts: tuple[Any, ...] = hparams(choices, dict.fromkeys((BEST, MIOU), 0.0))  # type: ignore[no-untyped-call]
        return parts

    @staticmethod
    def _add_parts(writer: SummaryWriter, *parts: Any) -> None:
        for part in parts:
            writer._get_file_writer().add_summary(part)  # type: ignore[no-untyped-call]


def _picture(path: Path | None) -> npt.NDArray[np.uint8] | None:
    """Return a preview as uint8 RGB (rows, columns, 3); None for what is no file of the run, or no PNG."""
    if path is None:
        return None
    try:
        with open_ordinary(path) as stream, Image.open(stream, formats=("PNG",)) as mask:
            if mask.width * mask.height > MAX_PIXELS:
                return None
            return np.asarray(mask.convert("RGB"))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None


def _of_epoch(event: EpochDone) -> dict[str, float | None]:
    scores, photos = event.scores, event.photo_scores
    told: dict[str, float | None] = {
        "epoch/train loss": event.train_loss,
        "epoch/validation loss": event.val_loss,
    }
    if scores is not None:
        told |= {MIOU: scores.miou, "epoch/pixel accuracy": scores.pixel_accuracy}
        told |= {f"IoU/{row.name}": row.iou for row in scores.classes}
    if photos is not None:
        told["epoch/per-image mIoU"] = photos.per_image_miou
        told["epoch/per-batch mIoU without class 0"] = photos.per_batch_miou_without_class_0
    return told


def _scalar(writer: SummaryWriter, name: str, value: float | None, step: int, time: float) -> None:
    if value is not None:
        writer.add_scalar(name, value, step, walltime=time)
