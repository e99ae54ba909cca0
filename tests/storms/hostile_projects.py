"""A whole project from a stranger, one file of it bad: it is opened, and what that file is for is done."""

from __future__ import annotations

import json
import shutil
import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from segstudio.desktop.editing.rescue import bring_back as bring_back_kept
from segstudio.desktop.editing.rescue import kept_in
from segstudio.desktop.opened_reading import read_opened
from segstudio.desktop.reviewing.memory import remembered
from segstudio.desktop.reviewing.taken_book import TakenBook
from segstudio.desktop.run_summaries import summarise_runs
from segstudio.desktop.train.speeds import Speeds
from segstudio.errors import SegStudioError
from segstudio.formats.kept import mask_from_kept
from segstudio.formats.record import records_of
from segstudio.formats.undoing import undo_import
from segstudio.painting.editor import MaskEditor
from segstudio.painting.going_back import go_back
from segstudio.painting.journal_records import MAGIC
from segstudio.painting.stroke_journals import StrokeJournals
from segstudio.project.class_choices import ClassChoices
from segstudio.project.class_edit import Delete
from segstudio.project.class_edits import ClassEditing
from segstudio.project.class_uses import MaskCounter
from segstudio.project.merged import last_merge, merge, unmerge
from segstudio.project.merging import plan_merge
from segstudio.project.painted_photos import begin_painting
from segstudio.project.photo_locks import told_painted, who_paints
from segstudio.project.presence import Presence, people
from segstudio.project.project import Project
from segstudio.project.removal import bring_back, removals
from segstudio.project.review_queue import ReviewQueue
from segstudio.project.trash import empty_trash, trash_of
from segstudio.project.versions import versions_of
from segstudio.runs.folder import list_runs
from segstudio.runs.predictions import kept_prediction, load_map, prediction_places
from tests.storms.hostile import Reader
from tests.storms.hostile_whole import LEFT, with_everything

Act = Callable[[Project], object]


def projects(project: Project, place: Path) -> Iterator[Reader]:
    """Yield a reader for each kind of file in a project; of `project` a copy is made in `place`, with everything."""
    whole = with_everything(project, place / "whole")
    for pattern, acts in _ACTS.items():
        path = next(iter(sorted(whole.glob(pattern))), None)
        assert path is not None, f"the project has no {pattern}"
        mend = mend_journal if path.suffix == ".undo" else None
        name = path.relative_to(whole).as_posix()
        yield Reader(f"project: {pattern}", (path.read_bytes(),), _doing(whole, name, acts), mend)
    yield Reader("speeds.json", (b'{"lraspp 8 x 256": 12.5}',), _as_speeds)


def mend_journal(data: bytes) -> bytes:
    """Put the checksums of a stroke journal right, as far as its records can be told from each other."""
    found, at = bytearray(data), len(MAGIC)
    while at + 9 <= len(found):
        end = at + 5 + int(struct.unpack_from("<I", found, at + 1)[0])
        if end + 4 > len(found):
            break
        found[end : end + 4] = struct.pack("<I", zlib.crc32(found[at:end]))
        at = end + 4
    return bytes(found)


def _doing(whole: Path, name: str, acts: tuple[Act, ...]) -> Callable[[bytes, Path], object]:
    """Return what opens a copy of the project `whole` with another file `name`, and does `acts`.

    Each act may be refused in a sentence. What could be opened before can be opened after.
    """

    def read(data: bytes, folder: Path) -> object:
        shutil.copytree(whole, folder, dirs_exist_ok=True)
        (folder / name).write_bytes(data)
        told: SegStudioError | None = None
        Project.open(folder).photos()
        for act in acts:
            try:
                act(Project.open(folder))
            except SegStudioError as error:
                told = error
        assert Project.open(folder).photos() is not None
        if told is not None:
            raise told
        return None

    return read


# -- what is done with it


def _look(project: Project) -> None:
    for photo in project.photos():
        with suppress(SegStudioError):
            project.read_mask(photo)
    MaskCounter().count(project.folder, project.photos())


def _go_back(project: Project) -> None:
    photo = project.photo("a.png")
    for version in versions_of(project.folder, photo.key):
        go_back(project, photo, version)


def _bring_back(project: Project) -> None:
    trash_of(project)
    for removal in removals(project.folder):
        bring_back(project, removal)


def _empty_trash(project: Project) -> None:
    empty_trash(project)


def _undo_classes(project: Project) -> None:
    trash_of(project)
    ClassEditing(project, StrokeJournals()).undo()
    ClassEditing(project, StrokeJournals()).redo()


def _unmerge(project: Project) -> None:
    record = last_merge(project.folder)
    if record is not None:
        unmerge(project, record, StrokeJournals())


def _paint_from_kept(project: Project) -> None:
    for photo in project.photos():
        with suppress(SegStudioError):
            mask_from_kept(project, photo)


def _undo_import(project: Project) -> None:
    for path in records_of(project.folder):
        undo_import(project, path, StrokeJournals())


