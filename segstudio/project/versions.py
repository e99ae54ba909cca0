"""Versions: what a mask was before, kept as the very files that were replaced, and thinned as they age.

A mask file is only ever replaced, never written into, so keeping the one that goes costs another name for it. Those of
a photo lie below `history/masks/<photo>/`, each as `<number>.png` with a record `<number>.json`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict, field_validator

from segstudio.errors import SegStudioError
from segstudio.project.change import Change, mask_name, read_state
from segstudio.project.classes import VOID, ClassList
from segstudio.project.masks import Mask, read_mask
from segstudio.project.numbered import number_of_now, numbers_in, read_numbered
from segstudio.project.photos import Photo, PhotoState, Status
from segstudio.project.times import file_time

if TYPE_CHECKING:
    from segstudio.project.project import Project  # which keeps versions with every change

FOLDER = "history/masks"
BETWEEN = timedelta(minutes=5)
"""While somebody paints, a version is kept when the one before is older than this."""

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_MUCH_LESS = 2
"""A mask file that shrinks to less than one part in so many has lost most of what was painted."""


class Version(BaseModel):
    """A mask as it was: painted by `who` and written `when` (ISO 8601 with offset), at work's stage `status`.

    A later version has a greater `number`. `replaced`: it went all at once, because of `what` (a few words, often
    empty), and not stroke by stroke. `names` tells, by number, what the classes were called then.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: int = 1
    number: int
    when: datetime
    who: str = ""
    status: Status = "doing"
    source: str = ""
    replaced: bool = False
    what: str = ""
    names: dict[int, str] = {}

    @field_validator("when")
    @classmethod
    def _is_a_day_everywhere(cls, when: datetime) -> datetime:
        """Refuse what has no date in another time zone."""
        if not datetime.min.year < when.year < datetime.max.year:
            raise ValueError("nothing was painted then")
        return when


@dataclass(frozen=True, slots=True)
class Former:
    """The mask file that a change is about to replace: when it was written, by whom, and its bytes' number."""

    when: datetime
    who: str
    size_bytes: int


def versions_of(project: Path, key: str) -> tuple[Version, ...]:
    """Return the versions of the photo `key` that the project folder keeps, the newest last; of one whose record cannot
    be read no more is known than when it went.
    """
    return tuple(_read(project, key, number) for number in _numbers(project, key))


def version_file(project: Path, key: str, number: int) -> Path:
    """Return where the mask of a version lies."""
    return project / f"{FOLDER}/{key}/{number}.png"


def version_files(project: Path, key: str) -> tuple[str, ...]:
    """Return the files of all versions of the photo `key`, relative to the project."""
    names = (f"{FOLDER}/{key}/{number}" for number in _numbers(project, key))
    files = (f"{name}{suffix}" for name in names for suffix in (".json", ".png"))
    return tuple(name for name in files if (project / name).is_file())


def read_version(
    project: Path, photo: Photo, version: Version, classes: ClassList
) -> tuple[Mask, tuple[str, ...]]:
    """Return a version's mask in the numbers of `classes`, and the names of the classes that are gone by now.

    Numbers are never given out twice, so a class has its number still or it is gone; where another one bears its name
    today it takes its pixels, and else they become void. Raises SegStudioError when the file cannot be read.
    """
    size = photo.size if all(photo.size) else None
    mask = read_mask(version_file(project, photo.key, version.number), size=size)
    table, gone = np.arange(256, dtype=np.uint8), []
    for value in np.flatnonzero(np.bincount(mask.ravel(), minlength=256)):
        if int(value) in (VOID, *classes.indices):
            continue
        name = version.names.get(int(value), f"number {value}")
        same = classes.find(name)
        table[value] = VOID if same is None else same.index
        if same is None:
            gone.append(name)
    return np.asarray(table[mask], dtype=np.uint8), tuple(gone)


def changed_share(before: Mask, after: Mask) -> float:
    """Return which part of the pixels, 0–1, differs between two masks; all where they are not of one size."""
    return (
        float(np.count_nonzero(before != after) / max(before.size, 1)) if before.shape == after.shape else 1.0
    )


def differences(
    project: Path, photo: Photo, versions: Iterable[Version], classes: ClassList, now: Mask
) -> Iterator[float | None]:
    """Yield for each version which part of the photo differs from the mask `now`, None where it cannot be read."""
    for version in versions:
        try:
            yield changed_share(read_version(project, photo, version, classes)[0], now)
        except SegStudioError:
            yield None


def keep_up_to(project: Project, most: int) -> None:
    """Keep up to so many versions of each mask from now on; 0: none. Raises SegStudioError as `Project.change` does."""
    with project.change() as change:
        change.versions = most


def keep_now(project: Project, photo: Photo, *, doing: str = "") -> None:
    """Keep the photo's mask as a version as it is on disk; `doing` says what is about to take its place."""
    with project.change() as change:
        change.kept.add(photo.key)
        change.doing = doing


def keep_versions(project: Path, change: Change, classes: ClassList, most: int) -> None:
    """Let a change keep the masks that it replaces or takes off, where a version is due, and let go of as many as are
    too many; call it with the project's lock held, before the change is committed.

    `classes` are the project's by now, `most` is how many versions a photo may have.
    """
    for key in sorted(change.masks() | change.kept):
        path = project / mask_name(key)
        try:
            found = path.stat()
        except OSError:
            continue  # its first mask
        numbers = _numbers(project, key)
        state = _state(project, key)
        when = file_time(found.st_mtime_ns)
        if most > 0 and _is_kept(project, change, key, Former(when, state.who, found.st_size), numbers):
            number = number_of_now(numbers)
            replaced = not change.by_hand or key in change.kept
            version = _version(number, when, state, classes, replaced=replaced, what=change.doing)
            change.put_link(f"{FOLDER}/{key}/{number}.png", path)
            record = version.model_dump_json(indent=1).encode()
            change.put_file(f"{FOLDER}/{key}/{number}.json", record, settle=False)
            if change.by_hand or len(numbers) >= most:  # of many photos at once not all records are read
                _thin(project, change, key, (*versions_of(project, key), version), most)
        elif len(numbers) > most:
            _thin(project, change, key, versions_of(project, key), most)


