"""Header: the project's name with its menu, the tabs, the device, and what concerns the whole program."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QToolButton

from segstudio.desktop.look import Look
from segstudio.desktop.widgets.labels import label
from segstudio.desktop.widgets.tab_strip import TabStrip

_ICON_PX = 20
_LONGEST_NAME = 32


class Header(QFrame):
    """The row at the top of the window. The menus are filled by the window."""

    def __init__(self, look: Look, project_menu: QMenu, program_menu: QMenu) -> None:
        super().__init__()
        self.setObjectName("header")
        self._look = look
        self.tabs = TabStrip(look)
        self._project = self._menu_button(project_menu)
        self._project.setObjectName("project_menu")
        self._project.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._program = self._menu_button(program_menu)
        self._program.setObjectName("program_menu")
        self._program.setToolTip("Menu\nTheme, keyboard shortcuts, log file.")
        self._program.setAccessibleName("Menu")
        self._device_icon = label("")
        self._device = label("", "dim")
        self._device.setObjectName("device")
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self._project)
        row.addSpacing(8)
        row.addWidget(self.tabs)
        row.addStretch(1)
        row.addWidget(self._device_icon)
        row.addWidget(self._device)
        row.addSpacing(8)
        row.addWidget(self._program)
        look.theme.changed.connect(self._on_theme_changed)
        self.show_project(None)
        self._on_theme_changed()

    def show_project(self, name: str | None) -> None:
        """Show the project's name and the tabs, or neither."""
        shown = name or "SegStudio"
        if len(shown) > _LONGEST_NAME:
            shown = f"{shown[: _LONGEST_NAME // 2]}…{shown[-_LONGEST_NAME // 2 + 1 :]}"
        self._project.setText(f" {shown} ")
        self._project.setToolTip(f"{name or 'SegStudio'}\nOpen, make or close a project.")
        self.tabs.setVisible(name is not None)

    @Slot(str)
    def show_device(self, text: str) -> None:
        """Show what trainings would run on."""
        self._device.setText(text)
        self._device.setToolTip(f"{text}\nTrainings started from here run on this device.")

    def take_focus(self) -> bool:
        """Give the keyboard to the tab that is shown, or to the menu where there is none."""
        target = self.tabs.chosen_button() if self.tabs.isVisible() else None
        (target or self._project).setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def _menu_button(self, menu: QMenu) -> QToolButton:
        button = QToolButton()
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setIconSize(QSize(_ICON_PX, _ICON_PX))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    @Slot()
    def _on_theme_changed(self) -> None:
        self._project.setIcon(self._look.icon("mark", "accent"))
        self._program.setIcon(self._look.icon("menu"))
        icon = self._look.icon("device", "text_dim")
        self._device_icon.setPixmap(icon.pixmap(QSize(16, 16), self.devicePixelRatio()))
