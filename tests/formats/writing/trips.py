"""Projects of given masks, exported and imported again by the real importer into a new project."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

from segstudio.formats.exporting import EXPORTS, ExportOptions, ExportReport, export_project
from segstudio.formats.importing import commit_import, prepare
from segstudio.formats.options import ImportOptions
from segstudio.formats.sources import gather
from segstudio.project.classes import ClassList
from segstudio.project.masks import Mask
from segstudio.project.photos import PhotoState, Split
from segstudio.project.project import Project

CLASSES = ClassList.from_names(["background", "Sky Blue", "größe 大", "car"])
WAYS = tuple((entry.id, outlines) for entry in EXPORTS for outlines in entry.outlines)


def project_of(
    folder: Path,
    masks: Mapping[str, Mask],
    classes: ClassList,
    splits: Mapping[str, Split] | None = None,
) -> Project:
    """Make a project of noise photos with these masks."""
    project = Project.create(folder, classes=classes)
    with project.change() as change:
        for number, (key, mask) in enumerate(masks.items()):
            noise = np.random.default_rng(number).integers(0, 256, (*mask.shape, 3), dtype=np.uint8)
            photo = folder / "photo.png"
            Image.fromarray(noise).save(photo)
            change.add_photo(key, photo, size=mask.shape)
            change.put_mask(key, mask)
            split = (splits or {}).get(key)
            change.put_state(key, PhotoState(size=mask.shape, split=split, status="done"))
    photo.unlink()
    return Project.open(folder)


def import_again(
    exported: Path, folder: Path, classes: ClassList, *, photos: Path | None = None, **options: object
) -> Project:
    """Bring what was exported into a new project of the same classes."""
    project = Project.create(folder, classes=classes)
    with gather([exported], [photos] if photos is not None else []) as gathered:
        told = {"blank_is_background": True, **options}
        prepared = prepare(gathered, project, ImportOptions(**told))  # type: ignore[arg-type]
        assert prepared.report.refusal is None, prepared.report.refusal
        assert not prepared.report.doubtful
        commit_import(prepared, project, workers=1)
    return Project.open(folder)


def export(project: Project, form: str, to: Path, **options: object) -> ExportReport:
    return export_project(project, ExportOptions(form, to, **options))  # type: ignore[arg-type]


def masks_of(project: Project) -> dict[str, Mask]:
    """Return the masks of a project by key."""
    found = {photo.key: project.read_mask(photo) for photo in project.photos()}
    return {key: mask for key, mask in found.items() if mask is not None}
