from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.errors import SegStudioError
from segstudio.formats.labelme_xml import is_labelme_xml, read_labelme_xml
from segstudio.formats.places import SourceFile
from segstudio.formats.shapes import Annotation, Box, MaskShape, Polygon, Undrawn

MakeXml = Callable[..., Path]
TRIANGLE = ((1.25, 2), (3, 4), (5, 1))


@pytest.fixture
def read(tmp_path: Path, make_labelme: MakeXml) -> Callable[..., Annotation]:
    """Return a function that reads a file with these objects, lying at `at` below the root."""

    def one(*objects: str, at: str = "a.xml", **fields: object) -> Annotation:
        path = make_labelme(tmp_path / at, objects, **fields)
        return next(read_labelme_xml(SourceFile(path, tmp_path, at)))

    return one


def _segm(mask: str = "a_mask_0.png") -> str:
    box = "<box><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></box>"
    return f"<name>sky</name><deleted>0</deleted><segm><mask>{mask}</mask>{box}</segm>"


def test_polygons_and_boxes_come_in(read: Callable[..., Annotation], polygon: Callable[..., str]) -> None:
    square = polygon("person", ((1, 2), (5, 2), (5, 8), (1, 8)))
    box = "<type>bounding_box</type><attributes>rotation=45.0, far=yes</attributes>"
    annotation = read(polygon("sky", TRIANGLE), square + box)
    first, second = annotation.shapes
    assert isinstance(first, Polygon)
    assert first.points.tolist() == [list(point) for point in TRIANGLE]
    assert isinstance(second, Box)
    assert (second.x0, second.y0, second.x1, second.y1, second.rotation) == (1, 2, 5, 8, 45)
    assert second.attributes == {"rotation": "45.0", "far": "yes"}
    assert annotation.size == (20, 30)


@pytest.mark.parametrize("word", ["1", "true", " 1 "])
def test_deleted_objects_are_left_out_and_counted(
    read: Callable[..., Annotation], polygon: Callable[..., str], word: str
) -> None:
    gone = polygon("sky", TRIANGLE).replace("<deleted>0", f"<deleted>{word}")
    annotation = read(gone, polygon("person", TRIANGLE))
    assert [shape.label for shape in annotation.shapes] == ["person"]
    assert annotation.deleted == 1


def test_names_are_file_name_then_name_of_the_xml(read: Callable[..., Annotation]) -> None:
    annotation = read(at="Annotations/set/0001.xml", filename="b.jpg", folder="users/x")
    assert annotation.names == ("users/x/b.jpg", "Annotations/set/b.jpg", "Annotations/set/0001.xml")


@pytest.mark.parametrize(
    ("at", "mask_at"),
    [
        ("a.xml", "Masks/m.png"),
        ("a.xml", "m.png"),
        ("set/a.xml", "set/Masks/m.png"),
        ("Annotations/set/a.xml", "Masks/set/m.png"),
        ("export/Annotations/set/a.xml", "export/Masks/set/m.png"),
    ],
)
def test_mask_pictures_are_found(
    tmp_path: Path, read: Callable[..., Annotation], at: str, mask_at: str
) -> None:
    pixels = np.zeros((20, 30, 4), dtype=np.uint8)
    pixels[4:7, 5:9] = (255, 0, 0, 153)
    pixels[7, 5] = (255, 0, 0, 20)  # the soft edge of the tool's brush
    (tmp_path / mask_at).parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(tmp_path / mask_at)
    annotation = read(_segm("m.png"), at=at)
    shape = annotation.shapes[0]
    assert isinstance(shape, MaskShape)
    assert (shape.top, shape.left, shape.bitmap().tolist()) == (4, 5, [[True] * 4] * 3)
    assert annotation.parts == (tmp_path / mask_at,)


@pytest.mark.parametrize("given", ["Annotations", "Annotations/set", "Annotations/set/a.xml"])
def test_masks_lie_in_the_same_folders_beside_annotations_that_were_given(
    tmp_path: Path, make_labelme: MakeXml, given: str
) -> None:
    for folder in ("", "set"):
        make_labelme(tmp_path / "Annotations" / folder / "a.xml", [_segm("m.png")])
        pixels = np.zeros((20, 30), dtype=np.uint8)
        pixels[: 5 if folder else 3, :7] = 255
        (tmp_path / "Masks" / folder).mkdir(parents=True)
        Image.fromarray(pixels).save(tmp_path / "Masks" / folder / "m.png")
    xml, root = tmp_path / "Annotations/set/a.xml", tmp_path / given
    (shape,) = next(read_labelme_xml(SourceFile(xml, root if root.is_dir() else root.parent, "a.xml"))).shapes
    assert isinstance(shape, MaskShape)
    assert shape.bitmap().shape == (5, 7)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "LA", "RGBA"])
