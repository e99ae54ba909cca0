"""A mask that an import has put in the place of a painted one: the stroke journal goes on from there."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

from segstudio.desktop.editing.whole_edit import pasted, written
from segstudio.errors import SegStudioError
from segstudio.formats.record import read_record, records_of
from segstudio.painting.editor import MaskEditor
from segstudio.project.masks import Mask, read_mask
from segstudio.project.photos import Photo
from segstudio.project.project import Project

_LABEL = "import"


def bridged(project: Project, photo: Photo, mask: Mask, aside: Path) -> MaskEditor | None:
    """Return an editor of `mask`, which is on disk, whose undo brings back the painted mask that an import replaced.

    `aside` is where the journal of that lies, set aside because it does not know `mask`; it is put back. None where no
    import wrote this mask or what it replaced is not kept: then all is as it was. For a worker thread.
    """
    former = _former_mask(project, photo)
    journal = project.journal_path(photo)
    if former is None or former.shape != mask.shape or journal.exists():
        return None
    aside.rename(journal)
    editor, recovered = MaskEditor.open(former, journal)
    if recovered.outcome == "set aside":  # it was painted on something else than what the import replaced
        return None
    for _ in written(editor, _LABEL, pasted(mask)):
        pass
    editor.save(editor.snapshot(), lambda _mask: None)  # it is on disk already
    return editor


def _former_mask(project: Project, photo: Photo) -> Mask | None:
    """Return what the import that wrote the photo's mask replaced, or None."""
    try:
        digest = hashlib.sha256(project.mask_path(photo).read_bytes()).hexdigest()
    except OSError:
        return None
    for path in records_of(project.folder):
        with suppress(SegStudioError):
            brought = read_record(path).brought.get(photo.key)
            if brought is not None and brought.mask == digest:
                return read_mask(path.parent / f"replaced/{photo.key}.png")
    return None
