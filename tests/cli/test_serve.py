"""The process itself, with a real network; tests/inference/test_serving.py asks what it answers, case by case."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from segstudio.networks.build import build
from segstudio.networks.model_file import save_model
from segstudio.runs.model_card import ModelCard, ModelClass
from segstudio.runs.predictions import (
    Done,
    Event,
    Failed,
    Progress,
    Quit,
    Ready,
    Request,
    SegmentPhoto,
    decode_event,
    encode_line,
    load_map,
)

_END_S = 60
_CLASSES = tuple(ModelClass(index=3 * i, name=f"class {i}", colour="#112233") for i in range(2))


def _write_model(path: Path) -> Path:
    """Write a model file with random weights."""
    torch.manual_seed(0)
    card = ModelCard(head="lraspp_mobilenet_v3_large", classes=_CLASSES)
    save_model(path, build(card.head, len(_CLASSES)).state_dict(), card.model_dump_json())
    return path


class Process:
    """`segstudio serve`, and what it says."""

    def __init__(self, model: Path) -> None:
        self.child = subprocess.Popen(
            [sys.executable, "-m", "segstudio", "serve", "--model", str(model), "--device", "cpu"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def send(self, request: Request) -> None:
        assert self.child.stdin is not None
        self.child.stdin.write(encode_line(request))
        self.child.stdin.flush()

    def next(self) -> Event:
        """Return the next line, which must be an event."""
        assert self.child.stdout is not None
        line = self.child.stdout.readline()
        event = decode_event(line)
        assert event is not None, line
        return event

    def leave(self) -> None:
        assert self.child.stdin is not None
        self.child.stdin.close()


@contextmanager
def _serving(model: Path) -> Iterator[Process]:
    process = Process(model)
    try:
        yield process
    finally:
        process.child.kill()
        process.child.wait(_END_S)
        for stream in (process.child.stdin, process.child.stdout, process.child.stderr):
            assert stream is not None
            stream.close()


def _photo(path: Path, side: int) -> str:
    pixels = np.random.default_rng(0).integers(0, 256, (side, side + 8, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)
    return str(path)


def test_it_answers_until_it_is_told_to_quit_and_says_nothing_else(tmp_path: Path) -> None:
    with _serving(_write_model(tmp_path / "m.pt")) as process:
        ready = process.next()
        assert isinstance(ready, Ready)
        assert (ready.device, ready.card.class_names) == ("cpu", ("class 0", "class 1"))
        process.send(SegmentPhoto(id="a", photo=_photo(tmp_path / "ü.png", 40), out=str(tmp_path / "out")))
        done = process.next()
        assert isinstance(done, Done)
        assert set(np.unique(load_map(done.mask))) <= {0, 3}
        assert load_map(done.confidence).min() >= 127  # the winner of two
        process.send(Quit())
        rest, said = process.child.communicate(timeout=_END_S)
        assert (rest, said, process.child.returncode) == (b"", b"", 0)


def test_it_ends_in_the_middle_of_a_photo_when_its_parent_is_gone(tmp_path: Path) -> None:
    with _serving(_write_model(tmp_path / "m.pt")) as process:
        assert isinstance(process.next(), Ready)
        process.send(SegmentPhoto(id=1, photo=_photo(tmp_path / "big.png", 2500), out=str(tmp_path / "out")))
        assert isinstance(process.next(), Progress)
        process.leave()
        assert process.child.wait(_END_S) == 0
        assert not list(tmp_path.glob("out/*"))


def test_a_model_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    path = _write_model(tmp_path / "m.pt")
    path.write_bytes(path.read_bytes()[:-5000])
    with _serving(path) as process:
        failed = process.next()
        assert isinstance(failed, Failed)
        assert failed.id is None
        assert "damaged" in failed.problem
        assert "\n" not in failed.problem
        process.leave()
        assert process.child.wait(_END_S) == 1


def test_the_list_of_verbs_does_not_name_it() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "segstudio", "--help"], capture_output=True, text=True, check=True
    )
    assert "predict" in told.stdout
    assert "serve" not in told.stdout
