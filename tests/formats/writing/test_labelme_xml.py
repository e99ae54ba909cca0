"""LabelMe XML as it is written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.formats.writing.trips import CLASSES, export, import_again, masks_of, project_of


@pytest.mark.parametrize("outlines", ["polygons", "masks"])
def test_spaces_around_names_are_part_of_them(tmp_path: Path, outlines: str) -> None:
    keys = (" a.png", "a.png", " x/a.png", "b .png")
    masks = {key: np.full((6, 7), value % 4, dtype=np.uint8) for value, key in enumerate(keys, start=1)}
    for mask in masks.values():
        mask[2:4, 3:5] = 3
    project = project_of(tmp_path / "before", masks, CLASSES)
    export(project, "labelme-xml", tmp_path / "out", outlines=outlines, with_photos=True)
    found = masks_of(import_again(tmp_path / "out", tmp_path / "after", CLASSES))
    assert found.keys() == masks.keys()
    assert all((found[key] == mask).all() for key, mask in masks.items())
