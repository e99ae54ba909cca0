"""DocumentConflicts: tells of copies of project.json that two machines have left, and does what is wished about them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject

from segstudio.desktop.editing.errands import Errands
from segstudio.desktop.problems import Problem, Remedy
from segstudio.desktop.session import ProjectSession
from segstudio.desktop.versions.errand import ProjectErrand
from segstudio.desktop.work import JobControl
from segstudio.project.conflict_copies import bring_back
from segstudio.project.document_copies import (
    Differences,
    DocumentCopy,
    bring_in_copy,
    compared,
    document_copies,
    put_copy_away,
)
from segstudio.project.photo_locks import told_time
from segstudio.project.project import Project

Found = tuple[tuple[DocumentCopy, Differences], ...]


class DocumentConflicts(QObject):
    """Tells of one copy after the other, once each. `shut_down` before the end."""

    def __init__(self, session: ProjectSession, errand: ProjectErrand, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._errand = session, errand
        self._looking = Errands("copies of project.json", 1, self)
        self._told: tuple[DocumentCopy, Problem] | None = None

    def shut_down(self) -> None:
        """End what is under way."""
        self._looking.shut_down()

    def forget(self) -> None:
        """Another project is open, or none."""
        self._told = None

    def look(self, folder: Path) -> None:
        """Look for copies, in a thread."""
        if self._looking.is_idle:
            self._looking.send(lambda: find(folder), partial(self._on_found, folder), _nothing)

    def _on_found(self, folder: Path, found: Found) -> None:
        opened = self._session.opened
        if opened is None or opened.folder != folder:
            return
        first = found[0] if found else None
        if self._told is not None and (first is None or first[0] != self._told[0]):
            self._session.problem_over.emit(self._told[1])
            self._told = None
        if first is not None and self._told is None:
            problem = self._problem(*first)
            self._told = first[0], problem
            self._session.problem_met.emit(problem)

    def _problem(self, copy: DocumentCopy, found: Differences) -> Problem:
        away = Remedy("Put the copy away", do=partial(self._decide, copy, False))
        come = Remedy("Bring it in", do=partial(self._decide, copy, True))
        actions = (come, away) if found.can_come_in else (away,)
        return Problem(
            document_words(copy, found), "\n".join((str(copy.path), *found.told())), "warning", actions
        )

    def _decide(self, copy: DocumentCopy, come_in: bool) -> None:
        def work(project: Project, _control: JobControl) -> Problem:
            found = bring_in_copy(project, copy) if come_in else None
            away = put_copy_away(project, copy)
            told = done_words(found)
            back = Remedy("Bring the copy back", do=partial(self._bring_back, away))
            return Problem(told, "\n".join(found.told()) if found else "", "info", (back,))

        self._errand.begin("Deciding about a copy of project.json", work)

    def _bring_back(self, away: Path) -> None:
        def work(project: Project, _control: JobControl) -> Problem:
            bring_back(project, away)
            return Problem("The copy lies beside project.json again.", level="info")

        self._errand.begin("Bringing a copy back", work)


def find(folder: Path) -> Found:
    """Return the copies of a project and what each says otherwise; raises SegStudioError where the project is away."""
    project = Project.open(folder)
    return tuple((copy, compared(project, copy)) for copy in document_copies(folder))


def document_words(copy: DocumentCopy, found: Differences) -> str:
    """Return the sentences that tell of a copy; pure."""
    when = told_time(copy.when.isoformat())
    told = f"Two machines wrote project.json at the same time: one is in use, the other was kept as {copy.path.name} ({when})."
    parts = []
    if found.classes:
        parts.append(_class_words(found))
    if found.photos:
        parts.append("1 photo" if len(found.photos) == 1 else f"{len(found.photos):,} photos")
    if parts:
        told += f" Only the copy knows {' and '.join(parts)}."
    if found.clashes:
        told += f" They do not agree: {'; '.join(found.clashes)}. Masks painted there mean it so."
    if not found.told():
        told += " Both say the same."
    elif not parts and not found.clashes:
        told += " The copy knows nothing more."
    return told


def done_words(found: Differences | None) -> str:
    """Return what was done: what came in, None for nothing; pure."""
    if found is None:
        return "project.json stays as it is; the copy is in the project's trash."
    parts = (_class_words(found) if found.classes else "", "photos" if found.photos else "")
    came = " and ".join(part for part in parts if part)
    return f"Brought in from the copy: {came or 'nothing'}. The copy is in the project's trash."


def _class_words(found: Differences) -> str:
    names = [entry.name for entry in found.classes]
    return f"the class{'es' if len(names) > 1 else ''} {', '.join(names)}"


def _nothing(_error: BaseException) -> None:
    """A folder that is away has nothing to compare."""
