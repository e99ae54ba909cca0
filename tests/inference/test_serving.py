"""The server in this process, with a network whose answer is known; tests/cli/test_serve.py starts the real one."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

import cv2
import numpy as np
import pytest
import torch

from segstudio.errors import SegStudioError
from segstudio.inference import serving
from segstudio.inference.predictor import Predictor
from segstudio.inference.serving import Server
from segstudio.networks.segmenting import segment
from segstudio.project.images import read_photo
from segstudio.runs.predictions import (
    Cancel,
    Done,
    Event,
    Failed,
    FrameDone,
    Progress,
    Quit,
    Ready,
    Request,
    SegmentPhoto,
    SegmentVideo,
    Stopped,
    Told,
    VideoDone,
    decode_event,
    encode_line,
    load_map,
)
from tests.inference.networks_for_tests import colour_predictor
from tests.inference.videos import write_video

WAIT_S = 20.0

E = TypeVar("E", bound=Event)


@dataclass
class Client:
    """The other end of a server."""

    requests: BinaryIO
    events: queue.Queue[Event]
    thread: threading.Thread
    result: list[bool]

    def send(self, *requests: Request) -> None:
        for request in requests:
            self.requests.write(encode_line(request))
        self.requests.flush()

    def next(self, kind: type[E]) -> E:
        """Return the next event, which must be of `kind`; progress is passed over where it is not asked for."""
        event = self.events.get(timeout=WAIT_S)
        while isinstance(event, Progress) and kind is not Progress:
            event = self.events.get(timeout=WAIT_S)
        assert isinstance(event, kind), event
        return event

    def end(self) -> bool:
        self.requests.close()
        self.thread.join(WAIT_S)
        assert not self.thread.is_alive()
        return self.result[0]


Start = Callable[..., Client]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts a server with a predictor (or what raises instead of giving one)."""
    clients: list[Client] = []

    def begin(load: Callable[[], Predictor] = colour_predictor) -> Client:
        model = tmp_path / "m.pt"
        model.touch()
        wanted, told = os.pipe()
        heard, answers = os.pipe()
        server = Server(model, os.fdopen(wanted, "rb"), os.fdopen(answers, "wb"))
        result: list[bool] = []
        events: queue.Queue[Event] = queue.Queue()

        def listen() -> None:
            with os.fdopen(heard, "rb") as stream:
                for line in stream:
                    event = decode_event(line)
                    assert event is not None, line
                    events.put(event)

        def work() -> None:
            result.append(server.run(lambda tell: _told_to(load(), tell)))
            server._answers.close()
            server._requests.close()

        listener = threading.Thread(target=listen)
        worker = threading.Thread(target=work)
        listener.start()
        worker.start()
        client = Client(os.fdopen(told, "wb"), events, worker, result)
        clients.append(client)
        threads.append(listener)
        return client

    threads: list[threading.Thread] = []
    yield begin
    for client in clients:
        if not client.requests.closed:
            client.requests.close()
        client.thread.join(WAIT_S)
    for thread in threads:
        thread.join(WAIT_S)
        assert not thread.is_alive()


def _told_to(predictor: Predictor, tell: Callable[[str], None]) -> Predictor:
    predictor._tell = tell
    return predictor


def _photo(path: Path, *, blue: bool = False, size: tuple[int, int] = (20, 30)) -> Path:
    pixels = np.zeros((*size, 3), dtype=np.uint8)
    pixels[..., 0 if blue else 2] = 255  # OpenCV's order is blue, green, red
    path.parent.mkdir(parents=True, exist_ok=True)
    assert cv2.imwrite(str(path), pixels)
    return path


def _ask(number: int | str, photo: Path, out: Path) -> SegmentPhoto:
    return SegmentPhoto(id=number, photo=str(photo), out=str(out))


