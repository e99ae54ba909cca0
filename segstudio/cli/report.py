"""`segstudio report`: one HTML file about what a model sees, and where there is truth, how well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import cv2
import numpy as np
import numpy.typing as npt
import typer

from segstudio.cli.class_matches import ByNameOption, MatchOption, matched
from segstudio.cli.evaluate import SplitChoice, labelled_photos
from segstudio.cli.opening import open_project
from segstudio.cli.output import JsonOption, Output
from segstudio.cli.predict import DeviceOption, ModelOption, TileOption, subtitle
from segstudio.counting import counted, percent
from segstudio.errors import SegStudioError
from segstudio.files import write_text
from segstudio.project.class_matching import ClassMatch
from segstudio.project.classes import ClassList
from segstudio.project.images import read_photo
from segstudio.project.masks import read_mask
from segstudio.project.project import Project, stamp
from segstudio.review.panels import Findings
from segstudio.review.report import (
    MOST_PHOTOS,
    ReportedPhoto,
    ReportHead,
    html_report,
    reported,
    summed_matrix,
)
from segstudio.runs.scores import Scores

if TYPE_CHECKING:
    from segstudio.inference.predictor import Prediction, Predictor

_Item = tuple[str, Path, Path | None]
"""Name, photo and mask (None: no truth)."""


@dataclass(frozen=True, slots=True, eq=False)
class _Subject:
    """What is reported on: photos with their names and masks (None: no truth), read in `classes`: `value_of` the
    model's mask values, `truth_of` those of the masks.
    """

    photos: tuple[_Item, ...]
    classes: ClassList
    value_of: npt.NDArray[np.uint8]
    facts: tuple[tuple[str, str], ...]
    truth_of: npt.NDArray[np.uint8] | None = None


def report(
    inputs: Annotated[
        list[Path],
        typer.Argument(metavar="INPUT", help="Photos and folders, or one project: its labelled photos."),
    ],
    *,
    model: ModelOption,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The HTML file.")] = Path("report.html"),
    split: Annotated[SplitChoice, typer.Option(help="Which photos of a project.")] = SplitChoice.VAL,
    device: DeviceOption = "auto",
    tile: TileOption = 1024,
    match: MatchOption = None,
    by_name: ByNameOption = False,
    json: JsonOption = False,
) -> None:
    """Write one HTML file to send: photos, what the model sees in them, and with a project how far it is right."""
    from segstudio.inference.finding import find_model
    from segstudio.inference.predictor import Predictor

    console = Output(json)
    project = open_project(inputs[0]) if len(inputs) == 1 and _is_project(inputs[0]) else None
    path = find_model(model, project.folder if project else None)
    predictor = Predictor.load(path, device=device, tile_px=tile, tell=console.warn)
    if project is None:
        subject = _of_photos(inputs, predictor)
    else:
        classes = (console, predictor.card, predictor.classes, project)
        subject = _of_project(project, split, matched(*classes, given=match or (), by_name=by_name))
    if len(subject.photos) > MOST_PHOTOS:
        raise SegStudioError(
            f"{len(subject.photos):,} photos are too many for one page",
            fix=f"Choose {MOST_PHOTOS} at most; `segstudio predict` writes a table of any number",
        )
    photos, unread = _segment(console, predictor, subject)
    if not photos:
        raise SegStudioError("no photo could be read", fix="The reasons are told above")
    who, when = stamp()
    facts = (
        ("model", subtitle(predictor)),
        *subject.facts,
        ("photos", f"{len(photos):,}"),
        *_score_facts(subject.classes, photos),
        ("written", f"{when[:16].replace('T', ' ')}, {who}".rstrip(", ")),
    )
    title = project.name if project else "What the model sees"
    write_text(out, html_report(ReportHead(title, facts, subject.classes), photos))
    console.say(f"Wrote {out} ({counted(len(photos), 'photo')}).")
    console.finish({"model": str(path), "out": str(out), "photos": len(photos), "unread": unread})
    if unread:
        raise SegStudioError(
            f"{len(unread)} of {len(subject.photos)} photos could not be read (told above)",
            fix="The report is about the others",
        )


def _is_project(path: Path) -> bool:
    return path.name == "project.json" or (path / "project.json").is_file()


def _of_photos(inputs: list[Path], predictor: Predictor) -> _Subject:
    from segstudio.inference.inputs import find_inputs

    photos = tuple((photo.name, photo.path, None) for photo in find_inputs(inputs))
    return _Subject(photos, predictor.classes, np.arange(256, dtype=np.uint8), ())


def _of_project(project: Project, split: SplitChoice, match: ClassMatch) -> _Subject:
    chosen = labelled_photos(project, split)
    photos = tuple((photo.key, photo.path, project.mask_path(photo)) for photo in chosen)
    facts = (("project", project.name), ("split", str(split)))
    return _Subject(photos, match.classes, match.value_of, facts, match.truth_of)


def _segment(
    console: Output, predictor: Predictor, subject: _Subject
) -> tuple[list[ReportedPhoto], list[dict[str, str]]]:
    from segstudio.inference.batch import Failed, segment_all

    def read(item: _Item) -> npt.NDArray[np.uint8]:
        photo = read_photo(item[1])
        if item[2] is not None:
            read_mask(item[2], size=(photo.shape[0], photo.shape[1]))  # a damaged mask is told like a photo
        return photo

    def write(item: _Item, photo: npt.NDArray[np.uint8], prediction: Prediction) -> ReportedPhoto:
        truth = None if item[2] is None else read_mask(item[2], size=(photo.shape[0], photo.shape[1]))
        if truth is not None and subject.truth_of is not None:
            truth = np.asarray(cv2.LUT(truth, subject.truth_of), dtype=np.uint8)
        mask = np.asarray(cv2.LUT(prediction.mask, subject.value_of), dtype=np.uint8)
        return reported(item[0], Findings(photo, mask, subject.classes, prediction.confidence, truth))

    photos: list[ReportedPhoto] = []
    unread: list[dict[str, str]] = []
    with console.progress("Segmenting", len(subject.photos)) as advance:
        for entry in segment_all(predictor, subject.photos, read=read, write=write):
            advance(1)
            if isinstance(entry, Failed):
                console.warn(str(entry.error))
                unread.append({"photo": entry.item[0], "problem": str(entry.error)})
            else:
                photos.append(entry.result)
    return photos, unread


def _score_facts(classes: ClassList, photos: Sequence[ReportedPhoto]) -> tuple[tuple[str, str], ...]:
    matrix = summed_matrix(photos)
    if matrix is None:
        return ()
    scores = Scores.from_confusion(matrix, classes.names)
    named = (("mean IoU", scores.miou), ("pixel accuracy", scores.pixel_accuracy))
    return tuple((name, "–" if score is None else percent(score)) for name, score in named)
