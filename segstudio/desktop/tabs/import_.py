"""The Import tab: until photos can be dropped here, it says how they come in."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from segstudio.desktop.commands import quoted
from segstudio.desktop.look import Look
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.widgets.empty import CommandLine, EmptyPage


class ImportTab(QWidget):
    """One sentence and the command."""

    def __init__(self, look: Look, session: ProjectSession) -> None:
        super().__init__()
        self._session = session
        page = EmptyPage(
            look,
            "import",
            "Import from the command line",
            "This tab cannot import yet: run this command in a terminal, with your photos and annotation files in"
            " place of FOLDER, then press F5.",
        )
        self._command = CommandLine(look)
        page.add(self._command)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(page)
        session.changed.connect(self._on_session_changed)
        self._on_session_changed()

    @Slot()
    def _on_session_changed(self) -> None:
        opened = self._session.opened
        if opened is not None:
            self._command.set_command(f"segstudio import FOLDER --project {quoted(opened.folder)}")
