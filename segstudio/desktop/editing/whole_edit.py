"""Edits of a whole mask, in steps short enough that the window answers in between."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segstudio.errors import SegStudioError
from segstudio.painting.edit import Edit
from segstudio.painting.editor import MaskEditor
from segstudio.painting.rect import EMPTY, TILE_PX, Rect
from segstudio.project.masks import Mask

_STEP_S = 0.012
_PAUSE_MS = 1

Band = Callable[[MaskEditor, int, int], Rect]
"""Writes the rows from one number to another, and returns what may have changed."""


def cleared(value: int) -> Band:
    """Give every pixel one value."""

    def band(editor: MaskEditor, top: int, bottom: int) -> Rect:
        return editor.paste(_rows_of(value, bottom - top, editor.size[1]), top)

    return band


def pasted(mask: Mask) -> Band:
    """Write another mask of the same size over it."""

    def band(editor: MaskEditor, top: int, bottom: int) -> Rect:
        return editor.paste(mask[top:bottom], top)

    return band


class WholeEdit(QObject):
    """One edit of a whole mask. Nothing else may be painted until `finished`; `changed` carries a Rect now and then.

    `edit` is what was done in the end, None when no pixel differs.

    A small one is finished before `start` returns. A process that is killed in between leaves what was done so far
    as one edit, which can be undone.
    """

    changed = Signal(object)
    finished = Signal()

    def __init__(self, editor: MaskEditor, label: str, band: Band, parent: QObject) -> None:
        super().__init__(parent)
        self.edit: Edit | None = None
        self._steps = self._written(editor, label, band)
        self._timer = QTimer(self, interval=_PAUSE_MS)
        self._timer.timeout.connect(self._on_turn)

    def start(self) -> None:
        """Begin."""
        self._timer.start()
        self._on_turn()

    def finish(self) -> None:
        """Do all that is left, however long it takes."""
        while self._timer.isActive():
            self._on_turn()

    @Slot()
    def _on_turn(self) -> None:
        stop = time.perf_counter() + _STEP_S
        while time.perf_counter() < stop:
            try:
                dirty = next(self._steps)
            except StopIteration:
                self._timer.stop()
                self.finished.emit()
                return
            if dirty:
                self.changed.emit(dirty)

    def _written(self, editor: MaskEditor, label: str, band: Band) -> Iterator[Rect]:
        """Write band by band. What has changed is packed for undo on the way, so that closing the edit is quick."""
        rows = editor.size[0]
        editor.begin(label)
        for top in range(0, rows, TILE_PX):
            yield band(editor, top, min(top + TILE_PX, rows))
            while not editor.checkpoint():
                yield EMPTY
        self.edit = editor.commit()


def _rows_of(value: int, rows: int, columns: int) -> Mask:
    return np.full((rows, columns), value, dtype=np.uint8)


def fitting(mask: Mask, size: tuple[int, int], what: str) -> None:
    """Raise SegStudioError when a mask does not fit a photo of `size` (rows, columns)."""
    if mask.shape != size:
        rows, columns = mask.shape
        raise SegStudioError(
            f"{what} is {columns} × {rows} pixels and does not fit this photo of {size[1]} × {size[0]}",
            fix="Only a mask of the same size can be taken over",
        )
