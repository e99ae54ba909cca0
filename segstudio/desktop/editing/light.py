"""In which light a photo is seen well; the view alone, never what is learnt from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segstudio.desktop.canvas.pyramid import Pyramid

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
    counts = np.bincount(level.ravel(), minlength=256)
    shares = np.cumsum(counts) / counts.sum()
    low = int(np.searchsorted(shares, _OUTLIERS, side="right"))
    high = int(np.searchsorted(shares, 1 - _OUTLIERS))
    high = min(max(high, low + _LEAST), 255)
    low = min(low, high - _LEAST)
    return Light(low / 255, high / 255, is_deep and high < _DIM)
