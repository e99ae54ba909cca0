"""The desktop program: builds every object, passes it in, and runs until the window is closed."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication

from segstudio.desktop.actions import Actions
from segstudio.desktop.exporting.wish import ExportWish
from segstudio.desktop.logs import logging_to, telling_uncaught
from segstudio.desktop.look import Look
from segstudio.desktop.problems import Problem
from segstudio.desktop.qt_threads import leave_imports_alone, make_types
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.settings import Places, Settings
from segstudio.desktop.tabs.table import TabTable
from segstudio.desktop.versions.safety import SafetyWishes
from segstudio.desktop.versions.wish import VersionsWish
from segstudio.desktop.warm_up import WarmUp
from segstudio.desktop.widgets.steps import Steps, Stepwise, several
from segstudio.desktop.window import Window

_SIGNAL_POLL_MS = 250
_UNSEEN_MS = 1000
_TURN_S = 0.0002
"""How long a worker may keep Python's lock while the window wants it. Python's own 5 ms, times the workers, times the
turns that one repaint takes, is felt.
"""


class Desktop(QObject):
    """All objects of the running window, and their end. Made and used in the GUI thread."""

    uncaught = Signal(object)

    def __init__(self, app: QApplication, places: Places) -> None:
        super().__init__()
        self._wanted: Path | None = None
        self._begun = self._is_over = False
        self._beginning = Stepwise(self)
        self.settings = Settings(places)
        self.look = Look(app, self.settings.theme)
        self.actions = Actions(self.look.icons, self, with_icons=False)
        self.session = ProjectSession(places, self)
        self.tabs = TabTable(self.look, self.actions, self.session, self.settings)
        self.window = Window(
            look=self.look,
            actions=self.actions,
            session=self.session,
            settings=self.settings,
            places=places,
            tabs=self.tabs.specs,
        )
        self.exporting = ExportWish(
            self.window,
            look=self.look,
            actions=self.actions,
            session=self.session,
            settings=self.settings,
            desk=lambda: self.tabs.desk,
            selected=lambda: self.tabs.selected_photos,
        )
        self.window.beside.append(self.exporting)
        self.versions = VersionsWish(
            self.window,
            look=self.look,
            actions=self.actions,
            session=self.session,
            desk=lambda: self.tabs.desk,
        )
        self.safety = SafetyWishes(
            self.window,
            look=self.look,
            actions=self.actions,
            session=self.session,
            desk=lambda: self.tabs.desk,
            selected=lambda: self.tabs.selected_photos,
        )
        self.session.project_opened.connect(self.tabs.offer_kept)  # after the window has cleared its notices
        self.warm_up = WarmUp(self)
        self.warm_up.loaded.connect(self.window.prepare)
        self.warm_up.found_device.connect(self.window.header.show_device)
        self.uncaught.connect(self.window.notice.tell)

    def come_up_on(self, project: Path, tab: str) -> None:
        """Let `project` come up on `tab`, as if it had been left there; before `start`."""
        self.settings.last_project, self.settings.last_tab = project, tab

    def start(self, project: Path | None) -> None:
        """Show the window, and then the project: what is heavy is loaded after it is on screen."""
        self._wanted = project or self.settings.last_project
        self.window.closed.connect(self._on_closed, Qt.ConnectionType.QueuedConnection)
        # a slot called from within a paint event must not draw: it waits for its end
        self.window.painted.connect(self._on_painted, Qt.ConnectionType.QueuedConnection)
        self.window.show()
        QTimer.singleShot(_UNSEEN_MS, self, self._on_painted)

    @Slot()
    def _on_painted(self) -> None:
        """Once, when the window is seen, or when it is not shown at all (minimised, covered)."""
        if self._begun:
            return
        self._begun = True
        self._beginning.begin(self._first_steps())

    def _first_steps(self) -> Steps:
        yield from several(make_types())
        self.actions.fetch_icons()
        self.warm_up.start()
        self.window.start.look_for_gone()
        if self._wanted is not None:
            self.window.open_as_left(self._wanted)

    @Slot()
    def _on_closed(self) -> None:
        """End the event loop: Qt itself would ask every other window first, and go on where one refuses."""
        if not self._is_over:
            QApplication.exit()

    def close(self) -> None:
        """Close the window without asking: whoever wants it to end cannot answer."""
        self.window.asks = False
        self.window.close()

    def tell_uncaught(self, problem: Problem) -> None:
        """Pass a problem on to the window, from any thread."""
        self.uncaught.emit(problem)

    def shut_down(self) -> None:
        """End all threads."""
        self._is_over = True
        self.window.hide()
        self.window.start.shut_down()
        self.session.shut_down()
        self.exporting.shut_down()
        self.versions.shut_down()
        self.safety.shut_down()
        self.tabs.shut_down()
        self.warm_up.wait()
        self.window.deleteLater()


def run(project: Path | None, tab: str = "") -> int:
    """Open the window, with `project` (on `tab`) when it is given, and return the exit status once it is closed."""
    app = _application()
    places = Places.of_this_user()
    with logging_to(places.logs):
        desktop = Desktop(app, places)
        with telling_uncaught(desktop.tell_uncaught), _closing_on_signals(desktop):
            if project is not None and tab:
                desktop.come_up_on(project, tab)
            desktop.start(project)
            try:
                return app.exec()
            finally:
                desktop.shut_down()


def _application() -> QApplication:
    there = QApplication.instance()
    app = there if isinstance(there, QApplication) else QApplication(sys.argv[:1])
    sys.setswitchinterval(_TURN_S)
    leave_imports_alone()
    app.setApplicationName("SegStudio")
    app.setApplicationDisplayName("SegStudio")
    app.setDesktopFileName("segstudio")
    return app


@contextmanager
def _closing_on_signals(desktop: Desktop) -> Iterator[None]:
    """Let Ctrl-C, a terminal that is closed, and `kill` close the window as its own button would, saved and all.

    A signal interrupts Python wherever it is, in the middle of making a tab too: so it only leaves a wish, which the
    event loop fulfils. Python sees signals only while it runs, hence the timer.
    """
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    wishes: list[int] = []

    def fulfil() -> None:
        if wishes:
            wishes.clear()
            desktop.close()

    before = [(number, signal.signal(number, lambda told, _frame: wishes.append(told))) for number in numbers]
    timer = QTimer(desktop)
    timer.timeout.connect(fulfil)
    timer.start(_SIGNAL_POLL_MS)
    try:
        yield
    finally:
        timer.stop()
        for number, handler in before:
            signal.signal(number, handler)
