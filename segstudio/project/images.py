"""Reading photos: whatever the file holds, an upright RGB `uint8` array comes out."""

from __future__ import annotations

import io
import logging
import os
import stat
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import lru_cache, partial
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile, UnidentifiedImageError
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile

from segstudio.errors import SegStudioError
from segstudio.files import open_ordinary
from segstudio.project.jpegs import without_pixels
from segstudio.project.large_images import BAND_PIXELS, fill_by_bands, freed_in_steps
from segstudio.project.photo_lengths import check_before_opening, check_opened

RgbImage = npt.NDArray[np.uint8]
"""uint8 of shape (rows, columns, 3), red green blue, upright."""

PHOTO_SUFFIXES = frozenset(
    {
        ".jpg",
        ".jpeg",
        ".jpe",
        ".jfif",
        ".png",
        ".bmp",
        ".tif",
        ".tiff",
        ".webp",
        ".gif",
        ".ppm",
        ".pgm",
        ".jp2",
    }
)

MAX_PIXELS = 20_000 * 20_000
"""A photo with more pixels is refused before any of it is decoded."""

_LITTLE_PIXELS = 50_000_000
_MOST_PER_BYTE = {"WEBP": 20_000, "JPEG2000": 20_000, "JPEG": 2_000}
"""No photo has more pixels for each of its bytes. The first two tell any number of equal ones in a few; of a JPEG whose end
is there and its middle is not, the decoder makes grey ones up.
"""

_SEVERAL = frozenset({".gif", ".tif", ".tiff", ".webp"})
IMAGE_FORMATS = ("JPEG", "PNG", "TIFF", "BMP", "WEBP", "GIF", "PPM", "JPEG2000")
"""What may stand behind the name of a photo. Not all that Pillow knows: for EPS it starts another program."""

_ORIENTATION = 0x0112
_WIDTH, _LENGTH = 0x0100, 0x0101
_BITS = 0x0102
_PNG_DEPTH_AT = 24
_TIFF_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA", "RGBX", "CMYK", "YCbCr", "I;16", "I;16B"})
"""What Pillow reads of TIFF; OpenCV is asked for the rest."""

_SIDEWAYS = frozenset({5, 6, 7, 8})

_TURNS: Mapping[int, Callable[[npt.NDArray[np.uint8]], object]] = {
    2: lambda image: cv2.flip(image, 1),
    3: lambda image: cv2.rotate(image, cv2.ROTATE_180),
    4: lambda image: cv2.flip(image, 0),
    5: cv2.transpose,
    6: lambda image: cv2.rotate(image, cv2.ROTATE_90_CLOCKWISE),
    7: lambda image: cv2.flip(cv2.transpose(image), -1),
    8: lambda image: cv2.rotate(image, cv2.ROTATE_90_COUNTERCLOCKWISE),
}
"""What turns a photo of each EXIF orientation upright."""

