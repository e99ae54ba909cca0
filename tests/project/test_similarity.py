from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from segstudio.project.images import RgbImage, read_photo
from segstudio.project.similarity import fingerprint, near_identical
from tests.project.conftest import Textured


def _like(first: RgbImage, second: RgbImage) -> bool:
    return bool(near_identical([fingerprint(first)], [fingerprint(second)]))


def _next_frame(photo: RgbImage, *, part: float = 0.01, brighter: float = 1.1) -> RgbImage:
    """The photo a moment later: shifted by a part of its width, and brighter."""
    step = max(1, round(photo.shape[1] * part))
    return np.asarray(np.clip(photo[:-step, step:] * brighter + 5, 0, 255), dtype=np.uint8)


@pytest.mark.parametrize("seed", range(5))
def test_a_shifted_and_brightened_photo_is_nearly_identical(textured: Textured, seed: int) -> None:
    photo = textured(seed, 200, 300)
    assert _like(photo, photo)
    assert _like(photo, _next_frame(photo))
    assert _like(photo, photo[::2, ::2])


def test_different_photos_are_not(textured: Textured) -> None:
    prints = [fingerprint(textured(seed, 120, 160)) for seed in range(40)]
    assert near_identical(prints[:20], prints[20:]) == []


def test_even_photos_are_like_no_other() -> None:
    even = np.full((50, 60, 3), 90, dtype=np.uint8)
    slope = np.repeat(np.linspace(0, 255, 60).astype(np.uint8)[None, :, None], 50, axis=0).repeat(3, axis=2)
    assert not fingerprint(even).any()
    assert not _like(even, even)
    assert not _like(even, slope)


def test_each_photo_is_told_with_its_closest(textured: Textured) -> None:
    photos = [textured(seed, 120, 160) for seed in range(3)]
    left = [fingerprint(_next_frame(photos[2])), fingerprint(textured(9, 120, 160)), fingerprint(photos[0])]
    pairs = near_identical(left, [fingerprint(photo) for photo in photos])
    assert [(pair.left, pair.right) for pair in pairs] == [(0, 2), (2, 0)]
    assert pairs[1].correlation == pytest.approx(1, abs=1e-4)
    assert near_identical([], left) == near_identical(left, []) == []


def test_a_photo_of_one_pixel_has_a_fingerprint() -> None:
    assert fingerprint(np.zeros((1, 1, 3), dtype=np.uint8)).shape == (1024,)


def test_real_photos_are_told_apart_and_their_next_frames_are_not() -> None:
    data = os.environ.get("SEGSTUDIO_TEST_DATA")
    if not data:
        pytest.skip("SEGSTUDIO_TEST_DATA is not set")
    found = [
        *sorted(Path(data, "msrc", "Images").iterdir())[::4],
        *sorted(Path(data, "skydiving").rglob("*.jpg")),
    ]
    photos = [read_photo(path) for path in found]
    assert len(photos) > 30
    prints = [fingerprint(photo) for photo in photos]
    likeness = np.stack(prints) @ np.stack(prints).T
    np.fill_diagonal(likeness, -1)
    assert likeness.max() < 0.8
    later = sum(_like(photo, _next_frame(photo)) for photo in photos)
    assert later >= 0.95 * len(photos)
