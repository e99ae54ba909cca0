"""Where exports land: what may be taken, what killed ones left, and what is said."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.files import hold
from segstudio.formats.landing import check_place, landing_at
from segstudio.project.project import Project
from tests.formats.writing.trips import CLASSES, export, project_of

LEFT = ".a.zip.0123456789abcdef.exporting"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return project_of(tmp_path / "project", {"a.jpg": np.zeros((3, 4), dtype=np.uint8)}, CLASSES)


def _write(to: Path) -> list[str]:
    with landing_at(to) as target:
        target.put("deep/a.txt", b"a")
    return sorted(path.name for path in to.parent.iterdir())


@pytest.mark.parametrize(
    "inner",
    ["", "history/x", "review", ".trash/a.zip", ".cache/new", "Photos/x", "project.json", "runs/a.zip"],
)
def test_the_projects_own_places_are_refused(project: Project, inner: str) -> None:
    with pytest.raises(SegStudioError, match="own folders"):
        check_place(project.folder / inner, project)


def test_a_folder_of_another_name_in_the_projects_is_nobodys(project: Project) -> None:
    check_place(project.folder / "exports" / "a.zip", project)
    check_place(project.folder.parent / "a.zip", project)


@pytest.mark.parametrize("name", ["a.zip", "a"])
def test_a_link_to_nothing_is_refused_at_once(project: Project, tmp_path: Path, name: str) -> None:
    (tmp_path / name).symlink_to(tmp_path / "gone")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    for place in (tmp_path / name, tmp_path / "circle"):
        with pytest.raises(SegStudioError, match="link to something that is not there"):
            check_place(place, project)
    assert (tmp_path / name).is_symlink()


@pytest.mark.parametrize("name", ["link/x", "file/x", "file/deep/x.zip"])
def test_what_lies_in_no_folder_is_refused_at_once(project: Project, tmp_path: Path, name: str) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "gone/deeper")
    (tmp_path / "file").touch()
    with pytest.raises(SegStudioError, match=r"is no folder.*Choose a place in a folder"):
        check_place(tmp_path / name, project)


def test_a_name_that_is_too_long_says_so(project: Project, tmp_path: Path) -> None:
    with pytest.raises(SegStudioError, match="Choose a shorter name") as told:
        check_place(tmp_path / f"{'x' * 300}.zip", project)
    assert len(str(told.value)) < 400


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="has no /proc")
def test_a_place_that_takes_nothing_is_told_without_speaking_of_room() -> None:
    with (
        pytest.raises(SegStudioError, match="Choose a folder that you may write to"),
        landing_at(Path("/proc/x/y")),
    ):
        pass


@pytest.mark.parametrize("name", ["a.zip", "b", "empty"])
def test_what_a_killed_export_left_is_removed_and_a_living_one_stays(tmp_path: Path, name: str) -> None:
    place = tmp_path / "out"
    folder = place / "empty" if name == "empty" else place
    (folder / LEFT / "deep").mkdir(parents=True)
    (folder / f"{LEFT}.lock").touch()
    living = place / LEFT.replace("0", "1")
    living.mkdir()
    let_go = hold(living.with_name(f"{living.name}.lock"))
    assert let_go is not None
    try:
        found = _write(place / name)
    finally:
        let_go()
    assert found == sorted({living.name, f"{living.name}.lock", name})
    assert living.is_dir()


def test_a_folder_into_which_another_export_goes_is_not_empty(tmp_path: Path) -> None:
    with landing_at(tmp_path) as target:
        target.put("a.txt", b"a")
        with pytest.raises(SegStudioError, match="not empty"), landing_at(tmp_path):
            pass
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


@pytest.mark.parametrize("name", ["a.zip", "a"])
def test_all_is_on_the_disk_before_it_gets_its_name(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[bool] = []
    real = os.fsync

    def noted(number: int) -> None:
        told.append((tmp_path / name).exists())
        real(number)

    monkeypatch.setattr(os, "fsync", noted)
    assert _write(tmp_path / name) == [name]
    assert told[0] is False
    assert told[-1] is True  # the folder in which the name stands


def test_a_photo_that_was_badly_named_by_hand_is_left_out_and_told(project: Project, tmp_path: Path) -> None:
    photo = project.photo("a.jpg").path
    try:
        (photo.parent / "tab\tname.jpg").write_bytes(photo.read_bytes())
    except OSError:
        pytest.skip("the file system takes no such name")
    report = export(Project.open(project.folder), "coco", tmp_path / "out")
    assert report.photos == 1
    assert [key for key, _ in report.left_out] == ["tab\\tname.jpg"]
