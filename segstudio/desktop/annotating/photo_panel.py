"""PhotoPanel: which photo is open, what it is used for, and the step that comes next for it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QToolButton,
    QVBoxLayout,
)

from segstudio.desktop.actions import Actions
from segstudio.desktop.look import Look
from segstudio.desktop.widgets.labels import ElidedLabel
from segstudio.project.photos import Photo, Status

_ICON_PX = 20
_USES = (("Training", "train"), ("Held out", "val"), ("Undecided", None))
_NEXT: dict[Status, str] = {
    "todo": "photo.done",
    "doing": "photo.done",
    "done": "photo.checked",
    "checked": "photo.reopen",
}
MENU = (
    *("photo.done", "photo.checked", "photo.reopen", ""),
    *("photo.train", "photo.hold_out", "photo.undecided", ""),
    *("photo.copy_before", "photo.import_again", "photo.clear", "", "photo.advance", ""),
    *("photo.versions", "photo.show_file", "photo.remove", "photo.bring_back"),
)


class PhotoPanel(QFrame):
    """`use_chosen` carries `train`, `val` or None."""

    use_chosen = Signal(object)

    def __init__(self, look: Look, actions: Actions) -> None:
        super().__init__()
        self._look, self._actions = look, actions
        self._step_action = ""
        self._name = ElidedLabel("", "caption")
        self._more = QToolButton()
        self._more.setObjectName("photo.more")
        self._more.setIconSize(QSize(_ICON_PX, _ICON_PX))
        self._more.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setToolTip("More for this photo\nMark it, say what it is for, clear or copy its mask.")
        self._more.setAccessibleName("More for this photo")
        menu = QMenu(self._more)
        actions.fill(menu, *MENU)
        self._more.setMenu(menu)
        self.use = QComboBox()
        self.use.setObjectName("photo.use")
        self.use.setAccessibleName("Use of the photo")
        self.use.setToolTip("What the photo is for: to learn from, or held out to measure with.")
        for text, value in _USES:
            self.use.addItem(text, value)
        self.step = QPushButton()
        self.step.setObjectName("photo.step")
        self.step.setProperty("place", "panel")
        self._lay_out()
        self.use.activated.connect(lambda _: self.use_chosen.emit(self.use.currentData()))
        self.step.clicked.connect(self._on_step_clicked)
        look.theme.changed.connect(self._on_theme_changed)
        self.show_photo(None)
        self._on_theme_changed()

    def show_photo(self, photo: Photo | None, *, can_change: bool = True) -> None:
        """Tell of another photo, or of its new state; without `can_change` that cannot be made another."""
        rows, columns = photo.size if photo is not None else (0, 0)
        self._name.set_whole(f"{photo.key} · {columns} × {rows}" if photo is not None else "no photo")
        self._more.setEnabled(photo is not None)
        for widget in (self.use, self.step):
            widget.setEnabled(photo is not None and can_change)
        self.use.setCurrentIndex(self.use.findData(photo.split if photo is not None else None))
        status: Status = photo.status if photo is not None else "todo"
        self._step_action = _NEXT[status]
        action = self._actions[self._step_action]
        self.step.setText(action.text())
        self.step.setToolTip(action.toolTip())
        self.step.setProperty("kind", "primary" if status in ("todo", "doing") else "")
        self.step.style().unpolish(self.step)
        self.step.style().polish(self.step)
        self._show_icon()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self._name, 1)
        head.addWidget(self._more)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 4, 0)
        row.setSpacing(8)
        row.addWidget(self.use, 2)
        row.addWidget(self.step, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 8, 12)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(row)

    @Slot()
    def _on_step_clicked(self) -> None:
        self._actions[self._step_action].trigger()

    @Slot()
    def _on_theme_changed(self) -> None:
        self._more.setIcon(self._look.icon("more"))
        self._show_icon()

    def _show_icon(self) -> None:
        primary = self.step.property("kind") == "primary"
        icon = {"photo.done": "check", "photo.checked": "check-double", "photo.reopen": "annotate"}
        token = "on_accent" if primary and self.step.isEnabled() else "text"
        self.step.setIcon(self._look.icon(icon[self._step_action], token))
