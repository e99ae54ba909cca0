"""MaskEditor: one photo's mask with its history and its stroke journal, for a canvas to paint on."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from segstudio.errors import SegStudioError
from segstudio.painting.edit import TILES_AT_ONCE, Edit, OpenEdit
from segstudio.painting.history import DEFAULT_BUDGET_BYTES, History
from segstudio.painting.journal import DEFAULT_LIMIT_BYTES, Journal, Moment
from segstudio.painting.journal_records import Kind, Record, digest_of
from segstudio.painting.lazy_copy import LazyCopy
from segstudio.painting.recovery import Recovered, recover
from segstudio.painting.rect import EMPTY, Rect
from segstudio.painting.region import Bitmap, Region
from segstudio.painting.rules import EVERYWHERE, Rule
from segstudio.project.masks import Mask

_BAND_ROWS = 512
"""Large regions are painted so many rows at a time: what is in between stays small."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """A copy of the mask to be saved, and where the editor stood then.

    The copy is made when it is asked for (`copy.pixels()`), best in a worker thread, painting going on.
    """

    copy: LazyCopy
    revision: int
    moment: Moment


class MaskEditor:
    """The only writer of one mask while it is being edited.

    One press-drag-release is one edit: `begin`, any number of `paint` and `paste`, `commit` (or `abort`). It belongs
    to one thread; only `save` may be called from another. Painting never fails because the journal cannot be
    written: what went wrong is told in `journal_problem` until it is well again.
    """

    def __init__(
        self,
        mask: Mask,
        *,
        history: History | None = None,
        journal: Journal | None = None,
    ) -> None:
        """Take over `mask`, uint8 (rows, columns): it is changed in place, and by nobody else from now on."""
        if mask.dtype != np.uint8 or mask.ndim != 2:
            raise ValueError(f"a mask is uint8 (rows, columns), not {mask.dtype} {mask.shape}")
        self._mask = np.require(mask, requirements=["C", "W"])
        self._shown = self._mask.view()
        self._shown.flags.writeable = False
        self._history = history or History()
        self._journal = journal
        self._open: OpenEdit | None = None
        self._moving = False
        self._copies: list[weakref.ref[LazyCopy]] = []  # those still being made
        self._revision = 0
        self._saved_revision = 0
        self.journal_problem: SegStudioError | None = None
        """Why the journal could not be written the last time; None when all is well."""

    @classmethod
    def open(
        cls,
        on_disk: Mask,
        journal: Path,
        *,
        budget_bytes: int = DEFAULT_BUDGET_BYTES,
        limit_bytes: int = DEFAULT_LIMIT_BYTES,
    ) -> tuple[MaskEditor, Recovered]:
        """Return an editor for the mask as read from disk and what its journal gave back.

        `on_disk` is taken over. May take a while on a large mask: call it in a worker, then use the editor in
        the window's thread. Raises SegStudioError as `recover` does.
        """
        recovered = recover(on_disk, journal, budget_bytes=budget_bytes, limit_bytes=limit_bytes)
        editor = cls(recovered.mask, history=recovered.history, journal=recovered.journal)
        if recovered.outcome == "recovered":
            editor._revision = 1
        return editor, recovered

    # -- what is there

    @property
    def mask(self) -> Mask:
        """Return the live mask for reading: a view that always shows the latest state and cannot be written."""
        return self._shown

    @property
    def size(self) -> tuple[int, int]:
        """Return rows and columns."""
        return self._mask.shape[0], self._mask.shape[1]

    @property
    def is_open(self) -> bool:
        """Tell whether an edit is under way."""
        return self._open is not None or self._moving

    @property
    def unsaved(self) -> bool:
        """Tell whether the mask differs from what was last saved."""
        return self.is_open or self._revision != self._saved_revision

    @property
    def undo_label(self) -> str | None:
        """Return what undo would take back, or None."""
        edits = self._history.undo_edits
        return edits[-1].label if edits else None

    @property
    def redo_label(self) -> str | None:
        """Return what redo would do again, or None."""
        edits = self._history.redo_edits
        return edits[-1].label if edits else None

    @property
    def history(self) -> History:
        """Return the history, for lists and figures; only the editor moves it."""
        return self._history

    def as_now(self) -> LazyCopy:
        """Return the mask as it is at this moment, to be read in a worker while painting goes on."""
        copy = LazyCopy(self._mask)
        self._copies = [*self._copies, weakref.ref(copy)]
        return copy

    # -- one edit

    def begin(self, label: str) -> None:
        """Open an edit. One that is still open (its release was lost) is closed first."""
        if self._open is not None:
            self.commit()
        self._open = OpenEdit(self._mask, label)

    def paint(self, *regions: Region, value: int, rule: Rule = EVERYWHERE) -> Rect:
        """Give the pixels of `regions` the class index (or void) `value` where `rule` lets it.

        Returns the rectangle around what may have changed. Raises RuntimeError when no edit is open.
        """
        dirty = EMPTY
        for region in regions:
            dirty = dirty | self._write(region.rect, region.bitmap, None, value, rule)
        return dirty

    def paint_all(self, value: int, *, rule: Rule = EVERYWHERE) -> Rect:
        """Give all pixels the class index (or void) `value` where `rule` lets it, as `paint` does."""
        return self._write(Rect.whole(self.size), None, None, value, rule)

    def paste(self, pixels: Mask, top: int = 0, left: int = 0, *, rule: Rule = EVERYWHERE) -> Rect:
        """Write `pixels`, uint8 (rows, columns), with their upper left one at (top, left), where `rule` lets it.

        What reaches outside is left out. Clearing, copying from another photo and importing anew are this, too.
        Returns the rectangle around what may have changed. Raises RuntimeError when no edit is open.
        """
        placed = Rect(top, left, top + pixels.shape[0], left + pixels.shape[1])
        rect = placed & Rect.whole(self.size)
        return self._write(rect, None, pixels[rect.within(placed).slices], 0, rule)

    def commit(self) -> Edit | None:
        """Close the edit; returns None when no pixel differs. When that fails, the mask is as before the edit."""
        open_edit = self._expect_open()
        try:
            edit = open_edit.closed()
        except BaseException:
            self.abort()
            raise
        self._open = None
        if edit is None:
            self._journalise(Record(Kind.ABORT), only_if=open_edit.was_told)
            return None
        self._history.push(edit)
        self._revision += 1
        self._journalise(Record(Kind.EDIT, edit=edit))
        return edit

    def abort(self) -> Rect:
        """Take the edit under way back; returns what may have changed, EMPTY when none was open."""
        if self._open is None:
            return EMPTY
        open_edit, self._open = self._open, None
        self._keep(open_edit.tiles)
        rect = open_edit.restore()
        self._journalise(Record(Kind.ABORT), only_if=open_edit.was_told)
        return rect

    @contextmanager
    def edit(self, label: str) -> Iterator[MaskEditor]:
        """Open an edit and close it when the block ends; an exception inside restores the mask."""
        self.begin(label)
        try:
            yield self
        except BaseException:
            self.abort()
            raise
        self.commit()

    # -- history

    def undo(self) -> Rect | None:
        """Take the last edit back; returns what changed, None when there is nothing or an edit is under way.

        When it fails, mask and history are as before. Raises SegStudioError when the journal has given back an edit whose
        pixels are damaged.
        """
        edits = self._history.undo_edits
        return None if self.is_open or not edits else _all_of(self.undo_in_parts(), edits[-1])

    def redo(self) -> Rect | None:
        """Do again what was undone last; returns what changed, as `undo` does."""
        edits = self._history.redo_edits
        return None if self.is_open or not edits else _all_of(self.redo_in_parts(), edits[-1])

    def undo_in_parts(self) -> Iterator[Rect]:
        """Take the last edit back, some tiles at a time, for edits that touch too many for one turn of a window.

        Yields what changed. From its first step to its end an edit counts as under way, and nothing else may be done.
        When it fails, or is closed before its end, mask and history are as before.
        """
        return self._move_in_parts(Kind.UNDO)

    def redo_in_parts(self) -> Iterator[Rect]:
        """Do again what was undone last, as `undo_in_parts` does."""
        return self._move_in_parts(Kind.REDO)

    # -- safety

    def checkpoint(self, *, limit_s: float | None = 0.008) -> bool:
        """Write the edit under way, as far as it has come, to the journal.

        To be called about twice a second while the button is down. It stops after about `limit_s` seconds
        (None: not before it is done); returns True when nothing was left.
        """
        if self._open is None or self._journal is None:
            return True
        stop = None if limit_s is None else time.perf_counter() + limit_s
        changes = []
        complete = True
        for change in self._open.part():
            changes.append(change)
            if stop is not None and time.perf_counter() >= stop:
                complete = not self._open.has_untold
                break
        if changes:
            self._journalise(Record(Kind.PART, edit=Edit(self._open.label, self._open.rect, tuple(changes))))
        return complete

    def snapshot(self) -> Snapshot:
        """Return the mask as it is now to be saved, an edit under way included; takes no time worth telling."""
        self.checkpoint(limit_s=None)
        under_way = None
        if self._open is not None and self._journal is not None:
            under_way = Edit(self._open.label, self._open.rect, self._open.so_far())
        position = self._journal.position if self._journal is not None else 0
        moment = Moment(position, self._history.undo_edits, self._history.redo_edits, under_way)
        revision = self._revision if self._open is None else -1  # never the same again
        return Snapshot(self.as_now(), revision, moment)

    def save(self, snapshot: Snapshot, write: Callable[[Mask], None]) -> None:
        """Let `write` put the mask of `snapshot` on disk, and tell the journal before and after.

        May be called in a worker thread, one save at a time. What `write` raises goes through, and the mask
        stays unsaved.
        """
        mask = snapshot.copy.pixels()
        digest = digest_of(mask) if self._journal is not None else b""
        if self._journal is not None:
            self._told(lambda journal: journal.saving(snapshot.moment, digest))
        write(mask)
        self._saved_revision = snapshot.revision
        if self._journal is not None:
            self._told(lambda journal: journal.saved(snapshot.moment, digest))

    def settle(self) -> None:
        """Let what is painted outlive a power cut, as far as the journal has it. To be called in a worker thread."""
        if self._journal is not None:
            self._journal.settle()

    # -- inside

    def _move_in_parts(self, kind: Kind) -> Iterator[Rect]:
        edit = self._step(kind)
        if edit is None:
            return
        done: list[Edit] = []
        self._moving = True
        try:
            for part in edit.parts(TILES_AT_ONCE):
                rect = self._move(part, kind)
                done.append(part)
                yield rect
        except BaseException:
            back = Kind.REDO if kind is Kind.UNDO else Kind.UNDO
            self._step(back)
            for part in done:
                self._move(part, back)
            raise
        finally:
            self._moving = False

    def _step(self, kind: Kind) -> Edit | None:
        """Move the history, and tell the journal first: after a crash in between it is done whole."""
        edit = self._history.step_back() if kind is Kind.UNDO else self._history.step_forward()
        if edit is not None:
            self._revision += 1
            self._journalise(Record(kind))
        return edit

    def _move(self, part: Edit, kind: Kind) -> Rect:
        self._keep(change.tile for change in part.tiles)
        try:
            return part.revert(self._mask) if kind is Kind.UNDO else part.apply(self._mask)
        except ValueError as error:  # its journal was damaged so that it could not be seen
            raise SegStudioError(
                f'"{part.label}" is damaged in the photo\'s stroke journal: it can be neither undone nor done again',
                fix="Paint over it; what was painted since can be undone",
            ) from error

    def _expect_open(self) -> OpenEdit:
        if self._open is None:
            raise RuntimeError("no edit is open")
        return self._open

    def _write(self, rect: Rect, bitmap: Bitmap | None, pixels: Mask | None, value: int, rule: Rule) -> Rect:
        open_edit = self._expect_open()
        if not rect:
            return EMPTY
        if not Rect.whole(self.size).holds(rect):
            raise ValueError(f"{rect} reaches outside a mask of {self.size}")
        self._keep(rect.tiles())
        open_edit.touch(rect)
        under = self._mask[rect.slices]
        for top in range(0, rect.rows, _BAND_ROWS):
            band = slice(top, top + _BAND_ROWS)
            size = under[band].shape
            chosen = np.ones(size, dtype=np.bool_) if bitmap is None else bitmap[band]
            chosen = np.ascontiguousarray(rule.allowed(chosen, under[band]))
            new = np.full(size, value, dtype=np.uint8) if pixels is None else pixels[band]
            # Eight times as fast as numpy's masked assignment; it writes into the mask itself.
            cv2.copyTo(np.ascontiguousarray(new), chosen.view(np.uint8), under[band])
        return rect

    def _keep(self, tiles: Iterable[tuple[int, int]]) -> None:
        """Let the snapshots that are still being copied have the tiles that are about to change."""
        if not self._copies:
            return
        tiles, waiting = tuple(tiles), []
        for reference in self._copies:
            copy = reference()
            if copy is not None and not copy.complete:
                copy.keep(tiles)
                waiting.append(reference)
        self._copies = waiting

    def _journalise(self, record: Record, *, only_if: bool = True) -> None:
        if only_if and self._journal is not None:
            self._told(lambda journal: journal.append(record))

    def _told(self, tell: Callable[[Journal], None]) -> None:
        if self._journal is None:
            return
        try:
            tell(self._journal)
        except SegStudioError as error:
            self.journal_problem = error
        else:
            self.journal_problem = None


def _all_of(parts: Iterator[Rect], edit: Edit) -> Rect:
    for _ in parts:
        pass
    return edit.rect
