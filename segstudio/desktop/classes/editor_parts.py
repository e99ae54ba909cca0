"""EditorParts: the widgets of the class editor and where they stand; what they mean is the editor's."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.desktop.classes.class_delegate import NameCheck
from segstudio.desktop.classes.class_view import ClassView
from segstudio.desktop.classes.question import Question
from segstudio.desktop.look import Look
from segstudio.desktop.widgets.labels import label, set_property, shortened

_LIST_TOLD = "Drag to reorder, or Alt+Up and Alt+Down. The first nine have the keys 1 to 9."
_DRAWING_TOLD = (
    "Lower in this list is drawn over higher when annotations are imported. Masks stay as they are."
)
_EMPTY = "What is there to see in your photos? Name the first class: sky, person, road …"
_LABEL_LETTERS = 28


class EditorParts:
    """All widgets of `dialog`, laid out."""

    def __init__(self, look: Look, dialog: QDialog, check: NameCheck) -> None:
        self._look = look
        self.list = ClassView(look, check)
        self.by_list = _choice("List", "classes.by_list", "The order of the list, and of the keys 1 to 9.")
        self.by_drawing = _choice(
            "Drawing", "classes.by_drawing", "The order in which shapes are drawn when they are imported."
        )
        self.by_list.setChecked(True)
        self._orders = QButtonGroup(dialog)
        self._orders.addButton(self.by_list)
        self._orders.addButton(self.by_drawing)
        self.name = QLineEdit()
        self.name.setObjectName("classes.name")
        self.name.setPlaceholderText("New class")
        self.name.setAccessibleName("Name of a new class")
        self.name.setToolTip("Name of a new class (Ctrl+N)\nReturn adds it, in a colour unlike the others.")
        self.add = _button("Add", "classes.add", "Add the class; it gets the next free key and colour.")
        self.rename = _quiet("Rename", "classes.rename_button", "Rename (F2)\nMasks stay as they are.")
        self.colour = _quiet("Colour…", "classes.colour", "Colour\nChoose one that is unlike the others.")
        self.merge = _quiet(
            "Merge into", "classes.merge", "Merge (Ctrl+M)\nAll its pixels become another class."
        )
        self.merge_menu = QMenu(dialog)
        self.merge.setMenu(self.merge_menu)
        self.delete = _quiet("Delete…", "classes.delete", "Delete (Del)\nAll its pixels become not labelled.")
        self.question = Question()
        self.undo = _quiet("Undo", "classes.undo", "")
        self.redo = _quiet("Redo", "classes.redo", "")
        self.close = _button("Close", "classes.close", "All changes are saved already.")
        self._order_title = label("Order of", "caption")
        self._order_told = label("", "caption", wraps=True)
        self._empty = label(_EMPTY, "dim", wraps=True)
        self._told = label("", "caption", wraps=True)
        self._told.setObjectName("classes.told")
        self._frame = QFrame()
        self._row = QHBoxLayout()
        self._rest = QWidget()  # what the list leaves free while there is none
        self._lay_out(dialog)
        self.tell_order()
        self.renew_icons()

    def tell(self, text: str) -> None:
        """Tell what was done; empty: nothing."""
        self._told.setText(text)
        self._told.setVisible(bool(text))
        set_property(self._told, "wrong", False)
        set_property(self.name, "wrong", False)

    def tell_wrong(self, text: str, field: QLineEdit | None = None) -> None:
        """Tell what cannot be, and mark the field that it is about; empty: all is well."""
        self.tell(text[:1].upper() + text[1:])
        set_property(self._told, "wrong", bool(text))
        if field is not None:
            set_property(field, "wrong", bool(text))

    def tell_order(self) -> None:
        """Say which order is shown."""
        self._order_told.setText(_LIST_TOLD if self.by_list.isChecked() else _DRAWING_TOLD)

    def show_empty(self, is_empty: bool) -> None:
        """Show the list, or how to begin."""
        self._frame.setVisible(not is_empty)
        for widget in (self._empty, self._rest):
            widget.setVisible(is_empty)
        for shown in (
            self._order_told,
            self._order_title,
            self.by_list,
            self.by_drawing,
            self.rename,
            self.colour,
            self.merge,
            self.delete,
        ):
            shown.setVisible(not is_empty)

    def show_history(self, undo: str, redo: str) -> None:
        """Say what undo and redo would do."""
        for button, word, keys, what in (
            (self.undo, "Undo", "Ctrl+Z", undo),
            (self.redo, "Redo", "Ctrl+Shift+Z", redo),
        ):
            button.setProperty("what", what)
            button.setText(f"{word}: {shortened(what, _LABEL_LETTERS)}" if what else word)
            button.setToolTip(f"{word} ({keys})\n{what or 'Nothing of the class list'}")
        self.redo.setVisible(bool(redo))

    def enable(self, *, can_ask: bool, chosen: bool, several: bool, named: bool) -> None:
        """Let be pressed what can be done now."""
        self.add.setEnabled(can_ask and named)
        for button in (self.rename, self.colour, self.delete):
            button.setEnabled(can_ask and chosen)
        self.merge.setEnabled(can_ask and chosen and several)
        self.undo.setEnabled(can_ask and bool(self.undo.property("what")))
        self.redo.setEnabled(can_ask and bool(self.redo.property("what")))

    def renew_icons(self) -> None:
        """Draw the icons in the theme's colours."""
        for button, name in (
            (self.rename, "annotate"),
            (self.merge, "merge"),
            (self.delete, "delete"),
            (self.undo, "undo"),
            (self.redo, "redo"),
            (self.add, "plus"),
            (self.colour, "theme"),
        ):
            button.setIcon(self._look.icon(name))

    def _lay_out(self, dialog: QDialog) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(label("Classes", "title"))
        head.addStretch(1)
        head.addWidget(self._order_title)
        head.addSpacing(4)
        head.addWidget(self.by_list)
        head.addWidget(self.by_drawing)
        self._frame.setObjectName("card")
        inside = QVBoxLayout(self._frame)
        inside.setContentsMargins(2, 2, 2, 2)
        inside.addWidget(self.list)
        self._row.setSpacing(4)
        for button in (self.rename, self.colour, self.merge, self.delete):
            self._row.addWidget(button)
        self._row.addStretch(1)
        adding = QHBoxLayout()
        adding.setSpacing(8)
        adding.addWidget(self.name, 1)
        adding.addWidget(self.add)
        foot = QHBoxLayout()
        foot.setSpacing(4)
        foot.addWidget(self.undo)
        foot.addWidget(self.redo)
        foot.addStretch(1)
        foot.addWidget(self.close)
        column = QVBoxLayout(dialog)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._order_told)
        column.addWidget(self._empty)
        column.addWidget(self._frame, 1)
        column.addLayout(adding)
        column.addWidget(self._told)
        column.addLayout(self._row)
        column.addWidget(self.question)
        column.addWidget(self._rest, 1)
        column.addSpacing(8)
        column.addLayout(foot)
        self._told.hide()


def _button(text: str, name: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button


def _quiet(text: str, name: str, tip: str) -> QPushButton:
    button = _button(text, name, tip)
    button.setProperty("kind", "quiet")
    return button


def _choice(text: str, name: str, tip: str) -> QPushButton:
    button = _quiet(text, name, tip)
    button.setCheckable(True)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
