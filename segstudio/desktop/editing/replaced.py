"""A mask that an import, a merge or an accepted prediction put in the place of a painted one, or left again: the stroke
journal goes on from there.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np

from segstudio.desktop.editing.shares import count
from segstudio.desktop.editing.whole_edit import pasted, written
from segstudio.errors import SegStudioError
from segstudio.formats.record import read_record, records_of
from segstudio.painting.editor import MaskEditor
from segstudio.painting.taken_back import with_edits_again
from segstudio.project.classes import VOID, ClassList
from segstudio.project.digests import file_digest
from segstudio.project.masks import Mask, read_mask
from segstudio.project.photos import Photo
from segstudio.project.project import Project
from segstudio.project.versions import version_file, versions_of

_IMPORT, _REPLACE = "import", "replace"


def bridged(project: Project, photo: Photo, mask: Mask, aside: Path) -> tuple[MaskEditor, str] | None:
    """Return an editor of `mask`, which is on disk, whose undo goes on from what a journal knows, and what is to be
    told (or nothing): back over what replaced what was painted, or on from where that was taken back.

    `aside` is where that journal lies, set aside because it does not know `mask`; it is put back. None where neither an
    import nor a version explains `mask`, or what was replaced is not kept or holds a class that is gone. For a worker
    thread.
    """
    if project.journal_path(photo).exists():
        return None
    again = with_edits_again(mask, aside, _IMPORT) or with_edits_again(mask, aside, _REPLACE)
    if again is not None:
        editor = _continued(project, photo, again[0], aside)
        return None if editor is None else (_saved(_back(editor, again[1])), "")
    former, label = _former_mask(project, photo), _IMPORT
    if former is None:
        former, label = _newest_version(project, photo), _REPLACE
    if former is None or former.shape != mask.shape or not _is_of(former, project.classes):
        return None
    editor = _continued(project, photo, former, aside)
    what = "imported anew" if label == _IMPORT else "given another mask"
    told = f"{photo.key} was {what}: undo brings back what was painted before."
    return None if editor is None else (_saved(_over(editor, mask, label)), told)


def _continued(project: Project, photo: Photo, known: Mask, aside: Path) -> MaskEditor | None:
    """Put the journal back, and open it with the mask that it knows; None where it does not know that one, either."""
    journal = project.journal_path(photo)
    aside.rename(journal)
    editor, recovered = MaskEditor.open(known, journal)
    return None if recovered.outcome == "set aside" else editor


def _back(editor: MaskEditor, steps: int) -> MaskEditor:
    for _ in range(steps):
        editor.undo()
    return editor


def _over(editor: MaskEditor, mask: Mask, label: str) -> MaskEditor:
    for _ in written(editor, label, pasted(mask)):
        pass
    return editor


def _saved(editor: MaskEditor) -> MaskEditor:
    editor.save(editor.snapshot(), lambda _mask: None)  # it is on disk already
    return editor


def _is_of(mask: Mask, classes: ClassList) -> bool:
    """Whether the classes that a mask holds are all in the list: an edit of the list rewrites no mask that is kept."""
    return {int(value) for value in np.flatnonzero(count(mask))} <= {*classes.indices, VOID}


def _former_mask(project: Project, photo: Photo) -> Mask | None:
    """Return what the import that wrote the photo's mask replaced, or None."""
    try:
        digest = file_digest(project.mask_path(photo))
    except SegStudioError:
        return None
    for path in records_of(project.folder):
        with suppress(SegStudioError):
            brought = read_record(path).brought.get(photo.key)
            if brought is not None and brought.mask == digest:
                return read_mask(path.parent / f"replaced/{photo.key}.png")
    return None


def _newest_version(project: Project, photo: Photo) -> Mask | None:
    """Return what the photo's mask was before something replaced it at once, or None."""
    kept = [version for version in versions_of(project.folder, photo.key) if version.replaced]
    with suppress(SegStudioError):
        return read_mask(version_file(project.folder, photo.key, kept[-1].number)) if kept else None
    return None
