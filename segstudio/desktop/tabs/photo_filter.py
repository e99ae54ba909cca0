"""Which photos are listed, and which comes next; pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from segstudio.project.photos import Photo, Status

SplitWish = Literal["train", "val", "undecided"]

STATUS_TEXT: dict[Status, str] = {"todo": "to do", "doing": "begun", "done": "done", "checked": "checked"}
SPLIT_TEXT: dict[str | None, str] = {"train": "training", "val": "held out", None: "undecided"}

BROKEN_TEXT = "cannot be read"
RECORD_TEXT = "its record cannot be read"

OPEN: frozenset[Status] = frozenset({"todo", "doing"})


@dataclass(frozen=True, slots=True)
class PhotoFilter:
    """What a photo must be to be listed: every one of `words` in its key, a status, a split, one of these keys; None: any."""

    words: str = ""
    status: Status | None = None
    split: SplitWish | None = None
    among: frozenset[str] | None = None

    def chosen_from(self, photos: Sequence[Photo]) -> tuple[Photo, ...]:
        """Return the photos that pass, in their order."""
        found = tuple(photos)
        if self.status is not None:
            found = tuple(photo for photo in found if photo.state.status == self.status)
        if self.split is not None:
            found = tuple(photo for photo in found if (photo.state.split or "undecided") == self.split)
        if self.among is not None:
            found = tuple(photo for photo in found if photo.key in self.among)
        for word in self.words.casefold().split():
            found = tuple(photo for photo in found if word in photo.key.casefold())
        return found


def told(photo: Photo, painter: str = "", me: str = "") -> str:
    """Return what stands below a photo's name: who paints on it, or its status, and by whom where that is not `me`;
    what it is for, and whether it has a mask.
    """
    if photo.damage:
        return RECORD_TEXT
    by = photo.state.checked_by if photo.status == "checked" else photo.state.labelled_by
    is_other = photo.status != "todo" and by not in ("", me)
    parts = [
        f"{painter} paints" if painter else STATUS_TEXT[photo.status] + (f" by {by}" if is_other else "")
    ]
    if photo.split is not None:
        parts.append(SPLIT_TEXT[photo.split])
    if not photo.has_mask:
        parts.append("no mask")
    return " · ".join(parts)


def told_people(photo: Photo) -> str:
    """Return who labelled and who checked a photo, as a line; empty where nobody is known."""
    state = photo.state
    parts = [f"labelled by {state.labelled_by}" if state.labelled_by else ""]
    parts.append(f"checked by {state.checked_by}" if state.checked_by else "")
    return ", ".join(part for part in parts if part)


def told_count(shown: Sequence[Photo], total: Sequence[Photo]) -> str:
    """Return the line below the list: how many are done of those listed, and how many are left out."""
    done = sum(photo.state.status not in OPEN for photo in shown)
    text = f"{done:,} / {len(shown):,} done"
    hidden = len(total) - len(shown)
    return f"{text} · {hidden:,} not listed" if hidden else text


def told_looking(done: int, total: int) -> str:
    """Return the line below the list while masks are looked at for a class."""
    return f"Looking at the masks: {done:,} of {total:,}" if total else "Looking at the masks …"


def neighbour(photos: Sequence[Photo], key: str, by: int) -> Photo | None:
    """Return the photo after (1) or before (-1) `key`, which need not be listed itself; photos are sorted by key."""
    keys = [photo.key for photo in photos]
    place = bisect_right(keys, key) if by > 0 else bisect_left(keys, key) - 1
    return photos[place] if 0 <= place < len(photos) else None


def next_open(photos: Sequence[Photo], key: str, by: int) -> Photo | None:
    """Return the closest photo that is not done after (1) or before (-1) `key`; past the end it goes round."""
    keys = [photo.key for photo in photos]
    place = bisect_right(keys, key) if by > 0 else bisect_left(keys, key)
    ahead = (*photos[place:], *photos[:place])
    way = ahead if by > 0 else ahead[::-1]
    return next((photo for photo in way if photo.status in OPEN and photo.key != key), None)


def runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return ascending numbers as runs of neighbours (first, last)."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found
