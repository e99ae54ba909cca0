import json
from collections.abc import Callable
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from segstudio.errors import SegStudioError, WorkStopped
from segstudio.file_names import portable_name
from segstudio.formats.importing import PreparedImport, commit_import, prepare
from segstudio.formats.options import ImportOptions
from segstudio.formats.report import ImportReport
from segstudio.formats.sources import gather
from segstudio.project.masks import read_mask
from segstudio.project.project import Project

Make = Callable[..., Path]
Draw = Callable[..., str]
Fingerprint = Callable[[Path], str]
SQUARE = ((2, 2), (8, 2), (8, 8), (2, 8))


def _report(project: Project, *sources: Path, **options: object) -> ImportReport:
    with gather(sources) as gathered:
        return prepare(gathered, project, ImportOptions(**options)).report  # type: ignore[arg-type]


def _import(project: Project, *sources: Path, **options: object) -> ImportReport:
    with gather(sources) as gathered:
        prepared = prepare(gathered, project, ImportOptions(**options))  # type: ignore[arg-type]
        commit_import(prepared, project)
        return prepared.report


@pytest.fixture
def folder(tmp_path: Path, make_photo: Make, make_labelme: Make, polygon: Draw) -> Path:
    """Two annotated photos, one of them in a subfolder, and one photo without annotation."""
    root = tmp_path / "given"
    for seed, name in enumerate(("a.png", "sub/ü 日本.png", "spare.png")):
        make_photo(root / name, seed=seed)
    make_labelme(root / "a.xml", [polygon("person", SQUARE), polygon("sky", ((0, 0), (40, 0), (40, 5)))])
    make_labelme(root / "sub/ü 日本.xml", [polygon("sky", SQUARE)])
    return root


def test_names_that_windows_refuses_come_in_under_others_and_that_is_told(
    project: Project, tmp_path: Path, make_photo: Make, make_labelme: Make, polygon: Draw
) -> None:
    root = tmp_path / "given"
    for seed, name in enumerate(("CON", "12:30", "end. ", "A", "a")):
        make_photo(root / f"{name}.png", seed=seed)
        make_labelme(root / f"{name}.xml", [polygon("person", SQUARE)])
    report = _import(project, root)
    assert sorted(report.imported) == ["12_30.png", "A.png", "CON_.png", "a-2.png", "end. .png"]
    assert sorted(name.rpartition("/")[2] for name in report.renamed) == [
        "12:30.png: 12_30.png",
        "CON.png: CON_.png",
        "a.png: a-2.png",
    ]
    again = _report(project, root)
    assert len(again.already_there) == 5
    files = [path.relative_to(project.folder / "masks") for path in (project.folder / "masks").rglob("*")]
    assert all(portable_name(path.name) == path.name for path in files)


def test_masks_states_and_sources_come_into_the_project(project: Project, folder: Path) -> None:
    report = _import(project, folder, split="train", order=("sky", "person"))
    assert report.imported == ("a.png", "sub/ü 日本.png")
    assert [name.rpartition("/")[2] for name in report.without_annotation] == ["spare.png"]
    assert report.clipped == {"a.png": 1}
    assert report.shapes == {"person": 1, "sky": 2}
    opened = Project.open(project.folder)
    assert opened.keys() == ("a.png", "sub/ü 日本.png")
    assert opened.classes.draw_order == (0, 2, 1)
    photo = opened.photo("a.png")
    mask = opened.read_mask(photo)
    assert mask is not None
    assert (mask[2:9, 2:9] == 1).all()
    assert mask[0, 20] == 2
    assert mask[15, 15] == 0
    assert (photo.split, photo.status, photo.size) == ("train", "done", (20, 30))
    assert photo.state.source.startswith("labelme-xml:")
    assert photo.path.read_bytes() == (folder / "a.png").read_bytes()
    kept = [
        path.relative_to(opened.folder / "sources").parts[1:]
        for path in opened.folder.rglob("sources/**/*.xml")
    ]
    assert sorted(kept) == [("a.xml",), ("sub", "ü 日本.xml")]


def test_a_report_alone_changes_nothing(project: Project, folder: Path, fingerprint: Fingerprint) -> None:
    before = fingerprint(project.folder)
    report = _report(project, folder)
    assert report.refusal is None
    assert fingerprint(project.folder) == before
    json.dumps(report.as_json())


