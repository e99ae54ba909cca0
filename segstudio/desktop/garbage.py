"""Many objects that stay: made without looking for garbage among them, and never looked through later."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_MANY_OBJECTS = 5000


@contextmanager
def no_collection(*, of_many: bool) -> Iterator[None]:
    """Make what stays (photos, modules) in the block, in any thread; `of_many`: there will be thousands of objects.

    Python would go through all of its objects several times over (there is no garbage among them), each time holding
    up the window for a tenth of a second and more. What is garbage already would stay, too, and is collected: where
    many come, before they do, which is over in a fraction of that time.
    """
    if not gc.isenabled():
        yield
        return
    if of_many:
        gc.collect()
    before = gc.get_count()[0]
    gc.disable()
    try:
        yield
    finally:
        if gc.get_count()[0] - before > _MANY_OBJECTS:
            if not of_many:
                gc.collect()
            gc.freeze()
        gc.enable()
