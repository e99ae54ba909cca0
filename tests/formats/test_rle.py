import string
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from segstudio.errors import SegStudioError
from segstudio.formats.rle import checked_area, compressed, counts_of, decompressed, mask_of_columns
from segstudio.formats.shapes import MaskShape
from segstudio.formats.writing.coco import column_runs
from segstudio.formats.writing.sheets import Area, Told

Bitmap = npt.NDArray[np.bool_]
_BITMAPS = hnp.arrays(np.bool_, st.tuples(st.integers(1, 40), st.integers(1, 40)))


def _compressed(counts: list[int]) -> str:
    """COCO's compression, written number by number."""
    text = ""
    for place, count in enumerate(counts):
        number = count - counts[place - 2] if place > 2 else count
        more = True
        while more:
            group, number = number & 0x1F, number >> 5
            more = number != (-1 if group & 0x10 else 0)
            text += chr((group | 0x20 if more else group) + 48)
    return text


def _counts(bitmap: Bitmap) -> list[int]:
    counts, value = [0], False
    for pixel in bitmap.T.ravel().tolist():
        if pixel != value:
            counts.append(0)
            value = pixel
        counts[-1] += 1
    return counts


def _laid_out(shape: MaskShape, size: tuple[int, int]) -> Bitmap:
    whole = np.zeros(size, dtype=np.bool_)
    whole[shape.top : shape.top + shape.rows, shape.left : shape.left + shape.columns] = shape.bitmap()
    return whole


@pytest.mark.parametrize("as_text", [True, False])
@given(bitmap=_BITMAPS)
def test_masks_come_back(as_text: bool, bitmap: Bitmap) -> None:
    told = _compressed(_counts(bitmap)) if as_text else _counts(bitmap)
    counts, oddity = counts_of(told, *bitmap.shape)
    assert not oddity
    shape = mask_of_columns(counts, *bitmap.shape, label="x")
    assert (_laid_out(shape, (bitmap.shape[0], bitmap.shape[1])) == bitmap).all()


@given(st.lists(st.integers(0, 2**40), max_size=30))
def test_large_numbers_come_back(counts: list[int]) -> None:
    assert decompressed(_compressed(counts)).tolist() == counts


@given(st.text(string.printable, max_size=60) | st.binary(max_size=40).map(lambda b: b.decode("latin-1")))
def test_any_text_is_run_lengths_or_refused(text: str) -> None:
    try:
        counts, _ = counts_of(text, 20, 50)
    except SegStudioError:
        return
    assert counts.sum() <= 1000
    assert (counts >= 0).all()
    mask_of_columns(counts, 20, 50, label="x")


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        ([1, -2], "negative"),
        (["x"], "not whole numbers"),
        ([[1, 2]], "not whole numbers"),
        ([float("nan")], "not whole numbers"),
        ([10**400], "not whole numbers"),
        (None, "neither a list nor a text"),
        ("ü", "damaged"),
        ("oooooooooooooooooooo", "damaged"),
    ],
)
def test_what_is_no_mask_is_told(told: object, problem: str) -> None:
    with pytest.raises(SegStudioError, match=problem):
        counts_of(told, 20, 50)


@pytest.mark.parametrize(
    ("told", "kept", "oddity"),
    [
        ([5, 20], [5, 20], "end 975 pixels before its 50 × 20 pixels do, and the rest is taken as empty"),
        ([], [], "end 1,000 pixels before"),
        ([600, 600], [600, 400], "go on after its 50 × 20 pixels, and what is beyond is left out"),
        ([5, 2**40, 2**40], [5, 995, 0], "go on after"),
        ([500, 500, 0], [500, 500, 0], ""),
    ],
)
def test_runs_that_do_not_add_up_are_told_and_what_is_there_is_kept(
    told: list[int], kept: list[int], oddity: str
) -> None:
    counts, said = counts_of(_compressed(told), 20, 50)
    assert counts.tolist() == kept
    assert oddity in said
    assert bool(said) == bool(oddity)


@pytest.mark.parametrize("size", [(0, 5), (-3, 5), (1 << 20, 1 << 20)])
def test_sizes_are_bounded(size: tuple[int, int]) -> None:
    with pytest.raises(SegStudioError, match="no mask of a photo"):
        checked_area(*size)


@given(st.lists(st.integers(0, 1 << 40), max_size=40))
def test_compressed_runs_come_back(numbers: list[int]) -> None:
    counts = np.array(numbers, dtype=np.int64)
    assert decompressed(compressed(counts)).tolist() == numbers


def test_runs_are_compressed_as_coco_does() -> None:
    coder: Any = pytest.importorskip("pycocotools.mask")
    bitmap = np.random.default_rng(0).random((40, 30)) < 0.3
    bitmap[5:30, 10:20] = True
    area = Area(Told(1, "x", 0), (0, 0, 30, 40), int(bitmap.sum()), bitmap=bitmap)
    theirs = coder.encode(np.asfortranarray(bitmap.astype(np.uint8)))["counts"].decode()
    assert compressed(column_runs(area, (40, 30))) == theirs