def test_an_unknown_class_stops_the_import_until_it_is_settled(
    project: Project, folder: Path, make_labelme: Make, polygon: Draw, fingerprint: Fingerprint
) -> None:
    make_labelme(folder / "a.xml", [polygon("persn", SQUARE), polygon("sky", SQUARE)])
    before = fingerprint(project.folder)
    with pytest.raises(SegStudioError, match=r'object 1: unknown class "persn" \(did you mean "person"\?\)'):
        _import(project, folder)
    assert fingerprint(project.folder) == before
    assert _report(project, folder, renames={"persn": "person"}).shapes == {"person": 1, "sky": 2}
    assert _report(project, folder, skip_unknown=True).shapes == {"sky": 2}
    assert _import(project, folder, add_classes=True).added_classes == ("persn",)
    assert Project.open(project.folder).classes.names[-1] == "persn"


def test_another_import_of_the_same_changes_nothing_unless_asked(
    project: Project, folder: Path, make_labelme: Make, polygon: Draw
) -> None:
    _import(project, folder, split="train")
    make_labelme(folder / "a.xml", [polygon("sky", SQUARE)])
    again = _import(project, folder)
    assert again.already_there == ("a.png", "sub/ü 日本.png")
    assert again.imported == ()
    mask = project.read_mask(project.photo("a.png"))
    assert mask is not None
    assert mask[5, 5] == 1
    assert _import(project, folder, replace=True).imported == ("a.png", "sub/ü 日本.png")
    mask = project.read_mask(project.photo("a.png"))
    assert mask is not None
    assert mask[5, 5] == 2
    assert project.photo("a.png").split == "train"


def test_another_photo_of_the_same_name_stops_the_import(
    project: Project, folder: Path, make_photo: Make
) -> None:
    _import(project, folder)
    make_photo(folder / "a.png", seed=9)
    with pytest.raises(SegStudioError, match="already has another photo"):
        _import(project, folder)
    report = _import(project, folder, under="second")
    assert report.imported == ("second/a.png",)
    assert [told.rpartition(": ")[2] for told in report.doubles] == ["the same photo as sub/ü 日本.png"]


def test_photos_can_stay_where_they_are(project: Project, folder: Path) -> None:
    _import(project, folder, reference=True)
    assert list((project.folder / "photos").rglob("*.png")) == []
    assert Project.open(project.folder).photo("a.png").path.resolve() == (folder / "a.png").resolve()


def test_photos_without_annotation_come_in_when_asked(project: Project, folder: Path) -> None:
    report = _import(project, folder, keep_unlabelled=True)
    assert report.unlabelled == ("spare.png",)
    photo = project.photo("spare.png")
    assert (photo.has_mask, photo.status) == (False, "todo")


def test_an_annotation_without_shapes_is_not_taken_for_background(
    project: Project, folder: Path, make_labelme: Make
) -> None:
    make_labelme(folder / "a.xml", [])
    assert _report(project, folder).blank == ("a.png",)
    assert _report(project, folder, keep_unlabelled=True).unlabelled == ("a.png", "spare.png")
    assert "a.png" in _report(project, folder, blank_is_background=True).imported


def test_deleted_empty_and_undrawn_are_counted(
    project: Project, tmp_path: Path, make_photo: Make, make_cvat: Make
) -> None:
    make_photo(tmp_path / "in" / "a.png")
    shapes = (
        '<polyline label="x" points="1,1;2,2"/><polyline label="x" points="1,1;2,2"/><tag label="x"/>'
        '<polygon label="sky" points="1,1;2,2"/><box label="sky" xtl="1" ytl="1" xbr="9" ybr="9"/>'
    )
    make_cvat(tmp_path / "in" / "a.xml", [('name="a.png" width="30" height="20"', shapes)])
    report = _report(project, tmp_path / "in")
    assert report.skipped == {"polyline": 2, "tag": 1}
    assert report.empty == {"a.png": 1}


