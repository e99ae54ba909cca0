"""A mask that is as its stroke journal knows it before the newest edits: something else has taken those back."""

from __future__ import annotations

from itertools import takewhile
from pathlib import Path

import numpy as np

from segstudio.painting.edit import Edit
from segstudio.painting.journal_records import decode, digest_of, read_journal_file
from segstudio.painting.recovery import history_of, knows
from segstudio.project.masks import Mask


def with_edits_again(mask: Mask, journal: Path, label: str) -> tuple[Mask, int] | None:
    """Return the mask that the journal file `journal` knows, when `mask` is that one without its newest edits, all of
    them called `label`; and how many those are. None when it is not, or the journal cannot be read.

    `mask` is not changed.
    """
    try:
        contents = decode(read_journal_file(journal))
        if tuple(contents.header.size) != mask.shape:
            return None
        edits = history_of(contents).undo_edits
        newest = list(takewhile(lambda edit: edit.label == label, reversed(edits)))
        for number in range(1, len(newest) + 1):
            again = _done_again(mask, newest[:number][::-1])
            if again is not None and knows(contents, digest_of(again)):
                return again, number
    except (OSError, ValueError):
        pass
    return None


def _done_again(mask: Mask, edits: list[Edit]) -> Mask | None:
    """Return `mask` after these edits, oldest first; None when it is not how they found it."""
    again = np.array(mask, order="C")
    for edit in reversed(edits):
        edit.revert(again)
    if not np.array_equal(again, mask):
        return None
    for edit in edits:
        edit.apply(again)
    return again
