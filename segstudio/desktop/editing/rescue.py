"""Rescue: what could not be saved in its project is kept in another folder, and brought back from there."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from segstudio.desktop.editing.disk import begun
from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.desktop.editing.shares import count
from segstudio.desktop.editing.whole_edit import fitting, pasted, written
from segstudio.errors import SegStudioError
from segstudio.files import write_bytes, write_text
from segstudio.painting.editor import MaskEditor, Snapshot
from segstudio.painting.journal import journal_path, write_journal
from segstudio.painting.journal_records import digest_of
from segstudio.project.change import mask_name
from segstudio.project.classes import VOID, ClassList
from segstudio.project.masks import Mask, encode_mask, read_mask
from segstudio.project.painted_photos import begin_painting
from segstudio.project.photo_locks import PhotoHold
from segstudio.project.project import Project

_LIST, _DECLINED = "unsaved.json", "left.json"
_HOW = """What was painted on {count} of {project} and could not be saved there.

To bring it back: close SegStudio, then copy the folder "masks" from here into the project's folder, over the one there.
The .png files are the masks; the .undo files beside them are their undo.
"""


class _List(BaseModel):
    """Which photos a folder keeps masks of, and what the mask values meant (`classes`: name by value)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    project: str
    photos: tuple[str, ...]
    classes: dict[int, str]


def keep_unsaved(
    photos: Sequence[OpenPhoto],
    into: Path,
    *,
    snapshots: Sequence[Snapshot] | None = None,
    classes: ClassList | None = None,
) -> Path:
    """Write the masks of `photos`, which are of one project, and their undo into a new folder in `into`; returns it.

    A copy of its `masks` over the project's brings everything back, and so does `bring_back`. While somebody paints on
    them, `snapshots` are what is written; `classes` are the project's where it cannot be asked. Raises SegStudioError
    when the disk refuses.
    """
    project = photos[0].folder
    classes = _classes_of(project) if classes is None else classes
    folder = _new_folder(into, project.name)
    for number, opened in enumerate(photos):
        path = folder / mask_name(opened.photo.key)
        snapshot: Snapshot = opened.editor.snapshot() if snapshots is None else snapshots[number]
        mask = snapshot.copy.pixels()
        write_bytes(path, encode_mask(mask, classes))
        write_journal(journal_path(path), opened.editor.size, digest_of(mask), snapshot.moment)
    count = "1 photo" if len(photos) == 1 else f"{len(photos)} photos"
    write_text(folder / "READ ME.txt", _HOW.format(count=count, project=project))
    names = {entry.index: entry.name for entry in classes.classes}
    keys = tuple(opened.photo.key for opened in photos)
    listed = _List(project=str(project), photos=keys, classes=names)
    write_text(folder / _LIST, listed.model_dump_json(indent=1))  # last: what has it is whole
    return folder


def place_for(rescued: Path, project: Path) -> Path:
    """Return the folder inside `rescued` for all that could not be saved in `project`."""
    return rescued / hashlib.sha256(os.fsencode(project.absolute())).hexdigest()[:24]


def kept_in(place: Path) -> tuple[tuple[Path, tuple[str, ...]], ...]:
    """Return the folders in `place` that wait to be brought back, each with its photos' keys; the oldest first."""
    found = []
    for path in sorted(place.glob(f"*/{_LIST}")):
        try:
            found.append((path.parent, _List.model_validate_json(path.read_bytes()).photos))
        except (OSError, ValidationError):
            continue  # a disk that is full may tear it
    return tuple(found)


def bring_back(folders: Iterable[Path], project: Path) -> None:
    """Give the photos of `project` the masks that `keep_unsaved` wrote into `folders`, each as an edit to be undone.

    For a worker thread, and for photos that nobody paints on. Raises SegStudioError when a mask cannot be brought
    back; the folders it was not done with are offered again.
    """
    opened = Project.open(project)
    for folder in folders:
        listed = _List.model_validate_json((folder / _LIST).read_bytes())
        for key in listed.photos:
            if opened.has_photo(key):
                _bring_one_back(opened, key, folder / mask_name(key), listed)
        decline(folder)


def decline(folder: Path) -> None:
    """Offer what is in `folder` no more; its files stay."""
    (folder / _LIST).rename(folder / _DECLINED)


def _bring_one_back(project: Project, key: str, path: Path, listed: _List) -> None:
    photo = project.photo(key)
    kept = read_mask(path)
    _check_classes(kept, listed, project.classes, path)
    hold = begin_painting(project, photo)
    if hold is None:
        raise SegStudioError(f"{key} is open in another window of SegStudio", fix="Close it there")
    try:
        there = project.read_mask(photo)
        mask: Mask = np.full(kept.shape, VOID, dtype=np.uint8) if there is None else there
        fitting(kept, mask.shape, "the mask that was kept")
        editor, _ = MaskEditor.open(mask, project.journal_path(photo))
        for _ in written(editor, "bring back", pasted(kept)):
            pass
        editor.save(editor.snapshot(), lambda pixels: _put(project, hold, pixels))
    finally:
        hold.let_go()


def _put(project: Project, hold: PhotoHold, mask: Mask) -> None:
    """Save it; what stood there, by somebody else perhaps, stays among the versions whatever was kept before."""
    project.save_photo(
        project.photo(hold.key),
        mask=mask,
        update=begun,
        check=hold.check,
        by_hand=False,
        doing="what was kept elsewhere came back",
    )


def _check_classes(mask: Mask, listed: _List, classes: ClassList, path: Path) -> None:
    now = {entry.index: entry.name for entry in classes.classes}
    for value in (int(value) for value in np.flatnonzero(count(mask))):
        meant = listed.classes.get(value)
        if meant is not None and now.get(value) != meant:
            raise SegStudioError(
                f"the class {meant} is another one by now, so the mask cannot be brought back",
                where=str(path),
                fix="Give the class its name back, then try again",
            )


def _classes_of(project: Path) -> ClassList:
    try:
        return Project.open(project).classes
    except SegStudioError:  # what was painted is kept all the same
        return ClassList()


def _new_folder(into: Path, name: str) -> Path:
    stem = f"{datetime.now():%Y-%m-%d %H.%M.%S} {name}"
    number = 1
    while (folder := into / (stem if number == 1 else f"{stem} {number}")).exists():
        number += 1
    return folder