def test_another_size_stops_the_import_unless_it_is_scaled(
    project: Project, folder: Path, make_labelme: Make, polygon: Draw, fingerprint: Fingerprint
) -> None:
    make_labelme(folder / "a.xml", [polygon("person", ((4, 4), (16, 4), (16, 16), (4, 16)))], size=(40, 60))
    before = fingerprint(project.folder)
    with pytest.raises(SegStudioError, match="annotated on 60 × 40 pixels, but the photo has 30 × 20"):
        _import(project, folder)
    assert fingerprint(project.folder) == before
    assert _report(project, folder, skip_bad=True).imported == ("sub/ü 日本.png",)
    _import(project, folder, scale=True)
    mask = project.read_mask(project.photo("a.png"))
    assert mask is not None
    assert np.argwhere(mask == 1).min(axis=0).tolist() == [2, 2]
    assert np.argwhere(mask == 1).max(axis=0).tolist() == [8, 8]


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_annotations_of_the_stored_photo_are_turned_upright(
    project: Project, tmp_path: Path, make_photo: Make, make_labelme: Make, orientation: int
) -> None:
    for name in ("stored", "upright"):
        make_photo(tmp_path / "in" / f"{name}.png", 20, 30, orientation=orientation)
    corners = ((0, 0), (9, 0), (9, 4), (0, 4))
    points = "".join(f"<pt><x>{x}</x><y>{y}</y></pt>" for x, y in corners)
    corner = f"<name>person</name><polygon>{points}</polygon>"
    make_labelme(tmp_path / "in/stored.xml", [corner], size=(20, 30))
    make_labelme(tmp_path / "in/upright.xml", [corner], size=(30, 20))
    _import(project, tmp_path / "in")
    stored = np.zeros((20, 30), dtype=np.uint8)
    stored[:5, :10] = 1
    image = Image.fromarray(stored)
    image.getexif()[0x0112] = orientation
    mask = project.read_mask(project.photo("stored.png"))
    assert mask is not None
    assert (mask == np.asarray(ImageOps.exif_transpose(image))).all()
    mask = project.read_mask(project.photo("upright.png"))
    assert mask is not None
    assert (mask[:5, :10] == 1).all()


def test_a_damaged_photo_stops_the_import_and_is_named(
    project: Project, folder: Path, fingerprint: Fingerprint
) -> None:
    data = (folder / "a.png").read_bytes()
    (folder / "a.png").write_bytes(data[: len(data) // 2])
    before = fingerprint(project.folder)
    with pytest.raises(SegStudioError, match="damaged or cut off") as caught:
        _import(project, folder)
    assert "a.png" in caught.value.where
    assert fingerprint(project.folder) == before
    assert _import(project, folder, skip_bad=True).imported == ("sub/ü 日本.png",)


def test_half_of_a_cut_off_file_never_comes_in(
    project: Project, tmp_path: Path, make_photo: Make, make_cvat: Make, fingerprint: Fingerprint
) -> None:
    names = [f"{number}.png" for number in range(4)]
    for name in names:
        make_photo(tmp_path / "in" / name)
    box = '<box label="sky" xtl="1" ytl="1" xbr="9" ybr="9"/>'
    path = make_cvat(
        tmp_path / "in/a.xml", [(f'name="{name}" width="30" height="20"', box) for name in names]
    )
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("3.png")], encoding="utf-8")
    before = fingerprint(project.folder)
    with pytest.raises(SegStudioError, match=r"a\.xml: the XML is damaged or cut off at line 1"):
        _import(project, tmp_path / "in")
    assert fingerprint(project.folder) == before


def test_stopping_leaves_the_project_as_it_was(
    project: Project, folder: Path, fingerprint: Fingerprint
) -> None:
    before = fingerprint(project.folder)

    def run(cancelled: Callable[[], bool]) -> None:
        with gather([folder]) as gathered:
            prepared = prepare(gathered, project, ImportOptions(), cancelled=cancelled)
            commit_import(prepared, project, cancelled=cancelled)

    for allowed in range(8):
        asked = count()
        with pytest.raises(WorkStopped):
            run(lambda asked=asked, allowed=allowed: next(asked) >= allowed)  # type: ignore[misc]
        assert fingerprint(project.folder) == before


