"""The window: the frame around the tabs. It knows their names and badges, and nothing of their insides."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, Qt, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.closing import may_close
from segstudio.desktop.dropping import DropLook, Dropped, DropVeil, local_paths, seems_dropped, ways
from segstudio.desktop.look import Look
from segstudio.desktop.menus import Menus
from segstudio.desktop.opened import Changed, OpenedProject
from segstudio.desktop.pages import Pages
from segstudio.desktop.problems import Problem
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.settings import Places, Settings
from segstudio.desktop.tabs.start import StartPage
from segstudio.desktop.tabs.tab import (
    MadeLater,
    MayBeUnfinished,
    TabSpec,
    TakesFiles,
    TellsBadge,
    TellsRuns,
    TellsSaved,
    TellsWork,
)
from segstudio.desktop.widgets.header import Header
from segstudio.desktop.widgets.notice_bar import NoticeBar
from segstudio.desktop.widgets.notice_place import NoticePlace
from segstudio.desktop.widgets.pressing import PressingWindow
from segstudio.desktop.widgets.splitters import keep_parts, restore_parts
from segstudio.desktop.widgets.status_line import StatusLine
from segstudio.desktop.wishes import Wishes
from segstudio.desktop.work import JobStatus

_SIZE = QSize(1280, 800)
_SMALLEST = QSize(960, 600)
_FIRST_TAB, _FILES_TAB, _MODELS_TAB = "annotate", "import", "review"


class Window(PressingWindow):
    """Header, notice, start page or tabs, status line. The tabs' pages are made bit by bit once a project is asked for.

    `painted` comes once: what is heavy waits for it; `closed` when it has been. While `asks` is true, closing asks
    before work is lost.
    """

    painted = Signal()
    closed = Signal()

    def __init__(
        self,
        *,
        look: Look,
        actions: Actions,
        session: ProjectSession,
        settings: Settings,
        places: Places,
        tabs: Sequence[TabSpec],
    ) -> None:
        super().__init__()
        self._look, self._actions, self._session = look, actions, session
        self._settings, self._tabs = settings, tabs
        self._unpainted = True
        self._tab_to_restore = self._dropped_on = ""
        self._coming: tuple[Path, ...] | None = None
        self._can_prepare, self.asks = False, True
        self.beside: list[MayBeUnfinished] = []  # what has windows of its own
        self.notice = NoticeBar(look, actions)
        self.wishes = Wishes(
            self, look=look, actions=actions, session=session, places=places, notice=self.notice
        )
        self._menus = Menus(
            self, look=look, actions=actions, settings=settings, open_project=self.wishes.open_project
        )
        self.header = Header(look, self._menus.project, self._menus.program)
        self.start = StartPage(look, actions, settings, places)
        self.status = StatusLine(actions["job.cancel"])
        self._stack = QStackedWidget()
        self._pages = Pages(tabs, self._stack, self)
        self._veil = DropVeil(look, self._stack)
        self._dragged, self._dropped = DropLook(self), DropLook(self)
        self._lay_out()
        self._connect()
        self.addActions(list(actions.all()))
        self._restore()
        self._on_changed(Changed.PROJECT)

    @property
    def shown_tab(self) -> str:
        """The id of the tab that is shown; nothing on the start page."""
        return self._pages.shown

    def page(self, tab_id: str) -> QWidget | None:
        """The page of a tab, once a project was opened."""
        return self._pages.get(tab_id) if self._session.opened is None else self._pages.make(tab_id)

    @Slot()
    def prepare(self) -> None:
        """From now on what the tabs need is loaded: while a project is being read their pages can be made."""
        self._can_prepare = True
        if self._session.is_busy:
            self._pages.prepare()

    @Slot(str)
    def show_tab(self, tab_id: str) -> None:
        """Show a tab; without a project nothing happens."""
        if self._session.opened is None:
            return
        self._coming = None
        page = self._pages.make(tab_id)
        self._stack.setCurrentWidget(page)
        self.header.tabs.show_chosen(tab_id)
        page.setFocus()
        self._actions.know(tab=tab_id)
        self._pages.prepare()

    @Slot(object)
    def open_project(self, folder: Path) -> None:
        """Open the project in `folder`."""
        self.wishes.open_project(folder)

    def open_as_left(self, folder: Path) -> None:
        """Open a project; where it is the one that was open last, at the tab that was shown then."""
        self._tab_to_restore = self._settings.last_tab if folder == self._settings.last_project else ""
        self.wishes.open_project(folder)

    # -- events

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell the first one."""
        super().paintEvent(event)
        if self._unpainted:
            self._unpainted = False
            self.painted.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask where work would be lost; remember geometry, project, tab and how it is parted."""
        if self.asks and not may_close(self, self._pages.all(), self.beside, lambda: not self._is_unsaved()):
            event.ignore()
            return
        opened = self._session.opened
        self._settings.geometry = self.saveGeometry()
        self._settings.last_project = opened.folder if opened else None
        self._settings.last_tab = self.shown_tab
        keep_parts(self._stack, self._settings)
        self._settings.save()
        self._pages.rest()
        for look in (self._dragged, self._dropped):
            look.shut_down()
        self.wishes.shut_down()
        super().closeEvent(event)
        self.closed.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Look for changes when the person comes back from another program."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self._session.refresh_if_old()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Say what letting go would do: by the names at once, and of one thing better, once it was looked at."""
        paths = local_paths(event.mimeData())
        if not paths:
            return
        event.acceptProposedAction()
        self._veil.show_texts(self._told(seems_dropped(paths)))
        self._veil.light(event.position().x())
        if len(paths) == 1:
            self._dragged.begin(paths)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Light what letting go here would do."""
        event.acceptProposedAction()
        self._veil.light(event.position().x())

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        """It went away again."""
        self._veil.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open a project; give models, and what is dropped on Review, to that tab, and anything else to Import."""
        paths = local_paths(event.mimeData())
        offered = self._ways(seems_dropped(paths))
        self._dropped_on = offered[self._veil.light(event.position().x())] if len(offered) > 1 else ""
        self._veil.hide()
        event.acceptProposedAction()
        self._dropped.begin(paths)

    @Slot(object)
    def _on_dragged(self, dropped: Dropped) -> None:
        if self._veil.isVisible():
            self._veil.show_texts(self._told(dropped))

    @Slot(object)
    def _on_dropped(self, dropped: Dropped) -> None:
        if dropped.missing:
            self.notice.tell(Problem(dropped.told_missing, level="info"))
        if dropped.files and self._session.opened is not None:
            self._hand_over(dropped.files, self._tab_for(dropped))
        else:
            self.wishes.take(dropped)

    def _told(self, dropped: Dropped) -> tuple[str, ...]:
        is_open = self._session.opened is not None
        return tuple(dropped.told(is_open=is_open, tab=tab) for tab in self._ways(dropped))

    def _ways(self, dropped: Dropped) -> tuple[str, ...]:
        opened = self._session.opened
        return ways(dropped, self.shown_tab, has_models=opened is not None and bool(opened.models))

    def _tab_for(self, dropped: Dropped) -> str:
        """Return which tab takes what was dropped: Review what is dropped on it, and models; Import all else."""
        wants = dropped.is_model or (self._dropped_on or self.shown_tab) == _MODELS_TAB
        return _MODELS_TAB if wants and isinstance(self.page(_MODELS_TAB), TakesFiles) else _FILES_TAB

    def _hand_over(self, files: Sequence[Path], tab_id: str = _FILES_TAB) -> None:
        self.show_tab(tab_id)
        page: object = self._pages.get(tab_id)
        if isinstance(page, TakesFiles):
            page.take(files)

    # -- building

    def _lay_out(self) -> None:
        self.setMinimumSize(_SMALLEST)
        self.setAcceptDrops(True)
        self._stack.addWidget(self.start)
        for spec in self._tabs:
            self.header.tabs.add(spec.id, self._actions[f"go.{spec.id}"])
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        self.notice.setParent(body)  # here in the order of Tab
        column.addWidget(self._stack, 1)
        column.addWidget(self.status)
        self.setCentralWidget(body)
        NoticePlace(self.notice, self._stack, body)

    def _connect(self) -> None:
        session, actions = self._session, self._actions
        session.changed.connect(self._on_changed)
        session.job_changed.connect(self._on_job_changed)
        session.problem_met.connect(self.notice.tell)
        session.problem_over.connect(self.notice.withdraw)
        session.project_opened.connect(self._on_project_opened)
        self._dragged.looked.connect(self._on_dragged)
        self._dropped.looked.connect(self._on_dropped)
        self.start.folder_chosen.connect(self.wishes.open_project)
        self._pages.made.connect(self._on_page_made)
        self._pages.ready.connect(self._on_page_ready)
        self.header.tabs.chosen.connect(self.show_tab)
        self.status.asked_for.connect(self.show_tab)
        self.notice.keyboard_freed.connect(self._on_keyboard_freed)
        self._look.theme.changed.connect(actions.renew_icons)
        actions["app.quit"].triggered.connect(self.close)
        actions["go.part"].triggered.connect(self._on_part_asked)
        for spec in self._tabs:
            actions[f"go.{spec.id}"].triggered.connect(lambda _=False, tab=spec.id: self.show_tab(tab))

    def _restore(self) -> None:
        geometry = self._settings.geometry
        if geometry is None or not self.restoreGeometry(geometry):
            self.resize(_SIZE)

    @Slot(str)
    def _on_page_made(self, tab_id: str) -> None:
        page = self._pages.make(tab_id)
        if isinstance(page, TellsSaved):
            page.saved_changed.connect(self._on_saved_changed)
        if isinstance(page, TellsWork):
            self.status.watch(tab_id, page)
        if isinstance(page, TellsRuns):
            self.status.follow(page)
            page.run_told.connect(self._on_badge_changed)
        if isinstance(page, TellsBadge):
            page.badge_changed.connect(self._on_badge_changed)
        if isinstance(page, MadeLater):
            page.parts_made.connect(lambda: restore_parts(page, self._settings))
        restore_parts(page, self._settings)

    @Slot(str)
    def _on_page_ready(self, tab_id: str) -> None:
        """Show what the project that was opened waits for, unless the person has gone elsewhere meanwhile."""
        files = self._coming
        if files is not None:
            self.show_tab(tab_id)
        if files:
            self._hand_over(files, tab_id)

    # -- what the session and the pages say

    @Slot(object)
    def _on_changed(self, flags: Changed) -> None:
        opened = self._session.opened
        if flags & Changed.PROJECT:
            self.header.show_project(opened.name if opened else None)
            self.setWindowTitle(f"{opened.name}[*] – SegStudio" if opened else "SegStudio")
            self._on_saved_changed("")
        if opened is None:
            self._coming = None
            self._pages.rest()
            self.start.refresh()
            if not self._unpainted:
                self.start.look_for_gone()
            self._stack.setCurrentWidget(self.start)
            self.start.setFocus()
        else:
            self._show_badges(opened)
        self.status.show_project(opened.told() if opened else "", opened.newest_run() if opened else "")
        self.status.setVisible(opened is not None)
        self._update_actions()

    def _show_badges(self, opened: OpenedProject) -> None:
        for spec in self._tabs:
            badge = spec.badge(opened)
            self.header.tabs[spec.id].set_badge(badge.text, badge.meaning)

    @Slot()
    def _on_badge_changed(self) -> None:
        if self._session.opened is not None:
            self._show_badges(self._session.opened)

    @Slot(str)
    def _on_saved_changed(self, text: str) -> None:
        self.setWindowModified(self._is_unsaved() and self._session.opened is not None)
        self.status.show_saved(text)

    def _is_unsaved(self) -> bool:
        return any(page.unsaved for page in self._pages.all() if isinstance(page, TellsSaved))

    @Slot(object)
    def _on_job_changed(self, status: JobStatus | None) -> None:
        self._update_actions()
        self.status.show_job(status if self._session.opened is not None else None)
        self.start.show_job(status)
        if status is not None and self._can_prepare:
            self._pages.prepare()

    @Slot()
    def _on_project_opened(self) -> None:
        opened = self._session.opened
        if opened is None:
            return
        self.notice.clear()
        self._settings.remember(opened.name, opened.folder)
        self._settings.save()
        tab, self._tab_to_restore = self._tab_to_restore, ""
        self._coming = self.wishes.files_for(opened.folder)
        if tab not in {spec.id for spec in self._tabs}:
            tab = _FIRST_TAB if opened.photos else _FILES_TAB
        takes = _MODELS_TAB if Dropped(files=self._coming).is_model else _FILES_TAB
        self._pages.bring(takes if self._coming else tab)

    def _update_actions(self) -> None:
        opened, job = self._session.opened, self._session.job
        self._actions.know(
            is_open=opened is not None,
            is_busy=job is not None,
            can_cancel=job is not None and job.can_cancel,
            has_photos=opened is not None and bool(opened.photos),
            tab=self.shown_tab,
        )

    # -- the keyboard

    @Slot()
    def _on_keyboard_freed(self) -> None:
        page = self._stack.currentWidget()
        if page is not None:
            page.setFocus(Qt.FocusReason.ShortcutFocusReason)

    @Slot()
    def _on_part_asked(self) -> None:
        """Go round: notice, page, status line, header."""
        parts = (self.header, self.notice, self._stack, self.status)
        focus = QApplication.focusWidget()
        now = next((n for n, part in enumerate(parts) if focus is not None and part.isAncestorOf(focus)), 0)
        for step in range(1, len(parts) + 1):
            part = parts[(now + step) % len(parts)]
            if part is self._stack:
                self._on_keyboard_freed()
                return
            if isinstance(part, Header | NoticeBar | StatusLine) and part.take_focus():
                return
