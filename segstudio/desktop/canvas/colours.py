"""From the classes and the look to tables of 256 entries, with which tiles are coloured."""

from __future__ import annotations

import math

import numpy as np

from segstudio.desktop.canvas.canvas_look import CanvasLook
from segstudio.desktop.canvas.sampling import Pixels, Tones
from segstudio.project.classes import ClassList

_LINES_STRONGER = 2
"""Lines are thin: they are drawn so many times as strong as areas would be."""


def mask_table(classes: ClassList, look: CanvasLook) -> Pixels:
    """Return the colour of every mask value. Void, unknown and hidden values are clear."""
    strength = min(look.opacity * (_LINES_STRONGER if look.outlines else 1), 1.0)
    alpha = round(255 * strength)
    table = np.zeros(256, dtype=np.uint32)
    for entry in classes.classes:
        if entry.index not in look.hidden:
            red, green, blue = (round(channel * alpha / 255) for channel in entry.rgb)
            table[entry.index] = alpha << 24 | red << 16 | green << 8 | blue
    return table.view(np.int32)


def photo_tones(look: CanvasLook) -> Tones | None:
    """Return how bright each value of the photo is shown, or None when it is shown as it is."""
    is_whole = look.black == 0 and look.white == 1
    if is_whole and not look.brightness and not look.contrast and look.gamma == 1:
        return None
    # From a flat grey (-1) by way of the identity (0) to black and white (1).
    steepness = math.tan((min(look.contrast, 0.999) + 1) * math.pi / 4)
    shown = (np.arange(256) / 255 - look.black) / (look.white - look.black)
    values = (np.clip(shown, 0, 1) - 0.5) * steepness + 0.5 + look.brightness
    return np.round(255 * np.clip(values, 0, 1) ** (1 / look.gamma)).astype(np.uint8)
