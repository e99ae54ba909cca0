"""An export is whole or not at all, says what it left out, and previews what comes back."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest

from segstudio.errors import SegStudioError, WorkStopped
from segstudio.formats.exporting import (
    EXPORTS,
    ExportOptions,
    estimate,
    export_project,
    preview_export,
)
from segstudio.formats.label_tables import LabelTable, table_written
from segstudio.formats.writing.target import Target
from segstudio.project.classes import ClassList
from segstudio.project.masks import Mask
from segstudio.project.photos import PhotoState
from segstudio.project.project import Project
from tests.formats.writing.trips import CLASSES, export, import_again, masks_of, project_of


def _circle(value: int = 1) -> Mask:
    down, across = np.mgrid[:40, :50]
    return np.where((down - 20) ** 2 + (across - 22) ** 2 < 200, value, 0).astype(np.uint8)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    masks = {"a.jpg": _circle(), "day 1/b.jpg": _circle(2), "day 1/b.png": _circle(3)}
    return project_of(tmp_path / "before", masks, CLASSES)


def test_the_docs_tell_of_each_format_what_the_table_tells() -> None:
    docs = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")
    for entry in EXPORTS:
        rows = [
            line.strip("| ").split(" | ") for line in docs.splitlines() if line.startswith(f"| `{entry.id}`")
        ]
        keeps, loses = rows[-1][3:] if len(rows[-1]) == 5 else (rows[-1][3].removesuffix(" |"), "")
        assert (keeps, loses) == (entry.carries, entry.loses), entry.id


@pytest.mark.parametrize("form", ["labelme-json", "voc", "yolo-seg", "index-png"])
def test_photos_that_differ_in_their_extension_alone_stay_apart(
    project: Project, tmp_path: Path, form: str
) -> None:
    report = export(project, form, tmp_path / "out", with_photos=True)
    assert report.photos == 3
    found = masks_of(import_again(tmp_path / "out", tmp_path / "after", CLASSES))
    assert sorted(found) == ["a.jpg", "day 1/b.jpg", "day 1/b_png.png"]
    assert {int(mask.max()) for mask in found.values()} == {1, 2, 3}


@pytest.mark.parametrize("to", ["out", "new/deep/out.zip", "empty"])
def test_a_stopped_export_leaves_nothing(project: Project, tmp_path: Path, to: str) -> None:
    (tmp_path / "empty").mkdir()
    before = sorted(tmp_path.rglob("*"))
    done: list[int] = []
    with pytest.raises(WorkStopped, match="nothing was written"):
        export_project(
            project,
            ExportOptions("coco", tmp_path / to, with_photos=True),
            progress=lambda steps, _total: done.append(steps),
            cancelled=lambda: bool(done),
        )
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("to", ["out", "out.zip"])
def test_a_full_disk_leaves_nothing(
    project: Project, tmp_path: Path, to: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sorted(tmp_path.rglob("*"))

    def full(_self: Target, _name: str, _parts: object) -> None:
        raise OSError(28, "No space left on device")

    for kind in ("_FolderTarget", "_ZipTarget"):
        monkeypatch.setattr(f"segstudio.formats.writing.target.{kind}.gather", full)
    with pytest.raises(SegStudioError, match="No space left"):
        export(project, "cvat", tmp_path / to)
    assert sorted(tmp_path.rglob("*")) == before


def test_nothing_takes_the_place_of_what_is_there(project: Project, tmp_path: Path) -> None:
    (tmp_path / "there.zip").write_bytes(b"mine")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").touch()
    for name, told in (("there.zip", "already a file"), ("full", "not empty"), ("there.zip/x", "written")):
        with pytest.raises(SegStudioError, match=told):
            export(project, "coco", tmp_path / name)
    with pytest.raises(SegStudioError, match="own folders"):
        export(project, "coco", project.folder / "photos" / "out")
    assert (tmp_path / "there.zip").read_bytes() == b"mine"


def test_an_empty_folder_is_filled_and_stays_the_same_folder(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    monkeypatch.chdir(tmp_path / "empty")
    before = (tmp_path / "empty").stat().st_ino
    export(project, "coco", Path())
    assert sorted(path.name for path in (tmp_path / "link").iterdir()) == ["annotations"]
    assert (tmp_path / "empty").stat().st_ino == before
    with pytest.raises(SegStudioError, match="not empty"):
        export(project, "coco", tmp_path / "link")


def test_what_cannot_be_read_is_left_out_and_told(project: Project, tmp_path: Path) -> None:
    project.mask_path(project.photo("a.jpg")).write_bytes(b"no mask")
    project.photo("day 1/b.png").path.unlink()
    opened = Project.open(project.folder)
    report = export(opened, "cvat", tmp_path / "out", with_photos=True)
    assert report.photos == 1
    assert [key for key, _ in report.left_out] == ["a.jpg"]  # who has no file any more is no photo
    assert "damaged" in report.left_out[0][1]
    opened.mask_path(opened.photo("day 1/b.jpg")).write_bytes(b"no mask")
    with pytest.raises(SegStudioError, match="no photo could be exported"):
        export(opened, "cvat", tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_photo_with_a_damaged_record_is_left_out(project: Project, tmp_path: Path) -> None:
    (project.folder / "masks" / "a.jpg.json").write_text("{", encoding="utf-8")
    report = export(Project.open(project.folder), "voc", tmp_path / "out")
    assert report.photos == 2
    assert [key for key, _ in report.left_out] == ["a.jpg"]


def test_which_photos(project: Project) -> None:
    with project.change() as change:
        change.put_state("a.jpg", PhotoState(status="checked", size=(40, 50)))
    opened = Project.open(project.folder)
    to = Path("unused")
    assert estimate(opened, ExportOptions("coco", to)) == 3
    assert estimate(opened, ExportOptions("coco", to, which="checked")) == 1
    assert estimate(opened, ExportOptions("coco", to, which="done", photos=("a.jpg",))) == 1


@pytest.mark.parametrize("entry", EXPORTS)
def test_a_preview_says_what_is_written(project: Project, tmp_path: Path, entry: object) -> None:
    assert isinstance(entry, type(EXPORTS[0]))
    told = preview_export(project, "a.jpg", ExportOptions(entry.id, tmp_path / "x", tolerance_px=2.0))
    assert told.mask.shape == told.differs.shape == (40, 50)
    assert told.agreement == 1 - told.differs.mean()
    assert (told.agreement < 1) == ("polygons" in entry.outlines)
    assert bool(told.text) == ("polygons" in entry.outlines)
    assert not (tmp_path / "x").exists()


def test_a_preview_ends_within_its_photo(project: Project, tmp_path: Path) -> None:
    """Whoever drags the slider need not wait for the photo looked at before."""
    options = ExportOptions("cvat", tmp_path / "x", tolerance_px=1.0)
    for last in range(5):
        asked = [False] * last
        with pytest.raises(WorkStopped):
            preview_export(project, "a.jpg", options, cancelled=lambda: not (asked and [asked.pop()]))  # noqa: B023


@pytest.mark.parametrize("name", ["cvat", "index-png"])
def test_a_preview_tells_how_far_it_is(project: Project, tmp_path: Path, name: str) -> None:
    told: list[tuple[int, int]] = []
    preview_export(
        project,
        "a.jpg",
        ExportOptions(name, tmp_path / "x"),
        progress=lambda done, total: told.append((done, total)),
    )
    per_cent = [done for done, _ in told]
    assert {total for _, total in told} == {100}
    assert per_cent == sorted(per_cent)
    assert per_cent[-1] == 100
    assert len(set(per_cent)) > (6 if name == "cvat" else 2)


def test_the_agreement_is_what_the_importer_makes_of_it(project: Project, tmp_path: Path) -> None:
    report = export(project, "coco", tmp_path / "out", with_photos=True, tolerance_px=2.0)
    found = masks_of(import_again(tmp_path / "out", tmp_path / "after", CLASSES))
    same = {key: float((found[key] == mask).mean()) for key, mask in masks_of(project).items()}
    assert 0.9 < report.agreement < 1
    assert report.agreement == pytest.approx(np.mean(list(same.values())))
    assert dict(report.worst) == pytest.approx(same)
    assert [share for _, share in report.worst] == sorted(same.values())


def test_values_without_a_class_go_out_as_void_and_are_counted(tmp_path: Path) -> None:
    mask = _circle()
    mask[:2] = 77
    project = project_of(tmp_path / "before", {"a.png": mask}, CLASSES)
    report = export(project, "index-png", tmp_path / "out", with_photos=True)
    assert report.agreement == 1 - 2 / 40
    found = masks_of(import_again(tmp_path / "out", tmp_path / "after", CLASSES))
    assert (found["a.png"] == np.where(mask == 77, 255, mask)).all()


@pytest.mark.parametrize("form", ["voc", "index-png", "colour-png", "cvat"])
def test_classes_of_one_colour_stay_two(tmp_path: Path, form: str) -> None:
    classes = ClassList.from_names(["sky:#202020", "sea:#112233", "lake:#112233"])
    masks = {"a.png": np.array([[0, 1, 2, 255]] * 3, dtype=np.uint8)}
    export(project_of(tmp_path / "before", masks, classes), form, tmp_path / "out", with_photos=True)
    found = masks_of(import_again(tmp_path / "out", tmp_path / "after", classes))
    assert (found["a.png"] == masks["a.png"]).all()


def test_a_label_that_no_xml_can_hold_does_not_stop_it(tmp_path: Path) -> None:
    classes = ClassList.from_names(["background", "s\x01ky & <sea>"])
    project = project_of(tmp_path / "before", {"a.png": _circle()}, classes)
    for form in ("cvat", "labelme-xml"):
        export(project, form, tmp_path / form)
    assert 'label="sky &amp; &lt;sea&gt;"' in (tmp_path / "cvat/annotations.xml").read_text(encoding="utf-8")


def test_coco_is_valid(project: Project, tmp_path: Path) -> None:
    export(project, "coco", tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.testzip() is None
        content = json.loads(archive.read("annotations/instances_default.json"))
    assert [entry["name"] for entry in content["categories"]] == list(CLASSES.names)
    numbers = {image["id"] for image in content["images"]}
    for number, entry in enumerate(content["annotations"], start=1):
        assert (entry["id"], entry["iscrowd"]) == (number, 0)
        assert entry["image_id"] in numbers
        left, top, columns, rows = entry["bbox"]
        assert (left, top, columns, rows) == (8, 6, 29, 29)
        assert entry["area"] == int(np.count_nonzero(_circle()))


ODD = (
    "ground",
    "void",
    "ignore",
    '"q"',
    '<&>"',
    "a:b",
    "a:1,2,3",
    "_x_",
    "x",
    "background",
    "_background_",
    "#c",
)
EVERY = np.array([[*range(len(ODD)), 255]] * 4, dtype=np.uint8).repeat(3, axis=0).repeat(3, axis=1)


@pytest.mark.parametrize("form", [entry.id for entry in EXPORTS])
def test_odd_names_come_back_or_are_told(tmp_path: Path, form: str) -> None:
    classes = ClassList.from_names(ODD).with_unpainted("ground")
    report = export(
        project_of(tmp_path / "before", {"a.png": EVERY}, classes), form, tmp_path / "out", with_photos=True
    )
    found = masks_of(import_again(tmp_path / "out", tmp_path / "after", classes))
    assert (found["a.png"] == EVERY).all()
    assert report.agreement == 1
    assert "“void”" in report.remarks[0]
    assert any("labelmap.txt" in remark for remark in report.remarks) == (form == "voc")


@pytest.mark.parametrize("form", ["voc", "index-png", "colour-png"])
def test_odd_names_come_into_a_new_project(tmp_path: Path, form: str) -> None:
    names = [name for name in ODD if name != "void"]
    export(
        project_of(tmp_path / "before", {"a.png": EVERY}, ClassList.from_names(names)),
        form,
        tmp_path / "out",
        with_photos=True,
    )
    made = import_again(tmp_path / "out", tmp_path / "after", ClassList(), add_classes=True).classes
    assert set(made.names) == set(names)


def test_pictures_are_read_back_through_their_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = project_of(tmp_path / "before", {"a.png": _circle()}, CLASSES)

    def bad(name: str, text: str) -> LabelTable | None:
        return table_written(name, text.replace("Sky Blue", "car"))

    monkeypatch.setattr("segstudio.formats.writing.mask_pictures.table_written", bad)
    for form in ("voc", "index-png", "colour-png"):
        report = export(project, form, tmp_path / form)
        assert report.agreement == pytest.approx(float((_circle() == 0).mean())), form


def test_photos_without_a_shape_are_told(tmp_path: Path) -> None:
    masks = {"a.png": _circle(), "b.png": np.full((4, 5), 255, np.uint8)}
    project = project_of(tmp_path / "before", masks, CLASSES.with_unpainted("void"))
    for form in ("cvat", "coco", "yolo-seg"):
        (told,) = export(project, form, tmp_path / form).remarks
        assert told.startswith("1 photo is void all over")
    assert export(project, "voc", tmp_path / "voc").remarks == ()


def test_what_does_not_come_back_at_all_is_nought_not_less(tmp_path: Path) -> None:
    project = project_of(tmp_path / "before", {"a.png": np.full((4, 5), 77, np.uint8)}, CLASSES)
    ((_, share),) = export(project, "index-png", tmp_path / "out").worst
    assert f"{share:.1f}" == "0.0"


def test_no_name_left_for_void_is_refused(tmp_path: Path) -> None:
    classes = ClassList.from_names(["ground", "void", "__ignore__", "unlabelled void"]).with_unpainted(
        "ground"
    )
    project = project_of(tmp_path / "before", {"a.png": _circle()}, classes)
    for form in ("voc", "cvat"):
        with pytest.raises(SegStudioError, match="no name is left"):
            export(project, form, tmp_path / form)
        assert not (tmp_path / form).exists()
