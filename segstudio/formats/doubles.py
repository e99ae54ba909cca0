"""Doubles: photos of equal content under several names, which would come in more than once."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from pathlib import Path

from segstudio.formats.options import Cancelled, check_cancelled
from segstudio.project.photos import Photo

Stamp = tuple[int, int]
"""When a file was last written (ns), and its size in bytes."""

Digests = dict[tuple[Path, Stamp, int], bytes]
"""Of the beginning of a file, so many bytes of it; -1: of all of it."""

_HEAD_BYTES, _WHOLE = 1 << 16, -1
_File = tuple[Path, Stamp, Photo | Path]
"""A file, its stamp, and what it is called when another is its double."""


def stamp_of(path: Path) -> Stamp:
    """Return what tells a file from one written later; zeros when there is none."""
    try:
        told = path.stat()
    except OSError:
        return 0, 0
    return told.st_mtime_ns, told.st_size


def doubles_of(
    given: Sequence[Path], project: Collection[Photo], digests: Digests, cancelled: Cancelled
) -> Mapping[Path, Photo | Path]:
    """Return for each of the `given` photos that is another's double what it is equal to: a photo of the project, or
    the first of those given. Only files of equal length are looked at, whole only those that begin alike, and each once
    (`digests` remembers).
    """
    stamps = {path: stamp_of(path) for path in given}
    lengths = {length for _, length in stamps.values() if length}
    there: list[_File] = [(photo.path, stamp_of(photo.path), photo) for photo in project]
    files = [file for file in there if file[1][1] in lengths]
    files += [(path, told, path) for path, told in stamps.items() if told[1]]
    files = _alike(files, [told[1] for _, told, _ in files])
    for part in (_HEAD_BYTES, _WHOLE):
        read = [_digest(path, told, part, digests, cancelled) for path, told, _ in files]
        files = _alike(files, [(told[1], digest) for (_, told, _), digest in zip(files, read, strict=True)])
    first: dict[bytes, Photo | Path] = {}
    found: dict[Path, Photo | Path] = {}
    for path, told, what in files:
        same = first.setdefault(_digest(path, told, _WHOLE, digests, cancelled), what)
        if what == path and same != path:
            found[path] = same
    return found


def _alike(files: Sequence[_File], keys: Sequence[Hashable]) -> list[_File]:
    """Return the files whose key another has, too, in their order."""
    counts = Counter(keys)
    return [file for file, key in zip(files, keys, strict=True) if counts[key] > 1]


def _digest(path: Path, told: Stamp, part: int, digests: Digests, cancelled: Cancelled) -> bytes:
    known = digests.get((path, told, part))
    if known is None:
        check_cancelled(cancelled)
        try:
            with path.open("rb") as stream:
                if part == _WHOLE:
                    known = hashlib.file_digest(stream, "blake2b").digest()
                else:
                    known = hashlib.blake2b(stream.read(part)).digest()
        except OSError:
            known = str(path).encode()  # what cannot be read is equal to itself alone
        digests[path, told, part] = known
    return known
