"""`segstudio remove`: photos go, and come back."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

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


def test_what_went_with_a_merge_that_was_taken_back_is_not_what_a_person_removed(
    labelled: Project, tmp_path: Path, run: Run
) -> None:
    key, other, *_ = labelled.keys()
    pack, mask = tmp_path / "p.zip", labelled.folder / "masks" / f"{key}.png"
    assert run("pack", labelled.folder, pack, "--photos", key, "--photos", other, "--for", "Anna")[0] == 0
    painted = labelled.read_mask(labelled.photo(key))
    assert painted is not None
    labelled.write_mask(labelled.photo(key), painted[::-1].copy())
    own = mask.read_bytes()
    for words in (("remove", labelled.folder, key), ("merge", labelled.folder, pack)):
        code, _, err = run(*words)
        assert code == 0, err
    assert mask.read_bytes() != own
    code, _, err = run("merge", labelled.folder, "--undo")
    assert code == 0, err
    code, out, err = run("remove", labelled.folder, "--undo")
    assert (code, out.splitlines()[0]) == (0, f"Back in the project: {key}."), err
    assert mask.read_bytes() == own
    assert f"Still in the trash: {key}, which went with the merge of" in out
    code, _, err = run("remove", labelled.folder, "--undo")
    assert (code, "What went with the merge of" in err) == (1, True)
    assert "taken back with the merge of" in run("trash", labelled.folder)[1]
