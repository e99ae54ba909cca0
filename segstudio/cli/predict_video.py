"""Films for `segstudio predict`: every so many frames through the model, and an overlay film or single frames out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from segstudio.cli.output import Output
from segstudio.errors import SegStudioError
from segstudio.formats.other_photos import FILM_SUFFIXES
from segstudio.review.exports import Kinds, write_pictures
from segstudio.review.film import FILM_SUFFIX, OverlayFilm
from segstudio.review.overlay import overlay
from segstudio.review.panels import Findings

if TYPE_CHECKING:
    from segstudio.inference.inputs import Input
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
    return path.suffix.lower() in FILM_SUFFIXES and not path.name.startswith(".")


def find_films(sources: Sequence[Path], photos: Sequence[Input]) -> tuple[Input, ...]:
    """List the films: files as they are given, folders with all their subfolders, named like photos.

    Frames of a film are written to a folder of its stem. Where another film or the results of `photos` have that name
    too, the stem of `jump.mp4` is `jump-mp4`: a folder called like the film could not lie beside it.
    """
    from segstudio.inference.inputs import inputs_among

    found = inputs_among([path for path in sources if path.is_dir() or is_film(path)], is_film)
    taken = {str(parent).casefold() for photo in photos for parent in PurePosixPath(photo.stem).parents}
    return tuple(
        replace(film, stem="-".join(film.name.rsplit(".", 1)))
        if film.stem == film.name or film.stem.casefold() in taken
        else film
        for film in found
    )


def frames_promised(films: Sequence[Input]) -> tuple[int, ...]:
    """Return how many frames the header of each film promises: 0 where it does not tell, or is none."""
    from segstudio.inference.video import UnreadableVideoError, Video

    promised = []
    for film in films:
        try:
            with Video(film.path) as video:
                promised.append(video.promised)
        except UnreadableVideoError:
            promised.append(0)  # it is told when its turn comes
    return tuple(promised)


def segment_film(
    console: Output,
    predictor: Predictor,
    film: Input,
    out: Path,
    *,
    kinds: Kinds,
    wishes: FilmWishes,
    subtitle: str,
) -> Iterator[FilmFrame]:
    """Segment a film's frames; overlays go into one film below `out` unless single frames are wished for.

    Raises UnreadableVideoError for a film that cannot be read, and SegStudioError for results that cannot be written.
    """
    from segstudio.inference.video import Video

    as_film = kinds.overlay and not wishes.frames
    single = replace(kinds, overlay=kinds.overlay and not as_film)
    with ExitStack() as stack:
        video = stack.enter_context(Video(film.path))
        result = film.result(out, FILM_SUFFIX)
        if as_film and result.resolve() == film.path.resolve():
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
            name, stem = f"{film.name}, frame {frame.number}", f"{film.stem}/{frame.number:06d}"
            files = write_pictures(out / stem, findings, single, title=name, subtitle=subtitle)
            if as_film:
                picture = overlay(
                    findings.photo, findings.mask, findings.classes, opacity=kinds.opacity, outline_px=1
                )
                written.add(picture)
            yield FilmFrame(film.path, name, stem, findings, files)
            advance(1)
        if video.told:
            console.warn(f"{film.name}: {video.told}")
