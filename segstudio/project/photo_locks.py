"""The lock of a photo that is painted on, as machines that share a folder understand it.

Two things lie beside a mask while somebody paints on it. `<photo>.lock` is held with the operating system, which knows
of a dead process at once; a folder that only synchronises, and some network drives, do not carry that. So
`<photo>.lock.by` says who paints, with a token that is new each time: whoever takes a photo over writes another one, and
every save looks, with the project's lock held, whether it still finds its own.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from segstudio.errors import SegStudioError
from segstudio.files import hold, note_part, open_ordinary, write_note
from segstudio.project.change import FileStamp, file_stamp
from segstudio.project.document import FILE_NAME
from segstudio.project.person import person
from segstudio.project.photos import Photo
from segstudio.project.presence import Painter, Presence, people, this_painter
from segstudio.project.project import Project

_MOST_BYTES = 1 << 16


class Claim(Painter):
    """What `<photo>.lock.by` holds: who paints, and since when by that machine's clock (ISO 8601 with offset)."""

    token: str
    since: str = ""


@dataclass(frozen=True, slots=True)
class Painted:
    """Somebody paints on a photo: `claim` says who, None where that is not told; `is_stale`: nothing was heard from
    that window for a while, so that the photo may be taken over.
    """

    claim: Claim | None
    is_stale: bool = False


class TakenOverError(SegStudioError):
    """Somebody else paints on the photo by now: what was painted here must not take the place of that."""

    def __init__(self, key: str, by: Claim | None) -> None:
        super().__init__(
            f'"{key}" was taken over by {told_name(by)}, and nothing was written over that',
            fix="What was painted here since is kept apart",
        )
        self.by = by


class PhotoHold:
    """A photo that is open for painting here. Methods may be called from any thread.

    `taken_from` is whose claim was found and taken over, None where there was none.
    """

    def __init__(
        self,
        project: Project,
        photo: Photo,
        claim: Claim,
        *,
        unlock: Callable[[], None],
        by: Presence | None,
        taken_from: Claim | None = None,
    ) -> None:
        self.folder, self.key, self.claim, self.taken_from = project.folder, photo.key, claim, taken_from
        self._path, self._mask = claim_path(project.paint_lock(photo)), project.mask_path(photo)
        self._unlock, self._by = unlock, by
        self._known: FileStamp | None = file_stamp(self._mask)
        self._is_over = False
        self.lost_to: Claim | None = None
        """Who has taken it over."""
        if by is not None:
            by.add(self)

    @property
    def since(self) -> str:
        """Since when it is painted on (ISO 8601 with offset)."""
        return self.claim.since

    def check(self) -> None:
        """Raise TakenOverError when somebody else paints by now. To be called with the project's lock held.

        A claim that is gone, as after a folder was restored, is made again where nobody has written the mask since.
        """
        try:
            (self.folder / FILE_NAME).stat()  # while it is away nobody knows
            there = read_claim(self._path)
            if there is None and not self._path.exists() and file_stamp(self._mask) == self._known:
                write_note(self._path, _encoded(self.claim))
                return
        except OSError as error:
            raise SegStudioError(
                f"who paints on the photo cannot be found out ({error.strerror or error})",
                where=str(self._path),
            ) from error
        if there is None or there.token != self.claim.token:
            raise TakenOverError(self.key, there)

    def is_lost(self) -> bool:
        """Tell whether somebody else has taken the photo over. Raises OSError when the folder is away."""
        there = read_claim(self._path)
        if there is None or there.token == self.claim.token:
            return False
        self.lost_to = there
        return True

    def note_saved(self) -> None:
        """Take note that the mask on disk is the one that was saved here."""
        self._known = file_stamp(self._mask)
        if self._by is not None:
            self._by.note_save()

    def let_go(self) -> None:
        """Let others paint on the photo; called again, it does nothing."""
        if self._is_over:
            return
        self._is_over = True
        if self._by is not None:
            self._by.remove(self)
        with suppress(OSError):
            there = read_claim(self._path)
            if there is None or there.token == self.claim.token:
                self._path.unlink(missing_ok=True)
                note_part(self._path).unlink(missing_ok=True)
        self._unlock()


def claim_path(lock: Path) -> Path:
    """Return the file beside a lock that tells who has it: whoever asks for a lock may empty the lock file itself."""
    return lock.with_name(f"{lock.name}.by")


def read_claim(path: Path) -> Claim | None:
    """Return what a claim says, None when there is none or it is damaged. Raises OSError when it cannot be read."""
    try:
        with open_ordinary(path) as stream:
            return Claim.model_validate_json(stream.read(_MOST_BYTES))
    except (FileNotFoundError, ValidationError):
        return None


