"""Pages: the pages of the tabs. Each is made in steps, with turns of the event loop between: at once it would be felt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QStackedWidget, QWidget

from segstudio.desktop.tabs.tab import Steps, TabSpec
from segstudio.desktop.widgets.steps import readied

_WANTED_MS, _UNWANTED_MS = 1, 20
"""Pauses between two steps, for a page that is waited for and for one that nobody has asked for. With 0 the steps would
follow one another in the same turn.
"""


class Pages(QObject):
    """Makes each page once and puts it into the stack. `made` carries the id of a tab whose page is there from now on,
    `ready` that of one that `bring` was asked for and that can be shown without being felt.
    """

    made = Signal(str)
    ready = Signal(str)

    def __init__(self, specs: Sequence[TabSpec], stack: QStackedWidget, parent: QObject) -> None:
        super().__init__(parent)
        self._specs = {spec.id: spec for spec in specs}
        self._stack = stack
        self._making: dict[str, Steps] = {}
        self._pages: dict[str, QWidget] = {}
        self._polishing: dict[str, Iterator[None]] = {}
        self._wanted = ""
        self._next = QTimer(self, singleShot=True)
        self._next.timeout.connect(self._step)

    def get(self, tab_id: str) -> QWidget | None:
        """The page of a tab, where it was made."""
        return self._pages.get(tab_id)

    def all(self) -> tuple[QWidget, ...]:
        """The pages that were made."""
        return tuple(self._pages.values())

    @property
    def shown(self) -> str:
        """The id of the tab that is shown; nothing while the stack shows something else."""
        current = self._stack.currentWidget()
        return next((tab for tab, page in self._pages.items() if page is current), "")

    def make(self, tab_id: str) -> QWidget:
        """Make a page, or what is missing of it, at once."""
        while tab_id not in self._pages:
            self._make_part(tab_id)
        return self._pages[tab_id]

    def bring(self, tab_id: str) -> None:
        """Make a page in steps; `ready` comes when it can be shown."""
        self._wanted = tab_id
        self._next.start(_WANTED_MS)

    def prepare(self) -> None:
        """Make in steps, whenever there is time, what is missing of all pages."""
        if not self._next.isActive():
            self._next.start(_UNWANTED_MS)

    def rest(self) -> None:
        """Make nothing until the next wish."""
        self._wanted = ""
        self._next.stop()

    @Slot()
    def _step(self) -> None:
        """Make one part of the page that is waited for, or else of the first that is missing."""
        tab_id = self._wanted or next((tab for tab in self._specs if not self._is_ready(tab)), "")
        if not tab_id:
            return
        if tab_id not in self._pages:
            self._make_part(tab_id)
        elif tab_id in self._polishing and next(self._polishing[tab_id], self) is self:
            del self._polishing[tab_id]
        if tab_id == self._wanted and self._is_ready(tab_id):
            self._wanted = ""
            self.ready.emit(tab_id)
        self._next.start(_WANTED_MS if self._wanted else _UNWANTED_MS)

    def _is_ready(self, tab_id: str) -> bool:
        return tab_id in self._pages and tab_id not in self._polishing

    def _make_part(self, tab_id: str) -> None:
        steps = self._making.pop(tab_id, None) or self._specs[tab_id].make()
        try:
            next(steps)
        except StopIteration as end:
            page: QWidget = end.value
            self._pages[tab_id] = page
            self._polishing[tab_id] = readied(page)
            self._stack.addWidget(page)
            self.made.emit(tab_id)
        else:
            self._making[tab_id] = steps


def at_once(page: QWidget) -> Steps:
    """Return the steps of a page that is there already: none."""
    yield from ()
    return page
