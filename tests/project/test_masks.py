from __future__ import annotations

import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.extra import numpy as hnp
from PIL import Image

from segstudio.errors import SegStudioError
from segstudio.project.classes import VOID, VOID_RGB, ClassList
from segstudio.project.masks import Mask, encode_mask, read_mask, unknown_values, write_mask

_CLASSES = ClassList.from_names(["background", "person:#FF0000", "sky:#0000FF"])


@given(hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=40)))
@settings(max_examples=60)
def test_every_value_comes_back_untouched(tmp_path_factory: pytest.TempPathFactory, mask: Mask) -> None:
    path = tmp_path_factory.getbasetemp() / "mask.png"
    write_mask(path, mask, _CLASSES)
    back = read_mask(path, size=(mask.shape[0], mask.shape[1]))
    assert back.dtype == np.uint8
    assert (back == mask).all()


def test_any_viewer_shows_the_class_colours(tmp_path: Path) -> None:
    write_mask(tmp_path / "a.png", np.array([[0, 1, 2, 7, VOID]], dtype=np.uint8), _CLASSES)
    with Image.open(tmp_path / "a.png") as image:
        assert (image.format, image.mode) == ("PNG", "P")
        shown = np.asarray(image.convert("RGB"))[0]
    assert [tuple(pixel) for pixel in shown.tolist()] == [
        _CLASSES.classes[0].rgb,
        (255, 0, 0),
        (0, 0, 255),
        VOID_RGB,
        VOID_RGB,
    ]


def test_a_mask_that_is_no_mask_is_a_fault_of_the_program() -> None:
    for wrong in (np.zeros((2, 2), dtype=np.int64), np.zeros((2, 2, 3), dtype=np.uint8)):
        with pytest.raises(ValueError, match="a mask is uint8"):
            encode_mask(wrong, _CLASSES)  # type: ignore[arg-type]


def test_a_mask_of_another_program_keeps_its_values(tmp_path: Path) -> None:
    values = np.array([[0, 1, 2], [5, 200, 255]], dtype=np.uint8)
    Image.fromarray(values).save(tmp_path / "grey.png")
    assert (read_mask(tmp_path / "grey.png") == values).all()
    few = np.array([[0, 1, 3]], dtype=np.uint8)
    image = Image.fromarray(few)
    image.putpalette([0, 0, 0, 9, 9, 9, 8, 8, 8, 7, 7, 7])
    image.save(tmp_path / "two-bits.png", bits=2)
    assert (read_mask(tmp_path / "two-bits.png") == few).all()


def _refused(path: Path, size: tuple[int, int] | None = None) -> str:
    with pytest.raises(SegStudioError) as caught:
        read_mask(path, size=size)
    assert str(caught.value).startswith(str(path))
    assert len(str(caught.value).splitlines()) == 1
    return str(caught.value)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "1", "I;16", "LA"])
def test_a_picture_is_no_mask(tmp_path: Path, mode: str) -> None:
    Image.new(mode, (4, 3)).save(tmp_path / "a.png")
    assert f"picture of mode {mode}" in _refused(tmp_path / "a.png")


def test_another_size_is_told(tmp_path: Path) -> None:
    write_mask(tmp_path / "a.png", np.zeros((3, 5), dtype=np.uint8), _CLASSES)
    told = _refused(tmp_path / "a.png", size=(5, 3))
    assert "the mask is 5 × 3 pixels, its photo 3 × 5" in told


def test_a_mask_cut_off_anywhere_is_told(tmp_path: Path) -> None:
    mask = np.random.default_rng(0).integers(0, 3, (40, 50), dtype=np.uint8)
    data = encode_mask(mask, _CLASSES)
    for cut in range(0, len(data) - 16, len(data) // 40):
        (tmp_path / "a.png").write_bytes(data[:cut])
        assert "damaged or cut off" in _refused(tmp_path / "a.png")


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    assert "there is no such mask" in _refused(tmp_path / "a.png")
    assert "damaged" in _refused(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="limits are POSIX's")
def test_a_huge_header_is_refused_without_its_memory(tmp_path: Path) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 100_000, 100_000, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + header + body)
    program = (
        "import resource, sys\nfrom pathlib import Path\nfrom segstudio.errors import SegStudioError\n"
        "from segstudio.project.masks import read_mask\n"
        "resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))\n"
        "for size in (None, (10, 10)):\n"
        "    try:\n        read_mask(Path(sys.argv[1]), size=size)\n        sys.exit('it was read')\n"
        "    except SegStudioError as error:\n        print(error)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "a.png")],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("the mask is 100000 × 100000 pixels") == 2


def test_values_that_are_no_class_are_found() -> None:
    mask = np.array([[0, 2, VOID, 9], [3, 9, 1, 254]], dtype=np.uint8)
    assert unknown_values(mask, _CLASSES) == (3, 9, 254)
    assert unknown_values(mask, _CLASSES.removed("sky")) == (2, 3, 9, 254)
    assert unknown_values(np.full((2, 2), VOID, dtype=np.uint8), ClassList()) == ()
