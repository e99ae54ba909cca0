"""OverlayPanel: how strongly the labels cover the photo, and in which light the photo is seen."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from segstudio.desktop.actions import Actions
from segstudio.desktop.annotating.overlay import Overlay
from segstudio.desktop.look import Look
from segstudio.desktop.widgets.action_button import ActionButton
from segstudio.desktop.widgets.labels import label

_ICON_PX = 20
_TOGGLES = ("photo.overlay", "view.outlines", "view.grid")
_LIGHT = (("brightness", "Brightness"), ("contrast", "Contrast"), ("gamma", "Gamma"))


class OverlayPanel(QFrame):
    """Shows and changes an Overlay."""

    def __init__(self, look: Look, actions: Actions, overlay: Overlay) -> None:
        super().__init__()
        self._look, self._overlay, self._actions = look, overlay, actions
        self.opacity = _slider("opacity", "Opacity of the labels", 0, 100)
        self.opacity.setToolTip(
            "Opacity of the labels (, and .)\nHow strongly class colours cover the photo."
        )
        self._percent = label("", "dim")
        self._percent.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._fold = QToolButton()
        self._fold.setObjectName("light.fold")
        self._fold.setCheckable(True)
        self._fold.setIconSize(QSize(_ICON_PX, _ICON_PX))
        self._fold.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._fold.setToolTip("Light\nBrightness, contrast and gamma of the view; the photo stays as it is.")
        self._fold.setAccessibleName("Light")
        self._light = {name: _slider(f"light.{name}", title, -100, 100) for name, title in _LIGHT}
        self._told = {name: label("", "dim") for name, _ in _LIGHT}
        self._reset = QPushButton("Reset")
        self._reset.setProperty("kind", "quiet")
        self._reset.setObjectName("light.reset")
        self._reset.setToolTip("Show the photo in the light in which it was taken.")
        self._auto = QPushButton("Auto")
        self._auto.setProperty("kind", "quiet")
        self._auto.setObjectName("light.auto")
        self._auto.setCheckable(True)
        self._auto.setToolTip(
            "Stretch what there is of dark and light to be seen well.\n"
            "Only the view: what is learnt from stays as it is. Dim photos of 16 bits begin with it."
        )
        self._body = self._laid_out_light()
        self._lay_out(actions)
        self._connect(actions)
        self._on_theme_changed()
        self._on_overlay_changed()

    def _laid_out_light(self) -> QWidget:
        body = QWidget()
        grid = QGridLayout(body)
        grid.setContentsMargins(0, 4, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        for row, (name, title) in enumerate(_LIGHT):
            told = self._told[name]
            told.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            told.setFixedWidth(_number_width(told))
            grid.addWidget(label(title, "caption"), row, 0)
            grid.addWidget(self._light[name], row, 1)
            grid.addWidget(told, row, 2)
        buttons = QHBoxLayout()
        buttons.addWidget(self._auto)
        buttons.addStretch(1)
        buttons.addWidget(self._reset)
        grid.addLayout(buttons, len(_LIGHT), 0, 1, 3)
        body.hide()
        return body

    def _lay_out(self, actions: Actions) -> None:
        self._percent.setFixedWidth(_number_width(self._percent))
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(label("Overlay", "caption"), 1)
        for action in _TOGGLES:
            head.addWidget(ActionButton(actions[action], icon_px=_ICON_PX))
        head.addWidget(self._fold)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.opacity, 1)
        row.addWidget(self._percent)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 8, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(row)
        column.addWidget(self._body)

    def _connect(self, actions: Actions) -> None:
        overlay = self._overlay
        overlay.changed.connect(self._on_overlay_changed)
        self.opacity.valueChanged.connect(lambda value: overlay.change(opacity=value / 100))
        self._light["brightness"].valueChanged.connect(lambda value: overlay.change(brightness=value / 100))
        self._light["contrast"].valueChanged.connect(lambda value: overlay.change(contrast=value / 100))
        self._light["gamma"].valueChanged.connect(lambda value: overlay.change(gamma=gamma_at(value)))
        self._reset.clicked.connect(overlay.reset_light)
        self._auto.clicked.connect(overlay.set_auto)
        self._fold.toggled.connect(self._body.setVisible)
        actions["photo.overlay"].toggled.connect(overlay.show_mask)
        actions["view.outlines"].toggled.connect(lambda on: overlay.change(outlines=on))
        actions["view.grid"].toggled.connect(lambda on: overlay.change(pixel_grid=on))
        actions["view.less"].triggered.connect(lambda: overlay.step_opacity(-1))
        actions["view.more"].triggered.connect(lambda: overlay.step_opacity(1))
        self._look.theme.changed.connect(self._on_theme_changed)

    @Slot()
    def _on_overlay_changed(self) -> None:
        shown = self._overlay.look
        steps = {
            "brightness": round(shown.brightness * 100),
            "contrast": round(shown.contrast * 100),
            "gamma": step_of_gamma(shown.gamma),
        }
        self._actions["photo.overlay"].setChecked(self._overlay.mask_shown)
        self._actions["view.outlines"].setChecked(shown.outlines)
        self._actions["view.grid"].setChecked(shown.pixel_grid)
        _put(self.opacity, round(shown.opacity * 100))
        self._percent.setText(f"{shown.opacity:.0%}".replace("%", " %"))
        for name, step in steps.items():
            _put(self._light[name], step)
            self._told[name].setText(f"{step:+d}" if step and name != "gamma" else str(step))
        self._told["gamma"].setText(f"{shown.gamma:.2f}")
        self._auto.setChecked(self._overlay.auto)
        self._reset.setEnabled(self._overlay.light_changed)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._fold.setIcon(self._look.icon("adjust"))


def gamma_at(step: int) -> float:
    """Return the gamma at a slider's step, -100–100: from a quarter to four, 1 in the middle."""
    return float(round(4 ** (step / 100), 4))


def step_of_gamma(gamma: float) -> int:
    """Return the slider's step of a gamma."""
    from math import log

    return round(100 * log(gamma, 4))


def _slider(name: str, title: str, least: int, most: int) -> QSlider:
    slider = QSlider(Qt.Orientation.Horizontal)
    slider.setObjectName(name)
    slider.setAccessibleName(title)
    slider.setRange(least, most)
    slider.setToolTip(title)
    slider.setMinimumWidth(60)
    return slider


def _put(slider: QSlider, value: int) -> None:
    """Show a value without telling it back."""
    slider.blockSignals(True)
    slider.setValue(value)
    slider.blockSignals(False)


def _number_width(words: QLabel) -> int:
    return words.fontMetrics().horizontalAdvance("100 %") + 8
