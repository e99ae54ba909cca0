"""ToolBar: the tools, and beside them, or below where the window is narrow, the options of the chosen one."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QSizePolicy, QWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.annotating.tool_options import ToolOptionsRow
from segstudio.desktop.look import Look
from segstudio.desktop.tools.box import ToolBox
from segstudio.desktop.tools.table import TOOLS
from segstudio.desktop.widgets.action_button import ActionButton

_ICON_PX = 20
_MARGIN_PX = 8


class ToolBar(QFrame):
    """The actions `tool.*` choose the tool; their buttons show which it is."""

    def __init__(self, look: Look, actions: Actions, box: ToolBox) -> None:
        super().__init__()
        self.setObjectName("tool_bar")
        self._actions, self._box = actions, box
        self.options = ToolOptionsRow(look, box)
        self._buttons = QWidget()
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for tool in TOOLS:
            row.addWidget(self._button(tool.action_id))
            actions[tool.action_id].triggered.connect(lambda _=False, chosen=tool.id: self._choose(chosen))
        row.addStretch(1)
        self._buttons.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._line = QFrame()
        self._line.setObjectName("bar_line")
        self._line.setFixedWidth(1)
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(_MARGIN_PX, 6, _MARGIN_PX, 6)
        self._layout.setSpacing(8)
        self._layout.addWidget(self._buttons)
        self._layout.addWidget(self._line)
        self._layout.addWidget(self.options, 1)
        box.tool_changed.connect(self._on_tool_changed)
        self._on_tool_changed()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the options into a row of their own where they do not fit; that is the same for all tools."""
        super().resizeEvent(event)
        self._arrange()

    def event(self, event: QEvent) -> bool:
        """Look again when a part has another size, as it has once it wears the style of the window."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._arrange()
        return handled

    def _arrange(self) -> None:
        needed = self._buttons.sizeHint().width() + self.options.widest + 2 * _MARGIN_PX + 17
        fits = needed <= self.width()
        way = QBoxLayout.Direction.LeftToRight if fits else QBoxLayout.Direction.TopToBottom
        if way != self._layout.direction():
            self._line.setVisible(fits)
            self._layout.setDirection(way)
            self._layout.setSpacing(8 if fits else 4)

    def minimumSizeHint(self) -> QSize:
        """Either of the two rows must fit; which one there is does not hold the window open."""
        width = max(self._buttons.sizeHint().width(), self.options.minimumSizeHint().width())
        return QSize(width + 2 * _MARGIN_PX, super().minimumSizeHint().height())

    def _button(self, action_id: str) -> ActionButton:
        return ActionButton(self._actions.with_icon(action_id), icon_px=_ICON_PX)

    def _choose(self, tool: str) -> None:
        self._box.choose(tool)
        self._on_tool_changed()  # the one that is chosen already was unticked by its own click

    @Slot()
    def _on_tool_changed(self) -> None:
        for tool in TOOLS:
            self._actions[tool.action_id].setChecked(tool.id == self._box.tool_id)
