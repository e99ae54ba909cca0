"""RecipeFiles: choices that come from a recipe's file, and that are kept in one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QWidget

_WORDS = "Recipes (*.toml)"


class RecipeFiles(QWidget):
    """Two buttons. `open_asked` and `save_asked` carry the file that was chosen."""

    open_asked = Signal(object)
    save_asked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 8, 0, 0)
        row.setSpacing(8)
        for text, name, tip, slot in (
            (
                "Open recipe…",
                "recipe.open",
                "Take all choices from a recipe's file, that of a run (recipe.toml) or one that was saved.",
                self._on_open_clicked,
            ),
            (
                "Save recipe…",
                "recipe.save",
                "Keep all choices in a file, for another project or for `segstudio train --recipe FILE`.",
                self._on_save_clicked,
            ),
        ):
            button = QPushButton(text)
            button.setObjectName(name)
            button.setProperty("kind", "small")
            button.setToolTip(f"{text.rstrip('…')}\n{tip}")
            button.clicked.connect(slot)
            row.addWidget(button)
        row.addStretch(1)

    @Slot()
    def _on_open_clicked(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, "Open recipe", "", _WORDS)
        if chosen:
            self.open_asked.emit(Path(chosen))

    @Slot()
    def _on_save_clicked(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(self, "Save recipe", "my-recipe.toml", _WORDS)
        if chosen:
            path = Path(chosen)
            self.save_asked.emit(path if path.suffix == ".toml" else path.with_name(f"{path.name}.toml"))
