from __future__ import annotations

import numpy as np
import pytest

from segstudio.painting.points import Position, pick, pixel_at


@pytest.mark.parametrize(
    ("position", "pixel"),
    [
        ((0.0, 0.0), (0, 0)),
        ((2.99, 1.99), (1, 2)),
        ((3.0, 0.0), None),
        ((0.0, 2.0), None),
        ((-0.01, 0.0), None),
    ],
)
def test_the_pixel_under_a_position(position: Position, pixel: tuple[int, int] | None) -> None:
    assert pixel_at(position, (2, 3)) == pixel


def test_picking_gives_the_value_there() -> None:
    mask = np.array([[0, 1, 2], [3, 4, 255]], dtype=np.uint8)
    assert pick(mask, (2.5, 1.5)) == 255
    assert pick(mask, (1.2, 0.9)) == 1
    assert pick(mask, (5, 0)) is None
