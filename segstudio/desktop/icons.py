"""Icons: the outline icons of resources/icons in the colours of the theme, crisp at any device pixel ratio."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QIcon

from segstudio.desktop.theme import Theme


class Icons:
    """Gives icons by file name. Qt's SVG icon engine draws them anew for every size and pixel ratio."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._made: dict[tuple[str, str], QIcon] = {}

    def icon(self, name: str, token: str = "text") -> QIcon:
        """Return the icon `name` in the colour `token` of the theme in use; where it is disabled, dim.

        After `Theme.changed`, ask again.
        """
        colour = str(getattr(self._theme.tokens, token))
        key = (name, colour)
        if key not in self._made:
            icon = QIcon()
            icon.addFile(str(self._theme.drawings.path(name, colour)), QSize(), QIcon.Mode.Normal)
            dim = self._theme.tokens.line_strong
            icon.addFile(str(self._theme.drawings.path(name, dim)), QSize(), QIcon.Mode.Disabled)
            self._made[key] = icon
        return self._made[key]
