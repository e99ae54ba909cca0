"""ClassEditor: the project's class list, to be changed; whatever touches masks is told first and can be undone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QWidget

from segstudio.desktop.look import Look
from segstudio.desktop.session import ProjectSession

DeskRelease = Callable[[Callable[[], None]], None]
"""`PhotoDesk.release`: saves and closes what is open for painting, then calls what it is given."""


class ClassEditor(QDialog):
    """A window of its own beside the main one: not modal, `open_on(name)` shows it. `shut_down` before the end."""

    def __init__(
        self, look: Look, session: ProjectSession, desk_release: DeskRelease, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look, self._session, self._release = look, session, desk_release

    def shut_down(self) -> None:
        """End what is under way."""
