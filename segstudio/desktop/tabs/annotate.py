"""The Annotate tab: photos, canvas with its tools, and beside it classes, overlay, history and the photo's state."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QHideEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.annotating.class_rows import value_of_digit
from segstudio.desktop.annotating.conflict_wish import ConflictWish
from segstudio.desktop.annotating.gone import gone_between, told_of_gone
from segstudio.desktop.annotating.held_key import HeldKey
from segstudio.desktop.annotating.leaving import may_leave
from segstudio.desktop.annotating.overlay_memory import OverlayMemory
from segstudio.desktop.annotating.parts import AnnotateParts
from segstudio.desktop.annotating.photo_wishes import PhotoWishes
from segstudio.desktop.annotating.photo_work import PhotoWork
from segstudio.desktop.annotating.removing import PhotoRemover
from segstudio.desktop.canvas.canvas import Canvas
from segstudio.desktop.classes.editor import ClassEditor
from segstudio.desktop.editing.desk import PhotoDesk
from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.desktop.editing.team import Team
from segstudio.desktop.look import Look
from segstudio.desktop.opened import Changed, OpenedProject
from segstudio.desktop.problems import Problem
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.settings import Settings
from segstudio.project.classes import VOID
from segstudio.project.photos import Photo

_DIGITS = 10
_REFRESHED_BY = Changed.PROJECT | Changed.PHOTOS | Changed.MASK | Changed.CLASSES
_PAINTS_NOTHING = frozenset({"eraser", "pick"})
"""Tools that leave the chosen class alone: whoever chooses a class then wants to paint it."""


class AnnotateTab(QStackedWidget):
    """Joins the photo list, the desk with the open photo, tools and canvas. `shut_down` before the end.

    `saved_changed` carries what the status line says of saving, `work_changed` a JobStatus or None.
    """

    saved_changed = Signal(str)
    work_changed = Signal(object)

    def __init__(
        self,
        look: Look,
        actions: Actions,
        session: ProjectSession,
        *,
        desk: PhotoDesk,
        parts: AnnotateParts,
        settings: Settings | None = None,
    ) -> None:
        super().__init__()
        self._actions, self._session, self._desk = actions, session, desk
        self._look = look
        self._wanted_class = ""
        self._seen: OpenedProject | None = None
        self._told_of_photo: tuple[Problem, ...] = ()
        self._told_unwritable: Path | None = None
        self._editor: ClassEditor | None = None
        self.box, self.overlay = parts.box, parts.overlay
        for owned in (self.box, self.overlay):
            owned.setParent(self)
        self._work = PhotoWork(session, desk, self)
        self._team = Team(session, desk.neighbours.presence, self)
        self._conflicts = ConflictWish(look, session, desk, self)
        self._alone = HeldKey(actions["view.alone"], self)
        self.list, self.workspace = parts.list, parts.workspace
        self.palette_of_classes, self.photo = parts.palette, parts.photo
        if settings is not None:
            OverlayMemory(self.overlay, settings, self)
        self._remover = PhotoRemover(session, desk, self)
        self._wishes = PhotoWishes(
            actions,
            self.list,
            desk=desk,
            box=self.box,
            work=self._work,
            remover=self._remover,
            parent=self,
        )
        self.addWidget(parts.empty)
        self.addWidget(parts.columns)
        self._connect()
        self._on_session_changed(_REFRESHED_BY)

    @property
    def canvas(self) -> Canvas:
        """Where the photo is seen and painted."""
        return self.workspace.canvas

    @property
    def unsaved(self) -> bool:
        """Whether something is not on the disk yet as it is seen."""
        return self._desk.unsaved

    def still_part(self) -> QWidget | None:
        """Return where the canvas stands: what is painted on must not move, and who paints on it must be seen."""
        return self.workspace.free_part if self.currentIndex() == 1 else None

    def save_first(self, window: QWidget) -> bool:
        """Save what is painted before the window closes; False when it is to stay open."""
        return may_leave(window, self._desk)

    def cancel_work(self) -> None:
        """Ask what is under way for photos to stop."""
        self._work.cancel()

    def shut_down(self) -> None:
        """End what is under way here; the desk is its owner's."""
        self._alone.let_go()
        self.box.finish()
        self.box.shut_down()
        self._team.shut_down()
        self._conflicts.shut_down()
        self.list.shut_down()
        self._work.shut_down()
        if self._editor is not None:
            self._editor.shut_down()

    def focusInEvent(self, _event: QFocusEvent) -> None:
        """The list takes the keys; as a focus proxy it would fall out of the order of Tab with all before it."""
        self.list.view.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Whoever goes elsewhere finds everything saved there."""
        self._save()
        super().hideEvent(event)

    def _connect(self) -> None:
        desk, box, actions = self._desk, self.box, self._actions
        self._session.changed.connect(self._on_session_changed)
        self._team.painters_changed.connect(self.list.model.show_painters)
        self.workspace.class_gone.connect(self._on_class_gone)
        self.list.photo_chosen.connect(self._on_photo_chosen)
        self.workspace.canvas.pressed.connect(self.list.select_chosen)
        desk.opened.connect(self._on_opened)
        desk.shares_changed.connect(self.palette_of_classes.show_shares)
        desk.saved_changed.connect(self.saved_changed)
        desk.problem_met.connect(self._tell)
        desk.problem_over.connect(self._session.problem_over)
        desk.unreadable.connect(self._on_unreadable)
        self._remover.problem_met.connect(self._tell)
        self._remover.came_back.connect(self.list.show_photo)
        self._work.problem_met.connect(self._tell)
        self._work.told.connect(self.work_changed)
        self._wishes.problem_met.connect(self._tell)
        self._alone.held.connect(self.overlay.hold_alone)
        self.palette_of_classes.chosen.connect(self._choose_class)
        self.palette_of_classes.name_given.connect(self._on_class_named)
        self.photo.use_chosen.connect(self._on_use_chosen)
        actions["classes.edit"].triggered.connect(self._on_edit_classes_asked)
        actions["edit.undo"].triggered.connect(self._on_undo_asked)
        actions["edit.redo"].triggered.connect(desk.redo)
        for digit in range(_DIGITS):
            actions[f"class.{digit}"].triggered.connect(lambda _=False, key=digit: self._on_digit(key))
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.applicationStateChanged.connect(self._on_application_state)
        box.message.emit(box.hint)

    # -- what the session and the desk say

    @Slot(object)
    def _on_session_changed(self, flags: Changed) -> None:
        if not flags & _REFRESHED_BY:
            return
        opened = self._session.opened
        if flags & Changed.PROJECT:
            self._actions.know(can_write=True, why_not="")
        self.setCurrentIndex(1 if opened is not None and opened.photos else 0)
        if opened is not None:
            self.workspace.show_classes(opened.classes)
            self.palette_of_classes.show_classes(opened.classes)
            self._choose_wanted()
        gone = gone_between(self._seen, opened)
        self._seen = opened
        self.list.show_project(opened)
        told = told_of_gone(gone, opened) if opened is not None else None
        if told is not None:
            self._tell(told)

    @Slot(object)
    def _on_photo_chosen(self, photo: Photo | None) -> None:
        shown = self._desk.shown
        if shown is None or photo is None or shown.photo.key != photo.key:
            self.box.finish()
        self._actions.know(has_chosen=photo is not None)
        self._know_photo(photo)
        if photo is None:
            self.workspace.show_nothing()
        self._desk.show(photo)

    @Slot(object)
    def _on_opened(self, shown: OpenPhoto | None) -> None:
        self.palette_of_classes.show_shares(self._desk.shares)
        for told in self._told_of_photo:  # it is about the photo before
            self._session.problem_over.emit(told)
        self._told_of_photo = ()
        if shown is None:
            return
        self.list.model.mark_broken(shown.photo.key, "")
        can_write = not (shown.cannot_write or shown.has_damaged_record)
        self._actions.know(can_write=can_write, why_not=shown.told if shown.read_only else "")
        self._know_photo(self.list.chosen)
        is_told = shown.locked or (shown.cannot_write and self._told_unwritable == shown.folder)
        if shown.told and not is_told:
            told = self._wishes.told_of(shown)
            self._tell(told)
            self._told_of_photo = () if shown.cannot_write else (told,)
        self._tell_of_values(shown)
        self._told_unwritable = shown.folder if shown.cannot_write else None
        after = self.list.after()
        if after is not None:
            self._desk.prefetch(after)

    def _tell_of_values(self, shown: OpenPhoto) -> None:
        opened = self._session.opened
        told = self._wishes.told_of_values(shown, opened.classes) if opened is not None else None
        if told is not None:
            self._tell(told)
            self._told_of_photo = (*self._told_of_photo, told)

    @Slot(object, object)
    def _on_unreadable(self, photo: Photo, problem: Problem) -> None:
        self.list.model.mark_broken(photo.key, problem.text)
        self._actions.know(why_not=problem.text)
        self._know_photo(self.list.chosen)

    def _know_photo(self, photo: Photo | None) -> None:
        """Follow what may be done with the photo that is chosen."""
        can_see = photo is not None and not self._desk.is_unreadable(photo)
        self._actions.know(has_photo=can_see)
        self.photo.show_photo(photo, can_change=can_see and self._actions.facts.can_write)

    def _tell(self, problem: Problem) -> None:
        self._session.problem_met.emit(problem)

    @Slot(object)
    def _on_class_gone(self, told: Problem) -> None:
        if self._editor is None or not self._editor.isVisible():  # whoever takes it off here knows
            self._tell(told)

    # -- what the person wants

    @Slot(str)
    def _on_class_named(self, name: str) -> None:
        self._wanted_class = name
        self._work.add_class(name)

    @Slot()
    def _on_edit_classes_asked(self) -> None:
        if self._editor is None:
            self._editor = ClassEditor(self._look, self._session, self._desk, self.window())
        value = self.box.options.value
        self._editor.open_on(value if value != VOID else None)

    def _choose_wanted(self) -> None:
        """Choose the class that was named just now, once the session knows it."""
        opened = self._session.opened
        entry = opened.classes.find(self._wanted_class) if opened is not None else None
        if self._wanted_class and entry is not None:
            self._wanted_class = ""
            self._choose_class(entry.index)

    @Slot(int)
    def _choose_class(self, value: int) -> None:
        self.box.change(value=value)
        if self.box.tool_id in _PAINTS_NOTHING:
            self.box.choose("brush")

    def _on_digit(self, digit: int) -> None:
        opened = self._session.opened
        value = value_of_digit(opened.classes, digit) if opened is not None else None
        if value is not None:
            self._choose_class(value)

    @Slot(object)
    def _on_use_chosen(self, split: object) -> None:
        name = {"train": "photo.train", "val": "photo.hold_out"}.get(str(split), "photo.undecided")
        self._actions[name].trigger()

    @Slot()
    def _on_undo_asked(self) -> None:
        if not self.box.take_back():
            self._desk.undo()

    @Slot(Qt.ApplicationState)
    def _on_application_state(self, state: Qt.ApplicationState) -> None:
        if state != Qt.ApplicationState.ApplicationActive:
            self._alone.let_go()
            self._save()
        elif self._actions.facts.has_chosen and not self._actions.facts.has_photo:
            self._on_photo_chosen(self.list.chosen)  # its file may be another by now

    def _save(self) -> None:
        if self._desk.unsaved:
            self._desk.save()
