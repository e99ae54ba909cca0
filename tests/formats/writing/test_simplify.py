"""Outlines with fewer corners: what a tolerance below a pixel costs and does, and that a wish to stop is heard."""

from __future__ import annotations

import numpy as np
import pytest

from segstudio.errors import WorkStopped
from segstudio.formats.writing import simplify
from segstudio.formats.writing.crossing import crossing
from segstudio.formats.writing.outlines import Rings, points_of, rings_of
from segstudio.formats.writing.pieces import pieces_of
from segstudio.formats.writing.sheets import Told, areas_as_polygons

NOISE = np.random.default_rng(0).integers(0, 4, (24, 30)).astype(np.uint8)
NOISE[8:16, 5:20] = np.triu(np.ones((8, 15), dtype=np.uint8))  # stairs


@pytest.fixture(scope="module")
def rings() -> Rings:
    return rings_of(pieces_of(NOISE, range(4)).labels, meetings=True)


@pytest.mark.parametrize("tolerance", [1e-9, 0.01, 0.3, 0.446])
def test_far_below_a_pixel_nothing_is_left_out_and_nothing_is_worked_out(
    rings: Rings, tolerance: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(simplify, "crossing")
    points, starts = simplify.simplified(rings, tolerance)
    assert (points == points_of(rings)).all()
    assert (starts == rings.starts).all()


def test_from_the_least_on_something_is(rings: Rings) -> None:
    counts = [len(simplify.simplified(rings, px)[0]) for px in (0.3, 0.45, 0.75)]
    assert counts[0] > counts[1] > counts[2]


def test_rings_of_which_every_part_is_short_are_not_tried(
    rings: Rings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []
    crosses = crossing

    def counted(points: object, starts: np.ndarray, check: object) -> object:
        tried.append(len(starts) - 1)
        return crosses(points, starts, check)  # type: ignore[arg-type]

    monkeypatch.setattr(simplify, "crossing", counted)
    simplify.simplified(rings, 0.5)
    assert sum(tried) < len(rings) / 4


@pytest.mark.parametrize("tolerance", [0.0, 1.0])
def test_a_wish_to_stop_is_heard_within_a_photo(tolerance: float) -> None:
    told = [Told(value, str(value), value) for value in range(4)]
    calls = _Calls()
    areas_as_polygons(NOISE, told, tolerance, calls)
    assert calls.made >= (16 if tolerance else 14)  # three times for each class, then at each step
    for number in range(1, calls.made + 1):
        with pytest.raises(WorkStopped):
            areas_as_polygons(NOISE, told, tolerance, _Calls(stop_at=number))


class _Calls:
    def __init__(self, stop_at: int = 0) -> None:
        self.made, self._stop_at = 0, stop_at

    def __call__(self) -> None:
        self.made += 1
        if self.made == self._stop_at:
            raise WorkStopped("enough")
