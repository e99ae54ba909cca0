"""Server: a model that is kept ready; it answers requests one at a time, as `runs.predictions` says."""

from __future__ import annotations

import contextlib
import logging
import shutil
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from segstudio.errors import SegStudioError
from segstudio.files import read_small, replacing, write_bytes, write_text
from segstudio.inference.inbox import Inbox, Work
from segstudio.inference.predictor import Prediction, Predictor
from segstudio.inference.video import Frame, Video
from segstudio.project.images import encode_jpeg, photo_size, read_photo
from segstudio.runs.predictions import (
    Done,
    Event,
    Failed,
    FrameDone,
    Progress,
    Ready,
    SegmentPhoto,
    SegmentVideo,
    Stamp,
    Stopped,
    Told,
    VideoDone,
    encode_line,
    kept_prediction,
    prediction_places,
    stamp_of,
    video_folder,
)

Photo = npt.NDArray[np.uint8]
Load = Callable[[Callable[[str], None]], Predictor]

_READ_AHEAD_PIXELS = 50_000_000
"""A larger photo is read when its turn comes, so that two are not held at once."""
_SECONDS_BETWEEN_PROGRESS = 0.1
_SPARE_BYTES = 512 << 20
"""A video may fill the disk up to here."""

_log = logging.getLogger(__name__)


class GivenUp(Exception):  # noqa: N818 (a wish, no error)
    """Nobody wants the answer any more."""


