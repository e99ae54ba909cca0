"""GivenPanel: where to drop, buttons to choose, and the list of what was given."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QToolButton,
    QVBoxLayout,
)

from segstudio.desktop.actions import Actions
from segstudio.desktop.look import Look
from segstudio.desktop.widgets.labels import ElidedLabel, label

_ROW_PX = 28
_SHOWN_ROWS = 3
_FILE_SUFFIXES = frozenset({".xml", ".json", ".txt", ".csv", ".npy", ".zip", ".mp4", ".avi", ".mov", ".mkv"})
_PHOTO_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"})


class GivenPanel(QFrame):
    """`removed` carries a path that the person took out of the list."""

    removed = Signal(object)

    def __init__(self, look: Look, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("import.given")
        self._look = look
        self._told = label("Drop more, or choose:", "caption")
        self._list = _Sources()
        self._list.setObjectName("import.sources")
        self._list.setAccessibleName("What was given")
        self._list.setToolTip("What was given; Delete takes it out again.")
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for action_id in ("import.files", "import.folder"):
            button = action_button(actions, action_id)
            buttons.addWidget(button, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 8)
        column.setSpacing(8)
        column.addWidget(self._told)
        column.addLayout(buttons)
        column.addWidget(self._list)

    def show_sources(self, sources: tuple[Path, ...]) -> None:
        """List what was given."""
        self._list.clear()
        for path in sources:
            item = QListWidgetItem(self._list)
            item.setSizeHint(QSize(0, _ROW_PX))
            item.setData(Qt.ItemDataRole.UserRole, path)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, path.name)
            self._list.setItemWidget(item, self._line(path))
        self._list.setFixedHeight(_ROW_PX * max(1, min(len(sources), _SHOWN_ROWS)) + 2)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete takes out the chosen one."""
        item = self._list.currentItem()
        delete = event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)
        if delete and item is not None and self._list.hasFocus():
            self.removed.emit(item.data(Qt.ItemDataRole.UserRole))
        else:
            super().keyPressEvent(event)

    def _line(self, path: Path) -> QFrame:
        line = QFrame()
        name = ElidedLabel(path.name or str(path))
        name.setToolTip(str(path))
        icon = label("")
        icon.setPixmap(
            self._look.icon(_icon_of(path), "text_dim").pixmap(QSize(16, 16), self.devicePixelRatioF())
        )
        remove = QToolButton()
        remove.setObjectName("import.remove")
        remove.setIcon(self._look.icon("close", "text_dim"))
        remove.setIconSize(QSize(14, 14))
        remove.setToolTip(f"Take “{path.name}” out again; the file itself stays.")
        remove.setAccessibleName(f"Take {path.name} out")
        remove.setProperty("path", str(path))
        remove.clicked.connect(self._on_remove_clicked)
        row = QHBoxLayout(line)
        row.setContentsMargins(4, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(icon)
        row.addWidget(name, 1)
        row.addWidget(remove)
        return line

    @Slot()
    def _on_remove_clicked(self) -> None:
        button = self.sender()
        if button is not None:
            self.removed.emit(Path(str(button.property("path"))))


class _Sources(QListWidget):
    """A list whose lines become narrower with it, so that the way to take one out is never cut off."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay the lines out anew."""
        super().resizeEvent(event)
        self.scheduleDelayedItemsLayout()


def action_button(actions: Actions, action_id: str, kind: str = "") -> QPushButton:
    """Return a button that follows an action."""
    action = actions[action_id]
    button = QPushButton(action.text())
    button.setObjectName(f"button.{action_id}")
    button.setToolTip(action.toolTip())
    button.setEnabled(action.isEnabled())
    if kind:
        button.setProperty("kind", kind)
    button.clicked.connect(action.trigger)
    action.enabledChanged.connect(button.setEnabled)
    return button


def _icon_of(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix in _PHOTO_SUFFIXES:
        return "photo"
    return "folder" if suffix not in _FILE_SUFFIXES and path.is_dir() else "copy"
