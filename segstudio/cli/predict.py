"""`segstudio predict`: segment new photos with a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import numpy.typing as npt
import typer

from segstudio.cli.colours import ColourChoice, in_colours
from segstudio.cli.counting import class_table_row
from segstudio.cli.output import JsonOption, Output
from segstudio.cli.predict_video import (
    FilmFrame,
    FilmWishes,
    find_films,
    frames_promised,
    is_film,
    segment_film,
)
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


class _Done:
    """What was segmented so far, in its order, and what could not be read."""

    def __init__(self, *, with_report: bool) -> None:
        self.with_report = with_report
        self.results: list[tuple[Input, _Result]] = []
        self.unread: list[tuple[Input, SegStudioError]] = []

    @property
    def on_page(self) -> int:
        """How many of them the page is about."""
        return min(len(self.results), MOST_PHOTOS)

    @property
    def has_room(self) -> bool:
        """Whether the page is to be about the next one, too."""
        return self.with_report and len(self.results) < MOST_PHOTOS

    @property
    def extent(self) -> str:
        """What the page is about, in words."""
        return f"about the first {self.on_page:,} of {len(self.results):,} photos and frames"


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
        bool,
        typer.Option(
            "--frames",
            help="Of films: write what is asked for (--overlay, --mask …) of single frames, and no overlay film.",
        ),
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
    if not films:
        of_films = {"--every": every != 1, "--scale": scale != 1, "--frames": frames}
        if vain := [option for option, is_given in of_films.items() if is_given]:
            console.warn(
                f"There is no film that {' and '.join(vain)} could be for: photos are taken as they are."
            )
    if films and frames and not kinds.suffixes:
        console.warn(
            "--frames says how pictures of a film are written, and none are asked for: add --overlay or --mask."
        )
    if report:
        _refuse_long_report(photos, films, every=every)
    path = find_model(model, project)
    predictor = Predictor.load(path, device=device, tile_px=tile, tell=console.warn)
    predictor.classes = in_colours(predictor.classes, colours, model=path, project=project)
    console.say(f"{predictor.card.head} from {path}, on {predictor.device}: {_what(photos, films)}.")
    done = _Done(with_report=report)
    try:
        _segment(console, predictor, photos, out, kinds=kinds, done=done)
        if films:
            frame_kinds = kinds if not everything else Kinds(False, True, False, False, opacity)
            wishes = FilmWishes(every, scale, frames)
            _segment_films(console, predictor, films, out, kinds=frame_kinds, wishes=wishes, done=done)
    finally:  # also of what was done before a full disk or Ctrl-C
        if done.results:
            _write_summaries(out, predictor, done)
    results, unread = done.results, done.unread
    if report and done.on_page < len(results):
        console.warn(f"{REPORT_NAME} is {done.extent}: a page holds no more.")
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


def _refuse_long_report(photos: Sequence[Input], films: Sequence[Input], *, every: int) -> None:
    """Raise SegStudioError where the photos, and the frames that films promise, are more than a page holds."""
    promised = frames_promised(films)
    room = MOST_PHOTOS - len(photos)

    def frames(step: int) -> int:
        return sum(-(-each // step) for each in promised)

    if frames(every) <= room:
        return
    parts = [counted(len(photos), "photo")] if photos or not films else []
    parts += [counted(frames(every), "frame")] if films else []
    fix = "Leave out --report"
    if room >= sum(each > 0 for each in promised):
        fewer = next(step for step in count(max(every, sum(promised) // room)) if frames(step) <= room)
        fix += f", or take fewer frames with --every {fewer}"
    raise SegStudioError(
        f"{' and '.join(parts)} are too many for one page, which holds {MOST_PHOTOS:,}", fix=fix
    )


def _segment(
    console: Output,
    predictor: Predictor,
    photos: tuple[Input, ...],
    out: Path,
    *,
    kinds: Kinds,
    done: _Done,
) -> None:
    from segstudio.inference.batch import Failed, segment_all

    def write(item: Input, photo: npt.NDArray[np.uint8], prediction: Prediction) -> _Result:
        findings = Findings(photo, prediction.mask, predictor.classes, prediction.confidence)
        counts = tally(prediction.mask, predictor.classes, prediction.confidence)
        page = reported(item.name, findings, opacity=kinds.opacity) if done.with_report else None
        files = write_pictures(
            out / item.stem,
            findings,
            kinds,
            title=item.name,
            subtitle=subtitle(predictor),
            uses_up_photo=True,
        )
        return _Result(counts, float(prediction.confidence.mean()) / 255, files, page)

    with console.progress("Segmenting", len(photos)) as advance:
        for entry in segment_all(predictor, photos, read=lambda item: read_photo(item.path), write=write):
            if isinstance(entry, Failed):
                done.unread.append((entry.item, entry.error))
                console.warn(str(entry.error))
            else:
                done.results.append((entry.item, entry.result))
            advance(1)


def _segment_films(
    console: Output,
    predictor: Predictor,
    films: Sequence[Input],
    out: Path,
    *,
    kinds: Kinds,
    wishes: FilmWishes,
    done: _Done,
) -> None:
    from segstudio.inference.inputs import Input
    from segstudio.inference.video import UnreadableVideoError

    def take(frame: FilmFrame) -> None:
        findings, sure = frame.findings, frame.findings.confidence
        counts = tally(findings.mask, predictor.classes, sure)
        page = reported(frame.name, findings, opacity=kinds.opacity) if done.has_room else None
        mean = 0.0 if sure is None else float(sure.mean()) / 255
        item = Input(frame.path, frame.name, frame.stem)
        done.results.append((item, _Result(counts, mean, frame.files, page)))

    told = subtitle(predictor)
    for film in films:
        try:
            for frame in segment_film(
                console, predictor, film, out, kinds=kinds, wishes=wishes, subtitle=told
            ):
                take(frame)
        except UnreadableVideoError as error:
            done.unread.append((film, error))
            console.warn(str(error))
            continue
        if not wishes.frames and kinds.overlay:
            console.say(f"Wrote {film.result(out, FILM_SUFFIX)}.")


def _write_summaries(out: Path, predictor: Predictor, done: _Done) -> None:
    """Write what is about all photos: the table, and the page when it is wanted."""
    rows = [table_rows(photo.name, predictor.classes, result.tallies) for photo, result in done.results]
    write_csv(out / TABLE_NAME, TABLE_COLUMNS, chain.from_iterable(rows))
    if done.with_report:
        photos = [result.reported for _, result in done.results if result.reported is not None]
        extent = f"{len(photos):,}" if len(photos) == len(done.results) else done.extent
        facts = (("model", subtitle(predictor)), ("photos", extent))
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
