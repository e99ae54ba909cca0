"""ClassNames: the classes of a project that is about to be made: names with colours, typed, pasted or from a preset."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QColorDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.desktop.look import Look
from segstudio.desktop.widgets.labels import label, set_property
from segstudio.project.colours import next_colours

PRESETS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Skydiving", ("sky", "ground", "airplane", "person")),
    ("Facades", ("background", "wall", "window", "door", "balcony", "roof", "sky")),
    ("Streets", ("road", "sidewalk", "building", "vehicle", "person", "vegetation", "sky")),
    ("Land from above", ("water", "forest", "field", "road", "building")),
    ("One thing and the rest", ("background", "object")),
)
_FIRST_ROWS = 3
_PASTE = QKeySequence.StandardKey.Paste
_SEPARATORS = re.compile(r"[,;\n\t]")


def names_in(text: str) -> tuple[str, ...]:
    """Return the names in a typed or pasted list (commas, semicolons, lines), each once, without outer spaces; pure."""
    names = (" ".join(word.split()) for word in _SEPARATORS.split(text))
    return tuple(dict.fromkeys(name for name in names if name))


class ClassNames(QWidget):
    """A row for each class; several names at once become several rows. `changed` says that anything did."""

    changed = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._rows: list[_ClassRow] = []
        self._from_preset: tuple[str, ...] = ()
        self._list = QVBoxLayout()
        self._scroll = QScrollArea()
        self._add = QPushButton("Add a class")
        self._add.setObjectName("new.add")
        self._add.setAutoDefault(False)
        self._add.setProperty("kind", "quiet")
        self._add.setIcon(look.icon("plus"))
        self._add.clicked.connect(self._on_add_clicked)
        self._presets = QPushButton("Start from…")
        self._presets.setObjectName("new.presets")
        self._presets.setAutoDefault(False)
        self._presets.setProperty("kind", "quiet")
        self._presets.setToolTip("Take the classes of a common kind of photos, and change them as you like.")
        self._presets.setMenu(self._preset_menu())
        self._lay_out()
        for _ in range(_FIRST_ROWS):
            self._add_row()

    def classes(self) -> tuple[tuple[str, str], ...]:
        """Return name and colour (`#RRGGBB`) of every class that has a name."""
        return tuple((row.name, row.colour) for row in self._rows if row.name)

    def take_classes(self, classes: Sequence[tuple[str, str]]) -> None:
        """Take names with their colours (`#RRGGBB`), in place of what is there; nothing where there are none."""
        if classes:
            self.take_preset([name for name, _ in classes])
            for row, (_, colour) in zip(self._rows, classes, strict=False):
                row.recolour(colour)

    def take_preset(self, names: Sequence[str]) -> None:
        """Take the classes of a preset: in place of the last one if it is as it was, else behind what was typed."""
        typed = [name for name, _ in self.classes()]
        kept = [] if tuple(typed) == self._from_preset else typed
        lower = {name.casefold() for name in kept}
        wanted = [*kept, *(name for name in names if name.casefold() not in lower)]
        self._from_preset = tuple(wanted) if not kept else ()
        for row in self._rows[len(wanted) :]:
            self._drop(row)
        while len(self._rows) < len(wanted):
            self._add_row()
        for row, name in zip(self._rows, wanted, strict=True):
            row.edit.setText(name)

    def _lay_out(self) -> None:
        inner = QFrame()
        inner.setObjectName("card")
        self._list.setContentsMargins(8, 8, 8, 8)
        self._list.setSpacing(4)
        around = QVBoxLayout(inner)
        around.setContentsMargins(0, 0, 0, 0)
        around.addLayout(self._list)
        around.addStretch(1)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(inner)
        self._scroll.setMinimumHeight(132)
        head = QHBoxLayout()
        head.addWidget(label("Classes"))
        head.addStretch(1)
        head.addWidget(self._presets)
        told = "What a pixel can be. Several names at once: separate them with commas. A first class named background stands for all that is not painted."
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(label(told, "caption", wraps=True))
        column.addSpacing(4)
        column.addWidget(self._scroll, 1)
        column.addWidget(self._add, 0, Qt.AlignmentFlag.AlignLeft)

    def _preset_menu(self) -> QMenu:
        menu = QMenu(self)
        for title, names in PRESETS:
            action = menu.addAction(f"{title}:  {', '.join(names)}")
            action.setData(names)
        menu.triggered.connect(self._on_preset_chosen)
        return menu

    def _add_row(self) -> _ClassRow:
        taken = tuple(row.colour for row in self._rows)
        row = _ClassRow(self._look, next_colours(1, taken)[0])
        row.edit.textChanged.connect(self._on_text_changed)
        row.edit.returnPressed.connect(self._on_return_pressed)
        row.edit.several.connect(self._on_several_given)
        row.gone.clicked.connect(self._on_gone_clicked)
        row.recoloured.connect(self.changed)
        self._rows.append(row)
        self._list.addWidget(row)
        self._number_rows()
        return row

    def _drop(self, row: _ClassRow) -> None:
        self._rows.remove(row)
        row.hide()
        row.deleteLater()
        self._number_rows()

    def _number_rows(self) -> None:
        for number, row in enumerate(self._rows):
            row.edit.setPlaceholderText(f"Class {number + 1}")
            row.edit.setAccessibleName(f"Name of class {number + 1}")

    def _row_of(self, widget: object) -> _ClassRow:
        return next(row for row in self._rows if widget in (row.edit, row.gone))

    def _go_to(self, row: _ClassRow) -> None:
        row.edit.setFocus()
        # a new row has its place only after the layout was worked out
        QTimer.singleShot(0, row, lambda: self._scroll.ensureWidgetVisible(row))

    @Slot(QAction)
    def _on_preset_chosen(self, action: QAction) -> None:
        self.take_preset(action.data())

    @Slot()
    def _on_add_clicked(self) -> None:
        self._go_to(self._add_row())

    @Slot()
    def _on_gone_clicked(self) -> None:
        self._drop(self._row_of(self.sender()))
        self._on_text_changed()

    @Slot()
    def _on_return_pressed(self) -> None:
        """To the next row, and to a new one after the last; from an empty row the dialog's own button is meant."""
        if not self._row_of(self.sender()).name:
            return
        number = self._rows.index(self._row_of(self.sender()))
        self._go_to(self._rows[number + 1] if number + 1 < len(self._rows) else self._add_row())

    @Slot(object)
    def _on_several_given(self, names: tuple[str, ...]) -> None:
        """The first name stays in the row; each of the others goes into the next row that is empty, or a new one."""
        number = self._rows.index(self._row_of(self.sender()))
        row = self._rows[number]
        row.edit.setText(names[0] if names else "")
        for name in names[1:]:
            row = next((each for each in self._rows[number + 1 :] if not each.name), None) or self._add_row()
            row.edit.setText(name)
        last = self._rows.index(row)
        self._go_to(self._rows[last + 1] if last + 1 < len(self._rows) else self._add_row())

    @Slot()
    def _on_text_changed(self) -> None:
        names = [row.name.casefold() for row in self._rows]
        for row, name in zip(self._rows, names, strict=True):
            set_property(row.edit, "wrong", bool(name) and names.count(name) > 1)
        self.changed.emit()


