"""Workspace: tool bar, canvas and status text, one below the other."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QEnterEvent, QMouseEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QGridLayout,
    QLineEdit,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from segstudio.desktop.actions import Actions
from segstudio.desktop.annotating.broken_page import BrokenPage
from segstudio.desktop.annotating.lock_bar import LockBar
from segstudio.desktop.annotating.overlay import Overlay
from segstudio.desktop.annotating.rules import known_only
from segstudio.desktop.annotating.status_text import StatusText
from segstudio.desktop.annotating.tool_bar import ToolBar
from segstudio.desktop.canvas.canvas import Canvas
from segstudio.desktop.canvas.zoom_keys import ZoomKeys
from segstudio.desktop.editing.desk import PhotoDesk
from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.desktop.look import Look
from segstudio.desktop.problems import Problem
from segstudio.desktop.tools.box import ToolBox
from segstudio.desktop.tools.tool import Tool
from segstudio.project.classes import VOID, ClassList
from segstudio.project.photos import Photo

_WAIT_MS = 300
"""Most photos are there by then; a bar that only flickers tells nothing."""

_AGAIN_MS = 2000
"""So often a project that is away is looked for."""


class PaintedCanvas(Canvas):
    """Takes the keys when the pointer comes, unless something is being typed; `pressed` when it is clicked."""

    pressed = Signal()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Space, Return and Escape are meant for the photo under the pointer."""
        typing = isinstance(QApplication.focusWidget(), (QLineEdit, QAbstractSpinBox))
        if not typing and self.window().isActiveWindow():
            self.setFocus(Qt.FocusReason.MouseFocusReason)
        super().enterEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Say so, before anything is painted."""
        self.pressed.emit()
        super().mousePressEvent(event)


class Workspace(QWidget):
    """The middle of the Annotate tab. It joins desk, tools and canvas.

    `class_gone` carries a Problem: the class that was painted with is in the class list no more.
    """

    class_gone = Signal(object)

    def __init__(
        self, look: Look, actions: Actions, *, desk: PhotoDesk, box: ToolBox, overlay: Overlay
    ) -> None:
        super().__init__()
        self._actions, self._desk, self._box, self._overlay = actions, desk, box, overlay
        self._classes: ClassList | None = None
        self._had_classes = False
        self._handed: Tool | None = None
        self.canvas = PaintedCanvas(look)
        self.canvas.setObjectName("canvas")
        self.canvas.setAccessibleName("Photo")
        self.tools = ToolBar(look, actions, box)
        self.status = StatusText(self.canvas, desk)
        self._broken = BrokenPage(look, actions)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.canvas)
        self._stack.addWidget(self._broken)
        self._locked = LockBar(look, desk)
        self.free_part = QWidget()
        """Where the photo stands without the bar that says who paints on it: a notice must not lie over its button."""
        self._waiting = QProgressBar()
        self._waiting.setObjectName("canvas.waiting")
        self._waiting.setRange(0, 0)
        self._waiting.setTextVisible(False)
        self._soon = QTimer(self, singleShot=True, interval=_WAIT_MS)
        self._missing: Photo | None = None
        self._again = QTimer(self, interval=_AGAIN_MS)
        self._lay_out()
        self._connect()

    def show_classes(self, classes: ClassList) -> None:
        """Draw and paint with other classes; what is chosen and no longer there gives way to the first."""
        if classes == self._classes:
            return  # a stroke under way goes on
        self._classes = classes
        box, options = self._box, self._box.options
        known = frozenset(classes.indices)
        gone = box.class_names.get(options.value, "") if options.value not in known | {VOID} else ""
        box.class_names = {entry.index: entry.name for entry in classes.classes}
        box.class_colours = {entry.index: entry.colour for entry in classes.classes}
        value = options.value if options.value in known else min(known, default=VOID)
        if options.value == VOID and self._had_classes:
            value = VOID
        self._had_classes = bool(known)
        box.change(value=value, rule=known_only(options.rule, known | {VOID}))
        self._overlay.keep_known(classes)
        self.canvas.set_classes(classes)
        self.tools.options.show_classes(classes)
        self.status.show_classes(classes)
        self._follow()
        if gone and self._desk.shown is not None:
            text = f"{gone}, the class you painted with, is in the class list no more. {box.class_name(value)} is chosen now."
            self.class_gone.emit(Problem(text, level="info"))

    def show_nothing(self) -> None:
        """No photo is wished for."""
        self._end_waiting()
        self._stack.setCurrentWidget(self.canvas)

    def _lay_out(self) -> None:
        room = QWidget()
        over = QGridLayout(room)
        over.setContentsMargins(0, 0, 0, 0)
        over.setSpacing(0)
        over.addWidget(self.free_part, 1, 0)
        over.setRowStretch(1, 1)
        over.addWidget(self._stack, 0, 0, 2, 1)
        over.addWidget(self._locked, 0, 0)  # over it: the photo must not move
        self._waiting.setParent(room)
        self._waiting.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tools)
        column.addWidget(room, 1)
        column.addWidget(self.status)

    def _connect(self) -> None:
        desk, box, canvas, actions = self._desk, self._box, self.canvas, self._actions
        box.surface = desk
        box.tool_changed.connect(self._follow)
        box.options_changed.connect(self._warn)
        box.redraw.connect(canvas.redraw_tool)
        box.message.connect(self.status.show_hint)
        canvas.size_wheeled.connect(box.size_step)
        desk.mask_changed.connect(canvas.mask_changed)
        desk.history_changed.connect(self._follow)  # it may have become one to look at only
        desk.opening.connect(self._on_opening)
        desk.opened.connect(self._on_opened)
        desk.unreadable.connect(self._on_unreadable)
        self._overlay.changed.connect(self._on_overlay_changed)
        self._soon.timeout.connect(self._on_waited)
        self._again.timeout.connect(self._on_again)
        self.tools.options.done.connect(canvas.setFocus)
        actions["size.up"].triggered.connect(lambda: box.size_step(1))
        actions["size.down"].triggered.connect(lambda: box.size_step(-1))
        ZoomKeys(actions, canvas)
        self._on_overlay_changed()
        self._follow()

    @Slot()
    def _follow(self) -> None:
        """Hand the chosen tool to the canvas, while there is something to paint on and with."""
        can_paint = self._desk.can_paint and bool(self._classes)
        tool = self._box.tool if can_paint else None
        if tool is not self._handed:
            self._handed = tool
            self.canvas.set_tool(tool)
        self.status.show_hint(self._box.hint if can_paint else "")
        self._actions.know(can_paint=can_paint)
        self._warn()

    @Slot()
    def _warn(self) -> None:
        """Say so when what is painted would not be seen."""
        box, name = self._box, self._box.class_name(self._box.options.value)
        paints = self._handed is not None and box.tool_id != "pick"
        value = VOID if box.tool_id == "eraser" else box.options.value
        self.status.warn(self._overlay.why_unseen(value, name) if paints else "")

    @Slot()
    def _on_overlay_changed(self) -> None:
        self.canvas.set_look(self._overlay.look)
        self._warn()

    @Slot(object)
    def _on_opening(self, _photo: object) -> None:
        self._again.stop()
        self._soon.start()

    @Slot(object, object)
    def _on_unreadable(self, photo: Photo, problem: Problem) -> None:
        """Say in the place of the photo why it is not there, and show it when the project has come back."""
        self._end_waiting()
        if problem.is_away:
            self._missing = photo
            self._again.start()
        self._broken.tell(problem)
        self._stack.setCurrentWidget(self._broken)
        self._follow()

    def _end_waiting(self) -> None:
        self._again.stop()
        self._soon.stop()
        self._waiting.hide()

    @Slot(object)
    def _on_opened(self, shown: OpenPhoto | None) -> None:
        self._box.follow_photo()
        if shown is None:  # it was closed, or another cannot be shown: what is wrong with it comes next
            self.canvas.show_photo(None, None)
        else:
            self.show_nothing()
            self._overlay.follow_photo(shown.light)
            self.canvas.show_photo(shown.pyramid, shown.editor.mask)
        self._follow()

    @Slot()
    def _on_again(self) -> None:
        self._desk.show(self._missing)

    @Slot()
    def _on_waited(self) -> None:
        self._waiting.setFixedWidth(self._stack.width())
        self._waiting.raise_()
        self._waiting.show()
