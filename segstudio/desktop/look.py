"""Look: theme and icons together, as every widget that draws needs them."""

from __future__ import annotations

from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QApplication

from segstudio.desktop.icons import Icons
from segstudio.desktop.theme import Theme, ThemeChoice


class Look:
    """How the window looks. Widgets connect to `theme.changed` when they keep a colour or an icon."""

    def __init__(self, app: QApplication, choice: ThemeChoice) -> None:
        self.theme = Theme(app, choice)
        self.icons = Icons(self.theme)

    def colour(self, token: str) -> QColor:
        """Return a colour of the theme in use by its name in resources/theme.json."""
        return QColor(str(getattr(self.theme.tokens, token)))

    def icon(self, name: str, token: str = "text") -> QIcon:
        """Return an icon in a colour of the theme in use."""
        return self.icons.icon(name, token)
