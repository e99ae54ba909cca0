"""JSON from strangers: whole within bounds, or item by item so that a file larger than the memory can be read.

`items` goes through the outermost object once. Arrays in it are given item by item, each with the bytes at which it
lies, so that a reader can come back to it (`item_at`) instead of keeping it. Nothing here knows a format; another
source of the same events (such as ijson) could take its place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import BinaryIO, Final

from segstudio.errors import SegStudioError

MAX_ITEM_BYTES = 256 << 20
"""One item of an array, or one other member of the outermost object: all that is in memory at a time."""

MAX_WHOLE_BYTES = 1 << 30

_CHUNK = 1 << 20
_SPACE = re.compile(r"[ \t\n\r]*")
_BOM = "\xef\xbb\xbf"
_NEAR_END = 16
_DECODER: Final = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True)
class Item:
    """A value below the member `key` of the outermost object; `in_list` when that member is an array and this is one
    of its items. It lies at the bytes `start` to `end` of the file.
    """

    key: str
    value: object
    start: int
    end: int
    in_list: bool


def items(path: Path) -> Iterator[Item]:
    """Yield what the outermost object holds, arrays item by item.

    Raises SegStudioError (its place is left to the caller) when the file is missing, damaged, cut off, no object,
    nested too deep, or when one item is too large.
    """
    with _opened(path) as stream:
        yield from _members(_Scanner(stream))


def item_at(stream: BinaryIO | FileIO, start: int, end: int) -> object:
    """Return the value at these bytes of the file, as `items` told them; a stream without buffer is quicker."""
    stream.seek(start)
    return _decoded(stream.read(end - start), start)


def load_json(path: Path) -> object:
    """Return the whole file; raises SegStudioError as `items` does, and for more than a gigabyte."""
    with _opened(path) as stream:
        content = stream.read(MAX_WHOLE_BYTES + 1)
    if len(content) > MAX_WHOLE_BYTES:
        raise SegStudioError("the JSON file is larger than 1 GB", fix="Export it in several smaller files")
    return _decoded(content.removeprefix(_BOM.encode("latin-1")), 0)


def head_and_tail(path: Path, size: int = 1 << 16) -> tuple[str, str]:
    """Return the first and the last `size` bytes of a file as text (empty when it cannot be read)."""
    try:
        with path.open("rb") as stream:
            head = stream.read(size)
            stream.seek(max(path.stat().st_size - size, len(head)))
            return head.decode("utf-8", errors="replace"), stream.read(size).decode("utf-8", errors="replace")
    except OSError:
        return "", ""


class _Scanner:
    """A window on the file. Its text holds one character for each byte, so that positions are those of the file."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._text = ""
        self._at = 0
        self._base = 0

    def next_character(self) -> str:
        """Return the next character that is no space without passing it; empty at the end of the file."""
        while True:
            space = _SPACE.match(self._text, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def take(self, wanted: str) -> bool:
        """Pass the next character if it is `wanted`."""
        found = self.next_character() == wanted
        self._at += found
        return found

    def expect(self, wanted: str) -> None:
        """Pass the next character, which must be `wanted`."""
        if not self.take(wanted):
            raise self.damaged()

    def pass_byte_order_mark(self) -> None:
        self.next_character()
        if self._text.startswith(_BOM):
            self._at = len(_BOM)

    def value(self) -> tuple[object, int, int]:
        """Pass one value; return it with the bytes at which it lies."""
        self.next_character()
        while True:
            try:
                found, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                goes_on = error.msg.startswith("Unterminated") or error.pos >= len(self._text) - _NEAR_END
                if not goes_on or not self._more():
                    raise self.damaged() from error
                continue
            except (RecursionError, ValueError) as error:
                raise _unreadable(error, self._base + self._at) from error
            is_number = not isinstance(found, dict | list | str)
            if is_number and len(self._text) - end < _NEAR_END and self._more():
                continue  # it may go on in what was not read yet
            break
        text = self._text[self._at : end]
        start = self._base + self._at
        self._at = end
        if not text.isascii():
            found = _decoded(text.encode("latin-1"), start)
        return found, start, self._base + end

    def damaged(self) -> SegStudioError:
        return _damaged(self._base + self._at)

    def _more(self) -> bool:
        """Read on; what was passed is forgotten. Return False at the end of the file."""
        kept = len(self._text) - self._at
        if kept > MAX_ITEM_BYTES:
            raise SegStudioError(
                f"one item of the JSON is larger than {MAX_ITEM_BYTES >> 20} MB", fix="Export the file again"
            )
        chunk = self._stream.read(max(_CHUNK, kept))
        if not chunk:
            return False
        self._base += self._at
        self._text, self._at = self._text[self._at :] + chunk.decode("latin-1"), 0
        return True


def _members(scanner: _Scanner) -> Iterator[Item]:
    scanner.pass_byte_order_mark()
    scanner.expect("{")
    if not scanner.take("}"):
        while True:
            key, _, _ = scanner.value()
            if not isinstance(key, str):
                raise scanner.damaged()
            scanner.expect(":")
            if scanner.take("["):
                yield from _listed(scanner, key)
            else:
                value, start, end = scanner.value()
                yield Item(key, value, start, end, in_list=False)
            if not scanner.take(","):
                break
        scanner.expect("}")
    if scanner.next_character():
        raise scanner.damaged()


def _listed(scanner: _Scanner, key: str) -> Iterator[Item]:
    if scanner.take("]"):
        return
    while True:
        value, start, end = scanner.value()
        yield Item(key, value, start, end, in_list=True)
        if not scanner.take(","):
            break
    scanner.expect("]")


def _decoded(content: bytes, start: int) -> object:
    try:
        return _DECODER.decode(content.decode("utf-8"))
    except json.JSONDecodeError as error:
        raise _damaged(start + error.pos) from error
    except (RecursionError, ValueError) as error:
        raise _unreadable(error, start) from error


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise SegStudioError(
            f"the file cannot be read ({error.strerror or error})", fix="Check that it is there and readable"
        ) from error


def _damaged(place: int) -> SegStudioError:
    return SegStudioError(
        f"the JSON is damaged or cut off at byte {place}", fix="Export or copy the file again"
    )


def _unreadable(error: Exception, place: int) -> SegStudioError:
    if isinstance(error, RecursionError):
        return SegStudioError(
            f"the JSON is nested too deep at byte {place}", fix="This is not an annotation file"
        )
    if isinstance(error, UnicodeDecodeError):
        return SegStudioError(
            f"the JSON is not UTF-8 text at byte {place + error.start}", fix="Save it as UTF-8"
        )
    return _damaged(place)
