"""`segstudio predict`: segment new photos with a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import numpy.typing as npt
import typer

from segstudio.cli.colours import ColourChoice, in_colours
from segstudio.cli.counting import class_table_row
from segstudio.cli.output import JsonOption, Output
from segstudio.cli.predict_video import FilmFrame, FilmWishes, find_films, is_film, segment_film
from segstudio.counting import counted
from segstudio.errors import SegStudioError
from segstudio.files import write_text
from segstudio.project.classes import ClassList
from segstudio.project.images import read_photo
from segstudio.review.exports import TABLE_COLUMNS, Kinds, table_rows, write_csv, write_pictures
from segstudio.review.film import FILM_SUFFIX
from segstudio.review.panels import Findings
from segstudio.review.report import MOST_PHOTOS, ReportedPhoto, ReportHead, html_report, reported
from segstudio.review.tallies import Tally, tally

if TYPE_CHECKING:
    from segstudio.inference.inputs import Input
    from segstudio.inference.predictor import Prediction, Predictor

TABLE_NAME, REPORT_NAME = "predictions.csv", "report.html"

ModelOption = Annotated[
    str,
    typer.Option(
        metavar="RUN|FILE",
        help="A run's name or folder (its best.pt), a project (its newest model), or a model file.",
    ),
]
DeviceOption = Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:N or mps.")]
TileOption = Annotated[
    int, typer.Option(metavar="PIXELS", help="Longer photos go through the network in tiles of this side.")
]


@dataclass(frozen=True, slots=True)
class _Result:
    tallies: tuple[Tally, ...]
    confidence: float
    files: list[Path]
    reported: ReportedPhoto | None


def predict(
    inputs: Annotated[
        list[Path],
        typer.Argument(metavar="INPUT", help="Photos, films, or folders with them in any depth."),
    ],
    *,
    model: ModelOption,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Where the results go.")],
    mask: Annotated[
        bool, typer.Option("--mask", help="Write masks: palette PNG, values are classes.")
    ] = False,
    overlay: Annotated[bool, typer.Option("--overlay", help="Write the photos tinted by class.")] = False,
    panels: Annotated[
        bool, typer.Option("--panels", help="Write a figure with one panel per class.")
    ] = False,
    confidence: Annotated[bool, typer.Option("--confidence", help="Write how sure the model is.")] = False,
    csv: Annotated[
        bool,
        typer.Option("--csv", help=f"Write the table of shares, {TABLE_NAME}, alone (it is always written)."),
    ] = False,
    report: Annotated[bool, typer.Option("--report", help=f"Write {REPORT_NAME}, one page to send.")] = False,
    opacity: Annotated[float, typer.Option(min=0, max=1, help="Of the colours in overlays.")] = 0.5,
    colours: Annotated[
        ColourChoice, typer.Option(help="Of the model, of its project as they are now, or the default ones.")
    ] = ColourChoice.MODEL,
    project: Annotated[Path | None, typer.Option(help="Where to look for a run's name.")] = None,
    device: DeviceOption = "auto",
    tile: TileOption = 1024,
    every: Annotated[int, typer.Option(min=1, metavar="N", help="Of films: take every Nth frame.")] = 1,
    scale: Annotated[
        float, typer.Option(min=0.01, max=1, help="Of films: shrink frames by this factor.")
    ] = 1.0,
    frames: Annotated[
        bool, typer.Option("--frames", help="Of films: write single frames instead of an overlay film.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Segment new photos: masks, overlays and class panels (all three, unless some are named).

    Of a film an overlay film is written; masks, panels and confidence of its frames when they are named.
    """
    from segstudio.inference.finding import find_model
    from segstudio.inference.inputs import refuse_overwriting
    from segstudio.inference.predictor import Predictor

    console = Output(json)
    everything = not (mask or overlay or panels or confidence or csv or report)
    kinds = Kinds(mask or everything, overlay or everything, panels or everything, confidence, opacity)
    photos, films = _found(inputs)
    refuse_overwriting(photos, out, kinds.suffixes)
    if report and len(photos) > MOST_PHOTOS:
        raise SegStudioError(f"{len(photos):,} photos are too many for one page", fix="Leave out --report")
    path = find_model(model, project)
    predictor = Predictor.load(path, device=device, tile_px=tile, tell=console.warn)
    predictor.classes = in_colours(predictor.classes, colours, model=path, project=project)
    console.say(f"{predictor.card.head} from {path}, on {predictor.device}: {_what(photos, films)}.")
    results, unread = _segment(console, predictor, photos, out, kinds, with_report=report)
    if films:
        frame_kinds = kinds if not everything else Kinds(False, True, False, False, opacity)
        wishes = FilmWishes(every, scale, frames)
        frames_of_films, unread_films = _segment_films(
            console, predictor, films, out, kinds=frame_kinds, wishes=wishes, with_report=report
        )
        results, unread = results + frames_of_films, unread + unread_films
    if results:
        _write_summaries(out, predictor, results, with_report=report)
    _tell(console, results, predictor.classes, out)
    told = {
        "model": str(path),
        "head": predictor.card.head,
        "out": str(out),
        "photos": [_as_json(photo, result, predictor.classes) for photo, result in results],
        "unread": [{"photo": photo.name, "problem": str(error)} for photo, error in unread],
    }
    console.finish(told)
    if len(unread) == 1 and not results:
        raise unread[0][1]
    if unread:
        raise SegStudioError(
            f"{len(unread)} of {_what(photos, films)} could not be read (told above)",
            fix="The others were segmented",
        )


