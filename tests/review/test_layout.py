import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.review.layout import grid_for


@given(st.integers(1, 259), st.floats(0.001, 1000))
def test_cells_lie_inside_the_page_and_apart(count: int, aspect: float) -> None:
    grid = grid_for(count, aspect, 1704, caption_height=62, gap=28)
    corners = [grid.corner(position) for position in range(count)]
    assert len(set(corners)) == count
    assert max(x for x, _ in corners) + grid.picture_width <= 1704
    assert max(y for _, y in corners) + grid.picture_height + 62 <= grid.height
    assert grid.columns * (grid.rows - 1) < count <= grid.columns * grid.rows
    assert grid.picture_width >= 240


@pytest.mark.parametrize(("aspect", "columns"), [(16 / 9, 3), (9 / 16, 5), (8.0, 1)])
def test_five_panels_suit_the_photo(aspect: float, columns: int) -> None:
    assert grid_for(5, aspect, 1704, caption_height=62, gap=28).columns == columns
