"""What a program that synchronises the folder leaves beside a mask is found, and is never taken for a photo's."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.project.conflict_copies import bring_back, conflict_copies, put_away, read_copy
from segstudio.project.conflict_names import copied_file, copied_key
from segstudio.project.project import Project
from tests.project.conftest import AddPhoto, Fingerprint

KEYS = frozenset({"a.jpg", "day 1/a.jpg", "a-b.jpg", "a.jpg (1)", "b (2).jpg"})


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("a.jpg (Anna's conflicted copy 2026-01-01)", "a.jpg"),
        ("a.jpg (conflicted copy 2026-01-01 120102)", "a.jpg"),
        ("a.jpg (Kopie in Konflikt von Anna)", "a.jpg"),
        ("day 1/a.jpg.sync-conflict-20260101-120102-ABCDEFG", "day 1/a.jpg"),
        ("a.jpg_conflict-20260101-120102", "a.jpg"),
        ("a.jpg-STUDIO-PC", "a.jpg"),
        ("a-b.jpg-Anna's laptop", "a-b.jpg"),
        ("a-b.jpg-Anna\u2019s MacBook Pro-2", "a-b.jpg"),
        ("a.jpg-1.jpg", None),  # the mask of a photo that is missing
        ("a.jpg~1.JPG", None),
        ("a.jpg (Case Conflict)", "a.jpg"),
        ("a.jpg (DESKTOP (2)'s conflicted copy 2026-01-01) (1)", "a.jpg"),
        ("a.jpg (SFConflict anna@example.org 2026-01-01-12-01-02)", "a.jpg"),
        ("a.jpg [Conflict]", "a.jpg"),
        ("a.jpg[Conflict 2]", "a.jpg"),
        ("a.jpg.sync-conflict-20260101-120102-ABCDEFG.sync-conflict-20260102-120102-ABCDEFG", "a.jpg"),
        ("a.jpg.Conflict", "a.jpg"),
        ("a.jpg.Conflict.Conflict2", "a.jpg"),
        ("a.jpg.conflict1", "a.jpg"),
        ("a.jpg_STUDIO-PC_Anna_Jan-01-120102-2026_Conflict", "a.jpg"),
        ("a.jpg_STUDIO-PC_Jan-01-120102-2026_CaseConflict", "a.jpg"),
        ("a.jpg_LOCAL_4711", "a.jpg"),
        ("a.jpg copy", "a.jpg"),
        ("a.jpg copy 3", "a.jpg"),
        ("a.jpg 12", "a.jpg"),
        ("a.jpg 1", None),
        ("a-b.jpg-STUDIO-PC 2", "a-b.jpg"),
        ("a.jpg 2", "a.jpg"),
        ("a.jpg - Copy", "a.jpg"),
        ("a.jpg - Kopie (2)", "a.jpg"),
        ("a.jpg~HEAD", "a.jpg"),
        ("a.jpg~origin_anna", "a.jpg"),
        ("a.jpg - b.jpg", None),
        ("a.jpg (2)", "a.jpg"),
        ("a.jpg (1)", None),  # a photo of that name
        ("b (2).jpg", None),
        ("b (2).jpg (1)", "b (2).jpg"),
        ("c.jpg (1)", None),  # of a photo that is not there
        ("a.jpg.damaged-2026-01-01-120102-000000", None),
        ("a.jpg", None),
        ("", None),
    ],
)
def test_copies_are_told_by_their_names(name: str, key: str | None) -> None:
    assert copied_key(name, KEYS) == key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("a.jpg.png", None),
        ("a.jpg~HEAD.png", "a.jpg"),
        ("a.jpg.png~HEAD", "a.jpg"),
        ("a.jpg.png~anna_masks", "a.jpg"),
        ("day 1/a.jpg.png.orig", "day 1/a.jpg"),
        ("a.jpg.png.mine", "a.jpg"),
        ("a.jpg.png.r17", "a.jpg"),
        ("a.jpg.png.merge-right.r17", "a.jpg"),
        ("a.jpg.png.OTHER", "a.jpg"),
        ("a.jpg.png.conflict1", "a.jpg"),
        ("a.jpg.png (1)", "a.jpg"),
        ("a.jpg.png~", None),
        ("a.jpg.png.part", None),
        ("a.jpg.png.damaged-2026-01-01-120102-000000", None),
        ("a.jpg.json~HEAD", None),
        ("c.jpg.png~HEAD", None),
        ("a.jpg (1).png~HEAD", "a.jpg (1)"),
    ],
)
def test_a_mark_may_stand_behind_the_extension(name: str, key: str | None) -> None:
    assert copied_file(name, KEYS, ".png") == key


@pytest.mark.parametrize("mark", ["-", "(", "((", "[", "_a_", ".conflict", "_conflict-a", "~", " (a)"])
def test_no_name_takes_long(mark: str) -> None:
    began = time.process_time()
    copied_file("a.jpg" + mark * 60 + "!", KEYS, ".png")
    copied_file("a.jpg.png" + mark * 60 + "!", KEYS, ".png")
    assert time.process_time() - began < 0.5


@pytest.mark.parametrize("name", ["a.png{0}~HEAD", "a.png~HEAD{0}"])
def test_what_belongs_to_a_copy_goes_with_it_and_nothing_else(copied: Project, name: str) -> None:
    masks = copied.folder / "masks"
    for extension in (".png", ".json"):
        shutil.copy(masks / f"b.png{extension}", masks / name.format(extension))
    own = {name.format(extension) for extension in (".png", ".json")}
    before = {path.name for path in masks.iterdir()}
    copy = next(copy for copy in conflict_copies(copied) if "HEAD" in copy.path.name)
    assert copy.key == "a.png"
    assert (read_copy(copied, copy) == 1).all()
    away = put_away(copied, copy)
    assert {path.name for path in away.rglob("*") if path.is_file()} == own
    assert {path.name for path in masks.iterdir()} == before - own


@pytest.fixture
def copied(project: Project, add_photo: AddPhoto) -> Project:
    add_photo("a.png", np.zeros((60, 80), dtype=np.uint8))
    add_photo("b.png", np.zeros((60, 80), dtype=np.uint8))
    masks = project.folder / "masks"
    other = np.full((60, 80), 1, dtype=np.uint8)
    project.refresh()
    project.write_mask(project.photo("b.png"), other)
    for name in ("a.png.sync-conflict-20260101-120102-ABCDEFG", "a.png (1)"):
        shutil.copy(masks / "b.png.png", masks / f"{name}.png")
        shutil.copy(masks / "b.png.json", masks / f"{name}.json")
    return Project.open(project.folder)


def test_a_copy_is_no_mask_and_no_photo_that_went(copied: Project, fingerprint: Fingerprint) -> None:
    assert copied.missing() == ()
    assert copied.keys() == ("a.png", "b.png")
    found = conflict_copies(copied)
    assert {copy.key for copy in found} == {"a.png"}
    assert len(found) == 2
    assert (read_copy(copied, found[0]) == 1).all()
    before = fingerprint(copied.folder)
    away = put_away(copied, found[0])
    assert [copy.path for copy in conflict_copies(copied)] == [found[1].path]
    assert sorted(path.suffix for path in away.rglob("*") if path.is_file()) == [".json", ".png"]
    assert put_away(copied, found[1]) != away
    bring_back(copied, away)
    assert found[0] in conflict_copies(copied)
    bring_back(copied, away.with_name("000002"))
    assert fingerprint(copied.folder) == before


def test_nothing_is_replaced_when_a_copy_comes_back(copied: Project) -> None:
    copy = conflict_copies(copied)[0]
    away = put_away(copied, copy)
    copy.path.write_bytes(b"another")
    with pytest.raises(SegStudioError, match="of that name again"):
        bring_back(copied, away)
    assert copy.path.read_bytes() == b"another"
    assert any(path.suffix == ".png" for path in Path(away).rglob("*"))
