"""How runs are told in words; pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from segstudio.desktop.train.board import RunRow
from segstudio.desktop.train.curves import Told, recent_speed, seconds_left
from segstudio.desktop.train.phases import LIVE, Phase

TOKENS: dict[Phase, str] = {
    "starting": "accent",
    "running": "accent",
    "stopping": "warn",
    "stopped": "warn",
    "finished": "good",
    "failed": "bad",
    "interrupted": "bad",
    "not begun": "text_dim",
}
_SAID: dict[Phase, str] = {
    "starting": "starting …",
    "stopping": "stopping …",
}
_GIVEN = re.compile(r"\d{4}-(\d{2}-\d{2})-(\d{2})(\d{2})-.*?(-\d+)?$")
_LONG = 20
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def phase_text(phase: Phase) -> str:
    """Return what a run is doing, in words."""
    return _SAID.get(phase, phase)


def ago(seconds: float) -> str:
    """Return a duration as people say it: `3 min ago`."""
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return f"{seconds // _MINUTE:.0f} min ago"
    if seconds < _DAY:
        return f"{seconds // _HOUR:.0f} h ago"
    return f"{seconds // _DAY:.0f} d ago"


def duration(seconds: float) -> str:
    """Return a duration in at most two units: `40 s`, `4 min`, `2 h 10 min`, `3 d 4 h`."""
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    if seconds < _HOUR:
        return f"{round(seconds / _MINUTE)} min"
    if seconds < _DAY:
        hours, minutes = divmod(round(seconds / _MINUTE), 60)
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(round(seconds / _HOUR), 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def short_name(name: str) -> str:
    """Return a run's name as it fits beside a line of a chart: day and time of one that was given no other name."""
    match = _GIVEN.match(name)
    if match:
        month_day, hour, minute, number = match.groups()
        return f"{month_day} {hour}:{minute}{number or ''}"
    return name if len(name) <= _LONG else f"{name[: _LONG - 1]}…"


def row_text(row: RunRow, now: float) -> str:
    """Return the second line of a run in the list; `now` in POSIX seconds."""
    parts = [phase_text(row.phase)]
    if row.epochs and row.phase != "finished":
        parts.append(f"{row.epoch} of {row.epochs}")
    if row.miou is not None:
        parts.append(f"mIoU {row.miou:.3f}")
    if row.written and row.phase not in ("running", "starting", "stopping"):
        parts.append(ago(now - row.written))
    return " · ".join(parts)


def run_line(rows: Sequence[RunRow]) -> str:
    """Return one line on the training that is under way, or else the newest one; nothing for none."""
    live = [row for row in rows if row.phase in LIVE]
    if not rows:
        return ""
    row = (live or rows)[0]
    parts = [phase_text(row.phase)]
    if row.epochs and row.phase != "finished":
        parts.append(f"epoch {row.epoch} of {row.epochs}")
    if row.miou is not None:
        parts.append(f"mIoU {row.miou:.2f}")
    if len(live) > 1:
        parts.append(f"and {len(live) - 1} more")
    return f"{row.name}: {' · '.join(parts)}"


def facts_text(phase: Phase, told: Told, gpu: float | None = None) -> str:
    """Return speed, time and memory of a run in one line."""
    started = told.started
    if started is None:
        return "reading photos and weights …" if phase in ("starting", "running") else ""
    parts = []
    speed = recent_speed(told.steps)
    if speed is not None:
        parts.append(f"{speed:.1f} photos/s" if speed < 100 else f"{speed:.0f} photos/s")
    left = seconds_left(told) if phase == "running" else None
    if left is not None:
        parts.append(f"{duration(left)} left")
    elif phase in ("stopped", "finished") and told.epochs:
        parts.append(f"{duration(sum(epoch.seconds for epoch in told.epochs))} in all")
    if told.steps.shape[1]:
        used = told.steps[4, -1] / 1000
        total = started.memory_total_mb / 1000
        parts.append(f"{used:.1f} of {total:.0f} GB" if total else f"{used:.1f} GB")
    elif phase == "stopped":
        parts.append("no step done yet")
    if gpu is not None:
        parts.append(f"GPU {gpu:.0f} %")
    parts.append(started.device)
    return " · ".join(parts)


def heading(name: str, phase: Phase, told: Told) -> str:
    """Return one line on a run: what it does, how far it is, and its best score."""
    parts = [phase_text(phase)]
    if told.started is not None:
        done = told.epochs[-1].epoch if told.epochs else 0
        parts.append(f"epoch {done} of {told.started.epochs}")
        if told.steps_planned and phase in ("running", "stopping"):
            parts.append(f"step {told.step:,} of {told.steps_planned:,}")
    best = told.best
    if best is not None and best.scores is not None and best.scores.miou is not None:
        parts.append(f"best mIoU {best.scores.miou:.3f} in epoch {best.epoch}")
    return " · ".join(parts)
