"""The stroke journal of one photo: every edit, undo and redo on disk as it happens.

It lies beside the mask (`masks/<photo>.undo`) and is only ever appended to, so that a process killed at any
moment leaves all that it had written. When a mask has been saved, what lies before may be dropped: the file is
then replaced by a shorter one.
"""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from segstudio.errors import SegStudioError
from segstudio.files import replacing, sync_folder
from segstudio.painting.edit import Edit
from segstudio.painting.journal_records import (
    EARLIER,
    Contents,
    Header,
    Kind,
    Record,
    encode_header,
    encode_record,
    header_of,
    read_journal_file,
)

DEFAULT_LIMIT_BYTES = 16 << 20
_HEADER_BYTES = 1 << 10


def journal_path(mask_path: Path) -> Path:
    """Return where the journal of the mask file `masks/<photo>.png` lies: `masks/<photo>.undo`."""
    return mask_path.with_suffix(".undo")


@dataclass(frozen=True, slots=True)
class Moment:
    """What could be undone and redone when a mask was copied to be saved.

    `position` counts the records up to then; `under_way` is the edit that was open, as far as it had come.
    """

    position: int
    undo: tuple[Edit, ...]
    redo: tuple[Edit, ...]
    under_way: Edit | None


class Journal:
    """An open journal. Its methods may be called from several threads; each call is one whole step.

    What cannot be written is kept in memory and written with the next record: the error is raised once per
    attempt, and nothing is lost while the process lives. The file is shortened after a save when it is longer
    than `limit_bytes` and than twice what it was after the last time.
    """

    def __init__(
        self,
        path: Path,
        header: Header,
        *,
        end: int = 0,
        position: int | None = None,
        limit_bytes: int = DEFAULT_LIMIT_BYTES,
    ) -> None:
        """Take over the journal at `path`, whole up to byte `end` and record `position` (0: there is none yet)."""
        self.path = path
        self._header = header
        self._end = end
        self._position = header.position if position is None else position
        self._limit_bytes = limit_bytes
        self._shorten_at = limit_bytes
        self._recent: list[tuple[int, Record]] = []  # since the last save, each with its position
        self._written = 0  # how many of them are on disk
        self._lost = False
        self._safe = True  # all that is written outlives a power cut
        self._lock = threading.Lock()

    @classmethod
    def resumed(cls, path: Path, contents: Contents, *, limit_bytes: int = DEFAULT_LIMIT_BYTES) -> Journal:
        """Go on with a journal that was read; a torn last record is overwritten by the next one."""
        earlier = sum(record.kind in EARLIER for record in contents.records)
        position = contents.header.position + len(contents.records) - earlier
        return cls(path, contents.header, end=contents.end, position=position, limit_bytes=limit_bytes)

    @property
    def position(self) -> int:
        """Return how many records have happened."""
        with self._lock:
            return self._position

    def append(self, *records: Record, to_disk: bool = False) -> None:
        """Add records; they outlive the process, and with `to_disk` a power cut, too.

        Raises SegStudioError when they could not be written; they are then written with the next ones.
        """
        with self._lock:
            for record in records:
                self._position += 1
                self._recent.append((self._position, record))
            self._write_recent(to_disk=to_disk)

    def settle(self) -> None:
        """Let all that was added so far outlive a power cut; takes as long as the disk does, so call it in a worker.

        Whoever paints meanwhile does not wait. What the disk refuses is tried again the next time.
        """
        with self._lock:
            if self._safe:
                return
            self._safe = True
        try:
            with self.path.open("r+b", buffering=0) as stream:
                os.fsync(stream.fileno())
        except OSError:
            with self._lock:
                self._safe = False
        sync_folder(self.path.parent)  # it may be new

    def saving(self, moment: Moment, digest: bytes) -> None:
        """Say, before a mask is written, which one it is: after a crash on either side the mask is known."""
        if self._untouched:
            return
        self.append(Record(Kind.SAVING, position=moment.position, digest=digest), to_disk=True)

    def saved(self, moment: Moment, digest: bytes) -> None:
        """Say that the mask of that moment is on disk; the journal is shortened when it has grown too long."""
        if self._untouched:
            return
        try:
            self.append(Record(Kind.SAVED, position=moment.position, digest=digest))
        except SegStudioError:
            self._lost = True  # a new file may go where the old one could not grow
        is_there = self.path.parent.is_dir()  # a folder that is away is never made anew: it may come back
        if is_there and (self._lost or self._end > self._shorten_at):
            self._shorten(moment, digest)
        with self._lock:
            keep = [pair for pair in self._recent[: self._written] if pair[0] > moment.position]
            self._recent[: self._written] = keep
            self._written = len(keep)

    @property
    def _untouched(self) -> bool:
        """Tell whether nothing has been done yet: who only looks at a photo leaves no journal."""
        return self._end == 0 and self._position == self._header.position

    def _write_recent(self, *, to_disk: bool) -> None:
        data = b"".join(encode_record(record) for _, record in self._recent[self._written :])
        try:
            if self._end == 0:
                self._begin(data, to_disk=to_disk)
            else:
                self._go_on(data, to_disk=to_disk)
        except OSError as error:
            self._lost = self._lost or isinstance(error, FileNotFoundError | FileExistsError)
            if isinstance(error, FileNotFoundError) and not self.path.parent.is_dir():
                raise SegStudioError(
                    "the folder of the masks is not there any more",
                    where=str(self.path.parent),
                    fix="Bring its drive or folder back",
                ) from error
            raise SegStudioError(
                f"the stroke journal could not be written ({error.strerror or error})",
                where=str(self.path),
                fix="Undo after a crash is not assured until it can be; check that the folder is writable and has space left",
            ) from error
        self._written = len(self._recent)
        self._safe = False

    def _begin(self, data: bytes, *, to_disk: bool) -> None:
        start = encode_header(self._header) + data
        with self.path.open("xb", buffering=0) as stream:
            try:
                _write_whole(stream.fileno(), start, to_disk=to_disk)
            except OSError:
                self.path.unlink()  # nobody could read a torn beginning, and the next attempt makes it anew
                raise
        self._end = len(start)

    def _go_on(self, data: bytes, *, to_disk: bool) -> None:
        with self.path.open("r+b", buffering=0) as stream:
            if stream.seek(0, os.SEEK_END) < self._end:
                raise FileNotFoundError(0, "somebody else has shortened it")
            if not self._is_ours(stream):
                raise FileNotFoundError(0, "somebody else goes on with it")
            stream.seek(self._end)
            _write_whole(stream.fileno(), data, to_disk=to_disk)
            stream.truncate()  # what an earlier, torn record has left
        self._end += len(data)

    def _is_ours(self, stream: FileIO) -> bool:
        stream.seek(0)
        try:
            return header_of(stream.read(_HEADER_BYTES))[0] == self._header
        except ValueError:
            return False

    def _shorten(self, moment: Moment, digest: bytes) -> None:
        """Replace the file by one that begins with the mask just saved; painting may go on meanwhile."""
        header = self._header.model_copy(update={"digest": digest.hex(), "position": moment.position})
        with ExitStack() as held:
            with replacing(self.path) as stream:
                stream.write(encode_header(header))
                for record in _earlier(moment):
                    stream.write(encode_record(record))
                stream.flush()
                os.fsync(stream.fileno())  # the slow part, before anybody has to wait
                held.enter_context(self._lock)
                for position, record in self._recent:
                    if position > moment.position:
                        stream.write(encode_record(record))
                end = stream.tell()
            self._header, self._end, self._written, self._lost = header, end, len(self._recent), False
            self._shorten_at = max(self._limit_bytes, 2 * end)


