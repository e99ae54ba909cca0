"""History: which edits can be undone and redone, within a budget of memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from segstudio.painting.edit import Edit

DEFAULT_BUDGET_BYTES = 256 << 20


class History:
    """The edits of one photo's mask, oldest first; it does not touch the mask itself.

    Undo and redo together take at most `budget_bytes`: the oldest edits are forgotten first, but the newest is
    always kept, however large, because a person expects to take back what they have just done.
    """

    def __init__(
        self,
        budget_bytes: int = DEFAULT_BUDGET_BYTES,
        undo: Iterable[Edit] = (),
        redo: Iterable[Edit] = (),
    ) -> None:
        self._budget_bytes = budget_bytes
        self._undo = deque(undo)
        self._redo = list(redo)  # the next one to be redone is the last
        self._size_bytes = sum(edit.size_bytes for edit in (*self._undo, *self._redo))
        self._forget()

    @property
    def size_bytes(self) -> int:
        """Return how much memory the edits take."""
        return self._size_bytes

    @property
    def undo_edits(self) -> tuple[Edit, ...]:
        """Return what can be undone, oldest first."""
        return tuple(self._undo)

    @property
    def redo_edits(self) -> tuple[Edit, ...]:
        """Return what can be redone; the next one is the last."""
        return tuple(self._redo)

    def push(self, edit: Edit) -> None:
        """Add what was done just now; what had been undone can no longer be redone."""
        self._size_bytes += edit.size_bytes - sum(undone.size_bytes for undone in self._redo)
        self._redo.clear()
        self._undo.append(edit)
        self._forget()

    def step_back(self) -> Edit | None:
        """Return the edit to revert, which can then be redone; None when there is none."""
        if not self._undo:
            return None
        self._redo.append(self._undo.pop())
        return self._redo[-1]

    def step_forward(self) -> Edit | None:
        """Return the edit to apply again; None when there is none."""
        if not self._redo:
            return None
        self._undo.append(self._redo.pop())
        return self._undo[-1]

    def _forget(self) -> None:
        while self._size_bytes > self._budget_bytes and len(self._undo) + len(self._redo) > 1 and self._undo:
            self._size_bytes -= self._undo.popleft().size_bytes
        while self._size_bytes > self._budget_bytes and len(self._redo) > 1:
            # only when a history is taken over: what would be redone last goes first
            self._size_bytes -= self._redo.pop(0).size_bytes
