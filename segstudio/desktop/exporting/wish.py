"""ExportWish: from the action to the export window; what is heavy is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.look import Look
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.settings import Settings

if TYPE_CHECKING:
    from segstudio.desktop.exporting.dialog import ExportDialog
    from segstudio.desktop.exporting.writing import Desk


class ExportWish(QObject):
    """Answers `project.export`. `desk` and `selected` are asked when the window is first wanted, and whenever it is shown:
    `selected` tells the keys of the photos selected in Annotate, the first of them is looked at.
    """

    def __init__(
        self,
        window: QWidget,
        *,
        look: Look,
        actions: Actions,
        session: ProjectSession,
        settings: Settings,
        desk: Callable[[], Desk],
        selected: Callable[[], tuple[str, ...]],
    ) -> None:
        super().__init__(window)
        self._window, self._look, self._session, self._settings = window, look, session, settings
        self._desk, self._selected = desk, selected
        self.dialog: ExportDialog | None = None
        actions["project.export"].triggered.connect(self._on_asked)

    def unfinished(self) -> str:
        """Return what closing the window would cut short."""
        return self.dialog.writer.unfinished if self.dialog is not None else ""

    def shut_down(self) -> None:
        """End what is under way."""
        if self.dialog is not None:
            self.dialog.hide()
            self.dialog.shut_down()

    @Slot()
    def _on_asked(self) -> None:
        from segstudio.desktop.exporting.dialog import ExportDialog

        if self._session.opened is None:
            return
        if self.dialog is None:
            self.dialog = ExportDialog(
                self._look,
                self._session,
                self._settings,
                desk=self._desk(),
                selected=self._selected,
                parent=self._window,
            )
        self.dialog.open_on(next(iter(self._selected()), ""))