def take_journal(path: Path) -> None:
    """Let nobody go on with a journal who has it open now: that of a window which hangs, or sleeps, and may come back.

    For a worker thread; `recover` comes after it. Raises SegStudioError when the file system refuses.
    """
    try:
        data = read_journal_file(path)
        header, start = header_of(data)
    except (OSError, ValueError):
        return  # there is none, or none that can be used: whoever opens it finds out
    with replacing(path) as stream:
        stream.write(encode_header(header.model_copy(update={"writer": uuid.uuid4().hex})))
        stream.write(memoryview(data)[start:])


def write_journal(path: Path, size: tuple[int, int], digest: bytes, moment: Moment) -> None:
    """Write another journal, which begins with the mask of `digest` and `size` (rows, columns), as it was at `moment`.

    Raises SegStudioError when the file system refuses.
    """
    with replacing(path) as stream:
        stream.write(encode_header(Header(size=size, digest=digest.hex(), position=moment.position)))
        for record in _earlier(moment):
            stream.write(encode_record(record))


def _earlier(moment: Moment) -> Iterator[Record]:
    """Yield what a shortened journal begins with.

    All of the history, because a later undo is told without its edit; the history has a budget of its own.
    """
    for edit in moment.undo:
        yield Record(Kind.PAST, edit=edit)
    for edit in moment.redo:
        yield Record(Kind.FUTURE, edit=edit)
    if moment.under_way is not None:
        yield Record(Kind.OPEN, edit=moment.under_way)


def _write_whole(descriptor: int, data: bytes, *, to_disk: bool) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
    if to_disk:
        os.fsync(descriptor)
