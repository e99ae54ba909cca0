"""`segstudio trash`: what was removed is listed, comes back, and is deleted only when that is said twice."""

from __future__ import annotations

import json

from segstudio.project.project import Project
from segstudio.project.removal import remove_photos
from tests.cli.conftest import Run


def test_it_lists_brings_back_and_empties(labelled: Project, run: Run) -> None:
    keys = labelled.keys()
    name = labelled.classes.names[-1]
    assert run("classes", labelled.folder, "--delete", name)[0] == 0
    labelled.refresh()
    remove_photos(labelled, keys[:2])
    code, out, err = run("trash", labelled.folder, "--json")
    assert code == 0, err
    told = [thing["what"] for thing in json.loads(out)["trash"]]
    assert sorted(told) == ["2 photos", f"class: delete {name}"]
    for _ in range(2):
        code, out, err = run("trash", labelled.folder, "--restore", "1")
        assert code == 0, err
    there = Project.open(labelled.folder)
    assert (there.keys(), name in there.classes.names) == (keys, True)
    assert run("trash", labelled.folder)[1] == "The trash is empty.\n"


def test_emptying_asks(labelled: Project, run: Run) -> None:
    remove_photos(labelled, labelled.keys()[:1])
    code, _, err = run("trash", labelled.folder, "--empty")
    assert (code, "--yes" in err) == (1, True)
    assert (labelled.folder / ".trash/photos").is_dir()
    code, out, err = run("trash", labelled.folder, "--empty", "--yes")
    assert (code, out[:19]) == (0, "The trash is empty:"), err
    assert not list((labelled.folder / ".trash").rglob("*.*"))


def test_what_is_not_listed_is_told(labelled: Project, run: Run) -> None:
    other = labelled.folder / ".trash/imports/2026/a.png"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"x")
    code, out, err = run("trash", labelled.folder)
    assert (code, out) == (0, "Not listed, but emptied with it: .trash/imports/2026/a.png.\n"), err
    assert json.loads(run("trash", labelled.folder, "--json")[1])["unlisted"] == [".trash/imports/2026/a.png"]
    code, out, err = run("trash", labelled.folder, "--empty", "--yes")
    assert (code, "though not listed: .trash/imports/2026/a.png" in out, other.exists()) == (
        0,
        True,
        False,
    ), err


def test_what_cannot_be_done_is_told(labelled: Project, run: Run) -> None:
    for words, code, told in (
        (("--restore", "1"), 1, "no number 1"),
        (("--restore", "1", "--empty"), 2, "not both"),
    ):
        found, _, err = run("trash", labelled.folder, *words)
        assert (found, told in err) == (code, True), err
