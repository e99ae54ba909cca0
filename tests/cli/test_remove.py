"""`segstudio remove`: photos go, and come back."""

from __future__ import annotations

import json

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


def test_what_cannot_be_done_is_told(labelled: Project, run: Run) -> None:
    for words, code, told in (
        ((), 2, "name the photos"),
        (("x.jpg", "--undo"), 2, "name the photos"),
        (("x.jpg",), 1, 'there is no photo "x.jpg"'),
        (("--undo",), 1, "nothing was removed"),
    ):
        found, _, err = run("remove", labelled.folder, *words)
        assert (found, told in err) == (code, True), err