def test_a_disk_that_refuses_leaves_the_project_as_it_was(
    project: Project, folder: Path, fingerprint: Fingerprint, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = fingerprint(project.folder)

    def refuse(*_arguments: object) -> None:
        raise SegStudioError("could not be written (No space left on device)")

    monkeypatch.setattr("segstudio.project.change.Change.put_mask_file", refuse)
    with pytest.raises(SegStudioError, match="No space left"):
        _import(project, folder)
    assert fingerprint(project.folder) == before


def test_equal_names_in_two_folders_get_keys_of_their_own(
    project: Project, tmp_path: Path, make_photo: Make, make_labelme: Make, polygon: Draw
) -> None:
    for seed, name in enumerate(("one/Images/a.png", "one/JPEGImages/A.png", "two/Images/a.png")):
        make_photo(tmp_path / "in" / name, seed=seed)
        make_labelme(
            (tmp_path / "in" / name).with_suffix(".xml"), [polygon("sky", SQUARE)], filename=Path(name).name
        )
    report = _import(project, tmp_path / "in")
    assert report.imported == ("one/Images/a.png", "one/JPEGImages/A.png", "two/a.png")


def test_the_first_of_two_files_of_one_name_given_singly_needs_no_number(
    project: Project, tmp_path: Path, make_photo: Make
) -> None:
    photos = [make_photo(tmp_path / name, seed=seed) for seed, name in enumerate(("a/x.jpg", "b/x.jpg"))]
    assert _import(project, *photos, keep_unlabelled=True).unlabelled == ("x.jpg", "x-2.jpg")


def test_a_numbered_key_is_never_one_that_is_taken(
    project: Project, tmp_path: Path, make_photo: Make
) -> None:
    names = ("m1/p/q/r/img.jpg", "m2/p/q/r/img.jpg", "m2/p/q/r/IMG-2.jpg")
    photos = [make_photo(tmp_path / name, seed=seed) for seed, name in enumerate(names)]
    report = _import(project, tmp_path / "m1/p/q/r", tmp_path / "m2/p/q/r", keep_unlabelled=True)
    assert report.unlabelled == ("img.jpg", "IMG-2.jpg", "img-3.jpg")
    stored = {photo.path.read_bytes() for photo in Project.open(project.folder).photos()}
    assert stored == {photo.read_bytes() for photo in photos}


def test_a_photo_of_another_folder_gets_no_mask(
    project: Project, tmp_path: Path, make_photo: Make, make_cvat: Make
) -> None:
    make_photo(tmp_path / "in/cam2/0001.png")
    box = '<box label="sky" xtl="1" ytl="1" xbr="9" ybr="9"/>'
    make_cvat(tmp_path / "in/annotations.xml", [('name="cam1/0001.jpg" width="30" height="20"', box)])
    report = _report(project, tmp_path / "in")
    assert [place.rpartition("/")[2] for place in report.without_photo] == ['0001.jpg"']
    assert 'there is no "cam1/0001.jpg". Give the folder of the photos with --photos' in str(report.refusal)
    with gather([tmp_path / "in/annotations.xml"], [tmp_path / "in/cam2"]) as gathered:
        given = prepare(gathered, project, ImportOptions()).report
    assert given.imported == ("0001.png",)
    assert [told.rpartition(": ")[2].rpartition("/")[2] for told in given.by_stem] == ["0001.png"]


def _prepared(project: Project, *sources: Path, **options: object) -> PreparedImport:
    with gather(sources) as gathered:
        return prepare(gathered, project, ImportOptions(**options))  # type: ignore[arg-type]


def test_two_imports_at_once_cannot_give_one_number_two_meanings(
    project: Project, folder: Path, make_labelme: Make, polygon: Draw, fingerprint: Fingerprint
) -> None:
    make_labelme(folder / "a.xml", [polygon("tree", SQUARE)])
    ours = _prepared(project, folder / "a.xml", add_classes=True)
    make_labelme(folder / "sub/ü 日本.xml", [polygon("car", SQUARE)])
    _import(Project.open(project.folder), folder / "sub", add_classes=True)
    before = fingerprint(project.folder)
    for _ in range(2):
        with pytest.raises(SegStudioError, match=r"changed meanwhile .*Do it again"):
            commit_import(ours, project)
        assert fingerprint(project.folder) == before
        project.refresh()  # as the window does: what was prepared stays outdated
    _import(project, folder / "a.xml", add_classes=True)
    opened = Project.open(project.folder)
    masks = {photo.key: opened.read_mask(photo) for photo in opened.photos()}
    painted = {key: opened.classes.at(int(mask[5, 5])) for key, mask in masks.items() if mask is not None}
    assert {key: entry and entry.name for key, entry in painted.items()} == {
        "a.png": "tree",
        "ü 日本.png": "car",
    }


def test_two_imports_at_once_cannot_share_a_key(
    project: Project, folder: Path, make_photo: Make, fingerprint: Fingerprint
) -> None:
    ours = _prepared(project, folder)
    other = Project.open(project.folder)
    make_photo(folder.parent / "other/a.png", seed=9)
    _import(other, folder.parent / "other", keep_unlabelled=True)
    before = fingerprint(project.folder)
    with pytest.raises(SegStudioError, match=r'changed meanwhile \(there is a photo "a\.png" now\)'):
        commit_import(ours, project)
    assert fingerprint(project.folder) == before


def test_what_a_colleague_decides_during_an_import_is_not_undone(
    project: Project, folder: Path, fingerprint: Fingerprint
) -> None:
    _import(project, folder)
    ours = _prepared(project, folder, replace=True)
    colleague = Project.open(project.folder)
    colleague.set_split({"a.png": "val"})
    before = fingerprint(project.folder)
    with pytest.raises(SegStudioError, match=r'somebody worked on the photo "a\.png"'):
        commit_import(ours, project)
    assert fingerprint(project.folder) == before
    _import(project, folder, replace=True)
    assert Project.open(project.folder).photo("a.png").split == "val"


def test_auto_split_follows_the_subsets_of_the_file(
    project: Project, tmp_path: Path, make_photo: Make, make_cvat: Make
) -> None:
    box = '<box label="sky" xtl="1" ytl="1" xbr="9" ybr="9"/>'
    images = []
    for seed, subset in enumerate(("Train", "Validation", "default")):
        make_photo(tmp_path / "in/images" / subset / "a.png", seed=seed)
        images.append((f'name="a.png" subset="{subset}" width="30" height="20"', box))
    make_cvat(tmp_path / "in/annotations.xml", images)
    _import(project, tmp_path / "in", split="auto")
    splits = {photo.key: photo.split for photo in project.photos()}
    assert splits == {"Train/a.png": "train", "Validation/a.png": "val", "default/a.png": "train"}


def test_auto_split_draws_a_validation_part(
    project: Project, tmp_path: Path, make_photo: Make, make_labelme: Make, polygon: Draw
) -> None:
    for number in range(0, 100, 10):
        make_photo(tmp_path / "in" / f"{number:03}.png", seed=number)
        make_labelme(tmp_path / "in" / f"{number:03}.xml", [polygon("sky", SQUARE)])
    _import(project, tmp_path / "in", split="auto")
    splits = [photo.split for photo in project.photos()]
    assert splits.count("val") == 2
    assert splits.count("train") == 8


def test_a_format_that_does_not_fit_is_told(project: Project, folder: Path) -> None:
    with pytest.raises(SegStudioError, match=r"this is LabelMe XML 3\.0 .*, not CVAT"):
        _report(project, folder, format="cvat")


def test_mask_pictures_are_kept_with_their_annotation(
    project: Project, tmp_path: Path, make_photo: Make, make_labelme: Make
) -> None:
    make_photo(tmp_path / "in/a.png")
    (tmp_path / "in/Masks").mkdir()
    Image.fromarray(np.full((20, 30), 255, dtype=np.uint8)).save(tmp_path / "in/Masks/m.png")
    make_labelme(tmp_path / "in/a.xml", ["<name>sky</name><segm><mask>m.png</mask></segm>"])
    _import(project, tmp_path / "in")
    assert len(list((project.folder / "sources").rglob("Masks/m.png"))) == 1
    assert project.keys() == ("a.png",)


def test_annotations_without_any_photo_say_where_to_look(
    project: Project, tmp_path: Path, make_labelme: Make
) -> None:
    make_labelme(tmp_path / "in/a.xml")
    with pytest.raises(
        SegStudioError, match=r'there is no "a.png"\. Give the folder of the photos with --photos'
    ):
        _import(project, tmp_path / "in")


def test_a_photo_with_shapes_that_have_no_area_is_not_all_background(
    project: Project, folder: Path, make_labelme: Make
) -> None:
    point = "<name>person</name><polygon><pt><x>4</x><y>4</y></pt></polygon>"
    make_labelme(folder / "a.xml", [point])
    report = _report(project, folder, blank_is_background=True)
    assert report.blank == ("a.png",)
    assert "a.png" not in report.imported


def test_a_large_file_is_left_in_the_middle_when_that_is_wished(
    project: Project, tmp_path: Path, make_cvat: Callable[..., Path], make_photo: Callable[..., Path]
) -> None:
    make_photo(tmp_path / "in/0.jpg")
    make_cvat(tmp_path / "in/a.xml", [(f'name="{number}.jpg"', "") for number in range(500)])
    asked = 0

    def cancelled() -> bool:
        nonlocal asked
        asked += 1
        return asked > 100

    with gather([tmp_path / "in"]) as gathered, pytest.raises(WorkStopped) as stopped:
        prepare(gathered, project, ImportOptions(), cancelled=cancelled)
    assert asked < 200
    assert str(stopped.value) == "the import was stopped; the project is unchanged."


def test_masks_whose_run_lengths_do_not_add_up_are_told_with_file_and_shape(
    project: Project, tmp_path: Path, make_photo: Make, make_cvat: Make
) -> None:
    make_photo(tmp_path / "in/a.png")
    box = 'label="sky" left="2" top="3" width="5" height="4"'
    masks = f'<mask {box} rle="1, 3"/><mask {box} rle="0, 4, 16"/><mask {box} rle="0, 99"/>'
    make_cvat(tmp_path / "in/annotations.xml", [('name="a.png" width="30" height="20"', masks)])
    with gather([tmp_path / "in"]) as gathered:
        prepared = prepare(gathered, project, ImportOptions())
        commit_import(prepared, project)
    short, long = prepared.report.oddities
    place = 'in/annotations.xml, image "a.png", mask'
    assert f"{place} 1: its run lengths end 16 pixels before its 5 × 4 pixels do" in short
    assert f"{place} 3: its run lengths go on after its 5 × 4 pixels" in long
    mask = read_mask(project.mask_path(Project.open(project.folder).photo("a.png")))
    assert int((mask == 2).sum()) == 20


def test_classes_that_no_shape_has_are_added_with_their_colours(
    project: Project, tmp_path: Path, make_photo: Make, make_cvat: Make
) -> None:
    make_photo(tmp_path / "in/a.png")
    labels = "".join(
        f"<label><name>{name}</name><color>{colour}</color><type>{kind}</type></label>"
        for name, colour, kind in (
            ("rope", "#010203", "polygon"),
            ("kite", "#040506", "any"),
            ("blurry", "#070809", "tag"),
            ("SKY", "#0a0b0c", "mask"),
        )
    )
    make_cvat(
        tmp_path / "in/annotations.xml",
        [('name="a.png" width="30" height="20"', '<box label="kite" xtl="1" ytl="1" xbr="9" ybr="9"/>')],
        meta=f"<meta><task><labels>{labels}</labels></task></meta>",
    )
    with gather([tmp_path / "in"]) as gathered:
        prepared = prepare(gathered, project, ImportOptions(add_classes=True))
        assert prepare(gathered, project, ImportOptions(renames={"kite": "sky"})).report.refusal is None
    assert prepared.report.added_classes == ("rope", "kite")
    classes = prepared.plan.labelling.classes
    assert [classes.named(name).colour for name in ("rope", "kite")] == ["#010203", "#040506"]


def test_a_shape_without_class_is_not_told_to_become_one_by_its_name(
    project: Project, tmp_path: Path, make_photo: Make, make_cvat: Make
) -> None:
    make_photo(tmp_path / "in/a.png")
    box = '<box label="" xtl="1" ytl="1" xbr="9" ybr="9"/>'
    make_cvat(tmp_path / "in/annotations.xml", [('name="a.png" width="30" height="20"', box)])
    with gather([tmp_path / "in"]) as gathered:
        refusal = prepare(gathered, project, ImportOptions(add_classes=True)).report.refusal
        assert refusal is not None
        assert refusal.fix == 'Use --map "=CLASS" or --skip-unknown'
        assert prepare(gathered, project, ImportOptions(renames={"": "sky"})).report.refusal is None


def test_an_import_that_would_do_nothing_is_refused(
    project: Project, tmp_path: Path, make_photo: Make, make_labelme: Make, polygon: Draw
) -> None:
    folder = tmp_path / "given"
    make_photo(folder / "a.png")
    make_labelme(folder / "a.xml", [polygon("tree", SQUARE)])
    refusal = _report(project, folder, skip_unknown=True).refusal
    assert refusal is not None
    assert refusal.problem == 'no shape is of a class that the project has, but of "tree"'
    assert "--add-classes" in refusal.fix
    assert _report(project, folder, skip_unknown=True, keep_unlabelled=True).refusal is None
    assert _report(project, folder, hold_unknown=True).refusal is None  # somebody is asked
    make_labelme(folder / "a.xml")
    refusal = _report(project, folder).refusal
    assert refusal is not None
    assert refusal.problem == "there is nothing to paint: no shape covers anything in a.png"
    make_labelme(folder / "a.xml", [polygon("person", SQUARE)], size=(99, 99))
    refusal = _report(project, folder, skip_bad=True).refusal
    assert refusal is not None
    assert refusal.problem == "all photos that have an annotation are left out"
