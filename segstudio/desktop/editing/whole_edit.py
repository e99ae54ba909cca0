"""Edits of a large part of a mask, or of all of it, in steps short enough that the window answers in between."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segstudio.errors import SegStudioError
from segstudio.painting.editor import MaskEditor
from segstudio.painting.rect import EMPTY, TILE_PX, Rect
from segstudio.painting.region import Region
from segstudio.painting.rules import Rule
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


def exchanged(values: Collection[int], value: int) -> Band:
    """Give the pixels of some values another one."""
    table = np.arange(256, dtype=np.uint8)
    table[list(values)] = value

    def band(editor: MaskEditor, top: int, bottom: int) -> Rect:
        return editor.paste(table[editor.mask[top:bottom]], top)

    return band


def pasted(mask: Mask) -> Band:
    """Write another mask of the same size over it."""

    def band(editor: MaskEditor, top: int, bottom: int) -> Rect:
        return editor.paste(mask[top:bottom], top)

    return band


class WholeEdit(QObject):
    """Takes the steps of one edit. Nothing else may be painted until `finished`; `changed` carries a Rect now and then.

    A short one is finished before `start` returns. Where a step fails, `failed` comes instead of `finished`, and
    what was raised goes on.
    """

    changed = Signal(object)
    finished = Signal()
    failed = Signal()

    def __init__(self, steps: Iterator[Rect], parent: QObject) -> None:
        super().__init__(parent)
        self._steps = steps
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
            except BaseException:
                self._timer.stop()
                self.failed.emit()
                raise
            if dirty:
                self.changed.emit(dirty)


@dataclass(frozen=True, slots=True, eq=False)
class Painting:
    """What a tool wants painted."""

    regions: tuple[Region, ...]
    value: int
    rule: Rule

    @property
    def pixels(self) -> int:
        """How many pixels have to be looked at."""
        return sum(region.rect.rows * region.rect.columns for region in self.regions)


def painted(editor: MaskEditor, paintings: Sequence[Painting]) -> Iterator[Rect]:
    """Paint into the edit that is open, band by band, and close it; yields what may have changed."""
    for painting in paintings:
        for region in painting.regions:
            for band in _bands(region):
                yield editor.paint(band, value=painting.value, rule=painting.rule)
                while not editor.checkpoint():
                    yield EMPTY
    while not editor.checkpoint():
        yield EMPTY
    editor.commit()


def _bands(region: Region) -> Iterator[Region]:
    rect = region.rect
    for top in range(rect.top, rect.bottom, TILE_PX):
        band = Rect(top, rect.left, min(top + TILE_PX, rect.bottom), rect.right)
        yield Region(band, region.bitmap[band.top - rect.top : band.bottom - rect.top])


def written(editor: MaskEditor, label: str, band: Band) -> Iterator[Rect]:
    """Write a whole mask band by band, as one edit; yields what may have changed.

    What has changed is packed for undo on the way, so that closing the edit is quick. A process that is killed in
    between leaves what was done so far as one edit, which can be undone.
    """
    rows = editor.size[0]
    editor.begin(label)
    for top in range(0, rows, TILE_PX):
        yield band(editor, top, min(top + TILE_PX, rows))
        while not editor.checkpoint():
            yield EMPTY
    editor.commit()


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
