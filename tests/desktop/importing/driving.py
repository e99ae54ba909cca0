"""What the tests of the Import tab do with the real window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from segstudio.desktop.tabs.import_ import ImportTab
from segstudio.desktop.window import Window
from tests.desktop.conftest import WAIT_MS
from tests.desktop.letting_go import wait_until_taken

SQUARE = ((2, 2), (20, 2), (20, 20), (2, 20))


def tab_of(qtbot: QtBot, window: Window) -> ImportTab:
    """Wait for the project and go to the Import tab."""
    qtbot.waitUntil(lambda: window.shown_tab != "", timeout=WAIT_MS)
    window.show_tab("import")
    tab = window.page("import")
    assert isinstance(tab, ImportTab)
    return tab


def dropped(window: Window, *paths: Path) -> None:
    """Drag files over the window and let go."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copying = Qt.DropAction.CopyAction
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(200, 200), copying, data, buttons, keys))
    QApplication.sendEvent(window, QDropEvent(QPointF(200, 200), copying, data, buttons, keys))
    wait_until_taken(window)


def wait_until_looked_at(qtbot: QtBot, tab: ImportTab, latest_ms: int = WAIT_MS) -> None:
    qtbot.waitUntil(lambda: tab.is_settled, timeout=latest_ms)


def import_all(qtbot: QtBot, window: Window, tab: ImportTab, latest_ms: int = WAIT_MS) -> None:
    """Press Import and wait for the report."""
    action = window._actions["import.start"]
    assert action.isEnabled()
    action.trigger()
    qtbot.waitUntil(lambda: tab.currentWidget() is tab.report, timeout=latest_ms)


def states(tab: ImportTab) -> dict[str, str]:
    """Return what the table says of each row."""
    return {row.name: row.state for row in tab.bench.table.rows}


def labelme(
    path: Path, photo: str, *objects: tuple[str, tuple[tuple[int, int], ...]], size: str = "30x40"
) -> Path:
    """Write LabelMe XML for a photo of rows × columns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows, columns = size.split("x")
    inner = "".join(
        f"<object><name>{name}</name><polygon>"
        + "".join(f"<pt><x>{x}</x><y>{y}</y></pt>" for x, y in points)
        + "</polygon></object>"
        for name, points in objects
    )
    path.write_text(
        f"<annotation><filename>{photo}</filename><folder/><imagesize><nrows>{rows}</nrows>"
        f"<ncols>{columns}</ncols></imagesize>{inner}</annotation>",
        encoding="utf-8",
    )
    return path
