"""PhotoSurface: the one photo that is painted on, with its history and its class shares."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.desktop.editing.settling import Settling
from segstudio.desktop.editing.shares import Counts, Shares, change_of, shares_of
from segstudio.desktop.editing.whole_edit import (
    Band,
    Painting,
    WholeEdit,
    cleared,
    exchanged,
    fitting,
    painted,
    pasted,
    written,
)
from segstudio.desktop.problems import Problem, problem_of
from segstudio.errors import SegStudioError
from segstudio.painting.edit import Edit
from segstudio.painting.lazy_copy import LazyCopy
from segstudio.painting.rect import Rect
from segstudio.painting.region import Region
from segstudio.painting.rules import EVERYWHERE, Rule
from segstudio.project.classes import VOID
from segstudio.project.images import RgbImage
from segstudio.project.masks import Mask

CHECKPOINT_MS = 400
"""So often the edit that is open goes into the journal, as far as it has come."""

_REST_OF_CHECKPOINT_MS = 20

_LARGE_PIXELS = 16 << 20
"""Painting more than that takes longer than a window may stand still."""

_IN_MEMORY = "Until then what you paint is kept by this window alone, which goes on trying to save it."

_MANY_TILES = 64
"""Undo of an edit that touches more would hold up the window."""


class PhotoSurface(QObject):
    """What tools paint on (a `Surface`), one photo at a time. In the GUI thread.

    `mask_changed` (Rect), `history_changed`, `shares_changed` (pairs of mask value and its part of the photo, 0–1)
    and `problem_met` (Problem; `problem_over` when it is) tell of what is shown; `edit_made` (OpenPhoto) of each
    edit, undo and redo.
    """

    mask_changed = Signal(object)
    history_changed = Signal()
    shares_changed = Signal(object)
    problem_met = Signal(object)
    problem_over = Signal(object)
    edit_made = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shown: OpenPhoto | None = None
        self._whole: WholeEdit | None = None
        self._large: list[Painting] = []
        self._after_whole: list[Callable[[], None]] = []
        self._journal_told: Problem | None = None
        self._counting = Errands("class shares", 1, self)
        self._settling = Settling(self)
        self._checkpoint = QTimer(self, singleShot=True)
        self._checkpoint.timeout.connect(self._on_checkpoint)

    # -- what is there

    @property
    def shown(self) -> OpenPhoto | None:
        """The photo that is open."""
        return self._shown

    @property
    def photo(self) -> RgbImage | None:
        """The pixels of the photo that is open, uint8 (rows, columns, 3)."""
        return self._shown.pyramid.pixels if self._shown is not None else None

    @property
    def mask(self) -> Mask | None:
        """The live mask, to be read only."""
        return self._shown.editor.mask if self._shown is not None else None

    def mask_as_now(self) -> LazyCopy | None:
        """Return the mask as it is at this moment, to be read in a worker while painting goes on."""
        return self._shown.editor.as_now() if self._shown is not None else None

    @property
    def can_paint(self) -> bool:
        """Whether a photo is open for painting."""
        return self._shown is not None and not self._shown.read_only and self._whole is None

    @property
    def place(self) -> tuple[Path, str] | None:
        """What tells the photo that is open from all others."""
        return self._shown.place if self._shown is not None else None

    @property
    def can_undo(self) -> bool:
        """Whether there is something to take back."""
        return self.can_paint and self._shown is not None and self._shown.editor.undo_label is not None

    @property
    def can_redo(self) -> bool:
        """Whether there is something to do again."""
        return self.can_paint and self._shown is not None and self._shown.editor.redo_label is not None

    @property
    def shares(self) -> Shares:
        """Each mask value's part of the photo, 0–1, void included; empty while nothing is open."""
        return shares_of(self._shown.counts) if self._shown is not None else ()

    # -- painting: the Surface

    def begin(self, label: str) -> None:
        """Open an edit; on a photo that is read only this tells why, and nothing is painted."""
        shown = self._to_paint_on()
        if shown is not None:
            self.commit()
            if self._whole is not None:
                self._whole.finish()
            shown.editor.begin(label)
            self._checkpoint.start(CHECKPOINT_MS)

    def paint(self, *regions: Region, value: int, rule: Rule = EVERYWHERE) -> None:
        """Paint into the edit that is open; does nothing when there is none."""
        shown = self._shown
        if shown is None or not shown.editor.is_open or self._whole is not None:
            return
        painting = Painting(regions, value, rule)
        if self._large or painting.pixels > _LARGE_PIXELS:
            self._large.append(
                painting
            )  # it would hold up the window, and is painted in steps when the edit is closed
        else:
            self._tell_changed(shown.editor.paint(*regions, value=value, rule=rule))

    def commit(self) -> None:
        """Close the edit: one step of undo. A large one takes a moment, in which nothing else is painted."""
        shown = self._shown
        if shown is None or not shown.editor.is_open or self._whole is not None:
            return
        self._checkpoint.stop()
        if self._large:
            paintings, self._large = tuple(self._large), []
            self._take_steps(shown, painted(shown.editor, paintings))
            return
        try:
            edit = shown.editor.commit()
        except BaseException:
            self._tell_changed(Rect.whole(shown.editor.size))  # the mask is as before the edit
            raise
        if edit is not None:
            self._edited(shown, edit, 1)

    def finish(self) -> None:
        """Close the edit at once, however large it is."""
        self.commit()
        while self._whole is not None:  # one may wait behind the other
            self._whole.finish()

    def abort(self) -> None:
        """Take the edit that is open back."""
        if self._shown is not None and self._whole is None:
            self._checkpoint.stop()
            self._large.clear()
            self._tell_changed(self._shown.editor.abort())

    # -- history, and edits of the whole mask

    def undo(self) -> None:
        """Take the last edit back."""
        shown = self._to_paint_on()
        if shown is not None and not shown.editor.is_open and shown.editor.history.undo_edits:
            editor, edit = shown.editor, shown.editor.history.undo_edits[-1]
            if len(edit.tiles) > _MANY_TILES:
                self._step(editor.undo_in_parts(), lambda: self._edited(shown, edit, -1))
            else:
                self._tell_changed(editor.undo())
                self._edited(shown, edit, -1)

    def redo(self) -> None:
        """Do again what was taken back last."""
        shown = self._to_paint_on()
        if shown is not None and not shown.editor.is_open and shown.editor.history.redo_edits:
            editor, edit = shown.editor, shown.editor.history.redo_edits[-1]
            if len(edit.tiles) > _MANY_TILES:
                self._step(editor.redo_in_parts(), lambda: self._edited(shown, edit, 1))
            else:
                self._tell_changed(editor.redo())
                self._edited(shown, edit, 1)

    def clear(self) -> None:
        """Make the whole photo unlabelled: one edit."""
        self._edit_whole("clear", cleared(VOID))

    def make_void(self, values: Collection[int]) -> None:
        """Make the pixels of some mask values unlabelled: one edit."""
        self._edit_whole("make void", exchanged(values, VOID))

    def replace_with(self, mask: Mask, label: str) -> None:
        """Give the open photo another mask, uint8 of its size: one edit."""
        self._replace(mask, label, "the mask")

    # -- edits

    def _to_paint_on(self) -> OpenPhoto | None:
        """Return the photo that is open when it may be painted on; otherwise say why not."""
        shown = self._shown
        if shown is None or self.can_paint:
            return shown
        if self._whole is not None:
            told = "The large edit that is under way comes first."
        else:
            told = (
                shown.told
                if shown.read_only and shown.told
                else f"{shown.photo.key} can only be looked at now."
            )
        self.problem_met.emit(Problem(told, level="info"))
        return None

    def _edited(self, opened: OpenPhoto, edit: Edit, sign: int) -> None:
        self.edit_made.emit(opened)
        self._settling.note(opened)
        self._counting.send(
            lambda: change_of(edit, opened.editor.size),
            partial(self._on_counted, opened, sign),
            self._on_errand_failed,
        )
        if opened is self._shown:
            self.history_changed.emit()
        self._tell_journal(opened)

    def _on_counted(self, opened: OpenPhoto, sign: int, change: Counts) -> None:
        opened.counts = opened.counts + sign * change
        if opened is self._shown:
            self.shares_changed.emit(self.shares)

    def _tell_changed(self, rect: Rect | None) -> None:
        if rect:
            self.mask_changed.emit(rect)
            self._settling.note(self._shown)

    def _tell_journal(self, opened: OpenPhoto | None) -> None:
        problem = opened.editor.journal_problem if opened is not None else None
        before = self._journal_told
        if problem is not None and before is None:
            told = problem_of(problem)
            self._journal_told = replace(told, text=f"{told.text} {_IN_MEMORY}", level="warning")
            self.problem_met.emit(self._journal_told)
        elif problem is None and before is not None:
            self._journal_told = None
            self.problem_over.emit(before)

    @Slot()
    def _on_checkpoint(self) -> None:
        shown = self._shown
        if shown is not None and shown.editor.is_open:
            complete = shown.editor.checkpoint()
            self._checkpoint.start(CHECKPOINT_MS if complete else _REST_OF_CHECKPOINT_MS)
            self._tell_journal(shown)

    def _replace(self, mask: Mask, label: str, what: str) -> None:
        shown = self._shown
        if shown is None:
            return
        try:
            fitting(mask, shown.editor.size, what)
        except SegStudioError as error:
            self.problem_met.emit(problem_of(error))
        else:
            self._edit_whole(label, pasted(mask))

    def _edit_whole(self, label: str, band: Band) -> None:
        shown = self._to_paint_on()
        if shown is None:
            return
        self.commit()
        if self._whole is not None:
            self._after_whole.append(partial(self._edit_whole, label, band))
        else:
            self._take_steps(shown, written(shown.editor, label, band))

    def _take_steps(self, opened: OpenPhoto, steps: Iterator[Rect]) -> None:
        """Make one new edit in steps."""
        history = opened.editor.history
        before = history.undo_edits[-1] if history.undo_edits else None

        def done() -> None:
            newest = history.undo_edits[-1] if history.undo_edits else None
            if newest is not None and newest is not before:
                self._edited(opened, newest, 1)

        self._step(steps, done)

    def _step(self, steps: Iterator[Rect], done: Callable[[], None]) -> None:
        """Take the steps of an edit, the window answering in between; then call `done`."""
        self._whole = WholeEdit(steps, self)
        self._whole.changed.connect(self._tell_changed)
        self._whole.finished.connect(partial(self._on_whole_finished, done))
        self._whole.failed.connect(self._on_whole_failed)
        self._whole.start()
        if self._whole is not None:
            self.history_changed.emit()  # nothing can be undone for now

    def _on_whole_finished(self, done: Callable[[], None]) -> None:
        self._end_whole()
        done()
        self._go_on()

    @Slot()
    def _on_whole_failed(self) -> None:
        self._end_whole()
        self.abort()
        if self._shown is not None:
            self._tell_changed(Rect.whole(self._shown.editor.size))  # it is as before the edit
        self._go_on()

    def _end_whole(self) -> None:
        whole, self._whole = self._whole, None
        if whole is not None:
            whole.deleteLater()

    def _go_on(self) -> None:
        """Nothing holds up painting any more: do what waited for it."""
        self.history_changed.emit()
        waiting, self._after_whole = self._after_whole, []
        for go_on in waiting:
            go_on()

    def _end_errands(self) -> None:
        self._counting.shut_down()
        self._settling.shut_down()

    def _on_errand_failed(self, error: BaseException) -> None:
        self.problem_met.emit(problem_of(error))
