"""Every reader is given damaged files: it reads them or says what is wrong, soon, and leaves nothing behind (tests/fuzzing.py)."""

import base64
import io
import json
import resource
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.formats.beside import text_in
from segstudio.formats.coco import coco_categories, is_coco, read_coco
from segstudio.formats.colour_png import colours_of_masks, is_colour_png, read_colour_png
from segstudio.formats.cvat import cvat_colours, is_cvat, read_cvat
from segstudio.formats.cvat_video import drawn_frames, is_cvat_video, read_cvat_video
from segstudio.formats.index_png import is_index_png, read_index_png
from segstudio.formats.label_picture import bitmap_of, read_codes
from segstudio.formats.label_tables import read_table
from segstudio.formats.labelme_json import embedded_photo, is_labelme_json, read_labelme_json
from segstudio.formats.labelme_xml import is_labelme_xml, read_labelme_xml
from segstudio.formats.npy_onehot import is_npy_onehot, read_npy_onehot
from segstudio.formats.places import SourceFile
from segstudio.formats.rasterise import rasterise
from segstudio.formats.shapes import Annotation, PicturePart
from segstudio.formats.via import is_via, read_via
from segstudio.formats.voc import is_voc, read_voc, voc_labels
from segstudio.formats.voc_boxes import is_voc_boxes, read_voc_boxes
from segstudio.formats.yolo_seg import is_yolo_seg, read_yolo_seg, yolo_labels
from segstudio.formats.yolo_splits import YoloSplits, splits_in_yaml
from segstudio.project.classes import ClassList
from tests.fuzzing import fuzz

PAINTED = 20
MAX_GROWTH_KB = 400_000


def _png(values: object, mode: str | None = None) -> bytes:
    buffer = io.BytesIO()
    image = Image.fromarray(np.asarray(values, dtype=np.uint8))
    (image.convert(mode) if mode else image).save(buffer, "PNG")
    return buffer.getvalue()


_MASK = base64.b64encode(_png([[0, 1], [1, 1]])).decode()
_COCO = {
    "images": [{"id": 1, "file_name": "a.jpg", "width": 7, "height": 6}, {"id": 2, "file_name": "b.jpg"}],
    "categories": [{"id": 1, "name": "sky"}, {"id": 2, "name": "car"}],
    "annotations": [
        {
            "id": 1,
            "image_id": 1,
            "category_id": 1,
            "segmentation": [[1, 2, 3, 4, 5, 6.5]],
            "bbox": [1, 2, 3, 4],
        },
        {"id": 2, "image_id": 1, "category_id": 2, "segmentation": {"size": [6, 7], "counts": "=33NN022005"}},
        {
            "id": 3,
            "image_id": 2,
            "category_id": 2,
            "segmentation": {"size": [6, 7], "counts": [3, 4, 5]},
            "iscrowd": 1,
        },
        {"image_id": 2, "file_name": "p.png", "segments_info": [{"id": 65536, "category_id": 1, "area": 3}]},
    ],
}
_LABELME = {
    "version": "7.0.0",
    "shapes": [
        {"label": "sky", "points": [[1, 2], [3, 4], [5, 6.5]], "shape_type": "polygon"},
        {"label": "sky", "points": [[1, 2], [3, 4]], "shape_type": "circle"},
        {"label": "car", "points": [[1, 2], [3, 4]], "shape_type": "mask", "mask": _MASK},
    ],
    "imagePath": "..\\a.jpg",
    "imageData": _MASK,
    "imageHeight": 20,
    "imageWidth": 30,
}
_VIA = {
    "a": {
        "filename": "a.jpg",
        "regions": [
            {
                "shape_attributes": {"name": "rect", "x": 1, "y": 2, "width": 3, "height": 4},
                "region_attributes": {"c": "x"},
            },
            {"shape_attributes": {"name": "polygon", "all_points_x": [1, 2, 3], "all_points_y": [1, 2, 1]}},
            {"shape_attributes": {"name": "ellipse", "cx": 5, "cy": 6, "rx": 3, "ry": 2, "theta": 0.3}},
        ],
    }
}
_VIA3 = {
    "attribute": {"1": {"aname": "c", "options": {"0": "x"}}},
    "file": {"1": {"fname": "a.jpg"}},
    "view": {"1": {"fid_list": ["1"]}},
    "metadata": {"1": {"vid": "1", "z": [], "xy": [7, 1, 2, 3, 4, 5, 6], "av": {"1": "0"}}},
}
_CVAT = b"""<annotations><meta><task><labels><label><name>sky</name></label></labels></task></meta>
<image id="0" name="a.jpg" width="30" height="20"><polygon label="sky" points="1,2;3,4;5,6" z_order="2"/>
<mask label="sky" rle="1, 2, 3" left="-2" top="3" width="3" height="2"/><ellipse label="b" cx="5" cy="6" rx="2" ry="1"/>
</image></annotations>"""
_VIDEO = b"""<annotations><meta><task><id>5</id><start_frame>0</start_frame><stop_frame>9</stop_frame></task></meta>
<track id="0" label="sky"><box frame="2" outside="0" keyframe="1" xtl="3" ytl="4" xbr="10" ybr="5"/>
<box frame="7" outside="1" keyframe="1" xtl="7" ytl="6" xbr="14" ybr="8"/></track><track id="1" label="car">
<polygon frame="1" outside="0" points="1,2;3,4;5,6"/><polygon frame="5" points="1,2;3,4;5,6;0,9"/></track></annotations>"""
_LABELME_XML = b"""<annotation><filename>a.jpg</filename><folder>x</folder><object><name>sky</name><deleted>0</deleted>
<polygon><pt><x>1</x><y>2</y></pt><pt><x>5</x><y>2</y></pt><pt><x>1</x><y>9</y></pt></polygon></object><object>
<name>car</name><segm><mask>p.png</mask></segm></object></annotation>"""

