"""A CVAT export made up: many photos of one size, on each of them polygons and masks of natural sizes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.project.images import encode_jpeg

NAMES = ("background", "sky", "road", "tree", "person", "car")
SIZE = (1080, 1920)
_MASKS_IN_TEN = 3
_VARIANTS = 64

_Corners = npt.NDArray[np.float64]


def make_set(folder: Path, photos: int, shapes_each: int = 10) -> Path:
    """Write `annotations.xml` and `images/` into `folder`; return the XML file.

    The photos are one JPEG with a comment of its own length in each, so that no two are the same.
    """
    (folder / "images").mkdir(parents=True)
    picture = _picture()
    for number in range(photos):
        comment = b"." * number
        marker = b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment
        (folder / "images" / f"p{number:05d}.jpg").write_bytes(picture[:2] + marker + picture[2:])
    path = folder / "annotations.xml"
    with path.open("w", encoding="utf-8") as stream:
        for part in _text(photos, shapes_each):
            stream.write(part)
    return path


def _picture() -> bytes:
    random = np.random.default_rng(0)
    coarse = random.integers(0, 256, (27, 48, 3), dtype=np.uint8)
    smooth = cv2.resize(coarse, SIZE[::-1], interpolation=cv2.INTER_CUBIC).astype(np.int16)
    noisy = np.clip(smooth + random.integers(-12, 13, (*SIZE, 3)), 0, 255).astype(np.uint8)
    return encode_jpeg(noisy, quality=85)


def _text(photos: int, shapes_each: int) -> Iterator[str]:
    random = np.random.default_rng(1)
    outlines = [_outline(random) for _ in range(_VARIANTS)]
    labels = "".join(f"<label><name>{name}</name><attributes></attributes></label>" for name in NAMES)
    yield '<?xml version="1.0" encoding="utf-8"?>\n<annotations><version>1.1</version>'
    yield f"<meta><task><labels>{labels}</labels></task></meta>\n"
    rows, columns = SIZE
    for number in range(photos):
        yield f'<image id="{number}" name="p{number:05d}.jpg" width="{columns}" height="{rows}">\n'
        for layer in range(shapes_each):
            label = NAMES[1 + (number + layer) % (len(NAMES) - 1)]
            corners = outlines[random.integers(_VARIANTS)] * random.uniform(0.6, 1.6)
            corners = corners + random.uniform((0, 0), (columns, rows))
            corners = np.clip(corners, 0, (columns - 0.01, rows - 0.01))
            is_mask = (number * shapes_each + layer) % 10 < _MASKS_IN_TEN
            write = _mask if is_mask else _polygon
            yield write(label, layer, corners)
        yield "</image>\n"
    yield "</annotations>\n"


def _outline(random: np.random.Generator) -> _Corners:
    """Return a wavy outline about (0, 0) of 40 to 120 corners and 60 to 260 pixels."""
    count = int(random.integers(40, 121))
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    waves = sum(
        random.uniform(0, 0.25) * np.cos(k * angle + random.uniform(0, 2 * np.pi)) for k in range(2, 7)
    )
    radius = random.uniform(60, 260) * (1 + 0.6 * waves)
    return np.column_stack((radius * np.cos(angle), radius * np.sin(angle)))


def _polygon(label: str, layer: int, corners: _Corners) -> str:
    points = ";".join(f"{x:.2f},{y:.2f}" for x, y in corners)
    return f'<polygon label="{label}" occluded="0" z_order="{layer}" points="{points}"/>\n'


def _mask(label: str, layer: int, corners: _Corners) -> str:
    whole = np.trunc(corners).astype(np.int32)
    left, top = (int(edge) for edge in whole.min(axis=0))
    width, height = (int(edge) + 1 for edge in whole.max(axis=0) - (left, top))
    canvas = np.zeros((height, width), dtype=np.uint8)
    cv2.fillPoly(canvas, [whole - (left, top)], 1)
    flat = canvas.ravel()
    edges = np.concatenate(([0], np.flatnonzero(np.diff(flat)) + 1, [flat.size]))
    runs = [*([0] if flat[0] else []), *np.diff(edges).tolist()]
    text = ", ".join(map(str, runs))
    place = f'left="{left}" top="{top}" width="{width}" height="{height}"'
    return f'<mask label="{label}" occluded="0" z_order="{layer}" rle="{text}" {place}/>\n'
