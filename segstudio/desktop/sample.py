"""The sample project: drawn photos brought in through the importer, as a person would."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from segstudio.desktop.work import JobControl
from segstudio.errors import SegStudioError
from segstudio.formats.importing import commit_import, prepare
from segstudio.formats.options import ImportOptions
from segstudio.formats.sources import gather
from segstudio.project.classes import ClassList
from segstudio.project.document import FILE_NAME
from segstudio.project.project import Project
from segstudio.project.splitting import split_project
from segstudio.resource_files import load_script

SAMPLE_PHOTOS = 36
_HELD_OUT = 0.25


def make_sample(folder: Path, control: JobControl) -> Path:
    """Make the sample project in `folder`, whole or not at all, and return it; a sample that is there stays.

    Raises Stopped or WorkStopped, and SegStudioError when something else is there or the disk refuses.
    """
    if (folder / FILE_NAME).exists():
        return folder
    if folder.exists():
        raise SegStudioError(
            "something else is where the sample goes", where=str(folder), fix="Move it, then try again"
        )
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        workshop = Path(tempfile.mkdtemp(prefix=".segstudio-sample-", dir=folder.parent))
    except OSError as error:
        raise SegStudioError(f"the sample cannot be made ({error.strerror})", where=str(folder)) from error
    try:
        made = _made_in(workshop, control)
        made.rename(folder)
    except OSError as error:
        raise SegStudioError(f"the sample cannot be made ({error.strerror})", where=str(folder)) from error
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return folder


def _made_in(workshop: Path, control: JobControl) -> Path:
    script = load_script("sample/skydiving.py")
    drawing = control.stage("Drawing sample photos")

    def drawn(done: int, total: int) -> None:
        control.check()
        drawing(done, total)

    script.generate(workshop / "drawn", photos=SAMPLE_PHOTOS, progress=drawn)
    project = Project.create(
        workshop / "project", name="Sample jumps", classes=ClassList.from_names(script.CLASSES)
    )
    with gather([workshop / "drawn" / "annotations"], [workshop / "drawn" / "photos"]) as gathered:
        prepared = prepare(
            gathered,
            project,
            ImportOptions(order=script.CLASSES),
            reading=control.stage("Reading annotations"),
            examining=control.stage("Looking at photos"),
            cancelled=control.cancelled,
        )
        commit_import(prepared, project, progress=control.stage("Writing masks"), cancelled=control.cancelled)
    control.check()
    split_project(project, fraction=_HELD_OUT)
    return project.folder
