"""What turning the wheel means."""

from __future__ import annotations

import pytest

from segstudio.desktop.canvas.wheel import Notches, Turn, Wish, wish_of


def test_a_wheel_zooms() -> None:
    closer, away = wish_of(Turn((0, 120))), wish_of(Turn((0, -120)))
    assert closer.kind == away.kind == "zoom"
    assert closer.factor > 1
    assert closer.factor * away.factor == pytest.approx(1)


def test_parts_of_a_notch_zoom_by_their_part() -> None:
    assert wish_of(Turn((0, 30))).factor ** 4 == pytest.approx(wish_of(Turn((0, 120))).factor)


def test_two_fingers_pan_by_the_pixels_that_they_went() -> None:
    assert wish_of(Turn((8, -40), pixels=(3, -17), touchpad=True)) == Wish("pan", by=(3.0, -17.0))
    assert wish_of(Turn((120, -240), touchpad=True)).by == (80, -160)


def test_shift_goes_sideways() -> None:
    assert wish_of(Turn((0, 120), shift=True)) == Wish("pan", by=(80.0, 0.0))


@pytest.mark.parametrize("touchpad", [False, True])
def test_control_changes_the_size_of_the_tool(touchpad: bool) -> None:
    assert wish_of(Turn((0, -120), control=True, touchpad=touchpad)) == Wish("size", notches=-1.0)


def test_parts_make_whole_notches() -> None:
    notches = Notches()
    assert [notches.add(0.4) for _ in range(5)] == [0, 0, 1, 0, 1]
    assert notches.add(-0.5) == 0
    assert notches.add(-0.5) == -1
    assert notches.add(-3) == -3
