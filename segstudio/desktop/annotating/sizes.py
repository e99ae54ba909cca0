"""The size of a tip on a logarithmic scale: as easy to choose 3 from 4 pixels as 300 from 400."""

from __future__ import annotations

from math import log

from segstudio.painting.brush import MAX_DIAMETER_PX

SLIDER_STEPS = 120


def size_at(step: int) -> int:
    """Return the diameter in pixels at a slider's step, 0–SLIDER_STEPS."""
    size: float = float(MAX_DIAMETER_PX) ** (step / SLIDER_STEPS)
    return min(max(round(size), 1), MAX_DIAMETER_PX)


def step_at(size_px: int) -> int:
    """Return the slider's step of a diameter."""
    return round(SLIDER_STEPS * log(max(size_px, 1)) / log(MAX_DIAMETER_PX))
