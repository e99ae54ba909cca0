from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from segstudio.formats.examine import examine
from segstudio.formats.importing import commit_import, prepare
from segstudio.formats.options import ImportOptions
from segstudio.formats.painted import PaintedMasks
from segstudio.formats.sources import gather
from segstudio.project.classes import ClassList
from segstudio.project.project import Project
from tests.formats.conftest import MakePhoto, MakeXml


def test_masks_painted_while_looking_are_those_that_painting_again_gives(
    tmp_path: Path, classes: ClassList, make_photo: MakePhoto, make_cvat: MakeXml
) -> None:
    shapes = '<polygon label="person" points="1.2,1.7;25,3;14,18" /><box label="sky" xtl="2" ytl="9" xbr="40" ybr="12" />'
    names = ["a.png", "b.png", "c.png"]
    for seed, name in enumerate(names):
        make_photo(tmp_path / "in" / name, seed=seed)
    make_cvat(
        tmp_path / "in" / "a.xml", [(f'name="{name}" width="30" height="20"', shapes) for name in names]
    )
    found = []
    for kept, budget in ((False, 0), (True, 0), (True, 400), (True, 1 << 20)):
        made = Project.create(tmp_path / f"{kept}{budget}", classes=classes)
        with gather([tmp_path / "in"]) as gathered:
            prepared = prepare(gathered, made, ImportOptions())
            masks = PaintedMasks(budget)
            examined = examine(prepared.plan, made, masks=masks if kept else None)
            commit_import(replace(prepared, examined=examined, masks=masks), made)
        found.append([(made.folder / "masks" / f"{name}.png").read_bytes() for name in names])
    assert all(one == found[0] for one in found)
