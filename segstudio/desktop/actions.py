"""The table of actions: everything a person can ask of the window. It feeds menus, tool bars, shortcuts and their page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from segstudio.desktop.action_rows.annotate import ANNOTATE
from segstudio.desktop.action_rows.classes import CLASSES
from segstudio.desktop.action_rows.frame import FRAME
from segstudio.desktop.action_rows.importing import IMPORTING
from segstudio.desktop.action_rows.review import REVIEW
from segstudio.desktop.action_rows.spec import ActionSpec, Facts
from segstudio.desktop.action_rows.train import TRAIN
from segstudio.desktop.icons import Icons
from segstudio.desktop.widgets.steps import Steps, Stepwise, several

ACTIONS: tuple[ActionSpec, ...] = (*FRAME, *IMPORTING, *ANNOTATE, *CLASSES, *TRAIN, *REVIEW)


def find_actions(words: str, specs: Sequence[ActionSpec] = ACTIONS) -> tuple[ActionSpec, ...]:
    """Return the rows in which every one of `words` occurs, in text, tip, group or shortcut; pure."""
    wanted = words.casefold().split()
    return tuple(
        spec
        for spec in specs
        if all(word in f"{spec.text} {spec.tip} {spec.group} {spec.shortcut}".casefold() for word in wanted)
    )


class Actions(QObject):
    """The QActions made of the table. Without `with_icons` they get theirs by `fetch_icons`, when there is time."""

    def __init__(self, icons: Icons, parent: QObject, *, with_icons: bool = True) -> None:
        super().__init__(parent)
        self._icons = icons
        self._facts = Facts()
        self._fetching = Stepwise(self)
        self._made = {spec.id: self._make(spec) for spec in ACTIONS}
        if with_icons:
            self.renew_icons()
        self._enable()

    def __getitem__(self, action_id: str) -> QAction:
        return self._made[action_id]

    def all(self) -> tuple[QAction, ...]:
        """Return every action, in the order of the table."""
        return tuple(self._made.values())

    @property
    def facts(self) -> Facts:
        """What is known."""
        return self._facts

    def know(self, **changed: bool | str) -> None:
        """Take in what changed (fields of Facts), and enable what can be used now."""
        facts = replace(self._facts, **changed)  # type: ignore[arg-type]
        if facts != self._facts:
            self._facts = facts
            self._enable()

    def _enable(self) -> None:
        for spec in ACTIONS:
            action, tip = self._made[spec.id], spec.tip_for(self._facts)
            action.setEnabled(spec.enabled(self._facts))
            if action.statusTip() != tip:
                action.setStatusTip(tip)
                action.setToolTip(_tooltip(spec, tip))

    def renew_icons(self) -> None:
        """Give every action its icon in the theme's colours."""
        self._fetching.drop()
        for _ in self._with_icons():
            pass

    def fetch_icons(self) -> None:
        """Give every action its icon, a few in each turn: the drawings are written for the first time."""
        self._fetching.begin(several(self._with_icons()))

    def with_icon(self, action_id: str) -> QAction:
        """Return an action that has its icon already: for a button whose size must not change once it is seen."""
        action = self._made[action_id]
        if action.icon().isNull():
            action.setIcon(self._icons.icon(next(spec.icon for spec in ACTIONS if spec.id == action_id)))
        return action

    def _with_icons(self) -> Steps:
        for spec in ACTIONS:
            if spec.icon:
                self._made[spec.id].setIcon(self._icons.icon(spec.icon))
                yield

    def fill(self, menu: QMenu, *ids: str) -> None:
        """Put actions into a menu, in this order; an empty id is a line."""
        for action_id in ids:
            if action_id:
                menu.addAction(self._made[action_id])
            else:
                menu.addSeparator()

    def _make(self, spec: ActionSpec) -> QAction:
        action = QAction(spec.text, self)
        action.setObjectName(spec.id)
        action.setShortcuts([QKeySequence(keys) for keys in (spec.shortcut, spec.also) if keys])
        action.setCheckable(spec.checkable)
        action.setToolTip(_tooltip(spec, spec.tip))
        action.setStatusTip(spec.tip)
        return action


def _tooltip(spec: ActionSpec, tip: str) -> str:
    key = QKeySequence(spec.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{spec.text.rstrip('…')}{f' ({key})' if key else ''}\n{tip}"
