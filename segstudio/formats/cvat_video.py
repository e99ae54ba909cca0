"""CVAT for video 1.1: tracks of shapes through the frames of a film.

A track tells its shape on some frames; between two of them it moves evenly from the one to the other (CVAT itself
writes the frames between, which then count). `outside` means that the thing is not in the picture from that frame to
the next one told. After its last frame a track stays as it is to the end of the film. Frames are numbered as in the
film, and their photos are called `frame_000123`, whatever the extension.

The frames that somebody drew on are annotations as any other; the rest is `interpolated`, and nobody misses its photos.
Where nothing is in the picture and nobody drew, there is no annotation.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from lxml import etree

from segstudio.errors import SegStudioError, inside
from segstudio.formats.cvat import shape_of
from segstudio.formats.fields import size_of, whole
from segstudio.formats.moving import between
from segstudio.formats.places import SourceFile
from segstudio.formats.safe_xml import peek, records, text_of
from segstudio.formats.shapes import Annotation, Shape

MAX_FRAMES = 300_000


@dataclass(frozen=True, slots=True)
class Film:
    """The film that was annotated: rows and columns, its first and last frame, and every how many frames were shown.

    `last` is None when the file does not tell it. `name` is that of the film's file, `task` its number in a project.
    """

    size: tuple[int, int] | None = None
    first: int = 0
    last: int | None = None
    step: int = 1
    name: str = ""
    task: str = ""


@dataclass(slots=True)
class _Track:
    """One thing: where it is on the frames told, in ascending order; None where it is not in the picture."""

    task: str
    frames: list[int] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    outside: list[bool] = field(default_factory=list)

    def at(self, frame: int) -> Shape | None:
        """Return the shape on a frame, or None when the thing is not in the picture."""
        place = bisect_right(self.frames, frame) - 1
        if place < 0 or self.outside[place]:
            return None
        shape, after = self.shapes[place], place + 1
        if self.frames[place] == frame or after == len(self.frames):
            return shape
        part = (frame - self.frames[place]) / (self.frames[after] - self.frames[place])
        return between(shape, self.shapes[after], part)


def is_cvat_video(path: Path) -> bool:
    """Tell whether the file is an export of CVAT for video."""
    seen = peek(path)
    return seen.root == "annotations" and "track" in seen.children


def read_cvat_video(file: SourceFile) -> Iterator[Annotation]:
    """Yield the annotations of the frames of the film, from its first to its last.

    Raises SegStudioError that names track and shape; the file is left to the caller to name.
    """
    films: list[Film] = []
    tracks: list[_Track] = []
    drawn: set[tuple[str, int]] = set()
    for _, element in records(file.path):
        if element.tag == "meta":
            films = _films(element)
        elif element.tag == "track":
            with inside(f"track {element.get('id') or len(tracks) + 1}"):
                tracks.append(_track(element, drawn))
    for film in films or [Film()]:
        several = len(films) > 1
        own = [track for track in tracks if not several or track.task == film.task]
        kept = {frame for task, frame in drawn if not several or task == film.task}
        yield from _annotations(film, own, kept, file)


def films_of(path: Path) -> list[Film]:
    """Return the films that an export of CVAT for video tells of: more than one in that of a project."""
    for _, element in records(path):
        if element.tag == "meta":
            return _films(element)
    return []


def frame_name(frame: int) -> str:
    """Return the name of a frame's photo, without extension."""
    return f"frame_{frame:06}"


def drawn_frames(path: Path) -> list[int]:
    """Return the frames that somebody drew on, in ascending order; raises SegStudioError as `read_cvat_video`."""
    drawn: set[tuple[str, int]] = set()
    for _, element in records(path):
        if element.tag == "track":
            _track(element, drawn)
    return sorted({frame for _, frame in drawn})


def _films(meta: etree._Element) -> list[Film]:
    found = list(meta.iter("task")) or list(meta.iter("job")) or [meta]
    return [_film(element, text_of(meta, "source")) for element in found]


def _film(element: etree._Element, source: str) -> Film:
    with inside("meta"):
        step = text_of(element, "frame_filter").rpartition("step=")[2]
        size = element.find("original_size")
        last = text_of(element, "stop_frame")
        return Film(
            size=None if size is None else size_of(text_of(size, "height"), text_of(size, "width")),
            first=whole(text_of(element, "start_frame"), "start_frame", 0),
            last=whole(last, "stop_frame") if last else None,
            step=max(1, whole(step, "the step of frames", 1)),
            name=PurePosixPath((text_of(element, "source") or source).replace("\\", "/")).name,
            task=text_of(element, "id"),
        )


def _track(element: etree._Element, drawn: set[tuple[str, int]]) -> _Track:
    """Return a track; the frames on which somebody drew it are added to `drawn`."""
    label = (element.get("label") or "").strip()
    name = f"track {element.get('id') or ''}".strip()
    track = _Track((element.get("task_id") or "").strip())
    told: dict[int, tuple[Shape, bool]] = {}
    for child in element:
        if child.get("frame") is None:  # the parts of a skeleton are tracks of their own
            continue
        frame = whole(child.get("frame"), "frame")
        if frame < 0:
            raise SegStudioError(f"frame {frame} is none of a film", fix="Export the file again")
        with inside(f"{child.tag} of frame {frame}"):
            child.set("label", label)
            told[frame] = shape_of(child, name), child.get("outside") == "1"
        if child.get("keyframe", "1") == "1":
            drawn.add((track.task, frame))
    for frame in sorted(told):
        shape, is_outside = told[frame]
        track.frames.append(frame)
        track.shapes.append(shape)
        track.outside.append(is_outside)
    return track


def _annotations(
    film: Film, tracks: Sequence[_Track], drawn: set[int], file: SourceFile
) -> Iterator[Annotation]:
    """Go through the frames; only the tracks that are under way are asked for their shapes."""
    frames = _frames(film, tracks)
    waiting = sorted(
        (track for track in tracks if track.frames), key=lambda track: track.frames[0], reverse=True
    )
    order = {id(track): place for place, track in enumerate(tracks)}
    active: list[_Track] = []
    folder = PurePosixPath(film.name).stem
    for frame in frames:
        while waiting and waiting[-1].frames[0] <= frame:
            active.append(waiting.pop())
        found = [(order[id(track)], shape) for track in active if (shape := track.at(frame)) is not None]
        active = [track for track in active if not (track.outside[-1] and track.frames[-1] <= frame)]
        if not found and frame not in drawn:
            continue
        name = frame_name(frame)
        yield Annotation(
            names=(name, f"{folder}/{name}") if folder else (name,),
            size=film.size,
            shapes=tuple(shape for _, shape in sorted(found, key=lambda pair: pair[0])),
            file=file.path,
            place=f"{file.shown}, frame {frame}",
            interpolated=frame not in drawn,
        )


def _frames(film: Film, tracks: Sequence[_Track]) -> list[int]:
    """Return the frames shown, and those that tracks tell of beside them."""
    told = {frame for track in tracks for frame in track.frames}
    if film.last is not None:
        if (film.last - film.first) // film.step >= MAX_FRAMES:
            raise SegStudioError(
                f"it tells of more than {MAX_FRAMES} frames", fix="Export it in several jobs"
            )
        return sorted(told | set(range(film.first, film.last + 1, film.step)))
    if told and max(told) - min(told) >= MAX_FRAMES:
        raise SegStudioError(f"it tells of more than {MAX_FRAMES} frames", fix="Export it in several jobs")
    return list(range(min(told), max(told) + 1)) if told else []
