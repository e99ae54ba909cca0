"""Values in JSON files, checked when they are read: what is wrong is told in a sentence, and no later step meets it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np

from segstudio.errors import SegStudioError
from segstudio.formats.fields import checked, number, size_of
from segstudio.formats.shapes import Points

Object = Mapping[str, object]


def object_of(value: object, name: str) -> Object:
    """Return a JSON object; raises SegStudioError for anything else."""
    if not isinstance(value, dict):
        raise SegStudioError(f"{name} is no object {{…}}", fix=_FIX)
    return cast(Object, value)


def list_of(value: object, name: str) -> Sequence[object]:
    """Return a JSON array, an empty one for null; raises SegStudioError for anything else."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise SegStudioError(f"{name} is no list […]", fix=_FIX)
    return cast(Sequence[object], value)


def text_of(value: object) -> str:
    """Return a text or number as text without outer spaces; empty for null and for what is neither.

    Halves of characters, which JSON can tell by escapes and no file can hold, become question marks.
    """
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        return ""
    text = str(value).strip()
    return text if text.isascii() else text.encode("utf-8", errors="replace").decode("utf-8")


def number_of(value: object, name: str) -> float:
    """Return a number, also one written as text; raises SegStudioError when it is none or out of reach."""
    return number(text_of(value) or None, name)


def size_in(rows: object, columns: object) -> tuple[int, int] | None:
    """Return (rows, columns), or None when the file does not tell them (missing, null or both zero).

    Raises SegStudioError for a size that no photo has.
    """
    return size_of(text_of(rows), text_of(columns))


def pairs_of(value: object) -> Points:
    """Return the points of `[[x, y], …]` as float64 (points, 2)."""
    rows = list_of(value, "the list of points")
    return _points(rows) if rows else np.zeros((0, 2))


def flat_pairs_of(value: object) -> Points:
    """Return the points of `[x, y, x, y, …]` as float64 (points, 2)."""
    numbers = list_of(value, "the list of coordinates")
    if len(numbers) % 2:
        raise SegStudioError("its coordinates are not pairs of numbers", fix=_FIX)
    return _points(numbers).reshape(-1, 2) if numbers else np.zeros((0, 2))


def attributes_of(value: object) -> dict[str, str]:
    """Return the texts, numbers and truths of an object as text; what is nested is left out."""
    if not isinstance(value, dict):
        return {}
    told = {
        str(name): str(inner).lower() if isinstance(inner, bool) else text_of(inner)
        for name, inner in value.items()
    }
    return {name: text for name, text in told.items() if text}


def _points(values: Sequence[object]) -> Points:
    try:
        points = np.array(values, dtype=np.float64)
    except (ValueError, TypeError, OverflowError) as error:
        raise SegStudioError("its points are not pairs of numbers", fix=_FIX) from error
    return checked(points if points.ndim == 2 else points.reshape(-1, 2) if points.size % 2 == 0 else points)


_FIX = "Correct it, or export the file again"
