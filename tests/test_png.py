"""PNG files of our own hand: any reader gets the very pixels."""

from __future__ import annotations

import io
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from segstudio import png
from segstudio.png import png_of

PALETTE = np.random.default_rng(0).integers(0, 256, (256, 3), dtype=np.uint8)
_SIDES = st.integers(1, 40)


@given(arrays.arrays(np.uint8, st.tuples(_SIDES, _SIDES)))
def test_indices_and_palette_come_back(mask: np.ndarray) -> None:
    with Image.open(io.BytesIO(png_of(mask, PALETTE))) as image:
        assert image.mode == "P"
        assert image.getpalette() == PALETTE.ravel().tolist()
        assert (np.asarray(image) == mask).all()


@given(arrays.arrays(np.uint8, st.tuples(_SIDES, _SIDES, st.just(3))))
def test_colours_come_back_in_every_program(pixels: np.ndarray) -> None:
    data = png_of(pixels)
    with Image.open(io.BytesIO(data)) as image:
        assert (np.asarray(image) == pixels).all()
    read = cv2.imdecode(np.frombuffer(data, dtype=np.uint8), cv2.IMREAD_COLOR)
    assert (np.asarray(read)[..., ::-1] == pixels).all()


@pytest.mark.parametrize("band_bytes", [1, 100, 1 << 22])
def test_what_is_packed_in_bands_is_the_same_picture(
    monkeypatch: pytest.MonkeyPatch, band_bytes: int
) -> None:
    monkeypatch.setattr(png, "_BAND_BYTES", band_bytes)
    mask = np.random.default_rng(1).integers(0, 256, (37, 29), dtype=np.uint8)
    with Image.open(io.BytesIO(png_of(mask, PALETTE))) as image:
        assert (np.asarray(image) == mask).all()


def test_without_the_faster_packer_files_are_as_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(png, "compressobj", zlib.compressobj)
    mask = np.tile(np.arange(256, dtype=np.uint8), (9, 2))
    with Image.open(io.BytesIO(png_of(mask[:, ::2], PALETTE))) as image:
        assert (np.asarray(image) == mask[:, ::2]).all()
