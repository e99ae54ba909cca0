"""ClassEditor: the project's class list, to be changed; whatever touches masks is told first, and all can be undone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtGui import QAction, QHideEvent, QIcon, QKeyEvent, QKeySequence, QPixmap, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QWidget

from segstudio.desktop.classes.colour_choice import ColourChoice
from segstudio.desktop.classes.doing import Doing
from segstudio.desktop.classes.editor_parts import EditorParts
from segstudio.desktop.classes.rows import Order, editor_rows, moved
from segstudio.desktop.classes.work import ClassWork, Desk, Looked
from segstudio.desktop.look import Look
from segstudio.desktop.opened import Changed
from segstudio.desktop.session import ProjectSession
from segstudio.errors import SegStudioError
from segstudio.project.class_edit import (
    Add,
    Delete,
    Merge,
    Recolour,
    Rename,
    Reorder,
    checked_name,
)
from segstudio.project.classes import ClassList

_SOON_MS = 300
_SHOWN = Changed.PROJECT | Changed.CLASSES
_COUNTED = _SHOWN | Changed.MASK | Changed.PHOTOS


class ClassEditor(QDialog):
    """A window of its own beside the main one, not modal. `shut_down` before the end."""

    def __init__(
        self, look: Look, session: ProjectSession, desk: Desk, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look, self._session = look, session
        self._looked: Looked | None = None
        self._wanted: int | str | None = None
        self.setObjectName("classes")
        self.setWindowTitle("Classes")
        self.resize(520, 600)
        self.setMinimumSize(440, 420)
        self.work = ClassWork(session, desk, self)
        self.parts = EditorParts(look, self, self._why_not_renamed)
        self.doing = Doing(session, self.work, self.parts, self)
        self._connect()
        self._refresh()

    @property
    def classes(self) -> ClassList:
        """The classes of the project that is open, with what is about to be done to them."""
        return self.doing.classes

    def open_on(self, index: int | None = None) -> None:
        """Show it, with the class of that index chosen."""
        self._wanted = index
        if not self.isVisible():
            self.parts.tell("")
        self._refresh()
        self.show()
        self.raise_()
        self.activateWindow()
        (self.parts.list if len(self.classes) else self.parts.name).setFocus()

    def shut_down(self) -> None:
        """End what is under way."""
        self.work.shut_down()

    def showEvent(self, event: QShowEvent) -> None:
        """Whoever opens it sees how much there is of each class by now."""
        super().showEvent(event)
        self.work.look()

    def hideEvent(self, event: QHideEvent) -> None:
        """What was asked and not answered is not meant."""
        self.doing.withdraw()
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves one thing at a time: a drag, a question, the window."""
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.parts.list.is_dragging():
            self.parts.list.stop_dragging()
        elif self.parts.question.isVisible():
            self.doing.cancel()
        else:
            self.close()

    def _connect(self) -> None:
        parts, work = self.parts, self.work
        self._session.changed.connect(self._on_session_changed)
        work.looked.connect(self._on_looked)
        work.busy_changed.connect(self._enable)
        self.doing.changed.connect(self._refresh)
        parts.list.rows.name_given.connect(self._on_renamed)
        parts.list.moved.connect(self._on_moved)
        parts.list.colour_asked.connect(self._on_colour_asked)
        parts.list.name_refused.connect(parts.tell_wrong)
        parts.list.chosen_changed.connect(self._on_chosen_changed)
        parts.by_list.toggled.connect(self._on_order_toggled)
        parts.name.textChanged.connect(self._on_name_typed)
        parts.name.returnPressed.connect(self._on_add_asked)
        parts.add.clicked.connect(self._on_add_asked)
        parts.rename.clicked.connect(self._on_rename_asked)
        parts.colour.clicked.connect(parts.list.ask_for_colour)
        parts.merge_menu.aboutToShow.connect(self._on_merge_menu_asked)
        parts.merge_menu.triggered.connect(self._on_merge_chosen)
        parts.delete.clicked.connect(self._on_delete_asked)
        parts.undo.clicked.connect(self._on_undo_asked)
        parts.redo.clicked.connect(self._on_redo_asked)
        parts.close.clicked.connect(self.close)
        self._look.theme.changed.connect(self._on_theme_changed)
        self._bind(QKeySequence("Ctrl+Z"), self._on_undo_asked)
        self._bind(QKeySequence("Ctrl+Shift+Z"), self._on_redo_asked)
        self._bind(QKeySequence("Ctrl+Y"), self._on_redo_asked)
        self._bind(QKeySequence("Ctrl+N"), parts.name.setFocus)
        self._bind(QKeySequence("Ctrl+M"), parts.merge.showMenu)
        delete = QShortcut(QKeySequence(Qt.Key.Key_Delete), parts.list, self._on_delete_asked)
        delete.setContext(Qt.ShortcutContext.WidgetShortcut)

    def _bind(self, keys: QKeySequence, slot: Callable[[], object]) -> None:
        QShortcut(keys, self, slot)

    # -- what is there

    @Slot()
    def _refresh(self) -> None:
        parts, classes = self.parts, self.classes
        chosen: int | None = parts.list.chosen.index if parts.list.chosen is not None else None
        if isinstance(self._wanted, str):
            found = classes.find(self._wanted)
            chosen = found.index if found is not None else chosen
        elif self._wanted is not None:
            chosen = self._wanted
        self._wanted = None
        order: Order = "list" if parts.by_list.isChecked() else "drawing"
        uses = self._looked.uses if self._looked is not None else None
        row = parts.list.currentIndex().row()
        parts.list.rows.show_rows(editor_rows(classes, order, uses))
        if chosen is not None and classes.at(chosen) is None:  # it is gone: its neighbour
            chosen = parts.list.rows.rows[min(row, len(classes) - 1)].index if len(classes) else None
        parts.list.choose(chosen)
        parts.show_empty(not len(classes))
        parts.show_history(
            self._looked.undo if self._looked is not None else "",
            self._looked.redo if self._looked is not None else "",
        )
        self._enable()

    @Slot()
    def _enable(self) -> None:
        self.parts.enable(
            can_ask=self.doing.is_free,
            chosen=self.parts.list.chosen is not None,
            several=len(self.classes) > 1,
            named=bool(self.parts.name.text().strip()) and not self._why_not_added(),
        )

    @Slot(object)
    def _on_session_changed(self, flags: Changed) -> None:
        if flags & Changed.PROJECT:
            self._looked = None
            self.doing.leave()
            self.parts.tell("")
            if self._session.opened is None:
                self.hide()
        if flags & _SHOWN:
            self._refresh()
        if flags & _COUNTED and self.isVisible():
            self.work.look()

    @Slot(object)
    def _on_looked(self, looked: Looked) -> None:
        self._looked = looked
        self._refresh()

    @Slot()
    def _on_theme_changed(self) -> None:
        self.parts.renew_icons()

    @Slot()
    def _on_chosen_changed(self) -> None:
        self.doing.withdraw()  # a question was about another class
        self._enable()

    @Slot(bool)
    def _on_order_toggled(self, _by_list: bool) -> None:
        self.parts.tell_order()
        self._refresh()

    # -- names

    def _why_not_renamed(self, index: int, name: str) -> str:
        return _refusal(lambda: checked_name(self.classes, name, but=index))

    def _why_not_added(self) -> str:
        name = self.parts.name.text()
        return _refusal(lambda: checked_name(self.classes, name)) if name.strip() else ""

    @Slot(str)
    def _on_name_typed(self, _text: str) -> None:
        self.parts.tell_wrong(self._why_not_added(), self.parts.name)
        self._enable()

    # -- what is asked for

    @Slot()
    def _on_add_asked(self) -> None:
        name = self.parts.name.text()
        if name.strip() and not self._why_not_added():
            self._wanted = " ".join(name.split())
            self.parts.name.clear()
            self.doing.do_soon(Add(name))

    @Slot()
    def _on_rename_asked(self) -> None:
        self.parts.list.setFocus()
        self.parts.list.edit(self.parts.list.currentIndex())

    @Slot(int, str)
    def _on_renamed(self, index: int, name: str) -> None:
        self.doing.do_soon(Rename(index, name))

    @Slot(int, QPoint)
    def _on_colour_asked(self, index: int, place: QPoint) -> None:
        entry = self.classes.at(index)
        if entry is None or self.work.busy:
            return
        taken = tuple(each.colour for each in self.classes.classes)
        choice = ColourChoice(self._look, entry.name, entry.colour, taken, self)
        choice.chosen.connect(lambda colour: self.doing.do_soon(Recolour(index, colour)))
        choice.show_at(place)

    @Slot(int, int)
    def _on_moved(self, row: int, to: int) -> None:
        by_list = self.parts.by_list.isChecked()
        order = self.classes.indices if by_list else self.classes.draw_order
        self.doing.do_soon(Reorder(moved(order, row, to), of="list" if by_list else "drawing"))

    @Slot()
    def _on_merge_menu_asked(self) -> None:
        menu, chosen = self.parts.merge_menu, self.parts.list.chosen
        menu.clear()
        for entry in self.classes.classes:
            if chosen is not None and entry.index != chosen.index:
                action = menu.addAction(_swatch(entry.colour), entry.name.replace("&", "&&"))
                action.setData(entry.index)

    @Slot(QAction)
    def _on_merge_chosen(self, action: QAction) -> None:
        if self.parts.list.chosen is not None:
            self.doing.ask(Merge(self.parts.list.chosen.index, action.data()))

    @Slot()
    def _on_delete_asked(self) -> None:
        if self.parts.list.chosen is not None:
            self.doing.ask(Delete(self.parts.list.chosen.index))

    @Slot()
    def _on_undo_asked(self) -> None:
        if self._looked is not None and self._looked.undo:
            self.doing.go_back("undo", self._looked.undo)

    @Slot()
    def _on_redo_asked(self) -> None:
        if self._looked is not None and self._looked.redo:
            self.doing.go_back("redo", self._looked.redo)


def _refusal(check: Callable[[], object]) -> str:
    try:
        check()
    except SegStudioError as error:
        return str(error)
    return ""


def _swatch(colour: str) -> QIcon:
    picture = QPixmap(16, 16)
    picture.fill(colour)
    return QIcon(picture)
