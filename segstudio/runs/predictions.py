"""What is said to the process that predicts and by it, line by line, and the files that it leaves.

The process is started with `python -m segstudio serve --model FILE [--device D]`. It reads one request a line on
standard input and answers one event a line on standard output, both JSON; nothing else stands there. `Ready` comes
first, when the model is loaded; `Failed` with no `id` in its place, and the end, when it cannot be. Requests are
done in the order in which they come, one at a time. The end of standard input ends it.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from segstudio.errors import SegStudioError
from segstudio.files import open_ordinary, read_json, to_be_replaced
from segstudio.runs.model_card import ModelCard
from segstudio.wrong_values import wrong_value

Id = int | str
"""What the client calls a request; every answer to it carries the same."""

Stamp = tuple[int, int]
"""When a file was written (ns since the epoch) and its length in bytes."""

_PREDICTION_FILE = re.compile(r".*-[0-9a-f]{10}\.(mask|confidence)\.npy|frame-\d{6,}\.jpg")
"""What predictions are called here: files of other names are somebody's."""
_MAP = re.compile(
    rb"\x93NUMPY\x01\0..{'descr': '\|u1', 'fortran_order': False, 'shape': \(([1-9]\d{0,7}), ([1-9]\d{0,7})\), } *\n",
    re.S,
)
_MAP_HEAD_BYTES = 256
"""How `np.save` begins a file of uint8 (rows, columns). NumPy's own reader evaluates that text, which can raise anything."""

_HALF_WRITTEN_NS = 3600 * 10**9
"""A temporary file that is older belongs to a process that died."""


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", ser_json_inf_nan="strings")


# -- requests


class SegmentPhoto(_Line):
    """Segment one photo; answered by `Progress`, and at last `Done`, `Failed` or `Stopped`."""

    op: Literal["segment"] = "segment"
    id: Id
    photo: str
    out: str
    """The folder for the files; it is made when it is missing."""


class SegmentVideo(_Line):
    """Segment every n-th frame of a video; answered by `FrameDone` for each, and at last `VideoDone`, `Failed` or `Stopped`."""

    op: Literal["video"] = "video"
    id: Id
    video: str
    out: str
    """The folder for the maps; each frame's are named as those of a photo are."""
    frames: str = ""
    """The folder for the frames' JPEG files; a folder of the video's own in `out` where none is told."""
    every: Annotated[int, Field(ge=1)] = 1
    scale: Annotated[float, Field(gt=0, le=1)] = 1.0
    """Frames are shrunk by it before anything else."""
    start: Annotated[int, Field(ge=0)] = 0
    """Frames before this one are passed over: they were done before."""


class Cancel(_Line):
    """Give up the request `id`, waiting or under way; it answers `Stopped`, unless it is done."""

    op: Literal["cancel"] = "cancel"
    id: Id


class Quit(_Line):
    """Give up everything and end."""

    op: Literal["quit"] = "quit"


Request = SegmentPhoto | SegmentVideo | Cancel | Quit


# -- events


class Ready(_Line):
    """The model is loaded."""

    event: Literal["ready"] = "ready"
    model: str
    card: ModelCard
    device: str
    seconds: float
    """How long loading took."""


class Progress(_Line):
    """How far a request is: tiles of a photo, frames of a video (`total` 0: not known)."""

    event: Literal["progress"] = "progress"
    id: Id
    done: int
    total: int


class Done(_Line):
    """A photo is segmented: `mask` and `confidence` are files for `load_map`, of `size` (rows, columns).

    Mask values are the model's (`card.classes[…].index`).
    """

    event: Literal["done"] = "done"
    id: Id
    photo: str
    mask: str
    confidence: str
    size: tuple[int, int]
    seconds: float
    """In the network; 0 for what was there already."""
    model: str = ""
    photo_stamp: Stamp | None = None
    model_stamp: Stamp | None = None


class FrameDone(_Line):
    """A frame of a video is segmented; `photo` is its JPEG file, the rest as in `Done`."""

    event: Literal["frame"] = "frame"
    id: Id
    frame: int
    """Counted from 0, in the video."""
    time_s: float
    photo: str
    mask: str
    confidence: str
    size: tuple[int, int]
    seconds: float


class VideoDone(_Line):
    """A video has come to its end; `told` says what a person should know of it, if anything."""

    event: Literal["video_done"] = "video_done"
    id: Id
    frames: int
    seconds: float
    told: str = ""


class Failed(_Line):
    """A request failed (with `id`), a line was no request, or the model cannot be used (without); one sentence."""

    event: Literal["failed"] = "failed"
    id: Id | None = None
    problem: str


class Stopped(_Line):
    """A request was given up, because it was cancelled or the process ends."""

    event: Literal["stopped"] = "stopped"
    id: Id


class Told(_Line):
    """Something to know that is no failure: smaller tiles because of a GPU's full memory, for example."""

    event: Literal["told"] = "told"
    text: str


