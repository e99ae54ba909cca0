from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from segstudio.errors import SegStudioError
from segstudio.project.images import (
    MAX_PIXELS,
    PHOTO_SUFFIXES,
    RgbImage,
    check_photo,
    encode_jpeg,
    encode_png,
    is_photo,
    photo_size,
    read_photo,
)

_ROWS, _COLUMNS = 7, 11
_ORIENTATIONS = range(1, 9)

_LOSSLESS: dict[str, dict[str, Any]] = {".webp": {"lossless": True, "exact": True}}

_STORED_AS: dict[int, Callable[[npt.NDArray[np.generic]], npt.NDArray[np.generic]]] = {
    1: lambda upright: upright,
    2: lambda upright: upright[:, ::-1],
    3: lambda upright: upright[::-1, ::-1],
    4: lambda upright: upright[::-1],
    5: lambda upright: upright.swapaxes(0, 1),
    6: lambda upright: np.rot90(upright, 1),
    7: lambda upright: upright[::-1, ::-1].swapaxes(0, 1),
    8: lambda upright: np.rot90(upright, -1),
}
"""How an upright photo is stored under each EXIF orientation (EXIF 2.32, section 4.6.4): the way back from it."""


@pytest.fixture
def upright() -> RgbImage:
    return np.random.default_rng(1).integers(0, 256, (_ROWS, _COLUMNS, 3), dtype=np.uint8)


def _both(path: Path) -> RgbImage:
    """Read a photo and make sure that its header told the same size."""
    photo = read_photo(path)
    assert photo.dtype == np.uint8
    assert photo.ndim == 3
    assert photo.shape[2] == 3
    assert photo_size(path) == photo.shape[:2]
    return photo


def _tiff(path: Path, pixels: npt.NDArray[np.generic], orientation: int = 1) -> None:
    """Write an uncompressed TIFF (grey or RGB, 8 or 16 bits) by hand, as cameras and scanners do."""
    rows, columns = pixels.shape[:2]
    samples = pixels.shape[2] if pixels.ndim == 3 else 1
    data = pixels.astype(pixels.dtype.newbyteorder("<")).tobytes()
    bits = 8 * pixels.dtype.itemsize
    entries = 10
    bits_at = 8 + 2 + 12 * entries + 4
    data_at = bits_at + 2 * samples + (2 * samples) % 4
    short, long = 3, 4
    tags = [
        (256, long, 1, columns),
        (257, long, 1, rows),
        (258, short, samples, bits if samples == 1 else bits_at),
        (259, short, 1, 1),
        (262, short, 1, 1 if samples == 1 else 2),
        (273, long, 1, data_at),
        (274, short, 1, orientation),
        (277, short, 1, samples),
        (278, long, 1, rows),
        (279, long, 1, len(data)),
    ]
    head = b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", entries)
    head += b"".join(struct.pack("<HHII", *tag) for tag in tags) + struct.pack("<I", 0)
    head += struct.pack(f"<{samples}H", *[bits] * samples)
    path.write_bytes(head.ljust(data_at, b"\0") + data)


# -- orientation


@pytest.mark.parametrize("orientation", _ORIENTATIONS)
@pytest.mark.parametrize("suffix", [".png", ".webp", ".tif"])
def test_any_orientation_comes_out_upright(
    tmp_path: Path, upright: RgbImage, orientation: int, suffix: str
) -> None:
    stored = np.ascontiguousarray(_STORED_AS[orientation](upright))
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / f"a{suffix}"
    Image.fromarray(stored).save(path, exif=exif, **_LOSSLESS.get(suffix, {}))
    assert (_both(path) == upright).all()


@pytest.mark.parametrize("orientation", _ORIENTATIONS)
def test_any_orientation_of_a_jpeg_comes_out_upright(tmp_path: Path, orientation: int) -> None:
    upright = np.zeros((32, 48, 3), dtype=np.uint8)
    upright[:16, :16] = (255, 0, 0)
    upright[16:, :16] = (0, 0, 255)
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = np.ascontiguousarray(_STORED_AS[orientation](upright))
    Image.fromarray(stored).save(tmp_path / "a.jpg", exif=exif, quality=95, subsampling=0)
    assert np.abs(_both(tmp_path / "a.jpg").astype(int) - upright).max() < 30


