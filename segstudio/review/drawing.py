"""Text, swatches and pictures on a canvas: what every figure is drawn with.

A canvas is a uint8 array (rows, columns, 3), RGB. The functions draw into it in place. The type is the variable
font that OpenCV carries within itself, so that a figure looks the same on every machine, in any script.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]
Rgb = tuple[int, int, int]

WHITE: Rgb = (255, 255, 255)
INK: Rgb = (24, 33, 43)
MUTED: Rgb = (96, 108, 120)
FAINT: Rgb = (164, 172, 180)
HAIRLINE: Rgb = (222, 227, 232)
PAPER: Rgb = (243, 245, 247)
ALARM: Rgb = (229, 0, 76)

_REGULAR, _BOLD = 400, 600
_SQUARE_PIXELS_FROM = 4.0
_THINNEST_PX = 16


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How a line of text looks: em size in pixels, weight (100 thin … 900 black) and colour."""

    size_px: int
    weight: int = _REGULAR
    rgb: Rgb = INK


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in canvas pixels; `x`, `y` is its upper left corner."""

    x: int
    y: int
    width: int
    height: int


TITLE = TextStyle(34, _BOLD)
SUBTITLE = TextStyle(20, _REGULAR, MUTED)
NAME = TextStyle(22, _BOLD)
LABEL = TextStyle(20)
NOTE = TextStyle(18, _REGULAR, MUTED)
GREYED = TextStyle(18, _REGULAR, FAINT)


class _Fonts(threading.local):
    """One face for each thread: setting the weight changes the face."""

    def __init__(self) -> None:
        self.sans = cv2.FontFace("sans")


_fonts = _Fonts()


def blank(width: int, height: int, rgb: Rgb = WHITE) -> Image:
    """Return a canvas of one colour."""
    return np.full((height, width, 3), rgb, dtype=np.uint8)


def text_width(text: str, style: TextStyle) -> int:
    """Return the width of `text` in pixels."""
    box = cv2.getTextSize((0, 0), _printable(text), (0, 0), _fonts.sans, style.size_px, weight=style.weight)
    return int(box[2])


def put_text(canvas: Image, text: str, x: int, baseline: int, style: TextStyle) -> None:
    """Write one line that starts at `x` and stands on `baseline`; what leaves the canvas is cut."""
    if text:
        cv2.putText(
            canvas,
            _printable(text),
            (x, baseline),
            style.rgb,
            _fonts.sans,
            style.size_px,
            weight=style.weight,
        )


def put_text_right(canvas: Image, text: str, right: int, baseline: int, style: TextStyle) -> None:
    """Write one line that ends at the column `right`."""
    put_text(canvas, text, right - text_width(text, style), baseline, style)


def elided(text: str, style: TextStyle, width_px: int, *, middle: bool = False) -> str:
    """Return `text`, shortened with an ellipsis until it fits `width_px`; at its end or in its middle."""
    if text_width(text, style) <= width_px:
        return text
    low, high = 0, len(text)
    while low < high:  # the most characters that fit
        count = (low + high + 1) // 2
        if text_width(_shortened(text, count, middle), style) <= width_px:
            low = count
        else:
            high = count - 1
    return _shortened(text, low, middle)


def put_swatch(canvas: Image, box: Box, rgb: Rgb, *, hollow: bool = False) -> None:
    """Draw a colour sample: a filled square with a darker rim, or its rim alone."""
    corner, opposite = (box.x, box.y), (box.x + box.width - 1, box.y + box.height - 1)
    if not hollow:
        cv2.rectangle(canvas, corner, opposite, rgb, cv2.FILLED)
    rim = FAINT if hollow else _darker(rgb)
    cv2.rectangle(canvas, corner, opposite, rim, 1)


def put_picture(canvas: Image, picture: Image, x: int, y: int) -> None:
    """Copy `picture` with its upper left corner at `x`, `y`; it must lie inside the canvas."""
    height, width = picture.shape[:2]
    canvas[y : y + height, x : x + width] = picture


def fitted_size(size: tuple[int, int], box: tuple[int, int]) -> tuple[int, int]:
    """Return the largest (rows, columns) of the aspect of `size` that fits `box` (rows, columns).

    Neither is below a few pixels: a photo of five rows is stretched, as it could not be seen otherwise.
    """
    scale = min(box[0] / size[0], box[1] / size[1])
    rows, columns = (max(_THINNEST_PX, round(length * scale)) for length in size)
    return min(rows, box[0]), min(columns, box[1])


def resized(picture: Image, size: tuple[int, int]) -> Image:
    """Return `picture` (rows, columns[, 3]) at `size` (rows, columns).

    Shrinking averages areas; enlarging smooths, but from four times on the pixels stay squares, so that a tiny
    photo is shown as what it is.
    """
    if picture.shape[:2] == size:
        return picture
    scale = max(size[0] / picture.shape[0], size[1] / picture.shape[1])
    if scale < 1:
        how = cv2.INTER_AREA
    else:
        how = cv2.INTER_CUBIC if scale < _SQUARE_PIXELS_FROM else cv2.INTER_NEAREST_EXACT
    return np.asarray(cv2.resize(picture, (size[1], size[0]), interpolation=how), dtype=np.uint8)


def flowed(widths: Sequence[int], available: int, gap: int) -> list[list[int]]:
    """Return the positions of items of these widths in rows that are at most `available` wide."""
    rows: list[list[int]] = []
    used = available + 1
    for position, width in enumerate(widths):
        if used + gap + width > available:
            rows.append([])
            used = -gap
        rows[-1].append(position)
        used += gap + width
    return rows


def _shortened(text: str, count: int, middle: bool) -> str:
    if not middle:
        return text[:count].rstrip() + "…"
    head, tail = (count + 1) // 2, count // 2
    return f"{text[:head].rstrip()}…{text[len(text) - tail :].lstrip()}"


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _darker(rgb: Rgb) -> Rgb:
    red, green, blue = (value * 3 // 4 for value in rgb)
    return red, green, blue