def test_photos_are_answered_one_by_one_with_maps_of_their_size(tmp_path: Path, start: Start) -> None:
    client = start()
    ready = client.next(Ready)
    assert ready.card.class_names == ("red", "green", "blue")
    red, blue = _photo(tmp_path / "a/x.png"), _photo(tmp_path / "b/x.png", blue=True)
    client.send(_ask(1, red, tmp_path / "out"), _ask("two", blue, tmp_path / "out"))
    for number, photo, value in ((1, red, 0), ("two", blue, 4)):
        done = client.next(Done)
        assert (done.id, done.photo, done.size) == (number, str(photo), (20, 30))
        mask, confidence = load_map(done.mask), load_map(done.confidence)
        assert mask.shape == confidence.shape == (20, 30)
        assert (np.unique(mask) == [value]).all()
        assert confidence.min() > 250
    assert client.end()


def test_what_was_predicted_before_is_answered_at_once(
    tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = start()
    client.next(Ready)
    photo = _photo(tmp_path / "x.png")
    client.send(_ask(1, photo, tmp_path / "out"))
    first = client.next(Done)
    monkeypatch.setattr(Predictor, "segment", lambda *_: pytest.fail("it was segmented again"))
    client.send(_ask(2, photo, tmp_path / "out"))
    second = client.next(Done)
    assert (second.id, second.seconds, second.mask) == (2, 0.0, first.mask)


def test_bad_photos_are_told_and_the_others_go_on(tmp_path: Path, start: Start) -> None:
    (tmp_path / "damaged.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut off")
    client = start()
    client.next(Ready)
    names = ("damaged.jpg", "none.jpg", "good.png", ".")
    _photo(tmp_path / "good.png")
    client.send(*(_ask(name, tmp_path / name, tmp_path / "out") for name in names))
    assert "damaged" in client.next(Failed).problem
    assert "no such photo" in client.next(Failed).problem
    assert client.next(Done).id == "good.png"
    assert client.next(Failed).id == "."


def test_a_line_that_is_no_request_costs_nothing_else(tmp_path: Path, start: Start) -> None:
    client = start()
    client.next(Ready)
    client.requests.write(b'\n{"op": "dance"}\n')
    client.send(_ask(1, _photo(tmp_path / "a.png"), tmp_path / "out"))
    assert client.next(Failed).id is None
    assert client.next(Done).id == 1


def test_a_folder_that_cannot_be_made_fails_the_photo_alone(tmp_path: Path, start: Start) -> None:
    (tmp_path / "file").touch()
    photo = _photo(tmp_path / "a.png")
    client = start()
    client.next(Ready)
    client.send(_ask(1, photo, tmp_path / "file/out"), _ask(2, photo, tmp_path / "out"))
    assert "could not be written" in client.next(Failed).problem
    assert client.next(Done).id == 2


class _Gate:
    """Lets the network reach its second tile only when it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached, self.open = threading.Event(), threading.Event()
        real = Server._watch

        def watch(server: Server, request: SegmentPhoto, done: int, total: int) -> None:
            if done:
                self.reached.set()
                assert self.open.wait(WAIT_S)
            real(server, request, done, total)

        monkeypatch.setattr(Server, "_watch", watch)


def test_a_request_is_given_up_while_it_is_under_way_and_while_it_waits(
    tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = _Gate(monkeypatch)
    client = start()
    client.next(Ready)
    photo = _photo(tmp_path / "a.png")
    client.send(*(_ask(number, photo, tmp_path / f"out{number}") for number in (1, 2, 3)))
    assert gate.reached.wait(WAIT_S)
    # The first is heard once the second is answered.
    client.send(Cancel(id=1), Cancel(id=2), Cancel(id="nobody"))
    assert client.next(Stopped).id == 2
    gate.open.set()
    assert client.next(Stopped).id == 1
    assert client.next(Done).id == 3
    assert not list((tmp_path / "out1").glob("*"))
    client.send(Cancel(id=3))  # done long ago
    assert client.end()


@pytest.mark.parametrize("quits", [True, False])
def test_the_end_gives_up_what_is_under_way_and_what_waits(
    tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch, quits: bool
) -> None:
    gate = _Gate(monkeypatch)
    client = start()
    client.next(Ready)
    photo = _photo(tmp_path / "a.png")
    client.send(*(_ask(number, photo, tmp_path / "out") for number in (1, 2)))
    assert gate.reached.wait(WAIT_S)
    if quits:
        client.send(Quit())
    else:
        client.requests.close()
    assert client.next(Stopped).id == 2
    gate.open.set()
    assert client.next(Stopped).id == 1
    assert client.end()


def test_full_memory_means_smaller_tiles_and_one_sentence(
    tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = segment
    tiles = []

    def hungry(*given: object, **more: object) -> object:
        tiles.append(more["tile_px"])
        if more["tile_px"] == 1024:
            raise torch.OutOfMemoryError("forced")
        if more["tile_px"] == 512:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")
        return real(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("segstudio.inference.predictor.segment", hungry)
    client = start()
    client.next(Ready)
    client.send(_ask(1, _photo(tmp_path / "a.png"), tmp_path / "out"))
    assert [client.next(Told).text for _ in range(2)] == [
        f"The memory is full: going on with tiles of {size} pixels." for size in (512, 256)
    ]
    assert client.next(Done).id == 1
    assert tiles == [1024, 512, 256]


def test_too_little_memory_for_the_smallest_tile_fails_the_photo(
    tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never_enough(*_given: object, **_more: object) -> None:
        raise MemoryError

    monkeypatch.setattr("segstudio.inference.predictor.segment", never_enough)
    client = start()
    client.next(Ready)
    client.send(_ask(1, _photo(tmp_path / "a.png"), tmp_path / "out"))
    assert [client.next(Told).text[:10] for _ in range(2)] == ["The memory"] * 2
    assert "not enough memory" in client.next(Failed).problem


def test_an_unforeseen_error_is_one_sentence_for_its_photo(
    tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([ZeroDivisionError("division by zero\nmore")])
    real = Predictor.segment

    def once_broken(*given: object, **more: object) -> object:
        for error in answers:
            raise error
        return real(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Predictor, "segment", once_broken)
    client = start()
    client.next(Ready)
    photo = _photo(tmp_path / "a.png")
    client.send(*(_ask(number, photo, tmp_path / "out") for number in (1, 2)))
    problem = client.next(Failed).problem
    assert problem == f"{photo}: it could not be segmented (division by zero)."
    assert client.next(Done).id == 2


def test_a_broken_gpu_ends_the_process_which_only_a_new_one_can_mend(
    tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object, **_more: object) -> None:
        raise RuntimeError("CUDA error: device-side assert triggered")

    monkeypatch.setattr(Predictor, "segment", broken)
    client = start()
    client.next(Ready)
    client.send(_ask(1, _photo(tmp_path / "a.png"), tmp_path / "out"))
    assert "CUDA error" in client.next(Failed).problem
    assert not client.end()


@pytest.mark.parametrize("error", [SegStudioError("this is no SegStudio model"), OSError("driver")])
def test_a_model_that_cannot_be_used_is_told_and_the_end(start: Start, error: Exception) -> None:
    def load() -> Predictor:
        raise error

    client = start(load)
    failed = client.next(Failed)
    assert failed.id is None
    assert str(error).splitlines()[0].rstrip(".") in failed.problem
    assert not client.end()


def test_a_model_whose_answer_is_no_number_is_told(tmp_path: Path, start: Start) -> None:
    predictor = colour_predictor()
    with torch.no_grad():
        next(predictor._network.parameters()).fill_(torch.nan)
    client = start(lambda: predictor)
    client.next(Ready)
    client.send(_ask(1, _photo(tmp_path / "a.png"), tmp_path / "out"))
    assert "not a number" in client.next(Failed).problem


def test_a_client_that_listens_no_more_is_no_error(tmp_path: Path) -> None:
    wanted, told = os.pipe()
    heard, answers = os.pipe()
    os.close(heard)
    os.close(told)
    with os.fdopen(wanted, "rb") as requests, os.fdopen(answers, "wb", buffering=0) as stream:
        assert Server(tmp_path / "m.pt", requests, stream).run(lambda _: colour_predictor())


def test_a_video_gives_frames_beside_their_maps(tmp_path: Path, start: Start) -> None:
    video = write_video(tmp_path / "v.avi", frames=9)
    client = start()
    client.next(Ready)
    client.send(SegmentVideo(id="v", video=str(video), out=str(tmp_path / "out"), every=4, scale=0.5))
    assert client.next(Progress).total == 3
    frames = [client.next(FrameDone) for _ in range(3)]
    assert [frame.frame for frame in frames] == [0, 4, 8]
    for frame in frames:
        assert frame.size == load_map(frame.mask).shape == load_map(frame.confidence).shape == (24, 32)
        assert read_photo(Path(frame.photo)).shape == (24, 32, 3)
    done = client.next(VideoDone)
    assert (done.id, done.frames, done.told) == ("v", 3, "")


def test_a_video_is_gone_on_with_and_frames_of_another_film_are_not_taken_for_its_own(
    tmp_path: Path, start: Start
) -> None:
    (tmp_path / "m.pt").write_bytes(b"model")
    video = write_video(tmp_path / "v.avi", frames=9)
    out, frames = tmp_path / "out", tmp_path / "frames"
    client = start()
    client.next(Ready)

    def done_anew(path: Path, scale: float = 1.0) -> list[bool]:
        asked = SegmentVideo(id="v", video=str(path), out=str(out), frames=str(frames), every=4, scale=scale)
        client.send(asked)
        told = [client.next(FrameDone) for _ in range(3)]
        client.next(VideoDone)
        assert {Path(each.photo).parent for each in told} == {frames}
        return [each.seconds > 0 for each in told]

    assert done_anew(video) == [True] * 3
    assert done_anew(video) == [False] * 3
    next(out.glob("frame-000004-*.mask.npy")).unlink()
    assert done_anew(video) == [False, True, False]
    assert done_anew(video, 0.5) == [True] * 3
    client.send(SegmentVideo(id="v", video=str(video), out=str(out), every=4, start=5))
    assert client.next(FrameDone).frame == 8
    assert client.next(VideoDone).frames == 3


def test_a_video_can_be_given_up_and_a_bad_one_costs_no_photo(
    tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    video = write_video(tmp_path / "v.avi", frames=12)
    (tmp_path / "bad.mp4").write_bytes(b"no video")
    first, go_on = threading.Event(), threading.Event()
    real = Server._frame

    def frame(*given: object) -> object:
        answer = real(*given)  # type: ignore[arg-type]
        first.set()
        assert go_on.wait(WAIT_S)
        return answer

    monkeypatch.setattr(Server, "_frame", frame)
    client = start()
    client.next(Ready)
    out = str(tmp_path / "out")
    client.send(
        SegmentVideo(id=1, video=str(video), out=out),
        SegmentVideo(id=2, video=str(tmp_path / "bad.mp4"), out=out),
        _ask(3, _photo(tmp_path / "a.png"), tmp_path / "out"),
    )
    assert first.wait(WAIT_S)
    client.send(Cancel(id=1), Cancel(id="nobody"))
    client.requests.write(b"rubbish\n")  # its answer tells that the wish was heard
    client.requests.flush()
    assert client.next(Failed).id is None
    go_on.set()
    assert client.next(FrameDone).frame == 0
    assert client.next(Stopped).id == 1
    assert client.next(Failed).id == 2
    assert client.next(Done).id == 3


def test_a_full_disk_ends_a_video_with_a_sentence(
    tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "_SPARE_BYTES", 1 << 62)
    client = start()
    client.next(Ready)
    video = write_video(tmp_path / "v.avi", frames=2)
    client.send(SegmentVideo(id=1, video=str(video), out=str(tmp_path / "out")))
    assert "disk is nearly full" in client.next(Failed).problem
