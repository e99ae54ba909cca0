"""The legend below a figure: a bar of shares, the classes that are there, and those that are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segstudio.counting import percent
from segstudio.project.classes import VOID_RGB, ClassList
from segstudio.review.drawing import (
    GREYED,
    LABEL,
    NOTE,
    PAPER,
    Box,
    Image,
    Rgb,
    TextStyle,
    blank,
    elided,
    flowed,
    put_swatch,
    put_text,
    text_width,
)
from segstudio.review.tallies import Tally

VOID_TEXT = "void (not labelled)"
"""What pixels of no class are called,"""
UNSURE_TEXT = "not sure enough"
"""and what they are where thresholds hide them."""

_BAR_PX = 20
_ROW_PX = 36
_SWATCH_PX = 18
_GAP_PX = 34
_MAX_NAME_PX = 320
_MAX_ABSENT_ROWS = 4


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    rgb: Rgb
    share: float

    @property
    def style(self) -> TextStyle:
        return LABEL if self.share else GREYED

    @property
    def text(self) -> str:
        return elided(self.name, self.style, _MAX_NAME_PX)

    @property
    def number(self) -> str:
        return percent(self.share) if self.share else ""

    @property
    def width(self) -> int:
        number = 10 + text_width(self.number, NOTE) if self.number else 0
        return _SWATCH_PX + 10 + text_width(self.text, self.style) + number


def legend(
    tallies: Sequence[Tally], classes: ClassList, width: int, *, note: str = "", rest: str = VOID_TEXT
) -> Image:
    """Return the legend, `width` pixels wide and as high as it needs to be.

    `tallies` are those of `classes`, in list order. `note` is a line of small print at the end,
    `rest` what the pixels of no class are called.
    """
    entries = [
        _Entry(entry.name, entry.rgb, count.share)
        for entry, count in zip(classes.classes, tallies, strict=True)
    ]
    left_over = 1.0 - sum(entry.share for entry in entries)
    present = [entry for entry in entries if entry.share]
    if left_over > 1e-9:
        present.append(_Entry(rest, VOID_RGB, left_over))
    absent = [entry for entry in entries if not entry.share]
    blocks = [_bar(present, width), _listed(present, width), _absent(absent, width)]
    if note:
        blocks.append(_line(note, width))
    return np.concatenate(blocks)


def _bar(entries: Sequence[_Entry], width: int) -> Image:
    bar = blank(width, _BAR_PX + 14)
    bar[:_BAR_PX] = PAPER
    edges = np.round(np.cumsum([0.0, *(entry.share for entry in entries)]) * width).astype(int)
    for entry, left, right in zip(entries, edges[:-1], edges[1:], strict=True):
        bar[:_BAR_PX, left:right] = entry.rgb
        bar[:_BAR_PX, max(left, right - 1) : right] = 255  # a white line between neighbours of like colour
    return bar


def _listed(entries: Sequence[_Entry], width: int) -> Image:
    rows = flowed([entry.width for entry in entries], width, _GAP_PX)
    canvas = blank(width, len(rows) * _ROW_PX)
    for row, positions in enumerate(rows):
        _put_row(canvas, [entries[position] for position in positions], 0, row * _ROW_PX)
    return canvas


def _absent(entries: Sequence[_Entry], width: int) -> Image:
    if not entries:
        return blank(width, 0)
    intro = "Not found here:"
    left = text_width(intro, NOTE) + 20
    rows = flowed([entry.width for entry in entries], width - left, _GAP_PX)
    hidden = sum(len(row) for row in rows[_MAX_ABSENT_ROWS:])
    rows = rows[:_MAX_ABSENT_ROWS]
    canvas = blank(width, (len(rows) + bool(hidden)) * _ROW_PX)
    put_text(canvas, intro, 0, _ROW_PX - 12, NOTE)
    for row, positions in enumerate(rows):
        _put_row(canvas, [entries[position] for position in positions], left, row * _ROW_PX)
    if hidden:
        put_text(canvas, f"and {hidden} more", left, canvas.shape[0] - 12, GREYED)
    return canvas


def _put_row(canvas: Image, entries: Sequence[_Entry], left: int, top: int) -> None:
    baseline = top + _ROW_PX - 12
    for entry in entries:
        swatch = Box(left, baseline - _SWATCH_PX + 3, _SWATCH_PX, _SWATCH_PX)
        put_swatch(canvas, swatch, entry.rgb, hollow=not entry.share)
        text_left = left + _SWATCH_PX + 10
        put_text(canvas, entry.text, text_left, baseline, entry.style)
        put_text(canvas, entry.number, text_left + text_width(entry.text, entry.style) + 10, baseline, NOTE)
        left += entry.width + _GAP_PX


def _line(text: str, width: int) -> Image:
    canvas = blank(width, _ROW_PX)
    put_text(canvas, elided(text, NOTE, width), 0, _ROW_PX - 12, NOTE)
    return canvas
