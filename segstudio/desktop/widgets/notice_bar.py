"""NoticeBar: problems told where the person works, in one sentence with ways out and details; never a dialog."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.desktop.actions import Actions
from segstudio.desktop.look import Look
from segstudio.desktop.problems import Problem, Remedy
from segstudio.desktop.widgets.labels import label
from segstudio.desktop.widgets.notices import Notices

_ICON_PX = 20
_DETAILS_PX = 136
_INFORMS_MS = 6000
_NARROW_PX = 560
_ICONS = {"info": ("info", "accent"), "warning": ("warning", "warn"), "error": ("error", "bad")}
_SPOKEN = {"info": "Note", "warning": "Warning", "error": "Problem"}


class NoticeBar(QFrame):
    """Shows one problem at a time; others wait behind it, the same one told again is counted.

    What only informs leaves after some seconds or with the next action. `keyboard_freed` says that the bar went
    away with the keyboard in it.
    """

    keyboard_freed = Signal()

    def __init__(self, look: Look, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._look, self._actions = look, actions
        self._notices = Notices()
        self._remedies: list[QPushButton] = []
        self._icon = label("")
        self._text = label("", wraps=True)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._place = label("", "dim")
        self._place.setObjectName("notice.place")
        self._next = _quiet("Next", "notice.next", "Look at the next problem; this one stays.")
        self._unfold = _quiet("Details", "notice.details", "What a helper wants to know.")
        self._unfold.setCheckable(True)
        self._close = QToolButton()
        self._close.setObjectName("notice.dismiss")
        self._close.setToolTip("Dismiss (Esc)\nThe problem stays in the log file.")
        self._close.setAccessibleName("Dismiss")
        self._fold: QWidget | None = None
        self._buttons, self._ways = QHBoxLayout(), QHBoxLayout()
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._leaving = QTimer(self, singleShot=True, interval=_INFORMS_MS)
        self._lay_out()
        self._connect()
        self.hide()

    @property
    def problem(self) -> Problem | None:
        """What is shown."""
        shown = self._notices.shown
        return shown.problem if shown else None

    @property
    def notices(self) -> Notices:
        """What is shown and what waits behind it."""
        return self._notices

    @Slot(object)
    def tell(self, problem: Problem) -> None:
        """Show a problem, an error at once and others behind those that are there; said aloud to those who listen
        instead of looking.
        """
        self._put(self._notices.told(problem))
        if problem.level == "info":
            self._leaving.start()
        self._announce(problem)

    @Slot()
    def dismiss(self) -> None:
        """Take away what is shown; what waits behind it comes up."""
        self._put(self._notices.dismissed())

    @Slot(object)
    def withdraw(self, problem: Problem) -> None:
        """Take away a problem that is over."""
        self._put(self._notices.without(problem))

    @Slot()
    def clear(self) -> None:
        """Take everything away."""
        self._put(Notices())

    def fit(self, width_px: int) -> None:
        """Lay out for a place that is so wide: in a narrow one the ways out stand below the sentence."""
        narrow = width_px < _NARROW_PX
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        if self._body.direction() != way:
            self._body.setDirection(way)
            right = Qt.AlignmentFlag.AlignRight
            self._body.setAlignment(self._ways, right if narrow else Qt.AlignmentFlag(0))

    def take_focus(self) -> bool:
        """Give the keyboard to the first way out; False where there is nothing to see."""
        if not self.isVisible():
            return False
        first = self._remedies[0] if self._remedies else self._unfold
        (first if first.isVisible() else self._close).setFocus(Qt.FocusReason.ShortcutFocusReason)
        return True

    def event(self, event: QEvent) -> bool:
        """Esc is this bar's while the keyboard is in it, whatever it means elsewhere."""
        if event.type() == QEvent.Type.ShortcutOverride and _is_escape(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc dismisses."""
        if _is_escape(event):
            self.dismiss()
        else:
            super().keyPressEvent(event)

    # -- building

    def _lay_out(self) -> None:
        self._close.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._buttons.setSpacing(8)
        words = QHBoxLayout()
        words.setSpacing(8)
        words.addWidget(self._icon)
        words.addWidget(self._text, 1)
        self._ways.setSpacing(8)
        self._ways.addLayout(self._buttons)
        for widget in (self._place, self._next, self._unfold):
            self._ways.addWidget(widget)
        self._body.setSpacing(8)
        self._body.addLayout(words, 1)
        self._body.addLayout(self._ways)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addLayout(self._body, 1)
        line.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 8, 8, 8)
        column.setSpacing(8)
        column.addLayout(line)

    def _connect(self) -> None:
        self._unfold.toggled.connect(self._on_unfold_toggled)
        self._next.clicked.connect(self._on_next_clicked)
        self._close.clicked.connect(self.dismiss)
        self._leaving.timeout.connect(self._on_time_over)
        self._look.theme.changed.connect(self._on_theme_changed)
        for action in self._actions.all():
            action.triggered.connect(self._on_action_triggered)

    # -- showing

    def _put(self, notices: Notices) -> None:
        before, self._notices = self._notices, notices
        shown = notices.shown
        if shown is None:
            had_keyboard = self._has_keyboard()
            self.hide()
            if had_keyboard:
                self.keyboard_freed.emit()
            return
        if before.shown is None or before.shown.problem != shown.problem:
            self._show(shown.problem)
        self._text.setText(shown.problem.text + (f" (× {shown.times})" if shown.times > 1 else ""))
        self._place.setText(notices.place)
        for widget in (self._place, self._next):
            widget.setVisible(bool(notices.place))
        self.show()

    def _show(self, problem: Problem) -> None:
        self._unfold.setVisible(bool(problem.details))
        self._unfold.setChecked(False)
        self.setProperty("level", problem.level)
        self.setAccessibleName(f"{_SPOKEN[problem.level]}: {problem.text}")
        for button in self._remedies:
            self._buttons.removeWidget(button)
            button.hide()
            button.deleteLater()
        self._remedies = [self._remedy_button(remedy) for remedy in problem.actions]
        for button in self._remedies:
            self._buttons.addWidget(button)
        self._on_theme_changed()

    def _remedy_button(self, remedy: Remedy) -> QPushButton:
        button = QPushButton(remedy.text)
        button.setObjectName(f"notice.do.{remedy.action or 'it'}")
        button.setProperty("kind", "small")
        button.clicked.connect(lambda: self._do(remedy))
        if remedy.action:
            action = self._actions[remedy.action]
            button.setToolTip(action.toolTip())
            button.setEnabled(action.isEnabled())
            action.enabledChanged.connect(button.setEnabled)
        return button

    def _do(self, remedy: Remedy) -> None:
        """What was wrong is being put right: it leaves before the remedy has its own say."""
        self.dismiss()
        if remedy.do is not None:
            remedy.do()
        if remedy.action:
            self._actions[remedy.action].trigger()

    def _has_keyboard(self) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    def _make_fold(self, details: str) -> QWidget:
        """Built when asked for: a text field is the heaviest thing of the frame, and problems are rare."""
        text = QPlainTextEdit(details, readOnly=True)
        text.setObjectName("notice.text")
        text.setAccessibleName("Details")
        text.setTabChangesFocus(True)
        text.setFixedHeight(_DETAILS_PX)
        log = _quiet("Show the log file", "notice.log", self._actions["help.log"].statusTip())
        log.clicked.connect(self._actions["help.log"].trigger)
        copy = _quiet("Copy", "notice.copy", "Copy sentence and details.")
        copy.clicked.connect(self._on_copy_clicked)
        helping = QHBoxLayout()
        helping.addWidget(log)
        helping.addWidget(copy)
        helping.addStretch(1)
        fold = QWidget()
        column = QVBoxLayout(fold)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(4)
        column.addWidget(text)
        column.addLayout(helping)
        return fold

    def _announce(self, problem: Problem) -> None:
        from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent

        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.Alert))
        spoken = QAccessibleAnnouncementEvent(self, f"{_SPOKEN[problem.level]}: {problem.text}")
        if problem.level != "info":
            spoken.setPoliteness(QAccessible.AnnouncementPoliteness.Assertive)
        QAccessible.updateAccessibility(spoken)

    @Slot()
    def _on_next_clicked(self) -> None:
        self._put(self._notices.next())

    @Slot()
    def _on_action_triggered(self) -> None:
        if self._notices.informing is not None:
            self._put(self._notices.without_information())

    @Slot()
    def _on_time_over(self) -> None:
        """Whoever reads it with the mouse or the keyboard on it keeps it."""
        if self.underMouse() or self._has_keyboard():
            self._leaving.start()
        else:
            self._put(self._notices.without_information())

    @Slot(bool)
    def _on_unfold_toggled(self, unfolded: bool) -> None:
        fold, self._fold = self._fold, None
        if fold is not None:
            fold.hide()
            fold.deleteLater()
        problem, column = self.problem, self.layout()
        if unfolded and problem is not None and column is not None:
            self._fold = self._make_fold(problem.details)
            column.addWidget(self._fold)

    @Slot()
    def _on_copy_clicked(self) -> None:
        problem = self.problem
        if problem is not None:
            QGuiApplication.clipboard().setText(f"{problem.text}\n\n{problem.details}")

    @Slot()
    def _on_theme_changed(self) -> None:
        problem = self.problem
        name, token = _ICONS[problem.level if problem else "info"]
        self._icon.setPixmap(
            self._look.icon(name, token).pixmap(QSize(_ICON_PX, _ICON_PX), self.devicePixelRatio())
        )
        self._close.setIcon(self._look.icon("close", "text_dim"))
        self.style().unpolish(self)
        self.style().polish(self)


def _quiet(text: str, name: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setProperty("kind", "quiet")
    button.setToolTip(tip)
    return button


def _is_escape(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
