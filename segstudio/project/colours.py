"""Class colours: parsing, and a sequence of colours that stay far apart."""

from __future__ import annotations

import re
import tomllib
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from segstudio.errors import SegStudioError
from segstudio.resource_files import resource_path

_HEX = re.compile(r"#?([0-9a-fA-F]{6})")

_ALIKE = 15.0
"""A palette colour within this CIELAB distance of one in use is passed over: one would be taken for the other."""


def parse_colour(text: str) -> str:
    """Return `text` (`#rrggbb` or `rrggbb`, any case) as `#RRGGBB`; raises SegStudioError otherwise."""
    match = _HEX.fullmatch(text.strip())
    if match is None:
        raise SegStudioError(f'"{text}" is not a colour', fix="Write it as #RRGGBB, for example #56B4E9")
    return f"#{match[1].upper()}"


def to_rgb(colour: str) -> tuple[int, int, int]:
    """Return the red, green and blue of `#RRGGBB`, each 0–255."""
    value = int(parse_colour(colour)[1:], 16)
    return value >> 16, (value >> 8) & 255, value & 255


def to_hex(rgb: tuple[int, int, int]) -> str:
    """Return red, green and blue (0–255 each) as `#RRGGBB`."""
    return "#{:02X}{:02X}{:02X}".format(*rgb)


def next_colours(count: int, taken: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return `count` colours that are unlike those of `taken`: the Okabe–Ito palette first, then the candidate
    farthest (CIE76 distance in CIELAB) from all colours in use, of middle lightness so that both black and
    white outlines can be seen on it.
    """
    used = [parse_colour(colour) for colour in taken]
    found: list[str] = []
    for colour in _named_palette("okabe-ito"):
        if len(found) < count and _distance(_lab_of([colour]), used)[0] > _ALIKE:
            found.append(colour)
    while len(found) < count:
        found.append(_farthest_from(used + found))
    return tuple(found)


@cache
def _named_palette(name: str) -> tuple[str, ...]:
    palettes = tomllib.loads(resource_path("palettes.toml").read_text(encoding="utf-8"))
    return tuple(parse_colour(colour) for colour in palettes[name])


@cache
def _candidates() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
    levels = np.arange(16, 256, 16, dtype=np.uint8)
    rgb = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(-1, 3)
    lab = _to_lab(rgb)
    vivid = (lab[:, 0] > 40) & (lab[:, 0] < 85) & (np.hypot(lab[:, 1], lab[:, 2]) > 25)
    return rgb[vivid], lab[vivid]


def _to_lab(rgb: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    scaled = rgb.reshape(1, -1, 3).astype(np.float32) / 255
    return np.asarray(cv2.cvtColor(scaled, cv2.COLOR_RGB2LAB)[0], dtype=np.float32)


def _farthest_from(used: list[str]) -> str:
    rgb, lab = _candidates()
    red, green, blue = (int(value) for value in rgb[int(_distance(lab, used).argmax())])
    return to_hex((red, green, blue))


def _distance(lab: npt.NDArray[np.float32], used: list[str]) -> npt.NDArray[np.float32]:
    """Return how far each colour of `lab` (N, 3) is from the closest of `used`: (N,), infinite when none is."""
    if not used:
        return np.full(len(lab), np.inf, dtype=np.float32)
    apart = np.linalg.norm(lab[:, None, :] - _lab_of(used)[None, :, :], axis=-1)
    return np.asarray(apart.min(axis=1), dtype=np.float32)


def _lab_of(colours: list[str]) -> npt.NDArray[np.float32]:
    return _to_lab(np.array([to_rgb(colour) for colour in colours], dtype=np.uint8))