def stage_version(
    project: Path,
    change: Change,
    key: str,
    data: bytes,
    *,
    state: PhotoState,
    classes: ClassList,
    what: str,
) -> None:
    """Let a change keep a mask file (its bytes, in the numbers of `classes`) that the photo `key` never had, as one of
    its versions; `state` tells who painted it and when.
    """
    try:
        when = datetime.fromisoformat(state.when).astimezone()
    except ValueError:
        when = datetime.now().astimezone()
    number = number_of_now(_numbers(project, key))
    version = _version(number, when, state, classes, replaced=True, what=what)
    change.put_file(f"{FOLDER}/{key}/{number}.png", data)
    change.put_file(f"{FOLDER}/{key}/{number}.json", version.model_dump_json(indent=1).encode())


def _version(
    number: int, when: datetime, state: PhotoState, classes: ClassList, *, replaced: bool, what: str
) -> Version:
    return Version(
        number=number,
        when=when,
        who=state.who,
        status=state.status,
        source=state.source,
        replaced=replaced,
        what=what,
        names={entry.index: entry.name for entry in classes.classes},
    )


def is_due(former: Former, last: Version | None, now: datetime, size_bytes: int) -> bool:
    """Tell whether a mask that a stroke replaces is kept; pure. `size_bytes` is the size of the file that comes.

    It is where nothing was kept yet, where another person or another day comes, some minutes after the version
    before, and where most of what was painted goes at once.
    """
    if last is None or former.who != last.who or size_bytes * _MUCH_LESS < former.size_bytes:
        return True
    if former.when.date() != now.astimezone(former.when.tzinfo).date():
        return True
    return abs(former.when - last.when) >= BETWEEN  # clocks are set back, too


def outnumbered(versions: Sequence[Version], now: datetime, most: int) -> tuple[Version, ...]:
    """Return which of a photo's versions (oldest first) go; pure.

    Of those older than an hour the last of each hour stays, of those older than a day the last of each day, and all
    that went at once. Beyond `most` those go first that have others close by, close as seen from now.
    """
    slots: dict[tuple[str, ...], Version] = {}
    for version in versions:
        age = now - version.when
        if age < _HOUR or version.replaced:
            slot: tuple[str, ...] = ("", str(version.number))
        else:
            slot = ("", f"{version.when:%Y-%m-%d %H}" if age < _DAY else f"{version.when:%Y-%m-%d}")
        slots[slot] = version
    stay = sorted(slots.values(), key=lambda version: version.number)
    while len(stay) > max(most, 0):
        stay.pop(_least_missed(stay, now))
    kept = {version.number for version in stay}
    return tuple(version for version in versions if version.number not in kept)


def _least_missed(versions: Sequence[Version], now: datetime) -> int:
    """Return the place of the one whose neighbours are closest together, measured by its age; never the newest."""

    def missed(place: int) -> float:
        later = versions[place + 1].when if place + 1 < len(versions) else now
        before = versions[place - 1].when if place else versions[place].when
        age = max(abs((now - versions[place].when).total_seconds()), 1.0)
        # where a clock was set, a later one may tell an earlier time
        return abs((later - before).total_seconds()) / age

    return min(range(max(len(versions) - 1, 1)), key=missed)


def _is_kept(project: Path, change: Change, key: str, former: Former, numbers: Sequence[int]) -> bool:
    path = project / mask_name(key)
    if numbers and _is_same(version_file(project, key, numbers[-1]), path):
        return False  # it was gone back to, and nobody has painted since
    if key in change.kept:
        return True
    staged = change.staged(mask_name(key))
    if not change.by_hand:
        return staged is None or not _is_same(staged, path)
    last = _read(project, key, numbers[-1]) if numbers else None
    size = staged.stat().st_size if staged is not None else 0
    return is_due(former, last, datetime.now().astimezone(), size)


def _is_same(one: Path, other: Path) -> bool:
    try:
        if one.samefile(other):
            return True
        return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()
    except OSError:  # a version may have been taken away by hand
        return False


def _thin(project: Path, change: Change, key: str, versions: Iterable[Version], most: int) -> None:
    for version in outnumbered(tuple(versions), datetime.now().astimezone(), most):
        for suffix in (".png", ".json"):
            name = f"{FOLDER}/{key}/{version.number}{suffix}"
            if (project / name).exists():
                change.remove_file(name)


def _numbers(project: Path, key: str) -> list[int]:
    return numbers_in(project / FOLDER / key, suffix=".png")


def _state(project: Path, key: str) -> PhotoState:
    try:
        return read_state(project, key)
    except SegStudioError:
        return PhotoState()


def _read(project: Path, key: str, number: int) -> Version:
    record = read_numbered(project / f"{FOLDER}/{key}/{number}.json", Version, number)
    return record or Version(number=number, when=_time_of(number), replaced=True)


def _time_of(number: int) -> datetime:
    """Return the time that a number tells, or now where it tells none."""
    try:
        found = datetime.strptime(str(number)[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return datetime.now(UTC)
    return found if datetime.min.year < found.year < datetime.max.year else datetime.now(UTC)
