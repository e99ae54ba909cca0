"""In which light a photo is seen well; the view alone, never what is learnt from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segstudio.desktop.canvas.pyramid import Pyramid
from segstudio.project.images import RgbImage

_ENOUGH_PIXELS = 1 << 18
_OUTLIERS = 0.005
"""A few dead or glaring pixels do not count."""

_DIM = 64
"""Of 255: a photo of more than eight bits whose brightest values lie below was meant for another range."""

_LEAST = 4


@dataclass(frozen=True, slots=True)
class Light:
    """From `black` to `white` (0–1) there are values; `is_dim`: so few of them that the photo looks black."""

    black: float = 0.0
    white: float = 1.0
    is_dim: bool = False


def light_of(pyramid: Pyramid, *, is_deep: bool) -> Light:
    """Return the light of a photo; `is_deep`: its file keeps more than eight bits a channel. For a worker thread."""
    level = next((level for level in pyramid.levels if level.size <= 3 * _ENOUGH_PIXELS), pyramid.levels[-1])
    return _light_of_pixels(level, is_deep=is_deep)


def seen_well(small: RgbImage, *, is_deep: bool) -> RgbImage:
    """Return a small picture of a photo, uint8 (rows, columns, 3), with its values stretched where it would look black."""
    light = _light_of_pixels(small, is_deep=is_deep)
    if not light.is_dim:
        return small
    values = (np.arange(256) / 255 - light.black) / (light.white - light.black)
    table = np.round(np.clip(values, 0, 1) * 255).astype(np.uint8)
    return np.asarray(table[small], dtype=np.uint8)


def _light_of_pixels(pixels: RgbImage, *, is_deep: bool) -> Light:
    counts = np.bincount(pixels.ravel(), minlength=256)
    shares = np.cumsum(counts) / counts.sum()
    low = int(np.searchsorted(shares, _OUTLIERS, side="right"))
    high = int(np.searchsorted(shares, 1 - _OUTLIERS))
    high = min(max(high, low + _LEAST), 255)
    low = min(low, high - _LEAST)
    return Light(low / 255, high / 255, is_deep and high < _DIM)