_VOC_BOXES = b"""<annotation><filename>a.jpg</filename><size><width>30</width><height>20</height></size><object><name>sky</name>
<bndbox><xmin>4</xmin><ymin>5</ymin><xmax>13</xmax><ymax>14</ymax></bndbox></object></annotation>"""
_YAML = b"""path: ../set\ntrain: [images/train, data.yaml]\nval:\n- ./images/val\n- 'lists/val.txt'\nnames: {0: sky, 1: "car"}
images/train/a.jpg"""


def _npy() -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, {"a.jpg": np.eye(3, dtype=np.uint8)[np.zeros((4, 5), dtype=int)]}, allow_pickle=True)  # type: ignore[arg-type]
    return buffer.getvalue()


def _bmp() -> bytes:
    buffer = io.BytesIO()
    pixels = np.zeros((5, 7, 3), dtype=np.uint8)
    pixels[2:, 3:] = (128, 0, 0)
    Image.fromarray(pixels).save(buffer, "BMP")
    return buffer.getvalue()


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


Read = Callable[[SourceFile], Iterator[Annotation]]


@dataclass(frozen=True)
class Fuzzed:
    name: str
    content: bytes
    recognise: Callable[[Path], bool]
    read: Read
    others: tuple[Callable[[Path], object], ...] = ()
    labels: tuple[Callable[[SourceFile], object], ...] = ()


def _splits(path: Path) -> object:
    """Read the file as YAML that tells splits, and as the list of photos that it names."""
    splits = splits_in_yaml(text_in(path, 1 << 20) or "", path.parent)
    of_lists = YoloSplits(path.parent, splits.folders, (*splits.lists, ("test", path)))
    return [each.of(path.parent / "labels/train/a.txt") for each in (splits, of_lists)]


_INDEX = _png([[0, 1, 2], [2, 255, 1]], "P")
FUZZED = [
    Fuzzed("cvat.xml", _CVAT, is_cvat, read_cvat, (cvat_colours,)),
    Fuzzed("labelme.xml", _LABELME_XML, is_labelme_xml, read_labelme_xml),
    Fuzzed("video.xml", _VIDEO, is_cvat_video, read_cvat_video, (drawn_frames,)),
    Fuzzed("labelme.json", _json(_LABELME), is_labelme_json, read_labelme_json, (embedded_photo,)),
    Fuzzed("coco.json", _json(_COCO), is_coco, read_coco, (coco_categories,)),
    Fuzzed("via.json", _json(_VIA), is_via, read_via),
    Fuzzed("via3.json", _json(_VIA3), is_via, read_via),
    Fuzzed(
        "labels/a.txt",
        b"0 0.1 0.2 0.3 0.4 0.5 0.6\n1 .5 .5 .1 .1\n",
        is_yolo_seg,
        read_yolo_seg,
        (),
        (yolo_labels,),
    ),
    Fuzzed("boxes.xml", _VOC_BOXES, is_voc_boxes, read_voc_boxes),
    Fuzzed("data.yaml", _YAML, lambda _: True, lambda _: iter(()), (_splits,)),
    Fuzzed("masks/index.png", _INDEX, is_index_png, read_index_png),
    Fuzzed("masks/colour_GT.bmp", _bmp(), is_colour_png, read_colour_png, (), (colours_of_masks,)),
    Fuzzed("SegmentationClass/a.png", _INDEX, is_voc, read_voc, (), (voc_labels,)),
    Fuzzed("onehot.npy", _npy(), is_npy_onehot, read_npy_onehot),
    Fuzzed(
        "labelmap.txt",
        b"# label:color\nsky:128,0,0::\ncar:0,0,128::\n",
        lambda _: True,
        lambda _: iter(()),
        (read_table,),
    ),
]


@pytest.mark.parametrize("fuzzed", FUZZED, ids=lambda fuzzed: fuzzed.name)
def test_damaged_files_are_read_or_told(tmp_path: Path, fuzzed: Fuzzed) -> None:
    root = tmp_path / "set"
    path = root / fuzzed.name
    path.parent.mkdir(parents=True)
    (root / "p.png").write_bytes(_png(np.zeros((6, 7, 3))))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    fuzz(path, fuzzed.content, lambda path: _use(fuzzed, SourceFile(path, root, path.name)))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MAX_GROWTH_KB
    assert {one.relative_to(tmp_path).as_posix() for one in tmp_path.rglob("*") if one.is_file()} == {
        f"set/{fuzzed.name}",
        "set/p.png",
    }


def _use(fuzzed: Fuzzed, file: SourceFile) -> None:
    """Do with a file what an import does."""
    for other in fuzzed.others:
        other(file.path)
    for labels_of in fuzzed.labels:
        labels_of(file)
    fuzzed.recognise(file.path)
    for number, annotation in enumerate(fuzzed.read(file)):
        if number >= PAINTED:
            continue
        labels = {shape.label: 1 for shape in annotation.shapes}
        rasterise(annotation.shapes, (20, 30), ClassList.from_names(["a", "b"]), numbers=labels)
        for shape in annotation.shapes:
            if isinstance(shape, PicturePart):
                bitmap_of(shape, read_codes(shape.picture))
