"""Several GPUs for one training: torchrun is started, and each of its processes knows its place."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from segstudio.cli.output import Output
from segstudio.errors import SegStudioError
from segstudio.runs.events import RunFailed
from segstudio.runs.folder import RunFolder, appending
from segstudio.runs.resuming import way_on

if TYPE_CHECKING:
    from segstudio.training.team import Team

_POLL_S = 0.1

_TOLD = 1
"""The exit status of processes one of which has said why they ended; another one, of those that were killed."""


class Silent(Output):
    """What a process says that is not the first one: nothing, for all would say the same."""

    def __init__(self) -> None:
        super().__init__()
        self._stream = io.StringIO()
        self._console = Console(file=self._stream)


@contextmanager
def own_place(device: str, *, watched: bool = False) -> Iterator[tuple[Team | None, str]]:
    """Join the processes that torchrun has started with this one, if it has; the device is this process's own.

    A process that is left alone ends; only the first one says why, and not even that one where memory ran out and it is
    `watched` by who starts them all again.
    """
    if int(os.environ.get("WORLD_SIZE", "1")) < 2:
        yield None, device
        return
    from segstudio.training.team import (
        TeamLostError,
        TeamShortOfMemoryError,
        device_of_process,
        team_of_processes,
    )

    try:
        own = device_of_process(device)
    except SegStudioError as error:
        if os.environ.get("RANK", "0") != "0":  # the first one says it for all
            raise SystemExit(1) from error
        raise
    with team_of_processes(own) as team:
        try:
            yield team, own
        except TeamLostError as error:
            if not team.is_first or (watched and isinstance(error, TeamShortOfMemoryError)):
                raise SystemExit(1) from error
            raise


def check_devices(device: str, gpus: int) -> None:
    """Raise SegStudioError where `device` is none for so many processes on this machine."""
    if device == "cpu":
        return
    from segstudio.training.team import check_gpus

    check_gpus(device, gpus)


def train_on_many(project: Path, folder: RunFolder, *, gpus: int, device: str, json: bool) -> None:
    """Train the run of `folder` with `gpus` processes of torchrun, until it ends.

    The processes are in a session of their own: Ctrl-C comes here, and becomes a wish to stop; a second one ends them all.
    Where memory does not suffice for one of them, all are started again to go on with fewer crops at a time. Raises
    SegStudioError when one was killed and none of the others could say so.
    """
    words = (
        *("--standalone", f"--nproc-per-node={gpus}", "-m", "segstudio", "train", str(project)),
        *("--resume", str(folder.path), "--device", device, "--heed-stop", "--watched"),
        *(("--json",) if json else ()),
    )
    command = [sys.executable, "-m", "segstudio.training.torchrun", *words]
    told_before = _length(folder.log)
    while True:
        crops = folder.crops_together()
        status = _waited_for(subprocess.Popen(command, start_new_session=True), folder)
        if status == 0:
            return
        if folder.crops_together() == crops:
            break  # else memory ran out, and they go on with fewer
    was_alone = status < 0 and _stopped_those_left(folder)
    state, has_told = folder.state(), _length(folder.log) > told_before
    if was_alone and has_told and state == "stopped":
        raise SegStudioError(
            f"torchrun, which looks after the {gpus} processes of this training, was ended, and so they were stopped",
            where=str(folder.path),
            fix=way_on(folder, gpus),
        )
    if has_told and state in {"finished", "stopped"}:
        return  # who was killed then had nothing more to do
    if state != "open" and (status == _TOLD or has_told):
        raise SystemExit(1)
    told = SegStudioError(
        f"one of the {gpus} processes of this training was ended",
        where=str(folder.path),
        fix=way_on(folder, gpus),
    )
    if state == "open":
        with appending(folder.log) as log:
            log.append(RunFailed(problem=str(told)))
    raise told


def _stopped_those_left(folder: RunFolder) -> bool:
    """Stop the processes that train on though torchrun has been ended, for nobody looks after them; tell whether there
    were any.
    """
    if not folder.is_held():
        return False
    folder.ask_to_stop()
    while folder.is_held():
        time.sleep(_POLL_S)
    return True


def _length(log: Path) -> int:
    return log.stat().st_size if log.exists() else 0


def _waited_for(process: subprocess.Popen[bytes], folder: RunFolder) -> int:
    interrupts: list[int] = []
    handled = (signal.SIGINT, signal.SIGTERM)
    before = {
        number: signal.signal(number, lambda number, _: interrupts.append(number)) for number in handled
    }
    try:
        heard = 0
        while True:
            try:
                return process.wait(_POLL_S)
            except subprocess.TimeoutExpired:
                if len(interrupts) > 1:
                    process.terminate()  # torchrun ends its processes with it
                elif len(interrupts) > heard:
                    folder.ask_to_stop()
                heard = len(interrupts)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
