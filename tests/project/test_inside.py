"""A stranger's project has links in it that lead to files of whoever opens it: none of those is written or removed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.files import write_note
from segstudio.painting.stroke_journals import StrokeJournals
from segstudio.project.class_edit import Merge
from segstudio.project.class_edits import ClassEditing
from segstudio.project.conflict_copies import move_away
from segstudio.project.count_cache import CACHE, Known, keep_counts, read_counts
from segstudio.project.inside import check_inside, is_inside
from segstudio.project.painted_photos import begin_painting, not_painted
from segstudio.project.presence import FOLDER as PEOPLE
from segstudio.project.presence import Presence
from segstudio.project.project import Project
from segstudio.project.removal import bring_back, removals, remove_photos
from segstudio.project.trash import empty_trash, trash_of
from tests.project.conftest import AddPhoto, Fingerprint
from tests.project.links import link

_MASK = np.ones((60, 80), dtype=np.uint8)


@pytest.fixture
def victim(tmp_path: Path) -> Path:
    """Return a folder elsewhere with files of somebody's."""
    folder = tmp_path / "victim"
    (folder / "photos").mkdir(parents=True)
    for name in ("thesis.txt", "photos/a.jpg", "Cargo.lock"):
        (folder / name).write_text("mine")
    return folder


def test_own_folders_at_the_top_alone_may_be_links(project: Project, victim: Path) -> None:
    folder = project.folder
    (folder / "masks").rmdir()
    link(folder / "masks", victim)
    link(folder / "photos/masks", victim)
    link(folder / "history", victim)
    (folder / "runs/file").touch()
    for inside in ("masks", "masks/a/b", "photos", "photos/a", "runs/file", "nowhere/at/all"):
        assert is_inside(folder, folder / inside)
    for outside in ("photos/masks", "photos/masks/a", "history", "history/masks/a"):
        with pytest.raises(SegStudioError, match="the folder is a link") as told:
            check_inside(folder, [folder / "photos", folder / outside])
        assert told.value.where in (str(folder / "photos/masks"), str(folder / "history"))
    with pytest.raises(SegStudioError, match="the folder is a link"):
        check_inside(folder, [folder / "masks/a"], may_be_links=())
    assert is_inside(folder, folder)


def _contents(folder: Path) -> dict[Path, bytes]:
    """Return the files below a folder, but for its caches, and what they hold."""
    return {
        path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and ".cache" not in path.parts
    }


def _write(project: Project) -> None:
    project.write_mask(project.photo("sub/a.jpg"), _MASK * 2)


def _paint(project: Project) -> None:
    begin_painting(project, project.photo("sub/a.jpg"))


def _ask_who_paints(project: Project) -> None:
    with not_painted(project, project.photos()):
        pass


def _remove(project: Project) -> None:
    remove_photos(project, ["sub/a.jpg"])


def _merge_classes(project: Project) -> None:
    ClassEditing(project, StrokeJournals()).commit(Merge(1, 2))


@pytest.mark.parametrize(
    ("name", "acts"),
    [
        (".staging", (_write, _remove, _merge_classes)),
        (".trash", (_remove,)),
        (".trash/photos", (_remove,)),
        ("history", (_merge_classes,)),
        ("history/classes", (_merge_classes,)),
        ("masks/sub", (_write, _paint, _ask_who_paints, _remove, _merge_classes)),
    ],
)
def test_a_folder_that_is_a_link_refuses_what_would_be_written_there(
    project: Project,
    add_photo: AddPhoto,
    victim: Path,
    name: str,
    acts: tuple[Callable[[Project], None], ...],
) -> None:
    add_photo("sub/a.jpg", _MASK)
    (victim / "a.jpg.lock").write_text("mine")
    place = project.folder / name
    if place.is_dir():
        place.rename(project.folder.parent / "was")
        for file in (project.folder.parent / "was").iterdir():
            (victim / file.name).write_bytes(file.read_bytes())
    place.parent.mkdir(exist_ok=True)
    link(place, victim)
    before, own = _contents(victim), _contents(project.folder)
    opened = Project.open(project.folder)
    for act in acts:
        with pytest.raises(SegStudioError, match="the folder is a link") as told:
            act(opened)
        assert told.value.where == str(place)
        assert _contents(victim) == before
    assert _contents(project.folder) == own


