"""What the status line says of saving; pure."""

from __future__ import annotations

from dataclasses import dataclass

_STEPS_S = (0, 2, 5, 10, 20, 30)


@dataclass(frozen=True, slots=True)
class SaveState:
    """How it stands with one photo. `saved_ago_s`: since it was last saved, None when it was not since it was opened;
    `again_in_s`: until a save that failed is tried again, None when none failed.
    """

    unsaved: bool = False
    saving: bool = False
    saved_ago_s: float | None = None
    again_in_s: float | None = None


def saved_text(state: SaveState) -> str:
    """Return the words for the status line; nothing for a photo that was only looked at."""
    if state.saving:
        return "saving …"
    if state.again_in_s is not None:
        return f"not saved, trying again in {max(1, round(state.again_in_s))} s"
    if state.unsaved:
        return "not saved yet"
    if state.saved_ago_s is None:
        return ""
    return f"saved {ago(state.saved_ago_s)}"


def ago(seconds: float) -> str:
    """Return how long ago something was, in words that change seldom."""
    if seconds < _STEPS_S[1]:
        return "just now"
    if seconds < 60:
        return f"{max(step for step in _STEPS_S if step <= seconds)} s ago"
    minutes = int(seconds // 60)
    return f"{minutes} min ago" if minutes < 60 else f"{minutes // 60} h ago"


def next_change_s(seconds: float) -> float:
    """Return in how many seconds `ago` says something else."""
    if seconds >= 3600:
        return 3600 - seconds % 3600
    if seconds >= 60:
        return 60 - seconds % 60
    return min((step for step in _STEPS_S if step > seconds), default=60) - seconds
