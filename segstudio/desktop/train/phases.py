"""Phase: what a run is doing, from what its log, its lock and its process tell; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from segstudio.desktop.train.curves import End, Told
from segstudio.runs.events import RunFailed, RunFinished, RunStopped

Phase = Literal[
    "starting", "running", "stopping", "stopped", "finished", "failed", "interrupted", "not begun"
]

LIVE: frozenset[Phase] = frozenset({"starting", "running", "stopping"})
CAN_GO_ON: frozenset[Phase] = frozenset({"stopped", "failed", "interrupted", "not begun"})

QUIET_S = 90.0
"""A run elsewhere whose lock cannot be seen counts as running for so long after its log last grew."""


@dataclass(frozen=True, slots=True)
class Signs:
    """Signs of life. `process` is whether the process that this window started lives (None: it started none);
    `held` whether the run's lock is taken (None: cannot be told); `is_ours` whether the run is of this machine;
    `quiet_s` how long its log has not grown; `grew` whether it has since the window started its process.
    """

    process: bool | None = None
    held: bool | None = None
    is_ours: bool = True
    quiet_s: float = 0.0
    grew: bool = True
    asked_to_stop: bool = False


def phase_of(told: Told, signs: Signs) -> Phase:
    """Return what the run is doing."""
    if signs.process and (told.started is None or not signs.grew):
        return "stopping" if signs.asked_to_stop else "starting"
    if told.end is not None:
        return _ended(told.end)
    if told.started is None:
        if signs.held:
            return "starting"
        return "failed" if signs.process is False else "not begun"
    if not _lives(signs):
        return "interrupted"
    return "stopping" if signs.asked_to_stop else "running"


def _ended(end: End) -> Phase:
    match end:
        case RunFinished():
            return "finished"
        case RunFailed():
            return "failed"
        case RunStopped():
            return "stopped"


def _lives(signs: Signs) -> bool:
    if signs.held or signs.process:
        return True
    if signs.held is False and signs.is_ours:
        return False
    return signs.quiet_s < QUIET_S
