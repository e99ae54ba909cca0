"""A person who paints, undoes and saves without a break: run as a process of its own, to be killed.

    python painter.py FOLDER SEED FIRST COUNT

does the steps FIRST … FIRST + COUNT - 1 on FOLDER/mask.png and says the number of each on standard output when
it is done. What is done in a step depends on SEED, on its number and on what is there, so that a test can do
the same without files.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segstudio.errors import SegStudioError
from segstudio.painting.brush import Brush, Stroke
from segstudio.painting.editor import MaskEditor
from segstudio.painting.recovery import Recovered
from segstudio.project.classes import ClassList
from segstudio.project.masks import Mask, read_mask, write_mask

SIZE = (600, 700)
CLASSES = ClassList.from_names(["a", "b", "c", "d"])


@dataclass(frozen=True)
class State:
    """What a person would find after the program was started again."""

    mask: bytes
    undo: int
    redo: int


class Painter:
    """Does numbered steps; a stroke of several steps stays open in between."""

    def __init__(self, editor: MaskEditor, seed: int, folder: Path | None) -> None:
        self.editor = editor
        self._seed = seed
        self._folder = folder
        self._before: Mask | None = None

    def do(self, number: int) -> None:
        rng = np.random.default_rng([self._seed, number])
        if self.editor.is_open and rng.random() < 0.5:
            self._paint(rng)
        elif self.editor.is_open:
            _ = self.editor.commit() if rng.random() < 0.8 else self.editor.abort()
        else:
            self._between_strokes(rng)

    def _between_strokes(self, rng: np.random.Generator) -> None:
        choice = rng.random()
        if choice < 0.4:
            self._before = self.editor.mask.copy()
            self.editor.begin("brush")
            self._paint(rng)
        elif choice < 0.6:
            self.editor.undo()
        elif choice < 0.75:
            self.editor.redo()
        else:
            self.editor.save(self.editor.snapshot(), self._write)

    def _paint(self, rng: np.random.Generator) -> None:
        stroke = Stroke(Brush(int(rng.integers(1, 120))), SIZE)
        for x, y in rng.integers(0, 700, (2, 2)):
            self.editor.paint(*stroke.to((float(x), float(y))), value=int(rng.integers(0, 4)))
        self.editor.checkpoint(limit_s=None)

    def _write(self, mask: Mask) -> None:
        if self._folder is not None:
            write_mask(self._folder / "mask.png", mask, CLASSES)

    def state(self) -> State:
        """Return what a crash now should leave."""
        history, mask = self.editor.history, self.editor.mask
        undo, redo = len(history.undo_edits), len(history.redo_edits)
        if self.editor.is_open and self._before is not None and (mask != self._before).any():
            undo, redo = undo + 1, 0  # the stroke under way becomes an edit
        return State(mask.tobytes(), undo, redo)


def reopened(folder: Path) -> tuple[MaskEditor, Recovered]:
    """Open what lies in `folder`, as the program does."""
    try:
        mask = read_mask(folder / "mask.png")
    except SegStudioError:
        mask = np.full(SIZE, 255, dtype=np.uint8)
    return MaskEditor.open(mask, folder / "mask.undo", limit_bytes=20_000)


def main() -> None:
    """Paint until done or killed."""
    folder, seed, first, count = Path(sys.argv[1]), *(int(word) for word in sys.argv[2:5])
    painter = Painter(reopened(folder)[0], seed, folder)
    for number in range(first, first + count):
        painter.do(number)
        if painter.editor.journal_problem is not None:
            raise painter.editor.journal_problem
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
