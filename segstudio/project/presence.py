"""Presence: which windows work on a project at this moment, told by one small file for each, without a server.

The file of a window has one writer, that window, and is renewed while it lives; whoever reads it asks only whether it
has changed since the last look, by his own clock: the clocks of two machines may differ.
"""

from __future__ import annotations

import hashlib
import os
import re
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Protocol

import psutil
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from segstudio.files import open_ordinary, write_note
from segstudio.project.document import FILE_NAME
from segstudio.project.inside import is_inside
from segstudio.project.person import person

FOLDER = ".people"
"""Where the files lie, in the project."""

BEAT_S = 10.0
"""So often a window renews its file."""

STALE_S = 60.0
"""A window whose file has not changed for so long is taken for gone."""

_LONGEST_GAP = 0.25
"""Of STALE_S: after a longer time without a look nobody knows what happened meanwhile, and waiting begins anew."""

_LONG_DEAD_S = 7 * 86_400.0
_OF_WINDOW = re.compile(r"[0-9a-f]{32}\.json")

_STARTED_APART_S = 2.0
_START_FIELD = 19
"""Of what stands in /proc/…/stat behind the name of the program: `starttime` in proc(5)."""

_MOST_BYTES = 1 << 20
_JOIN_S = 5.0


class Painter(BaseModel):
    """One window on one machine. `machine` and `window` are ids, `computer` is the name that people know;
    `started` is when its process began, as `began` tells it.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    window: str
    who: str = ""
    computer: str = ""
    machine: str = ""
    process: int = 0
    started: float = 0.0

    @property
    def is_here(self) -> bool:
        """Whether it is a window of this machine."""
        return self.machine == machine_id()

    @property
    def is_dead(self) -> bool:
        """Whether its process is known to have ended: only of this machine that can be known."""
        if not self.is_here or self.process <= 0:
            return False
        try:
            return abs(began(psutil.Process(self.process)) - self.started) > _STARTED_APART_S
        except psutil.NoSuchProcess:
            return True
        except psutil.Error:
            return False


class Signs(Painter):
    """What a window tells of itself: `photos` gives since when it paints on each (ISO 8601 with offset), by key;
    `beat` grows while it lives, `saves` with each photo that it saves.
    """

    photos: dict[str, str] = Field(default_factory=dict)
    beat: int = 0
    saves: int = 0


class Held(Protocol):
    """A photo that is open for painting, as the window's presence sees it."""

    @property
    def folder(self) -> Path:
        """The project's folder."""

    @property
    def key(self) -> str:
        """The photo's key."""

    @property
    def since(self) -> str:
        """Since when it is painted on (ISO 8601 with offset)."""

    def is_lost(self) -> bool:
        """Tell whether somebody else has taken the photo over."""


def computer() -> str:
    """Return this machine's name."""
    return socket.gethostname()


def machine_id() -> str:
    """Return what tells this machine from others that may bear the same name; nothing can be read from it."""
    return hashlib.sha256(f"{computer()}\n{_number_of_machine()}".encode()).hexdigest()[:16]


def began(process: psutil.Process) -> float:
    """Return what tells a process from a later one of its number: when it began, in seconds since the system did or, where
    that is not told, since 1970.

    Linux knows the former alone. The time of day, worked out from it, is another one whenever the clock is set.
    """
    with suppress(OSError, ValueError, IndexError):
        told = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8", errors="replace")
        return int(told.rpartition(")")[2].split()[_START_FIELD]) / os.sysconf("SC_CLK_TCK")
    return process.create_time()


@cache
def _number_of_machine() -> str:
    with suppress(OSError):
        number = Path("/etc/machine-id").read_text(encoding="ascii").strip()
        if number:
            return number
    return f"{uuid.getnode():012x}"


def this_painter() -> Painter:
    """Return a new window of this process."""
    process = psutil.Process()
    return Painter(
        window=uuid.uuid4().hex,
        who=person(),
        computer=computer(),
        machine=machine_id(),
        process=process.pid,
        started=began(process),
    )


def people(project: Path) -> tuple[Signs, ...]:
    """Return the signs of all windows that paint in a project, this one's too, in the order of their names; damaged
    files are left out. Raises OSError when the folder cannot be looked at.
    """
    found = []
    try:
        names = sorted(entry.name for entry in os.scandir(project / FOLDER) if entry.name.endswith(".json"))
    except FileNotFoundError:
        project.stat()  # it may be the project that is away
        return ()
    for name in names:
        with suppress(FileNotFoundError, ValidationError):  # it ended meanwhile
            signs = Signs.model_validate_json(_read(project / FOLDER / name))
            if name == f"{signs.window}.json":  # a copy that a synchronising program has made is nobody
                found.append(signs)
    return tuple(found)


def signs_path(project: Path, painter: Painter) -> Path:
    """Return where a window's signs lie."""
    return project / FOLDER / f"{painter.window}.json"