def test_a_trash_that_is_a_link_is_not_emptied(
    project: Project, victim: Path, fingerprint: Fingerprint
) -> None:
    link(project.folder / ".trash", victim)
    before = fingerprint(victim)
    with pytest.raises(SegStudioError, match="the folder is a link"):
        trash_of(project)
    with pytest.raises(SegStudioError, match="the folder is a link"):
        empty_trash(project)
    with pytest.raises(SegStudioError, match="the folder is a link"):
        move_away(project.folder, [project.folder / "project.json.bak"])
    assert fingerprint(victim) == before


def test_what_comes_back_from_the_trash_goes_nowhere_else(
    project: Project, add_photo: AddPhoto, victim: Path, fingerprint: Fingerprint
) -> None:
    add_photo("a.jpg", _MASK)
    removal = remove_photos(project, ["a.jpg"])
    trashed = project.folder / removal.folder
    link(project.folder / "out", victim)
    (trashed / "out").mkdir()
    (trashed / "out/evil.sh").write_text("evil")
    photo = removal.photos[0].model_copy(update={"files": ("out/evil.sh", *removal.photos[0].files)})
    record = removal.model_copy(update={"photos": (photo,)})
    (trashed / "removal.json").write_text(record.model_dump_json(), encoding="utf-8")
    before = fingerprint(victim)
    with pytest.raises(SegStudioError, match="the folder is a link"):
        bring_back(project, removals(project.folder)[0])
    assert fingerprint(victim) == before
    assert not project.keys()


def test_a_note_is_never_written_through_a_link(tmp_path: Path, victim: Path) -> None:
    link(tmp_path / "note.json.part", victim / "thesis.txt")
    write_note(tmp_path / "note.json", b"{}")
    assert (tmp_path / "note.json").read_bytes() == b"{}"
    assert (victim / "thesis.txt").read_text() == "mine"
    assert not (tmp_path / "note.json.part").exists()


def test_looking_at_a_photo_writes_through_no_link(
    project: Project, add_photo: AddPhoto, victim: Path
) -> None:
    """A claim's temporary file, and a lock, whose names anybody can tell."""
    add_photo("a.jpg", _MASK)
    link(project.folder / "masks/a.jpg.lock.by.part", victim / "thesis.txt")
    hold = begin_painting(project, project.photo("a.jpg"))
    assert hold is not None
    hold.let_go()
    assert (victim / "thesis.txt").read_text() == "mine"
    link(project.folder / "masks/a.jpg.lock", victim / "thesis.txt")
    with pytest.raises(SegStudioError, match="a link stands where a file must go"):
        begin_painting(project, project.photo("a.jpg"))
    assert (victim / "thesis.txt").read_text() == "mine"


def test_a_file_that_is_only_called_like_a_lock_stays(
    project: Project, add_photo: AddPhoto, victim: Path
) -> None:
    """A photo can be called Cargo where it is not copied, and masks may be a link."""
    source = project.folder.parent / "p.png"
    add_photo("p.png", _MASK)
    source.write_bytes((project.folder / "photos/p.png").read_bytes())
    with project.change() as change:
        change.add_photo("Cargo", source, copy=False, size=(60, 80))
    (project.folder / "masks").rename(project.folder.parent / "was")
    link(project.folder / "masks", victim)
    hold = begin_painting(project, project.photo("Cargo"))
    assert hold is not None
    hold.let_go()
    assert (victim / "Cargo.lock").read_text() == "mine"


def test_signs_and_counts_are_not_left_behind_a_link(
    project: Project, add_photo: AddPhoto, victim: Path, fingerprint: Fingerprint
) -> None:
    add_photo("a.jpg", _MASK)
    long_dead = victim / f"{'0' * 32}.json"
    long_dead.write_text("mine")
    for name in (PEOPLE, Path(CACHE).parts[0]):
        link(project.folder / name, victim)
    before = fingerprint(victim)
    presence = Presence(beat_s=0.01)
    hold = begin_painting(project, project.photo("a.jpg"), by=presence)
    assert hold is not None
    presence.close()
    hold.let_go()
    keep_counts(project.folder, {"a.jpg": Known(1, 2, {0: 3})})
    assert read_counts(project.folder) == {}
    assert fingerprint(victim) == before
