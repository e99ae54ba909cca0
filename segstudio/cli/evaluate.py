"""`segstudio evaluate`: score a model on labelled photos."""

from __future__ import annotations

import json as json_text
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import cv2
import numpy as np
import numpy.typing as npt
import typer

from segstudio.cli.arguments import ProjectArgument
from segstudio.cli.class_matches import ByNameOption, MatchOption, matched
from segstudio.cli.opening import open_project
from segstudio.cli.output import JsonOption, Output
from segstudio.cli.predict import DeviceOption, ModelOption, TileOption, subtitle
from segstudio.cli.scores import score_rows, score_text
from segstudio.counting import counted
from segstudio.errors import SegStudioError
from segstudio.files import write_text
from segstudio.project.class_matching import ClassMatch
from segstudio.project.classes import VOID, ClassList
from segstudio.project.images import read_photo
from segstudio.project.masks import read_mask, unknown_values
from segstudio.project.photos import Photo
from segstudio.project.project import Project
from segstudio.review.confusion import confusion_figure
from segstudio.review.exports import Kinds, write_csv, write_pictures, write_png
from segstudio.review.panels import Findings
from segstudio.review.tallies import ClassCounts, Matrix, confusion_matrix, worst_first
from segstudio.runs.photo_scores import PhotoCounts, PhotoScores, too_few_to_tell_apart
from segstudio.runs.scores import Scores

if TYPE_CHECKING:
    from segstudio.inference.predictor import Prediction, Predictor

_WORST = 5
_PANELS = Kinds(mask=False, overlay=False, panels=True)


class SplitChoice(StrEnum):
    """Which photos are scored."""

    VAL = "val"
    TRAIN = "train"
    ALL = "all"


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    """What is to be scored, and where pictures of it go."""

    project: Project
    predictor: Predictor
    photos: Sequence[Photo]
    match: ClassMatch
    out: Path | None


@dataclass(frozen=True, slots=True, eq=False)
class _Scored:
    """One photo's part of the scores."""

    key: str
    matrix: Matrix
    counts: ClassCounts
    unknown: tuple[int, ...]
    loss_sum: float


@dataclass(frozen=True, eq=False)  # no slots: what is costly is worked out once
class _Evaluation:
    """All that was found out; `photos` in the order of their keys."""

    classes: ClassList
    matrix: Matrix
    photos: tuple[tuple[str, ClassCounts], ...]
    unread: tuple[tuple[str, str], ...]
    batch: int
    loss: float | None
    """Mean cross-entropy (nats) of the labelled pixels whose class the model knows."""

    @property
    def scores(self) -> Scores:
        return Scores.from_confusion(self.matrix, self.classes.names)

    @cached_property
    def by_photo(self) -> PhotoScores:
        """Other people's mean IoUs; batches are of as many photos as the model was trained on at a time."""
        parts = (
            np.stack([getattr(counts, name) for _, counts in self.photos])
            for name in ("hits", "truth", "predicted")
        )
        indices = self.classes.indices
        class_0 = list(indices).index(0) if 0 in indices else None
        return PhotoScores.of(PhotoCounts(*parts), batch=self.batch, class_0=class_0)

    def worst(self) -> dict[str, list[tuple[str, float]]]:
        """Return for every class the photos in which it is worst."""
        names = enumerate(self.classes.names)
        return {name: worst_first(self.photos, position)[:_WORST] for position, name in names}


def evaluate(
    project: ProjectArgument,
    *,
    model: ModelOption,
    split: Annotated[SplitChoice, typer.Option(help="Which labelled photos are scored.")] = SplitChoice.VAL,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Leave tables, the confusion figure and panels here.")
    ] = None,
    device: DeviceOption = "auto",
    tile: TileOption = 1024,
    match: MatchOption = None,
    by_name: ByNameOption = False,
    json: JsonOption = False,
) -> None:
    """Score a model on labelled photos: IoU, precision, recall and Dice per class, and the confusion matrix."""
    from segstudio.inference.finding import find_model
    from segstudio.inference.predictor import Predictor

    console = Output(json)
    opened = open_project(project)
    photos = labelled_photos(opened, split)
    path = find_model(model, opened.folder)
    predictor = Predictor.load(path, device=device, tile_px=tile, tell=console.warn)
    classes = (console, predictor.card, predictor.classes, opened)
    found = matched(*classes, given=match or (), by_name=by_name)
    console.say(
        f"{predictor.card.head} from {path}, on {predictor.device}: {counted(len(photos), 'photo')} ({split})."
    )
    _warn(console, predictor, photos, found)
    evaluation = _score(console, _Job(opened, predictor, photos, found, out))
    if not evaluation.photos:
        raise SegStudioError(
            "no photo could be read", where=str(opened.folder), fix="The reasons are told above"
        )
    _tell(console, evaluation)
    if out is not None:
        _write(out, evaluation, f"{opened.name}  ·  {split}  ·  {subtitle(predictor)}")
        console.say(f"Wrote scores.json, photos.csv, confusion.png and panels/ to {out}.")
    console.finish({"model": str(path), "split": str(split), "out": out, **_as_json(evaluation)})
    if evaluation.unread:
        raise SegStudioError(
            f"{len(evaluation.unread)} of {len(photos)} photos could not be read (told above)",
            fix="The scores are of the others",
        )


