"""How the room of a page is shared, kept from one opening of the window to the next."""

from __future__ import annotations

from PySide6.QtWidgets import QSplitter, QWidget

from segstudio.desktop.settings import Settings


def keep_parts(inside: QWidget, settings: Settings) -> None:
    """Remember the splitters with a name: what is given, or those inside of it."""
    for splitter in _named(inside):
        settings.set_parts(splitter.objectName(), splitter.saveState())


def restore_parts(inside: QWidget, settings: Settings) -> None:
    """Share the room of a page as it was when the window was last closed."""
    for splitter in _named(inside):
        state = settings.parts(splitter.objectName())
        if state is not None:
            splitter.restoreState(state)


def _named(inside: QWidget) -> list[QSplitter]:
    found = [inside] if isinstance(inside, QSplitter) else []
    return [each for each in (*found, *inside.findChildren(QSplitter)) if each.objectName()]
