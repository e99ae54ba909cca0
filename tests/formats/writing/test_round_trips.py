"""What is exported comes back by the real importer, pixel for pixel."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segstudio.formats.exporting import ExportOptions, preview_export
from segstudio.formats.importing import commit_import, prepare
from segstudio.formats.options import ImportOptions
from segstudio.formats.rasterise import rasterise
from segstudio.formats.sources import gather
from segstudio.formats.writing.crossing import crosses_itself
from segstudio.formats.writing.sheets import areas_as_polygons, told_values
from segstudio.project.classes import ClassList
from segstudio.project.masks import Mask
from segstudio.project.photos import Split
from segstudio.project.project import Project
from segstudio.resource_files import load_script
from tests.formats.writing.trips import CLASSES, WAYS, export, import_again, masks_of, project_of

DATA = Path(os.environ.get("SEGSTUDIO_TEST_DATA", "/nonexistent"))
real_data = pytest.mark.skipif(not DATA.is_dir(), reason="SEGSTUDIO_TEST_DATA is not set")

BRIDGE = ["1110000111", "1111111111", "1110000111"]
RING_IN_RING = ["1111111", "1000001", "1022201", "1020201", "1022201", "1000001", "1111111"]
DIAGONALS = ["1001", "0110", "0110", "1001"]
EDGES = ["3003", "0000", "0220", "3003"]
ONE_PIXEL = ["2"]
FULL = ["333", "333"]
LINE = ["11111"]
VOID_HOLE = ["11111", "1v1v1", "11111", "00v00"]
NOTHING = ["000", "000"]
NAMES = ("bridge", "nested/ring in ring", "ü/diagonals", "edges", "one", "full", "ü/line", "void", "nothing")


def _mask(rows: list[str]) -> Mask:
    return np.array([[255 if cell == "v" else int(cell) for cell in row] for row in rows], dtype=np.uint8)


def _noise(seed: int, rows: int, columns: int, share: float) -> Mask:
    """Coarse and fine noise of three classes and void: holes, islands, bridges, and pixels at every edge."""
    chance = np.random.default_rng(seed)
    coarse = np.kron(chance.integers(0, 4, (rows // 3 + 1, columns // 3 + 1)), np.ones((3, 3)))[
        :rows, :columns
    ]
    fine = chance.choice([0, 1, 2, 3, 255], (rows, columns))
    return np.where(chance.random((rows, columns)) < share, fine, coarse).astype(np.uint8)


HARD = {
    f"{name}.png": _mask(rows)
    for name, rows in zip(
        NAMES,
        (BRIDGE, RING_IN_RING, DIAGONALS, EDGES, ONE_PIXEL, FULL, LINE, VOID_HOLE, NOTHING),
        strict=True,
    )
}
HARD |= {f"noise {seed}.png": _noise(seed, 12 + seed, 30 - 2 * seed, seed / 8) for seed in range(8)}


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Project:
    splits: dict[str, Split] = {"bridge.png": "train", "ü/line.png": "val"}
    return project_of(tmp_path_factory.mktemp("hard") / "before", HARD, CLASSES, splits)


@pytest.mark.parametrize(("form", "outlines"), WAYS)
def test_hard_masks_come_back_bit_for_bit(hard: Project, tmp_path: Path, form: str, outlines: str) -> None:
    to = tmp_path / ("out" if outlines == "polygons" else "out.zip")
    report = export(hard, form, to, outlines=outlines, with_photos=True)
    assert (report.photos, report.agreement, report.worst, report.left_out) == (len(HARD), 1.0, (), ())
    imported = import_again(to, tmp_path / "after", CLASSES, split="auto")
    found = masks_of(imported)
    assert sorted(found) == sorted(HARD)
    for key, mask in HARD.items():
        assert (found[key] == mask).all(), key
    if form in ("cvat", "coco", "yolo-seg", "voc"):
        splits = {key: imported.photo(key).split for key in ("bridge.png", "ü/line.png")}
        assert splits == {"bridge.png": "train", "ü/line.png": "val"}


@pytest.mark.parametrize(
    "form", ["cvat", "coco", "labelme-xml", "labelme-json", "yolo-seg", "voc", "index-png"]
)
def test_without_photos_they_find_those_of_the_project(hard: Project, tmp_path: Path, form: str) -> None:
    export(hard, form, tmp_path / "out")
    imported = import_again(tmp_path / "out", tmp_path / "after", CLASSES, photos=hard.folder / "photos")
    found = masks_of(imported)
    assert found.keys() == HARD.keys()
    assert all((found[key] == mask).all() for key, mask in HARD.items())


@pytest.mark.parametrize("form", ["cvat", "colour-png", "voc", "index-png"])
def test_colours_and_draw_order_survive(hard: Project, tmp_path: Path, form: str) -> None:
    export(hard, form, tmp_path / "out", with_photos=True)
    nothing = ClassList.from_names(["background"])
    made = import_again(tmp_path / "out", tmp_path / "after", nothing, add_classes=True).classes
    ours = {entry.name: entry.colour for entry in CLASSES.classes if entry.index}
    assert {entry.name: entry.colour for entry in made.classes if entry.index} == ours


_NOISES = st.builds(_noise, st.integers(0, 1 << 16), st.integers(1, 24), st.integers(1, 24), st.floats(0, 1))


@settings(max_examples=60, deadline=None)
@given(mask=_NOISES, void_unpainted=st.booleans(), tolerance=st.sampled_from([0.0, 1.0, 3.0]))
def test_any_mask_comes_back_through_its_polygons(mask: Mask, void_unpainted: bool, tolerance: float) -> None:
    classes = CLASSES.with_unpainted("void") if void_unpainted else CLASSES
    told = told_values(classes)
    areas = areas_as_polygons(mask, told, tolerance)
    shapes = [shape for area in areas for shape in area.shapes()]
    back = rasterise(
        shapes, (mask.shape[0], mask.shape[1]), classes, numbers={one.label: one.value for one in told}
    )
    assert not any(crosses_itself(points) for area in areas for points in area.polygons)
    assert {area.told.value for area in areas} == {one.value for one in told} & set(np.unique(mask).tolist())
    if tolerance == 0:
        assert (back.mask == mask).all()
        assert sum(area.pixels for area in areas) == np.isin(mask, [one.value for one in told]).sum()


@settings(max_examples=5, deadline=None)
@given(way=st.sampled_from(WAYS), masks=st.lists(_NOISES, min_size=3, max_size=3))
def test_any_masks_come_back_through_files(way: tuple[str, str], masks: list[Mask]) -> None:
    form, outlines = way
    given_masks = {f"{number}.png": mask for number, mask in enumerate(masks)}
    with tempfile.TemporaryDirectory() as folder:
        project = project_of(Path(folder, "before"), given_masks, CLASSES)
        export(project, form, Path(folder, "out"), outlines=outlines, with_photos=True)
        found = masks_of(import_again(Path(folder, "out"), Path(folder, "after"), CLASSES))
    by_name = {Path(key).name: mask for key, mask in found.items()}
    assert all((by_name[key] == mask).all() for key, mask in given_masks.items())


def test_the_sample_comes_back_bit_for_bit(tmp_path: Path) -> None:
    load_script("sample/skydiving.py").generate(tmp_path / "sample", photos=4, size=(120, 160))
    classes = ClassList.from_names(["sky", "ground", "airplane", "person"])
    project = Project.create(tmp_path / "before", classes=classes)
    with gather([tmp_path / "sample"], []) as gathered:
        options = ImportOptions(order=("sky", "ground", "airplane", "person"))
        commit_import(prepare(gathered, project, options), project)
    ours = masks_of(Project.open(project.folder))
    for form in ("cvat", "yolo-seg"):
        export(Project.open(project.folder), form, tmp_path / form)
        photos = project.folder / "photos"
        found = masks_of(import_again(tmp_path / form, tmp_path / f"{form} again", classes, photos=photos))
        assert found.keys() == ours.keys()
        assert all((found[key] == mask).all() for key, mask in ours.items())


@pytest.fixture(scope="module")
def jumps(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The validation photos of the skydiving set, with their masks."""
    classes = ClassList.from_names(["no-label", "person", "airplane", "ground", "sky"])
    folder = tmp_path_factory.mktemp("jumps")
    project = Project.create(folder / "before", classes=classes)
    with gather([DATA / "skydiving" / "val"], []) as gathered:
        options = ImportOptions(order=("sky", "ground", "airplane", "person"), split="val")
        commit_import(prepare(gathered, project, options), project)
    return Project.open(project.folder)


