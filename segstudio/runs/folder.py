"""RunFolder: one training on disk, and its event log."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import FileIO
from itertools import chain
from pathlib import Path
from typing import Literal

from segstudio.errors import SegStudioError, did_you_mean
from segstudio.file_names import portable_name
from segstudio.files import is_link, locked, open_ordinary, read_small, to_be_replaced, write_text
from segstudio.runs.events import (
    Event,
    RunFailed,
    RunFinished,
    RunStarted,
    RunStopped,
    current_events,
    decode_event,
    encode_event,
    is_step,
)
from segstudio.runs.recipe import Recipe, load_recipe, recipe_to_toml

RunState = Literal["new", "open", "stopped", "finished", "failed"]
"""`open` is a run whose log has no end: it is running, or its process died."""


_LOCK = ".lock"

_WRITTEN = re.compile(
    r"(best|last|epoch-\d{4,})\.pt|epochs\.csv|recipe\.toml|crops-together\.txt|stop", re.ASCII
)
"""The files beside the log that a training replaces."""

_PROBE_S = 1.0
"""Whoever looks whether a run is held holds it for a moment itself."""

NEWEST = "last"
"""The word that stands for the newest run where one is named: no run is called so."""

_NEXT = 1e-3
_LONGEST_FIRST = 1 << 20
"""A log of damaged bytes may have no end of line."""

_MOST_LOG_BYTES = 2 << 30
"""No log is longer: ten million steps take that."""


class RunFolder:
    """The files of one run: recipe, event log, checkpoints, previews, and the wish to stop."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def create(cls, runs: Path, recipe: Recipe, *, name: str = "", now: datetime | None = None) -> RunFolder:
        """Make a new run folder below `runs`, and write the recipe into it.

        It is called `name`, or `YYYY-MM-DD-hhmm-<head>` when none is given, with a number behind it where that is
        taken. Raises SegStudioError when `name` cannot name a run or the disk refuses.
        """
        stem = run_name(name) if name else f"{(now or datetime.now()):%Y-%m-%d-%H%M}-{recipe.head}"
        for number in range(1, 1000):
            path = runs / (stem if number == 1 else f"{stem}-{number}")
            try:
                path.mkdir(parents=True)
            except FileExistsError:
                continue
            except OSError as error:
                raise SegStudioError(
                    f"the run cannot be made ({error.strerror})",
                    where=str(path),
                    fix="Check permissions and space",
                ) from error
            write_text(path / "recipe.toml", recipe_to_toml(recipe))
            return cls(path)
        raise SegStudioError("there are too many runs of this minute", where=str(runs))

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.name

    @property
    def best(self) -> Path:
        """The model with the highest validation mIoU so far."""
        return self.path / "best.pt"

    @property
    def last(self) -> Path:
        """The newest model with everything needed to go on."""
        return self.path / "last.pt"

    @property
    def log(self) -> Path:
        """The event log."""
        return self.path / "events.jsonl"

    @contextlib.contextmanager
    def held(self, *, timeout_s: float = _PROBE_S) -> Iterator[None]:
        """Keep every other process from training this run while the block runs.

        Raises SegStudioError when one does already and for longer than `timeout_s`, the folder cannot be written, or it
        would be written elsewhere: see `check_links`.
        """
        self.check_links()
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(locked(self.path / _LOCK, timeout_s=timeout_s))
            except SegStudioError as error:
                if not isinstance(error.__cause__, TimeoutError):
                    raise  # such as a folder that may only be read
                raise SegStudioError(
                    "another process is training this run",
                    where=str(self.path),
                    fix="Stop it first (Ctrl-C there, or make a file named stop in this folder)",
                ) from error
            self._remove_left_over()
            yield

    def check_links(self) -> None:
        """Raise SegStudioError where the run's folder, or one in it, is a link: a training would write and remove files
        elsewhere. The folder that holds the runs may be one.
        """
        folders = (Path(above) / name for above, names, _ in os.walk(self.path) for name in names)
        for folder in chain([self.path], folders):
            if is_link(folder):
                raise SegStudioError(
                    "the folder is a link: what a training writes and removes there would be outside of the run",
                    where=str(folder),
                    fix="Remove the link, or put the folder itself in its place",
                )

    def _remove_left_over(self) -> None:
        """Remove what a process has left that died while it saved, and nothing that is only called alike."""
        for path in self.path.glob(".*.part"):
            if _WRITTEN.fullmatch(to_be_replaced(path.name) or "") and (path.is_file() or is_link(path)):
                path.unlink(missing_ok=True)

    def file_of_own(self, name: str) -> Path | None:
        """Return the file of this name, relative to the folder; None for one that is elsewhere, or where a link leads."""
        path = self.path / name
        if ".." in Path(name).parts or not path.is_relative_to(self.path):
            return None
        within = (each for each in (path, *path.parents) if each.is_relative_to(self.path))
        return None if any(map(is_link, within)) else path

    def is_held(self) -> bool | None:
        """Tell whether a process is training this run; None where that cannot be found out.

        Asking takes the lock for a moment, which `held` waits for.
        """
        if is_link(self.path):
            return None  # to take the lock is to write elsewhere
        if not (self.path / _LOCK).exists():
            return False
        try:
            with locked(self.path / _LOCK, timeout_s=0):
                return False
        except SegStudioError as error:
            return True if isinstance(error.__cause__, TimeoutError) else None

    @property
    def has_begun(self) -> bool:
        """Whether there is anything to go on from: a checkpoint, or at least a start."""
        return self.last.exists() or self.log.exists()

    def place_in_order(self) -> float:
        """Return what a run that begins now has its place by among those beside it: the time (POSIX seconds), or a little
        more than the last of them has, where the clock was set back since.
        """
        others = (_began(run) for run in list_runs(self.path.parent) if run.path != self.path)
        return max(time.time(), max(others, default=0.0) + _NEXT)

    def recipe(self) -> Recipe:
        """Read the recipe back."""
        return load_recipe(str(self.path / "recipe.toml"))

    def ask_to_stop(self) -> None:
        """Leave the wish that the run stop at its next step; beside the folder while that is not made yet, or is a link."""
        write_text(self._wish if self.path.is_dir() and not is_link(self.path) else self._early_wish, "")

    def is_asked_to_stop(self) -> bool:
        """Tell whether somebody left that wish."""
        return self._wish.exists() or self._early_wish.exists()

    def forget_stop(self) -> None:
        """Remove the wish."""
        if not is_link(self.path):
            self._wish.unlink(missing_ok=True)
        self._early_wish.unlink(missing_ok=True)

    def note_crops_together(self, count: int) -> None:
        """Leave for the processes that will go on with this run how many crops each can take at once."""
        write_text(self._together, f"{count}\n")

    def crops_together(self) -> int:
        """Return what was noted so, 0 when nothing was."""
        try:
            return max(0, int(read_small(self._together, most_bytes=_LONGEST_FIRST)))
        except (OSError, ValueError):
            return 0

    @property
    def _together(self) -> Path:
        return self.path / "crops-together.txt"

    @property
    def _wish(self) -> Path:
        return self.path / "stop"

    @property
    def _early_wish(self) -> Path:
        return self.path.with_name(f".{self.name}.stop")

    def events(self, *, steps: bool = True) -> list[Event]:
        """Return the events that still hold; a line that was cut off is passed over.

        Without `steps` the many `StepDone` are left out, which is much quicker.
        """
        if not self.log.exists():
            return []
        lines = self.lines()
        decoded = (decode_event(line) for line in lines if steps or not is_step(line))
        return current_events([event for event in decoded if event is not None])

    def lines(self) -> list[bytes]:
        """Return the lines of the log, whatever they tell; raises SegStudioError when it cannot be read."""
        try:
            return read_small(self.log, most_bytes=_MOST_LOG_BYTES).splitlines()
        except OSError as error:
            raise SegStudioError(
                f"the log of the training cannot be read ({error.strerror or error})",
                where=str(self.log),
                fix="Make it readable, or restore it from a backup",
            ) from error

    def state(self) -> RunState:
        """Tell how far the run has come, from its log alone."""
        return state_of(self.events(steps=False))


