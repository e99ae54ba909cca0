"""PreviewSide: one photo as a reader of the files gets it back, with what differs marked, and the beginning of what is written."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.desktop.exporting.pane import ReturnPane
from segstudio.desktop.exporting.previewing import Shown
from segstudio.desktop.exporting.words import differing_told, written_told
from segstudio.desktop.look import Look
from segstudio.desktop.problems import Problem
from segstudio.desktop.reviewing.faces import MARKED
from segstudio.desktop.widgets.labels import ElidedLabel, Swatch, label, set_property
from segstudio.project.classes import ClassList

_FELT_MS = 300
_TEXT_PX = 132
_STOP, _LOOK = "Stop", "Look"
_WORKING = "Working out what comes back"


class PreviewSide(QFrame):
    """`stepped` carries -1 or 1: the photo before or after is wished for; `stop_asked`: nobody waits for it any more;
    `look_asked`: somebody does again.
    """

    stepped = Signal(int)
    stop_asked = Signal()
    look_asked = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("side_right")
        self._look = look
        self.shown: Shown | None = None
        self.canvas = ReturnPane(look)
        self._name = ElidedLabel()
        self._place = label("", "caption")
        self._place.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._place.setMinimumWidth(88)
        self.back = self._arrow("export.previous", "chevron-left", "Photo before", "Alt+Left")
        self.on = self._arrow("export.next", "chevron-right", "Next photo", "Alt+Right")
        self._told = label("", wraps=True)
        self._told.setObjectName("export.told")
        self._differing = label("")
        self._differing.setObjectName("export.differing")
        self._swatch = Swatch(MARKED, look.colour("line_strong"))
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 100)
        self._bar.setAccessibleName(_WORKING)
        self._waited = QTimer(self, singleShot=True, interval=_FELT_MS)
        self._is_stopped = False
        self.stop = QPushButton(_STOP)
        self.stop.setObjectName("export.stop_preview")
        self.stop.setAutoDefault(False)
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setObjectName("export.text")
        self.text.setAccessibleName("The beginning of what is written for this photo")
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setTabChangesFocus(True)
        self._below = QWidget()
        self._lay_out()
        self.back.clicked.connect(partial(self.stepped.emit, -1))
        self.on.clicked.connect(partial(self.stepped.emit, 1))
        self._waited.timeout.connect(self._on_felt)
        self.stop.clicked.connect(self._on_stop_clicked)
        look.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.show_nothing("")

    def show_place(self, name: str, number: int, total: int) -> None:
        """Say which photo is looked at: the `number`-th of `total`."""
        self._name.set_whole(name)
        self._place.setText(f"{number:,} of {total:,}" if total else "")
        self.back.setEnabled(number > 1)
        self.on.setEnabled(number < total)

    def show_made(self, shown: Shown, classes: ClassList) -> None:
        """Show what comes back."""
        self.shown = shown
        self.canvas.show_return(shown.pyramid, shown.preview.mask, classes, shown.marks)
        self._tell(written_told(shown.preview))
        self._differing.setText(differing_told(shown.preview, shown.differing))
        self._swatch.setVisible(bool(shown.differing))
        text = shown.preview.text
        if self.text.toPlainText() != text:
            self.text.setPlainText(text)
        self._below.setVisible(bool(text))

    def show_problem(self, problem: Problem) -> None:
        """Say why there is nothing to look at."""
        self.show_nothing(problem.text[:1].upper() + problem.text[1:], is_wrong=True)

    def show_nothing(self, told: str, *, is_wrong: bool = False) -> None:
        """Show no photo, and say why."""
        self.shown = None
        self.canvas.show_return(None, None, ClassList(), ())
        self._tell(told, is_wrong=is_wrong)
        self._differing.clear()
        self._swatch.hide()
        self.text.clear()
        self._below.hide()

    @Slot(bool)
    def show_busy(self, busy: bool) -> None:
        """Show that something is worked out, where that is felt."""
        self._is_stopped = False
        if busy:
            self._waited.start()
            self._bar.setValue(0)
        else:
            self._waited.stop()
            self._bar.hide()
            if self.shown is not None:
                self._tell(written_told(self.shown.preview))
        self._offer(_STOP if self._bar.isVisibleTo(self) else "")

    @Slot(int)
    def show_far(self, per_cent: int) -> None:
        """Show how much of it is done."""
        self._bar.setValue(per_cent)
        self._bar.setAccessibleName(f"{_WORKING}: {per_cent} %")
        if self._bar.isVisibleTo(self):
            self._tell(f"{_WORKING} … {per_cent} %")

    def show_stopped(self) -> None:
        """Say that nobody waits, and offer to go on."""
        self.show_nothing("Stopped: what comes back was not worked out. The export itself does not need it.")
        self._is_stopped = True
        self._offer(_LOOK)

    @Slot()
    def _on_felt(self) -> None:
        self._bar.show()
        self.show_far(self._bar.value())
        self._offer(_STOP)

    @Slot()
    def _on_stop_clicked(self) -> None:
        (self.look_asked if self._is_stopped else self.stop_asked).emit()

    def _offer(self, what: str) -> None:
        self.stop.setText(what or _STOP)
        self.stop.setVisible(bool(what))
        self.stop.setToolTip(
            "Look\nWork out what comes back of this photo."
            if what == _LOOK
            else "Stop\nWork it out no further."
        )

    def _tell(self, told: str, *, is_wrong: bool = False) -> None:
        self._told.setText(told)
        set_property(self._told, "wrong", is_wrong)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 8, 8)
        head.setSpacing(4)
        head.addWidget(self._name, 1)
        for widget in (self.back, self._place, self.on):
            head.addWidget(widget)
        waiting = QWidget()
        waiting.setFixedHeight(4)
        inside = QVBoxLayout(waiting)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._bar)
        self._bar.hide()
        words = QHBoxLayout()
        words.setContentsMargins(12, 6, 12, 10)
        words.setSpacing(8)
        words.addWidget(self._told, 1)
        words.addWidget(self._swatch, 0, Qt.AlignmentFlag.AlignVCenter)
        words.addWidget(self._differing)
        words.addWidget(self.stop)
        words.addStrut(
            self.stop.sizeHint().height()
        )  # the picture stays where it is when that comes and goes
        self.stop.hide()
        above = QWidget()
        upper = QVBoxLayout(above)
        upper.setContentsMargins(0, 0, 0, 0)
        upper.setSpacing(0)
        upper.addLayout(head)
        upper.addWidget(self.canvas, 1)
        upper.addWidget(waiting)
        upper.addLayout(words)
        lower = QVBoxLayout(self._below)
        lower.setContentsMargins(12, 8, 12, 12)
        lower.setSpacing(4)
        lower.addWidget(label("The beginning of what is written for this photo", "caption"))
        lower.addWidget(self.text, 1)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setObjectName("export.text_parts")
        parts.setChildrenCollapsible(False)
        parts.addWidget(above)
        parts.addWidget(self._below)
        parts.setStretchFactor(0, 1)
        parts.setSizes([4 * _TEXT_PX, _TEXT_PX])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(parts)

    def _arrow(self, name: str, icon: str, title: str, keys: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setProperty("icon_name", icon)
        button.setAccessibleName(title)
        button.setToolTip(f"{title} ({keys})")
        button.setShortcut(keys)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setIconSize(QSize(20, 20))
        return button

    @Slot()
    def _on_theme_changed(self) -> None:
        for button in (self.back, self.on):
            button.setIcon(self._look.icon(str(button.property("icon_name"))))