def _found(inputs: Sequence[Path]) -> tuple[tuple[Input, ...], tuple[Input, ...]]:
    """Return the photos and the films that are meant; raises SegStudioError where there is neither."""
    from segstudio.inference.inputs import find_inputs, inputs_among

    others = [path for path in inputs if path.is_dir() or not is_film(path)]
    photos = inputs_among(others)
    films = find_films(inputs, photos)
    return (photos if films else find_inputs(others)), films


def _segment(
    console: Output,
    predictor: Predictor,
    photos: tuple[Input, ...],
    out: Path,
    kinds: Kinds,
    *,
    with_report: bool,
) -> tuple[list[tuple[Input, _Result]], list[tuple[Input, SegStudioError]]]:
    from segstudio.inference.batch import Failed, segment_all

    def write(item: Input, photo: npt.NDArray[np.uint8], prediction: Prediction) -> _Result:
        findings = Findings(photo, prediction.mask, predictor.classes, prediction.confidence)
        counts = tally(prediction.mask, predictor.classes, prediction.confidence)
        page = reported(item.name, findings, opacity=kinds.opacity) if with_report else None
        files = write_pictures(
            out / item.stem,
            findings,
            kinds,
            title=item.name,
            subtitle=subtitle(predictor),
            uses_up_photo=True,
        )
        return _Result(counts, float(prediction.confidence.mean()) / 255, files, page)

    results: list[tuple[Input, _Result]] = []
    unread: list[tuple[Input, SegStudioError]] = []
    with console.progress("Segmenting", len(photos)) as advance:
        for entry in segment_all(predictor, photos, read=lambda item: read_photo(item.path), write=write):
            if isinstance(entry, Failed):
                unread.append((entry.item, entry.error))
                console.warn(str(entry.error))
            else:
                results.append((entry.item, entry.result))
            advance(1)
    return results, unread