_OPENCV_SIGNATURES = (
    *(b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),  # TIFF and BigTIFF
    *(b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51"),  # JPEG 2000
)

# Pillow's own limit stands below the 16384 × 16384 that a project may hold; ours is checked in its place.
Image.MAX_IMAGE_PIXELS = None
ImageFile.LOAD_TRUNCATED_IMAGES = False

# What the two have to say of a damaged file would stand on standard error beside our sentence.
logging.getLogger("PIL").addHandler(logging.NullHandler())
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def is_photo(path: Path) -> bool:
    """Tell whether the file name is one of a photo."""
    return path.suffix.lower() in PHOTO_SUFFIXES and not path.name.startswith(".")


def photo_size(path: Path) -> tuple[int, int]:
    """Return rows and columns of the upright photo, from its header alone.

    Raises SegStudioError for a file that is missing, no photo, or too large.
    """
    with _explained(path), _opened(path) as image:
        if isinstance(image, TiffImageFile):  # some versions of Pillow turn `size` upright, some do not
            columns, rows = image.tag_v2[_WIDTH], image.tag_v2[_LENGTH]
        else:
            columns, rows = image.size
        return (columns, rows) if _orientation(image) in _SIDEWAYS else (rows, columns)


def is_deep(path: Path) -> bool:
    """Tell whether a PNG or TIFF keeps more than eight bits a channel, from its header alone; False when it cannot be read."""
    with suppress(SegStudioError), _explained(path), open_ordinary(path) as stream:
        head = stream.read(_PNG_DEPTH_AT + 1)
        if head.startswith(b"\x89PNG\r\n\x1a\n"):
            return head[_PNG_DEPTH_AT:] > b"\x08"
        if head.startswith(_OPENCV_SIGNATURES[:4]):
            stream.seek(0)
            with Image.open(stream, formats=("TIFF",)) as image:
                return isinstance(image, TiffImageFile) and max(image.tag_v2.get(_BITS, (8,))) > 8
    return False


def read_photo(path: Path) -> RgbImage:
    """Return the photo as uint8 (rows, columns, 3) RGB, turned upright by its EXIF orientation.

    16-bit colour keeps its high byte; of 16-bit grey the highest eight bits count that the photo makes use of, so
    that what a camera of 10, 12 or 14 bits wrote is no black photo (docs/decisions/0007-sixteen-bit-grey.md). Grey
    and palette become RGB, transparent parts are laid on white, and of an animation the first frame counts. Raises
    SegStudioError for a file that is missing, damaged, cut off, no photo, or too large.
    """
    with _explained(path), freed_in_steps(), _opened(path) as image:
        if image.format == "TIFF" and image.mode not in _TIFF_MODES | {"F"}:
            return _read_with_opencv(path)
        image.load()
        orientation = image.getexif().get(_ORIENTATION)  # after loading, when Pillow has not turned it itself
        columns, rows = image.size
        pixels = np.empty((rows, columns, 3), dtype=np.uint8)
        fill_by_bands(pixels, image, partial(_to_rgb, path=path, low_bits=_low_bits(image)))
        image.close()
    turn = _TURNS.get(orientation) if isinstance(orientation, int) else None
    return pixels if turn is None else np.asarray(turn(pixels), dtype=np.uint8)


def check_photo(path: Path) -> tuple[tuple[int, int], int]:
    """Look whether `read_photo` can read the photo, and return rows and columns of it, upright, and its EXIF orientation, 1–8.

    Raises SegStudioError as `read_photo` does. The pixels of a JPEG are not decoded where its markers tell as much.
    """
    with _explained(path), _opened(path) as image:
        if isinstance(image, JpegImageFile):
            columns, rows = image.size
            told = image.getexif().get(_ORIENTATION)
            orientation = told if isinstance(told, int) and told in _TURNS else 1
            headers = without_pixels(path.read_bytes())
            if headers is not None:
                _decode_headers(headers)
            else:
                image.draft("L", (max(1, columns // 8), max(1, rows // 8)))
                image.load()
            return (columns, rows) if orientation in _SIDEWAYS else (rows, columns), orientation
    rows, columns, _ = read_photo(path).shape
    return (rows, columns), photo_orientation(path)


def photo_orientation(path: Path) -> int:
    """Return the EXIF orientation of a photo, 1–8; 1 when there is none."""
    try:
        with open_ordinary(path) as stream:
            check_before_opening(path, stream, MAX_PIXELS)
            with Image.open(stream, formats=IMAGE_FORMATS) as image:
                value = image.getexif().get(_ORIENTATION, 1)
    except (SegStudioError, OSError, UnidentifiedImageError, SyntaxError, ValueError):
        return 1
    return value if isinstance(value, int) and 1 <= value <= 8 else 1


@lru_cache(maxsize=64)
def _decode_headers(headers: bytes) -> None:
    """Raise what Pillow raises of a JPEG with these headers; they are decoded once."""
    with Image.open(io.BytesIO(headers), formats=("JPEG",)) as image:
        columns, rows = image.size
        image.draft("L", (max(1, columns // 8), max(1, rows // 8)))
        image.load()


def frame_count(path: Path) -> int:
    """Return how many pictures the file holds, of which `read_photo` takes the first; 1 where nobody can tell."""
    if path.suffix.lower() not in _SEVERAL:
        return 1
    with suppress(SegStudioError, OSError, ValueError, SyntaxError), _opened(path) as image:
        return int(getattr(image, "n_frames", 1))
    return 1


def encode_jpeg(image: RgbImage, *, quality: int = 92) -> bytes:
    """Return an RGB image as the bytes of a JPEG file."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def encode_png(image: npt.NDArray[np.uint8]) -> bytes:
    """Return an RGB (rows, columns, 3) or grey (rows, columns) image as the bytes of a PNG file."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG", compress_level=4)
    return buffer.getvalue()


def check_bytes(path: Path, image: Image.Image) -> None:
    """Refuse a picture, opened and not yet decoded, that says it has more pixels than its bytes can hold, where decoding
    takes a gigabyte before that is noticed.
    """
    pixels = image.width * image.height
    most = _MOST_PER_BYTE.get(image.format or "")
    if most is not None and pixels > _LITTLE_PIXELS and pixels > most * path.stat().st_size:
        raise SegStudioError(
            f"the file says it has {pixels / 1e6:,.0f} megapixels, which its few bytes cannot hold",
            where=str(path),
            fix="Export it again, or leave it out",
        )


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # which would have us wait, or has no end
        raise SegStudioError("this is a pipe or a device, not a photo", where=str(path))
    # Opened by us: given a path, Pillow maps uncompressed files into memory, and the rows of a sideways grey TIFF
    # come out torn.
    with open_ordinary(path) as stream:
        check_before_opening(path, stream, MAX_PIXELS)
        image: Image.Image
        try:
            image = Image.open(stream, formats=IMAGE_FORMATS)
        except UnidentifiedImageError:
            # OpenCV knows more variants of these; others it would guess at where they are cut off.
            stream.seek(0)
            if not stream.read(12).startswith(_OPENCV_SIGNATURES):
                raise _no_photo(path) from None
            image = Image.fromarray(_read_with_opencv(path))
        columns, rows = image.size
        if rows * columns > MAX_PIXELS:
            raise SegStudioError(
                f"the photo is too large ({columns} × {rows} pixels)",
                where=str(path),
                fix=f"Cut it into parts of at most {MAX_PIXELS // 1_000_000} megapixels",
            )
        check_bytes(path, image)
        check_opened(path, image)
        yield image


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except FileNotFoundError as error:
        raise SegStudioError("there is no such photo", where=str(path)) from error
    except IsADirectoryError as error:
        raise SegStudioError("this is a folder, not a photo", where=str(path)) from error
    except PermissionError as error:
        raise SegStudioError(
            "the photo may not be read", where=str(path), fix="Check its permissions"
        ) from error
    except (OSError, SyntaxError, ValueError, EOFError, MemoryError, cv2.error) as error:
        raise SegStudioError(
            f"the photo is damaged or cut off ({_short(error)})",
            where=str(path),
            fix="Copy it anew from its source, or leave it out",
        ) from error


def _no_photo(path: Path) -> SegStudioError:
    if path.stat().st_size == 0:
        return SegStudioError(
            "the photo is empty (0 bytes)", where=str(path), fix="Copy it anew from its source"
        )
    return SegStudioError(
        "this is not a photo that can be read", where=str(path), fix="Use JPEG, PNG, TIFF, BMP or WebP"
    )


def _short(error: BaseException) -> str:
    told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return (told.splitlines()[0] if told else type(error).__name__)[:120]


def _orientation(image: Image.Image) -> int:
    if isinstance(image, PngImageFile) and not _speaks_after_pixels(image):
        exif = Image.Image.getexif(image)  # PngImageFile's own decodes all pixels first, to see what follows
    else:
        exif = image.getexif()
    value = exif.get(_ORIENTATION, 1)
    return value if isinstance(value, int) else 1


def _speaks_after_pixels(image: PngImageFile) -> bool:
    """Tell whether EXIF or text, which may hold the orientation, stands after a PNG's pixels."""
    stream = image.fp
    if stream is None:
        return False
    before = stream.tell()
    stream.seek(8)  # the signature
    after_pixels = False
    while len(head := stream.read(8)) == 8:
        kind = head[4:]
        if after_pixels and kind in (b"eXIf", b"tEXt", b"zTXt", b"iTXt"):
            break
        after_pixels = after_pixels or kind == b"IDAT"
        stream.seek(int.from_bytes(head[:4], "big") + 4, os.SEEK_CUR)  # data and checksum
    stream.seek(before)
    return len(head) == 8


def _low_bits(image: Image.Image) -> int:
    """Return how many of the lowest bits of grey values above 8 bits do not count: 0 (up to 255) to 8 (above 32767)."""
    if image.mode != "I" and not image.mode.startswith("I;16"):
        return 0
    columns, rows = image.size
    step = max(1, BAND_PIXELS // columns)
    tops = range(0, rows, step)
    highest = max(int(_deep_grey(image.crop((0, top, columns, min(top + step, rows)))).max()) for top in tops)
    return max(0, highest.bit_length() - 8)


def _deep_grey(image: Image.Image) -> npt.NDArray[np.uint16]:
    values: npt.NDArray[np.int32] = np.asarray(image).astype(np.int32)
    return np.clip(values, 0, 65535).astype(np.uint16)


def _to_rgb(image: Image.Image, path: Path, low_bits: int) -> RgbImage:
    if image.mode == "F":
        return _float_to_rgb(np.asarray(image, dtype=np.float32), path)
    if image.mode == "I" or image.mode.startswith("I;16"):
        return _grey_to_rgb((_deep_grey(image) >> low_bits).astype(np.uint8))
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        coloured = image.convert("RGBA")
        white = Image.new("RGBA", coloured.size, (255, 255, 255, 255))
        image = Image.alpha_composite(white, coloured)
    return np.asarray(image if image.mode == "RGB" else image.convert("RGB"), dtype=np.uint8)


def _grey_to_rgb(grey: npt.NDArray[np.uint8]) -> RgbImage:
    return np.repeat(grey[:, :, None], 3, axis=2)


def _float_to_rgb(values: npt.NDArray[np.float32], path: Path) -> RgbImage:
    if not np.isfinite(values).all() or values.min() < 0 or values.max() > 1:
        raise SegStudioError(
            "the photo holds floating-point values outside 0–1",
            where=str(path),
            fix="Save it with 8 or 16 bits",
        )
    return _grey_to_rgb(np.round(values * 255).astype(np.uint8))


def _read_with_opencv(path: Path) -> RgbImage:
    # imdecode, not imread: imread cannot open non-ASCII paths on Windows.
    image = cv2.imdecode(np.frombuffer(path.read_bytes(), dtype=np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise _no_photo(path)
    return np.ascontiguousarray(image[:, :, ::-1], dtype=np.uint8)