class _NameEdit(QLineEdit):
    """A name. `several` carries the names where more than one was typed or pasted; Return is told, if there is one."""

    several = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.textEdited.connect(self._on_edited)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return goes on to the next name; in an empty row it is the dialog's, which makes the project."""
        pasted = names_in(QGuiApplication.clipboard().text()) if event.matches(_PASTE) else ()
        if len(pasted) > 1:  # the field itself would make spaces of the ends of lines
            self.several.emit((*names_in(self.text()), *pasted))
            return
        super().keyPressEvent(event)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.setAccepted(bool(self.text().strip()))

    @Slot(str)
    def _on_edited(self, text: str) -> None:
        if _SEPARATORS.search(text):
            self.several.emit(names_in(text))


class _ClassRow(QWidget):
    """One class: its colour as a button, its name, and the way to leave it out."""

    recoloured = Signal()

    def __init__(self, look: Look, colour: str) -> None:
        super().__init__()
        self.colour = colour
        self._swatch = QToolButton()
        self._swatch.setToolTip("Choose another colour.")
        self._swatch.setAccessibleName("Colour")
        self._swatch.setProperty("kind", "swatch")
        self._swatch.setFixedSize(QSize(30, 30))
        self._swatch.clicked.connect(self._on_swatch_clicked)
        self.edit = _NameEdit()
        self.gone = QToolButton()
        self.gone.setIcon(look.icon("close", "text_dim"))
        self.gone.setToolTip("Leave this class out.")
        self.gone.setAccessibleName("Leave this class out")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._swatch)
        row.addWidget(self.edit, 1)
        row.addWidget(self.gone)
        self._paint()

    @property
    def name(self) -> str:
        """The name, without outer and doubled spaces."""
        return " ".join(self.edit.text().split())

    def recolour(self, colour: str) -> None:
        """Show another colour (`#RRGGBB`)."""
        self.colour = colour.upper()
        self._paint()
        self.recoloured.emit()

    @Slot()
    def _on_swatch_clicked(self) -> None:
        chosen = QColorDialog.getColor(self.colour, self, "Colour of the class")
        if chosen.isValid():
            self.recolour(chosen.name())

    def _paint(self) -> None:
        self._swatch.setStyleSheet(f"QToolButton {{ background: {self.colour}; margin: 5px; }}")
