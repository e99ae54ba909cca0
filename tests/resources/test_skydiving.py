"""The sample set: polygons that give exactly what was drawn, files that a LabelMe reader takes, the same for a seed."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from segstudio.resource_files import load_script, resource_path

SMALL = (96, 128)
ORDER = ("sky", "ground", "airplane", "person")


@cache
def sample() -> ModuleType:
    return load_script("sample/skydiving.py")


@cache
def drawn(index: int, size: tuple[int, int] = SMALL) -> Any:
    return sample().draw_photo(index, size=size, seed=20)


def painted(annotation: Path | bytes) -> NDArray[np.uint8]:
    """Paint an annotation the way an import does: by class in order, truncated coordinates, OpenCV's fill; 255 is void."""
    root = ET.fromstring(annotation if isinstance(annotation, bytes) else annotation.read_bytes())
    rows, columns = (int(root.findtext(f"imagesize/{tag}", "")) for tag in ("nrows", "ncols"))
    mask = np.full((rows, columns), 255, np.uint8)
    for value, name in enumerate(ORDER):
        for thing in root.findall("object"):
            if thing.findtext("name") == name:
                points = [(float(p.findtext("x", "")), float(p.findtext("y", ""))) for p in thing.iter("pt")]
                cv2.fillPoly(mask, [np.trunc(np.array(points)).astype(np.int32)], value)
    return mask


@pytest.mark.parametrize("index", range(12))
def test_the_polygons_give_exactly_the_drawn_classes(index: int) -> None:
    photo = drawn(index)
    assert np.array_equal(painted(sample().labelme_xml("a.jpg", photo)), photo.classes)


def test_no_polygon_is_so_thin_that_a_reader_drops_it() -> None:
    for index in (*range(12), 20):
        for shape in drawn(index, (180, 240)).shapes:
            assert cv2.contourArea(shape.corners) > 0


def test_the_polygons_are_exact_at_full_size() -> None:
    for index in (3, 16):
        photo = drawn(index, (360, 480))
        assert np.array_equal(painted(sample().labelme_xml("a.jpg", photo)), photo.classes)


def test_the_class_map_is_what_the_picture_shows() -> None:
    """Where the class map says person, the picture differs from the same photo drawn without its figures."""
    photo = drawn(0, (360, 480))
    edges = cv2.Canny(photo.picture, 60, 160) > 0
    border = (
        cv2.morphologyEx((photo.classes >= 2).astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((5, 5), np.uint8))
        > 0
    )
    assert edges[border].mean() > 3 * edges[~border].mean()


def test_every_class_is_in_a_third_of_the_photos_and_all_four_are_too() -> None:
    present = [set(np.unique(drawn(index).classes).tolist()) for index in range(12)]
    counts = Counter(value for values in present for value in values)
    assert all(counts[value] >= 4 for value in range(4))
    assert sum(values == {0, 1, 2, 3} for values in present) >= 4
    assert set(counts) == {0, 1, 2, 3}


def test_figures_cover_enough_to_learn_from() -> None:
    shares = np.mean(
        [np.bincount(drawn(index).classes.ravel(), minlength=4) / np.prod(SMALL) for index in range(12)],
        axis=0,
    )
    assert shares[2] > 0.03
    assert shares[3] > 0.03
    assert shares[0] > 0.15
    assert shares[1] > 0.15


def test_generate_writes_photos_that_match_their_annotations(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    made = sample().generate(
        tmp_path / "für 日本", photos=3, size=SMALL, progress=lambda done, total: told.append((done, total))
    )
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert [path.name for path in made.photos] == ["jump_0001.jpg", "jump_0002.jpg", "jump_0003.jpg"]
    for index, (picture, annotation) in enumerate(zip(made.photos, made.annotations, strict=True)):
        root = ET.fromstring(annotation.read_bytes())
        assert root.tag == "annotation"
        assert root.findtext("filename") == picture.name
        assert (picture.parent.name, annotation.parent.name) == ("photos", "annotations")
        assert {thing.findtext("deleted") for thing in root.findall("object")} == {"0"}
        decoded = cv2.imdecode(np.frombuffer(picture.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
        assert decoded is not None
        assert decoded.shape == (*SMALL, 3)
        assert np.abs(decoded[..., ::-1].astype(float) - drawn(index).picture).mean() < 12
        assert np.array_equal(painted(annotation), drawn(index).classes)


def test_the_same_seed_gives_the_same_files_and_another_seed_others(tmp_path: Path) -> None:
    first, again, other = (
        sample().generate(tmp_path / name, photos=2, size=SMALL, seed=seed)
        for name, seed in (("a", 5), ("b", 5), ("c", 6))
    )
    for one, two, three in zip(
        first.photos + first.annotations,
        again.photos + again.annotations,
        other.photos + other.annotations,
        strict=True,
    ):
        assert one.read_bytes() == two.read_bytes()
        assert one.read_bytes() != three.read_bytes()


@pytest.mark.parametrize("size", [(33, 47), (64, 64), (120, 80)])
def test_odd_and_upright_sizes_work(size: tuple[int, int]) -> None:
    photo = drawn(1, size)
    assert photo.picture.shape == (*size, 3)
    assert np.array_equal(painted(sample().labelme_xml("a.jpg", photo)), photo.classes)


def test_a_size_too_small_to_show_anything_is_refused() -> None:
    with pytest.raises(ValueError, match="32"):
        sample().draw_photo(0, size=(16, 200))


def test_pictures_use_the_range_of_a_photo() -> None:
    for index in range(12):
        picture = drawn(index).picture
        assert 60 < picture.mean() < 200
        assert picture.std() > 18


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.booleans())
def test_outlines_cover_any_mask_exactly(seed: int, grain: int, leave_room: bool) -> None:
    rng = np.random.default_rng(seed)
    mask = np.kron(rng.random((12, 15)) < 0.55, np.ones((grain, grain))).astype(bool)
    free = (rng.random(mask.shape) < 0.3) & ~mask & leave_room
    filled = np.zeros(mask.shape, np.uint8)
    for corners in sample().outlines(mask, free):
        assert len(corners) >= 3
        cv2.fillPoly(filled, [corners], 1)
    assert (filled[mask] == 1).all()
    assert not filled[~mask & ~free].any()


def test_it_runs_as_a_script_of_its_own(tmp_path: Path) -> None:
    command = [sys.executable, str(resource_path("sample/skydiving.py")), str(tmp_path / "out")]
    options = ["--photos", "1", "--rows", "48", "--columns", "64"]
    done = subprocess.run([*command, *options], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "1 photos" in done.stdout
    assert (tmp_path / "out" / "annotations" / "jump_0001.xml").is_file()
