"""A mask from which something else has taken the newest edits back is told from one that was changed otherwise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from segstudio.painting.editor import MaskEditor
from segstudio.painting.taken_back import with_edits_again
from segstudio.project.masks import Mask


@pytest.fixture
def states(tmp_path: Path) -> list[Mask]:
    """A mask after a stroke, and after each of two imports that share no tile; the journal is `tmp_path/j.undo`."""
    editor, _ = MaskEditor.open(np.zeros((20, 600), dtype=np.uint8), tmp_path / "j.undo")
    found = []
    for label, left in (("brush", 0), ("import", 300), ("import", 550)):
        with editor.edit(label):
            editor.paste(np.full((9, 9), 1, dtype=np.uint8), 3, left)
        found.append(np.array(editor.mask))
    editor.save(editor.snapshot(), lambda _mask: None)
    return found


def test_what_the_journal_knows_comes_again(states: list[Mask], tmp_path: Path) -> None:
    for number, mask in ((1, states[1]), (2, states[0])):
        before = np.array(mask)
        found = with_edits_again(mask, tmp_path / "j.undo", "import")
        assert found is not None
        assert np.array_equal(found[0], states[2])
        assert found[1] == number
        assert np.array_equal(mask, before)


def test_anything_else_does_not(states: list[Mask], tmp_path: Path) -> None:
    journal = tmp_path / "j.undo"
    other = np.array(states[0])
    other[0, 0] = 7
    assert with_edits_again(other, journal, "import") is None
    assert with_edits_again(other[:, :300], journal, "import") is None
    assert with_edits_again(states[0], journal, "brush") is None
    journal.write_bytes(journal.read_bytes()[:9])
    assert with_edits_again(states[0], journal, "import") is None
    assert with_edits_again(states[0], tmp_path / "none", "import") is None
