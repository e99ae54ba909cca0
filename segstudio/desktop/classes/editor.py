"""ClassEditor: the project's class list, to be changed; whatever touches masks is told first, and all can be undone."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from PySide6.QtCore import QElapsedTimer, QPoint, Qt, Slot
from PySide6.QtGui import QAction, QHideEvent, QIcon, QKeySequence, QPixmap, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QWidget

from segstudio.desktop.classes.colour_choice import ColourChoice
from segstudio.desktop.classes.editor_parts import EditorParts
from segstudio.desktop.classes.rows import Order, editor_rows, moved
from segstudio.desktop.classes.work import ClassWork, Desk, Looked, Wish
from segstudio.desktop.look import Look
from segstudio.desktop.opened import Changed
from segstudio.desktop.problems import Problem
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.work import JobStatus
from segstudio.errors import SegStudioError
from segstudio.project.class_edit import (
    Add,
    ClassEdit,
    Delete,
    Merge,
    Recolour,
    Rename,
    Reorder,
    checked_name,
    edited,
    label_of,
)
from segstudio.project.class_edits import Done
from segstudio.project.class_telling import EditPreview
from segstudio.project.classes import ClassList

_SOON_MS = 300
_SHOWN = Changed.PROJECT | Changed.CLASSES
_COUNTED = _SHOWN | Changed.MASK | Changed.PHOTOS


QuickEdit = Add | Rename | Recolour | Reorder
"""What touches no mask."""


class ClassEditor(QDialog):
    """A window of its own beside the main one, not modal. `shut_down` before the end."""

    def __init__(
        self, look: Look, session: ProjectSession, desk: Desk, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look, self._session = look, session
        self._looked: Looked | None = None
        self._asked: ClassEdit | None = None
        self._wanted: int | str | None = None
        self._quick: list[QuickEdit] = []
        self._running: Wish | None = None
        self._begun = QElapsedTimer()
        self.setObjectName("classes")
        self.setWindowTitle("Classes")
        self.resize(520, 600)
        self.setMinimumSize(440, 420)
        self.work = ClassWork(session, desk, self)
        self.parts = EditorParts(look, self, self._why_not_renamed)
        self._connect()
        self._refresh()

    @property
    def classes(self) -> ClassList:
        """The classes of the project that is open, with what is about to be done to them."""
        opened = self._session.opened
        classes = opened.classes if opened is not None else ClassList()
        for edit in self._quick:
            with suppress(SegStudioError):  # it is in the list already, or will be refused
                classes = edited(classes, edit)
        return classes

    def open_on(self, index: int | None = None) -> None:
        """Show it, with the class of that index chosen."""
        self._wanted = index
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
        self._withdraw()
        super().hideEvent(event)

    def reject(self) -> None:
        """Escape leaves one thing at a time: a drag, a question, the window."""
        if self.parts.list.is_dragging():
            self.parts.list.stop_dragging()
        elif self.parts.question.isVisible():
            self._on_cancelled()
        else:
            super().reject()

    def _connect(self) -> None:
        parts, work = self.parts, self.work
        self._session.changed.connect(self._on_session_changed)
        work.looked.connect(self._on_looked)
        work.previewed.connect(self._on_previewed)
        work.done.connect(self._on_done)
        work.failed.connect(self._on_failed)
        work.stopped.connect(self._on_stopped)
        work.progressed.connect(self._on_progressed)
        work.busy_changed.connect(self._enable)
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
        parts.question.agreed.connect(self._on_agreed)
        parts.question.cancelled.connect(self._on_cancelled)
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
            can_ask=self._asked is None and not isinstance(self._running, Merge | Delete),
            chosen=self.parts.list.chosen is not None,
            several=len(self.classes) > 1,
            named=bool(self.parts.name.text().strip()) and not self._why_not_added(),
        )

    @Slot(object)
    def _on_session_changed(self, flags: Changed) -> None:
        if flags & Changed.PROJECT:
            self._looked, self._quick = None, []
            self._withdraw()
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
        if self._asked is not None and not self.work.busy:
            self._withdraw()  # the question was about another class
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

    # -- wishes

    @Slot()
    def _on_add_asked(self) -> None:
        name = self.parts.name.text()
        if name.strip() and not self._why_not_added():
            self._wanted = " ".join(name.split())
            self.parts.name.clear()
            self._do_soon(Add(name))

    @Slot()
    def _on_rename_asked(self) -> None:
        self.parts.list.setFocus()
        self.parts.list.edit(self.parts.list.currentIndex())

    @Slot(int, str)
    def _on_renamed(self, index: int, name: str) -> None:
        self._do_soon(Rename(index, name))

    @Slot(int, QPoint)
    def _on_colour_asked(self, index: int, place: QPoint) -> None:
        entry = self.classes.at(index)
        if entry is None or self.work.busy:
            return
        taken = tuple(each.colour for each in self.classes.classes)
        choice = ColourChoice(self._look, entry.name, entry.colour, taken, self)
        choice.chosen.connect(lambda colour: self._do_soon(Recolour(index, colour)))
        choice.show_at(place)

    @Slot(int, int)
    def _on_moved(self, row: int, to: int) -> None:
        by_list = self.parts.by_list.isChecked()
        order = self.classes.indices if by_list else self.classes.draw_order
        self._do_soon(Reorder(moved(order, row, to), of="list" if by_list else "drawing"))

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
            self._ask(Merge(self.parts.list.chosen.index, action.data()))

    @Slot()
    def _on_delete_asked(self) -> None:
        if self.parts.list.chosen is not None:
            self._ask(Delete(self.parts.list.chosen.index))

    @Slot()
    def _on_undo_asked(self) -> None:
        if self._looked is not None and self._looked.undo and self._asked is None:
            self._do("undo")

    @Slot()
    def _on_redo_asked(self) -> None:
        if self._looked is not None and self._looked.redo and self._asked is None:
            self._do("redo")

    # -- asking and doing

    def _ask(self, edit: ClassEdit) -> None:
        if self.work.busy or self._asked is not None:
            return
        self._asked = edit
        self.parts.tell("")
        self._begun.start()
        self.work.preview(edit)
        self._enable()

    def _do_soon(self, edit: QuickEdit) -> None:
        """Show it at once, and do it after what is under way: nobody has to wait between two of these."""
        last = self._quick[-1] if self._quick else None
        if (
            isinstance(edit, Reorder)
            and isinstance(last, Reorder)
            and last.of == edit.of
            and last is not self._running
        ):
            self._quick.pop()
        self._quick.append(edit)
        self._refresh()
        self._go_on()

    def _go_on(self) -> None:
        if self._quick and not self.work.busy:
            self._do(self._quick[0])

    def _do(self, wish: Wish) -> None:
        if self.work.busy:
            return
        self._running = wish
        self._begun.start()
        self.parts.tell("")
        self.work.do(wish, self._named(wish))
        self._enable()

    def _named(self, wish: Wish) -> str:
        if isinstance(wish, str):
            looked = self._looked
            what = (looked.undo if wish == "undo" else looked.redo) if looked is not None else ""
            return f"{wish.capitalize()}: {what}"
        return label_of(self.classes, wish).capitalize()

    def _withdraw(self) -> None:
        self._asked = None
        self.work.cancel()
        self.parts.question.hide()
        self._enable()

    @Slot(object)
    def _on_previewed(self, preview: EditPreview) -> None:
        if self._asked != preview.edit:
            return
        self.parts.question.ask(preview.told, self._named(preview.edit))

    @Slot()
    def _on_agreed(self) -> None:
        if self.work.busy:
            return
        edit, self._asked = self._asked, None
        self.parts.list.setFocus()
        if edit is not None:
            self._do(edit)

    @Slot()
    def _on_cancelled(self) -> None:
        if self.work.busy:
            self.work.cancel()
        else:
            self._withdraw()
            self.parts.list.setFocus()

    @Slot(object)
    def _on_progressed(self, status: JobStatus) -> None:
        if self.parts.question.isVisible() or self._begun.elapsed() > _SOON_MS:
            self.parts.question.follow(status)

    @Slot(object)
    def _on_done(self, done: Done) -> None:
        self._end_asking()
        if self._quick and self._running is self._quick[0]:
            self._quick.pop(0)
        self._running = None
        self.parts.tell(f"{done.label.capitalize()}: done. {done.told}")
        self._refresh()
        self.work.look()
        self._go_on()

    @Slot(object)
    def _on_failed(self, problem: Problem) -> None:
        self._end_asking()
        self._leave_quick()
        self.parts.tell_wrong(problem.text)

    @Slot()
    def _on_stopped(self) -> None:
        self._end_asking()
        self._leave_quick()
        self.parts.tell("Stopped; nothing was changed.")

    def _leave_quick(self) -> None:
        """What was to follow was meant for a list that there is not."""
        self._quick, self._running = [], None
        self._refresh()

    def _end_asking(self) -> None:
        had_keyboard = self.parts.question.isAncestorOf(self.focusWidget()) if self.focusWidget() else False
        self._asked = None
        self.parts.question.hide()
        if had_keyboard:
            self.parts.list.setFocus()
        self._enable()


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
