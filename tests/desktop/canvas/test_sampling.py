"""Which pixels are seen at a scale."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.desktop.canvas.sampling import changed_place, colour_mask, draw_photo, outline_mask
from segstudio.painting.rect import Rect
from segstudio.project.masks import Mask

TABLE = np.arange(256, dtype=np.int32) * 0x010101
Pixels = npt.NDArray[np.int32]

scales = st.one_of(st.sampled_from([0.125, 0.25, 0.5, 1.0, 2.0, 4.0]), st.floats(0.06, 9))


def extent(size: tuple[int, int], scale: float) -> Rect:
    return Rect(0, 0, max(round(size[0] * scale), 1), max(round(size[1] * scale), 1))


def areas(mask: Mask, scale: float, place: Rect) -> Pixels:
    out = np.full(place.size, -1, dtype=np.int32)
    colour_mask(mask, TABLE, scale, place, out)
    return out


def lines(mask: Mask, scale: float, place: Rect, width_px: int = 2) -> Pixels:
    out = np.full(place.size, -1, dtype=np.int32)
    outline_mask(mask, TABLE, scale, place, out, width_px=width_px)
    return out


def photo(pyramid: Pyramid, scale: float, place: Rect) -> Pixels:
    out = np.full(place.size, -1, dtype=np.int32)
    draw_photo(pyramid, None, scale, place, out)
    return out


def patches(seed: int, size: tuple[int, int]) -> Mask:
    rng = np.random.default_rng(seed)
    small = rng.integers(0, 5, (-(-size[0] // 7), -(-size[1] // 7)), dtype=np.uint8)
    return np.ascontiguousarray(small.repeat(7, axis=0).repeat(7, axis=1)[: size[0], : size[1]])


@st.composite
def parts(draw: st.DrawFn) -> tuple[float, tuple[int, int], Rect]:
    """A scale, a size, and some part of the picture."""
    scale, size = draw(scales), (draw(st.integers(1, 90)), draw(st.integers(1, 90)))
    whole = extent(size, scale)
    top, left = draw(st.integers(0, whole.bottom - 1)), draw(st.integers(0, whole.right - 1))
    bottom = draw(st.integers(top + 1, whole.bottom))
    return scale, size, Rect(top, left, bottom, draw(st.integers(left + 1, whole.right)))


@given(parts(), st.integers(0, 9))
def test_a_part_is_as_it_is_in_the_whole(part: tuple[float, tuple[int, int], Rect], seed: int) -> None:
    scale, size, place = part
    mask, whole = patches(seed, size), extent(size, scale)
    for draw in (areas, lines):
        np.testing.assert_array_equal(draw(mask, scale, place), draw(mask, scale, whole)[place.slices])


@given(parts(), st.integers(0, 9))
def test_a_part_of_the_photo_is_as_it_is_in_the_whole(
    part: tuple[float, tuple[int, int], Rect], seed: int
) -> None:
    scale, size, place = part
    pixels = np.random.default_rng(seed).integers(0, 256, (*size, 3), dtype=np.uint8)
    pyramid = Pyramid.of(pixels)
    one, other = photo(pyramid, scale, place), photo(pyramid, scale, extent(size, scale))[place.slices]
    difference = np.abs(one.view(np.uint8).astype(int) - other.view(np.uint8).astype(int))
    # Interpolation rounds positions to parts of a pixel, counted from the part: it may round the other way.
    assert difference.max() <= (0 if scale >= 1 else 16)


@settings(max_examples=200)
@given(parts(), st.integers(0, 9), st.sampled_from([0, 1, 2]))
def test_what_a_change_may_touch_is_all_that_it_touches(
    part: tuple[float, tuple[int, int], Rect], seed: int, width_px: int
) -> None:
    scale, size, place = part
    mask, whole = patches(seed, size), extent(size, scale)
    rect = Rect(
        min(int(place.top / scale), size[0] - 1),
        min(int(place.left / scale), size[1] - 1),
        size[0] if place.bottom == whole.bottom else min(int(place.bottom / scale) + 1, size[0]),
        size[1] if place.right == whole.right else min(int(place.right / scale) + 1, size[1]),
    )
    draw = areas if width_px == 0 else lines
    before = draw(mask, scale, whole) if not width_px else lines(mask, scale, whole, width_px)
    mask[rect.slices] = 9
    after = draw(mask, scale, whole) if not width_px else lines(mask, scale, whole, width_px)
    touched = changed_place(rect, scale, whole, grown_px=width_px)
    outside = np.ones(whole.size, dtype=np.bool_)
    outside[touched.slices] = False
    np.testing.assert_array_equal(before[outside], after[outside])


@pytest.mark.parametrize("scale", [1.0, 1.3, 2.0, 4.0, 7.77])
def test_from_one_to_one_on_a_pixel_of_the_screen_is_one_of_the_photo(scale: float) -> None:
    mask = np.random.default_rng(1).integers(0, 5, (40, 50), dtype=np.uint8)
    whole = extent((40, 50), scale)
    rows = np.floor((np.arange(whole.bottom) + 0.5) / scale).clip(0, 39).astype(int)
    columns = np.floor((np.arange(whole.right) + 0.5) / scale).clip(0, 49).astype(int)
    np.testing.assert_array_equal(areas(mask, scale, whole), TABLE[mask[rows[:, None], columns]])
    pixels = np.random.default_rng(1).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    drawn = photo(Pyramid.of(pixels), scale, whole).view(np.uint8).reshape(*whole.size, 4)
    np.testing.assert_array_equal(drawn[..., 2::-1], pixels[rows[:, None], columns])


def test_zoomed_out_a_thin_line_fades_but_stays_whole() -> None:
    mask = np.zeros((400, 400), dtype=np.uint8)
    for y in range(400):
        mask[y, max(y // 3, 0) : y // 3 + 5] = 4
    seen = areas(mask, 1 / 8, extent((400, 400), 1 / 8))
    assert (seen.any(axis=1)).all()


def test_zoomed_out_the_photo_is_its_mean() -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (256, 512, 3), dtype=np.uint8)
    quarter = photo(Pyramid.of(pixels), 0.25, Rect(0, 0, 64, 128)).view(np.uint8).reshape(64, 128, 4)
    mean = pixels.reshape(64, 4, 128, 4, 3).mean(axis=(1, 3))
    assert np.abs(quarter[..., 2::-1].astype(float) - mean).max() <= 1.5


@pytest.mark.parametrize("scale", [0.07, 0.13, 0.3, 0.49, 0.6, 0.99])
def test_the_photo_lies_where_the_mask_does(scale: float) -> None:
    size = (600, 801)
    pixels = np.zeros((*size, 3), dtype=np.uint8)
    pixels[:, 401:] = 255
    mask = (pixels[..., 0] // 255).astype(np.uint8)
    whole = extent(size, scale)
    bright = (
        photo(Pyramid.of(pixels), scale, whole).view(np.uint8)[whole.rows // 2, ::4].astype(float).sum() / 255
    )
    labelled = areas(mask * 255, scale, whole).view(np.uint8)[whole.rows // 2, ::4].astype(float).sum() / 255
    assert bright == pytest.approx(labelled, abs=0.8)


def test_outlines_are_inner_borders_of_that_width() -> None:
    mask = np.zeros((60, 60), dtype=np.uint8)
    mask[20:40, 20:40] = 3
    drawn = lines(mask, 2.0, extent((60, 60), 2.0))
    assert drawn[60, 40:42].tolist() == [TABLE[3]] * 2
    assert drawn[60, 38:40].tolist() == [TABLE[0]] * 2
    assert set(drawn[60, 42:78]) == {0}
    assert not drawn[0].any()  # the photo's own border is none
