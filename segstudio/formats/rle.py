"""COCO's run lengths: masks as runs of pixels column by column, off first, plain or as a compressed text.

The compressed text is the one of COCO's mask API: each number in groups of five bits, the lowest first, a sixth bit
telling that more follow, 48 added to give a printable character; from the fourth number on the difference to the
last but one is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from segstudio.errors import SegStudioError
from segstudio.formats.fields import fitting_runs
from segstudio.formats.shapes import MaskShape, Runs, runs_of
from segstudio.project.images import MAX_PIXELS

_LONGEST = 12
"""Groups of five bits in one number: what fits into 64 bits."""


def counts_of(value: object, rows: int, columns: int) -> tuple[Runs, str]:
    """Return run lengths from a list of numbers or a compressed text, for a mask of `rows` × `columns`, and what is odd about
    them (`fitting_runs`).

    Raises SegStudioError when they are neither, or negative.
    """
    if isinstance(value, str):
        counts = decompressed(value)
    elif isinstance(value, list):
        counts = _listed(value)
    else:
        raise SegStudioError("its run lengths are neither a list nor a text", fix=_FIX)
    return fitting_runs(counts, rows, columns)


def decompressed(text: str) -> Runs:
    """Return the run lengths that a compressed text holds; raises SegStudioError when it is none."""
    try:
        codes = np.frombuffer(text.encode("ascii"), dtype=np.uint8).astype(np.int64) - 48
    except UnicodeEncodeError as error:
        raise _no_text() from error
    if not codes.size:
        return np.zeros(0, dtype=np.int64)
    last = (codes & 0x20) == 0
    if (codes < 0).any() or (codes > 0x3F).any() or not last[-1]:
        raise _no_text()
    ends = np.flatnonzero(last)
    starts = np.concatenate(([0], ends[:-1] + 1))
    lengths = ends - starts + 1
    if lengths.max() > _LONGEST:
        raise _no_text()
    shifts = 5 * (np.arange(codes.size) - np.repeat(starts, lengths))
    numbers = np.add.reduceat((codes & 0x1F) << shifts, starts)
    numbers[(codes[ends] & 0x10) != 0] -= np.int64(1) << (5 * lengths[(codes[ends] & 0x10) != 0])
    numbers[1::2] = np.cumsum(numbers[1::2])
    numbers[2::2] = np.cumsum(numbers[2::2])
    return numbers


def compressed(counts: Runs) -> str:
    """Return run lengths as the compressed text that `decompressed` reads."""
    numbers = counts.astype(np.int64)
    numbers[3:] -= counts[1:-2]
    groups, more = [], []
    left = np.ones(numbers.size, dtype=np.bool_)
    while left.any():
        group, numbers = numbers & 0x1F, numbers >> 5
        ends = np.where(group & 0x10, numbers == -1, numbers == 0)
        groups.append(np.where(ends, group, group | 0x20) + 48)
        more.append(left)
        left = left & ~ends
    if not groups:
        return ""
    characters, there = np.stack(groups, axis=1), np.stack(more, axis=1)
    return characters[there].astype(np.uint8).tobytes().decode("ascii")


def mask_of_columns(
    counts: Runs,
    rows: int,
    columns: int,
    *,
    label: str,
    where: str = "",
    attributes: Mapping[str, str] | None = None,
    oddity: str = "",
) -> MaskShape:
    """Return runs that go down the columns of a mask of `rows` × `columns` as a shape.

    Only the columns, and where that is simple the rows, in which pixels are on are looked at.
    """
    stops = np.cumsum(counts)[1::2]
    lengths = counts[1::2]
    stops, starts = stops[lengths > 0], (stops - lengths)[lengths > 0]
    left = top = 0
    bitmap = np.zeros((0, 0), dtype=np.bool_)
    if starts.size:
        left, right = int(starts[0]) // rows, (int(stops[-1]) - 1) // rows
        one_column = (starts // rows == (stops - 1) // rows).all()
        top = int((starts % rows).min()) if one_column else 0
        bottom = int(((stops - 1) % rows).max()) + 1 if one_column else rows
        edges = np.stack((starts, stops), axis=1).ravel() - left * rows
        area = (right - left + 1) * rows
        runs = np.diff(np.concatenate(([0], edges, [area])))
        flat = np.repeat(np.arange(runs.size) % 2 == 1, runs)
        bitmap = np.ascontiguousarray(flat.reshape(-1, rows).T[top:bottom])
    return MaskShape(
        label=label,
        where=where,
        attributes=attributes or {},
        left=left,
        top=top,
        rows=bitmap.shape[0],
        columns=bitmap.shape[1],
        runs=runs_of(bitmap),
        oddity=oddity,
    )


def checked_area(rows: int, columns: int) -> int:
    """Return rows × columns; raises SegStudioError when that is no size of a mask."""
    if rows <= 0 or columns <= 0 or rows * columns > MAX_PIXELS:
        raise SegStudioError(f"its mask of {columns} × {rows} pixels is no mask of a photo", fix=_FIX)
    return rows * columns


def _listed(values: Sequence[object]) -> Runs:
    try:
        numbers = np.array(values, dtype=np.float64)
    except (ValueError, TypeError, OverflowError) as error:
        raise SegStudioError("its run lengths are not whole numbers", fix=_FIX) from error
    if numbers.ndim != 1 or not np.isfinite(numbers).all() or (np.abs(numbers) > MAX_PIXELS).any():
        raise SegStudioError("its run lengths are not whole numbers", fix=_FIX)
    return numbers.astype(np.int64)


def _no_text() -> SegStudioError:
    return SegStudioError("its compressed run lengths are damaged", fix=_FIX)


_FIX = "Correct it, or export the file again"
