"""`segstudio remove`: photos go, and come back."""

from __future__ import annotations

import json
import shutil

from segstudio.project.project import Project
from tests.cli.conftest import Run


def test_photos_go_and_come_back(labelled: Project, run: Run) -> None:
    keys = labelled.keys()
    code, out, err = run("remove", labelled.folder, keys[0], keys[2], "--json")
    assert code == 0, err
    assert json.loads(out)["photos"] == [keys[0], keys[2]]
    assert Project.open(labelled.folder).keys() == (keys[1], *keys[3:])
    code, out, err = run("remove", labelled.folder, "--undo")
    assert (code, out) == (0, "Back in the project: 2 photos.\n"), err
    assert Project.open(labelled.folder).keys() == keys


def test_with_a_damaged_record_what_was_removed_last_still_comes_first(labelled: Project, run: Run) -> None:
    first, second, *_ = labelled.keys()
    for key in (first, second):
        assert run("remove", labelled.folder, key)[0] == 0
    record = max(labelled.folder.glob(".trash/photos/*/removal.json"))
    record.write_bytes(record.read_bytes()[:100])
    code, out, err = run("remove", labelled.folder, "--undo")
    assert (code, f"Back in the project: {second}.\n" in out) == (0, True), err
    assert f"{record.parent.name}/removal.json) cannot be read" in out
    assert run("remove", labelled.folder, second)[0] == 0
    record = max(labelled.folder.glob(".trash/photos/*/removal.json"))
    shutil.rmtree(record.parent)
    record.parent.mkdir()
    record.write_bytes(b"{")
    code, _, err = run("remove", labelled.folder, "--undo")
    assert (code, "its record cannot be read" in err) == (1, True), err
    assert not Project.open(labelled.folder).has_photo(first)
    code, out, err = run("trash", labelled.folder)
    assert (code, "a removal whose record cannot be read" in out, first in out) == (0, True, True), err
    assert run("trash", labelled.folder, "--restore", "2")[0] == 0
    assert Project.open(labelled.folder).has_photo(first)


def test_what_cannot_be_done_is_told(labelled: Project, run: Run) -> None:
    for words, code, told in (
        ((), 2, "name the photos"),
        (("x.jpg", "--undo"), 2, "name the photos"),
        (("x.jpg",), 1, 'there is no photo "x.jpg"'),
        (("--undo",), 1, "nothing was removed"),
    ):
        found, _, err = run("remove", labelled.folder, *words)
        assert (found, told in err) == (code, True), err
