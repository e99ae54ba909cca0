"""What a stroke journal gives back when a photo is opened: the mask with what was not saved, undo and redo."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from segstudio.errors import SegStudioError
from segstudio.painting.edit import Edit, TileChange
from segstudio.painting.history import DEFAULT_BUDGET_BYTES, History
from segstudio.painting.journal import DEFAULT_LIMIT_BYTES, Journal
from segstudio.painting.journal_records import (
    EARLIER,
    Contents,
    Header,
    Kind,
    Record,
    decode,
    digest_of,
    read_journal_file,
)
from segstudio.project.masks import Mask

_UNLIMITED = 1 << 62

Outcome = Literal["new", "resumed", "recovered", "set aside"]
"""There was no journal · it agreed with the mask · it knew more than the mask · it belongs to another mask."""


@dataclass(frozen=True, slots=True, eq=False)
class Recovered:
    """A mask ready to be painted on, its history, and its open journal.

    `told` is one sentence for the person where there is something to tell; `aside` is where a journal that
    could not be used lies now. With the outcome `recovered`, `mask` is not yet what is on disk.
    """

    mask: Mask
    history: History
    journal: Journal
    outcome: Outcome
    told: str = ""
    aside: Path | None = None


def recover(
    on_disk: Mask,
    path: Path,
    *,
    budget_bytes: int = DEFAULT_BUDGET_BYTES,
    limit_bytes: int = DEFAULT_LIMIT_BYTES,
) -> Recovered:
    """Read the journal at `path` and give back what it knows beyond the mask `on_disk`.

    `on_disk` is the mask as read, or as it would begin when there is no file; it is never changed, but it is
    handed on as `mask` when there is nothing to add. A journal that does not know this mask (somebody else has
    changed or restored it) or that is damaged is set aside, not applied. A torn last record is left out.
    Raises SegStudioError when the journal can be neither read nor set aside.
    """
    digest = digest_of(on_disk)
    rows, columns = on_disk.shape
    new = Header(size=(rows, columns), digest=digest.hex())
    try:
        data = read_journal_file(path)
    except FileNotFoundError:
        return Recovered(on_disk, History(budget_bytes), Journal(path, new, limit_bytes=limit_bytes), "new")
    except OSError as error:
        raise SegStudioError(
            f"the stroke journal cannot be read ({error.strerror or error})",
            where=str(path),
            fix="Make it readable, or move it away to go on without undo from before",
        ) from error
    try:
        if path.is_symlink():
            raise ValueError("it is a link")  # what is painted would be written elsewhere
        contents = decode(data)
        replay = _Replay(on_disk, contents, _matching(contents, digest))
    except (ValueError, UnknownMaskError) as error:
        aside, told = _set_aside(path, error)
        journal = Journal(path, new, limit_bytes=limit_bytes)
        return Recovered(on_disk, History(budget_bytes), journal, "set aside", told, aside)
    journal = Journal.resumed(path, contents, limit_bytes=limit_bytes)
    history = History(budget_bytes, replay.history.undo_edits, replay.history.redo_edits)
    if replay.stroke is not None:
        with suppress(SegStudioError):  # a folder that may only be read; it is written when it can be
            journal.append(Record(Kind.EDIT, edit=replay.stroke))
    if np.array_equal(replay.mask, on_disk):
        return Recovered(replay.mask, history, journal, "resumed")
    return Recovered(replay.mask, history, journal, "recovered", _told_recovered(replay.news))


def history_of(contents: Contents) -> History:
    """Return what can be undone and redone where a journal ends; raises ValueError when it is damaged."""
    nothing = np.empty((0, 0), dtype=np.uint8)
    return _Replay(nothing, contents, _UNLIMITED).history


def knows(contents: Contents, digest: bytes) -> bool:
    """Tell whether a journal could go on from the mask of this digest."""
    try:
        _matching(contents, digest)
    except UnknownMaskError:
        return False
    return True


class UnknownMaskError(Exception):
    """The journal does not know the mask on disk; `unsaved` tells whether it holds what was never saved."""

    def __init__(self, *, unsaved: bool) -> None:
        super().__init__("the mask was changed by something else")
        self.unsaved = unsaved


class _Replay:
    """Goes through the records: all make the history, those behind `position` are also done to the mask."""

    def __init__(self, on_disk: Mask, contents: Contents, position: int) -> None:
        self.mask = on_disk
        self.stroke: Edit | None = None
        """The edit that was under way when the process died."""
        self.news = 0
        """How many edits, undos and redos the mask on disk had not seen."""
        undo = [record.edit for record in contents.records if record.kind is Kind.PAST and record.edit]
        redo = [record.edit for record in contents.records if record.kind is Kind.FUTURE and record.edit]
        self.history = History(_UNLIMITED, undo, redo)
        self._under_way: Edit | None = None
        self._own_mask: Mask | None = None
        happened = contents.header.position
        for record in contents.records:
            if record.kind is Kind.OPEN:
                self._under_way = record.edit
            if record.kind in EARLIER:
                continue
            happened += 1
            self._do(record, live=happened > position)
        self._close_stroke()

    def _do(self, record: Record, *, live: bool) -> None:
        match record.kind:
            case Kind.PART if record.edit is not None:
                if live:
                    record.edit.apply(self._own())
                self._under_way = _joined(self._under_way, record.edit)
            case Kind.EDIT if record.edit is not None:
                self._take_back(live=live)
                self.history.push(record.edit)
                self._change(record.edit, forward=True, live=live)
            case Kind.ABORT:
                self._take_back(live=live)
            case Kind.UNDO:
                self._change(self.history.step_back(), forward=False, live=live)
            case Kind.REDO:
                self._change(self.history.step_forward(), forward=True, live=live)
            case _:
                pass  # SAVING and SAVED change nothing

    def _change(self, edit: Edit | None, *, forward: bool, live: bool) -> None:
        if edit is None:
            raise ValueError("it takes back what it does not hold")
        if live:
            (edit.apply if forward else edit.revert)(self._own())
            self.news += 1

    def _take_back(self, *, live: bool) -> None:
        if self._under_way is not None and live:
            self._under_way.revert(self._own())
        self._under_way = None

    def _close_stroke(self) -> None:
        """Make an edit of the parts of a stroke whose end was never written."""
        if self._under_way is None:
            return
        changes = tuple(change for change in self._under_way.tiles if change.before != change.after)
        if changes:
            self.stroke = Edit(self._under_way.label, self._under_way.rect, changes)
            self.history.push(self.stroke)
            self.news += 1

    def _own(self) -> Mask:
        """Return the mask to write on: a copy of that on disk, made when the first change comes."""
        if self._own_mask is None:
            self.mask = self._own_mask = np.array(self.mask, order="C")
        return self._own_mask


def _matching(contents: Contents, digest: bytes) -> int:
    """Return the latest position of which the mask on disk can be; raises UnknownMaskError when there is none.

    That is: the last one saved, or one that was being saved since.
    """
    header = contents.header
    known = [(header.position, bytes.fromhex(header.digest))]
    changes = header.position
    happened = header.position
    for record in contents.records:
        happened += record.kind not in EARLIER
        if record.kind is Kind.SAVING:
            known.append((record.position, record.digest))
        elif record.kind is Kind.SAVED:
            known = [pair for pair in known if pair[0] > record.position]
            known.append((record.position, record.digest))
        elif record.kind not in EARLIER:
            changes = happened
    fitting = [position for position, mask in known if mask == digest]
    if not fitting:
        raise UnknownMaskError(unsaved=changes > min(position for position, _ in known))
    return max(fitting)


def _joined(under_way: Edit | None, part: Edit) -> Edit:
    """Return the stroke so far with one more part: first seen before, last seen after."""
    if under_way is None:
        return part
    tiles = {change.tile: change for change in under_way.tiles}
    for change in part.tiles:
        first = tiles.get(change.tile, change)
        tiles[change.tile] = TileChange(change.tile, first.before, change.after)
    return Edit(part.label, under_way.rect | part.rect, tuple(tiles.values()))


def _set_aside(path: Path, why: Exception) -> tuple[Path, str]:
    aside, number = path.with_name(f"{path.name}.aside"), 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.aside-{number}")
    try:
        path.rename(aside)  # to a name that nobody has: nothing is replaced
    except OSError as error:
        raise SegStudioError(
            f"the stroke journal does not fit the mask and cannot be set aside ({error.strerror or error})",
            where=str(path),
            fix="Move it away to go on without undo from before",
        ) from error
    if not isinstance(why, UnknownMaskError):
        told = f"The stroke journal was not used: {why}. It lies in {aside.name}; undo begins anew."
    elif why.unsaved:
        told = (
            "This mask was changed elsewhere since you painted here, and is shown as it is on disk. "
            f"Strokes that had not been saved lie in {aside.name}; undo begins anew."
        )
    else:
        told = "This mask was changed elsewhere since you painted here: undo begins anew."
    return aside, told


def _told_recovered(changes: int) -> str:
    what = "One change" if changes <= 1 else f"{changes} changes"
    return f"{what} from before the program ended unexpectedly came back, undo and redo included."
