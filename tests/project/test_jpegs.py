"""A look at a photo finds what reading it finds."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from segstudio.errors import SegStudioError
from segstudio.project.images import check_photo, read_photo
from segstudio.project.jpegs import without_pixels


def _sideways() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


_JPEGS: tuple[dict[str, Any], ...] = (
    {},
    {"progressive": True},
    {"optimize": True},
    {"subsampling": 0},
    {"restart_marker_blocks": 3},
    {"exif": _sideways()},
)


@given(st.data())
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_look_at_a_jpeg_finds_the_damage_that_reading_it_finds(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    kind = data.draw(st.sampled_from(_JPEGS))
    mode = data.draw(st.sampled_from(["RGB", "L", "CMYK"]))
    buffer = io.BytesIO()
    pixels = np.random.default_rng(3).integers(0, 256, (21, 34, 3), dtype=np.uint8)
    Image.fromarray(pixels).convert(mode).save(buffer, "JPEG", **kind)
    damaged = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.integers(0, len(damaged) - 1))
        damaged[place] = data.draw(st.sampled_from([0, 0xFF, 0xD9, 0xDA, 0xC4, 0x3F, 0xD0]))
    if data.draw(st.booleans()):
        start = data.draw(st.integers(0, len(damaged) - 1))
        del damaged[start : data.draw(st.sampled_from([start + 7, len(damaged)]))]
    path = tmp_path_factory.getbasetemp() / "looked at"
    path.write_bytes(damaged)
    assert _told(lambda one: check_photo(one)[0], path) == _told(lambda one: read_photo(one).shape[:2], path)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".bmp", ".webp"])
def test_a_look_tells_the_upright_size_and_refuses_what_is_cut_off(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    pixels = np.random.default_rng(2).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path, exif=_sideways())
    assert check_photo(path)[0] == read_photo(path).shape[:2]
    data = path.read_bytes()
    for cut in np.linspace(0, len(data) * 0.9, 9).astype(int):
        path.write_bytes(data[:cut])
        with pytest.raises(SegStudioError):
            check_photo(path)


def _told(look: Callable[[Path], tuple[int, ...]], path: Path) -> tuple[int, ...] | None:
    try:
        return look(path)
    except SegStudioError:
        return None


def test_an_ordinary_jpeg_is_not_decoded() -> None:
    buffers = [io.BytesIO(), io.BytesIO()]
    for buffer, colour, kinds in zip(buffers, ("teal", "gold"), ({}, {"exif": _sideways()}), strict=True):
        Image.new("RGB", (640, 480), colour).save(buffer, "JPEG", **kinds)
    data, other = (buffer.getvalue() for buffer in buffers)
    headers = without_pixels(data)
    assert headers is not None
    assert len(headers) < 1000
    assert without_pixels(other) == headers  # of one camera: what the two say of themselves does not count
    assert without_pixels(data + b"what some phones add") == headers
    assert without_pixels(data[:-1]) is None
    assert without_pixels(b"") is None
