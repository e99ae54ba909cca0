"""What the window asks of an import beyond the command line: planned again, painted small, repeated from what was kept."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.errors import SegStudioError, WorkStopped
from segstudio.formats.examine import Looks, Outcome, examine
from segstudio.formats.importing import commit_import, prepare
from segstudio.formats.kept import mask_from_kept
from segstudio.formats.options import ImportOptions
from segstudio.formats.plan import make_plan, replanned
from segstudio.formats.previewing import Paint, preview_mask
from segstudio.formats.record import read_record
from segstudio.formats.sources import gather
from segstudio.project.masks import Mask
from segstudio.project.photos import Photo
from segstudio.project.project import Project

Make = Callable[..., Path]
Draw = Callable[..., str]
SQUARE = ((2, 2), (18, 2), (18, 18), (2, 18))
ALL = ((0, 0), (29, 0), (29, 19), (0, 19))


def _mask(project: Project, photo: Photo) -> Mask:
    mask = project.read_mask(photo)
    assert mask is not None
    return mask


@pytest.fixture
def folder(tmp_path: Path, make_photo: Make, make_labelme: Make, polygon: Draw) -> Path:
    root = tmp_path / "given"
    for seed, name in enumerate("ab"):
        make_photo(root / f"{name}.png", seed=seed)
        make_labelme(root / f"{name}.xml", [polygon("sky", ALL), polygon("person", SQUARE)])
    make_labelme(root / "b.xml", [polygon("rope", SQUARE)])
    return root


def test_odd_sources_are_told_where_they_are_asked_for(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "notes.txt").write_text("to do", encoding="utf-8")
    refused: list[SegStudioError] = []
    with gather([tmp_path / "notes.txt", folder, tmp_path / "gone"], refused=refused) as gathered:
        assert len(gathered.files) == len(gathered.photos) == 2
    assert [error.problem for error in refused] == [
        "this is no annotation file, photo, folder or ZIP file",
        "there is no such file or folder",
    ]
    with gather([], refused=[]) as gathered:
        assert not gathered.files


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        (
            "a.csv",
            "filename,file_size,region_shape_attributes\n",
            "VIA's table of regions, which is not read",
        ),
        ("a.txt", "0 0.5 0.5 0.1 0.2\n", "a YOLO label file of boxes: it holds no areas to learn from"),
    ],
)
def test_formats_that_are_not_read_are_named_once(
    folder: Path, project: Project, name: str, text: str, told: str
) -> None:
    for sub in ("", "x", "y"):
        (folder / sub).mkdir(exist_ok=True)
        (folder / sub / name).write_text(text, encoding="utf-8")
    (folder / "readme.txt").write_text("Photos of the second day", encoding="utf-8")
    with gather([folder]) as gathered:
        (error,) = gathered.passed_over
        report = prepare(gathered, project, ImportOptions(add_classes=True)).report
    assert error.problem == f"this is {told} (and 2 more like it)"
    assert report.not_read == (str(error),)
    assert report.refusal is None
    with pytest.raises(SegStudioError, match=told), gather([folder / name]):
        pass
    for path in (*folder.glob("*.xml"), *folder.glob("*.png")):
        path.unlink()
    with pytest.raises(SegStudioError, match=told), gather([folder]):
        pass


def test_photos_with_unknown_classes_stay_out_when_they_are_to_be_held(
    project: Project, folder: Path
) -> None:
    with gather([folder]) as gathered:
        prepared = prepare(gathered, project, ImportOptions(hold_unknown=True))
        assert prepared.report.refusal is None
        assert (prepared.report.imported, prepared.report.held) == (("a.png",), ("b.png",))
        commit_import(prepared, project)
    assert project.keys() == ("a.png",)


def test_a_plan_under_other_options_reads_and_opens_nothing_again(project: Project, folder: Path) -> None:
    looks = Looks()
    with gather([folder]) as gathered:
        plan = make_plan(gathered, project.classes, ImportOptions(hold_unknown=True))
        first = examine(plan, project, looks=looks)
        assert [one.outcome for one in first] == [Outcome.IMPORT, Outcome.UNKNOWN_CLASS]
        for path in folder.glob("*.xml"):
            path.unlink()
        stamps = {path: looked.stamp for path, looked in looks.photos.items()}
        again = replanned(
            plan,
            project.classes,
            ImportOptions(new_classes={"rope": "#123456"}, leave_out=frozenset({"Sky"}), under="x"),
        )
        second = examine(again, project, looks=looks)
        assert [one.outcome for one in second] == [Outcome.IMPORT] * 2
        assert {path: looked.stamp for path, looked in looks.photos.items()} == stamps
    assert [one.planned.key for one in second] == ["x/a.png", "x/b.png"]
    assert again.labelling.added == ("rope",)
    assert again.labelling.classes.named("rope").colour == "#123456"
    assert "sky" not in again.labelling.values
    assert not again.labelling.unknown


def test_a_photo_that_was_replaced_on_the_disk_is_looked_at_again(
    project: Project, folder: Path, make_photo: Make
) -> None:
    looks = Looks()
    with gather([folder]) as gathered:
        plan = make_plan(gathered, project.classes, ImportOptions(add_classes=True))
        examine(plan, project, looks=looks)
        make_photo(folder / "a.png", 40, 60)
        found = examine(plan, project, looks=looks)
    assert found[0].outcome is Outcome.OTHER_SIZE


@pytest.fixture
def large(tmp_path: Path, make_labelme: Make, polygon: Draw) -> Path:
    corners = ((20, 20), (220, 20), (220, 160), (20, 160))
    return make_labelme(tmp_path / "large/a.xml", [polygon("sky", corners)], size=(200, 300)).parent


@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_a_small_mask_is_the_large_one_made_small(
    project: Project, large: Path, make_photo: Make, orientation: int
) -> None:
    make_photo(large / "a.png", 200, 300, orientation=orientation)
    with gather([large]) as gathered:
        prepared = prepare(gathered, project, ImportOptions())
        (one,) = prepared.examined
        commit_import(prepared, project)
    mask = project.read_mask(project.photos()[0])
    annotation = one.planned.annotation
    assert annotation is not None
    assert mask is not None
    paint = Paint(prepared.plan.labelling.classes, prepared.plan.labelling.values)
    rows, columns = one.size
    full = preview_mask(annotation, paint, upright=one.size, orientation=orientation, small=one.size)
    assert np.array_equal(full, mask)
    small = preview_mask(
        annotation, paint, upright=one.size, orientation=orientation, small=(rows // 4, columns // 4)
    )
    nearest = mask[2::4, 2::4]
    assert (small != nearest).mean() < 0.06


def test_a_mask_is_painted_again_with_the_classes_of_today(project: Project, folder: Path) -> None:
    with gather([folder]) as gathered:
        prepared = prepare(gathered, project, ImportOptions(renames={"rope": "void"}))
        record = commit_import(prepared, project)
    assert set(read_record(record).photos) == {"a.png", "b.png"}
    photo = project.photo("a.png")
    first = mask_from_kept(project, photo)
    assert np.array_equal(first, _mask(project, photo))
    assert (mask_from_kept(project, project.photo("b.png"))[2:19, 2:19] == 255).all()
    project.save_classes(project.classes.renamed("person", "diver").drawn_in_order(["diver", "sky"]))
    assert (mask_from_kept(project, photo) == project.classes.named("sky").index).all()
    project.save_classes(project.classes.removed("sky"))
    assert (mask_from_kept(project, photo) != first).any()
    with pytest.raises(WorkStopped):
        mask_from_kept(project, photo, cancelled=lambda: True)


def test_what_was_not_kept_is_told(project: Project, folder: Path, tmp_path: Path, make_photo: Make) -> None:
    with gather([folder]) as gathered:
        record = commit_import(prepare(gathered, project, ImportOptions(add_classes=True)), project)
    with project.change() as change:
        change.add_photo("c.png", make_photo(tmp_path / "c.png"), size=(20, 30))
    with pytest.raises(SegStudioError, match="came in without an annotation"):
        mask_from_kept(project, project.photo("c.png"))
    (record.parent / "a.xml").unlink()
    with pytest.raises(SegStudioError, match="is gone"):
        mask_from_kept(project, project.photo("a.png"))
    record.write_text("{", encoding="utf-8")
    with pytest.raises(SegStudioError, match="cannot be read"):
        mask_from_kept(project, project.photo("b.png"))


@pytest.mark.parametrize(
    ("field", "told", "problem"),
    [
        ("file", "../../../given/b.xml", "outside the project"),
        ("root", "/", "outside the project"),
        ("table", "..\\table.txt", "outside the project"),
        ("file", "x" * 5000, "is gone"),
    ],
    ids=["file", "root", "table", "no name"],
)
def test_what_was_kept_is_looked_for_in_its_folder_only(
    project: Project, folder: Path, field: str, told: str, problem: str
) -> None:
    with gather([folder]) as gathered:
        record = commit_import(prepare(gathered, project, ImportOptions(add_classes=True)), project)
    kept = json.loads(record.read_bytes())
    kept["photos"]["b.png"][field] = told
    record.write_text(json.dumps(kept), encoding="utf-8")
    with pytest.raises(SegStudioError, match=problem):
        mask_from_kept(project, project.photo("b.png"))


def test_mask_pictures_of_two_sources_do_not_take_each_others_place(
    project: Project, tmp_path: Path, make_photo: Make, make_labelme: Make
) -> None:
    for number, source in enumerate(("first", "second")):
        root = tmp_path / source
        make_photo(root / f"{source}.png", seed=number)
        picture = np.zeros((20, 30), dtype=np.uint8)
        picture[:, 15 * number : 15 * number + 15] = 255
        (root / "Masks").mkdir()
        Image.fromarray(picture).save(root / "Masks/m.png")
        inner = "<name>sky</name><segm><mask>m.png</mask></segm>"
        make_labelme(root / "a.xml", [inner], filename=f"{source}.png")
    with gather([tmp_path / "first", tmp_path / "second"]) as gathered:
        commit_import(prepare(gathered, project, ImportOptions()), project)
    for photo in project.photos():
        assert np.array_equal(mask_from_kept(project, photo), _mask(project, photo))


def test_replaced_masks_are_kept(project: Project, folder: Path) -> None:
    for replace in (False, True):
        with gather([folder]) as gathered:
            options = ImportOptions(add_classes=True, replace=replace)
            record = commit_import(prepare(gathered, project, options), project)
    assert read_record(record).replaced == ("a.png", "b.png")
    assert (record.parent / "replaced/a.png.png").is_file()
