"""A box is no outline: one rule for all formats, what it does is told, and the person may say otherwise."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.errors import SegStudioError
from segstudio.formats.importing import PreparedImport, commit_import, prepare
from segstudio.formats.kept import mask_from_kept
from segstudio.formats.options import Boxes, ImportOptions
from segstudio.formats.sources import gather
from segstudio.project.masks import read_mask
from segstudio.project.project import Project

MakePhoto = Callable[..., Path]

BOX = '<box label="sky" xtl="3" ytl="4" xbr="12" ybr="13"/>'
OUTLINE = '<polygon label="person" points="20,2;25,2;25,8"/>'
VOC = (
    "<annotation><filename>a.png</filename><size><width>30</width><height>20</height></size><object><name>sky</name>"
    "<bndbox><xmin>4</xmin><ymin>5</ymin><xmax>13</xmax><ymax>14</ymax></bndbox></object></annotation>"
)
YOLO = f"1 {7.5 / 30} {8.5 / 20} {9 / 30} {9 / 20}\n"
COCO = {
    "images": [{"id": 1, "file_name": "a.png", "width": 30, "height": 20}],
    "categories": [{"id": 1, "name": "sky"}, {"id": 2, "name": "person"}],
    "annotations": [
        {"id": 1, "image_id": 1, "category_id": 1, "bbox": [3, 4, 9, 9], "segmentation": []},
        {"id": 2, "image_id": 1, "category_id": 2, "segmentation": [[20, 2, 25, 2, 25, 8]]},
    ],
}
MIXED = {
    "annotations.xml": f'<annotations><image name="a.png" width="30" height="20">{BOX}{OUTLINE}</image></annotations>',
    "coco.json": json.dumps(COCO),
    "a.txt": YOLO + f"0 {20 / 30} {2 / 20} {25 / 30} {2 / 20} {25 / 30} {8 / 20}\n",
}
BOXES_ONLY = {"a.xml": VOC, "a.txt": YOLO}
RECTANGLE = (slice(4, 14), slice(3, 13))


@pytest.fixture
def bring(project: Project, tmp_path: Path, make_photo: MakePhoto) -> Callable[..., PreparedImport]:
    """Return a function that imports a photo with an annotation file of this name and text."""

    def one(name: str, text: str, boxes: Boxes | None) -> PreparedImport:
        make_photo(tmp_path / "in/a.png")
        (tmp_path / "in" / name).write_text(text, encoding="utf-8")
        (tmp_path / "in/data.yaml").write_text("names: [person, sky]", encoding="utf-8")
        with gather([tmp_path / "in"], boxes=boxes == "areas") as gathered:
            prepared = prepare(gathered, project, ImportOptions(boxes=boxes))
            if prepared.report.refusal is None:
                commit_import(prepared, project)
        return prepared

    return one


Bring = Callable[..., PreparedImport]


def _is_painted(project: Project) -> tuple[bool, bool]:
    """Tell whether the box and the outline are; the mask made again is the same."""
    opened = Project.open(project.folder)
    photo = opened.photo("a.png")
    mask = read_mask(opened.mask_path(photo))
    assert (mask_from_kept(opened, photo) == mask).all()
    box = np.zeros(mask.shape, dtype=np.bool_)
    box[RECTANGLE] = True
    assert not (mask[~box] == 2).any()
    return bool((mask[box] == 2).all()), bool((mask == 1).any())


@pytest.mark.parametrize("name", MIXED)
@pytest.mark.parametrize("boxes", [None, "areas", "leave-out"])
def test_boxes_among_outlines_are_areas_unless_they_are_left_out(
    project: Project, bring: Bring, name: str, boxes: Boxes | None
) -> None:
    report = bring(name, MIXED[name], boxes).report
    assert report.refusal is None
    is_left_out = boxes == "leave-out"
    assert _is_painted(project) == (not is_left_out, True)
    assert report.boxes == (0 if is_left_out else 1)
    assert report.skipped == ({"box": 1} if is_left_out else {})


@pytest.mark.parametrize("name", BOXES_ONLY)
def test_files_of_boxes_alone_are_read_where_boxes_are_wanted_as_areas(
    project: Project, bring: Bring, name: str
) -> None:
    for boxes in (None, "leave-out"):
        try:
            told = str(bring(name, BOXES_ONLY[name], boxes).report.refusal)
        except SegStudioError as error:
            told = str(error)
        assert "no areas to learn from" in told
        assert "--boxes areas" in told
        assert not Project.open(project.folder).photos()
    report = bring(name, BOXES_ONLY[name], "areas").report
    assert (report.refusal, report.boxes) == (None, 1)
    assert _is_painted(project) == (True, False)


def test_a_file_of_boxes_alone_is_refused_with_the_way_out(tmp_path: Path) -> None:
    for name, text in BOXES_ONLY.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(SegStudioError, match="--boxes areas"), gather([tmp_path / "a.txt"]):
        pass


def test_outlines_go_before_boxes_of_the_same_photo(project: Project, bring: Bring, tmp_path: Path) -> None:
    """Pascal VOC has a mask of a photo and boxes of it: one does not speak against the other."""
    (tmp_path / "in/masks").mkdir(parents=True)
    values = np.zeros((20, 30), dtype=np.uint8)
    values[2:4, 20:25] = 1
    Image.fromarray(values).save(tmp_path / "in/masks/a.png")
    (tmp_path / "in/classes.txt").write_text("background\nperson\nsky", encoding="utf-8")
    report = bring("a.xml", VOC, "areas").report
    assert report.refusal is None
    assert len(report.outdone) == 1
    assert _is_painted(project) == (False, True)


def test_damaged_boxes_name_their_object(bring: Bring) -> None:
    report = bring("a.xml", VOC.replace("<xmin>4</xmin>", "<xmin>four</xmin>"), "areas").report
    assert 'a.xml, object 1: xmin is "four", not a number' in str(report.refusal)
