"""PaintedMasks: mask files made while photos are looked at, so that no mask is painted twice."""

from __future__ import annotations

import threading

from segstudio.project.classes import ClassList
from segstudio.project.masks import Mask, encode_mask

_BUDGET_BYTES = 64 << 20


class PaintedMasks:
    """The bytes of mask files by photo key, up to 64 MB of them; what is beyond is painted again. For any thread."""

    def __init__(self, budget_bytes: int = _BUDGET_BYTES) -> None:
        self._left = budget_bytes
        self._files: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def keep(self, key: str, mask: Mask, classes: ClassList) -> None:
        """Keep the file that `mask` gives in the colours of `classes`, if there is room."""
        if self._left <= 0:
            return
        data = encode_mask(mask, classes)
        with self._lock:
            if len(data) <= self._left:
                self._left -= len(data)
                self._files[key] = data

    def take(self, key: str) -> bytes | None:
        """Return what was kept, and forget it."""
        with self._lock:
            data = self._files.pop(key, None)
            self._left += len(data) if data is not None else 0
        return data
