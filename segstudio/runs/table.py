"""The table of a run's epochs as CSV, which any spreadsheet opens: made from the events, always."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from segstudio.runs.events import EpochDone, Event, RunStarted

_COLUMNS = (
    "epoch",
    "step",
    "train loss",
    "validation loss",
    "mIoU",
    "mIoU from",
    "mIoU to",
    "per-image mIoU",
    "per-batch mIoU without class 0",
    "pixel accuracy",
    "seconds",
)


def epoch_table(events: Iterable[Event]) -> str:
    """Return a row for each epoch that is done, with the IoU of every class at its end; pure.

    Scores are 0–1, losses nats per labelled pixel; what was not validated is empty.
    """
    classes: tuple[str, ...] = ()
    rows = []
    for event in events:
        if isinstance(event, RunStarted):
            classes = event.classes
        elif isinstance(event, EpochDone):
            rows.append(_row(event, classes))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow((*_COLUMNS, *(f"IoU {name}" for name in classes)))
    writer.writerows(rows)
    return out.getvalue()


def _row(event: EpochDone, classes: tuple[str, ...]) -> list[object]:
    scores, photos = event.scores, event.photo_scores
    low, high = photos.interval if photos and photos.interval else (None, None)
    iou = {row.name: row.iou for row in scores.classes} if scores else {}
    return [
        event.epoch,
        event.step,
        event.train_loss,
        event.val_loss,
        scores.miou if scores else None,
        low,
        high,
        photos.per_image_miou if photos else None,
        photos.per_batch_miou_without_class_0 if photos else None,
        scores.pixel_accuracy if scores else None,
        event.seconds,
        *(iou.get(name) for name in classes),
    ]
