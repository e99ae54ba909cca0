"""The page of a figure: heading, captioned pictures in a grid, margins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from segstudio.review import drawing as draw
from segstudio.review.drawing import Box, Image, Rgb
from segstudio.review.layout import Grid

_NAME_PX = 36
_NOTE_PX = 26
_SWATCH_PX = 20
_SEPARATOR = "  ·  "


@dataclass(frozen=True, slots=True)
class Caption:
    """What stands below a picture: a name, with its class colour if it has one, and notes in small print."""

    name: str
    notes: tuple[str, ...] = ()
    rgb: Rgb | None = None


CAPTION_PX = _NAME_PX + _NOTE_PX
"""The height of a caption whose notes fit one line."""


def heading(title: str, subtitle: str, width: int) -> Image:
    """Return the heading, or nothing (no rows) when both texts are empty."""
    lines = [(title, draw.TITLE, 46), (subtitle, draw.SUBTITLE, 30)]
    lines = [line for line in lines if line[0]]
    canvas = draw.blank(width, sum(height for *_, height in lines) + (22 if lines else 0))
    top = 0
    for text, style, height in lines:
        short = draw.elided(text, style, width, middle=True)
        draw.put_text(canvas, short, 0, top + style.size_px, style)
        top += height
    return canvas


def with_room_for(captions: Sequence[Caption], grid: Grid) -> Grid:
    """Return `grid` with captions as high as the longest of `captions` needs."""
    lines = max((len(_note_lines(caption, grid.picture_width)) for caption in captions), default=0)
    return replace(grid, caption_height=_NAME_PX + lines * _NOTE_PX)


def panels(pictures: Sequence[Image], captions: Sequence[Caption], grid: Grid, width: int) -> Image:
    """Return the pictures in their cells, centred, with their captions below."""
    canvas = draw.blank(width, grid.height)
    for position, (picture, caption) in enumerate(zip(pictures, captions, strict=True)):
        x, y = grid.corner(position)
        cell = Box(x, y, grid.picture_width, grid.picture_height)
        rows, columns = picture.shape[:2]
        canvas[y : y + cell.height, x : x + cell.width] = draw.PAPER
        draw.put_picture(canvas, picture, x + (cell.width - columns) // 2, y + (cell.height - rows) // 2)
        _put_caption(canvas, caption, Box(x, y + cell.height, cell.width, grid.caption_height))
    return canvas


def on_page(blocks: Sequence[Image], margin_px: int) -> Image:
    """Return blocks of one width below each other, inside a white margin."""
    content = np.concatenate(list(blocks))
    sides = ((margin_px, margin_px), (margin_px, margin_px), (0, 0))
    return np.pad(content, sides, constant_values=255)


def _put_caption(canvas: Image, caption: Caption, box: Box) -> None:
    left, baseline = box.x, box.y + 29
    if caption.rgb is not None:
        draw.put_swatch(canvas, Box(left, baseline - 17, _SWATCH_PX, _SWATCH_PX), caption.rgb)
        left += _SWATCH_PX + 10
    name = draw.elided(caption.name, draw.NAME, box.x + box.width - left)
    draw.put_text(canvas, name, left, baseline, draw.NAME)
    for line in _note_lines(caption, box.width):
        baseline += _NOTE_PX
        draw.put_text(canvas, draw.elided(line, draw.NOTE, box.width), box.x, baseline, draw.NOTE)


def _note_lines(caption: Caption, width: int) -> list[str]:
    widths = [draw.text_width(note, draw.NOTE) for note in caption.notes]
    rows = draw.flowed(widths, width, draw.text_width(_SEPARATOR, draw.NOTE))
    return [_SEPARATOR.join(caption.notes[position] for position in row) for row in rows]
