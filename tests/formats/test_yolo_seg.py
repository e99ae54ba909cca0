from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.errors import SegStudioError
from segstudio.formats.places import SourceFile
from segstudio.formats.shapes import Annotation, Box, Polygon, Undrawn
from segstudio.formats.yolo_names import find_names
from segstudio.formats.yolo_seg import is_yolo_boxes, is_yolo_seg, read_yolo_seg, yolo_labels
from segstudio.formats.yolo_yaml import list_in_yaml

Read = Callable[..., Annotation]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def one(text: str, names: str = "names: [sky, 'a person']", at: str = "labels/train/a.txt") -> Annotation:
        (tmp_path / "data.yaml").write_text(names, encoding="utf-8")
        path = tmp_path / at
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return next(read_yolo_seg(SourceFile(path, tmp_path, path.name)))

    return one


def test_polygons_come_in(read: Read, tmp_path: Path) -> None:
    annotation = read("1 0.1 0.2 0.3 0.4 0.5 0.625\n\n0 0 0 1 0 1 1 0 1\n7 0 0 1 0 1 1\n")
    first, second, third = annotation.shapes
    assert isinstance(first, Polygon)
    assert first.points.tolist() == [[0.1, 0.2], [0.3, 0.4], [0.5, 0.625]]
    assert [first.label, second.label, third.label] == ["a person", "sky", "7"]
    assert (first.where, second.where) == ("line 1", "line 3")
    assert (annotation.names, annotation.subset) == (("labels/train/a.txt",), "train")
    assert annotation.size is None
    assert annotation.parts == (tmp_path / "data.yaml",)


def test_boxes_and_poses_are_no_outlines(read: Read) -> None:
    shape = read("1 0.5 0.5 0.1 0.2\n0 0 0 1 0 1 1").shapes[0]
    assert isinstance(shape, Box)
    assert (shape.x0, shape.y0, shape.x1, shape.y1) == (0.45, 0.4, 0.55, 0.6)
    shape = read("0 0 0 1 0 1 1", "kpt_shape: [17, 2]\nnames: [x]").shapes[0]
    assert isinstance(shape, Undrawn)
    assert shape.kind == "keypoints"


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("x 0 0 1 0 1 1", "no number"),
        ("1.5 0 0 1 0 1 1", "no class number"),
        ("-1 0 0 1 0 1 1", "no class number"),
        ("1 0 0 1 0 1", "not pairs"),
        ("1", "not pairs"),
        ("1 0 0 1 0 1 nan", "no fractions"),
        ("1 0 0 1 inf", "no fractions"),
        ("1 0 0 1 0 1 inf", "no fractions"),
        ("1 0 0 640 0 640 480", "no fractions"),
    ],
)
def test_wild_values_name_the_line(read: Read, line: str, problem: str) -> None:
    with pytest.raises(SegStudioError, match=problem) as caught:
        read(f"0 0 0 1 0 1 1\n{line}")
    assert caught.value.where == "line 2"


@pytest.mark.parametrize(
    ("text", "is_seg", "is_boxes"),
    [
        ("0 0.1 0.2 0.3 0.4 0.5 0.6\n", True, False),
        ("0 0.1 0.2 0.3 0.4\n0 0.1 0.2 0.3 0.4 0.5 0.6\n", True, False),
        ("0 0.1 0.2 0.3 0.4\n", False, True),
        ("", False, False),
        ("hello\n", False, False),
        ("0 0.1 0.2 0.3 0.4\nhello\n", False, False),
        ("0 " + "1" * 30_000 + " x", False, False),
        ("0 " + "111 " * 9_000 + "x", False, False),
    ],
)
def test_it_is_recognised_by_its_lines(tmp_path: Path, text: str, is_seg: bool, is_boxes: bool) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8")
    assert (is_yolo_seg(path), is_yolo_boxes(path)) == (is_seg, is_boxes)


@pytest.mark.parametrize(
    "text",
    [
        "nc: 2\nnames: ['a b', \"it's\"]  \ntrain: x",
        "names:\n- a b\n- it's\nnc: 2",
        "names:\n  0: a b\n  1: 'it''s'\n",
        'path: ../x\nnames: {0: a b, 1: "it\'s"}',
        "names: [\n  'a b',  \n  \"it's\",\n]\n",
        '# names: [x]\nnames:\n  - a b # the first\n  - "it\'s"\n\nroboflow:\n  license: x',
    ],
)
def test_names_are_written_in_many_ways(text: str) -> None:
    assert list_in_yaml(text, "names") == {0: "a b", 1: "it's"}


@given(st.text(max_size=200))
def test_any_text_has_names_or_none(text: str) -> None:
    list_in_yaml(f"names: {text}", "names")
    list_in_yaml(f"names:\n{text}", "names")


def test_names_are_found_beside_and_above(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "labels" / "train"
    inner.mkdir(parents=True)
    assert find_names(inner / "x.txt", tmp_path).label(3) == "3"
    (tmp_path / "a" / "obj.names").write_text("cat\ndog\n", encoding="utf-8")
    assert find_names(inner / "x.txt", tmp_path).label(1) == "dog"
    (inner / "classes.txt").write_text("cow\n", encoding="utf-8")
    assert find_names(inner / "x.txt", tmp_path).label(0) == "cow"
    assert yolo_labels(SourceFile(inner / "x.txt", tmp_path, "x.txt")) == {"cow": ""}


def test_names_in_another_encoding_are_told_not_replaced_by_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("0 0 0 1 0 1 1", encoding="utf-8")
    (tmp_path / "classes.txt").write_text("Straße", encoding="cp1252")
    with pytest.raises(SegStudioError, match=r'"classes\.txt" are not written as UTF-8'):
        list(read_yolo_seg(SourceFile(path, tmp_path, "a.txt")))
    (tmp_path / "classes.txt").write_text("Straße", encoding="utf-16")
    assert find_names(path, tmp_path).label(0) == "Straße"


def test_what_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"0 \xff")
    with pytest.raises(SegStudioError, match="not UTF-8"):
        list(read_yolo_seg(SourceFile(path, tmp_path, "a.txt")))
    with pytest.raises(SegStudioError, match="cannot be read"):
        list(read_yolo_seg(SourceFile(tmp_path / "b.txt", tmp_path, "b.txt")))
