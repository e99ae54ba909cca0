"""Launch: the trainer as a process of its own, which the window neither owns nor needs."""

from __future__ import annotations

import json
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from segstudio.errors import SegStudioError
from segstudio.files import open_ordinary
from segstudio.project.inside import check_inside

_TAIL_BYTES = 16_384

_OWN_SESSION_ON_WINDOWS = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(
    subprocess, "CREATE_NO_WINDOW", 0
)

_started: dict[int, subprocess.Popen[bytes]] = {}
"""The processes that this window started: the system tells of their end only whoever asks."""

_killed: set[int] = set()


@dataclass(frozen=True, slots=True)
class Order:
    """A training to start, or to go on with: words for `segstudio`, and the run that they are about."""

    run: Path
    words: tuple[str, ...]
    resumes: bool = False

    @property
    def output(self) -> Path:
        """Where the process writes what it has to say; not in the run's folder, which it makes itself."""
        return output_of(self.run)


def output_of(run: Path) -> Path:
    """Return where the trainer of a run, started by a window, writes what it has to say."""
    return run.parent / ".output" / f"{run.name}.txt"


def new_run(
    project: Path, name: str, recipe: str, changes: Mapping[str, Any], *, processes: int = 1
) -> Order:
    """Return the order for a new run; `recipe` is a name or a path, `changes` recipe fields. Each of the `processes` takes
    a GPU of its own; where there is none, they share the processor.
    """
    words = (*recipe_words(recipe, changes), "--name", name, *_process_words(processes))
    return Order(project / "runs" / name, ("train", str(project), *words))


def same_run(project: Path, name: str, *, processes: int = 1) -> Order:
    """Return the order to go on with a run, with as many processes as it had: a step is one of all of them."""
    run = project / "runs" / name
    words = ("--resume", str(run), *_process_words(processes))  # a name may be a word: `last`
    return Order(run, ("train", str(project), *words), resumes=True)


def _process_words(processes: int) -> tuple[str, ...]:
    return ("--gpus", str(processes)) if processes > 1 else ()


def recipe_words(recipe: str, changes: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the words that name a recipe and what is changed in it."""
    sets = (word for key, value in changes.items() for word in ("--set", f"{key}={toml_value(value)}"))
    return ("--recipe", recipe, *sets)


def toml_value(value: Any) -> str:
    """Return a value as `--set` takes it: TOML on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml_value(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml_value(each) for each in value) + "]"
    return tomli_w.dumps({"v": value}).removeprefix("v = ").rstrip("\n")


def command_line(words: tuple[str, ...]) -> str:
    """Return the order as a person types it in a terminal."""
    line = ("segstudio", *words)
    return subprocess.list2cmdline(line) if sys.platform == "win32" else shlex.join(line)


def start(order: Order) -> int:
    """Start the process in a session of its own, so that it outlives the window; return its id.

    It heeds a wish to stop from its first moment on. Raises SegStudioError when the system refuses.
    """
    try:
        check_inside(order.run.parent, [order.run, order.output.parent], may_be_links=())
        order.output.parent.mkdir(parents=True, exist_ok=True)
        if order.output.is_symlink():
            order.output.unlink()  # never written into what is elsewhere
        with order.output.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "segstudio", *order.words, "--heed-stop", "--json"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=output,  # a file: a pipe would end the training with the window
                creationflags=_OWN_SESSION_ON_WINDOWS,
                start_new_session=True,
            )
    except OSError as error:
        raise SegStudioError(
            f"the run cannot be started ({error.strerror})",
            where=str(order.output),
            fix="Check that the project may be written and that there is space",
        ) from error
    _started[process.pid] = process
    return process.pid


def is_alive(process: int) -> bool:
    """Tell whether a process that this window started lives still."""
    started = _started.get(process)
    if started is None:
        return False
    ended = started.poll()
    if ended is None:
        return True
    del _started[process]
    if ended == -getattr(signal, "SIGKILL", 0) < 0:
        _killed.add(process)
    return False


def was_killed(process: int) -> bool:
    """Tell whether the system, or a person, has ended a process that this window started, without asking it (SIGKILL)."""
    return process in _killed


def end(process: int) -> None:
    """End a process that this window started, and those that it has started for several GPUs, without asking."""
    if is_alive(process):
        kill_with_helpers(_started[process])


def kill_with_helpers(process: subprocess.Popen[bytes]) -> None:
    """End a process and those that it has started, which else would go on, and hold what it writes into open."""
    import psutil

    with suppress(psutil.NoSuchProcess):
        for helper in psutil.Process(process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                helper.kill()
    process.kill()


def last_words(output: Path) -> tuple[str, str]:
    """Return the last line that a trainer wrote, and the end of all that it wrote; both empty for nothing."""
    try:
        with open_ordinary(output) as stream:
            stream.seek(max(0, stream.seek(0, 2) - _TAIL_BYTES))
            text = stream.read().decode("utf-8", "replace").strip()
    except OSError:
        return "", ""
    return (text.splitlines()[-1].strip() if text else ""), text