def claim_photo(
    project: Project,
    photo: Photo,
    unlock: Callable[[], None],
    *,
    by: Presence | None,
    taken_from: Claim | None = None,
) -> PhotoHold:
    """Say that a photo is painted on here, whose lock is held already; `by` None: for a moment, not by a window."""
    painter = by.painter if by is not None else this_painter()
    now = datetime.now().astimezone().isoformat(timespec="seconds")
    claim = Claim(**painter.model_dump(), token=uuid.uuid4().hex, since=now)
    with suppress(OSError):  # a folder that may not be written is found out by the lock, or by the first save
        write_note(claim_path(project.paint_lock(photo)), _encoded(claim))
    return PhotoHold(project, photo, claim, unlock=unlock, by=by, taken_from=taken_from)


def counts(project: Project, photo: Photo, claim: Claim, by: Presence | None) -> bool:
    """Tell whether a claim keeps others from painting although nobody holds the lock: on this machine the lock says
    enough, unless that window lost it and goes on; elsewhere it may not be known here.
    """
    if not claim.is_here:
        return True
    if claim.is_dead or (by is not None and claim.window == by.painter.window):
        return False
    try:
        there = people(project.folder)
    except OSError:
        return True
    return any(signs.window == claim.window and photo.key in signs.photos for signs in there)


def who_paints(project: Project, photo: Photo, by: Presence) -> Painted | None:
    """Return who paints on a photo, None when nobody does: it can be begun on. For a worker thread; takes no lock but
    for a moment.

    To be asked every few seconds: only who is looked at can be found to be gone. Raises OSError when the folder is
    away.
    """
    lock = project.paint_lock(photo)
    claim, is_held = read_claim(claim_path(lock)), lock.exists() and not _can_be_had(lock)
    if claim is None:
        return Painted(None) if is_held else None
    if claim.is_here and (claim.is_dead or not is_held):
        return Painted(claim, is_stale=True) if is_held else None
    signs = next((signs for signs in people(project.folder) if signs.window == claim.window), None)
    return Painted(claim, by.watch.is_stale(claim.window, signs.beat if signs is not None else None))


def take_over(project: Project, photo: Photo, found: Claim, by: Presence) -> PhotoHold | None:
    """Take a photo from a window that is gone; None when it is not as it was `found` any more.

    Raises SegStudioError when the project is being written to, or the system does not let go of the dead lock.
    """
    lock = project.paint_lock(photo)
    with (
        project.alone()
    ):  # no save of the other window is under way, and each that comes looks at the claim first
        there = read_claim(claim_path(lock))
        if there is None or there.token != found.token:
            return None
        unlock = hold(lock)
        if unlock is None:  # asleep or hanging, on this machine or on one that still answers for it
            _remove(lock)
            unlock = hold(lock)
        return None if unlock is None else claim_photo(project, photo, unlock, by=by, taken_from=there)


def told_painted(painted: Painted) -> str:
    """Return who paints, where and since when, in words that begin a sentence: `Anna on STUDIO-PC paints …`."""
    claim = painted.claim
    if claim is None:
        return "This photo is open in another window of SegStudio"
    since = f" since {told_time(claim.since)}" if claim.since else ""
    if claim.is_here and claim.who == person():
        return f"You paint on this photo in another window{since}"
    name = told_name(claim)
    return f"{name[:1].upper()}{name[1:]} paints on this photo{since}"


def told_taken(claim: Claim) -> str:
    """Return from whom a photo was taken over, as a sentence."""
    since = f", begun {told_time(claim.since)}," if claim.since else ""
    if claim.is_dead and claim.who == person():
        return f"A window that ended without leaving this photo{since} was taken over from."
    return f"Taken over from {told_name(claim)}: that window{since} gave no sign of life any more."


def told_time(when: str) -> str:
    """Return a time (ISO 8601) as people of here read it, the day left out where it is today."""
    try:
        time = datetime.fromisoformat(when).astimezone()
    except (ValueError, OverflowError, OSError):
        return when[:16]
    today = datetime.now().astimezone().date()
    return f"{time:%H:%M}" if time.date() == today else f"{time:%Y-%m-%d %H:%M}"


def told_name(claim: Painter | None) -> str:
    """Return who it is, and where: `Anna on STUDIO-PC`."""
    if claim is None:
        return "somebody else"
    who = claim.who or "somebody"
    if claim.is_here:
        return "another window of yours" if claim.who == person() else f"{who} on this computer"
    return f"{who} on {claim.computer}" if claim.computer else who


def _encoded(claim: Claim) -> bytes:
    return claim.model_dump_json(indent=1).encode()


def _can_be_had(lock: Path) -> bool:
    try:
        unlock = hold(lock)
    except SegStudioError:
        return True  # nobody can hold what cannot be made; whoever begins learns why
    if unlock is not None:
        unlock()
    return unlock is not None


def _remove(lock: Path) -> None:
    try:
        lock.unlink(missing_ok=True)
    except OSError as error:
        raise SegStudioError(
            f"the lock of a window that is gone cannot be removed ({error.strerror or error})",
            where=str(lock),
            fix="End SegStudio there, or start that computer anew",
        ) from error
