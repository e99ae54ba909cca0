"""Copies of project.json that two machines have left: found, compared, and what only they know brought in."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from segstudio.painting.stroke_journals import StrokeJournals
from segstudio.project.class_edit import Add, Delete, Recolour, Rename
from segstudio.project.class_edits import ClassEditing
from segstudio.project.conflict_copies import bring_back
from segstudio.project.document_copies import (
    bring_in_copy,
    compared,
    document_copies,
    put_copy_away,
)
from segstudio.project.images import encode_png
from segstudio.project.project import Project
from tests.project.conftest import AddPhoto, Textured

NAMES = (
    "project (Anna's conflicted copy 2026-05-01).json",
    "project.sync-conflict-20260501-120102-ABCDEFG.json",
    "project.json~HEAD",
    "project.json.orig",
    "project-DESKTOP-1.json",
    "project (1).json",
)


def _edit(project: Project, *edits: object) -> None:
    for edit in edits:
        ClassEditing(project, StrokeJournals()).commit(edit)  # type: ignore[arg-type]


def _copied(project: Project, name: str = NAMES[0]) -> Path:
    """Let the project as it is now be the copy; what follows is done on the other machine."""
    path = project.folder / name
    path.write_bytes((project.folder / "project.json").read_bytes())
    return path


def _back_to(project: Project, before: bytes) -> Project:
    (project.folder / "project.json").write_bytes(before)
    return Project.open(project.folder)


@pytest.mark.parametrize("name", NAMES)
def test_a_copy_is_found_by_its_name_and_by_what_it_holds(project: Project, name: str) -> None:
    path = _copied(project, name)
    for other in ("project-notes.json", "projects.json", "project.schema-0.json"):
        (project.folder / other).write_text('{"a": 1}')
    (project.folder / "project 2.json").write_text("no JSON")
    assert [copy.path for copy in document_copies(project.folder)] == [path]
    (copy,) = document_copies(project.folder)
    assert compared(Project.open(project.folder), copy).told() == ()


def test_what_only_the_copy_knows_comes_in_with_its_numbers(
    project: Project, add_photo: AddPhoto, textured: Textured, tmp_path: Path
) -> None:
    before = (project.folder / "project.json").read_bytes()
    (tmp_path / "outside.png").write_bytes(encode_png(textured(5)))
    _edit(project, Add("rope"), Add("plane"))
    project.refresh()
    with project.change() as change:
        change.add_photo("outside.png", tmp_path / "outside.png", copy=False)
    _copied(project)
    here = _back_to(project, before)
    (copy,) = document_copies(here.folder)
    found = compared(here, copy)
    assert found.can_come_in
    assert [line.partition(" (")[0] for line in found.told()] == [
        "only the copy has the class rope",
        "only the copy has the class plane",
        "only the copy knows the photo outside.png",
    ]
    bring_in_copy(here, copy)
    away = put_copy_away(here, copy)
    now = Project.open(here.folder)
    assert now.classes == copy.document.classes
    assert now.photo("outside.png").path.resolve() == tmp_path / "outside.png"
    assert document_copies(now.folder) == ()
    bring_back(now, away)
    assert compared(now, document_copies(now.folder)[0]).told() == ()


def test_what_both_say_otherwise_is_told_and_left(project: Project, add_photo: AddPhoto) -> None:
    add_photo("a.png", np.ones((60, 80), dtype=np.uint8))
    project.refresh()
    before = (project.folder / "project.json").read_bytes()
    _edit(project, Add("rope"), Add("plane"), Rename(1, "jumper"), Recolour(0, "#010203"))
    copy_path = _copied(project)
    told = json.loads(copy_path.read_bytes())
    copy_path.write_text(json.dumps({**told, "name": "Other"}), encoding="utf-8")
    here = _back_to(project, before)
    _edit(here, Add("tower"))
    _edit(here, Add("gone"))
    here.refresh()
    _edit(here, Delete(here.classes.named("gone").index))
    here.refresh()
    classes = here.classes
    (copy,) = document_copies(here.folder)
    found = bring_in_copy(here, copy)
    assert found.clashes == (
        "number 1 is person here, and jumper in the copy",
        "number 3 is tower here, and rope in the copy",
        "plane (number 4) is in the copy, and was deleted here",
    )
    assert not found.can_come_in
    assert "the project is called Other in the copy" in found.others
    assert any(line.startswith("other colours: background") for line in found.others)
    assert Project.open(here.folder).classes == classes
