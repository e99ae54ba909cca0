"""Numbers in annotation files: each is checked when it is read, so that no later step meets a wild one."""

from __future__ import annotations

import math
import re

import numpy as np

from segstudio.errors import SegStudioError
from segstudio.formats.shapes import Points, Runs

REACH = 1_000_000
"""No pixel coordinate lies further out; OpenCV's polygon fill is exact up to here."""


def number(text: str | None, name: str) -> float:
    """Return a coordinate or length; raises SegStudioError when it is missing, no number or out of reach."""
    try:
        value = float(text) if text is not None else math.nan
    except ValueError:
        value = math.nan
    if math.isnan(value):
        raise SegStudioError(f"{name} is {_shown(text)}, not a number", fix=_FIX)
    if abs(value) > REACH:
        raise SegStudioError(f"{name} is {_shown(text)}, which is no place in a photo", fix=_FIX)
    return value


def whole(text: str | None, name: str, default: int | None = None) -> int:
    """Return a whole number (`12` or `12.0`); `default` when it is missing or blank and one is given."""
    if default is not None and (text is None or not text.strip()):
        return default
    return round(number(text, name))


def size_of(rows: str | None, columns: str | None) -> tuple[int, int] | None:
    """Return (rows, columns), or None when the file does not tell them (missing, blank, or both zero).

    Raises SegStudioError for a size that no photo has.
    """
    size = whole(rows, "the height", 0), whole(columns, "the width", 0)
    both_told = all(text is not None and text.strip() for text in (rows, columns))
    if min(size) < 0 or (both_told and (size[0] > 0) != (size[1] > 0)):
        raise SegStudioError(
            f"its size is told as {size[1]} × {size[0]} pixels, which no photo has", fix=_FIX
        )
    return size if min(size) > 0 else None


def points_of(text: str | None) -> Points:
    """Return the points of `x,y;x,y;…` as float64 (points, 2)."""
    if not text or not text.strip():
        return np.zeros((0, 2))
    text = text.strip().strip(";")
    words = text.replace(";", ",").split(",")
    try:
        numbers = np.array(list(map(float, words)), dtype=np.float64)
    except ValueError:
        numbers = np.zeros(0)
    signs = _NO_SIGN.sub("", text)
    if not numbers.size or signs != ",;" * (numbers.size // 2 - 1) + ",":
        return checked(np.zeros(0))
    return checked(numbers.reshape(-1, 2))


def checked(points: Points) -> Points:
    """Return the points when they are float64 (points, 2) and all lie within reach; else raise SegStudioError."""
    if points.ndim != 2 or points.shape[1] != 2:
        raise SegStudioError("its points are not pairs of numbers", fix=_FIX)
    if not np.isfinite(points).all() or (np.abs(points) > REACH).any():
        raise SegStudioError("one of its points is no place in a photo", fix=_FIX)
    return points


def runs_from(text: str | None, rows: int, columns: int) -> tuple[Runs, str]:
    """Return the run lengths of `83, 182, 29` for a box of `rows` × `columns`, and what is odd about them (`fitting_runs`).

    Raises SegStudioError when they are no numbers, or negative.
    """
    words = (text or "").split(",")
    if "" in words or any(map(str.isspace, words)):
        words = [word for word in words if word.strip()]
    try:
        runs = np.array(list(map(int, words)), dtype=np.int64)
    except (ValueError, OverflowError) as error:
        raise SegStudioError("its run lengths are not whole numbers", fix=_FIX) from error
    return fitting_runs(runs, rows, columns)


def fitting_runs(runs: Runs, rows: int, columns: int) -> tuple[Runs, str]:
    """Return those of the run lengths that lie in `rows` × `columns` pixels, and what is odd about them: that they end before
    the pixels do, or after; empty when they fit. Raises SegStudioError when one is negative.
    """
    if (runs < 0).any():
        raise SegStudioError("one of its run lengths is negative", fix=_FIX)
    area = rows * columns
    ends = np.cumsum(np.minimum(runs, area + 1))
    told = int(ends[-1]) if ends.size else 0
    if told == area:
        return runs, ""
    place = f"its {columns} × {rows} pixels"
    if told < area:
        return (
            runs,
            f"its run lengths end {area - told:,} pixels before {place} do, and the rest is taken as empty",
        )
    kept = np.diff(np.minimum(ends, area), prepend=0)
    return kept, f"its run lengths go on after {place}, and what is beyond is left out"


_NO_SIGN = re.compile("[^,;]+")
_FIX = "Correct it, or export the file again"


def _shown(text: str | None) -> str:
    return "missing" if text is None or not text.strip() else f'"{text.strip()[:40]}"'
