"""A run for TensorBoard: scalars, pictures and hyper-parameters, in the folder `tensorboard` of the run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from segstudio.errors import SegStudioError
from segstudio.runs.events import EpochDone, Event, PreviewSaved, RunFinished, RunStarted, StepDone
from segstudio.runs.folder import RunFolder
from segstudio.runs.recipe import Recipe

if TYPE_CHECKING:
    from torch.utils.tensorboard.writer import SummaryWriter


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

    def write(self, event: Event) -> None:
        """Take one event; those before `RunStarted` are left out."""
        if isinstance(event, RunStarted):
            self._begin(event)
        elif self._writer is not None:
            self._add(self._writer, event)

    def close(self) -> None:
        """Write what is left."""
        if self._writer is not None:
            self._writer.close()

    def _begin(self, event: RunStarted) -> None:
        purged = event.step + 1 if event.step else None
        self._writer = self._make(str(self._folder.path / "tensorboard"), purge_step=purged)

    def _add(self, writer: SummaryWriter, event: Event) -> None:
        match event:
            case StepDone():
                for name in ("loss", "learning_rate", "images_per_s", "memory_mb"):
                    _scalar(writer, f"step/{name}", getattr(event, name), event.step, event.time)
            case EpochDone():
                for name, value in _of_epoch(event).items():
                    _scalar(writer, name, value, event.step, event.time)
                writer.flush()
            case PreviewSaved():
                with Image.open(self._folder.path / event.name) as mask:
                    pixels = np.asarray(mask.convert("RGB"))
                writer.add_image(f"preview/{event.photo}", pixels, event.epoch, dataformats="HWC")
            case RunFinished():
                self._add_choices(writer, event)
            case _:
                pass

    def _add_choices(self, writer: SummaryWriter, event: RunFinished) -> None:
        from torch.utils.tensorboard.summary import hparams

        dumped = self._recipe.model_dump(mode="json", exclude={"description"})
        choices = {
            name: value if isinstance(value, bool | int | float | str) else json.dumps(value)
            for name, value in dumped.items()
        }
        for part in hparams(choices, {"best mIoU": event.best_miou or 0.0}):  # type: ignore[no-untyped-call]
            writer._get_file_writer().add_summary(part)  # type: ignore[no-untyped-call]
        _scalar(writer, "best mIoU", event.best_miou, event.step, event.time)


def _of_epoch(event: EpochDone) -> dict[str, float | None]:
    scores, photos = event.scores, event.photo_scores
    told: dict[str, float | None] = {
        "epoch/train loss": event.train_loss,
        "epoch/validation loss": event.val_loss,
    }
    if scores is not None:
        told |= {"epoch/mIoU": scores.miou, "epoch/pixel accuracy": scores.pixel_accuracy}
        told |= {f"IoU/{row.name}": row.iou for row in scores.classes}
    if photos is not None:
        told["epoch/per-image mIoU"] = photos.per_image_miou
        told["epoch/per-batch mIoU without class 0"] = photos.per_batch_miou_without_class_0
    return told


def _scalar(writer: SummaryWriter, name: str, value: float | None, step: int, time: float) -> None:
    if value is not None:
        writer.add_scalar(name, value, step, walltime=time)
