"""Numbers in annotation files."""

import pytest

from segstudio.errors import SegStudioError
from segstudio.formats.fields import size_of
from segstudio.formats.json_fields import size_in


@pytest.mark.parametrize("sizes", [("30", "-40"), ("-1", "-1"), ("0", "-40"), ("0", "640"), ("480", "0")])
def test_a_size_that_no_photo_has_is_told(sizes: tuple[str, str]) -> None:
    for told in (size_of, size_in):
        with pytest.raises(SegStudioError, match=f"{sizes[1]} × {sizes[0]} pixels, which no photo has"):
            told(*sizes)


@pytest.mark.parametrize("sizes", [("0", "0"), ("", ""), (None, None), ("480", None), (None, "640")])
def test_a_size_that_is_not_told_is_none(sizes: tuple[str | None, str | None]) -> None:
    assert size_of(*sizes) is None
    assert size_in(*sizes) is None
