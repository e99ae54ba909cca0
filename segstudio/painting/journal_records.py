"""The records of a stroke journal, as bytes.

A journal is the line `MAGIC` and then records. A record is its kind (1 byte), the length of its content
(4 bytes), the content, and the CRC-32 of all of that (4 bytes); numbers are little-endian. The first record is
the header. A file that was cut off, at any byte, is read up to the last whole record.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from segstudio.files import read_small
from segstudio.painting.edit import Edit, TileChange
from segstudio.painting.rect import Rect
from segstudio.project.masks import Mask

MAGIC = b"SegStudio strokes\n"
VERSION = 1

_MOST_BYTES = 1 << 30
"""No journal is longer: it is shortened with a save, long before."""

_FRAME = struct.Struct("<cI")
_CHECK = struct.Struct("<I")
_RECT = struct.Struct("<IIII")
_COUNTS = struct.Struct("<HI")
_TILE = struct.Struct("<HHII")
_POSITION = struct.Struct("<Q")


def read_journal_file(path: Path) -> bytes:
    """Return the bytes of a journal; raises OSError when it cannot be read, is no ordinary file or far too large."""
    return read_small(path, most_bytes=_MOST_BYTES)


class Kind(Enum):
    """What a record says."""

    HEADER = b"H"
    PAST = b"P"  # an edit from before the journal begins, that can be undone
    FUTURE = b"F"  # the same, undone: it can be redone
    OPEN = b"O"  # the same, under way when the journal begins
    EDIT = b"E"  # an edit was closed
    PART = b"T"  # tiles of the edit under way, as they are so far
    ABORT = b"A"  # the edit under way was taken back
    UNDO = b"U"
    REDO = b"R"
    SAVING = b"M"  # the mask as of a position is about to be written, and this is its digest
    SAVED = b"S"  # it has been


EARLIER = frozenset({Kind.PAST, Kind.FUTURE, Kind.OPEN})
_WITH_EDIT = EARLIER | {Kind.EDIT, Kind.PART}


@dataclass(frozen=True, slots=True)
class Record:
    """One record. `position` and `digest` belong to SAVING and SAVED, `edit` to those that carry one."""

    kind: Kind
    edit: Edit | None = None
    position: int = 0
    digest: bytes = b""


class Header(BaseModel):
    """The first record: which mask the journal begins with.

    `digest` (hexadecimal) is that mask's; `size` is (rows, columns). Records that happen are counted:
    `position` is how many had happened before this file begins. `writer` is another one for each window that took
    the photo over from a window that may still be writing.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: int = VERSION
    size: tuple[int, int]
    digest: str
    position: int = 0
    writer: str = ""


def digest_of(mask: Mask) -> bytes:
    """Return 16 bytes that tell this mask from any other, its size included (BLAKE2b)."""
    digest = hashlib.blake2b(repr(mask.shape).encode(), digest_size=16)
    digest.update(np.ascontiguousarray(mask).data)
    return digest.digest()


def encode_header(header: Header) -> bytes:
    """Return how a journal begins."""
    return MAGIC + _framed(Kind.HEADER, header.model_dump_json().encode())


def encode_record(record: Record) -> bytes:
    """Return one record as bytes."""
    if record.edit is not None:
        content = _encode_edit(record.edit)
    elif record.kind in (Kind.SAVING, Kind.SAVED):
        content = _POSITION.pack(record.position) + record.digest
    else:
        content = b""
    return _framed(record.kind, content)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a journal file holds: `end` is the byte behind the last whole record, `whole` whether that is all."""

    header: Header
    records: tuple[Record, ...]
    end: int
    whole: bool


def decode(data: bytes) -> Contents:
    """Read a journal up to its last whole record; raises ValueError when it is none or its header is damaged."""
    header, end = header_of(data)
    if header.version > VERSION:
        raise ValueError("it was written by a newer SegStudio")
    records: list[Record] = []
    for kind, content, after in _frames(data, end):
        try:
            records.append(_decode_record(kind, content))
        except (ValueError, struct.error):
            break  # whatever wrote it, nothing behind it can be relied on
        end = after
    return Contents(header, tuple(records), end, whole=end == len(data))


def header_of(data: bytes) -> tuple[Header, int]:
    """Return a journal's header and where it ends, from its first bytes; raises ValueError when it is damaged."""
    if not data.startswith(MAGIC):
        raise ValueError("this is no stroke journal")
    kind, content, end = next(_frames(data, len(MAGIC)), (None, b"", 0))
    if kind is not Kind.HEADER:
        raise ValueError("the beginning is damaged")
    try:
        return Header.model_validate_json(content), end
    except ValidationError as error:
        raise ValueError("the beginning is damaged") from error


def _framed(kind: Kind, content: bytes) -> bytes:
    framed = _FRAME.pack(kind.value, len(content)) + content
    return framed + _CHECK.pack(zlib.crc32(framed))


def _frames(data: bytes, start: int) -> Iterator[tuple[Kind, bytes, int]]:
    while start + _FRAME.size + _CHECK.size <= len(data):
        letter, length = _FRAME.unpack_from(data, start)
        behind = start + _FRAME.size + length
        if behind + _CHECK.size > len(data):
            return
        if _CHECK.unpack_from(data, behind)[0] != zlib.crc32(data[start:behind]):
            return
        try:
            kind = Kind(letter)
        except ValueError:
            return
        yield kind, data[start + _FRAME.size : behind], behind + _CHECK.size
        start = behind + _CHECK.size


def _decode_record(kind: Kind, content: bytes) -> Record:
    if kind in _WITH_EDIT:
        return Record(kind, edit=_decode_edit(content))
    if kind in (Kind.SAVING, Kind.SAVED):
        return Record(
            kind, position=_POSITION.unpack_from(content)[0], digest=bytes(content[_POSITION.size :])
        )
    return Record(kind)


def _encode_edit(edit: Edit) -> bytes:
    label = edit.label.encode()[:1000]
    rect = edit.rect
    parts = [_RECT.pack(rect.top, rect.left, rect.bottom, rect.right)]
    parts += [_COUNTS.pack(len(label), len(edit.tiles)), label]
    for change in edit.tiles:
        parts.append(_TILE.pack(*change.tile, len(change.before), len(change.after)))
        parts += [change.before, change.after]
    return b"".join(parts)


def _decode_edit(content: bytes) -> Edit:
    rect = Rect(*_RECT.unpack_from(content))
    label_bytes, count = _COUNTS.unpack_from(content, _RECT.size)
    start = _RECT.size + _COUNTS.size
    label = content[start : start + label_bytes].decode(errors="ignore")
    start += label_bytes
    tiles = []
    for _ in range(count):
        row, column, before, after = _TILE.unpack_from(content, start)
        start += _TILE.size
        if start + before + after > len(content):
            raise ValueError("a tile is cut off")
        tiles.append(
            TileChange(
                (row, column),
                content[start : start + before],
                content[start + before : start + before + after],
            )
        )
        start += before + after
    return Edit(label, rect, tuple(tiles))
