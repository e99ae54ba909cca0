from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.painting import brush as brushes
from segstudio.painting.brush import Brush
from segstudio.painting.grid_sweep import grid_sweep
from segstudio.painting.points import Position
from segstudio.painting.sweep import Shape, Tip

_SIZE = (400, 420)
_shapes = st.sampled_from(["round", "square"])
_positions = st.tuples(st.floats(100, 320, width=32), st.floats(100, 300, width=32))
_moves = st.tuples(st.integers(-100, 100), st.integers(-100, 100)) | st.tuples(
    st.integers(-4, 4), st.integers(-4, 4)
)


@given(_shapes, st.integers(1, 90), _positions, _moves)
@settings(max_examples=600, deadline=None)
def test_the_quick_way_covers_bit_for_bit_what_the_general_one_does(
    shape: Shape, diameter_px: int, position: Position, move: tuple[int, int]
) -> None:
    brush = Brush(diameter_px, shape)
    start = brush.tip(position)
    end = Tip(
        min(max(start.x + move[0], 60 + start.x % 1), 340 + start.x % 1),
        min(max(start.y + move[1], 60 + start.y % 1), 340 + start.y % 1),
        start.radius,
    )
    quick = grid_sweep(start, end, shape, _SIZE)
    assert quick is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(brushes, "grid_sweep", lambda *_: None)
        (general,) = brush.sweep(start, end, _SIZE)
    assert quick.rect == general.rect
    np.testing.assert_array_equal(quick.bitmap, general.bitmap)


def test_it_leaves_alone_what_it_cannot_look_up() -> None:
    inside = Tip(50.5, 50.5, 2.5)
    assert grid_sweep(inside, Tip(60.5, 55.5, 2.5), "round", _SIZE) is not None
    for other in (
        Tip(60.5, 55.5, 1.5),  # another size
        Tip(60.25, 55.5, 2.5),  # between the pixels
        Tip(60.5, 55.25, 2.5),
        Tip(1.5, 55.5, 2.5),  # over the photo's border
        Tip(60.5, 398.5, 2.5),
    ):
        assert grid_sweep(inside, other, "round", _SIZE) is None
        assert grid_sweep(other, inside, "round", _SIZE) is None
    assert grid_sweep(Tip(50.2, 50.2, 2.5), Tip(60.2, 55.2, 2.5), "square", _SIZE) is None
    assert grid_sweep(Tip(5, 5, 1), Tip(40_000, 5, 1), "round", (10, 50_000)) is None
