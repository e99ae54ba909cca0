"""Axes of the charts: whole epochs, and values whose marks never stand over each other, on a logarithmic axis either."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph

_APART_PX = 22
"""So far apart two marks are at least: a line of small letters, and some air."""
_LEADING = ((1, 2, 3, 4, 5, 6, 7, 8, 9), (1, 2, 5), (1, 3), (1,))
"""First digits of the marks within a decade, where there is room for so many."""
_ENOUGH_MARKS, _FEW_MARKS = 2, 7
_MOST_DECIMALS = 5

Ticks = list[tuple[float | None, list[float]]]


class EpochAxis(pyqtgraph.AxisItem):
    """Marks whole epochs only."""

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:  # noqa: N802
        """Return the distances of marks, wide to narrow, that are epochs."""
        spacings = super().tickSpacing(low, high, size)
        return [(space, offset) for space, offset in spacings if space >= 1] or [(1.0, 0.0)]


class ValueAxis(pyqtgraph.AxisItem):
    """Marks values; on a logarithmic axis as many of them as can be read."""

    def tickValues(self, low: float, high: float, size: float) -> Ticks:  # noqa: N802
        """Return the marks, on a logarithmic axis as powers of ten."""
        low, high = min(low, high), max(low, high)
        if self.logMode:
            return [(None, log_marks(low, high, size))]
        step = step_between(low, high, size)
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        return [(step, [number * step for number in range(first, last + 1)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float | None) -> list[str]:  # noqa: N802
        """Return the numbers at the marks: on a plain axis all with as many decimals as tell them apart."""
        if self.logMode or spacing is None:
            return self.logTickStrings(values, scale, spacing)
        decimals = max(0, math.ceil(-math.log10(spacing * scale) - 1e-9))
        if decimals > _MOST_DECIMALS:
            return [mark_text(value * scale) for value in values]
        return [f"{value * scale:.{decimals}f}" for value in values]

    def logTickStrings(self, values: list[float], scale: float, spacing: float | None) -> list[str]:  # noqa: N802
        """Return the numbers at the marks: powers of ten as such, where they are long."""
        return [mark_text(10**value * scale) for value in values]


def step_between(low: float, high: float, size_px: float) -> float:
    """Return the finest round step (1, 2 or 5, and zeros) whose marks stand apart on an axis so long, and are few; pure."""
    apart_px = max(_APART_PX, size_px / _FEW_MARKS)
    least = max(high - low, 1e-300) * apart_px / max(size_px, 1.0)
    power = 10.0 ** math.floor(math.log10(least))
    return next(digit * power for digit in (1, 2, 5, 10) if digit * power >= least * (1 - 1e-9))


def log_marks(low: float, high: float, size_px: float) -> list[float]:
    """Return which powers of ten between `low` and `high` are marked on an axis so long, each readable; pure."""
    decade_px = size_px / max(high - low, 1e-9)
    for digits in _LEADING:
        gaps = np.diff(np.log10([*digits, 10]))
        if gaps.min() * decade_px >= _APART_PX:
            break
    every = max(1, math.ceil(_APART_PX / decade_px))  # more decades than lines of text
    powers = range(math.floor(low), math.ceil(high) + 1)
    marks = [power + math.log10(digit) for power in powers if power % every == 0 for digit in digits]
    within = [mark for mark in marks if low <= mark <= high]
    return within if len(within) >= _ENOUGH_MARKS else _even_marks(low, high, size_px)


def _even_marks(low: float, high: float, size_px: float) -> list[float]:
    """Return round values of a part of the axis that is too short for whole first digits: the finest with room for it."""
    bottom, top = 10**low, 10**high
    widest = math.floor(math.log10(max(top - bottom, 1e-300)))
    steps = [digit * 10.0**power for power in range(widest - 2, widest + 2) for digit in (1, 2, 5)]
    finer: list[float] = []
    for step in steps:
        values = np.arange(math.ceil(bottom / step), math.floor(top / step) + 1) * step
        marks = np.log10(values)
        if len(marks) < _ENOUGH_MARKS:
            return [finer[0], finer[-1]] if finer else [float(mark) for mark in marks]
        finer = [float(mark) for mark in marks]
        if np.diff(marks).min() * size_px / (high - low) >= _APART_PX:
            break
    return finer


def mark_text(value: float) -> str:
    """Return a value as it stands at a mark; pure."""
    plain = f"{value:.12g}"
    if "e" not in plain:
        return plain
    digits, power = plain.split("e")
    raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"10{raised}" if digits == "1" else f"{float(digits):.4g}·10{raised}"