def state_of(events: Sequence[Event]) -> RunState:
    """Tell how far a run has come from its events, those that hold; pure."""
    for event in reversed(events):
        match event:
            case RunFinished():
                return "finished"
            case RunStopped():
                return "stopped"
            case RunFailed():
                return "failed"
            case RunStarted():
                return "open"
            case _:
                continue
    return "new"


def run_name(name: str) -> str:
    """Return `name` as it can name a run's folder on any system; raises SegStudioError where it cannot."""
    cleaned = " ".join(name.split())
    if (
        not cleaned
        or cleaned.startswith(".")
        or set(cleaned) & set("/\\")
        or portable_name(cleaned) != cleaned
    ):
        raise SegStudioError(
            f"{name!r} cannot name a run",
            fix="Use letters, digits, spaces, - and _; no dot at either end, and no name of a device such as con",
        )
    if cleaned == NEWEST:
        raise SegStudioError(
            f'"{NEWEST}" cannot name a run: it means the newest one', fix="Choose another name"
        )
    return cleaned


@contextlib.contextmanager
def appending(log: Path) -> Iterator[EventLog]:
    """Open an event log for appending, after whatever it holds; raises SegStudioError when it cannot be written."""
    if log.is_symlink():
        raise SegStudioError(
            "the log of the training is a link: what is written would be elsewhere",
            where=str(log),
            fix="Remove the link, or put the file itself in its place",
        )
    try:
        torn = log.exists() and log.stat().st_size > 0 and not _ends_with_newline(log)
        stream = log.open("ab", buffering=0)
    except OSError as error:
        raise _unwritten(log, error) from error
    with stream:
        # what the last writer has left when it died in the middle of a line is a line of its own
        yield EventLog(stream, log, b"\n" if torn else b"")


