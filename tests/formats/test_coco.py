import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from segstudio.errors import SegStudioError
from segstudio.formats import json_items
from segstudio.formats.coco import coco_categories, is_coco, read_coco
from segstudio.formats.label_picture import bitmap_of, read_codes
from segstudio.formats.places import SourceFile
from segstudio.formats.shapes import Annotation, Box, MaskShape, PicturePart, Polygon, Undrawn

AsSource = Callable[[Path], SourceFile]
Write = Callable[..., Path]

CATEGORIES = [{"id": 1, "name": "sky"}, {"id": 7, "name": "Große Katze"}]
IMAGE = {"id": 5, "file_name": "a.jpg", "width": 7, "height": 6}
# What pycocotools' encode gives for a box of 3 × 4 pixels at (1, 2) with a hole.
MASK = {"size": [6, 7], "counts": "=33NN022005"}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def one(annotations: list[Any], name: str = "instances.json", **others: Any) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        content = {"images": [IMAGE], "annotations": annotations, "categories": CATEGORIES} | others
        path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return path

    return one


@pytest.fixture
def read(write: Write, as_source: AsSource) -> Callable[..., Annotation]:
    """Return a function that reads the first photo with these annotations, each of class sky of that photo."""

    def one(*annotations: dict[str, Any]) -> Annotation:
        told = [{"id": 1, "image_id": 5, "category_id": 1} | entry for entry in annotations]
        return next(read_coco(as_source(write(told))))

    return one


def test_polygons_boxes_and_masks_come_in(read: Callable[..., Annotation]) -> None:
    annotation = read(
        {"segmentation": [[1, 2, 3, 4, 5, 6.5], [0, 0, 4, 0, 4, 4]], "attributes": {"far": True, "n": 2}},
        {"segmentation": [], "bbox": [1, 2, 3, 4], "attributes": {"rotation": 30.0}},
        {"segmentation": MASK, "iscrowd": 1, "category_id": 7},
        {"segmentation": {"size": [6, 7], "counts": [13, 3, 3, 1, 1, 1, 3, 3, 3, 3, 8]}},
    )
    first, second, box, mask, plain = annotation.shapes
    assert isinstance(first, Polygon)
    assert isinstance(second, Polygon)
    assert first.points.tolist() == [[1, 2], [3, 4], [5, 6.5]]
    assert (first.where, second.where) == ("annotation 1, part 1", "annotation 1, part 2")
    assert first.attributes == {"far": "true", "n": "2"}
    assert isinstance(box, Box)
    assert (box.x0, box.y0, box.x1, box.y1, box.rotation) == (1, 2, 4, 6, 30)
    assert isinstance(mask, MaskShape)
    assert (mask.label, mask.attributes) == ("Große Katze", {"iscrowd": "1"})
    assert (mask.left, mask.top) == (2, 1)
    assert mask.bitmap().astype(int).tolist() == [[1, 1, 1, 1], [1, 0, 1, 1], [1, 1, 1, 1]]
    assert isinstance(plain, MaskShape)
    assert (plain.bitmap() == mask.bitmap()).all()
    assert (annotation.names, annotation.size) == (("a.jpg",), (6, 7))


def test_what_has_no_area_is_kept_by_kind(read: Callable[..., Annotation]) -> None:
    annotation = read(
        {"caption": "hello"}, {}, {"keypoints": [0, 0, 2], "bbox": [1, 1, 2, 2]}, {"keypoints": [0, 0, 2]}
    )
    kinds = [
        shape.kind if isinstance(shape, Undrawn) else type(shape).__name__ for shape in annotation.shapes
    ]
    assert kinds == ["caption", "label of the whole photo", "Box", "keypoints", "keypoints"]


