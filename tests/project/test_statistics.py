from __future__ import annotations

import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.project.class_uses import count_masks
from segstudio.project.classes import VOID
from segstudio.project.project import Project
from segstudio.project.statistics import MaskCounts, count_values, total
from tests.project.conftest import AddPhoto


def test_every_value_is_counted() -> None:
    counts = count_values(np.array([[0, 1, 1], [255, 7, 1]], dtype=np.uint8))
    assert counts.shape == (256,)
    assert counts.sum() == 6
    assert [int(counts[value]) for value in (0, 1, 7, 255)] == [1, 3, 1, 1]


def test_totals_are_sums_over_photos_and_void_is_no_class() -> None:
    totals = total([MaskCounts("a", {0: 10, 1: 30, VOID: 60}), MaskCounts("b", {1: 60})])
    assert totals.photos == {0: 1, 1: 2, VOID: 1}
    assert totals.labelled_pixels == 100
    assert (totals.share(0), totals.share(1), totals.share(2)) == (0.1, 0.9, 0.0)
    assert total([]).share(0) == 0.0


def test_the_masks_of_a_project_are_counted(project: Project, add_photo: AddPhoto) -> None:
    mask = np.zeros((60, 80), dtype=np.uint8)
    mask[:30] = 2
    mask[0, 0] = 77
    mask[1, 1] = VOID
    add_photo("a.png", mask)
    add_photo("b.png")
    told: list[tuple[int, int]] = []
    (counts,) = count_masks(project, project.photos(), lambda done, of: told.append((done, of)))
    assert counts == MaskCounts("a.png", {0: 2400, 2: 2398, 77: 1, VOID: 1})
    assert counts.classes == {0, 2, 77}
    assert counts.unknown(project.classes) == (77,)
    assert told == [(1, 1)]


def test_a_damaged_mask_is_named(project: Project, add_photo: AddPhoto) -> None:
    add_photo("a.png", np.zeros((60, 80), dtype=np.uint8))
    path = project.mask_path(project.photo("a.png"))
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(SegStudioError, match=r"a\.png\.png: the mask is damaged"):
        count_masks(project, project.photos())


@pytest.mark.parametrize("size", [(0, 5), (1, 1), (3, 7), (5000, 4000)])
def test_values_are_counted_exactly_in_masks_of_any_size(size: tuple[int, int]) -> None:
    mask = np.full(size, 3, dtype=np.uint8)
    mask[:1, :2] = VOID
    expected = np.zeros(256, dtype=np.int64)
    expected[VOID] = mask[:1, :2].size
    expected[3] = mask.size - expected[VOID]
    assert np.array_equal(count_values(mask), expected)
    assert np.array_equal(count_values(mask[:, ::2]), np.bincount(mask[:, ::2].ravel(), minlength=256))
