"""SafetyWishes: backup, restore, trash, handing a part out and taking it back, each from the asking to the telling."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from segstudio.desktop.actions import Actions
from segstudio.desktop.look import Look
from segstudio.desktop.problems import Problem, Remedy, problem_of
from segstudio.desktop.session import ProjectSession
from segstudio.errors import SegStudioError
from segstudio.file_names import name_for

if TYPE_CHECKING:  # what is heavy is imported when it is asked for
    from segstudio.desktop.editing.desk import PhotoDesk
    from segstudio.desktop.versions.errand import ProjectErrand, Work
    from segstudio.desktop.versions.forms import BackupForm, PackForm
    from segstudio.desktop.versions.merge_wish import MergeWish
    from segstudio.desktop.work import JobControl
    from segstudio.project.project import Project
    from segstudio.project.trash import Trashed

_ZIP = "ZIP files (*.zip)"


class SafetyWishes(QObject):
    """Answers `project.backup`, `.restore`, `.trash`, `.pack` and `.merge`, and `app.name`. `desk` and `selected` (the keys of the photos
    selected in Annotate) are asked when they are needed. `shut_down` before the end.
    """

    def __init__(
        self,
        window: QWidget,
        *,
        look: Look,
        actions: Actions,
        session: ProjectSession,
        desk: Callable[[], PhotoDesk],
        selected: Callable[[], tuple[str, ...]],
    ) -> None:
        super().__init__(window)
        self._window, self._look, self._session = window, look, session
        self._tell_desk, self._tell_selected = desk, selected
        self._errand: ProjectErrand | None = None
        self._merging: MergeWish | None = None
        for action_id, slot in (
            ("project.backup", self._on_backup_asked),
            ("project.restore", self._on_restore_asked),
            ("project.trash", self._on_trash_asked),
            ("project.pack", self._on_pack_asked),
            ("project.merge", self._on_merge_asked),
            ("app.name", self._on_name_asked),
        ):
            actions[action_id].triggered.connect(slot)

    def shut_down(self) -> None:
        """End what is under way here; what writes is the session's."""
        if self._merging is not None:
            self._merging.shut_down()

    # -- backup

    @Slot()
    def _on_backup_asked(self) -> None:
        from segstudio.desktop.versions.forms import BackupForm

        opened = self._session.opened
        if opened is None:
            return
        outside = sum(bool(opened.project.reference(photo.key)) for photo in opened.photos)
        form = BackupForm(outside, self._window)
        form.accepted.connect(lambda: self._back_up(form))
        form.finished.connect(form.deleteLater)
        form.open()

    def _back_up(self, form: BackupForm) -> None:
        from segstudio.project.backup import back_up

        opened = self._session.opened
        target = self._place_for("Back up the project", opened.name if opened is not None else "")
        if target is None:
            return
        self._tell_desk().save()
        without, with_outside = form.without, form.outside.isChecked()

        def work(project: Project, control: JobControl) -> Problem:
            progress = control.megabytes("Backing up, MB")
            taken = back_up(
                project,
                target,
                without=without,
                with_outside=with_outside,
                replace=True,
                progress=progress,
                cancelled=control.cancelled,
            )
            return Problem(f"{target.name}: {taken.told()}", level="info", actions=(_show(target),))

        self._write("Backing up", work)

    @Slot()
    def _on_restore_asked(self) -> None:
        from segstudio.project.sealed_zip import read_seal

        documents = str(self._session.places.documents)
        name, _ = QFileDialog.getOpenFileName(self._window, "Restore a backup", documents, _ZIP)
        if not name:
            return
        try:
            seal = read_seal(Path(name))
        except SegStudioError as error:
            self._tell(problem_of(error))
            return
        proposed = self._session.places.documents / (name_for(seal.name) or Path(name).stem)
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, f"Where is {seal.name} restored? (a new folder)", str(_free(proposed))
        )
        if chosen:
            self._session.unpack(Path(name), Path(chosen))

    # -- trash

    @Slot()
    def _on_trash_asked(self) -> None:
        from segstudio.desktop.versions.trash_window import TrashWindow
        from segstudio.project.project import Project
        from segstudio.project.trash import trash_of, unlisted

        opened = self._session.opened
        if opened is None:
            return
        try:
            project = Project.open(opened.folder)
            things = trash_of(project)
            others = len(unlisted(project, things))
        except SegStudioError as error:
            self._tell(problem_of(error))
            return
        window = TrashWindow(things, others, self._window)
        window.back_asked.connect(self._bring_back)
        window.empty_asked.connect(self._empty)
        window.finished.connect(window.deleteLater)
        window.open()

    @Slot(object)
    def _bring_back(self, thing: Trashed) -> None:
        from segstudio.painting.stroke_journals import StrokeJournals
        from segstudio.project.class_edits import ClassEditing
        from segstudio.project.removal import bring_back

        def work(project: Project, control: JobControl) -> Problem:
            if thing.removal is not None:
                stage = control.stage("Bringing photos back")
                told = bring_back(project, thing.removal, progress=stage, cancelled=control.cancelled)
                text = f"Back in the project: {thing.removal.told()}. {told}".strip()
            else:
                done = ClassEditing(project, StrokeJournals(), cancelled=control.cancelled).undo(thing.entry)
                text = f"Taken back: {done.label}. {done.told}"
            return Problem(text, level="info")

        self._get_errand().begin("Bringing back", work)

    @Slot()
    def _empty(self) -> None:
        from segstudio.project.trash import empty_trash

        def work(project: Project, _control: JobControl) -> Problem:
            size = empty_trash(project)
            return Problem(f"The trash is empty; {size / 1e6:,.1f} MB are free again.", level="info")

        self._get_errand().begin("Emptying the trash", work)

    # -- handing out, and taking back

    @Slot()
    def _on_pack_asked(self) -> None:
        from segstudio.desktop.versions.forms import PackForm

        opened = self._session.opened
        if opened is None or not opened.photos:
            return
        keys = tuple(photo.key for photo in opened.photos)
        not_done = tuple(photo.key for photo in opened.photos if photo.status in ("todo", "doing"))
        choices = [
            ("What is selected in Annotate", self._tell_selected()),
            ("What is not done", not_done),
            ("All photos", keys),
        ]
        form = PackForm([choice for choice in choices if choice[1]], self._window)
        form.accepted.connect(lambda: self._pack(form))
        form.finished.connect(form.deleteLater)
        form.open()

    def _pack(self, form: PackForm) -> None:
        from segstudio.project.pack import make_pack

        opened = self._session.opened
        whom, keys = form.whom.text().strip(), form.keys
        name = f"{opened.name if opened is not None else ''} for {whom}" if whom else "part"
        target = self._place_for("Hand out a part", name)
        if target is None:
            return
        self._tell_desk().save()

        def work(project: Project, control: JobControl) -> Problem:
            photos = [project.photo(key) for key in keys]
            progress = control.megabytes("Packing, MB")
            seal = make_pack(
                project,
                target,
                photos,
                for_whom=whom,
                replace=True,
                progress=progress,
                cancelled=control.cancelled,
            )
            text = f"{target.name}: {seal.name}, {len(photos):,} photos. It is opened with Restore a backup."
            return Problem(text, level="info", actions=(_show(target),))

        self._write("Packing", work)

    @Slot()
    def _on_merge_asked(self) -> None:
        from segstudio.desktop.versions.merge_wish import MergeWish

        if self._session.opened is None:
            return
        if self._merging is None:
            self._merging = MergeWish(
                self._window,
                look=self._look,
                session=self._session,
                desk=self._tell_desk(),
                errand=self._get_errand(),
            )
        documents = str(self._session.places.documents)
        name, _ = QFileDialog.getOpenFileName(
            self._window,
            "Merge a pack or another project",
            documents,
            f"Packs and projects (*.zip project.json);;{_ZIP}",
        )
        if name:
            self._merging.begin(Path(name))

    # -- who is here

    @Slot()
    def _on_name_asked(self) -> None:
        from segstudio.desktop.versions.forms import NameForm

        form = NameForm(self._window)
        form.accepted.connect(lambda: self._go_by(form.field.text()))
        form.finished.connect(form.deleteLater)
        form.open()

    def _go_by(self, name: str) -> None:
        from segstudio.project.person import choose_name

        try:
            who = choose_name(name)
        except SegStudioError as error:
            self._tell(problem_of(error))
            return
        self._tell_desk().neighbours.presence.go_by(who)
        if self._session.opened is not None:
            self._session.refresh()
        self._tell(Problem(f"Others know you as {who} from now on.", level="info"))

    # -- what all need

    def _place_for(self, title: str, name: str) -> Path | None:
        """Ask where a ZIP file is written; a file that is there goes only once the new one is whole."""
        proposed = self._session.places.documents / f"{name_for(name)} {date.today():%Y-%m-%d}.zip"
        chosen, _ = QFileDialog.getSaveFileName(self._window, title, str(_free(proposed)), _ZIP)
        if not chosen:
            return None
        path = Path(chosen)
        return path if path.suffix.lower() == ".zip" else path.with_name(f"{path.name}.zip")

    def _write(self, what: str, work: Work) -> None:
        """Let a job of the session write outside the project; painting goes on."""
        from segstudio.project.project import Project

        opened = self._session.opened
        if opened is None:
            return
        folder = opened.folder

        def do(control: JobControl) -> None:
            self._session.tell_after(work(Project.open(folder), control))

        self._session.import_prepared(what, do)

    def _get_errand(self) -> ProjectErrand:
        from segstudio.desktop.versions.errand import ProjectErrand

        if self._errand is None:
            self._errand = ProjectErrand(self._session, self._tell_desk(), self)
        return self._errand

    def _tell(self, problem: Problem) -> None:
        self._session.problem_met.emit(problem)


def _show(target: Path) -> Remedy:
    return Remedy(
        "Show the folder", do=lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(target.parent)))
    )


def _free(path: Path) -> Path:
    """Return the path, or one with a number that nothing bears."""
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.stem} {number}{path.suffix}")
    return free
