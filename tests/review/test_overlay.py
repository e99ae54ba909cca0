import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.errors import SegStudioError
from segstudio.project.classes import VOID, ClassList
from segstudio.review.overlay import borders, overlay

CLASSES = ClassList.from_names(["sky:#0000FF", "ground:#FF8000"])


def _photo(rows: int, columns: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (rows, columns, 3), dtype=np.uint8)


def test_each_pixel_is_mixed_with_the_colour_of_its_class() -> None:
    photo = np.full((2, 2, 3), 100, dtype=np.uint8)
    mask = np.array([[0, 1], [VOID, 7]], dtype=np.uint8)
    mixed = overlay(photo, mask, CLASSES, opacity=0.5)
    assert mixed[0, 0].tolist() == [50, 50, 178]
    assert mixed[0, 1].tolist() == [178, 114, 50]
    assert mixed[1].tolist() == [[100] * 3] * 2  # void and a value that is no class


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32))
def test_opacity_runs_from_the_photo_to_the_colours(rows: int, columns: int, seed: int) -> None:
    photo = _photo(rows, columns)
    mask = np.random.default_rng(seed).choice(np.array([0, 1, VOID], np.uint8), (rows, columns))
    assert np.array_equal(overlay(photo, mask, CLASSES, opacity=0), photo)
    full = overlay(photo, mask, CLASSES, opacity=1)
    assert np.array_equal(full[mask != VOID], CLASSES.palette()[mask[mask != VOID]])
    assert np.array_equal(full[mask == VOID], photo[mask == VOID])


def test_strips_leave_no_seam() -> None:
    photo = np.full((1500, 3, 3), 90, dtype=np.uint8)
    mixed = overlay(photo, np.zeros((1500, 3), np.uint8), CLASSES, opacity=0.3)
    assert (mixed == mixed[0, 0]).all()


def test_an_outline_is_the_inner_border_in_the_full_colour() -> None:
    mask = np.full((9, 9), VOID, dtype=np.uint8)
    mask[2:7, 2:7] = 1
    drawn = overlay(np.zeros((9, 9, 3), np.uint8), mask, CLASSES, opacity=0, outline_px=1)
    expected = np.zeros((9, 9), dtype=bool)
    expected[2:7, 2:7] = True
    expected[3:6, 3:6] = False
    assert np.array_equal(drawn.any(axis=2), expected)
    assert (drawn[expected] == (255, 128, 0)).all()


def test_the_border_of_the_photo_is_no_outline() -> None:
    assert not borders(np.zeros((5, 8), np.uint8), 2).any()


def test_a_mask_of_another_size_is_refused() -> None:
    with pytest.raises(SegStudioError, match=r"mask \(5 × 4\) and the photo \(6 × 4\)"):
        overlay(_photo(4, 6), np.zeros((4, 5), np.uint8), CLASSES)


@given(st.integers(1, 30), st.integers(1, 9), st.integers(1, 4), st.integers(1, 12), st.integers(0, 2**32))
def test_outlines_are_those_of_the_whole_mask_in_strips_of_any_height(
    rows: int, columns: int, width_px: int, strip: int, seed: int
) -> None:
    mask = np.random.default_rng(seed).choice(np.array([0, 1, VOID], np.uint8), (rows, columns))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("segstudio.review.overlay._STRIP_PIXELS", strip * columns)
        found = overlay(_photo(rows, columns), mask, CLASSES, opacity=0, outline_px=width_px)
    expected = _photo(rows, columns)
    border = borders(mask, width_px) & (mask != VOID)
    expected[border] = CLASSES.palette()[mask[border]]
    assert np.array_equal(found, expected)


def test_the_photo_is_painted_over_only_when_it_may_be() -> None:
    mask = np.array([[0, 1, VOID], [1, 1, 7]], dtype=np.uint8)
    photo = _photo(2, 3)
    drawn = overlay(photo, mask, CLASSES, outline_px=1)
    assert np.array_equal(photo, _photo(2, 3))
    locked = _photo(2, 3)
    locked.setflags(write=False)
    assert np.array_equal(overlay(locked, mask, CLASSES, outline_px=1, in_place=True), drawn)
    upside_down = np.ascontiguousarray(photo[::-1])[::-1]
    assert np.array_equal(overlay(upside_down, mask, CLASSES, outline_px=1, in_place=True), drawn)
    assert overlay(photo, mask, CLASSES, outline_px=1, in_place=True) is photo
    assert np.array_equal(photo, drawn)
