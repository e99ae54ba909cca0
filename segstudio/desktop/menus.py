"""The two menus of the header: the project's, and the program's with the theme."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.look import Look
from segstudio.desktop.settings import Settings
from segstudio.desktop.theme import THEME_CHOICES

_THEME_TEXT = {"system": "As the system", "light": "Light", "dark": "Dark"}


class Menus(QObject):
    """Makes the menus and fills them; `open_project` opens one of the recent projects."""

    def __init__(
        self,
        parent: QWidget,
        *,
        look: Look,
        actions: Actions,
        settings: Settings,
        open_project: Callable[[Path], None],
    ) -> None:
        super().__init__(parent)
        self._look, self._settings, self._open = look, settings, open_project
        self._recent = QMenu("Recent projects", parent)
        self._recent.setToolTipsVisible(True)
        self._recent.aboutToShow.connect(self._on_recent_asked)
        self.project = QMenu(parent)
        actions.fill(self.project, "project.new", "project.open")
        self.project.addMenu(self._recent)
        actions.fill(
            self.project, "project.sample", "", "project.export", "project.refresh", "project.folder"
        )
        safety = self.project.addMenu("Backup and sharing")
        actions.fill(safety, "project.backup", "project.restore", "project.trash")
        actions.fill(safety, "", "project.pack", "project.merge")
        actions.fill(self.project, "project.close", "", "app.quit")
        self.project.aboutToShow.connect(self._on_project_asked)
        self.program = QMenu(parent)
        self._add_themes(self.program.addMenu("Theme"))
        actions.fill(self.program, "app.name", "", "help.shortcuts", "help.log")

    def _add_themes(self, menu: QMenu) -> None:
        group = QActionGroup(menu)
        for choice in THEME_CHOICES:
            action = menu.addAction(_THEME_TEXT[choice])
            action.setCheckable(True)
            action.setChecked(choice == self._look.theme.choice)
            action.setData(choice)
            group.addAction(action)
        group.triggered.connect(self._on_theme_chosen)

    @Slot(QAction)
    def _on_theme_chosen(self, action: QAction) -> None:
        for known in THEME_CHOICES:
            if known == action.data():
                self._look.theme.choose(known)
                self._settings.theme = known

    @Slot()
    def _on_project_asked(self) -> None:
        self._recent.setEnabled(any(folder.is_dir() for _, folder in self._settings.recent()))

    @Slot()
    def _on_recent_asked(self) -> None:
        self._recent.clear()
        for name, folder in self._settings.recent():
            action = self._recent.addAction(name)
            action.setToolTip(str(folder))
            action.setEnabled(folder.is_dir())
            action.triggered.connect(lambda _=False, chosen=folder: self._open(chosen))
