"""The confusion matrix as a figure: what was taken for what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segstudio.project.classes import ClassList
from segstudio.review import drawing as draw
from segstudio.review.drawing import INK, WHITE, Box, Image, Rgb, TextStyle
from segstudio.review.page import heading, on_page
from segstudio.review.tallies import Matrix, class_iou

_RIGHT: Rgb = (0, 104, 71)
_WRONG: Rgb = (176, 32, 46)
_MARGIN_PX = 48
_GAP_PX = 12
_LARGEST_CELL_PX, _SMALLEST_CELL_PX = 104, 12
_MATRIX_PX = 1250
_LONGEST_NAME_PX = 260
_NUMBERS_FROM_PX = 40
_RIGHT_COLUMNS = (("recall", 90), ("IoU", 90), ("pixels", 130))


@dataclass(frozen=True, slots=True)
class _Shape:
    """Measures of the matrix, in pixels."""

    count: int
    cell: int
    names: int
    label: TextStyle

    @property
    def side(self) -> int:
        return self.count * self.cell


def confusion_figure(matrix: Matrix, classes: ClassList, *, title: str = "", subtitle: str = "") -> Image:
    """Return the matrix as a figure: uint8 (rows, columns, 3), RGB.

    `matrix` holds pixel counts, rows the truth and columns the prediction, in list order of `classes`. Each row is
    shown as shares of its own sum: the diagonal (recall) in green, what went wrong in red, the stronger the
    more. To the right stand recall, IoU and the number of true pixels. A row without truth stays grey.
    """
    count = len(classes)
    if matrix.shape != (count, count):
        raise ValueError(f"a confusion matrix of {matrix.shape} does not fit {count} classes")
    shape = _shape(classes)
    width = shape.names + shape.side + 2 * _GAP_PX + sum(column for _, column in _RIGHT_COLUMNS)
    blocks = [
        heading(title, subtitle, width),
        _column_names(classes, shape, width),
        _rows(matrix, classes, shape, width),
        _key(width),
    ]
    return on_page(blocks, _MARGIN_PX)


def row_shares(matrix: Matrix) -> npt.NDArray[np.float64]:
    """Return the matrix with each row divided by its sum; rows without truth are NaN."""
    sums = matrix.sum(axis=1, keepdims=True)
    shares = np.full(matrix.shape, np.nan)
    np.divide(matrix, sums, out=shares, where=sums > 0)
    return shares


def _shape(classes: ClassList) -> _Shape:
    count = max(1, len(classes))
    cell = min(_LARGEST_CELL_PX, max(_SMALLEST_CELL_PX, _MATRIX_PX // count))
    label = TextStyle(min(22, max(11, cell - 2)))
    longest = max((draw.text_width(name, label) for name in classes.names), default=0)
    swatch = label.size_px + 8
    return _Shape(len(classes), cell, min(longest, _LONGEST_NAME_PX) + swatch + _GAP_PX, label)


def _column_names(classes: ClassList, shape: _Shape, width: int) -> Image:
    """Return the names above the columns: upright where all fit their cells, else turned to read upwards."""
    note = draw.NOTE
    names = [draw.elided(name, shape.label, _LONGEST_NAME_PX) for name in classes.names]
    widest = max((draw.text_width(name, shape.label) for name in names), default=0)
    flat = widest + shape.label.size_px // 2 <= shape.cell
    height = (shape.label.size_px + 2 * _GAP_PX) if flat else widest + 2 * _GAP_PX
    canvas = draw.blank(width, height + 30)
    draw.put_text(canvas, "Predicted", shape.names, 20, note)
    for position, name in enumerate(names):
        left = shape.names + position * shape.cell
        if flat:
            centred = left + (shape.cell - draw.text_width(name, shape.label)) // 2
            draw.put_text(canvas, name, centred, canvas.shape[0] - _GAP_PX, shape.label)
        else:
            line = draw.blank(height, shape.cell)
            draw.put_text(line, name, _GAP_PX, (shape.cell + shape.label.size_px * 7 // 10) // 2, shape.label)
            draw.put_picture(canvas, np.rot90(line), left, 30)
    right = shape.names + shape.side + _GAP_PX
    for name, column in _RIGHT_COLUMNS:
        right += column
        draw.put_text_right(canvas, name, right, canvas.shape[0] - _GAP_PX, note)
    draw.put_text(canvas, "Truth", 0, canvas.shape[0] - _GAP_PX, note)
    return canvas


def _rows(matrix: Matrix, classes: ClassList, shape: _Shape, width: int) -> Image:
    canvas = draw.blank(width, shape.side)
    shares, scores = row_shares(matrix), class_iou(matrix)
    for row, entry in enumerate(classes.classes):
        top = row * shape.cell
        baseline = top + (shape.cell + shape.label.size_px * 7 // 10) // 2
        size = shape.label.size_px
        draw.put_swatch(canvas, Box(0, baseline - size * 8 // 10, size, size), entry.rgb)
        room = shape.names - size - 8 - _GAP_PX
        draw.put_text(canvas, draw.elided(entry.name, shape.label, room), size + 8, baseline, shape.label)
        for column in range(shape.count):
            cell = Box(shape.names + column * shape.cell, top, shape.cell, shape.cell)
            _put_cell(canvas, cell, float(shares[row, column]), row == column)
        support = int(matrix[row].sum())
        texts = (_hundredths(shares[row, row]), _hundredths(scores[row]), f"{support:,}")
        _put_right(canvas, texts, shape.names + shape.side + _GAP_PX, baseline, shape.label)
    return canvas


def _put_cell(canvas: Image, cell: Box, share: float, right: bool) -> None:
    rows = slice(cell.y, cell.y + cell.height - 1)
    columns = slice(cell.x, cell.x + cell.width - 1)
    if np.isnan(share):
        canvas[rows, columns] = draw.PAPER
        return
    canvas[rows, columns] = tint(_RIGHT if right else _WRONG, share)
    if cell.width >= _NUMBERS_FROM_PX and share >= 0.0005:
        style = TextStyle(max(13, min(22, cell.width // 4)), 500, WHITE if share > 0.45 else INK)
        text = f"{100 * share:.1f}" if share < 0.9995 else "100"
        left = cell.x + (cell.width - draw.text_width(text, style)) // 2
        draw.put_text(canvas, text, left, cell.y + (cell.height + style.size_px * 7 // 10) // 2, style)


def tint(rgb: Rgb, share: float) -> Rgb:
    """Return the colour of a share of 0–1: from almost white to `rgb`, faster at first so that little shows."""
    strength = 0.0 if share <= 0 else 0.06 + 0.94 * share**0.6
    paper = draw.PAPER
    red, green, blue = (round(p + (c - p) * strength) for p, c in zip(paper, rgb, strict=True))
    return red, green, blue


def _put_right(canvas: Image, texts: Sequence[str], right: int, baseline: int, style: TextStyle) -> None:
    for text, (_, column) in zip(texts, _RIGHT_COLUMNS, strict=True):
        right += column
        draw.put_text_right(canvas, text, right, baseline, style)


def _hundredths(share: float) -> str:
    return "–" if np.isnan(share) else f"{100 * share:.1f}"


def _key(width: int) -> Image:
    canvas = draw.blank(width, 64)
    left, baseline, swatch = 0, 46, 18
    for rgb, text in (
        (tint(_RIGHT, 1), "found"),
        (tint(_WRONG, 0.6), "taken for another class"),
        (draw.PAPER, "nothing, or no such pixels"),
    ):
        draw.put_swatch(canvas, Box(left, baseline - 15, swatch, swatch), rgb)
        draw.put_text(canvas, text, left + swatch + 8, baseline, draw.NOTE)
        left += swatch + 8 + draw.text_width(text, draw.NOTE) + 28
    text = "Per cent of the true pixels of each row."
    if left + draw.text_width(text, draw.NOTE) <= width:
        draw.put_text(canvas, text, left, baseline, draw.NOTE)
    return canvas
