"""Closing the window while runs are under way: the words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

Leaving = Literal["go on", "stop", "stay"]


def leaving_words(names: Sequence[str]) -> tuple[str, str]:
    """Return the question, and what the answers mean."""
    if len(names) == 1:
        text = f"The run {names[0]} is under way. What shall become of it?"
    else:
        text = f"{len(names)} runs are under way. What shall become of them?"
    return text, (
        "Left going, it goes on without the window, and the window finds it again. Stopped, it keeps everything up to"
        " its last step and can be resumed."
    )
