"""Shapes that are laid aside are the same as those that are kept."""

from __future__ import annotations

import errno
import gc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.formats import plan as planning
from segstudio.formats.importing import prepare
from segstudio.formats.labels import typical_areas
from segstudio.formats.options import ImportOptions
from segstudio.formats.plan import make_plan
from segstudio.formats.shapes import (
    Annotation,
    Box,
    Ellipse,
    LabelPicture,
    MaskShape,
    PicturePart,
    Polygon,
    Shape,
    Undrawn,
    same_shapes,
)
from segstudio.formats.shelf import Shelf, areas_of, tally_of
from segstudio.formats.sources import gather
from segstudio.project.classes import ClassList
from segstudio.project.project import Project
from tests.formats.conftest import MakePhoto, MakeXml

SHAPES: tuple[Shape, ...] = (
    Polygon(label="a", z_order=2, attributes={"k": "v"}, where="polygon 1", points=np.array([(0.5, 1), (9, 2.25), (3, 8)])),
    Polygon(label="b", where="polygon 2", points=np.zeros((0, 2))),
    Box(label="a", where="box 1", x0=1, y0=2, x1=5, y1=8.5, rotation=30),
    Ellipse(label="c", where="ellipse 1", cx=3, cy=4, rx=2, ry=1),
    MaskShape(label="b", where="mask 1", left=1, top=2, rows=2, columns=3, runs=np.array([1, 2, 3])),
    PicturePart(label="d", picture=LabelPicture(Path("m.png"), "index", (4, 5)), codes=(3,), area=7),
    Undrawn(label="a", kind="points"),
    Undrawn(label="a", kind="tag"),
)  # fmt: skip


def _annotation(shapes: object) -> Annotation:
    return Annotation(names=("a.jpg",), size=(20, 30), shapes=shapes, file=Path("a.xml"), place="a.xml")  # type: ignore[arg-type]


def test_what_was_laid_aside_comes_back() -> None:
    aside = Shelf(room_bytes=0).put(SHAPES)
    assert not isinstance(aside, tuple)
    assert same_shapes(_annotation(aside), _annotation(SHAPES))
    assert len(aside) == len(SHAPES)
    assert aside[0].attributes == {"k": "v"}
    assert [type(shape).__name__ for shape in aside[2:4]] == ["Box", "Ellipse"]
    assert tally_of(aside) == tally_of(SHAPES)
    assert areas_of(aside) == areas_of(SHAPES)
    assert tally_of(aside).drawn == {"a": 2, "b": 2, "c": 1, "d": 1}
    assert tally_of(aside).undrawn == {"points": 1, "tag": 1}
    assert typical_areas([_annotation(aside)])["a"] == (8.5 * 7 + 4 * 6.5) / 2


def test_what_has_room_stays_as_it_is() -> None:
    shelf = Shelf(room_bytes=10_000)
    assert shelf.put(SHAPES) is SHAPES
    assert shelf.put(SHAPES) is not SHAPES  # no room any more


def test_many_threads_use_one_shelf() -> None:
    shelf = Shelf(room_bytes=0)

    def through(number: int) -> bool:
        shape = Polygon(label=str(number), points=np.full((number + 3, 2), float(number)))
        (back,) = shelf.put((shape,))
        return isinstance(back, Polygon) and back.label == str(number) and (back.points == shape.points).all()

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(through, range(300)))


def test_the_file_is_closed_with_the_last_shapes() -> None:
    aside = Shelf(room_bytes=0).put(SHAPES)
    gc.collect()
    assert len(list(aside)) == len(SHAPES)
    del aside
    gc.collect()  # a file left open is a warning, and that an error here


def test_a_full_disk_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf(room_bytes=0)

    class Full:
        def seek(self, *_place: int) -> int:
            return 0

        def write(self, _data: bytes) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shelf, "_file", Full())
    with pytest.raises(SegStudioError, match="laid aside in the temporary folder"):
        shelf.put(SHAPES)


def test_an_import_is_the_same_whether_its_shapes_were_laid_aside(
    tmp_path: Path, make_photo: MakePhoto, make_cvat: MakeXml, monkeypatch: pytest.MonkeyPatch
) -> None:
    images = []
    for number in range(6):
        make_photo(tmp_path / "in" / f"{number}.png", seed=number)
        box = f'<box label="person" xtl="{number}" ytl="2" xbr="{number + 4}" ybr="9" />'
        images.append(
            (f'name="{number}.png" width="30" height="20"', box + '<points label="sky" points="1,1" />')
        )
    make_cvat(
        tmp_path / "in" / "a.xml",
        [*images, ('name="gone.png"', '<box label="car" xtl="1" ytl="1" xbr="9" ybr="9" />')],
    )
    project = Project.create(tmp_path / "project", classes=ClassList.from_names(["background", "person"]))
    told = []
    for room in (1 << 20, 0):
        monkeypatch.setattr(planning, "Shelf", lambda room=room: Shelf(room))
        with gather([tmp_path / "in"]) as gathered:
            plan = make_plan(gathered, project.classes, ImportOptions())
            report = prepare(gathered, project, ImportOptions()).report
        told.append((report.as_json(), plan.uses, dict(plan.skipped)))
    assert told[0] == told[1]
    assert told[0][2] == {"points": 6}
