from __future__ import annotations

from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from segstudio.networks.tiles import GRID_PX, Span, blend_window, spans

SIDES = st.integers(1, 5000)
TILES = st.integers(64, 1100)
OVERLAPS = st.integers(0, 400)
STRIDES = st.sampled_from([1, 2, 4, 8, 16, 32])


@given(SIDES, TILES, OVERLAPS)
def test_spans_cover_the_side_in_order_and_lie_on_the_grid(side: int, tile: int, overlap: int) -> None:
    found = spans(side, tile, overlap)
    assert found[0].start == 0
    assert found[-1].stop == side
    for span in found:
        assert 0 < span.size <= tile
        assert span.start % GRID_PX == 0
    for one, other in pairwise(found):
        assert one.start < other.start
        assert one.stop - other.start >= min(overlap, tile // GRID_PX // 2 * GRID_PX)


@given(SIDES, TILES, OVERLAPS, STRIDES)
def test_every_place_has_a_weight(side: int, tile: int, overlap: int, stride: int) -> None:
    total = torch.zeros(-(-side // stride))
    for span in spans(side, tile, overlap):
        window = blend_window(span, side, overlap, stride)
        assert window.min() >= 0
        assert window.max() <= 1
        total[span.start // stride :][: len(window)] += window
    assert total.min() > 0


def test_an_overlap_drops_its_outer_quarter_and_rises_in_its_middle() -> None:
    window = blend_window(Span(64, 192), 192, 64, 1)
    assert torch.equal(window[:16], torch.zeros(16))
    assert window[32].item() == pytest.approx(0.5, abs=0.02)
    assert torch.equal(window[48:], torch.ones(80))


def test_the_photo_s_own_border_keeps_its_weight() -> None:
    assert torch.equal(blend_window(Span(0, 100), 100, 64, 8), torch.ones(13))


def test_as_few_tiles_as_possible() -> None:
    assert spans(1024, 1024, 128) == [Span(0, 1024)]
    assert len(spans(1025, 1024, 128)) == 2
    assert len(spans(1920, 1024, 128)) == 2
    assert len(spans(1921, 1024, 128)) == 3
