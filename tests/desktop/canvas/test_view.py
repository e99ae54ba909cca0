"""Pan and zoom as plain values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.desktop.canvas.view import MARGIN_PX, MAX_SCALE, View

SIZES = [(16, 16), (1, 500), (3000, 1), (540, 960), (16384, 16384)]
ROOM = (800, 600)

sizes = st.tuples(st.integers(1, 16384), st.integers(1, 16384))
rooms = st.tuples(st.integers(100, 4000), st.integers(100, 4000))
places = st.tuples(st.floats(0, 800), st.floats(0, 600))
scales = st.floats(0.02, 64)


def view(size: tuple[int, int], scale: float = 1.0, room: tuple[int, int] = ROOM) -> View:
    return View(size, room, scale, (size[1] / 2, size[0] / 2))


@pytest.mark.parametrize("size", SIZES)
def test_a_photo_that_fits_is_seen_whole_with_a_margin_on_its_tighter_side(size: tuple[int, int]) -> None:
    fitted = view(size).fitted()
    left, top = fitted.to_device((0, 0))
    right, bottom = fitted.to_device((size[1], size[0]))
    assert min(left, top) == pytest.approx(MARGIN_PX, abs=0.6)
    assert (ROOM[0] - right, ROOM[1] - bottom) == pytest.approx((left, top), abs=1.2)


@pytest.mark.parametrize("size", SIZES)
def test_from_the_whole_photo_to_single_pixels(size: tuple[int, int]) -> None:
    smallest, largest = view(size).scale_range
    assert smallest <= min(view(size).fitting_scale, 1)
    assert largest >= MAX_SCALE
    assert smallest <= 1 <= largest
    assert view(size).zoomed(1e-9, (0, 0)).scale == smallest
    assert view(size).zoomed(1e9, (0, 0)).scale == largest


@given(sizes, rooms, scales, st.tuples(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5)))
def test_wherever_it_is_moved_the_middle_of_the_room_is_on_the_photo(
    size: tuple[int, int], room: tuple[int, int], scale: float, by: tuple[float, float]
) -> None:
    moved = view(size, scale, room).panned(*by)
    assert 0 <= moved.centre[0] <= size[1]
    assert 0 <= moved.centre[1] <= size[0]


@given(sizes, scales, places)
def test_there_and_back_is_the_same_position(
    size: tuple[int, int], scale: float, position: tuple[float, float]
) -> None:
    there = view(size, scale)
    assert there.to_photo(there.to_device(position)) == pytest.approx(position, abs=1e-6)


@given(scales, scales, places)
def test_what_is_under_the_pointer_stays_there(
    before: float, after: float, place: tuple[float, float]
) -> None:
    size = (100_000, 100_000)  # so large that no border is in the way
    first = view(size, before)
    second = first.zoomed(after, place)
    off = [a - b for a, b in zip(second.to_device(first.to_photo(place)), place, strict=True)]
    # Photos are drawn on whole device pixels: half a pixel of the one and half a pixel of the other.
    assert max(map(abs, off)) <= 0.5 + 0.5 * second.scale / before + 1e-6


def test_zooming_in_and_out_many_times_adds_up_to_nothing() -> None:
    there = first = view((4000, 6000), 0.3)
    for _ in range(200):
        there = there.zoomed(there.scale * 1.25, (333.0, 444.0)).zoomed(there.scale, (333.0, 444.0))
    assert there.centre == pytest.approx(first.centre, abs=1e-6)
    assert there.scale == pytest.approx(first.scale)


def test_steps_stop_at_one_to_one() -> None:
    assert view((4000, 6000), 0.9).stepped(1.25, (0, 0)).scale == 1
    assert view((4000, 6000), 1.1).stepped(0.8, (0, 0)).scale == 1
    assert view((4000, 6000), 1.0).stepped(1.25, (0, 0)).scale == 1.25


def test_stepping_out_as_far_as_it_goes_brings_the_whole_photo_to_the_middle() -> None:
    there = view((4000, 6000), 0.2)
    for _ in range(10):
        there = there.stepped(0.8, (0.0, 0.0))
    assert there == there.fitted()


def test_another_room_keeps_the_middle() -> None:
    there = view((4000, 6000), 2.0).panned(123, -77)
    resized = there.resized((500, 900), was_fitting=False)
    assert resized.centre == there.centre
    assert resized.scale == 2
    assert there.resized((500, 900), was_fitting=True) == resized.fitted()


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_on_another_device_the_same_is_seen(ratio: float) -> None:
    there = view((4000, 6000), 2.0).panned(123, -77)
    finer = there.on(ratio)
    assert finer.to_photo((finer.room[0] / 2, finer.room[1] / 2)) == pytest.approx(
        there.to_photo((there.room[0] / 2, there.room[1] / 2)), abs=0.5
    )
    assert finer.fitting_scale == pytest.approx(there.fitting_scale * ratio, rel=0.01)


def test_the_thinnest_strip_is_one_pixel_wide() -> None:
    assert view((1, 16384)).fitted().extent == (768, 1)
