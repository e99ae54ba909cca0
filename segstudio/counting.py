"""Numbers of things, as people read them."""

from __future__ import annotations


def counted(number: int, one: str, many: str = "") -> str:
    """Return `1 photo`, `2,000 photos`; `many` where it is not `one` with an s."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
