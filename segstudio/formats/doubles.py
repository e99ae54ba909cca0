"""Doubles: photos of equal content under several names, which would come in more than once."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from segstudio.formats.options import Cancelled, check_cancelled
from segstudio.project.photos import Photo

Stamp = tuple[int, int]
"""When a file was last written (ns), and its size in bytes."""

Digests = dict[tuple[Path, Stamp], bytes]


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
    the first of those given. Only files of equal length are read, and each once (`digests` remembers).
    """
    stamps = {path: stamp_of(path) for path in given}
    lengths: dict[int, int] = defaultdict(int)
    for _, length in stamps.values():
        lengths[length] += 1
    there = [(photo, stamp_of(photo.path)) for photo in project]
    first: dict[bytes, Photo | Path] = {}
    known = {length for _, length in stamps.values()}
    met: set[int] = set()
    for photo, told in there:
        if told[1] in known and told[1]:
            check_cancelled(cancelled)
            first.setdefault(_digest(photo.path, told, digests), photo)
            met.add(told[1])
    found: dict[Path, Photo | Path] = {}
    for path, told in stamps.items():
        if told[1] and (lengths[told[1]] > 1 or told[1] in met):
            check_cancelled(cancelled)
            same = first.setdefault(_digest(path, told, digests), path)
            if same != path:
                found[path] = same
    return found


def _digest(path: Path, told: Stamp, digests: Digests) -> bytes:
    known = digests.get((path, told))
    if known is None:
        try:
            with path.open("rb") as stream:
                known = hashlib.file_digest(stream, "blake2b").digest()
        except OSError:
            known = str(path).encode()  # what cannot be read is equal to itself alone
        digests[path, told] = known
    return known
