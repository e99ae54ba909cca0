from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from segstudio.painting.rect import Rect
from segstudio.painting.region import everything
from segstudio.painting.wand import Metric, Wand, smoothed
from segstudio.project.images import RgbImage


@pytest.fixture
def photo() -> RgbImage:
    """Soft blobs of colour, 90 × 120 pixels."""
    coarse = np.random.default_rng(3).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    return np.asarray(cv2.resize(coarse, (120, 90), interpolation=cv2.INTER_CUBIC), dtype=np.uint8)


def _delta_e(photo: RgbImage, row: int, column: int) -> npt.NDArray[np.float64]:
    """CIE 1976 distance from one pixel, in floating point."""
    lab = np.asarray(cv2.cvtColor((photo / 255).astype(np.float32), cv2.COLOR_RGB2Lab), dtype=np.float64)
    away: npt.NDArray[np.float64] = np.sqrt(((lab - lab[row, column]) ** 2).sum(axis=2))
    return away


@pytest.mark.parametrize("tolerance", [5.0, 12.0, 30.0, 60.0])
def test_lab_tolerance_is_delta_e(photo: RgbImage, tolerance: float) -> None:
    found = Wand(photo, (40.5, 30.5)).region(tolerance, contiguous=False).spread((90, 120))
    away = _delta_e(photo, 30, 40)
    assert found[away < tolerance - 1.7].all()
    assert not found[away > tolerance + 1.7].any()


@pytest.mark.parametrize("tolerance", [0.0, 20.0, 130.0, 255.0])
def test_rgb_tolerance_is_distance(photo: RgbImage, tolerance: float) -> None:
    found = Wand(photo, (40.5, 30.5), metric="rgb").region(tolerance, contiguous=False).spread((90, 120))
    away = ((photo.astype(np.int64) - photo[30, 40].astype(np.int64)) ** 2).sum(axis=2)
    assert (found == (away <= tolerance**2)).all()


@pytest.mark.parametrize("metric", ["lab", "rgb"])
def test_contiguous_is_the_patch_around_the_position(photo: RgbImage, metric: Metric) -> None:
    wand = Wand(photo, (40.5, 30.5), metric=metric)
    everywhere = wand.region(60, contiguous=False).spread((90, 120))
    _, patches = cv2.connectedComponents(everywhere.view(np.uint8), connectivity=4)
    patches = np.asarray(patches)
    assert (wand.region(60).spread((90, 120)) == (patches == patches[30, 40])).all()
    assert everywhere.sum() > wand.region(60).bitmap.sum()


def test_asking_in_any_order_gives_the_same(photo: RgbImage) -> None:
    big = np.asarray(cv2.resize(photo, (1400, 1300), interpolation=cv2.INTER_CUBIC), dtype=np.uint8)
    wand = Wand(big, (700, 600))
    for tolerance in (3, 90, 10, 40, 3):
        fresh = Wand(big, (700, 600)).region(tolerance)
        again = wand.region(tolerance)
        assert again.rect == fresh.rect
        assert (again.bitmap == fresh.bitmap).all()


def test_a_wider_sample_seeks_the_mean() -> None:
    photo = np.full((9, 9, 3), 100, dtype=np.uint8)
    photo[4, 4] = 190
    assert Wand(photo, (4.5, 4.5)).region(5).bitmap.sum() == 1
    wide = Wand(photo, (4.5, 4.5), sample_px=3, metric="rgb").region(18, contiguous=False)
    assert wide.bitmap.sum() == 80  # grey 110 is sought: all but the bright one
    assert Wand(photo, (0.5, 0.5), sample_px=3).region(1).bitmap.sum() == 80  # a sample over the corner


def test_smoothing_drops_specks_and_closes_pinholes() -> None:
    photo = np.zeros((60, 60, 3), dtype=np.uint8)
    photo[10:50, 10:50] = 200
    photo[30, 30] = 0
    photo[3, 55] = 200
    wand = Wand(photo, (20.5, 20.5))
    assert wand.region(10, contiguous=False).bitmap.sum() == 1600
    smooth = wand.region(10, contiguous=False, smoothing_px=2).spread((60, 60))
    assert smooth[30, 30]
    assert not smooth[3, 55]
    assert smooth[10:50, 10:50].sum() == smooth.sum()


def test_smoothing_never_leaves_nothing_of_what_was_found() -> None:
    speck = np.zeros((9, 9, 3), dtype=np.uint8)
    speck[4, 4] = 255
    region = Wand(speck, (4.5, 4.5), sample_px=1).region(5, smoothing_px=1)
    assert region.rect == Rect(4, 4, 5, 5)


@pytest.mark.parametrize("px", [1, 3, 10])
def test_smoothing_is_a_majority_vote(px: int) -> None:
    rng = np.random.default_rng(px)
    bitmap = np.asarray(cv2.blur(rng.integers(0, 256, (50, 70), dtype=np.uint8), (5, 5))) > 127
    region = everything((50, 70))
    region = type(region)(region.rect, bitmap)
    padded = np.pad(bitmap, px, mode="edge")
    side = 2 * px + 1
    votes = np.lib.stride_tricks.sliding_window_view(padded, (side, side)).sum(axis=(2, 3))
    expected = votes * 2 > side * side
    assert (smoothed(region, px, region.rect).spread((50, 70)) == expected).all()


def test_outside_the_photo_or_the_limit_there_is_nothing(photo: RgbImage) -> None:
    assert not Wand(photo, (-1, 5)).region(50)
    limited = Wand(photo, (40.5, 30.5)).region(255, limit=Rect(20, 30, 50, 60), smoothing_px=4)
    assert limited.rect == Rect(20, 30, 50, 60)
    assert not Wand(photo, (40.5, 30.5)).region(255, limit=Rect(0, 0, 5, 5))
    assert Wand(photo, (40.5, 30.5)).region(255, limit=Rect(0, 0, 5, 5), contiguous=False)
