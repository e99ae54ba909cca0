"""Films for `segstudio predict`: every so many frames through the model, and an overlay film or single frames out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from segstudio.cli.output import Output
from segstudio.errors import SegStudioError
from segstudio.formats.other_photos import FILM_SUFFIXES
from segstudio.review.exports import Kinds, write_pictures
from segstudio.review.film import FILM_SUFFIX, OverlayFilm
from segstudio.review.overlay import overlay
from segstudio.review.panels import Findings

if TYPE_CHECKING:
    from segstudio.inference.predictor import Predictor


@dataclass(frozen=True, slots=True)
class FilmWishes:
    """What is wanted of films: every how many frames, shrunk by how much, and single frames in place of a film."""

    every: int
    scale: float
    frames: bool


@dataclass(frozen=True, slots=True, eq=False)
class FilmFrame:
    """A frame that was segmented: its film, its name, the stem of its files below the output folder, and those files."""

    path: Path
    name: str
    stem: str
    findings: Findings
    files: list[Path]


def is_film(path: Path) -> bool:
    """Whether a file is a film by its name."""
    return path.suffix.lower() in FILM_SUFFIXES and path.is_file()


def film_stems(films: Sequence[Path]) -> dict[Path, str]:
    """Return what the results of each film are called: its name without extension, or with it where two are alike."""
    stems = [film.stem.casefold() for film in films]
    return {film: film.stem if stems.count(film.stem.casefold()) == 1 else film.name for film in films}


def segment_film(
    console: Output,
    predictor: Predictor,
    film: Path,
    target: Path,
    *,
    kinds: Kinds,
    wishes: FilmWishes,
    subtitle: str,
) -> Iterator[FilmFrame]:
    """Segment a film's frames; overlays go into one film `target`.overlay.mp4 unless single frames are wished for.

    Raises SegStudioError for a film that cannot be read, and for results that cannot be written.
    """
    from segstudio.inference.video import Video

    as_film = kinds.overlay and not wishes.frames
    single = replace(kinds, overlay=kinds.overlay and not as_film)
    with ExitStack() as stack:
        video = stack.enter_context(Video(film))
        result = target.with_name(target.name + FILM_SUFFIX)
        if as_film and result.resolve() == film.resolve():
            raise SegStudioError(
                "the result would replace the film", where=str(result), fix="Choose another --out"
            )
        written = OverlayFilm(result, frames_per_second=video.frames_per_second / wishes.every)
        if as_film:
            stack.enter_context(written)
        total = -(-video.promised // wishes.every) or None
        advance = stack.enter_context(console.progress(f"Segmenting {film.name}", total))
        for frame in video.frames(every=wishes.every, scale=wishes.scale):
            answer = predictor.segment(frame.pixels)
            findings = Findings(frame.pixels, answer.mask, predictor.classes, answer.confidence)
            name = f"{film.name}, frame {frame.number}"
            files = write_pictures(
                target / f"{frame.number:06d}", findings, single, title=name, subtitle=subtitle
            )
            if as_film:
                picture = overlay(
                    findings.photo, findings.mask, findings.classes, opacity=kinds.opacity, outline_px=1
                )
                written.add(picture)
            yield FilmFrame(film, name, f"{target.name}/{frame.number:06d}", findings, files)
            advance(1)
        if video.told:
            console.warn(f"{film.name}: {video.told}")
