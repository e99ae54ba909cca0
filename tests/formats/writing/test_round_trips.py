"""What is exported comes back by the real importer, pixel for pixel."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from segstudio.project.masks import Mask
from tests.formats.writing.trips import CLASSES, WAYS, export, import_again, masks_of, project_of

DATA = Path(os.environ.get("SEGSTUDIO_TEST_DATA", "/nonexistent"))
real_data = pytest.mark.skipif(not DATA.is_dir(), reason="SEGSTUDIO_TEST_DATA is not set")

BRIDGE = ["1110000111", "1111111111", "1110000111"]
RING_IN_RING = ["1111111", "1000001", "1022201", "1020201", "1022201", "1000001", "1111111"]
DIAGONALS = ["1001", "0110", "0110", "1001"]
EDGES = ["3003", "0000", "0220", "3003"]
ONE_PIXEL = ["2"]
FULL = ["333", "333"]
LINE = ["11111"]
VOID_HOLE = ["11111", "1v1v1", "11111", "00v00"]
NOTHING = ["000", "000"]
NAMES = ("bridge", "nested/ring in ring", "ü/diagonals", "edges", "one", "full", "ü/line", "void", "nothing")


def _mask(rows: list[str]) -> Mask:
    return np.array([[255 if cell == "v" else int(cell) for cell in row] for row in rows], dtype=np.uint8)


HARD = {
    f"{name}.png": _mask(rows)
    for name, rows in zip(
        NAMES,
        (BRIDGE, RING_IN_RING, DIAGONALS, EDGES, ONE_PIXEL, FULL, LINE, VOID_HOLE, NOTHING),
        strict=True,
    )
}


@pytest.mark.parametrize(("form", "outlines"), WAYS)
@pytest.mark.parametrize("to", ["out", "out.zip"])
def test_hard_masks_come_back_bit_for_bit(tmp_path: Path, form: str, outlines: str, to: str) -> None:
    project = project_of(tmp_path / "before", HARD, CLASSES, {"bridge.png": "train", "ü/line.png": "val"})
    report = export(project, form, tmp_path / to, outlines=outlines, with_photos=True)
    assert (report.photos, report.agreement, report.worst, report.left_out) == (len(HARD), 1.0, (), ())
    found = masks_of(import_again(tmp_path / to, tmp_path / "after", CLASSES))
    split = {"bridge.png": "train", "ü/line.png": "val"} if form == "yolo-seg" else {}
    folder = "train" if form == "yolo-seg" else ""
    assert found.keys() == {str(Path(split.get(key, folder)) / key) for key in HARD}
    for key, mask in HARD.items():
        assert (found[str(Path(split.get(key, folder)) / key)] == mask).all(), key