def labelled_photos(project: Project, split: SplitChoice) -> list[Photo]:
    """Return the labelled photos of a split; raises SegStudioError when there are none."""
    labelled = [photo for photo in project.photos() if photo.is_labelled]
    chosen = [photo for photo in labelled if split is SplitChoice.ALL or photo.split == split.value]
    if chosen:
        return chosen
    if not labelled:
        raise SegStudioError(
            "no photo is labelled", where=str(project.folder), fix="Import masks first, or paint some"
        )
    counts = {name: sum(1 for photo in labelled if photo.split == name) for name in ("train", "val")}
    raise SegStudioError(
        f"none of the {len(labelled)} labelled photos is in the split {split} "
        f"({counts['train']} train, {counts['val']} val)",
        where=str(project.folder),
        fix="Use --split all, or give photos a split at import",
    )


def _warn(console: Output, predictor: Predictor, photos: Sequence[Photo], match: ClassMatch) -> None:
    trained_on = set(predictor.card.train_photos)
    seen = sum(1 for photo in photos if photo.key in trained_on)
    if seen:
        console.warn(f"The model was trained on {seen} of these photos: scores on them are flattering.")
    if match.unknown_to_model:
        console.warn(
            f"The model does not know {_quoted(match.unknown_to_model)}: such pixels count as missed."
        )
    for name, into in match.merged.items():
        console.say(f'The model takes "{name}" as "{into}": here too it counts as that.')
    if match.only_in_model:
        console.warn(
            f"The project does not have {_quoted(match.only_in_model)}: pixels given to them count as wrong."
        )
    moved = [entry.name for entry in predictor.classes.classes if match.value_of[entry.index] != entry.index]
    if moved:
        console.say(f"Classes are matched by name; other numbers in the model: {_quoted(moved)}.")


def _score(console: Output, job: _Job) -> _Evaluation:
    from segstudio.inference.batch import Failed, segment_all

    match = job.match
    masks = {photo.key: job.project.mask_path(photo) for photo in job.photos}

    in_model = _model_values(match)

    def truth_in_model(photo: Photo) -> npt.NDArray[np.uint8]:
        mask = read_mask(masks[photo.key], size=photo.size)  # a damaged mask is told like a damaged photo
        return in_model[match.truth_of[mask]]

    def write(photo: Photo, pixels: npt.NDArray[np.uint8], prediction: Prediction) -> _Scored:
        mask = read_mask(masks[photo.key], size=(pixels.shape[0], pixels.shape[1]))
        truth = np.asarray(cv2.LUT(mask, match.truth_of), dtype=np.uint8)
        predicted = np.asarray(cv2.LUT(prediction.mask, match.value_of), dtype=np.uint8)
        if job.out is not None:
            findings = Findings(pixels, predicted, match.classes, prediction.confidence, truth)
            stem = job.out / "panels" / photo.key
            write_pictures(stem, findings, _PANELS, title=photo.key, subtitle=subtitle(job.predictor))
        matrix = confusion_matrix(truth, predicted, match.classes)
        unknown = unknown_values(mask, job.project.classes)
        return _Scored(photo.key, matrix, ClassCounts.of(matrix), unknown, prediction.loss_sum or 0.0)

    total = np.zeros((len(match.classes),) * 2, dtype=np.int64)
    loss_sum = 0.0
    scored: list[tuple[str, ClassCounts]] = []
    unread: list[tuple[str, str]] = []
    with console.progress("Evaluating", len(job.photos)) as advance:
        for entry in segment_all(
            job.predictor,
            job.photos,
            read=lambda photo: read_photo(photo.path),
            truth=truth_in_model,
            write=write,
        ):
            advance(1)
            if isinstance(entry, Failed):
                console.warn(str(entry.error))
                unread.append((entry.item.key, str(entry.error)))
                continue
            total += entry.result.matrix
            loss_sum += entry.result.loss_sum
            scored.append((entry.result.key, entry.result.counts))
            if entry.result.unknown:
                values = ", ".join(str(value) for value in entry.result.unknown)
                console.warn(f"{entry.result.key}: mask values that are no class are left out: {values}.")
    batch = int(job.predictor.card.recipe.get("batch_size", 1))
    known = [n for n, entry in enumerate(match.classes.classes) if in_model[entry.index] != VOID]
    pixels = int(total[known].sum())
    loss = loss_sum / pixels if pixels else None
    return _Evaluation(match.classes, total, tuple(scored), tuple(unread), batch, loss)


