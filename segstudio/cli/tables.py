"""What a training leaves for other programs: a CSV table of its epochs, and TensorBoard's files where they are wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segstudio.files import write_text
from segstudio.runs.events import EpochDone, Event, RunStarted, current_events
from segstudio.runs.folder import RunFolder
from segstudio.runs.recipe import Recipe
from segstudio.runs.table import epoch_table

if TYPE_CHECKING:
    from segstudio.training.tensorboard import Board


class Tables:
    """Takes the events of a run as they come, after those that its log holds already.

    Raises SegStudioError at once where TensorBoard is wanted and not installed.
    """

    def __init__(self, folder: RunFolder, recipe: Recipe) -> None:
        self._folder = folder
        self._events: list[Event] = []
        self._board: Board | None = None
        if recipe.tensorboard:
            from segstudio.training.tensorboard import Board

            self._board = Board(folder, recipe)

    def take(self, event: Event) -> None:
        """Write down what the event tells."""
        if isinstance(event, RunStarted):
            self._events = self._folder.events(steps=False)
            self._write()
        elif isinstance(event, EpochDone):
            self._events.append(event)
            self._write()
        if self._board is not None:
            self._board.write(event)

    def close(self) -> None:
        """Write what is left."""
        if self._board is not None:
            self._board.close()

    def _write(self) -> None:
        write_text(self._folder.path / "epochs.csv", epoch_table(current_events(self._events)))
