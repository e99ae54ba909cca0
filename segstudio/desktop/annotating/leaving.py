"""Closing the window while something that was painted cannot be saved: it is asked about before it is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from segstudio.desktop.editing.desk import PhotoDesk
from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.desktop.editing.rescue import keep_unsaved
from segstudio.desktop.problems import Problem, problem_of
from segstudio.errors import SegStudioError

Answer = Literal["stay", "again", "elsewhere", "lose"]


def leaving_words(photos: tuple[OpenPhoto, ...], problem: Problem) -> tuple[str, str]:
    """Return what is wrong, and what the answers mean."""
    what = photos[0].photo.key if len(photos) == 1 else f"{len(photos)} photos"
    journal = photos[0].editor.journal_problem
    why = f": {journal.problem}." if journal is not None else f". {problem.text}"
    return f"What you painted on {what} is not saved{why}", (
        "If the window is closed now, it is lost, and undo cannot bring it back. Saved to another folder, the masks and"
        " their undo can be copied into the project later; a file there tells how."
    )


def may_leave(window: QWidget, desk: PhotoDesk) -> bool:
    """Save everything, and ask about what neither mask nor journal can take; False when the window is to stay open."""
    desk.may_lose = False
    problem = desk.save_now()
    while problem is not None and desk.at_risk:
        answer = _ask(window, *leaving_words(desk.at_risk, problem))
        if answer == "again":
            problem = desk.save_now()
        elif answer == "elsewhere":
            try:
                desk.may_lose = _keep_elsewhere(window, desk)
            except SegStudioError as error:
                QMessageBox.warning(window, "Not saved", problem_of(error).text)
            if desk.may_lose:
                return True
        else:
            desk.may_lose = answer == "lose"
            return desk.may_lose
    return True


def _keep_elsewhere(window: QWidget, desk: PhotoDesk) -> bool:
    """Write what is unsaved into a folder that the person chooses; False when none was chosen."""
    chosen = QFileDialog.getExistingDirectory(window, "Where to keep what is not saved", str(Path.home()))
    if not chosen:
        return False
    photos = desk.at_risk
    for project in {opened.folder for opened in photos}:
        keep_unsaved([opened for opened in photos if opened.folder == project], Path(chosen))
    return True


def _ask(window: QWidget, text: str, meaning: str) -> Answer:
    asking = QMessageBox(window)
    asking.setObjectName("closing.unsaved")
    asking.setIcon(QMessageBox.Icon.Warning)
    asking.setWindowTitle("Close SegStudio?")
    asking.setText(text)
    asking.setInformativeText(meaning)
    role = QMessageBox.ButtonRole
    again = asking.addButton("Try again", role.ActionRole)
    elsewhere = asking.addButton("Save to another folder…", role.ActionRole)
    lose = asking.addButton("Close and lose it", role.DestructiveRole)
    stay = asking.addButton("Stay", role.RejectRole)
    asking.setDefaultButton(stay)
    asking.setEscapeButton(stay)
    asking.exec()
    clicked = asking.clickedButton()
    asking.deleteLater()
    answers: dict[object, Answer] = {again: "again", elsewhere: "elsewhere", lose: "lose"}
    return next((answer for button, answer in answers.items() if button is clicked), "stay")
