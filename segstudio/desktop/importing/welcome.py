"""Welcome: where nothing was given yet: what to drop, and the imports of before."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.importing.given_panel import action_button
from segstudio.desktop.importing.history import PastImport
from segstudio.desktop.look import Look
from segstudio.desktop.widgets.labels import label


class Welcome(QWidget):
    """Where nothing was given yet: what to drop, and the imports of before. `report_asked` carries one's record."""

    report_asked = Signal(object)

    def __init__(self, look: Look, actions: Actions) -> None:
        super().__init__()
        self._look = look
        self._icon = label("")
        self._icon.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = label("Drop photos, folders, annotation files or ZIPs here", "title")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        sentence = label(
            "In any mix: what CVAT, labelme, COCO, YOLO, VIA and others wrote, and masks in folders, are matched with"
            " their photos, and you see every mask before anything is imported.",
            "dim",
            wraps=True,
        )
        sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        self._files = action_button(actions, "import.files", "primary")
        buttons.addWidget(self._files)
        buttons.addWidget(action_button(actions, "import.folder"))
        buttons.addStretch(1)
        self._earlier = QVBoxLayout()
        self._earlier.setSpacing(0)
        card = QFrame()
        card.setObjectName("import.drop")
        card.setMaximumWidth(640)
        column = QVBoxLayout(card)
        column.setContentsMargins(32, 40, 32, 40)
        column.setSpacing(12)
        for widget in (self._icon, title, sentence):
            column.addWidget(widget)
        column.addSpacing(4)
        column.addLayout(buttons)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(card, 6)
        row.addStretch(1)
        outer.addLayout(row)
        outer.addSpacing(8)
        outer.addLayout(self._earlier)
        outer.addStretch(3)
        self.setFocusProxy(self._files)
        look.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()

    @Slot(object)
    def show_imports(self, imports: Sequence[PastImport]) -> None:
        """Offer the reports of earlier imports."""
        while (item := self._earlier.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for past in imports:
            button = QPushButton(f"Report of {past.told}")
            button.setObjectName("import.earlier")
            button.setProperty("kind", "link")
            button.setToolTip("What this import brought in, and what it left out.")
            button.clicked.connect(partial(self.report_asked.emit, past.path))
            self._earlier.addWidget(button, 0, Qt.AlignmentFlag.AlignHCenter)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._icon.setPixmap(self._look.icon("import", "text_dim").pixmap(40, 40))
