from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.review import drawing as draw

STYLE = draw.TextStyle(20)


def _ink(text: str, style: draw.TextStyle = STYLE) -> np.ndarray:
    canvas = draw.blank(400, 40)
    draw.put_text(canvas, text, 10, 28, style)
    return canvas


@pytest.mark.parametrize("text", ["Himmel über", "небо", "日本", "Ελλάδα", "12.3 % · × –"])
def test_every_script_has_its_own_shapes(text: str) -> None:
    shapes = {_ink(letter).tobytes() for letter in set(text) - {" "}}
    assert len(shapes) == len(set(text) - {" "})
    assert _ink("?").tobytes() not in shapes


def test_text_stays_within_the_width_that_was_told() -> None:
    columns = np.flatnonzero((_ink("airplane") < 255).any(axis=(0, 2)))
    assert 10 <= columns[0] <= 13
    assert columns[-1] <= 10 + draw.text_width("airplane", STYLE)


def test_text_beyond_the_canvas_is_cut() -> None:
    canvas = draw.blank(30, 20)
    draw.put_text(canvas, "a long line that does not fit", -15, 15, STYLE)
    draw.put_text(canvas, "x", 500, 500, STYLE)
    assert canvas.shape == (20, 30, 3)


def test_line_breaks_and_control_characters_are_blanks() -> None:
    assert np.array_equal(_ink("a\nb\x07c"), _ink("a b c"))


@given(st.text(max_size=60), st.integers(0, 300), st.booleans())
def test_shortened_text_fits(text: str, width: int, middle: bool) -> None:
    short = draw.elided(text, STYLE, width, middle=middle)
    assert draw.text_width(short, STYLE) <= width or short == "…"
    assert short == text or "…" in short


def test_the_middle_is_left_out_of_a_file_name() -> None:
    short = draw.elided("2026-11-20/jump 14/" + "x" * 80 + "-000123.jpg", STYLE, 300, middle=True)
    assert short.startswith("2026")
    assert short.endswith("123.jpg")


@given(
    st.lists(st.integers(1, 150), max_size=40),
    st.integers(1, 400),
    st.integers(0, 30),
)
def test_flowed_items_keep_their_order_and_fit(widths: list[int], available: int, gap: int) -> None:
    rows = draw.flowed(widths, available, gap)
    assert [position for row in rows for position in row] == list(range(len(widths)))
    for row in rows:
        used = sum(widths[position] for position in row) + gap * (len(row) - 1)
        assert used <= available or len(row) == 1


def test_shrinking_averages_and_a_tiny_picture_keeps_its_pixels() -> None:
    checks = np.array([[0, 200], [200, 0]], dtype=np.uint8)
    assert draw.resized(np.tile(checks, (8, 8)), (8, 8)).tolist() == [[100] * 8] * 8
    assert np.array_equal(draw.resized(checks, (16, 16)), checks.repeat(8, 0).repeat(8, 1))


@given(st.integers(1, 20000), st.integers(1, 20000))
def test_a_picture_of_any_aspect_fits_its_box_and_can_be_seen(rows: int, columns: int) -> None:
    height, width = draw.fitted_size((rows, columns), (300, 400))
    assert 16 <= height <= 300
    assert 16 <= width <= 400


def test_threads_draw_the_same() -> None:
    styles = [draw.TextStyle(18, weight) for weight in (300, 500, 700)] * 40
    alone = [_ink("confidence 93.1 %", style).tobytes() for style in styles]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda style: _ink("confidence 93.1 %", style).tobytes(), styles))
    assert together == alone
