"""`segstudio pack` and `segstudio merge`: a part goes out, and what was painted there comes back."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from PIL import Image

from segstudio.project.merged import Merge
from segstudio.project.project import Project
from tests.cli.conftest import Run


def _paint(folder: Path, key: str, value: int) -> None:
    project = Project.open(folder)
    photo = project.photo(key)
    project.write_mask(photo, np.full(photo.size, value, dtype=np.uint8))


def _forget_when(folder: Path, key: str) -> None:
    project = Project.open(folder)
    project.save_photo(project.photo(key), update=lambda state: state.model_copy(update={"when": ""}))


def test_a_part_goes_out_and_comes_back(labelled: Project, run: Run, tmp_path: Path) -> None:
    first, second, *_ = labelled.keys()
    anna = tmp_path / "anna"
    code, out, err = run(
        "pack", labelled.folder, tmp_path / "p.zip", "--photos", first, "--photos", second, "--for", "Anna"
    )
    assert (code, "for Anna, 2 photos" in out) == (0, True), err
    assert run("restore", tmp_path / "p.zip", anna)[0] == 0
    _paint(anna, first, 0)
    _paint(anna, second, 0)
    _paint(labelled.folder, second, 1)
    code, out, err = run("merge", labelled.folder, anna)
    assert (code, "1 photo was changed on both sides" in err, "Agreement" in out) == (1, True, True), err
    assert "theirs or newer" in err
    for side in (labelled.folder, anna):
        _forget_when(side, second)
    code, _, err = run("merge", labelled.folder, anna, "--prefer", "newer")
    assert (code, "nobody knows on which last" in err, "--prefer mine or theirs, or" in err) == (
        1,
        True,
        True,
    ), err
    code, out, err = run("merge", labelled.folder, anna, "--prefer", "theirs", "--dry-run", "--json")
    assert (code, json.loads(out)["merged"]) == (0, False), err
    back = tmp_path / "back.zip"
    assert run("pack", anna, back)[0] == 0
    code, out, err = run("merge", labelled.folder, back, "--theirs", second, "--json")
    assert code == 0, err
    told = {photo["photo"]: (photo["what"], photo["takes"]) for photo in json.loads(out)["photos"]}
    assert told == {first: ("theirs", None), second: ("both", "theirs")}
    assert json.loads(out)["agreement"]["photos"] == 1
    there = Project.open(labelled.folder)
    masks = [there.read_mask(there.photo(key)) for key in (first, second)]
    assert all(mask is not None and (mask == 0).all() for mask in masks)
    code, out, err = run("merge", labelled.folder, "--undo")
    assert (code, "2 photos are as before" in out) == (0, True), err
    mask = there.read_mask(there.photo(second))
    assert mask is not None
    assert (mask == 1).all()
    assert run("merge", labelled.folder, "--undo")[0] == 1


def test_the_merge_taken_back_is_the_last_that_brought_something(
    labelled: Project, run: Run, tmp_path: Path
) -> None:
    folder, first, anna = labelled.folder, labelled.keys()[0], tmp_path / "anna"
    photo = labelled.photo(first)
    assert run("pack", folder, tmp_path / "p.zip", "--photos", first)[0] == 0
    assert run("restore", tmp_path / "p.zip", anna)[0] == 0
    _paint(folder, first, 0)
    _paint(anna, first, 1)
    code, out, err = run("merge", folder, anna, "--prefer", "theirs")
    assert (code, "Merged: 1 photo. " in out) == (0, True), err
    code, out, err = run("merge", folder, anna, "--prefer", "theirs")
    assert (code, "Nothing came in" in out, "--undo" in out) == (0, True, False), err
    older = Merge(number=99999999999999999, name="left by an earlier SegStudio")
    (folder / older.folder).mkdir()
    (folder / older.folder / "merge.json").write_text(older.model_dump_json())
    code, out, err = run("merge", folder, "--undo")
    assert (code, "1 photo is as before" in out) == (0, True), err
    mask = Project.open(folder).read_mask(photo)
    assert mask is not None
    assert (mask == 0).all()
    code, out, err = run("merge", folder, anna, "--prefer", "mine", "--json")
    assert (code, json.loads(out)["merged"], "kept as versions" in err) == (0, False, True)


def test_what_cannot_be_done_is_told(labelled: Project, run: Run, tmp_path: Path) -> None:
    folder = labelled.folder
    assert run("backup", folder, tmp_path / "b.zip")[0] == 0
    for words, code, told in (
        (("pack", folder, tmp_path / "x.zip", "--photos", "no*"), 1, 'has no photo "no*"'),
        (("pack", folder, tmp_path / "x.zip", "--status", "red"), 2, "--status takes"),
        (("merge", folder), 2, "name the pack"),
        (("merge", folder, tmp_path / "b.zip", "--prefer", "me"), 2, "--prefer takes"),
        (("merge", folder, tmp_path / "b.zip", "--mine", "no.png"), 1, "not changed on both sides"),
        (("merge", folder, folder), 1, "project itself"),
        (("merge", folder, tmp_path / "no.zip"), 1, "no such file"),
    ):
        found, _, err = run(*words)
        assert (found, told in err) == (code, True), err


def test_a_zip_file_brings_no_photo_of_this_computer(labelled: Project, run: Run, tmp_path: Path) -> None:
    private = tmp_path / "private.png"
    Image.fromarray(np.full((4, 4, 3), 7, dtype=np.uint8)).save(private)
    strange = Project.create(tmp_path / "strange", classes=labelled.classes)
    with strange.change() as change:
        change.add_photo("notes.png", private, copy=False)
    assert run("backup", strange.folder, tmp_path / "b.zip")[0] == 0
    code, out, err = run("merge", labelled.folder, tmp_path / "b.zip")
    assert (code, "its photo is not in the ZIP file" in out) == (0, True), (out, err)
    assert not (labelled.folder / "photos/notes.png").exists()