def test_dialects_come_in(tmp_path: Path, as_source: AsSource) -> None:
    content = {
        "annotations": [
            {"image_id": "x", "category_id": "1", "segmentation": [1, 2, 3, 4, 5, 6]},
            {"image_id": "gone", "category_id": 9, "bbox": [0, 0, 2, 2]},
        ],
        "images": [{"id": "x", "file_name": "sub\\a.jpg", "width": "7", "height": None}],
        "categories": [{"id": "1", "name": "sky"}],
    }
    path = tmp_path / "train" / "_annotations.coco.json"
    path.parent.mkdir()
    path.write_text(json.dumps(content), encoding="utf-8")
    first, second = read_coco(SourceFile(path, tmp_path, path.name))
    assert first.names == ("train/sub/a.jpg", "sub/a.jpg")
    assert (first.size, first.subset) == (None, "train")
    assert isinstance(first.shapes[0], Polygon)
    assert "not in the file" in second.names[-1]
    assert second.shapes[0].label == "category 9"


def test_the_name_of_the_file_tells_the_subset(write: Write, as_source: AsSource) -> None:
    annotation = next(read_coco(as_source(write([], "instances_val2017.json"))))
    assert (annotation.names, annotation.subset) == (("val2017/a.jpg", "val/a.jpg", "a.jpg"), "val")
    assert next(read_coco(as_source(write([], "instances_default.json")))).subset == ""


def test_annotations_in_any_order_find_their_photo(write: Write, as_source: AsSource) -> None:
    images = [{"id": number, "file_name": f"{number}.jpg"} for number in range(20)]
    order = np.random.default_rng(0).permutation(200)
    annotations = [
        {"id": int(n), "image_id": int(n) % 20, "category_id": 1, "bbox": [int(n), 0, 1, 1]} for n in order
    ]
    path = write(annotations, images=images)
    for number, annotation in enumerate(read_coco(as_source(path))):
        assert annotation.names == (f"{number}.jpg",)
        assert [shape.x0 % 20 for shape in annotation.shapes if isinstance(shape, Box)] == [number] * 10


def test_categories_are_declared_in_order(write: Write) -> None:
    assert coco_categories(write([])) == {"sky": "", "Große Katze": ""}


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ({"segmentation": [[1, 2, 3]]}, "not pairs of numbers"),
        ({"segmentation": [[1, 2, 3, None, 5, 6]]}, "no place in a photo"),
        ({"segmentation": [[1, 2, 3, 1e300, 5, 6]]}, "no place in a photo"),
        ({"segmentation": [[1, 2, 3, float("nan"), 5, 6]]}, "no place in a photo"),
        ({"segmentation": [[1, 2, [3], 4, 5, 6]]}, "not pairs of numbers"),
        ({"segmentation": "x"}, "segmentation is no list"),
        ({"bbox": [1, 2, 3]}, "not four numbers"),
        ({"bbox": [1, 2, 3, float("inf")]}, "no place in a photo"),
        ({"segmentation": {"size": [6], "counts": []}}, "mask has no size"),
        ({"segmentation": {"size": [7, 6], "counts": []}}, "6 × 7 pixels, its photo 7 × 6"),
        ({"segmentation": {"size": [6, 7], "counts": [99, -1]}}, "negative"),
        ({"segmentation": {"size": [6, 7], "counts": "oo"}}, "damaged"),
        ({"category_id": "x"}, 'category_id is "x", not a number'),
    ],
)
def test_wild_values_name_photo_and_annotation(
    read: Callable[..., Annotation], entry: dict[str, Any], problem: str
) -> None:
    with pytest.raises(SegStudioError, match=problem) as caught:
        read(entry)
    assert caught.value.where == 'image "a.jpg", annotation 1'


def test_a_photo_without_name_is_told(write: Write, as_source: AsSource) -> None:
    with pytest.raises(SegStudioError, match="no file_name"):
        list(read_coco(as_source(write([], images=[{"id": 1}]))))


def test_one_id_of_two_photos_or_classes_is_told_and_none_is_guessed(
    write: Write, as_source: AsSource
) -> None:
    shape = {"id": 1, "image_id": 5, "category_id": 1, "segmentation": [[1, 2, 3, 4, 5, 6.5]]}
    merged = write([shape], images=[IMAGE, IMAGE | {"file_name": "b.jpg"}])
    with pytest.raises(SegStudioError, match=r'two images have the id 5: "a\.jpg" and "b\.jpg"'):
        list(read_coco(as_source(merged)))
    merged = write([shape], categories=[*CATEGORIES, {"id": 1, "name": "car"}])
    with pytest.raises(SegStudioError, match='two categories have the id 1: "sky" and "car"'):
        coco_categories(merged)
    repeated = write([shape], images=[IMAGE, IMAGE], categories=[*CATEGORIES, *CATEGORIES])
    assert len(list(read_coco(as_source(repeated)))) == 1