def test_mask_pictures_of_every_kind(tmp_path: Path, read: Callable[..., Annotation], mode: str) -> None:
    grey = Image.fromarray(np.pad(np.full((2, 3), 255, dtype=np.uint8), ((4, 14), (5, 22))))
    picture = grey.convert("L").point(lambda value: value // 255) if mode == "P" else grey.convert(mode)
    if mode == "LA":
        picture.putalpha(grey)
    if mode == "P":
        picture.putpalette([0, 0, 0, 255, 0, 0])
    picture.save(tmp_path / "m.png")
    shape = read(_segm("m.png")).shapes[0]
    assert isinstance(shape, MaskShape)
    assert (shape.top, shape.left, shape.bitmap().tolist()) == (4, 5, [[True] * 3] * 2)


def test_a_mask_of_another_size_is_refused_whichever_comes_first(
    tmp_path: Path, read: Callable[..., Annotation]
) -> None:
    Image.fromarray(np.full((10, 10), 255, dtype=np.uint8)).save(tmp_path / "m.png")
    with pytest.raises(SegStudioError, match="its mask has 10 × 10 pixels, the photo 30 × 20"):
        read(_segm("m.png"))
    (tmp_path / "late.xml").write_text(
        f"<annotation><filename>a.jpg</filename><object>{_segm('m.png')}</object>"
        "<imagesize><nrows>20</nrows><ncols>30</ncols></imagesize></annotation>",
        encoding="utf-8",
    )
    with pytest.raises(SegStudioError, match="its mask has 10 × 10 pixels, the photo 30 × 20"):
        next(read_labelme_xml(SourceFile(tmp_path / "late.xml", tmp_path, "late.xml")))


@pytest.mark.parametrize("name", ["../m.png", "/etc/m.png", "C:\\m.png", "a/../../m.png", ""])
def test_a_mask_elsewhere_is_refused(read: Callable[..., Annotation], name: str) -> None:
    with pytest.raises(SegStudioError, match="is not a file beside it") as caught:
        read(_segm(name))
    assert caught.value.where == "object 1"


def test_missing_and_damaged_masks_are_refused(tmp_path: Path, read: Callable[..., Annotation]) -> None:
    with pytest.raises(SegStudioError, match=r'its mask file "m\.png" is missing'):
        read(_segm("m.png"))
    noise = np.random.default_rng(0).integers(0, 256, (20, 30), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "m.png")
    (tmp_path / "m.png").write_bytes((tmp_path / "m.png").read_bytes()[:200])
    with pytest.raises(SegStudioError, match="damaged or cut off"):
        read(_segm("m.png"))


def test_a_mask_whose_name_no_disk_takes_is_missing(read: Callable[..., Annotation]) -> None:
    with pytest.raises(SegStudioError, match="is missing"):
        read(_segm("m" * 5000))


def test_objects_without_area_are_told(read: Callable[..., Annotation], polygon: Callable[..., str]) -> None:
    annotation = read("<name>sky</name>", polygon("sky", ((1, 1),)))
    assert [shape.kind for shape in annotation.shapes if isinstance(shape, Undrawn)] == [
        "object without outline",
        "points",
    ]


def test_a_wild_coordinate_names_its_object(
    read: Callable[..., Annotation], polygon: Callable[..., str]
) -> None:
    with pytest.raises(SegStudioError, match="x is missing, not a number") as caught:
        read(polygon("sky", TRIANGLE), polygon("sky", TRIANGLE).replace("<x>3</x>", ""))
    assert caught.value.where == "object 2"


def test_pascal_voc_is_not_labelme(tmp_path: Path, make_labelme: MakeXml) -> None:
    assert is_labelme_xml(make_labelme(tmp_path / "a.xml"))
    voc = tmp_path / "b.xml"
    voc.write_text("<annotation><filename>a</filename><size/><object/></annotation>", encoding="utf-8")
    assert not is_labelme_xml(voc)
    voc.write_text("<annotation><object><bndbox/></object></annotation>", encoding="utf-8")
    assert not is_labelme_xml(voc)
