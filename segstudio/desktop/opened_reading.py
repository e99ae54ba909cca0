"""Reading a project for the window, in a worker thread."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageWriter

from segstudio.desktop.garbage import no_collection
from segstudio.desktop.opened import OpenedProject
from segstudio.desktop.pictures import blended, picture_of
from segstudio.desktop.run_summaries import summarise_runs
from segstudio.errors import SegStudioError
from segstudio.files import write_bytes
from segstudio.project.project import Project

_THUMBNAIL_PX = 192
_OPACITY = 0.5
_AFFORDABLE_PIXELS = 64_000_000


def read_opened(folder: Path, before: OpenedProject | None = None) -> OpenedProject:
    """Open the project in `folder` and look at it; raises SegStudioError when it cannot be opened.

    What has not changed since the look
    `before` is neither read again nor another object: comparing is quick then.
    """
    project = Project.open(folder, before=before.project if before is not None else None)
    with no_collection(of_many=before is None):
        photos = project.photos()
    return OpenedProject(
        project=project,
        folder=project.folder,
        name=project.name,
        classes=project.classes,
        photos=photos,
        runs=summarise_runs(project.runs_folder, before.runs if before is not None else ()),
        mask_times=project.mask_times(),
    )


def remember_thumbnail(opened: OpenedProject, path: Path) -> None:
    """Keep a thumbnail of the project's first labelled photo at `path`, for the start page; what fails is left out."""
    affordable = [p for p in opened.photos if 0 < p.size[0] * p.size[1] <= _AFFORDABLE_PIXELS]
    photo = next((p for p in affordable if p.has_mask), affordable[0] if affordable else None)
    if photo is None:
        return
    picture = picture_of(photo, opened.project.mask_path(photo), opened.classes, _THUMBNAIL_PX)
    image = blended(picture, _OPACITY)
    with suppress(SegStudioError):
        if image is not None:
            write_bytes(path, _png(image))


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())
