"""RuleButton: over what the tools may paint, in a menu of the classes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QColor,
    QIcon,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton

from segstudio.desktop.annotating.rules import names_by_value, toggled, told
from segstudio.desktop.look import Look
from segstudio.desktop.theme import contrast
from segstudio.painting.rules import EVERYWHERE, ONLY_VOID, Rule, RuleKind
from segstudio.project.classes import VOID, ClassList

_SWATCH_PX = 16
_TIP = (
    "Where paint takes\nChoose what may be painted over: a class that is right is safe from every tool while "
    "you paint beside it."
)


_BESIDE_PX = 32
"""What the button needs beside its words: margins and the arrow."""


_SPARE_PX = 4
"""Words are shortened where they would only just fit."""


class RuleButton(QToolButton):
    """`chosen` carries a Rule."""

    chosen = Signal(object)

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setObjectName("rule")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._look = look
        self._rule = EVERYWHERE
        self._whole = ""
        self._classes = ClassList()
        self._names: Mapping[int, str] = {}
        self._plain: dict[RuleKind, QAction] = {}
        self._ticks: dict[tuple[RuleKind, int], QAction] = {}
        self.setToolTip(_TIP)
        self.setAccessibleName("Where paint takes")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.menu_of_rules = QMenu(self)
        self.setMenu(self.menu_of_rules)
        self.menu_of_rules.aboutToShow.connect(self._fill)
        self.show_rule(EVERYWHERE)

    def show_classes(self, classes: ClassList) -> None:
        """Offer other classes."""
        self._classes = classes
        self._names = names_by_value(classes)
        self.show_rule(self._rule)

    def show_rule(self, rule: Rule) -> None:
        """Show another rule."""
        self._rule = rule
        words = told(rule, self._names)
        self._whole = f"Paint: {words}"
        self._elide()
        self.setAccessibleDescription(self._whole)
        for plain, action in self._plain.items():
            action.setChecked(plain == rule.kind)
        for (kind, value), action in self._ticks.items():
            action.setChecked(rule.kind == kind and value in rule.values)

    def sizeHint(self) -> QSize:
        """A width that no name of a class changes, so that nothing beside it moves."""
        width = self.fontMetrics().horizontalAdvance("Paint: never over 2 classes") + _BESIDE_PX
        return QSize(width, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """In a small window what is chosen mostly can still be read."""
        width = self.fontMetrics().horizontalAdvance("Paint: everywhere") + _BESIDE_PX + _SPARE_PX
        return QSize(width, super().sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the words anew."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        room = max(self.width(), self.minimumSizeHint().width()) - _BESIDE_PX
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, room))

    @Slot()
    def _fill(self) -> None:
        menu = self.menu_of_rules
        menu.clear()  # takes the menus of classes and the group out, and leaves them with their parent
        for old in (*menu.findChildren(_StayingMenu), *menu.findChildren(QActionGroup)):
            old.deleteLater()
        self._plain.clear()
        self._ticks.clear()
        group = QActionGroup(menu)
        group.setExclusionPolicy(QActionGroup.ExclusionPolicy.ExclusiveOptional)
        for text, rule in (("Everywhere", EVERYWHERE), ("Only where nothing is labelled", ONLY_VOID)):
            action = menu.addAction(text)
            action.setCheckable(True)
            group.addAction(action)
            self._plain[rule.kind] = action
            action.triggered.connect(partial(self._choose, rule))
        menu.addSeparator()
        self._add_classes("only over", "Only over")
        self._add_classes("never over", "Never over")
        self.show_rule(self._rule)

    def _add_classes(self, kind: RuleKind, title: str) -> None:
        menu = _StayingMenu(title, self.menu_of_rules)
        self.menu_of_rules.addMenu(menu)
        entries = [(entry.index, entry.name, entry.colour) for entry in self._classes.classes]
        for value, name, colour in [*entries, (VOID, self._names[VOID], "")]:
            action = menu.addAction(self._swatch(colour), name.replace("&", "&&"))
            action.setCheckable(True)
            action.triggered.connect(partial(self._toggle, kind, value))
            self._ticks[kind, value] = action

    def _choose(self, rule: Rule, _checked: bool = False) -> None:
        self.chosen.emit(rule)

    def _toggle(self, kind: RuleKind, value: int, _checked: bool = False) -> None:
        self.chosen.emit(toggled(self._rule, kind, value))

    def _swatch(self, colour: str) -> QIcon:
        """Return a class's colour, ticked where it is checked: a menu has room for one of the two."""
        icon = QIcon()
        for ticked, state in ((False, QIcon.State.Off), (True, QIcon.State.On)):
            icon.addPixmap(self._drawn(colour, ticked=ticked), QIcon.Mode.Normal, state)
        return icon

    def _drawn(self, colour: str, *, ticked: bool) -> QPixmap:
        ratio = self.devicePixelRatio()
        picture = QPixmap(round(_SWATCH_PX * ratio), round(_SWATCH_PX * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._look.colour("line_strong"), 1))
        ground = QColor(colour) if colour else self._look.colour("raised")
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(0.5, 0.5, _SWATCH_PX - 1, _SWATCH_PX - 1), 3, 3)
        if ticked:
            ink = (
                "#000000"
                if contrast(ground.name(), "#000000") > contrast(ground.name(), "#FFFFFF")
                else "#FFFFFF"
            )
            painter.setPen(QPen(QColor(ink), 2, c=Qt.PenCapStyle.RoundCap, j=Qt.PenJoinStyle.RoundJoin))
            painter.drawPolyline([QPointF(4, 8.5), QPointF(7, 11.5), QPointF(12, 5)])
        painter.end()
        return picture


class _StayingMenu(QMenu):
    """Stays open while classes are ticked one after the other."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tick, and stay."""
        action = self.activeAction()
        if action is not None and action.isCheckable():
            action.trigger()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks, and stays; Return ticks and closes."""
        action = self.activeAction()
        if event.key() == Qt.Key.Key_Space and action is not None and action.isCheckable():
            action.trigger()
        else:
            super().keyPressEvent(event)
