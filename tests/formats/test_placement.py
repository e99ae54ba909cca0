from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from segstudio.formats.placement import Fit, fit_of, scaled_to, turned_upright
from segstudio.formats.rasterise import rasterise
from segstudio.formats.shapes import Annotation, Box, Ellipse, MaskShape, Polygon, Shape, cropped_mask
from segstudio.project.classes import ClassList
from segstudio.project.images import photo_orientation

CLASSES = ClassList.from_names(["background", "person"])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_mask_is_turned_as_its_photo_is(orientation: int) -> None:
    stored = np.arange(12, dtype=np.uint8).reshape(3, 4)
    image = Image.fromarray(stored)
    image.getexif()[0x0112] = orientation
    expected = np.asarray(ImageOps.exif_transpose(image))
    assert (turned_upright(stored, orientation) == expected).all()


def test_the_size_decides_between_stored_and_upright() -> None:
    assert fit_of((20, 30), (20, 30), 6) is Fit.UPRIGHT
    assert fit_of((30, 20), (20, 30), 6) is Fit.AS_STORED
    assert fit_of((30, 20), (20, 30), 1) is Fit.OTHER
    assert fit_of((30, 20), (20, 30), 3) is Fit.OTHER
    assert fit_of(None, (20, 30), 6) is Fit.UPRIGHT
    assert fit_of((40, 60), (20, 30), 6) is Fit.OTHER


def test_an_orientation_that_is_none_counts_as_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 77
    Image.new("RGB", (3, 3)).save(tmp_path / "a.jpg", exif=exif)
    assert photo_orientation(tmp_path / "a.jpg") == 1
    assert photo_orientation(tmp_path / "none.jpg") == 1


@pytest.mark.parametrize(
    "shape",
    [
        Polygon(label="person", points=np.array([(10.0, 10), (70, 20), (40, 80)])),
        Box(label="person", x0=20, y0=10, x1=80, y1=60, rotation=25),
        Ellipse(label="person", cx=50, cy=50, rx=40, ry=20, rotation=30),
        cropped_mask(np.pad(np.ones((30, 40), dtype=bool), ((20, 50), (30, 30))), label="person"),
    ],
)
def test_a_scaled_shape_covers_the_same_part_of_the_photo(shape: Shape) -> None:
    annotation = Annotation(names=("a",), size=(100, 100), shapes=(shape,), file=Path("a"), place="a")
    small = rasterise(annotation.shapes, (100, 100), CLASSES).mask
    large = rasterise(scaled_to(annotation, (400, 200)).shapes, (400, 200), CLASSES).mask
    assert (large[2::4, 1::2] == small).mean() > 0.97


def test_a_mask_scaled_to_nothing_is_empty() -> None:
    shape = MaskShape(label="person", left=0, top=0, rows=1, columns=1, runs=np.array([0, 1]))
    annotation = Annotation(names=("a",), size=(100, 100), shapes=(shape,), file=Path("a"), place="a")
    assert rasterise(scaled_to(annotation, (10, 10)).shapes, (10, 10), CLASSES).empty == 1
