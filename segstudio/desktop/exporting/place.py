"""PlacePanel: where an export goes: a new folder, or a ZIP."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from segstudio.desktop.exporting.choices import ZIP, ExportChoices, is_used, lack, suggested, target_of
from segstudio.desktop.widgets.labels import label, set_property, shortened, shown_path

_PATH_LETTERS = 56


class PlacePanel(QWidget):
    """Suggests a place until the person has named one. `changed`: the place is another; `kind_chosen` carries whether it
    is to be a ZIP.
    """

    changed = Signal()
    kind_chosen = Signal(bool)

    def __init__(self, parent: Path) -> None:
        super().__init__()
        self._parent = parent
        self._project: Path | None = None
        self._is_own = False  # the person named it
        self._choices = ExportChoices()
        self.kind = QComboBox()
        self.kind.setObjectName("export.kind")
        self.kind.setAccessibleName("Into a folder or a ZIP file")
        self.kind.addItem("Folder", False)
        self.kind.addItem("ZIP file", True)
        self.path = QLineEdit()
        self.path.setObjectName("export.path")
        self.path.setAccessibleName("Export to")
        self.browse = QPushButton("Choose…")
        self.browse.setObjectName("export.browse")
        self.browse.setToolTip("Choose…\nAsk the system for the place.")
        self.browse.setAutoDefault(False)
        self._hint = label(" ", "caption", wraps=True)
        self._hint.setObjectName("export.hint")
        self._hint.setMinimumHeight(self._hint.sizeHint().height())
        caption = label("Export to")
        caption.setBuddy(self.path)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.kind)
        row.addWidget(self.path, 1)
        row.addWidget(self.browse)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(4)
        grid.addWidget(caption, 0, 0)
        grid.addLayout(row, 1, 0)
        grid.addWidget(self._hint, 2, 0)
        self.kind.activated.connect(self._on_kind_chosen)
        self.path.textEdited.connect(self._on_typed)
        self.browse.clicked.connect(self._on_browse_clicked)

    @property
    def parent_folder(self) -> Path:
        """Where exports go, until the person says otherwise."""
        return self._parent

    @property
    def target(self) -> Path | None:
        """Where it goes, when that can be."""
        return None if self.lack else target_of(self.path.text(), as_zip=self._choices.as_zip)

    @property
    def lack(self) -> str:
        """Why nothing can be written there."""
        if self._project is None:
            return "Open a project first."
        return lack(self.path.text(), as_zip=self._choices.as_zip, project=self._project)

    def begin(self, parent: Path, project: Path) -> None:
        """Suggest a place in `parent` for what comes out of `project`."""
        self._parent, self._project, self._is_own = parent, project, False
        self._suggest()

    def follow(self, choices: ExportChoices) -> None:
        """Suggest a place for other choices; one that the person has named stays, with the ending that it needs."""
        was_zip, self._choices = self._choices.as_zip, choices
        self.kind.setCurrentIndex(self.kind.findData(choices.as_zip))
        if not self._is_own:
            self._suggest()
        elif was_zip != choices.as_zip:
            text = self.path.text().strip()
            has_ending = text.lower().endswith(ZIP)
            if choices.as_zip and not has_ending:
                self._put(Path(f"{text}{ZIP}"))
            elif not choices.as_zip and has_ending:
                self._put(Path(text[: -len(ZIP)]))
        self.tell()

    def remember(self, target: Path) -> None:
        """Something was written there: the next one goes beside it."""
        self._parent, self._is_own = target.parent, False
        self._suggest()

    def tell(self) -> None:
        """Say where it goes, or why not."""
        why = self.lack
        is_wrong = bool(why) and bool(self.path.text().strip())
        target = target_of(self.path.text(), as_zip=self._choices.as_zip)
        made = f"Makes {shortened(shown_path(target), _PATH_LETTERS)}" if target is not None else ""
        self._hint.setText(why or made)
        set_property(self._hint, "wrong", is_wrong)
        set_property(self.path, "wrong", is_wrong)
        self.path.setToolTip(self.path.text())

    def _suggest(self) -> None:
        if self._project is not None:
            self._put(suggested(self._parent, self._project.name, self._choices))
        self.tell()

    def _put(self, path: Path) -> None:
        self.path.setText(shown_path(path))
        self.path.setCursorPosition(len(self.path.text()))  # the name matters more than where it lies

    @Slot()
    def _on_kind_chosen(self) -> None:
        self.kind_chosen.emit(bool(self.kind.currentData()))

    @Slot()
    def _on_typed(self) -> None:
        self._is_own = True
        if self.path.text().strip().lower().endswith(ZIP) and not self._choices.as_zip:
            self.kind_chosen.emit(True)
        self.tell()
        self.changed.emit()

    @Slot()
    def _on_browse_clicked(self) -> None:
        there = target_of(self.path.text(), as_zip=self._choices.as_zip) or self._parent
        if self._choices.as_zip:
            name, _ = QFileDialog.getSaveFileName(
                self.window(), "Export to a ZIP file", str(there), "ZIP files (*.zip)"
            )
            if name:
                self._is_own = True
                self._put(Path(name))
        else:
            name = QFileDialog.getExistingDirectory(self.window(), "Export into a folder", str(self._parent))
            if name:
                self._take_folder(Path(name))
        if name:
            self.tell()
            self.changed.emit()

    def _take_folder(self, folder: Path) -> None:
        """An empty folder is meant itself; in any other a new one is made."""
        self._is_own = not is_used(folder)
        if self._is_own:
            self._put(folder)
        else:
            self._parent = folder
            self._suggest()