def _model_values(match: ClassMatch) -> npt.NDArray[np.uint8]:
    """Return uint8 (256): the model's mask value for each of `match.classes`, void for those that it does not know.

    A class that several of the model's are taken for has none: which of them should have been found cannot be told.
    """
    values = np.full(256, VOID, dtype=np.uint8)
    for entry in match.classes.classes:
        own = np.flatnonzero(match.value_of == entry.index)
        if len(own) == 1:
            values[entry.index] = own[0]
    return values


def _tell(console: Output, evaluation: _Evaluation) -> None:
    scores = evaluation.scores
    console.table("", *score_rows(scores))
    if evaluation.loss is not None:
        console.say(f"Loss {evaluation.loss:.3f}: the mean cross-entropy of a labelled pixel, in nats.")
    others = evaluation.by_photo
    if others.interval:
        low, high = (score_text(bound) for bound in others.interval)
        console.say(f"With other photos like these the mean IoU would lie in {low}–{high} (95 % interval).")
    console.say(
        f"Counted as others do: mIoU per image {score_text(others.per_image_miou)}, per batch of {others.batch} without"
        f" class 0 {score_text(others.per_batch_miou_without_class_0)}; not to be compared with the one above."
    )
    if warning := too_few_to_tell_apart(others.photos, others.interval):
        console.warn(warning)
    worst = [(name, photos[0]) for name, photos in evaluation.worst().items() if photos]
    for name, (key, iou) in sorted(worst, key=lambda entry: entry[1][1])[:3]:
        console.say(f"Look first at {key}: {name} has IoU {score_text(iou)} there.")


def _write(out: Path, evaluation: _Evaluation, about: str) -> None:
    write_text(
        out / "scores.json", json_text.dumps(_as_json(evaluation), indent=1, ensure_ascii=False) + "\n"
    )
    columns = ("photo", "labelled pixels", "pixel accuracy", *(f"IoU {n}" for n in evaluation.classes.names))
    write_csv(out / "photos.csv", columns, [_photo_row(key, counts) for key, counts in evaluation.photos])
    miou = score_text(evaluation.scores.miou)
    figure = confusion_figure(
        evaluation.matrix,
        evaluation.classes,
        title="Confusion matrix",
        subtitle=f"{about}  ·  {counted(len(evaluation.photos), 'photo')}  ·  mIoU {miou}",
    )
    write_png(out / "confusion.png", figure)


def _photo_row(key: str, counts: ClassCounts) -> tuple[object, ...]:
    labelled = int(counts.truth.sum())
    accuracy = float(counts.hits.sum()) / labelled if labelled else None
    return (key, labelled, accuracy, *(None if np.isnan(iou) else float(iou) for iou in counts.iou()))


def _as_json(evaluation: _Evaluation) -> dict[str, object]:
    return {
        **evaluation.scores.model_dump(mode="json"),
        "loss": evaluation.loss,
        "miou_interval": evaluation.by_photo.interval,
        "per_image_miou": evaluation.by_photo.per_image_miou,
        "per_batch_miou_without_class_0": evaluation.by_photo.per_batch_miou_without_class_0,
        "batch": evaluation.by_photo.batch,
        "photos": len(evaluation.photos),
        "unread": [{"photo": key, "problem": problem} for key, problem in evaluation.unread],
        "worst": evaluation.worst(),
    }


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