@pytest.mark.parametrize("orientation", _ORIENTATIONS)
@pytest.mark.parametrize("kind", ["grey 8", "grey 16", "RGB 8", "RGB 16"])
def test_any_orientation_of_a_raw_tiff_comes_out_upright(
    tmp_path: Path, upright: RgbImage, orientation: int, kind: str
) -> None:
    pixels = upright if kind.startswith("RGB") else upright[:, :, 0]
    stored = np.ascontiguousarray(_STORED_AS[orientation](pixels))
    _tiff(tmp_path / "a.tif", stored.astype(np.uint16) * 257 if kind.endswith("16") else stored, orientation)
    assert (_both(tmp_path / "a.tif") == pixels.reshape(_ROWS, _COLUMNS, -1)).all()


@pytest.mark.parametrize("orientation", _ORIENTATIONS)
def test_the_exif_of_a_png_may_follow_its_pixels(tmp_path: Path, upright: RgbImage, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "a.png"
    Image.fromarray(np.ascontiguousarray(_STORED_AS[orientation](upright))).save(path, exif=exif)
    data = path.read_bytes()
    start = data.index(b"eXIf") - 4
    end = start + 12 + int.from_bytes(data[start : start + 4], "big")
    path.write_bytes(data[:start] + data[end:-12] + data[start:end] + data[-12:])
    assert (_both(path) == upright).all()


def test_the_size_is_told_by_the_header_alone(tmp_path: Path) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (200, 300, 3), dtype=np.uint8)
    for suffix in (".png", ".jpg", ".bmp", ".tif", ".gif"):
        path = tmp_path / f"a{suffix}"
        Image.fromarray(pixels).save(path)
        if suffix != ".tif":  # its directory stands at the end
            path.write_bytes(path.read_bytes()[:5000])
        assert photo_size(path) == (200, 300), suffix