def _segment_films(
    console: Output,
    predictor: Predictor,
    films: Sequence[Input],
    out: Path,
    *,
    kinds: Kinds,
    wishes: FilmWishes,
    with_report: bool,
) -> tuple[list[tuple[Input, _Result]], list[tuple[Input, SegStudioError]]]:
    from segstudio.inference.inputs import Input
    from segstudio.inference.video import UnreadableVideoError

    results: list[tuple[Input, _Result]] = []
    unread: list[tuple[Input, SegStudioError]] = []

    def take(frame: FilmFrame) -> None:
        findings, sure = frame.findings, frame.findings.confidence
        if with_report and len(results) >= MOST_PHOTOS:
            raise SegStudioError(
                f"more than {MOST_PHOTOS:,} frames are too many for one page",
                fix="Leave out --report, or take fewer with --every",
            )
        counts = tally(findings.mask, predictor.classes, sure)
        page = reported(frame.name, findings, opacity=kinds.opacity) if with_report else None
        mean = 0.0 if sure is None else float(sure.mean()) / 255
        results.append((Input(frame.path, frame.name, frame.stem), _Result(counts, mean, frame.files, page)))

    told = subtitle(predictor)
    for film in films:
        try:
            for frame in segment_film(
                console, predictor, film, out, kinds=kinds, wishes=wishes, subtitle=told
            ):
                take(frame)
        except UnreadableVideoError as error:
            unread.append((film, error))
            console.warn(str(error))
            continue
        if not wishes.frames and kinds.overlay:
            console.say(f"Wrote {film.result(out, FILM_SUFFIX)}.")
    return results, unread


def _write_summaries(
    out: Path, predictor: Predictor, results: Sequence[tuple[Input, _Result]], *, with_report: bool
) -> None:
    """Write what is about all photos: the table, and the page when it is wanted."""
    rows = [table_rows(photo.name, predictor.classes, result.tallies) for photo, result in results]
    write_csv(out / TABLE_NAME, TABLE_COLUMNS, chain.from_iterable(rows))
    if with_report:
        photos = [result.reported for _, result in results if result.reported is not None]
        facts = (("model", subtitle(predictor)), ("photos", f"{len(photos):,}"))
        head = ReportHead("What the model sees", facts, predictor.classes)
        write_text(out / REPORT_NAME, html_report(head, photos))


def _what(photos: Sequence[Input], films: Sequence[Input]) -> str:
    parts = [counted(len(some), word) for some, word in ((photos, "photo"), (films, "film")) if some]
    return " and ".join(parts)


def subtitle(predictor: Predictor) -> str:
    """Return the line under a figure's title: which model this was."""
    card = predictor.card
    if card.head in card.run:
        return f"run {card.run}"
    return f"{card.head}  ·  run {card.run}" if card.run else card.head


def _tell(console: Output, results: list[tuple[Input, _Result]], classes: ClassList, out: Path) -> None:
    rows = []
    for position, name in enumerate(classes.names):
        counts = [result.tallies[position] for _, result in results]
        found = [count for count in counts if count.pixels]
        share = sum(count.share for count in counts) / max(1, len(counts))
        weighted = sum((count.mean_confidence or 0) * count.pixels for count in found)
        sure = weighted / sum(count.pixels for count in found) if found else None
        rows.append(class_table_row(name, (share, sure), len(found)))
    console.table("", ["class", "% of pixels", "confidence %", "in photos"], rows)
    files = sum(len(result.files) for _, result in results)
    tables = (
        TABLE_NAME
        if all(result.reported is None for _, result in results)
        else f"{TABLE_NAME} and {REPORT_NAME}"
    )
    pictures = f"{counted(files, 'picture')} and " if files else ""
    console.say(f"Wrote {pictures}{tables} to {out}." if results else "Nothing was written.")


def _as_json(photo: Input, result: _Result, classes: ClassList) -> dict[str, object]:
    shares = {
        name: {"share": count.share, "mean_confidence": count.mean_confidence}
        for name, count in zip(classes.names, result.tallies, strict=True)
    }
    return {
        "photo": photo.name,
        "confidence": result.confidence,
        "classes": shares,
        "files": [str(path) for path in result.files],
    }
