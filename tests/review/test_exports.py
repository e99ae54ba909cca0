import csv
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.errors import SegStudioError
from segstudio.project.classes import ClassList
from segstudio.project.masks import read_mask
from segstudio.review import exports
from segstudio.review.exports import (
    TABLE_COLUMNS,
    Kinds,
    encoded_jpeg,
    table_rows,
    write_csv,
    write_pictures,
)
from segstudio.review.panels import Findings
from segstudio.review.tallies import tally

CLASSES = ClassList.from_names(["sky", "ground, dry"])


def _findings() -> Findings:
    mask = np.zeros((40, 60), dtype=np.uint8)
    mask[:, 45:] = 1
    photo = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
    return Findings(photo, mask, CLASSES, np.full((40, 60), 51, dtype=np.uint8))


def test_what_is_wanted_is_written_and_the_photo_stays_as_it_was(tmp_path: Path) -> None:
    findings = _findings()
    confidence = findings.confidence
    assert confidence is not None
    before = findings.photo.copy()
    kinds = Kinds(mask=True, overlay=True, panels=True, confidence=True)
    written = write_pictures(tmp_path / "sub" / "a.b", findings, kinds, title="a.b", subtitle="")
    assert [path.name for path in written] == [
        f"a.b.{ending}" for ending in ("mask.png", "panels.png", "confidence.png", "overlay.jpg")
    ]
    assert np.array_equal(findings.photo, before)
    assert np.array_equal(read_mask(written[0]), findings.mask)
    assert np.array_equal(np.asarray(Image.open(written[2])), confidence)


def test_the_files_are_the_same_when_the_photo_s_memory_is_used(tmp_path: Path) -> None:
    kinds = Kinds(mask=True, overlay=True, panels=True, confidence=True)
    kept = write_pictures(tmp_path / "kept", _findings(), kinds, title="", subtitle="")
    used = write_pictures(tmp_path / "used", _findings(), kinds, title="", subtitle="", uses_up_photo=True)
    assert [path.read_bytes() for path in used] == [path.read_bytes() for path in kept]


def test_a_large_photo_is_not_held_a_second_time(tmp_path: Path) -> None:
    side = 2400
    mask = np.zeros((side, side), dtype=np.uint8)
    mask[:, side // 2 :] = 1
    findings = Findings(np.full((side, side, 3), 90, dtype=np.uint8), mask, CLASSES)
    kinds = Kinds(mask=True, overlay=True, panels=False)
    tracemalloc.start()
    try:
        write_pictures(tmp_path / "a", findings, kinds, title="", subtitle="", uses_up_photo=True)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < findings.photo.nbytes / 2


def test_colours_of_a_jpeg_are_in_order_and_the_picture_is_used_up() -> None:
    picture = np.zeros((16, 16, 3), dtype=np.uint8)
    picture[..., 0] = 200
    data = encoded_jpeg(picture)
    assert data.startswith(b"\xff\xd8")
    assert picture[0, 0].tolist() == [0, 0, 200]


def test_what_a_jpeg_cannot_hold_becomes_a_png(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "_LONGEST_JPEG_SIDE_PX", 50)
    kinds = Kinds(mask=False, overlay=True, panels=False)
    (path,) = write_pictures(tmp_path / "a", _findings(), kinds, title="", subtitle="")
    assert path.name == "a.overlay.png"
    with pytest.raises(SegStudioError, match="cannot be a JPEG"):
        encoded_jpeg(np.zeros((1, 70_000, 3), dtype=np.uint8))


def test_a_table_can_be_read_back(tmp_path: Path) -> None:
    findings = _findings()
    rows = table_rows("ü, 1.jpg", CLASSES, tally(findings.mask, CLASSES, findings.confidence))
    write_csv(
        tmp_path / "t.csv",
        TABLE_COLUMNS,
        [*rows, *table_rows("b", CLASSES, tally(np.zeros((1, 1), np.uint8), CLASSES))],
    )
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as stream:
        read = [tuple(row.values()) for row in csv.DictReader(stream)]
    assert read == [
        ("ü, 1.jpg", "sky", "1800", "0.750000", "0.200000"),
        ("ü, 1.jpg", "ground, dry", "600", "0.250000", "0.200000"),
        ("b", "sky", "1", "1.000000", ""),
        ("b", "ground, dry", "0", "0.000000", ""),
    ]