@pytest.mark.parametrize("orientation", [0, 9, 60000])
def test_an_impossible_orientation_changes_nothing(
    tmp_path: Path, upright: RgbImage, orientation: int
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.fromarray(upright).save(tmp_path / "a.png", exif=exif)
    assert (_both(tmp_path / "a.png") == upright).all()


# -- kinds of pixels


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".tif", ".ppm", ".webp", ".jp2"])
def test_lossless_colour_comes_back_as_it_was(tmp_path: Path, upright: RgbImage, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    Image.fromarray(upright).save(path, **_LOSSLESS.get(suffix, {}))
    assert (_both(path) == upright).all()


@pytest.mark.parametrize("suffix", [".png", ".tif", ".pgm"])
def test_sixteen_bit_grey_keeps_its_high_byte(tmp_path: Path, upright: RgbImage, suffix: str) -> None:
    grey = upright[:, :, 0]
    sixteen = grey.astype(np.uint16) * 256 + upright[:, :, 1]
    path = tmp_path / f"a{suffix}"
    path.write_bytes(cv2.imencode(suffix, sixteen)[1].tobytes())
    assert (_both(path) == grey[:, :, None]).all()


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("bits", [8, 9, 10, 12, 14, 15, 16])
def test_grey_of_fewer_bits_in_sixteen_is_scaled_by_the_range_it_uses(
    tmp_path: Path, suffix: str, bits: int
) -> None:
    values = np.linspace(0, 2**bits - 1, 30 * 40).astype(np.uint16).reshape(30, 40)
    path = tmp_path / f"a{suffix}"
    path.write_bytes(cv2.imencode(suffix, values)[1].tobytes())
    assert (read_photo(path) == (values >> (bits - 8)).astype(np.uint8)[:, :, None]).all()


def test_one_scale_holds_for_all_of_a_photo_that_is_taken_over_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segstudio.project.images.BAND_PIXELS", 40)
    monkeypatch.setattr("segstudio.project.large_images.BAND_PIXELS", 40)
    values = np.full((30, 40), 100, dtype=np.uint16)
    values[-1, -1] = 4095
    path = tmp_path / "a.png"
    path.write_bytes(cv2.imencode(".png", values)[1].tobytes())
    assert read_photo(path)[0, 0, 0] == 100 >> 4
    assert read_photo(path)[-1, -1, 0] == 255


@pytest.mark.parametrize("suffix", [".png", ".tif", ".ppm"])
def test_sixteen_bit_colour_keeps_its_high_byte(tmp_path: Path, upright: RgbImage, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(cv2.imencode(suffix, upright[:, :, ::-1].astype(np.uint16) * 257)[1].tobytes())
    assert (_both(path) == upright).all()


@pytest.mark.parametrize("mode", ["1", "L", "P"])
def test_grey_and_palette_become_rgb(tmp_path: Path, upright: RgbImage, mode: str) -> None:
    image = Image.fromarray(upright).convert(mode)
    image.save(tmp_path / "a.png")
    assert (_both(tmp_path / "a.png") == np.asarray(image.convert("RGB"))).all()


@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp"])
def test_transparent_parts_are_laid_on_white(tmp_path: Path, upright: RgbImage, suffix: str) -> None:
    alpha = np.zeros((_ROWS, _COLUMNS, 1), dtype=np.uint8)
    alpha[:, 3:5] = 255
    path = tmp_path / f"a{suffix}"
    image = Image.fromarray(np.concatenate([upright, alpha], axis=2))
    image.save(path, **_LOSSLESS.get(suffix, {}))
    photo = _both(path)
    assert (photo[:, 3:5] == upright[:, 3:5]).all()
    assert (photo[:, :3] == 255).all()


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_half_transparent_grey_is_half_white(tmp_path: Path, suffix: str) -> None:
    layers = [Image.new("L", (4, 3), 100), Image.new("L", (4, 3), 128)]
    Image.merge("LA", layers).save(tmp_path / f"a{suffix}")
    assert np.abs(_both(tmp_path / f"a{suffix}").astype(int) - 177).max() <= 1


def test_a_transparent_palette_colour_is_white(tmp_path: Path) -> None:
    image = Image.fromarray(np.array([[0, 1, 1], [1, 0, 1]], dtype=np.uint8))
    image.putpalette([10, 20, 30, 40, 50, 60])
    image.save(tmp_path / "a.png", transparency=0)
    photo = _both(tmp_path / "a.png")
    assert photo[0, 0].tolist() == [255, 255, 255]
    assert photo[0, 1].tolist() == [40, 50, 60]


@pytest.mark.parametrize("suffix", [".jpg", ".tif"])
def test_cmyk_becomes_rgb(tmp_path: Path, suffix: str) -> None:
    Image.new("CMYK", (16, 16), (0, 255, 255, 0)).save(tmp_path / f"a{suffix}")
    red, green, blue = (int(value) for value in _both(tmp_path / f"a{suffix}")[8, 8])
    assert red > 240
    assert max(green, blue) < 15


def test_the_first_frame_of_an_animation_counts(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (8, 6), colour) for colour in ("#ff0000", "#00ff00", "#0000ff")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert (_both(tmp_path / "a.gif") == (255, 0, 0)).all()


def test_floating_point_is_a_photo_between_nought_and_one_only(tmp_path: Path) -> None:
    values = np.linspace(0, 1, 12, dtype=np.float32).reshape(3, 4)
    Image.fromarray(values).save(tmp_path / "a.tif")
    assert _both(tmp_path / "a.tif")[2, 3].tolist() == [255, 255, 255]
    Image.fromarray(values * 2).save(tmp_path / "b.tif")
    with pytest.raises(SegStudioError, match="outside 0–1"):
        read_photo(tmp_path / "b.tif")


@pytest.mark.parametrize("name", ["ü/日本.jpg", "with spaces/a b.jpg", "🪂.jpg", "quote's.jpg", "a#b%20.jpg"])
def test_any_path_can_be_read(tmp_path: Path, upright: RgbImage, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(encode_jpeg(upright))
    assert _both(path).shape == upright.shape
    sixteen = path.with_suffix(".tif")
    _tiff(sixteen, upright.astype(np.uint16) * 257)  # OpenCV's part
    assert (_both(sixteen) == upright).all()


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 99))
@settings(max_examples=30)
def test_an_encoded_png_is_the_same_photo(
    tmp_path_factory: pytest.TempPathFactory, rows: int, columns: int, seed: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "encoded.png"
    pixels = np.random.default_rng(seed).integers(0, 256, (rows, columns, 3), dtype=np.uint8)
    path.write_bytes(encode_png(pixels))
    assert (_both(path) == pixels).all()


# -- what is no photo


def _refused(path: Path) -> str:
    with pytest.raises(SegStudioError) as caught:
        read_photo(path)
    text = str(caught.value)
    assert text.startswith(str(path))
    assert len(text.splitlines()) == 1
    return text


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".bmp", ".webp", ".gif", ".jp2"])
def test_a_photo_cut_off_anywhere_is_refused_in_one_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], suffix: str
) -> None:
    pixels = np.random.default_rng(2).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    path = tmp_path / f"a{suffix}"
    Image.fromarray(pixels).save(path)
    data = path.read_bytes()
    # The last bytes of most formats say only that they are the last.
    for cut in np.linspace(0, len(data) * 0.9, 25).astype(int):
        path.write_bytes(data[:cut])
        _refused(path)
    assert capfd.readouterr().err == ""


