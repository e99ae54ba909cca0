"""Pillow and large images: memory taken and given back in steps, so that other threads need not wait for it.

Pillow holds Python's lock while it gets the memory of an image and while it gives it back; for a gigabyte that is
a tenth of a second and more, in which no other thread of the program runs.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
from PIL import Image, _imaging

BAND_PIXELS = 1 << 21
"""So many pixels are taken over from Pillow at a time: whole, a large image would stand in memory four times."""

_BLOCK_BYTES = 33 << 20
"""Just above glibc's largest threshold for mmap, so that blocks come zeroed from the system and go back to it at once."""

_BLOCKS_KEPT = 64

_counting = threading.Lock()
_readers = [0]

_imaging.set_block_size(_BLOCK_BYTES)


def fill_by_bands(
    pixels: npt.NDArray[np.uint8],
    image: Image.Image,
    convert: Callable[[Image.Image], npt.NDArray[np.uint8]],
) -> None:
    """Write what `convert` makes of `image` into `pixels` (of its rows and columns), some rows at a time."""
    columns, rows = image.size
    step = max(1, BAND_PIXELS // max(1, columns))
    for top in range(0, rows, step):
        bottom = min(top + step, rows)
        pixels[top:bottom] = convert(image.crop((0, top, columns, bottom)))


@contextmanager
def freed_in_steps() -> Iterator[None]:
    """Keep what images free inside, and give it back block by block at the end; close them inside."""
    with _counting:
        _readers[0] += 1
        if _readers[0] == 1:
            _imaging.set_blocks_max(_BLOCKS_KEPT)
    try:
        yield
    finally:
        for kept in reversed(range(_BLOCKS_KEPT)):
            _imaging.clear_cache(kept)
        with _counting:
            _readers[0] -= 1
            if not _readers[0]:
                _imaging.set_blocks_max(0)
