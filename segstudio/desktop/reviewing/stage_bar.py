"""StageBar: the ways to look at the photo, what is laid over it, how strongly, and what alone is looked at."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QPushButton, QSlider, QToolButton, QWidget

from segstudio.desktop.look import Look
from segstudio.desktop.reviewing.faces import FACE_TITLES, NO_FOCUS, Face
from segstudio.desktop.reviewing.fitting import FitFrame
from segstudio.desktop.reviewing.spot_steps import SpotSteps
from segstudio.desktop.reviewing.stage import Way
from segstudio.desktop.reviewing.view_state import WAYS, ViewState, focus_words
from segstudio.desktop.widgets.labels import label
from segstudio.desktop.widgets.tab_stop import stop_at_checked
from segstudio.project.classes import ClassList

_ICON_PX = 16
_LEAST_FOCUS_PX = 64
_BOX_PX = 42
"""What a list to choose from takes beside its words."""
_MARGINS_PX, _GAP_PX = 24, 4
_SLIDER_PX, _SHORT_SLIDER_PX = 96, 48
_ICON_BUTTON_PX, _NARROW_GAP_PX = 32, 2
_NO_WORDS = 2
"""From this level on words are left out that can be done without."""
_WAY_ICONS: dict[Way, str] = {"photo": "photo", "overlay": "layers", "side": "side-by-side", "wipe": "wipe"}
_FACE_TIPS: dict[Face, str] = {
    "photo": "Nothing over it",
    "prediction": "The class that the model finds for each pixel",
    "confidence": "How sure the model is: violet unsure, yellow sure",
    "truth": "The mask of the project",
    "errors": "Where prediction and truth differ: red another class, amber no class, grey no truth",
}


class StageBar(FitFrame):
    """Shows and changes a ViewState; `changed` carries the new one. In a narrow window the ways are icons, and what goes
    without saying is left out.
    """

    changed = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("review.bar")
        self._look = look
        self._state = ViewState()
        self._faces: tuple[Face, ...] = ()
        self._classes = ClassList()
        self._ways = QButtonGroup(self)
        self.buttons: dict[str, QPushButton] = {}
        self._way_px: list[int] = []
        for way, title, tip in WAYS:
            button = QPushButton(title)
            button.setObjectName(f"review.way.{way}")
            button.setProperty("kind", "quiet")
            button.setCheckable(True)
            button.setToolTip(f"{title} (V goes on to the next)\n{tip}")
            button.clicked.connect(lambda _=False, way=way: self._want(way=way))
            button.setAccessibleName(title)
            button.setIconSize(QSize(_ICON_PX, _ICON_PX))
            self._ways.addButton(button)
            self.buttons[way] = button
            self._way_px.append(button.sizeHint().width())
        self.face = _face_box("review.face", "What is laid over the photo")
        self.beside = _face_box("review.beside", "What it is compared with")
        self._with = label("beside", "dim")
        self.focus = QToolButton()
        self.focus.setObjectName("review.focus")
        self.focus.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.focus.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        self.focus.setIconSize(QSize(_ICON_PX, _ICON_PX))
        self.steps = SpotSteps(look)
        self.opacity = QSlider(Qt.Orientation.Horizontal)
        self.opacity.setObjectName("review.opacity")
        self.opacity.setAccessibleName("Opacity")
        self.opacity.setRange(0, 100)
        self.opacity.setFixedWidth(_SLIDER_PX)
        self._percent = label("", "dim")
        self._percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._percent.setFixedWidth(self._percent.fontMetrics().horizontalAdvance("100 %") + 8)
        self._widths_px: tuple[int, ...] = ()
        self._lay_out()
        self.level_changed.connect(self._on_level_changed)
        self.face.activated.connect(lambda _: self._want(face=self.face.currentData(), focus=NO_FOCUS))
        self.beside.activated.connect(lambda _: self._want(beside=self.beside.currentData()))
        self.focus.clicked.connect(lambda: self._want(focus=NO_FOCUS))
        self.opacity.valueChanged.connect(self._on_opacity)
        look.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.show_state(self._state, ("photo",), ClassList())

    def show_state(self, state: ViewState, faces: tuple[Face, ...], classes: ClassList) -> None:
        """Show how the photo is looked at; `faces` are what there is to see of it."""
        self._state, self._classes = state, classes
        if faces != self._faces:
            self._faces = faces
            _fill(self.face, [face for face in faces if face != "photo"])
            _fill(self.beside, list(faces))
        left, right = state.shown_faces(faces)
        self.buttons[state.way].setChecked(True)
        stop_at_checked(self.buttons.values())
        has_answer = len(faces) > 1
        two = state.way in ("side", "wipe")
        for way, button in self.buttons.items():
            button.setEnabled(has_answer or way == "photo")
        self.face.setCurrentIndex(self.face.findData(right if right != "photo" else state.face))
        self.beside.setCurrentIndex(self.beside.findData(left))
        self.face.setVisible(has_answer and state.way != "photo" and not state.focus.is_on)
        has_room = self.level < _NO_WORDS or not state.focus.is_on
        self.beside.setVisible(has_answer and two and has_room)
        self._with.setVisible(has_answer and two and self.level < _NO_WORDS)
        self.focus.setVisible(state.focus.is_on and has_answer)
        self.steps.setVisible(state.focus.is_on and has_answer)
        words = focus_words(state.focus, classes)
        self.focus.setToolTip(f"Only {words}\nLook at everything again (Escape)")
        self.focus.setAccessibleName(f"Only {words}: look at everything again")
        step = round(100 * state.look.opacity)
        self.opacity.blockSignals(True)
        self.opacity.setValue(step)
        self.opacity.blockSignals(False)
        self._percent.setText(f"{step} %")
        self.opacity.setVisible(not state.focus.is_on)  # what alone is shown has its own strength
        self._percent.setVisible(not state.focus.is_on and self.level < _NO_WORDS)
        for part in (self.opacity, self._percent):
            part.setEnabled(has_answer and state.way != "photo")
        self.opacity.setToolTip(f"Opacity: {step} %\nHow strongly the colours cover the photo.")
        self._fit_focus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say as much as there is room for."""
        super().resizeEvent(event)
        self._fit_focus()

    def _fit_focus(self) -> None:
        """Shorten what alone is looked at where there is no room for all of it: the button would be cut."""
        words = focus_words(self._state.focus, self._classes)
        others = [part for part in self._parts if part is not self.focus and not part.isHidden()]
        taken_px = sum(part.minimumWidth() or part.sizeHint().width() for part in others)
        room_px = self.width() - _MARGINS_PX - taken_px - (len(others) + 2) * self._row.spacing()
        self.focus.setText(words)
        beside_px = self.focus.sizeHint().width() - self.fontMetrics().horizontalAdvance(words)
        room_px = max(room_px - beside_px, _LEAST_FOCUS_PX)
        self.focus.setText(self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, room_px))

    def _lay_out(self) -> None:
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, _MARGINS_PX - 8, 6)
        row.setSpacing(_GAP_PX)
        before = (*self.buttons.values(), self.face, self.focus, self.steps, self._with, self.beside)
        for widget in before:
            row.addWidget(widget)
        row.addStretch(1)
        row.addWidget(self.opacity)
        row.addWidget(self._percent)
        self._parts: tuple[QWidget, ...] = (*before, self.opacity, self._percent)
        row.addStrut(self.face.sizeHint().height())

    def widths_px(self) -> tuple[int, ...]:
        """Return how wide everything is while two faces are compared: with words, with icons for the ways, and with few
        words.
        """
        if not self._widths_px:
            ways, icons = sum(self._way_px), len(self._way_px) * _ICON_BUTTON_PX
            faces = 2 * (self._widest_face_px() + _BOX_PX)
            words = self._with.sizeHint().width() + self._percent.width()
            full = _MARGINS_PX + 11 * _GAP_PX + faces + words + _SLIDER_PX
            least = _MARGINS_PX + 9 * _NARROW_GAP_PX + faces + _SHORT_SLIDER_PX
            self._widths_px = (full + ways, full + icons, least + icons)
        return self._widths_px

    @Slot(int)
    def _on_level_changed(self, level: int) -> None:
        self._row.setSpacing(_NARROW_GAP_PX if level >= _NO_WORDS else _GAP_PX)
        for (way, title, _), width_px in zip(WAYS, self._way_px, strict=True):
            button = self.buttons[way]
            button.setFixedWidth(_ICON_BUTTON_PX if level else width_px)
            button.setText("" if level else title)
            button.setIcon(self._look.icon(_WAY_ICONS[way]) if level else QIcon())
        self.opacity.setFixedWidth(_SHORT_SLIDER_PX if level >= _NO_WORDS else _SLIDER_PX)
        self.show_state(self._state, self._faces, self._classes)

    def _widest_face_px(self) -> int:
        return max(self.fontMetrics().horizontalAdvance(title) for title in FACE_TITLES.values())

    def _want(self, **fields: object) -> None:
        self.changed.emit(replace(self._state, **fields))  # type: ignore[arg-type]

    @Slot(int)
    def _on_opacity(self, value: int) -> None:
        self._want(look=replace(self._state.look, opacity=value / 100))

    @Slot()
    def _on_theme_changed(self) -> None:
        self.focus.setIcon(self._look.icon("close"))
        if self.level:
            self._on_level_changed(self.level)


def _face_box(name: str, title: str) -> QComboBox:
    box = QComboBox()
    box.setObjectName(name)
    box.setAccessibleName(title)
    box.setToolTip(title)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    return box


def _fill(box: QComboBox, faces: list[Face]) -> None:
    box.clear()
    for face in faces:
        box.addItem(FACE_TITLES[face], face)
        box.setItemData(box.count() - 1, _FACE_TIPS[face], Qt.ItemDataRole.ToolTipRole)
