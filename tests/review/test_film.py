from __future__ import annotations

import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.review.film import OverlayFilm

RED = np.full((33, 47, 3), (220, 20, 20), dtype=np.uint8)


def test_pictures_become_a_film_that_plays(tmp_path: Path) -> None:
    path = tmp_path / "new" / "jump.overlay.mp4"
    with OverlayFilm(path, frames_per_second=5) as film:
        for _ in range(4):
            film.add(RED)
    assert [each.name for each in path.parent.iterdir()] == ["jump.overlay.mp4"]
    capture = cv2.VideoCapture(str(path))
    assert capture.get(cv2.CAP_PROP_FPS) == 5
    taken, frame = capture.read()
    capture.release()
    assert taken
    assert frame.shape == (32, 46, 3)
    assert abs(int(frame[16, 20, 2]) - 220) < 12


def test_a_film_that_was_not_finished_leaves_nothing(tmp_path: Path) -> None:
    def begin() -> None:
        with OverlayFilm(tmp_path / "jump.mp4", frames_per_second=5) as film:
            film.add(RED)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        begin()
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.name == "nt", reason="no limit of a file's length")
@pytest.mark.parametrize("left_bytes", [0, 30_000])
def test_a_film_that_the_disk_did_not_take_is_told(tmp_path: Path, left_bytes: int) -> None:
    """OpenCV says nothing of it."""
    import resource  # not on every system

    def filmed() -> None:
        noise = np.random.default_rng(1)
        with OverlayFilm(tmp_path / "jump.mp4", frames_per_second=5) as film:
            for _ in range(8):
                film.add(noise.integers(0, 256, (96, 128, 3), dtype=np.uint8))

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (left_bytes, before[1]))
    try:
        with pytest.raises(SegStudioError, match=r"film cannot be written"):
            filmed()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list(tmp_path.iterdir())
    filmed()
    assert (tmp_path / "jump.mp4").stat().st_size > left_bytes


def test_a_film_without_frames_is_no_file(tmp_path: Path) -> None:
    with OverlayFilm(tmp_path / "jump.mp4", frames_per_second=5):
        pass
    assert not list(tmp_path.iterdir())


def test_a_place_that_takes_no_film_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with (
        OverlayFilm(tmp_path / "file" / "jump.mp4", frames_per_second=5) as film,
        pytest.raises(SegStudioError, match="the film cannot be written"),
    ):
        film.add(RED)
