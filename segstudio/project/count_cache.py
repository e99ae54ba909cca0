"""What the masks of a project hold, in a small file of the project: whoever counts first spares all others that."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.files import read_json, write_text
from segstudio.project.inside import is_inside

CACHE = ".cache/mask-counts.json"
"""May be deleted at any time: it is made anew."""

_VERSION = 1
_MOST_BYTES = 64 << 20
_MOST_MASKS = 200_000
_VALUES = 256
_SETTLED_NS = 2_000_000_000
"""The coarsest clock of a file system in use: a younger mask may be written again and look the same."""


@dataclass(frozen=True, slots=True)
class Known:
    """The pixels of each value of a mask file that was written at `time` (ns) with `length` bytes."""

    time: int
    length: int
    pixels: Mapping[int, int]


def read_counts(project: Path) -> dict[str, Known]:
    """Return what was kept of the project in the folder `project`, by photo; nothing where that is damaged."""
    path = project / CACHE
    try:
        told = json.loads(read_json(path, most_bytes=_MOST_BYTES))
        if told["version"] != _VERSION:
            return {}
        return {str(key): _known(*entry) for key, entry in told["masks"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError):
        return {}


def keep_counts(project: Path, known: Mapping[str, Known]) -> None:
    """Keep what is known, but for masks so young that their time does not tell them from what may come next.

    Nothing is kept where the project may only be read, or a link would lead out of it.
    """
    settled = time.time_ns() - _SETTLED_NS
    masks = {key: _told(each) for key, each in known.items() if each.time < settled}
    if len(masks) <= _MOST_MASKS and is_inside(project, (project / CACHE).parent):
        text = json.dumps({"version": _VERSION, "masks": masks}, ensure_ascii=False, separators=(",", ":"))
        with suppress(SegStudioError, UnicodeError):
            write_text(project / CACHE, text)


def _told(known: Known) -> tuple[int, int, list[int]]:
    return known.time, known.length, [number for item in known.pixels.items() for number in item]


def _known(written: int, length: int, flat: Iterable[int]) -> Known:
    numbers = [int(number) for number in flat]
    pixels = dict(zip(numbers[::2], numbers[1::2], strict=True))
    if not all(0 <= value < _VALUES and count > 0 for value, count in pixels.items()):
        raise ValueError("no counts of a mask")
    return Known(int(written), int(length), pixels)
