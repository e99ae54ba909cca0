"""Numbers as people read them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def class_table_row(name: str, ratios: Sequence[float | None], count: int) -> list[str]:
    """Return a row of a table for people: per cents with one decimal, a dash where there is no number."""
    cells = ["–" if ratio is None or np.isnan(ratio) else f"{100 * ratio:.1f}" for ratio in ratios]
    return [name, *cells, f"{count:,}"]
