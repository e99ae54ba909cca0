"""Work of the window in steps, with turns of the event loop between: at once it would be felt."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable

from PySide6.QtCore import QObject, QRect, QTimer, SignalInstance, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

_PAUSE_MS = 1
"""With 0 a step would follow the one before in the same turn."""
_STEP_S = 0.008

Steps = Generator[None, None, None]


class Stepwise(QObject):
    """Goes through steps, one at a time."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._steps: Steps | None = None
        self._next = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._next.timeout.connect(self._step)

    @property
    def is_at_it(self) -> bool:
        """Whether there are steps to go."""
        return self._steps is not None

    def begin(self, steps: Steps) -> None:
        """Go through these steps from the next turn on; what is left of others is dropped."""
        self._steps = steps
        self._next.start()

    def drop(self) -> None:
        """Take no further step."""
        self._steps = None
        self._next.stop()

    @Slot()
    def _step(self) -> None:
        steps = self._steps
        if steps is None:
            return
        try:
            next(steps)
        except StopIteration:
            self._steps = None
        except BaseException:
            self._steps = None
            raise
        else:
            self._next.start()


def several(pieces: Iterable[None]) -> Steps:
    """Do as many pieces of work at each step as fit into some milliseconds."""
    until = time.perf_counter() + _STEP_S
    for _ in pieces:
        if time.perf_counter() > until:
            yield
            until = time.perf_counter() + _STEP_S


def readied(widget: QWidget) -> Steps:
    """Give a widget that is not shown yet its style, and its layout at its parent's size, some of its parts at each
    step. Once it is shown nothing is left to be done.
    """
    yield from several(_polished(widget))
    yield
    parent: QWidget | None = widget.parentWidget()
    if parent is not None and not widget.isVisible():
        widget.resize(parent.size())
        widget.grab(QRect(0, 0, 1, 1))  # lays out what is inside


def put_up(page: QWidget, stack: QStackedWidget, *, added: SignalInstance) -> Steps:
    """Let a page that was made take the place of what the stack shows, once it can be shown without being felt.

    `added` is told when it is there, and not laid out yet.
    """
    yield
    stack.addWidget(page)
    added.emit()
    yield
    yield from readied(page)
    stack.setCurrentWidget(page)
    stack.setFocusProxy(page)


def _polished(widget: QWidget) -> Steps:
    """From the innermost outwards: a widget polishes those inside it that are not, all in one go."""
    for part in (*reversed(widget.findChildren(QWidget)), widget):
        if widget.isVisible():
            return
        part.ensurePolished()
        yield
