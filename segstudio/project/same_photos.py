"""Which photos of two projects are the same: those whose files are, whatever they are called."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from segstudio.project.digests import file_digest
from segstudio.project.photos import Photo


@dataclass(frozen=True, slots=True)
class Match:
    """A photo of another project and `mine`, the project's of the same file; None where there is none, or where that is
    matched with another already: `copy_of` is it then.
    """

    theirs: Photo
    mine: Photo | None = None
    copy_of: Photo | None = None


def matches(mine: Sequence[Photo], theirs: Sequence[Photo], known: Collection[str]) -> Iterator[Match]:
    """Yield each photo of `theirs` with its own of `mine`, no two with one; in another order.

    Where a picture is there more than once, those of one name belong together, then those that are painted come first.
    `known` are the keys of those that are known by their name alone where their file is away. Files are read only
    where others have their length, each once.
    """
    files, others = _Files(mine), []
    for photo in theirs:
        same = files.take_named(photo, is_known=photo.key in known)
        if same is None:
            others.append(photo)
        else:
            yield Match(photo, same)
    for photo in sorted(others, key=lambda photo: not photo.has_mask):
        yield files.take(photo)


class _Files:
    """The files of a project's photos, of which each is taken once."""

    def __init__(self, photos: Sequence[Photo]) -> None:
        self._by_key = {photo.key: photo for photo in photos}
        self._taken: set[str] = set()
        self._lengths: dict[int, list[Photo]] | None = None
        self._digests: dict[str, str] = {}

    def take_named(self, photo: Photo, *, is_known: bool) -> Photo | None:
        """Take the one of the photo's name, when it is the same."""
        there = self._by_key.get(photo.key)
        if there is None:
            return None
        length = _length(photo)
        if length is None and not is_known:
            return None
        if length is not None and (
            _length(there) != length or self._digest(there) != file_digest(photo.path)
        ):
            return None
        self._taken.add(there.key)
        return there

    def take(self, photo: Photo) -> Match:
        """Take one that is the same, and that was not taken yet."""
        length = _length(photo)
        others = () if length is None else self._of_length(length)
        if not others:
            return Match(photo)
        digest = file_digest(photo.path)
        same = [other for other in others if self._digest(other) == digest]
        for other in same:
            if other.key not in self._taken:
                self._taken.add(other.key)
                return Match(photo, other)
        return Match(photo, copy_of=same[0]) if same else Match(photo)

    def _of_length(self, length: int) -> Sequence[Photo]:
        if self._lengths is None:
            self._lengths = {}
            for photo in self._by_key.values():
                own = _length(photo)
                if own is not None:
                    self._lengths.setdefault(own, []).append(photo)
        return self._lengths.get(length, ())

    def _digest(self, photo: Photo) -> str:
        if photo.key not in self._digests:
            self._digests[photo.key] = file_digest(photo.path)
        return self._digests[photo.key]


def _length(photo: Photo) -> int | None:
    try:
        return photo.path.stat().st_size
    except OSError:
        return None
