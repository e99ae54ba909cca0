"""What the command line and the log say, in the words of the window; pure."""

from __future__ import annotations

import re

from segstudio.desktop.train.form.fields import in_titles


def in_window_words(said: str, run: str = "") -> str:
    """Return what ended the `run` as the window says it: its fields, its buttons, and no words of a terminal."""
    if "weights=none" in said or "segstudio weights import" in said:
        return (
            "The run did not begin: the weights that the network starts from are not on this computer and could"
            " not be fetched. Check, on the left, offers to import a file or to start from random weights."
        )
    said = said.replace(f"--resume {run}", "Resume").replace("--resume", "Resume")
    return in_titles(re.sub(r"Resume --gpus \d+", "Resume", said))  # which takes as many as the run had