def test_it_is_recognised_by_either_end(write: Write, tmp_path: Path) -> None:
    filler = [{"id": n, "image_id": 5, "category_id": 1, "bbox": [1, 1, 1, 1]} for n in range(4000)]
    assert is_coco(write(filler))
    assert not is_coco(tmp_path / "none.json")
    other = tmp_path / "settings.json"
    other.write_text('{"images": 3}', encoding="utf-8")
    assert not is_coco(other)


def test_it_is_recognised_though_long_lists_stand_at_both_ends(tmp_path: Path) -> None:
    images = [
        {"id": n, "file_name": f"photo-number-{n:09d}.jpg", "width": 9, "height": 9} for n in range(1200)
    ]
    box = {"bbox": [1, 1, 3, 3], "segmentation": []}
    annotations = [{"id": n, "image_id": n, "category_id": 1, **box} for n in range(1200)]
    content = {"images": images, "categories": [{"id": 1, "name": "a"}], "annotations": annotations}
    path = tmp_path / "a.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    assert is_coco(path)


def test_a_large_file_takes_little_memory(
    write: Write, as_source: AsSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(json_items, "_CHUNK", 1 << 16)
    outline = [float(number) for number in range(60)]
    images = [{"id": n, "file_name": f"{n}.jpg"} for n in range(100)]
    annotations = [
        {"id": n, "image_id": n % 100, "category_id": 1, "segmentation": [outline]} for n in range(4000)
    ]
    path = write(annotations, images=images)
    del annotations
    assert path.stat().st_size > 1_500_000
    tracemalloc.start()
    count = sum(len(annotation.shapes) for annotation in read_coco(as_source(path)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 4000
    assert peak < 1_000_000


def test_panoptic_pictures_become_classes(tmp_path: Path, write: Write, as_source: AsSource) -> None:
    pixels = np.zeros((6, 7, 3), dtype=np.uint8)
    pixels[:3, :4] = (1, 2, 3)
    pixels[3:, 4:] = (9, 0, 0)
    folder = tmp_path / "panoptic_train"
    folder.mkdir()
    Image.fromarray(pixels).save(folder / "a.png")
    segments = [{"id": 1 + 2 * 256 + 3 * 65536, "category_id": 7}, {"id": 9, "category_id": 1, "area": 9}]
    entry = {"image_id": 5, "file_name": "a.png", "segments_info": segments}
    annotation = next(read_coco(as_source(write([entry], "panoptic_train.json"))))
    assert annotation.parts == (folder / "a.png",)
    first, second = annotation.shapes
    assert isinstance(first, PicturePart)
    assert isinstance(second, PicturePart)
    assert [first.label, second.label] == ["Große Katze", "sky"]
    codes = read_codes(first.picture)
    assert (bitmap_of(first, codes) == (pixels[..., 1] == 2)).all()
    assert (bitmap_of(second, codes) == (pixels[..., 0] == 9)).all()


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ({"file_name": "../../a.png"}, "not a file beside it"),
        ({"file_name": "/etc/passwd"}, "not a file beside it"),
        ({"file_name": "b.png"}, 'Put the folder "panoptic_train" with the pictures'),
        ({"file_name": "b" * 5000}, 'Put the folder "panoptic_train" with the pictures'),
        (
            {"file_name": "a.png", "segments_info": [{"id": 1 << 24, "category_id": 1}]},
            "segment 1: its number",
        ),
        ({"file_name": "a.png", "segments_info": [{"id": True, "category_id": 1}]}, "segment 1: its number"),
    ],
)
def test_panoptic_pictures_are_checked(
    tmp_path: Path, write: Write, as_source: AsSource, entry: dict[str, Any], problem: str
) -> None:
    Image.new("RGB", (7, 6)).save(tmp_path / "a.png")
    path = write([{"image_id": 5, "segments_info": []} | entry], "panoptic_train.json")
    with pytest.raises(SegStudioError) as caught:
        list(read_coco(as_source(path)))
    assert problem in str(caught.value)
