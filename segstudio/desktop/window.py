"""The window: the frame around the tabs. It knows their names and badges, and nothing of their insides."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QSize, QUrl, Slot
from PySide6.QtGui import QActionGroup, QCloseEvent, QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.look import Look
from segstudio.desktop.opened import Changed, OpenedProject
from segstudio.desktop.problems import Problem
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.settings import Places, Settings
from segstudio.desktop.shortcuts import ShortcutsPage
from segstudio.desktop.tabs.start import StartPage
from segstudio.desktop.tabs.tab import TabSpec
from segstudio.desktop.theme import THEME_CHOICES
from segstudio.desktop.widgets.header import Header
from segstudio.desktop.widgets.notice_bar import NoticeBar
from segstudio.desktop.widgets.status_line import StatusLine
from segstudio.desktop.work import JobStatus

_SIZE = QSize(1280, 800)
_SMALLEST = QSize(960, 600)
_FIRST_TAB = "annotate"
_THEME_TEXT = {"system": "As the system", "light": "Light", "dark": "Dark"}


class Window(QMainWindow):
    """Header, notice, the start page or the tabs, status line. `make_tabs` is called when a project first opens."""

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
        self._settings, self._places, self._tabs = settings, places, tabs
        self._pages: dict[str, QWidget] = {}
        self._shortcuts: ShortcutsPage | None = None
        self._recent_menu = QMenu("Recent projects", self)
        self.header = Header(look, self._project_menu(), self._program_menu())
        self.notice = NoticeBar(look)
        self.start = StartPage(look, actions, settings, places)
        self.status = StatusLine(actions["job.cancel"])
        self._stack = QStackedWidget()
        self._lay_out()
        self._connect()
        self.addActions(list(actions.all()))
        self._restore()
        self._on_changed(Changed.PROJECT)

    @property
    def shown_tab(self) -> str:
        """The id of the tab that is shown; nothing on the start page."""
        return next((tab for tab, page in self._pages.items() if page is self._stack.currentWidget()), "")

    def show_tab(self, tab_id: str) -> None:
        """Show a tab; without a project nothing happens."""
        if self._session.opened is None:
            return
        self._make_pages()
        self._stack.setCurrentWidget(self._pages[tab_id])
        self.header.tabs.show_chosen(tab_id)
        self._pages[tab_id].setFocus()
        self._actions.know(tab=tab_id)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember geometry and project."""
        self._settings.geometry = self.saveGeometry()
        opened = self._session.opened
        self._settings.last_project = opened.folder if opened else None
        self._settings.save()
        super().closeEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Look for changes when the person comes back from another program."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self._session.refresh()

    # -- building

    def _lay_out(self) -> None:
        self.setWindowTitle("SegStudio")
        self.setMinimumSize(_SMALLEST)
        self._stack.addWidget(self.start)
        for spec in self._tabs:
            self.header.tabs.add(spec.id, self._actions[f"go.{spec.id}"])
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.notice)
        column.addWidget(self._stack, 1)
        column.addWidget(self.status)
        self.setCentralWidget(body)

    def _project_menu(self) -> QMenu:
        menu = QMenu(self)
        self._actions.fill(menu, "project.new", "project.open")
        menu.addMenu(self._recent_menu)
        self._actions.fill(menu, "project.sample", "", "project.refresh", "project.folder")
        self._actions.fill(menu, "project.close", "", "app.quit")
        self._recent_menu.aboutToShow.connect(self._on_recent_menu_asked)
        return menu

    def _program_menu(self) -> QMenu:
        menu = QMenu(self)
        themes = menu.addMenu("Theme")
        group = QActionGroup(menu)
        for choice in THEME_CHOICES:
            action = themes.addAction(_THEME_TEXT[choice])
            action.setCheckable(True)
            action.setChecked(choice == self._look.theme.choice)
            action.setData(choice)
            group.addAction(action)
        group.triggered.connect(lambda action: self._on_theme_chosen(action.data()))
        self._actions.fill(menu, "help.shortcuts", "help.log")
        return menu

    def _connect(self) -> None:
        session, actions = self._session, self._actions
        session.changed.connect(self._on_changed)
        session.job_changed.connect(self._on_job_changed)
        session.problem_met.connect(self.notice.tell)
        session.project_opened.connect(self._on_project_opened)
        self.start.folder_chosen.connect(self.open_project)
        self.header.tabs.chosen.connect(self.show_tab)
        self.status.asked_for.connect(self.show_tab)
        self._look.theme.changed.connect(actions.renew_icons)
        for action_id, slot in (
            ("project.new", self._on_new_asked),
            ("project.open", self._on_open_asked),
            ("project.sample", self._on_sample_asked),
            ("project.refresh", session.refresh),
            ("project.folder", self._on_folder_asked),
            ("project.close", session.close),
            ("job.cancel", session.cancel),
            ("help.shortcuts", self._on_shortcuts_asked),
            ("help.log", self._on_log_asked),
            ("app.quit", self.close),
        ):
            actions[action_id].triggered.connect(slot)
        for spec in self._tabs:
            actions[f"go.{spec.id}"].triggered.connect(lambda _=False, tab=spec.id: self.show_tab(tab))

    def _restore(self) -> None:
        geometry = self._settings.geometry
        if geometry is None or not self.restoreGeometry(geometry):
            self.resize(_SIZE)

    def _make_pages(self) -> None:
        if self._pages:
            return
        self._pages = {spec.id: spec.make() for spec in self._tabs}
        for page in self._pages.values():
            self._stack.addWidget(page)

    # -- what the session says

    @Slot(object)
    def _on_changed(self, flags: Changed) -> None:
        opened = self._session.opened
        if flags & Changed.PROJECT:
            self.header.show_project(opened.name if opened else None)
            self.setWindowTitle(f"{opened.name} – SegStudio" if opened else "SegStudio")
        if opened is None:
            self.start.refresh()
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

    @Slot(object)
    def _on_job_changed(self, status: JobStatus | None) -> None:
        self._update_actions()
        self.status.show_job(status if self._session.opened is not None else None)
        self.start.show_job(status)

    @Slot()
    def _on_project_opened(self) -> None:
        opened = self._session.opened
        if opened is not None:
            self.notice.dismiss()
            self._settings.remember(opened.name, opened.folder)
            self._settings.save()
            self.show_tab(_FIRST_TAB if opened.photos else "import")

    def _update_actions(self) -> None:
        opened, job = self._session.opened, self._session.job
        self._actions.know(
            is_open=opened is not None,
            is_busy=job is not None,
            can_cancel=job is not None and job.can_cancel,
            has_photos=opened is not None and bool(opened.photos),
            tab=self.shown_tab,
        )

    # -- what the person wants

    @Slot(object)
    def open_project(self, folder: Path) -> None:
        """Open the project in `folder`."""
        self._session.open(folder)

    @Slot()
    def _on_new_asked(self) -> None:
        from segstudio.desktop.tabs.new_project import NewProjectDialog  # brings in the project store

        dialog = NewProjectDialog(self._look, self._places.documents, self)
        dialog.accepted.connect(self._on_new_accepted)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot()
    def _on_new_accepted(self) -> None:
        from segstudio.desktop.tabs.new_project import NewProjectDialog

        dialog = self.sender()
        wanted = dialog.result_value if isinstance(dialog, NewProjectDialog) else None
        if wanted is not None:
            self._session.create(wanted.folder, wanted.name, wanted.classes)

    @Slot()
    def _on_open_asked(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, "Open a project", str(self._places.documents))
        if chosen:
            self.open_project(Path(chosen))

    @Slot()
    def _on_sample_asked(self) -> None:
        self._session.make_sample(self._places.documents / "Sample jumps")

    @Slot()
    def _on_folder_asked(self) -> None:
        if self._session.opened is not None:
            self._show_in_system(self._session.opened.folder)

    @Slot()
    def _on_log_asked(self) -> None:
        self._show_in_system(self._places.logs)

    def _show_in_system(self, folder: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.notice.tell(Problem(f"The folder is {folder}", level="info"))

    @Slot()
    def _on_shortcuts_asked(self) -> None:
        if self._shortcuts is None:
            self._shortcuts = ShortcutsPage(self._look, self._actions, self)
        self._shortcuts.show()
        self._shortcuts.raise_()
        self._shortcuts.search.setFocus()

    @Slot()
    def _on_recent_menu_asked(self) -> None:
        self._recent_menu.clear()
        for name, folder in self._settings.recent():
            action = self._recent_menu.addAction(name)
            action.setToolTip(str(folder))
            action.triggered.connect(lambda _=False, chosen=folder: self.open_project(chosen))
        self._recent_menu.setEnabled(not self._session.is_busy)

    def _on_theme_chosen(self, choice: object) -> None:
        for known in THEME_CHOICES:
            if known == choice:
                self._look.theme.choose(known)
                self._settings.theme = known