class EventLog:
    """Appends events to an open log; every line is handed to the system at once, so that others see it."""

    def __init__(self, stream: FileIO, path: Path, left: bytes = b"") -> None:
        self._stream, self._path = stream, path
        self._left = left  # what the disk has not taken yet: it comes first

    def append(self, event: Event) -> None:
        """Write one event; raises SegStudioError when the disk refuses. What it has refused comes before the next one."""
        self._left += encode_event(event)
        try:
            while self._left:
                self._left = self._left[self._stream.write(self._left) :]
        except OSError as error:
            raise _unwritten(self._path, error) from error


def _unwritten(log: Path, error: OSError) -> SegStudioError:
    return SegStudioError(
        f"the log of the training could not be written ({error.strerror or error})",
        where=str(log),
        fix="Make room on the disk, or make the folder writable, and resume the run: it goes on from its last checkpoint",
    )


def find_run(runs: Path, name: str) -> RunFolder:
    """Return the run of that name, or path; raises SegStudioError with the closest name when there is none."""
    for path in (runs / name, Path(name)):
        if (path / "recipe.toml").exists():
            return RunFolder(path)
    names = [run.name for run in list_runs(runs)]
    raise SegStudioError(
        f'there is no run "{name}"{did_you_mean(name, names)}',
        where=str(runs),
        fix=f"The runs are: {', '.join(names)}" if names else "There are no runs yet",
    )


def list_runs(runs: Path) -> list[RunFolder]:
    """Return all runs, oldest first, whatever they are called; those of one moment by name."""
    found = [RunFolder(path.parent) for path in runs.glob("*/recipe.toml")]
    return sorted(found, key=lambda run: (_began(run), run.name))


def _began(run: RunFolder) -> float:
    """Return when the run was first started, or made where its log does not tell, in seconds (POSIX time); later than
    those before it whatever its clock told then.

    A log only grows, and holds its times through renaming, copying and changes of the recipe.
    """
    with contextlib.suppress(OSError):
        with open_ordinary(run.log) as stream:
            first = decode_event(stream.readline(_LONGEST_FIRST))
        if first is not None:
            return first.order if isinstance(first, RunStarted) and first.order else first.time
    try:
        return (run.path / "recipe.toml").stat().st_mtime
    except OSError:  # thrown away meanwhile
        return 0.0


def _ends_with_newline(path: Path) -> bool:
    with open_ordinary(path) as stream:
        stream.seek(-1, 2)
        return stream.read(1) == b"\n"