class Watch:
    """Tells by this machine's own clock, and by what changes, who is gone. Methods may be called from any thread."""

    def __init__(self, stale_s: float = STALE_S, clock: Callable[[], float] = time.monotonic) -> None:
        self._stale_s, self._clock = stale_s, clock
        self._seen: dict[str, tuple[int | None, float, float]] = {}  # beat, first and last seen
        self._lock = threading.Lock()

    def is_stale(self, window: str, beat: int | None) -> bool:
        """Take a look at a window's beat (None: its file is gone); True when it was the same for too long."""
        now = self._clock()
        with self._lock:
            before = self._seen.get(window)
            first = now
            if before is not None and before[0] == beat and now - before[2] <= _LONGEST_GAP * self._stale_s:
                first = before[1]
            self._seen[window] = (beat, first, now)
            return now - first >= self._stale_s


class Presence:
    """This window among all others: it tells what is painted on here, and learns what was taken over.

    `lost` is called, in a thread, with what somebody else has taken over. Methods may be called from any thread.
    """

    def __init__(
        self,
        *,
        beat_s: float = BEAT_S,
        stale_s: float = STALE_S,
        lost: Callable[[Held], None] = lambda _: None,
    ) -> None:
        self.painter = this_painter()
        self.watch = Watch(stale_s)
        self._beat_s, self._lost = beat_s, lost
        self._held: list[Held] = []
        self._told: set[Path] = set()
        self._beat = self._saves = 0
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._wake = threading.Event()
        self._is_closed = False
        self._thread: threading.Thread | None = None

    def go_by(self, who: str) -> None:
        """Tell others this name from now on; locks that are held keep theirs."""
        with self._lock:
            self.painter = self.painter.model_copy(update={"who": who})
        self._wake.set()

    def add(self, held: Held) -> None:
        """Tell others that a photo is painted on here."""
        with self._lock:
            self._held.append(held)
            if self._thread is None and not self._is_closed:
                self._thread = threading.Thread(target=self._live, name="presence", daemon=True)
                self._thread.start()
        self._wake.set()

    def remove(self, held: Held) -> None:
        """Tell others that a photo is painted on here no more."""
        with self._lock:
            self._held = [other for other in self._held if other is not held]
        self._wake.set()

    def note_save(self) -> None:
        """Tell others that something was saved here."""
        with self._lock:
            self._saves += 1
        self._wake.set()

    def close(self) -> None:
        """End the thread, and tell others that this window is gone."""
        with self._lock:
            self._is_closed, self._held = True, []
            thread, self._thread = self._thread, None
        self._wake.set()
        if thread is not None:
            thread.join(_JOIN_S)  # a network folder that does not answer keeps nobody from leaving

    def _live(self) -> None:
        while not self._is_closed:
            self._wake.clear()
            self._look_after(self._held)
            self._tell()
            self._wake.wait(self._beat_s)
        self._tell()

    def _look_after(self, held: Iterable[Held]) -> None:
        for one in tuple(held):
            with suppress(OSError):  # a folder that is away says nothing
                if one.is_lost():
                    self.remove(one)
                    self._lost(one)

    def _tell(self) -> None:
        with self._lock:
            held, saves = tuple(self._held), self._saves
            self._beat += 1
            beat = self._beat
        folders = {one.folder for one in held}
        for folder in folders | self._told:
            with suppress(OSError):
                self._tell_in(folder, [one for one in held if one.folder == folder], beat, saves)

    def _tell_in(self, folder: Path, held: list[Held], beat: int, saves: int) -> None:
        path = signs_path(folder, self.painter)
        if not held:
            path.unlink(missing_ok=True)
            self._told.discard(folder)
            with suppress(OSError):  # others are there
                path.parent.rmdir()
            return
        if not (folder / FILE_NAME).exists():
            return  # it is away: nothing must be left where it was mounted
        if not is_inside(folder, path.parent):
            return  # a link: whoever made it gets no file written elsewhere, and none removed
        path.parent.mkdir(exist_ok=True)
        is_first = folder not in self._told
        self._told.add(folder)
        photos = {one.key: one.since for one in held}
        signs = Signs(**self.painter.model_dump(), photos=photos, beat=beat, saves=saves)
        write_note(path, signs.model_dump_json(indent=1).encode())
        if is_first:
            _remove_long_dead(path)


def _remove_long_dead(own: Path) -> None:
    """Remove the signs of windows that were killed long ago, by the time of a file that was written just now.

    A window that lives all the same tells its signs again with its next beat.
    """
    now = own.stat().st_mtime
    for entry in tuple(os.scandir(own.parent)):
        with suppress(OSError):  # it went meanwhile, or may not be removed
            if _OF_WINDOW.fullmatch(entry.name) and now - entry.stat().st_mtime > _LONG_DEAD_S:
                Path(entry).unlink()


def _read(path: Path) -> bytes:
    with open_ordinary(path) as stream:
        return stream.read(_MOST_BYTES)
