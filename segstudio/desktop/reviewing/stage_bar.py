"""StageBar: the ways to look at the photo, what is laid over it, how strongly, and what alone is looked at."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QButtonGroup, QComboBox, QHBoxLayout, QPushButton, QSlider, QToolButton

from segstudio.desktop.look import Look
from segstudio.desktop.reviewing.faces import FACE_TITLES, NO_FOCUS, Face
from segstudio.desktop.reviewing.spot_steps import SpotSteps
from segstudio.desktop.reviewing.view_state import WAYS, ViewState, focus_words
from segstudio.desktop.reviewing.wrapping import WrapFrame
from segstudio.desktop.widgets.labels import label
from segstudio.project.classes import ClassList

_ICON_PX = 16
_FOCUS_PX = 132
_BOX_PX, _BETWEEN_PX = 40, 56
"""What a list to choose from takes beside its words, and the gaps and margins of the bar."""
_FACE_TIPS: dict[Face, str] = {
    "photo": "Nothing over it",
    "prediction": "The class that the model finds for each pixel",
    "confidence": "How sure the model is: violet unsure, yellow sure",
    "truth": "The mask of the project",
    "errors": "Where prediction and truth differ: red another class, amber no class, grey no truth",
}


class StageBar(WrapFrame):
    """Shows and changes a ViewState; `changed` carries the new one."""

    changed = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("review.bar")
        self._look = look
        self._state = ViewState()
        self._faces: tuple[Face, ...] = ()
        self._ways = QButtonGroup(self)
        self.buttons: dict[str, QPushButton] = {}
        for way, title, tip in WAYS:
            button = QPushButton(title)
            button.setObjectName(f"review.way.{way}")
            button.setProperty("kind", "quiet")
            button.setCheckable(True)
            button.setToolTip(f"{title} (V goes on to the next)\n{tip}")
            button.clicked.connect(lambda _=False, way=way: self._want(way=way))
            self._ways.addButton(button)
            self.buttons[way] = button
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
        self.opacity.setToolTip("Opacity\nHow strongly the colours cover the photo.")
        self.opacity.setRange(0, 100)
        self.opacity.setFixedWidth(96)
        self._percent = label("", "dim")
        self._percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._percent.setFixedWidth(self._percent.fontMetrics().horizontalAdvance("100 %") + 8)
        self._lay_out()
        self._needed_px = 0
        self.face.activated.connect(lambda _: self._want(face=self.face.currentData(), focus=NO_FOCUS))
        self.beside.activated.connect(lambda _: self._want(beside=self.beside.currentData()))
        self.focus.clicked.connect(lambda: self._want(focus=NO_FOCUS))
        self.opacity.valueChanged.connect(self._on_opacity)
        look.theme.changed.connect(self._on_theme_changed)
        self._on_theme_changed()
        self.show_state(self._state, ("photo",), ClassList())

    def show_state(self, state: ViewState, faces: tuple[Face, ...], classes: ClassList) -> None:
        """Show how the photo is looked at; `faces` are what there is to see of it."""
        self._state = state
        if faces != self._faces:
            self._faces = faces
            _fill(self.face, [face for face in faces if face != "photo"])
            _fill(self.beside, list(faces))
        left, right = state.shown_faces(faces)
        self.buttons[state.way].setChecked(True)
        has_answer = len(faces) > 1
        two = state.way in ("side", "wipe")
        for way, button in self.buttons.items():
            button.setEnabled(has_answer or way == "photo")
        self.face.setCurrentIndex(self.face.findData(right if right != "photo" else state.face))
        self.beside.setCurrentIndex(self.beside.findData(left))
        self.face.setVisible(has_answer and state.way != "photo" and not state.focus.is_on)
        for widget in (self.beside, self._with):
            widget.setVisible(has_answer and two)
        self.focus.setVisible(state.focus.is_on and has_answer)
        self.steps.setVisible(state.focus.is_on and has_answer)
        words = focus_words(state.focus, classes)
        self.focus.setText(self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, _FOCUS_PX))
        self.focus.setToolTip(f"Only {words}\nLook at everything again (Escape)")
        self.focus.setAccessibleName(f"Only {words}: look at everything again")
        step = round(100 * state.look.opacity)
        self.opacity.blockSignals(True)
        self.opacity.setValue(step)
        self.opacity.blockSignals(False)
        self._percent.setText(f"{step} %")
        for part in (self.opacity, self._percent):
            part.setVisible(not state.focus.is_on)  # what alone is shown has its own strength
            part.setEnabled(has_answer and state.way != "photo")

    def _lay_out(self) -> None:
        self._rows.setContentsMargins(8, 6, 12, 6)
        self._rows.setSpacing(8)
        ways, what = QHBoxLayout(), QHBoxLayout()
        for row in (ways, what):
            row.setSpacing(4)
        for button in self.buttons.values():
            ways.addWidget(button)
        ways.addStretch(1)
        for widget in (self.face, self.focus, self.steps, self._with, self.beside):
            what.addWidget(widget)
        what.addStretch(1)
        what.addWidget(self.opacity)
        what.addWidget(self._percent)
        what.addStrut(self.face.sizeHint().height())
        self.put(ways, what)

    def needed_px(self) -> int:
        """Return how wide everything is while two faces are compared."""
        if not self._needed_px:
            ways = sum(button.sizeHint().width() + 4 for button in self.buttons.values())
            faces = 2 * (self._widest_face_px() + _BOX_PX) + self._with.sizeHint().width()
            self._needed_px = ways + faces + self.opacity.width() + self._percent.width() + _BETWEEN_PX
        return self._needed_px

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
