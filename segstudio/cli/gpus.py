"""Several GPUs for one training: torchrun is started, and each of its processes knows its place."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
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

    own = device_of_process(device)
    with team_of_processes(own) as team:
        try:
            yield team, own
        except TeamLostError as error:
            if not team.is_first or (watched and isinstance(error, TeamShortOfMemoryError)):
                raise SystemExit(1) from error
            raise


def train_on_many(project: Path, folder: RunFolder, *, gpus: int, device: str, json: bool) -> None:
    """Train the run of `folder` with `gpus` processes of torchrun, until it ends.

    The processes are in a session of their own: Ctrl-C comes here, and becomes a wish to stop; a second one ends them all.
    Where memory does not suffice for one of them, all are started again to go on with fewer crops at a time. Raises
    SegStudioError when the first process, which would have said what happened, is the one that died.
    """
    words = (
        *("--standalone", f"--nproc-per-node={gpus}", "-m", "segstudio", "train", str(project)),
        *("--resume", str(folder.path), "--device", device, "--heed-stop", "--watched"),
        *(("--json",) if json else ()),
    )
    command = [sys.executable, "-m", "segstudio.training.torchrun", *words]
    while True:
        crops = folder.crops_together()
        if _waited_for(subprocess.Popen(command, start_new_session=True), folder) == 0:
            return
        if folder.crops_together() == crops:
            break  # else memory ran out, and they go on with fewer
    if folder.state() != "open":
        raise SystemExit(1)  # it has said why
    told = SegStudioError(
        f"one of the {gpus} processes of this training was ended",
        where=str(folder.path),
        fix=way_on(folder, gpus),
    )
    with appending(folder.log) as log:
        log.append(RunFailed(problem=str(told)))
    raise told


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
