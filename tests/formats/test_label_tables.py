import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.errors import SegStudioError
from segstudio.formats.known_tables import MSRC, VOC
from segstudio.formats.label_tables import LabelRow, LabelTable, find_table, plain_of, read_table


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("labelmap.txt", "# label:color_rgb:parts:actions\nsky:128,0,0::\nblue car:0,128,64:x:y\n"),
        ("label_colors.txt", "128 0 0\t\tsky\n0 128 64\tblue car\n"),
        ("class_dict.csv", "name,r,g,b\nsky,128,0,0\nblue car,0,128,64\n"),
        ("colors.txt", "#800000 sky\n#008040 blue car"),
        ("colors.txt", "sky #800000\nblue car: #008040"),
        ("colors.txt", "(128, 0, 0): sky\n(0, 128, 64): 'blue car'"),
        ("colors.txt", "sky = 128 0 0\nblue car = 0 128 64"),
        ("colors.json", '{"sky": [128, 0, 0], "blue car": [0, 128, 64]}'),
        ("colors.json", '{"#800000": "sky", "#008040": "blue car"}'),
        (
            "classes.json",
            '{"labels": [{"name": "sky", "color": [128, 0, 0]}, {"name": "blue car", "color": "#008040"}]}',
        ),
    ],
)
def test_colours_are_written_in_many_ways(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    table = read_table(path)
    assert table is not None
    assert table.by_colour == {0x800000: "sky", 0x008040: "blue car"}
    assert table.by_number == {0: "sky", 1: "blue car"}
    assert table.colours() == {"sky": "#800000", "blue car": "#008040"}


@pytest.mark.parametrize(
    ("name", "text", "numbers"),
    [
        ("classes.txt", "sky\nblue car\n", {0: "sky", 1: "blue car"}),
        ("classes.txt", "_background_\nsky", {0: "_background_", 1: "sky"}),
        ("labels.txt", "0: sky\n7: blue car", {0: "sky", 7: "blue car"}),
        ("_classes.csv", "Pixel Value, Class\n0, sky\n7, blue car", {0: "sky", 7: "blue car"}),
        ("labels.txt", "sky, 0\nblue car, 7", {0: "sky", 7: "blue car"}),
        ("labels.json", '{"0": "sky", "7": "blue car"}', {0: "sky", 7: "blue car"}),
        ("labels.json", '{"sky": 0, "blue car": 7}', {0: "sky", 7: "blue car"}),
        ("labels.json", '["sky", "blue car"]', {0: "sky", 1: "blue car"}),
        (
            "labels.json",
            '[{"id": 0, "name": "sky"}, {"id": 7, "name": "blue car"}]',
            {0: "sky", 7: "blue car"},
        ),
    ],
)
def test_numbers_are_written_in_many_ways(
    tmp_path: Path, name: str, text: str, numbers: dict[int, str]
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    table = read_table(path)
    assert table is not None
    assert table.by_number == numbers


@pytest.mark.parametrize("text", ["", "sky 1 2 3\ncar\ndog", "x" * 500, "a\n" * 5000])
def test_other_texts_are_no_tables(tmp_path: Path, text: str) -> None:
    path = tmp_path / "classes.txt"
    path.write_text(text, encoding="utf-8")
    assert read_table(path) is None


@given(st.text(max_size=120))
def test_any_text_is_a_table_or_none(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(text.encode("utf-8", errors="replace"))
    read_table(path)


def test_names_in_other_encodings_are_read_or_told_never_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "label_colors.txt"
    path.write_text("128 0 0 Straße\n", encoding="utf-16")
    table = read_table(path)
    assert table is not None
    assert table.by_colour == {0x800000: "Straße"}
    path.write_text("128 0 0 Straße\n", encoding="cp1252")
    with pytest.raises(SegStudioError, match=r'"label_colors\.txt" are not written as UTF-8'):
        read_table(path)
    path.write_bytes(b"\0\1\xff\xfe")
    assert read_table(path) is None


def test_the_nearest_table_counts_and_is_read_anew_when_it_changed(tmp_path: Path) -> None:
    masks = tmp_path / "set" / "masks" / "train"
    masks.mkdir(parents=True)
    mask = masks / "a.png"
    assert find_table(mask, tmp_path / "set") is None
    above = tmp_path / "set" / "classes.txt"
    above.write_text("sky", encoding="utf-8")
    found = find_table(mask, tmp_path / "set")
    assert found is not None
    assert found.path == above
    above.write_text("car\n", encoding="utf-8")
    os.utime(above, ns=(1, 1))
    found = find_table(mask, tmp_path / "set")
    assert found is not None
    assert found.by_number == {0: "car"}
    (masks / "Labels.txt").write_text("dog", encoding="utf-8")
    found = find_table(mask, tmp_path / "set")
    assert found is not None
    assert found.by_number == {0: "dog"}


def test_tables_far_above_do_not_count(tmp_path: Path) -> None:
    (tmp_path / "classes.txt").write_text("sky", encoding="utf-8")
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert find_table(inner / "x.png", inner) is None


@pytest.mark.parametrize("name", ["ignored", "Void", "__ignore__"])
def test_void_has_one_name(name: str) -> None:
    assert plain_of(name) == plain_of(name, is_exact=True) == "void"


NAMES = ('"q"', '<&>"', "a:b", "a:1,2,3", "_x_", "ignore", "#c", "1", "128 128 128", "x #aabbcc", ":y")


@pytest.mark.parametrize(
    ("name", "head", "row"),
    [
        ("labelmap.txt", "# label:color_rgb:parts:actions", "{name}:1,2,{number}::"),
        ("label_colors.txt", "# red green blue label", "  1   2 {number:3d} {name}"),
    ],
)
def test_tables_that_machines_write_tell_names_exactly(
    tmp_path: Path, name: str, head: str, row: str
) -> None:
    path = tmp_path / name
    rows = [row.format(name=text, number=number) for number, text in enumerate(NAMES)]
    path.write_text("\n".join([head, *rows, ""]), encoding="utf-8")
    table = read_table(path)
    assert table is not None
    assert table.by_colour == {0x010200 + number: text for number, text in enumerate(NAMES)}
    assert table.plain == {"ignore": "void"}


def test_json_tells_names_exactly(tmp_path: Path) -> None:
    path = tmp_path / "classes.json"
    path.write_text(json.dumps(list(NAMES)), encoding="utf-8")
    table = read_table(path)
    assert table is not None
    assert tuple(table.by_number.values()) == NAMES


def test_quotes_stay_where_two_names_would_be_one(tmp_path: Path) -> None:
    path = tmp_path / "classes.txt"
    path.write_text("'sky'\nsky\n'sea'", encoding="utf-8")
    table = read_table(path)
    assert table is not None
    assert tuple(table.by_number.values()) == ("'sky'", "sky", "'sea'")


def test_known_tables_are_the_published_ones() -> None:
    assert VOC.by_colour[0x800000] == "aeroplane"
    assert VOC.by_colour[0xC08080] == "person"
    assert VOC.by_colour[0xE0E0C0] == "void"
    assert VOC.by_number[255] == "void"
    assert len(MSRC.rows) == 24
    assert MSRC.by_colour[0xC04000] == "boat"


def test_numbers_that_are_told_count() -> None:
    assert LabelTable((LabelRow("a", 3), LabelRow("b"))).by_number == {3: "a"}