@given(st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_damaged_photo_is_read_or_refused_in_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    form = data.draw(st.sampled_from(["JPEG", "PNG", "TIFF", "BMP", "WEBP", "GIF", "PPM"]))
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    kept = {"exif": exif} if form in ("JPEG", "PNG", "TIFF", "WEBP") else {}
    Image.fromarray(np.arange(300, dtype=np.uint8).reshape(10, 10, 3)).save(buffer, form, **kept)
    damaged = bytearray(buffer.getvalue())
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.getbasetemp() / "damaged"
    path.write_bytes(damaged)
    problem, photo = _tried(path)
    assert len(problem.splitlines()) == 1 if photo is None else photo.shape[2] == 3


def _tried(path: Path) -> tuple[str, RgbImage | None]:
    try:
        return "", read_photo(path)
    except SegStudioError as error:
        return str(error), None


def test_an_empty_file_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"")
    assert "empty (0 bytes)" in _refused(tmp_path / "a.jpg")


@pytest.mark.parametrize("content", [b"hello, I am a text", b"<html></html>", bytes(1000), b"PK\x03\x04zip"])
def test_what_is_no_photo_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.jpg").write_bytes(content)
    assert "not a photo that can be read" in _refused(tmp_path / "a.jpg")


def test_what_is_not_there_or_a_folder_is_told(tmp_path: Path) -> None:
    assert "there is no such photo" in _refused(tmp_path / "a.jpg")
    assert "this is a folder" in _refused(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are none here")
def test_a_pipe_or_a_device_is_told_and_nobody_waits_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.jpg")
    for path in (tmp_path / "a.jpg", Path("/dev/zero")):
        assert "a pipe or a device" in _refused(path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read anything")
def test_a_photo_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"x")
    (tmp_path / "a.jpg").chmod(0)
    assert "may not be read" in _refused(tmp_path / "a.jpg")


def _png_of(columns: int, rows: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


@pytest.mark.skipif(sys.platform == "win32", reason="limits are POSIX's")
def test_a_huge_header_is_refused_without_its_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(_png_of(100_000, 100_000))
    program = (
        "import resource, sys\nfrom pathlib import Path\nfrom segstudio.errors import SegStudioError\n"
        "from segstudio.project.images import photo_size, read_photo\n"
        "resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))\n"
        "for read in (photo_size, read_photo):\n"
        "    try:\n        read(Path(sys.argv[1]))\n        sys.exit('it was read')\n"
        "    except SegStudioError as error:\n        print(error)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("too large (100000 × 100000 pixels)") == 2


def test_the_largest_photo_is_let_through_to_the_decoder(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(_png_of(20_000, 20_000))
    assert photo_size(path) == (20_000, 20_000)
    path.write_bytes(_png_of(20_000, 20_001))
    with pytest.raises(SegStudioError, match=f"at most {MAX_PIXELS // 1_000_000} megapixels"):
        photo_size(path)


# -- names


def test_photos_are_told_by_their_suffix() -> None:
    assert all(is_photo(Path(f"a{suffix.upper()}")) for suffix in PHOTO_SUFFIXES)
    assert not any(
        is_photo(Path(name)) for name in ("a.txt", "a", ".jpg", ".hidden.jpg", "a.jpg.part", "a.xml")
    )


def test_real_photos_are_read_at_the_size_their_header_tells() -> None:
    data = os.environ.get("SEGSTUDIO_TEST_DATA")
    if not data:
        pytest.skip("SEGSTUDIO_TEST_DATA is not set")
    paths = [path for path in Path(data).rglob("*") if is_photo(path)][:150:5]
    assert paths
    for path in paths:
        _both(path)


def test_a_photo_never_starts_another_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pillow would hand EPS to Ghostscript, whatever the file is called."""
    ran, program = tmp_path / "ran", tmp_path / "gs"
    program.write_text(f"#!/bin/sh\ntouch '{ran}'\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    path = tmp_path / "photo.jpg"
    Image.new("RGB", (20, 10)).save(path, "EPS")
    for read in (photo_size, read_photo):
        with pytest.raises(SegStudioError, match=r"photo\.jpg"):
            read(path)
    assert not ran.exists()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("rows", [1, 7, 16])
def test_bands_join_and_turn_as_pillow_turns(
    tmp_path: Path, orientation: int, rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("segstudio.project.large_images.BAND_PIXELS", 50)
    pixels = np.random.default_rng(orientation).integers(0, 256, (rows, 9, 3), dtype=np.uint8)
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "p.png"
    Image.fromarray(pixels).save(path, exif=exif)
    with Image.open(path) as image:
        upright = np.asarray(ImageOps.exif_transpose(image))
    assert np.array_equal(read_photo(path), upright)


def test_a_file_of_few_bytes_that_says_it_is_huge_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    """A lossless WebP of 16,384 pixels a side: it would take a gigabyte, and then be cut off."""
    stream = io.BytesIO()
    Image.fromarray(np.full((9, 9, 3), 7, dtype=np.uint8)).save(stream, "WEBP", lossless=True)
    data = bytearray(stream.getvalue())
    sides = data.index(b"VP8L") + 9
    data[sides : sides + 4] = b"\xff\xff\xff\x0f"
    path = tmp_path / "x.webp"
    path.write_bytes(data)
    for read in (photo_size, read_photo):
        with pytest.raises(SegStudioError, match="268 megapixels, which its few bytes cannot hold"):
            read(path)


@pytest.mark.parametrize("is_progressive", [False, True])
def test_a_jpeg_of_few_bytes_that_says_it_is_huge_is_refused_before_it_is_decoded(
    tmp_path: Path, is_progressive: bool
) -> None:
    """What its bytes do not tell would be made up, in grey: 2.7 GB of it."""
    stream = io.BytesIO()
    Image.new("RGB", (16, 16)).save(stream, "JPEG", progressive=is_progressive)
    data = bytearray(stream.getvalue())
    sides = data.index(b"\xff\xc2" if is_progressive else b"\xff\xc0") + 5
    data[sides : sides + 4] = struct.pack(">HH", 20_000, 20_000)
    path = tmp_path / "x.jpg"
    path.write_bytes(data)
    for read in (photo_size, check_photo, read_photo):
        with pytest.raises(SegStudioError, match="400 megapixels, which its few bytes cannot hold"):
            read(path)


def test_a_large_jpeg_of_one_colour_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    Image.new("L", (8000, 7000), 255).save(path, "JPEG", quality=1, optimize=True, progressive=True)
    assert check_photo(path)[0] == photo_size(path) == (7000, 8000)
