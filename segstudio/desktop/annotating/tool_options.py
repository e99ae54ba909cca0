"""ToolOptionsRow: what the chosen tool can be told, and over what it may paint."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSlider, QSpinBox, QToolButton, QWidget

from segstudio.desktop.annotating.rule_button import RuleButton
from segstudio.desktop.annotating.size_field import SizeField
from segstudio.desktop.look import Look
from segstudio.desktop.tools.box import ToolBox
from segstudio.desktop.tools.options import MAX_SMOOTHING_PX
from segstudio.desktop.widgets.labels import label
from segstudio.painting.wand import MAX_TOLERANCE
from segstudio.project.classes import ClassList

_ICON_PX = 20
_TIPPED = frozenset({"brush", "eraser"})
_RULED = frozenset({"brush", "eraser", "fill", "polygon", "lasso", "box", "ellipse", "wand"})
_TOLERANCE_STEPS = min(round(MAX_TOLERANCE), 100)
"""Beyond 100 everything is alike; the slider is finer without it."""


class ToolOptionsRow(QWidget):
    """Follows a ToolBox. `done` says that a number was typed and the person wants to paint again."""

    done = Signal()

    def __init__(self, look: Look, box: ToolBox) -> None:
        super().__init__()
        self._look, self._box = look, box
        self.tip_size = SizeField()
        self._size_label = label("Size", "caption")
        self._tip = self._toggle("tip", "Square tip", "Square tip\nA square tip, or a round one.")
        self._tolerance_label = label("", "caption")
        self._tolerance_label.setObjectName("tolerance.told")
        self._tolerance_label.setFixedWidth(
            self._tolerance_label.fontMetrics().horizontalAdvance(f"Tolerance {_TOLERANCE_STEPS}") + 2
        )
        self.tolerance = QSlider(Qt.Orientation.Horizontal)
        self.tolerance.setObjectName("tolerance")
        self.tolerance.setAccessibleName("Tolerance")
        self.tolerance.setRange(0, _TOLERANCE_STEPS)
        self.tolerance.setMinimumWidth(48)
        self.tolerance.setMaximumWidth(140)
        self.tolerance.setToolTip(
            "Tolerance\nHow unlike the colour under the pointer a pixel may be; dragging the wand changes it, too."
        )
        self._contiguous = self._toggle(
            "contiguous",
            "One patch only",
            "One patch only\nTake what hangs together under the pointer, or all of the photo that looks alike.",
        )
        self._smoothing = QSpinBox()
        self._smoothing.setObjectName("smoothing")
        self._smoothing.setAccessibleName("Smoothing in pixels")
        self._smoothing.setToolTip("Smoothing\nRound off the edge, and close holes up to so many pixels.")
        self._smoothing.setRange(0, MAX_SMOOTHING_PX)
        self._smoothing.setSuffix(" px")
        self._smoothing.setKeyboardTracking(False)
        self._smoothing.setProperty("kind", "plain")
        self._smoothing.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._smoothing.setFixedWidth(self._smoothing.minimumSizeHint().width())
        self._smoothing_label = label("Smooth", "caption")
        self.rule = RuleButton(look)
        self._of_tip: tuple[QWidget, ...] = (self._size_label, self.tip_size, self._tip)
        self._of_wand: tuple[QWidget, ...] = (
            self._tolerance_label,
            self.tolerance,
            self._contiguous,
            self._smoothing_label,
            self._smoothing,
        )
        self._lay_out()
        self._connect()
        self._on_theme_changed()
        self._on_options_changed()
        self._on_tool_changed()

    def show_classes(self, classes: ClassList) -> None:
        """Offer other classes in the menu of rules."""
        self.rule.show_classes(classes)

    @property
    def widest(self) -> int:
        """The room in pixels that the options of any tool need: so nothing moves from tool to tool."""
        groups = ([part.sizeHint().width() + 8 for part in group] for group in (self._of_tip, self._of_wand))
        return max(sum(group) for group in groups) + self.rule.sizeHint().width() + 24

    def _toggle(self, name: str, title: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setAccessibleName(title)
        button.setToolTip(tip)
        button.setCheckable(True)
        button.setIconSize(QSize(_ICON_PX, _ICON_PX))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for part in (*self._of_tip, *self._of_wand):
            row.addWidget(part)
        row.addStretch(1)
        row.addWidget(self.rule)
        # of one height for all tools: the canvas below must not move
        self.setFixedHeight(
            max(part.sizeHint().height() for part in (*self._of_tip, *self._of_wand, self.rule))
        )

    def _connect(self) -> None:
        box = self._box
        self.tip_size.chosen.connect(lambda px: box.change(brush=replace(box.options.brush, diameter_px=px)))
        self.tip_size.done.connect(self.done)
        self._tip.clicked.connect(
            lambda square: box.change(brush=replace(box.options.brush, shape="square" if square else "round"))
        )
        self.tolerance.valueChanged.connect(lambda value: box.change(tolerance=float(value)))
        self._contiguous.clicked.connect(lambda on: box.change(contiguous=on))
        self._smoothing.valueChanged.connect(lambda px: box.change(smoothing_px=px))
        self._smoothing.lineEdit().returnPressed.connect(self.done)
        self.rule.chosen.connect(lambda rule: box.change(rule=rule))
        box.options_changed.connect(self._on_options_changed)
        box.tool_changed.connect(self._on_tool_changed)
        self._look.theme.changed.connect(self._on_theme_changed)

    @Slot()
    def _on_options_changed(self) -> None:
        options = self._box.options
        self.tip_size.show_size(options.brush.diameter_px)
        self._tip.setChecked(options.brush.shape == "square")
        for widget, value in (
            (self.tolerance, round(options.tolerance)),
            (self._smoothing, options.smoothing_px),
        ):
            widget.blockSignals(True)
            widget.setValue(value)
            widget.blockSignals(False)
        self._tolerance_label.setText(f"Tolerance {options.tolerance:.0f}")
        self._contiguous.setChecked(options.contiguous)
        self.rule.show_rule(options.rule)

    @Slot()
    def _on_tool_changed(self) -> None:
        tool = self._box.tool_id
        for part in self._of_tip:
            part.setVisible(tool in _TIPPED)
        for part in self._of_wand:
            part.setVisible(tool == "wand")
        self.rule.setVisible(tool in _RULED)

    @Slot()
    def _on_theme_changed(self) -> None:
        self._tip.setIcon(self._look.icon("tip-square"))
        self._contiguous.setIcon(self._look.icon("contiguous"))
