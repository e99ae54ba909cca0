"""The table of actions: everything a person can ask of the window. It feeds menus, tool bars, shortcuts and their page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from segstudio.desktop.icons import Icons


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides which actions can be used now."""

    is_open: bool = False
    is_busy: bool = False
    can_cancel: bool = False
    has_photos: bool = False


def _always(_facts: Facts) -> bool:
    return True


def _idle(facts: Facts) -> bool:
    return not facts.is_busy


def _open(facts: Facts) -> bool:
    return facts.is_open


def _open_and_idle(facts: Facts) -> bool:
    return facts.is_open and not facts.is_busy


def _photos(facts: Facts) -> bool:
    return facts.has_photos


def _can_cancel(facts: Facts) -> bool:
    return facts.can_cancel


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One row: `tip` is one sentence that teaches, `shortcut` is in Qt's portable form, `enabled` says when."""

    id: str
    group: str
    text: str
    shortcut: str
    icon: str
    tip: str
    enabled: Callable[[Facts], bool] = _always
    checkable: bool = False


ACTIONS = (
    ActionSpec(
        "project.new", "Project", "New project…", "Ctrl+N", "new", "Make a project with its classes.", _idle
    ),
    ActionSpec("project.open", "Project", "Open project…", "Ctrl+O", "open", "Open a project folder.", _idle),
    ActionSpec(
        "project.sample",
        "Project",
        "Try the sample",
        "",
        "sample",
        "Draw a small project of skydivers, with masks, to try everything on.",
        _idle,
    ),
    ActionSpec(
        "project.refresh",
        "Project",
        "Look for changes",
        "F5",
        "refresh",
        "Read the project again: others may have written into it.",
        _open_and_idle,
    ),
    ActionSpec(
        "project.folder",
        "Project",
        "Show the folder",
        "Ctrl+Shift+O",
        "folder",
        "Show the project's folder in the file manager.",
        _open,
    ),
    ActionSpec(
        "project.close",
        "Project",
        "Close project",
        "Ctrl+W",
        "close",
        "Go back to the start page; all is saved.",
        _open_and_idle,
    ),
    ActionSpec("app.quit", "Project", "Quit", "Ctrl+Q", "quit", "Close the window; all is saved."),
    ActionSpec(
        "go.import", "Go to", "Import", "Ctrl+1", "import", "What will come in, and is it right?", _open
    ),
    ActionSpec("go.annotate", "Go to", "Annotate", "Ctrl+2", "annotate", "What is this pixel?", _open),
    ActionSpec("go.train", "Go to", "Train", "Ctrl+3", "train", "Is it learning?", _open),
    ActionSpec("go.review", "Go to", "Review", "Ctrl+4", "review", "What does it see, and what next?", _open),
    ActionSpec(
        "photo.search",
        "Photos",
        "Find a photo",
        "Ctrl+F",
        "search",
        "Type a part of a photo's name.",
        _photos,
    ),
    ActionSpec(
        "photo.next", "Photos", "Next photo", "PgDown", "", "Show the next photo of the list.", _photos
    ),
    ActionSpec(
        "photo.previous", "Photos", "Previous photo", "PgUp", "", "Show the photo before it.", _photos
    ),
    ActionSpec(
        "photo.overlay",
        "Photos",
        "Show the mask",
        "M",
        "layers",
        "Lay the class colours over the photo, or look at the photo alone.",
        _photos,
        checkable=True,
    ),
    ActionSpec(
        "job.cancel",
        "Work",
        "Cancel",
        "",
        "close",
        "Stop what is under way; nothing is changed.",
        _can_cancel,
    ),
    ActionSpec(
        "help.shortcuts", "Help", "Keyboard shortcuts", "F1", "keyboard", "Find any action and its key."
    ),
    ActionSpec(
        "help.log", "Help", "Show the log file", "", "log", "The file to send when something goes wrong."
    ),
)


def find_actions(words: str, specs: Sequence[ActionSpec] = ACTIONS) -> tuple[ActionSpec, ...]:
    """Return the rows in which every one of `words` occurs, in text, tip, group or shortcut; pure."""
    wanted = words.casefold().split()
    return tuple(
        spec
        for spec in specs
        if all(word in f"{spec.text} {spec.tip} {spec.group} {spec.shortcut}".casefold() for word in wanted)
    )


class Actions(QObject):
    """The QActions made of the table."""

    def __init__(self, icons: Icons, parent: QObject) -> None:
        super().__init__(parent)
        self._icons = icons
        self._made = {spec.id: self._make(spec) for spec in ACTIONS}
        self.renew_icons()

    def __getitem__(self, action_id: str) -> QAction:
        return self._made[action_id]

    def all(self) -> tuple[QAction, ...]:
        """Return every action, in the order of the table."""
        return tuple(self._made.values())

    def update(self, facts: Facts) -> None:
        """Enable what can be used now."""
        for spec in ACTIONS:
            self._made[spec.id].setEnabled(spec.enabled(facts))

    def renew_icons(self) -> None:
        """Give every action its icon in the theme's colours."""
        for spec in ACTIONS:
            if spec.icon:
                self._made[spec.id].setIcon(self._icons.icon(spec.icon))

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
        action.setShortcut(QKeySequence(spec.shortcut))
        action.setCheckable(spec.checkable)
        key = QKeySequence(spec.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{spec.text.rstrip('…')}{f' ({key})' if key else ''}\n{spec.tip}")
        action.setStatusTip(spec.tip)
        return action