Event = Ready | Progress | Done | FrameDone | VideoDone | Failed | Stopped | Told

_REQUESTS: TypeAdapter[Request] = TypeAdapter(Annotated[Request, Field(discriminator="op")])
_EVENTS: TypeAdapter[Event] = TypeAdapter(Annotated[Event, Field(discriminator="event")])


def encode_line(message: Request | Event) -> bytes:
    """Return a request or an event as one line of JSON, with its newline."""
    return message.model_dump_json().encode("utf-8") + b"\n"


def decode_request(line: bytes) -> Request:
    """Read a request back; raises SegStudioError when it is none."""
    try:
        return _REQUESTS.validate_json(line)
    except ValidationError as error:
        raise SegStudioError(f"this is no request ({wrong_value(error)})") from error


def decode_event(line: bytes) -> Event | None:
    """Read an event back, or None for a line that is none (a newer program may say more)."""
    try:
        return _EVENTS.validate_json(line)
    except ValidationError:
        return None


# -- files


def prediction_places(out: Path, photo: Path) -> tuple[Path, Path, Path]:
    """Return where in `out` mask, confidence and record of a photo lie; two photos of one name do not share them."""
    identity = hashlib.sha1(str(photo.absolute()).encode("utf-8", "surrogatepass"), usedforsecurity=False)
    stem = f"{photo.stem[:60]}-{identity.hexdigest()[:10]}"
    return out / f"{stem}.mask.npy", out / f"{stem}.confidence.npy", out / f"{stem}.json"


def video_folder(out: Path, video: Path) -> Path:
    """Return the folder in `out` for the frames of a video; two videos of one name do not share it."""
    return prediction_places(out, video)[2].with_suffix("")


def kept_prediction(out: Path, photo: Path, model: Path) -> Done | None:
    """Return the prediction that lies in `out`, if it is of this photo and this model as they are now."""
    mask, confidence, record = prediction_places(out, photo)
    try:
        done = Done.model_validate_json(read_json(record))
    except (OSError, ValidationError):
        return None
    current = (
        done.photo_stamp == stamp_of(photo) is not None and done.model_stamp == stamp_of(model) is not None
    )
    if not (current and mask.exists() and confidence.exists()):
        return None
    # Where the files lie now: the folder may have been moved, or the run renamed, since they were written.
    return done.model_copy(update={"mask": str(mask), "confidence": str(confidence), "model": str(model)})


def stamp_of(path: Path) -> Stamp | None:
    """Return what changes when a file is written anew, or None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def load_map(path: str | Path) -> npt.NDArray[np.uint8]:
    """Return a mask or confidence file as uint8 (rows, columns), mapped: bytes are read when they are looked at.

    Raises SegStudioError when it is gone or damaged.
    """
    try:
        with open_ordinary(Path(path)) as stream:
            head = _MAP.match(stream.read(_MAP_HEAD_BYTES))
        if head is None:
            raise SegStudioError("this is no prediction", where=str(path), fix="Predict again")
        return np.memmap(path, np.uint8, "r", head.end(), (int(head[1]), int(head[2])))
    except (OSError, ValueError) as error:
        raise SegStudioError(
            "the prediction is gone or damaged", where=str(path), fix="Predict again"
        ) from error


def trim_predictions(folder: Path, budget_bytes: int, *, keep: Collection[Path] = ()) -> int:
    """Remove the predictions below `folder` that were written longest ago until the rest fits; return the bytes freed.

    The files in `keep` stay, and do not count. Frames of videos go like their maps, and what a process left half written
    goes at once. Nothing is removed where `folder` is a link: what lies there may be somebody's own. What is mapped at the moment stays readable (where the system removes no open file, it stays there).
    """
    if folder.is_symlink():
        return 0
    kept = frozenset(keep)
    found = sorted(entry for entry in _written(folder, _PREDICTION_FILE.fullmatch) if entry[2] not in kept)
    excess = sum(size for _, size, _ in found) - budget_bytes
    freed = 0
    for _, size, path in found:
        if freed >= excess:
            break
        freed += _removed(path, size)
    old = time.time_ns() - _HALF_WRITTEN_NS
    half = _written(folder, to_be_replaced)
    return freed + sum(_removed(path, size) for when, size, path in half if when < old)


def _written(folder: Path, is_ours: Callable[[str], object]) -> Iterator[tuple[int, int, Path]]:
    """Yield when files of our names were written (ns), their lengths and paths; linked folders are not looked into."""
    for root, _, files in os.walk(folder):
        for path in (Path(root, name) for name in files if is_ours(name)):
            stamp = stamp_of(path)
            if stamp is not None:
                yield *stamp, path


def _removed(path: Path, size: int) -> int:
    try:
        path.unlink()
    except OSError:
        return 0
    return size
