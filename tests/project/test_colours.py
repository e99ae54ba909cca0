from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.errors import SegStudioError
from segstudio.project.colours import next_colours, parse_colour, to_hex, to_rgb

_OKABE_ITO_BLUE = "#56B4E9"


def _lab(colours: tuple[str, ...]) -> npt.NDArray[np.float32]:
    rgb = np.array([[to_rgb(colour) for colour in colours]], dtype=np.float32) / 255
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB)[0], dtype=np.float32)


def _closest(colours: tuple[str, ...]) -> float:
    lab = _lab(colours)
    apart = np.linalg.norm(lab[:, None] - lab[None, :], axis=-1)
    return float(apart[~np.eye(len(colours), dtype=bool)].min())


@pytest.mark.parametrize("text", ["#56b4e9", "56B4E9", " #56B4e9 "])
def test_a_colour_may_be_written_in_several_ways(text: str) -> None:
    assert parse_colour(text) == _OKABE_ITO_BLUE


@pytest.mark.parametrize("text", ["", "red", "#FFF", "#56B4E9FF", "#56B4EG", "# 56B4E9"])
def test_what_is_no_colour_is_told(text: str) -> None:
    with pytest.raises(SegStudioError, match="is not a colour"):
        parse_colour(text)


@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_numbers_and_text_are_the_same_colour(rgb: tuple[int, int, int]) -> None:
    assert to_rgb(to_hex(rgb)) == rgb


def test_the_first_thirty_colours_are_far_apart() -> None:
    assert _closest(next_colours(30)) > 25


def test_two_hundred_and_fifty_five_colours_are_all_different() -> None:
    assert len(set(next_colours(255))) == 255


def test_colours_are_seen_between_black_and_white_outlines() -> None:
    lightness = _lab(next_colours(30))[:, 0]
    assert lightness.min() > 35
    assert lightness.max() < 95


def test_a_taken_colour_and_its_neighbours_are_passed_over() -> None:
    given_out = next_colours(12, (_OKABE_ITO_BLUE,))
    assert _closest((_OKABE_ITO_BLUE, *given_out)) > 25
    beside = "#57B5EA"
    assert _closest((beside, *next_colours(12, (beside,)))) > 15


def test_colours_do_not_depend_on_how_many_are_asked_for() -> None:
    assert next_colours(20)[:9] == next_colours(9)
    assert next_colours(0) == ()