class Server:
    """Answers until its input ends or says to quit. `answers` must be read by nobody but the client."""

    def __init__(self, model: Path, requests: BinaryIO, answers: BinaryIO) -> None:
        self._model = model
        self._requests = requests
        self._answers = answers
        self._speaking = threading.Lock()
        self._is_heard = True
        self._inbox = Inbox(self._answer)
        self._ahead: tuple[SegmentPhoto, Future[Photo | None]] | None = None
        self._writing: Future[None] | None = None
        self._last_progress = 0.0

    def run(self, load: Load, *, on_end: Callable[[], None] = lambda: None) -> bool:
        """Load the model, and answer; return whether the model could be used.

        `load` gets a function for sentences. `on_end` is called, in another thread, as soon as no request
        will come any more: what is under way is given up at the next tile.
        """
        listener = threading.Thread(target=self._listen, args=(on_end,), name="requests", daemon=True)
        listener.start()
        start = time.perf_counter()
        try:
            predictor = load(lambda text: self._answer(Told(text=text)))
        except SegStudioError as error:
            self._answer(Failed(problem=str(error)))
            return False
        except Exception as error:  # noqa: BLE001 (a driver or a library that fails is told like a bad file)
            _log.warning("loading", exc_info=True)
            problem = SegStudioError(
                f"the model could not be loaded ({_short(error)})", where=str(self._model)
            )
            self._answer(Failed(problem=str(problem)))
            return False
        seconds = time.perf_counter() - start
        ready = Ready(
            model=str(self._model), card=predictor.card, device=str(predictor.device), seconds=seconds
        )
        self._answer(ready)
        with ThreadPoolExecutor(2, thread_name_prefix="photos") as pool:
            while (request := self._inbox.next()) is not None:
                if not self._do(request, predictor, pool):
                    return False
            self._finish_writing()
        return True

    def _listen(self, on_end: Callable[[], None]) -> None:
        self._inbox.listen(self._requests)
        on_end()

    def _do(self, request: Work, predictor: Predictor, pool: ThreadPoolExecutor) -> bool:
        """Do one request; return False when the device answers no more, so that only a new process helps."""
        try:
            if isinstance(request, SegmentPhoto):
                self._photo(request, predictor, pool)
            else:
                self._video(request, predictor)
        except GivenUp:
            self._end_with(Stopped(id=request.id))
        except SegStudioError as error:
            self._end_with(Failed(id=request.id, problem=str(error)))
        except Exception as error:  # noqa: BLE001 (the edge of the process: one photo must not end it)
            _log.warning("request %r", request.id, exc_info=True)
            problem = SegStudioError(f"it could not be segmented ({_short(error)})", where=_place(request))
            self._end_with(Failed(id=request.id, problem=str(problem)))
            return "CUDA error" not in str(error)
        return True

    def _end_with(self, event: Event) -> None:
        """Answer, after what was asked before."""
        self._finish_writing()
        self._answer(event)

    # -- photos

    def _photo(self, request: SegmentPhoto, predictor: Predictor, pool: ThreadPoolExecutor) -> None:
        path, out = Path(request.photo), Path(request.out)
        kept = kept_prediction(out, path, self._model)
        if kept is not None:
            self._end_with(kept.model_copy(update={"id": request.id, "photo": request.photo, "seconds": 0.0}))
            return
        stamps = stamp_of(path), stamp_of(self._model)
        photo = self._read(request)
        self._read_ahead(pool)
        self._check_wanted()
        start = time.perf_counter()
        prediction = predictor.segment(photo, watch=lambda done, total: self._watch(request, done, total))
        seconds = time.perf_counter() - start
        done = self._done(request, path, prediction, seconds=seconds, stamps=stamps)
        self._finish_writing()
        self._writing = pool.submit(self._keep, done, prediction_places(out, path)[2], prediction)

    def _done(
        self,
        request: Work,
        photo: Path,
        prediction: Prediction,
        *,
        seconds: float,
        stamps: tuple[Stamp | None, Stamp | None],
    ) -> Done:
        """Return what there is to tell of a photo or frame; `stamps` are its own and the model's from before."""
        mask, confidence, _ = prediction_places(Path(request.out), photo)
        rows, columns = prediction.mask.shape
        return Done(
            id=request.id,
            photo=str(photo),
            mask=str(mask),
            confidence=str(confidence),
            size=(rows, columns),
            seconds=seconds,
            model=str(self._model),
            photo_stamp=stamps[0],
            model_stamp=stamps[1],
        )

    def _read(self, request: SegmentPhoto) -> Photo:
        ahead, self._ahead = self._ahead, None
        photo = ahead[1].result() if ahead is not None and ahead[0] is request else None
        return read_photo(Path(request.photo)) if photo is None else photo

    def _read_ahead(self, pool: ThreadPoolExecutor) -> None:
        """Read the next photo while the network works on this one."""
        following = self._inbox.peek()
        if isinstance(following, SegmentPhoto):
            self._ahead = following, pool.submit(_read_if_small, Path(following.photo))

    def _keep(self, done: Done, record: Path, prediction: Prediction) -> None:
        """Write the files, and answer."""
        try:
            _write_prediction(done, record, prediction)
        except SegStudioError as error:
            self._answer(Failed(id=done.id, problem=str(error)))
        except Exception as error:  # noqa: BLE001 (the edge of the thread: each request is answered)
            _log.warning("writing %r", done.id, exc_info=True)
            self._answer(
                Failed(id=done.id, problem=f"{done.mask}: it could not be written ({_short(error)}).")
            )
        else:
            self._answer(done)

    def _finish_writing(self) -> None:
        if self._writing is not None:
            self._writing.result()
            self._writing = None

    # -- videos

    def _video(self, request: SegmentVideo, predictor: Predictor) -> None:
        path = Path(request.video)
        folder = Path(request.frames) if request.frames else video_folder(Path(request.out), path)
        start, count = time.perf_counter(), -(-request.start // request.every)
        with Video(path) as video:
            total = -(-video.promised // request.every)
            self._answer(Progress(id=request.id, done=count, total=total))
            for frame in video.frames(every=request.every, scale=request.scale, start=request.start):
                self._check_wanted()
                self._answer(self._frame(request, frame, folder, predictor))
                count += 1
                self._answer(Progress(id=request.id, done=count, total=max(total, count) if total else 0))
            told = video.told
        if not count:
            raise SegStudioError("not a single frame of the video can be read", where=str(path))
        self._answer(VideoDone(id=request.id, frames=count, seconds=time.perf_counter() - start, told=told))

    def _frame(self, request: SegmentVideo, frame: Frame, folder: Path, predictor: Predictor) -> FrameDone:
        """Segment a frame, unless that was done before: a video that was given up is gone on with."""
        _leave_room(folder, frame.pixels.nbytes)
        out, photo = Path(request.out), folder / f"frame-{frame.number:06d}.jpg"
        is_other = _write_if_other(photo, encode_jpeg(frame.pixels))
        done = None if is_other else kept_prediction(out, photo, self._model)
        seconds = 0.0
        if done is None:
            stamps = stamp_of(photo), stamp_of(self._model)
            start = time.perf_counter()
            prediction = predictor.segment(frame.pixels, watch=lambda _done, _total: self._check_wanted())
            seconds = time.perf_counter() - start
            done = self._done(request, photo, prediction, seconds=seconds, stamps=stamps)
            _write_prediction(done, prediction_places(out, photo)[2], prediction)
        return FrameDone(
            id=request.id,
            frame=frame.number,
            time_s=frame.time_s,
            photo=str(photo),
            mask=done.mask,
            confidence=done.confidence,
            size=done.size,
            seconds=seconds,
        )

    # -- answers

    def _watch(self, request: Work, done: int, total: int) -> None:
        self._check_wanted()
        now = time.monotonic()
        if total > 1 and now - self._last_progress >= _SECONDS_BETWEEN_PROGRESS:
            self._last_progress = now
            self._answer(Progress(id=request.id, done=done, total=total))

    def _check_wanted(self) -> None:
        if self._inbox.is_given_up:
            raise GivenUp

    def _answer(self, event: Event) -> None:
        """Say one event, whole, in any thread; when nobody listens any more, nothing."""
        with self._speaking:
            if not self._is_heard:
                return
            try:
                self._answers.write(encode_line(event))
                self._answers.flush()
            except (OSError, ValueError):
                self._is_heard = False


def write_map(path: Path, pixels: npt.NDArray[np.uint8]) -> None:
    """Write uint8 (rows, columns) for `runs.predictions.load_map`, whole or not at all."""
    with replacing(path) as stream:
        np.save(stream, np.ascontiguousarray(pixels))


def _write_prediction(done: Done, record: Path, prediction: Prediction) -> None:
    """Write the files, the record last: what it tells of is there."""
    with contextlib.suppress(OSError):  # what it told was true of the files before
        record.unlink()
    write_map(Path(done.mask), prediction.mask)
    write_map(Path(done.confidence), prediction.confidence)
    write_text(record, done.model_dump_json())


def _write_if_other(path: Path, data: bytes) -> bool:
    """Write a file unless it holds just that: predictions of it are known by when it was written."""
    with contextlib.suppress(OSError):
        if read_small(path, most_bytes=len(data)) == data:
            return False
    write_bytes(path, data)
    return True


def _read_if_small(path: Path) -> Photo | None:
    rows, columns = photo_size(path)
    return read_photo(path) if rows * columns <= _READ_AHEAD_PIXELS else None


def _leave_room(folder: Path, needed: int) -> None:
    """Raise SegStudioError when the disk would be full."""
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < _SPARE_BYTES + 2 * needed:
        raise SegStudioError(
            "the disk is nearly full; the frames so far are kept",
            where=str(folder),
            fix="Make room, or take fewer frames or smaller ones",
        )


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__


def _place(request: Work) -> str:
    return request.photo if isinstance(request, SegmentPhoto) else request.video
