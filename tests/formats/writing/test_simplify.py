"""Outlines with fewer corners: what a tolerance below a pixel costs and does."""

from __future__ import annotations

import numpy as np
import pytest

from segstudio.formats.shapes import Points
from segstudio.formats.writing import simplify
from segstudio.formats.writing.outlines import Ring, points_of_ring, rings_of
from segstudio.formats.writing.pieces import pieces_of


@pytest.fixture(scope="module")
def rings() -> list[Ring]:
    noise = np.random.default_rng(0).integers(0, 4, (24, 30)).astype(np.uint8)
    noise[8:16, 5:20] = np.triu(np.ones((8, 15), dtype=np.uint8))  # stairs
    return rings_of(pieces_of(noise, range(4)).labels, meetings=True)


@pytest.mark.parametrize("tolerance", [1e-9, 0.01, 0.3, 0.446])
def test_far_below_a_pixel_nothing_is_left_out_and_nothing_is_worked_out(
    rings: list[Ring], tolerance: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(simplify, "crosses_itself")
    for ring in rings:
        assert (simplify.simplified(ring, tolerance) == points_of_ring(ring)).all()


def test_from_the_least_on_something_is(rings: list[Ring]) -> None:
    counts = [sum(len(simplify.simplified(ring, px)) for ring in rings) for px in (0.3, 0.45, 0.75)]
    assert counts[0] > counts[1] > counts[2]


def test_rings_of_which_every_part_is_short_are_not_tried(
    rings: list[Ring], monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[int] = []
    crosses = simplify.crosses_itself

    def counted(points: Points) -> bool:
        tried.append(len(points))
        return crosses(points)

    monkeypatch.setattr(simplify, "crosses_itself", counted)
    for ring in rings:
        simplify.simplified(ring, 0.5)
    assert len(tried) < len(rings) / 4
