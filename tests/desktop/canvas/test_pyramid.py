"""Halves of a photo."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.problems import Stopped


def photo(rows: int, columns: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.random.default_rng(0).integers(0, 256, (rows, columns, 3), dtype=np.uint8)


@pytest.mark.parametrize("size", [(1, 1), (16, 16), (1, 999), (700, 1), (1025, 1300), (513, 64)])
def test_levels_are_halves_rounded_up_until_they_are_small(size: tuple[int, int]) -> None:
    levels = Pyramid.of(photo(*size)).levels
    for above, below in pairwise(levels):
        assert below.shape == ((above.shape[0] + 1) // 2, (above.shape[1] + 1) // 2, 3)
    assert max(levels[-1].shape[:2]) <= 64


def test_a_pixel_is_the_mean_of_four_and_at_an_odd_border_of_those_there_are() -> None:
    pixels = photo(1201, 67)
    below = Pyramid.of(pixels).levels[1].astype(float)
    padded = np.pad(pixels, ((0, 1), (0, 1), (0, 0)), mode="edge").astype(float)
    mean = padded.reshape(601, 2, 34, 2, 3).mean(axis=(1, 3))
    assert np.abs(below - mean).max() <= 1


def test_the_photo_is_not_copied() -> None:
    pixels = photo(300, 200)
    pyramid = Pyramid.of(pixels)
    assert pyramid.pixels is pixels
    assert pyramid.size == (300, 200)


def test_it_can_be_stopped() -> None:
    asked = iter([False, True])
    with pytest.raises(Stopped):
        Pyramid.of(photo(2000, 50), lambda: next(asked))


@pytest.mark.parametrize("shape", [(10, 10), (10, 10, 4), (0, 10, 3)])
def test_what_is_no_photo_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="a photo is uint8"):
        Pyramid.of(np.zeros(shape, dtype=np.uint8))