@real_data
@pytest.mark.parametrize(("form", "outlines"), WAYS)
def test_the_skydiving_photos_come_back_bit_for_bit(
    jumps: Project, tmp_path: Path, form: str, outlines: str
) -> None:
    report = export(jumps, form, tmp_path / "out", outlines=outlines)
    assert report.agreement == 1
    photos = jumps.folder / "photos"
    found = masks_of(import_again(tmp_path / "out", tmp_path / "after", jumps.classes, photos=photos))
    ours = masks_of(jumps)
    assert found.keys() == ours.keys()
    assert all((found[key] == mask).all() for key, mask in ours.items())


@real_data
@pytest.mark.parametrize(("tolerance", "least", "most_points"), [(1.0, 0.997, 0.2), (3.0, 0.993, 0.07)])
def test_a_tolerance_saves_points_and_leaves_no_gaps(
    jumps: Project, tmp_path: Path, tolerance: float, least: float, most_points: float
) -> None:
    exact = export(jumps, "cvat", tmp_path / "exact")
    fewer = export(jumps, "cvat", tmp_path / "fewer", tolerance_px=tolerance)
    assert fewer.shapes == exact.shapes
    assert fewer.points < most_points * exact.points
    assert fewer.agreement >= least
    for key, mask in masks_of(jumps).items():
        told = preview_export(jumps, key, ExportOptions("cvat", tmp_path / "x", tolerance_px=tolerance))
        gaps = (told.mask == 0) & (mask != 0) & (cv2.erode((mask != 0).astype(np.uint8), np.ones((9, 9))) > 0)
        assert gaps.mean() < 0.0002
