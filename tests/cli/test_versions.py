"""`segstudio versions`: what a mask was, and going back to it."""

from __future__ import annotations

import json

import numpy as np

from segstudio.project.project import Project
from tests.cli.conftest import Run


def _repaint(project: Project, key: str) -> int:
    photo = project.photo(key)
    mask = project.read_mask(photo)
    assert mask is not None
    project.write_mask(photo, np.zeros_like(mask))
    return int(np.count_nonzero(mask))


def test_it_lists_and_goes_back(labelled: Project, run: Run) -> None:
    key = labelled.keys()[0]
    before = labelled.mask_path(labelled.photo(key)).read_bytes()
    differ = _repaint(labelled, key) / np.prod(labelled.photo(key).size)
    code, out, err = run("versions", labelled.folder, key, "--json")
    assert code == 0, err
    (told,) = json.loads(out)["versions"]
    assert abs(told["differs"] - differ) < 1e-9
    code, out, err = run("versions", labelled.folder, key)
    assert (code, "version" in out, f"{differ:.2%}" in out) == (0, True, True), err
    code, out, err = run("versions", labelled.folder, key, "--restore", "1")
    assert (code, out.startswith(f'"{key}" is as it was 20')) == (0, True), err
    assert labelled.mask_path(labelled.photo(key)).read_bytes() == before
    code, out, err = run("versions", labelled.folder, key, "--restore", "1")
    assert code == 0, err
    assert labelled.mask_path(labelled.photo(key)).read_bytes() != before


def test_a_damaged_mask_hides_no_version_and_is_gone_back_from(labelled: Project, run: Run) -> None:
    key = labelled.keys()[0]
    path = labelled.mask_path(labelled.photo(key))
    before = path.read_bytes()
    _repaint(labelled, key)
    path.write_bytes(path.read_bytes()[:40])
    code, out, err = run("versions", labelled.folder, key, "--json")
    assert code == 0, err
    assert "the mask is damaged" in err
    assert [told["differs"] for told in json.loads(out)["versions"]] == [None]
    code, _, err = run("versions", labelled.folder, key, "--restore", "1")
    assert code == 0, err
    assert path.read_bytes() == before


def test_it_tells_of_the_project_and_how_many_are_kept(labelled: Project, run: Run) -> None:
    key = labelled.keys()[0]
    _repaint(labelled, key)
    code, out, err = run("versions", labelled.folder, "--keep", "7", "--json")
    assert code == 0, err
    told = json.loads(out)
    assert (told["keep"], told["photos"]) == (7, {key: 1})
    assert told["bytes"] > 0
    assert Project.open(labelled.folder).kept_versions == 7


def test_what_cannot_be_done_is_told(labelled: Project, run: Run) -> None:
    key = labelled.keys()[0]
    for words, code, told in (
        (("--restore", "1"), 2, "needs the photo"),
        (("no.jpg",), 1, "there is no photo"),
        ((key, "--restore", "1"), 1, "there is no version 1"),
        (("--keep", "-1"), 2, "keep"),
    ):
        found, _, err = run("versions", labelled.folder, *words)
        assert (found, told in err) == (code, True), err
