"""A mask that an import replaced comes back by undo; what another program replaced is told as that."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from segstudio.formats.importing import commit_import, prepare
from segstudio.formats.options import ImportOptions
from segstudio.formats.sources import gather
from segstudio.project.masks import write_mask
from segstudio.project.project import Project
from tests.desktop.editing.conftest import Bench, Benches, same

_XML = """<annotation><filename>0.jpg</filename><folder></folder><object><name>sky</name><deleted>0</deleted><polygon>
<pt><x>5</x><y>5</y></pt><pt><x>30</x><y>5</y></pt><pt><x>30</x><y>30</y></pt><pt><x>5</x><y>30</y></pt></polygon></object>
<imagesize><nrows>40</nrows><ncols>60</ncols></imagesize></annotation>"""


@pytest.fixture
def painted(make_bench: Benches) -> Bench:
    bench = make_bench()
    bench.show(0)
    bench.stroke(0, (40, 5), (50, 20))
    bench.stroke(1, (5, 5), (20, 20))
    bench.desk.undo()
    bench.wait_saved()
    return bench


def _import(project: Project, folder: Path) -> None:
    photo = project.photo("0.jpg").path
    given = folder / "given"
    given.mkdir()
    (given / "0.jpg").write_bytes(photo.read_bytes())
    (given / "0.xml").write_text(_XML)
    with gather((given,)) as gathered:
        commit_import(prepare(gathered, project, ImportOptions(replace=True)), project)


def test_undo_goes_back_over_an_import_that_replaced_what_was_painted(
    painted: Bench, make_bench: Benches, project: Project, tmp_path: Path
) -> None:
    before = np.array(painted.desk.mask)
    painted.shut_down()
    _import(Project.open(project.folder), tmp_path)
    bench = make_bench()
    shown = bench.show(0)
    imported = np.array(bench.desk.mask)
    assert same(bench.mask_on_disk(0), imported)
    assert not same(imported, before)
    assert shown.told == "0.jpg was imported anew: undo brings back what was painted before."
    assert not bench.desk.unsaved
    assert not list(project.folder.glob("masks/*.aside*"))
    bench.desk.undo()
    assert same(bench.desk.mask, before)
    bench.desk.undo()
    assert not same(bench.desk.mask, before)
    bench.desk.redo()
    bench.desk.redo()
    assert same(bench.desk.mask, imported)
    bench.wait_saved()
    bench.shut_down()
    again = make_bench()  # the journal has it by now
    shown = again.show(0)
    assert shown.told == ""
    again.desk.undo()
    assert same(again.desk.mask, before)


def test_what_another_program_replaced_is_told_as_that(
    painted: Bench, make_bench: Benches, project: Project
) -> None:
    painted.shut_down()
    write_mask(project.mask_path(project.photo("0.jpg")), np.ones((40, 60), dtype=np.uint8), project.classes)
    bench = make_bench()
    shown = bench.show(0)
    assert "changed elsewhere" in shown.told
    assert not bench.desk.can_undo
    assert list(project.folder.glob("masks/0.jpg.undo.aside"))
