"""Team: who else paints in the open project at this moment, and when somebody else has changed it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.session import ProjectSession
from segstudio.project.change import FileStamp, file_stamp
from segstudio.project.document import FILE_NAME
from segstudio.project.photo_locks import told_name
from segstudio.project.presence import Presence, people

LOOK_MS = 3000
REFRESH_S = 8.0
"""What others save is read so often at the most: it takes a look at all photos."""


@dataclass(frozen=True, slots=True)
class TeamLook:
    """One look: `painters` tells by photo who paints on it (in words), `saves` how often each other window has saved,
    `document` which file the project's document is.
    """

    painters: dict[str, str] = field(default_factory=dict)
    saves: dict[str, int] = field(default_factory=dict)
    document: FileStamp | None = None


class Team(QObject):
    """Lists one small folder every few seconds, in a thread, while a project is open. In the GUI thread.

    `painters_changed` carries who paints on which photo, by key. Where others have saved, or changed the class list, the
    session reads the project again.
    """

    painters_changed = Signal(object)

    def __init__(self, session: ProjectSession, presence: Presence, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._presence = session, presence
        self._folder: Path | None = None
        self._seen: TeamLook | None = None
        self._owed = False
        self._refreshed_at = -REFRESH_S
        self._errands = Errands("look at team", 1, self)
        self._tick = QTimer(self, interval=LOOK_MS)
        self._tick.timeout.connect(self._on_tick)
        session.changed.connect(self._on_session_changed)
        self._on_session_changed()

    def shut_down(self) -> None:
        """End the thread."""
        self._tick.stop()
        self._session.changed.disconnect(self._on_session_changed)
        self._errands.shut_down()

    @Slot(object)
    def _on_session_changed(self, _flags: object = None) -> None:
        opened = self._session.opened
        folder = opened.folder if opened is not None else None
        if folder == self._folder:
            return
        self._folder, self._seen, self._owed = folder, None, False
        self.painters_changed.emit({})
        if folder is None:
            self._tick.stop()
        else:
            self._tick.start()

    @Slot()
    def _on_tick(self) -> None:
        folder, presence = self._folder, self._presence
        if folder is not None and self._errands.is_idle:  # a slow folder: one look after the other
            self._errands.send(lambda: look(folder, presence), partial(self._on_looked, folder), _nothing)

    def _on_looked(self, folder: Path, found: TeamLook) -> None:
        if folder != self._folder:
            return
        before, self._seen = self._seen, found
        if before is None or before.painters != found.painters:
            self.painters_changed.emit(found.painters)
        if before is not None and before.document not in (None, found.document):
            self._refreshed_at = -REFRESH_S  # at once: what is painted with may be another class now
            self._owed = True
        self._owed = self._owed or others_saved(before, found)
        if self._owed and time.monotonic() - self._refreshed_at >= REFRESH_S:
            self._owed, self._refreshed_at = False, time.monotonic()
            self._session.refresh()


def look(folder: Path, presence: Presence) -> TeamLook:
    """Look who paints in a project, but for the window of `presence`; raises OSError when the folder is away."""
    painters, saves = {}, {}
    for signs in people(folder):
        is_gone = signs.is_dead or presence.watch.is_stale(signs.window, signs.beat)
        if signs.window != presence.painter.window and not is_gone:
            saves[signs.window] = signs.saves
            painters.update(dict.fromkeys(signs.photos, told_name(signs)))
    return TeamLook(painters, saves, file_stamp(folder / FILE_NAME))


def others_saved(before: TeamLook | None, now: TeamLook) -> bool:
    """Tell whether anybody else has saved, or gone, between two looks: the last save of who went may not be seen; pure."""
    if before is None:
        return False
    went = before.saves.keys() - now.saves.keys()
    return bool(went) or any(count != before.saves.get(window, 0) for window, count in now.saves.items())


def _nothing(_error: BaseException) -> None:
    """A folder that is away says nothing of who paints there."""
