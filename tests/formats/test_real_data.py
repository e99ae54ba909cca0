"""The same content in several formats, and published masks, are what this package gives too."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.formats.places import SourceFile
from segstudio.formats.rasterise import rasterise
from segstudio.formats.shapes import Annotation
from segstudio.formats.table import recognise
from segstudio.project.classes import ClassList
from segstudio.project.masks import Mask

DATA = Path(os.environ.get("SEGSTUDIO_TEST_DATA", "/nonexistent")) / "annotations"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="SEGSTUDIO_TEST_DATA is not set")


def _read(name: str) -> list[Annotation]:
    path = DATA / name
    return list(recognise(path).read(SourceFile(path, path.parent, path.name)))


def _mask(annotation: Annotation, *names: str) -> Mask:
    assert annotation.size is not None
    return rasterise(annotation.shapes, annotation.size, ClassList.from_names(["background", *names])).mask


def test_runs_give_the_published_picture() -> None:
    annotation = _read("cvat-masks/mask_annotations.xml")[0]
    only_first = Annotation(
        names=annotation.names,
        size=annotation.size,
        shapes=annotation.shapes[:1],
        file=annotation.file,
        place=annotation.place,
    )
    published = np.asarray(Image.open(DATA / "cvat-masks/test_vegetation_mask.png")) > 0
    assert ((_mask(only_first, "vegetation") == 1) == published).all()


@pytest.mark.parametrize(("photo", "tolerance"), [("birds", 0), ("strawberry", 0), ("shapes", 700)])
def test_cvat_and_labelme_give_the_same_mask(photo: str, tolerance: int) -> None:
    """Ellipses are the exception: LabelMe holds them as pictures that another program drew."""
    names = ("bird", "triangle", "rectangle", "ellipse", "strawberry")
    images = {a.names[-1]: a for a in _read("one-content-many-formats/cvat1.1/annotations.xml")}
    labelme = _read(f"one-content-many-formats/labelme3.0/{photo}.xml")[0]
    first, second = _mask(images[f"{photo}.jpg"], *names), _mask(labelme, *names)
    assert (first != second).sum() <= tolerance
    assert first.any()


def test_one_hundred_cars_of_the_original_tool() -> None:
    files = sorted((DATA / "mit-labelme-tool").glob("w55*/*.xml"))
    annotations = [_read(str(path.relative_to(DATA)))[0] for path in files]
    assert sum(len(annotation.shapes) for annotation in annotations) == 100
    assert sum(annotation.deleted for annotation in annotations) == 13


def test_cars_agree_with_the_published_votes() -> None:
    """The published masks hold how many of four annotators, whose files are here, took a pixel for the car."""
    agreeing = []
    for number in range(20):
        photo = _read(f"mit-labelme-tool/w55-e04-images1/{number:06}.xml")[0].names[0].rpartition("/")[2]
        votes = np.zeros((64, 64), dtype=np.int64)
        for annotator in range(1, 5):
            own = _read(f"mit-labelme-tool/w55-e04-objects{annotator}/{Path(photo).stem}.xml")[0]
            cars = {shape.label: 1 for shape in own.shapes}
            votes += rasterise(
                own.shapes, (64, 64), ClassList.from_names(["background", "car"]), numbers=cars
            ).mask
        published = np.asarray(
            Image.open(DATA / f"mit-labelme-tool/mask_polygons/{number:06}.png").convert("L")
        )
        agreeing.append((votes * 255 // 4 == published).mean())
    assert min(agreeing) > 0.92
    assert np.mean(agreeing) > 0.98
