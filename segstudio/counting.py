"""Numbers of things, and sizes, as people read them."""

from __future__ import annotations

from collections.abc import Sequence


def counted(number: int, one: str, many: str = "") -> str:
    """Return `1 photo`, `2,000 photos`; `many` where it is not `one` with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(names: Sequence[str], most: int) -> str:
    """Return the first `most` names in a row, and how many more there are: `a, b and 2,000 more`."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def sized(count: float) -> str:
    """Return so many bytes as `640 MB`, `8.4 GB` or `84 TB` (powers of 1000), with a decimal where it tells something."""
    for unit, size in (("TB", 1e12), ("GB", 1e9)):
        if count >= size:
            return f"{count / size:,.{0 if count >= 100 * size else 1}f} {unit}"
    return f"{count / 1e6:,.0f} MB"


def percent(share: float) -> str:
    """Return a share of 0–1 as a person writes it: `23.4 %`, `100 %`, and `< 0.1 %` for a trace."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    if share == 1:
        return "100 %"
    return f"{min(99.9, 100 * share):.1f} %"
