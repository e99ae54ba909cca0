"""Counting a mask file without reading it as a whole says the same as reading it, and refuses the same."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.errors import SegStudioError
from segstudio.project import mask_values
from segstudio.project.classes import VOID, ClassList
from segstudio.project.mask_values import count_file
from segstudio.project.masks import Mask, encode_mask
from segstudio.project.statistics import Counts, count_values


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mask.png"


def drawn(rows: int, columns: int) -> Mask:
    mask = np.random.default_rng(rows).choice(np.array([0, 1, 7, VOID], dtype=np.uint8), (rows, columns))
    mask[: rows // 2] = 0
    return mask


def bytes_of(mask: Mask, classes: ClassList) -> bytearray:
    return bytearray(encode_mask(mask, classes))


@pytest.fixture
def no_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: object, **__: object) -> Mask:
        raise AssertionError("it was read as a whole")

    monkeypatch.setattr(mask_values, "read_mask", read)


@pytest.mark.usefixtures("no_reading")
@pytest.mark.parametrize("size", [(1, 1), (3, 700), (700, 3), (900, 1100), (2, 600_000)])
def test_own_masks_are_counted_as_they_are_unpacked(
    path: Path, classes: ClassList, size: tuple[int, int]
) -> None:
    mask = drawn(*size)
    path.write_bytes(bytes_of(mask, classes))
    assert np.array_equal(count_file(path, size), count_values(mask))
    assert np.array_equal(count_file(path, None), count_values(mask))


@pytest.mark.parametrize("options", [{"bits": 4}, {"optimize": True}, {"interlace": 1}])
def test_masks_of_other_programs_are_counted_too(path: Path, options: dict[str, object]) -> None:
    mask = np.minimum(drawn(40, 50), 7).astype(np.uint8)
    image = Image.fromarray(mask)
    image.putpalette([value for grey in range(16) for value in (grey, grey, grey)])
    image.save(path, "PNG", **options)
    assert np.array_equal(count_file(path, (40, 50)), count_values(mask))


@pytest.mark.usefixtures("no_reading")
def test_masks_of_earlier_versions_are_counted_as_they_are_unpacked(path: Path, classes: ClassList) -> None:
    mask = drawn(900, 1100)
    image = Image.fromarray(mask)
    image.putpalette(classes.palette().tobytes())
    image.save(path, "PNG", bits=8, compress_level=1, compress_type=3)
    assert np.array_equal(count_file(path, mask.shape), count_values(mask))


def test_filtered_rows_are_counted_too(path: Path) -> None:
    mask = np.tile(np.arange(200, dtype=np.uint8), (30, 1))
    rows = b"".join(b"\1" + bytes([int(row[0])]) + np.diff(row).tobytes() for row in mask)
    buffer = io.BytesIO()
    Image.fromarray(mask).save(buffer, "PNG")
    data = buffer.getvalue()

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")
        )

    path.write_bytes(data[:33] + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    assert np.array_equal(count_file(path, (30, 200)), count_values(mask))


@pytest.mark.parametrize("at", [3, 18, 45, -30, -14])
def test_a_changed_byte_is_never_counted_wrongly(path: Path, classes: ClassList, at: int) -> None:
    mask = drawn(60, 80)
    data = bytes_of(mask, classes)
    data[at] ^= 0x55
    path.write_bytes(data)
    counts: Counts
    try:
        counts = count_file(path, (60, 80))
    except SegStudioError as error:
        assert "damaged" in str(error)  # noqa: PT017 (what reads it may as well be able to)
    else:
        assert counts.sum() == mask.size


@pytest.mark.parametrize("kept", [0, 7, 40, 300])
def test_a_mask_that_is_cut_off_is_refused(path: Path, classes: ClassList, kept: int) -> None:
    path.write_bytes(bytes_of(drawn(60, 80), classes)[:kept])
    with pytest.raises(SegStudioError, match="damaged"):
        count_file(path, (60, 80))


def test_another_size_and_no_file_are_refused(path: Path, classes: ClassList) -> None:
    path.write_bytes(bytes_of(drawn(60, 80), classes))
    with pytest.raises(SegStudioError, match="80 × 60"):
        count_file(path, (80, 60))
    path.unlink()
    with pytest.raises(SegStudioError, match="no such mask"):
        count_file(path, None)
