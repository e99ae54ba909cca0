"""The scenes of the guide in which several people work on one project, or one person goes back in time: run by scenes.py."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from PySide6.QtWidgets import QFileDialog, QWidget

from segstudio.desktop.app import Desktop
from segstudio.desktop.versions.dialog import TimeLine
from segstudio.desktop.versions.merge_window import MergeWindow
from segstudio.desktop.window import Window
from segstudio.project.backup import restore
from segstudio.project.masks import Mask
from segstudio.project.pack import make_pack
from segstudio.project.photo_locks import Claim, claim_path
from segstudio.project.photos import PhotoState
from segstudio.project.presence import Signs, signs_path
from segstudio.project.project import Project

PROJECT, SHARED = "Formations", "Tandems over the coast"
_FIRST_AGO_S = 8 * 86_400
_AGO_S = (6 * 86_400, 2 * 86_400 + 7_000, 3_000)
_ANNA = {"window": "anna", "who": "Anna", "computer": "STUDIO-PC", "machine": "another"}


class Stage(Protocol):
    """What a scene needs of the running window."""

    desktop: Desktop
    window: Window

    @property
    def documents(self) -> Path:
        """Where the projects lie."""

    def open(self, name: str) -> None:
        """Open a project."""

    def until(self, condition: Callable[[], bool]) -> None:
        """Let the window work until something is so."""

    def settle(self) -> None:
        """Let thumbnails and the like arrive."""

    def keep(self, name: str, widget: QWidget | None = None) -> None:
        """Keep a picture."""


def time_line(stage: Stage) -> None:
    """What the mask of a photo was: without its jumpers, with rough ones, and as it is."""
    project = Project.open(stage.documents / PROJECT)
    photo = project.photos()[1]
    mask = _mask(project, photo.key)
    person, airplane = (project.classes.named(name).index for name in ("person", "airplane"))
    sky = project.classes.named("sky").index
    without = np.where(np.isin(mask, (person, airplane)), sky, mask).astype(np.uint8)
    os.utime(project.mask_path(photo), (time.time() - _FIRST_AGO_S,) * 2)
    for before, who, ago, what in (
        (without, "Anna", _AGO_S[0], "import"),
        (_rough(mask, person), "Bo", _AGO_S[1], ""),
        (_rough(mask, person, px=5), "Bo", _AGO_S[2], ""),
    ):
        _paint(project, photo.key, before, who=who, ago_s=ago, what=what)
    _show(stage, photo.key)
    stage.desktop.actions["photo.versions"].trigger()
    dialog = stage.window.findChild(TimeLine)
    assert dialog is not None
    stage.until(lambda: dialog.list.count() > 0 and dialog.compared is not None)
    stage.settle()
    stage.keep("versions", dialog)
    dialog.close()


def lock_bar(stage: Stage) -> None:
    """A photo on which somebody paints on another computer."""
    project = Project.open(stage.documents / SHARED)
    photo = project.photos()[1]
    since = datetime.now().astimezone().replace(hour=0, minute=1, second=0).isoformat(timespec="seconds")
    claim = claim_path(project.paint_lock(photo))
    claim.write_text(Claim(**_ANNA, token="a", since=since).model_dump_json(), encoding="utf-8")
    signs = Signs(**_ANNA, photos={photo.key: since})
    path = signs_path(project.folder, signs)
    path.parent.mkdir(exist_ok=True)
    path.write_text(signs.model_dump_json(), encoding="utf-8")
    _show(stage, photo.key, SHARED)
    bar = stage.window.findChild(QWidget, "lock_bar")
    assert bar is not None
    stage.until(bar.isVisible)
    for _ in range(3):  # who paints where is looked for every few seconds
        stage.settle()
    stage.keep("lock")
    for left in (claim, path):
        left.unlink()


def merging(stage: Stage) -> None:
    """A part that comes back, of which one photo was painted on both sides."""
    project = Project.open(stage.documents / PROJECT)
    handed = stage.documents.parent / "handed out"
    photos = project.photos()
    make_pack(project, handed / "part.zip", photos, for_whom="Anna")
    restore(handed / "part.zip", handed / "Anna")
    theirs = Project.open(handed / "Anna")
    person = project.classes.named("person").index
    for key in (photos[0].key, photos[3].key, photos[4].key):
        _paint(theirs, key, _rough(_mask(theirs, key), person), who="Anna", ago_s=_AGO_S[1])
    mine = _mask(project, photos[3].key)
    _paint(project, photos[3].key, np.roll(mine, 6, axis=1), who="Bo", ago_s=_AGO_S[2])
    make_pack(Project.open(theirs.folder), handed / "back.zip", photos=theirs.photos())
    stage.open(PROJECT)
    asked, QFileDialog.getOpenFileName = (
        QFileDialog.getOpenFileName,
        lambda *_: (str(handed / "back.zip"), ""),
    )
    try:
        stage.desktop.actions["project.merge"].trigger()
    finally:
        QFileDialog.getOpenFileName = asked
    stage.until(lambda: stage.window.findChild(MergeWindow) is not None)
    dialog = stage.window.findChild(MergeWindow)
    assert dialog is not None
    stage.until(lambda: bool(dialog.panes.marks))
    stage.settle()
    stage.keep("merge", dialog)
    dialog.reject()
    stage.settle()
    shutil.rmtree(handed)


def _mask(project: Project, key: str) -> Mask:
    mask = project.read_mask(project.photo(key))
    assert mask is not None
    return mask


def _rough(mask: Mask, value: int, px: int = 13) -> Mask:
    """The same with one class painted too wide."""
    wide = cv2.dilate((mask == value).astype(np.uint8), np.ones((px, px), dtype=np.uint8))
    return np.where(wide > 0, value, mask).astype(np.uint8)


def _paint(project: Project, key: str, mask: Mask, *, who: str, ago_s: float, what: str = "") -> None:
    """Replace a mask, and let the new one be as old as that."""
    project.refresh()
    when = datetime.fromtimestamp(time.time() - ago_s).astimezone()

    def painted(state: PhotoState) -> PhotoState:
        return state.model_copy(
            update={"who": who, "when": when.isoformat(timespec="seconds"), "status": "done"}
        )

    photo = project.photo(key)
    project.save_photo(photo, mask=mask, update=painted, by_hand=False, doing=what)
    os.utime(project.mask_path(photo), (when.timestamp(), when.timestamp()))


def _show(stage: Stage, key: str, project: str = PROJECT) -> None:
    stage.open(project)
    stage.desktop.session.refresh()
    stage.settle()
    stage.window.show_tab("annotate")
    stage.settle()
    desk = stage.desktop.tabs.desk
    for _ in range(20):
        if desk.shown is not None and desk.shown.photo.key == key:
            return
        stage.desktop.actions["photo.next"].trigger()
        stage.settle()
