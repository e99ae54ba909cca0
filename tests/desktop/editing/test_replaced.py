"""A mask that an import replaced comes back by undo; what another program replaced is told as that."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from segstudio.desktop.editing.disk import open_photo
from segstudio.desktop.editing.disk import write_mask as write_as_the_desk
from segstudio.desktop.editing.open_photo import OpenPhoto
from segstudio.formats.importing import commit_import, prepare
from segstudio.formats.options import ImportOptions
from segstudio.formats.sources import gather
from segstudio.formats.undoing import last_import, undo_import
from segstudio.painting.stroke_journals import StrokeJournals
from segstudio.project.class_edit import Delete
from segstudio.project.class_edits import ClassEditing
from segstudio.project.classes import VOID, ClassList
from segstudio.project.masks import write_mask
from segstudio.project.project import Project
from tests.desktop.editing.conftest import Bench, Benches, same

_XML = """<annotation><filename>0.jpg</filename><folder></folder><object><name>sky</name><deleted>0</deleted><polygon>
<pt><x>{at}</x><y>5</y></pt><pt><x>30</x><y>5</y></pt><pt><x>30</x><y>30</y></pt><pt><x>{at}</x><y>30</y></pt></polygon></object>
<imagesize><nrows>40</nrows><ncols>{columns}</ncols></imagesize></annotation>"""


@pytest.fixture
def painted(make_bench: Benches) -> Bench:
    bench = make_bench()
    bench.show(0)
    bench.stroke(0, (40, 5), (50, 20))
    bench.stroke(1, (5, 5), (20, 20))
    bench.desk.undo()
    bench.wait_saved()
    return bench


def _import(project: Project, folder: Path, at: int = 5) -> None:
    project.refresh()
    photo = project.photo("0.jpg")
    given = folder / "given"
    given.mkdir(parents=True)
    (given / "0.jpg").write_bytes(photo.path.read_bytes())
    (given / "0.xml").write_text(_XML.format(at=at, columns=photo.size[1]))
    with gather((given,)) as gathered:
        commit_import(prepare(gathered, project, ImportOptions(replace=True)), project)


def _opened(project: Project) -> OpenPhoto:
    project.refresh()
    return open_photo(project, project.photo("0.jpg"), None, lambda: False)


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


def test_undo_goes_back_over_any_mask_that_came_at_once(
    painted: Bench, make_bench: Benches, project: Project
) -> None:
    """As a merge does it, and an accepted prediction."""
    before = np.array(painted.desk.mask)
    painted.shut_down()
    with Project.open(project.folder).change() as change:
        change.put_mask("0.jpg", np.zeros_like(before))
    bench = make_bench()
    assert bench.show(0).told == "0.jpg was given another mask: undo brings back what was painted before."
    assert same(bench.desk.mask, np.zeros_like(before))
    assert not list(project.folder.glob("masks/*.aside*"))
    bench.desk.undo()
    assert same(bench.desk.mask, before)
    bench.desk.undo()
    assert not same(bench.desk.mask, before)


def test_a_class_that_was_deleted_meanwhile_does_not_come_back_by_undo(tmp_path: Path) -> None:
    """Neither the mask that came in holds it nor the journal: only the one that is kept, far from the stroke, does."""
    project = Project.create(tmp_path / "wide", classes=ClassList.from_names(["sky", "person"]))
    Image.new("RGB", (600, 40)).save(project.folder / "photos/0.jpg")
    project.refresh()
    mask = np.zeros((40, 600), dtype=np.uint8)
    mask[:, 500:] = 1
    project.write_mask(project.photo("0.jpg"), mask)
    opened = _opened(project)
    with opened.editor.edit("brush"):
        opened.editor.paste(np.full((9, 9), VOID, dtype=np.uint8))
    write_as_the_desk(project, opened, opened.editor.snapshot(), project.classes)
    opened.close()
    _import(project, tmp_path)
    ClassEditing(Project.open(project.folder), StrokeJournals()).commit(Delete(1))
    opened = _opened(Project.open(project.folder))
    assert "undo begins anew" in opened.told
    assert opened.editor.undo_label is None
    assert list(project.folder.glob("masks/0.jpg.undo.aside"))
    opened.close()


@pytest.mark.parametrize("times", [1, 2])
def test_undo_goes_on_where_imports_were_taken_back_that_had_been_looked_at(
    painted: Bench, make_bench: Benches, project: Project, tmp_path: Path, times: int
) -> None:
    before = np.array(painted.desk.mask)
    painted.shut_down()
    for number in range(times):
        _import(Project.open(project.folder), tmp_path / str(number), at=5 * number)
        bench = make_bench()
        bench.show(0)
        imported = np.array(bench.desk.mask)
        bench.shut_down()
    for _ in range(times):
        undo_import(Project.open(project.folder), last_import(project.folder), StrokeJournals())
    bench = make_bench()
    shown = bench.show(0)
    assert shown.told == ""
    assert not bench.desk.unsaved
    assert same(bench.desk.mask, before)
    for _ in range(times):
        bench.desk.redo()
    assert same(bench.desk.mask, imported)
    for _ in range(times + 1):
        bench.desk.undo()
    assert not same(bench.desk.mask, before)
    bench.desk.redo()
    assert same(bench.desk.mask, before)
    bench.wait_saved()
    bench.shut_down()
    again = make_bench()
    assert again.show(0).told == ""
    assert again.desk.can_undo


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