def _open_and_undo(project: Project) -> None:
    photo = project.photo("b.png")
    mask = project.read_mask(photo)
    assert mask is not None
    StrokeJournals().values(project.journal_path(photo))
    editor, _ = MaskEditor.open(mask, project.journal_path(photo))
    with editor.edit("brush"):
        editor.paint_all(2)
    editor.save(editor.snapshot(), lambda pixels: project.write_mask(photo, pixels))
    for _ in range(8):
        editor.undo()
    for _ in range(8):
        editor.redo()
    editor.save(editor.snapshot(), lambda pixels: project.write_mask(photo, pixels))


def _settle(project: Project) -> None:
    StrokeJournals().settle(project, project.photo("b.png"))


def _begin(project: Project) -> None:
    photo, presence = project.photo("a.png"), Presence()
    painted = who_paints(project, photo, presence)
    if painted is not None:
        told_painted(painted)
    hold = begin_painting(project, photo)
    if hold is not None:
        hold.check()
        hold.let_go()


def _meet_people(project: Project) -> None:
    for signs in people(project.folder):
        assert isinstance(signs.is_dead, bool)
    project.refresh()
    ClassEditing(project, StrokeJournals()).commit(Delete(2))


def _review_again(project: Project) -> None:
    queue = ReviewQueue(project.folder)
    for record in queue.read().records:
        for told in (record.mask, record.confidence):
            with suppress(SegStudioError):
                load_map(queue.path_of(told))
    ClassChoices(project.folder).read("model")
    remembered(read_opened(project.folder))


def _predict_again(project: Project) -> None:
    out, photo = project.folder / "review/predictions/model", project.photo("a.png")
    endings = ("*.mask.npy", "*.confidence.npy", "*.json")
    for ending, place in zip(endings, prediction_places(out, photo.path), strict=True):
        next(out.glob(ending)).rename(place)  # its name tells where the project was made
    kept = kept_prediction(out, photo.path, project.folder / "runs/r/best.pt")
    for path in out.glob("*.npy"):
        with suppress(SegStudioError):
            load_map(path)
    assert kept is None or len(kept.size) == 2


def _take_back(project: Project) -> None:
    path = project.folder / "review/taken/1.json"
    with suppress(ValueError, TypeError, RecursionError):
        found = project.mask_path(project.photo("a.png")).stat()  # of this copy
        told = json.loads(path.read_bytes())
        told["stamp"] = [found.st_mtime_ns, found.st_size, found.st_ino]
        path.write_text(json.dumps(told), encoding="utf-8")
    book = TakenBook(project.folder)
    book.load()
    for photo in project.photos():
        book.back(photo.key)


def _count(project: Project) -> None:
    MaskCounter().count(project.folder, project.photos())
    ClassEditing(project, StrokeJournals()).commit(Delete(2))


def _see_runs(project: Project) -> None:
    summarise_runs(project.runs_folder)
    for run in list_runs(project.runs_folder):
        run.state()
        run.crops_together()


def _merge_again(project: Project) -> None:
    journals = StrokeJournals()
    other = shutil.copytree(project.folder, project.folder.with_name("other"))
    try:
        theirs = Project.open(Path(other))
        plan = plan_merge(project, theirs, journals)
        merge(project, plan, {pair.key: "theirs" for pair in plan.conflicts}, journals)
    finally:
        shutil.rmtree(other)


def _bring_kept_back(project: Project) -> None:
    bring_back_kept([folder for folder, _ in kept_in(project.folder / "kept")], project.folder)


def _as_speeds(data: bytes, folder: Path) -> object:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "speeds.json"
    path.write_bytes(data)
    return Speeds(path).of("lraspp", batch_size=8, crop_px=256)


_ACTS: dict[str, tuple[Act, ...]] = {
    "project.json": (_look, _undo_classes),
    "masks/a.png.json": (_look, _begin, _go_back),
    "masks/b.png.png": (_look, _count, _settle),
    "masks/b.png.undo": (_settle, _open_and_undo),
    "masks/a.png.lock.by": (_begin,),
    ".people/*.json": (_meet_people,),
    "history/masks/a.png/*.json": (_go_back,),
    "history/masks/a.png/*.png": (_go_back,),
    "history/classes/*/entry.json": (_undo_classes, _empty_trash),
    "history/merges/*/merge.json": (_unmerge,),
    ".trash/photos/*/removal.json": (_bring_back, _empty_trash),
    "sources/*/import.json": (_paint_from_kept, _undo_import),
    "pack.json": (_merge_again,),
    "review/*.json": (_review_again,),
    "review/models/*.json": (_review_again,),
    "review/videos/*.json": (_review_again,),
    "review/taken/*.json": (_take_back,),
    "review/predictions/*/*.json": (_predict_again,),
    "review/predictions/*/*.npy": (_predict_again, _review_again),
    ".cache/mask-counts.json": (_count,),
    "runs/trained/events.jsonl": (_see_runs,),
    "runs/trained/recipe.toml": (_see_runs,),
    "runs/trained/crops-together.txt": (_see_runs,),
    "kept/*/unsaved.json": (_bring_kept_back,),
    f".staging/{LEFT}/commit.json": (_look,),
    f".staging/{LEFT}/remove.json": (_look,),
}
