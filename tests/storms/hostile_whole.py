"""A project in which all has been done that leaves files: painted, merged, imported, reviewed, trained, and broken off."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np

from segstudio.formats.exporting import ExportOptions, export_project
from segstudio.formats.importing import commit_import, prepare
from segstudio.formats.options import ImportOptions
from segstudio.formats.sources import gather
from segstudio.painting.editor import MaskEditor
from segstudio.painting.stroke_journals import StrokeJournals
from segstudio.project.class_choices import ClassChoices
from segstudio.project.class_edit import Delete
from segstudio.project.class_edits import ClassEditing
from segstudio.project.class_uses import MaskCounter
from segstudio.project.images import encode_png
from segstudio.project.merged import merge
from segstudio.project.merging import opened_pack, plan_merge
from segstudio.project.moving import FILES, LIST
from segstudio.project.pack import make_pack
from segstudio.project.photo_locks import Claim, claim_path
from segstudio.project.photos import Photo
from segstudio.project.presence import Signs, signs_path, this_painter
from segstudio.project.project import Project
from segstudio.project.review_queue import ReviewQueue, ReviewRecord
from segstudio.project.staging import STAGING
from segstudio.runs.events import encode_event
from segstudio.runs.folder import RunFolder
from segstudio.runs.predictions import Done, prediction_places, stamp_of
from segstudio.runs.recipe import Recipe
from tests.run_events import started

LEFT = "0" * 32
"""The staging folder of a change that was broken off."""


def with_everything(project: Project, folder: Path) -> Path:
    """Copy a project of a.png and b.png with masks, versions and a trash, and do with it all that leaves files."""
    shutil.copytree(project.folder, folder)
    made = Project.open(folder)
    journals = StrokeJournals()
    _merge_a_pack(made, folder.parent, journals)
    _import_again(made, folder.parent)
    ClassEditing(Project.open(folder), journals).commit(Delete(1))
    made = Project.open(folder)
    _paint(made, made.photo("b.png"))
    _tell_others(made, made.photo("a.png"))
    _review(made)
    _train(made)
    keep = folder / "kept/1"
    keep.mkdir(parents=True)
    shutil.copytree(folder / "masks", keep / "masks", ignore=shutil.ignore_patterns("*.lock*", "*.undo"))
    listed = {"project": str(folder), "photos": ["b.png"], "classes": {"0": "ground", "2": "sky"}}
    (keep / "unsaved.json").write_text(json.dumps(listed), encoding="utf-8")
    MaskCounter().count(made.folder, made.photos())
    _count_again(made)
    (folder / STAGING / LEFT / FILES / "photos").mkdir(parents=True)
    (folder / STAGING / LEFT / FILES / "photos/d.png").write_bytes((folder / "photos/b.png").read_bytes())
    (folder / STAGING / LEFT / LIST).write_text('["photos/d.png"]', encoding="utf-8")
    (folder / STAGING / LEFT / "remove.json").write_text('["masks/none.png"]', encoding="utf-8")
    return folder


def _merge_a_pack(made: Project, place: Path, journals: StrokeJournals) -> None:
    make_pack(made, place / "out.zip", made.photos())
    with opened_pack(place / "out.zip") as packed:
        other = shutil.copytree(packed.folder, place / "packed")
    theirs = Project.open(Path(other))
    mask = np.array(theirs.read_mask(theirs.photo("a.png")))
    mask[:5] = 2
    theirs.write_mask(theirs.photo("a.png"), mask)
    merge(made, plan_merge(made, Project.open(theirs.folder), journals), {}, journals)
    shutil.copyfile(theirs.folder / "pack.json", made.folder / "pack.json")


def _import_again(made: Project, place: Path) -> None:
    made = Project.open(made.folder)
    export_project(made, ExportOptions(format="cvat", to=place / "again", with_photos=True))
    rng = np.random.default_rng(7)
    for path in list((place / "again").rglob("*.png")):
        other = rng.integers(0, 256, (*made.photo(path.name).size, 3), dtype=np.uint8)
        path.rename(path.with_name(f"new_{path.name}")).write_bytes(encode_png(other))
    for path in (place / "again").rglob("*.xml"):
        told = path.read_text(encoding="utf-8")
        path.write_text(told.replace("a.png", "new_a.png").replace("b.png", "new_b.png"), encoding="utf-8")
    with gather([place / "again"], []) as gathered:
        commit_import(prepare(gathered, made, ImportOptions()), made)


def _paint(made: Project, photo: Photo) -> None:
    """Leave a journal with an undo, an edit that was undone, and one that the mask does not have."""
    mask = made.read_mask(photo)
    assert mask is not None
    editor, _ = MaskEditor.open(mask, made.journal_path(photo))
    for value, rows in ((2, 6), (0, 9), (2, 12)):
        with editor.edit("brush"):
            editor.paste(np.full((rows, 8), value, dtype=np.uint8), 2, 3)
        if rows == 9:
            editor.undo()
            editor.save(editor.snapshot(), lambda pixels: made.write_mask(photo, pixels))


def _tell_others(made: Project, photo: Photo) -> None:
    painter = this_painter()
    since = "2026-05-01T10:00:00+00:00"
    claim = Claim(**painter.model_dump(), token="t", since=since)
    claim_path(made.paint_lock(photo)).write_text(claim.model_dump_json(), encoding="utf-8")
    made.paint_lock(photo).touch()
    signs = Signs(**painter.model_dump(), photos={photo.key: since}, beat=3, saves=1)
    path = signs_path(made.folder, painter)
    path.parent.mkdir(exist_ok=True)
    path.write_text(signs.model_dump_json(), encoding="utf-8")


def _review(made: Project) -> None:
    photo, out = made.photo("a.png"), made.folder / "review/predictions/model"
    out.mkdir(parents=True)
    places = prediction_places(out, photo.path)
    for path in places[:2]:
        np.save(path, np.zeros(photo.size, dtype=np.uint8))
    model = made.folder / "runs/r/best.pt"
    model.parent.mkdir(parents=True)
    model.write_bytes(b"no model")
    told = {
        "photo": str(photo.path),
        "mask": str(places[0]),
        "confidence": str(places[1]),
        "size": photo.size,
    }
    stamps = {"photo_stamp": stamp_of(photo.path), "model_stamp": stamp_of(model)}
    done = Done.model_validate({"id": "1", "seconds": 1.0, "model": str(model), **told, **stamps})
    places[2].write_text(done.model_dump_json(), encoding="utf-8")
    queue = ReviewQueue(made.folder)
    maps = {name: queue.told(path) for name, path in zip(("mask", "confidence"), places[:2], strict=True)}
    queue.put(ReviewRecord.model_validate({"photo": "a.png", "model": "r", "model_id": "1", **maps}))
    ClassChoices(made.folder).put("model", "r", {"sky": "sky", "person": None})
    video = {"video": "../film.avi", "every": 5, "scale": 0.5, "start": 10}
    (made.folder / "review/videos").mkdir()
    (made.folder / "review/videos/1.json").write_text(json.dumps(video), encoding="utf-8")
    mask = made.mask_path(photo).stat()
    taken = {"key": "a.png", "stamp": [mask.st_mtime_ns, mask.st_size, mask.st_ino], "came_in": False}
    (made.folder / "review/taken").mkdir()
    (made.folder / "review/taken/1.json").write_text(json.dumps(taken), encoding="utf-8")


def _train(made: Project) -> None:
    run = RunFolder.create(made.runs_folder, Recipe(), name="trained")
    run.log.write_bytes(encode_event(started()))
    run.note_crops_together(4)


def _count_again(made: Project) -> None:
    """Keep the counts although the masks are so young that they would not be kept."""
    entries = {}
    for photo in made.photos():
        if photo.has_mask:
            found = made.mask_path(photo).stat()
            entries[photo.key] = [found.st_mtime_ns, found.st_size, [0, photo.size[0] * photo.size[1]]]
    path = made.folder / ".cache/mask-counts.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"version": 1, "masks": entries}), encoding="utf-8")
