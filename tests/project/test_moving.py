"""A project whose own folders are links, also to another disk: changes happen there whole, or are refused before."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from segstudio.errors import SegStudioError
from segstudio.project.project import Project
from segstudio.project.removal import bring_back, remove_photos
from segstudio.project.staging import STAGING
from tests.project.conftest import AddPhoto, Fingerprint

_SHARED = Path("/dev/shm")
"""In memory, and so another disk."""

Elsewhere = Callable[[str], Path]


@pytest.fixture
def elsewhere(project: Project, tmp_path: Path) -> Iterator[Elsewhere]:
    """Return a function that moves a folder of `project` to another disk, and leaves a link there."""
    if not _SHARED.is_dir() or _SHARED.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second disk")
    with tempfile.TemporaryDirectory(dir=_SHARED) as disk:

        def move(name: str) -> Path:
            place = Path(disk) / name
            shutil.move(project.folder / name, place)
            (project.folder / name).symlink_to(place)
            return place

        yield move


def _mask(value: int) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    return np.full((60, 80), value, dtype=np.uint8)


@pytest.mark.parametrize("names", [("photos",), ("masks",), ("photos", "masks")])
def test_a_folder_on_another_disk_is_written_like_any_other(
    project: Project, add_photo: AddPhoto, elsewhere: Elsewhere, names: tuple[str, ...]
) -> None:
    add_photo("a.jpg", _mask(1))
    places = [elsewhere(name) for name in names]
    add_photo("sub/b.jpg", _mask(1))
    project.write_mask(project.photo("a.jpg"), _mask(2))
    before = project.photos()
    removal = remove_photos(project, ["a.jpg", "sub/b.jpg"])
    assert not any(path.is_file() for place in places for path in place.rglob("*"))
    bring_back(project, removal)
    again = Project.open(project.folder)
    assert again.photos() == before
    mask = again.read_mask(again.photo("a.jpg"))
    assert mask is not None
    assert (mask == 2).all()
    assert not (project.folder / STAGING).exists()
    assert all((project.folder / name).is_symlink() for name in names)


def test_a_disk_elsewhere_without_room_refuses_before_anything_is_decided(
    project: Project,
    add_photo: AddPhoto,
    elsewhere: Elsewhere,
    fingerprint: Fingerprint,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_photo("a.jpg", _mask(1))
    place = elsewhere("masks")
    before = fingerprint(place), fingerprint(project.folder)
    monkeypatch.setattr("segstudio.project.moving.shutil.disk_usage", lambda path: SimpleNamespace(free=10))
    with pytest.raises(SegStudioError, match="has no room") as told:
        project.write_mask(project.photo("a.jpg"), _mask(2))
    assert told.value.where == str(project.folder / "masks")
    assert (fingerprint(place), fingerprint(project.folder)) == before
    monkeypatch.undo()
    project.write_mask(project.photo("a.jpg"), _mask(2))


def test_a_link_to_a_drive_that_is_away_refuses_before_anything_is_decided(
    project: Project, add_photo: AddPhoto, tmp_path: Path, fingerprint: Fingerprint
) -> None:
    add_photo("a.jpg", _mask(1))
    photo, drive, away = project.photo("a.jpg"), tmp_path / "drive", tmp_path / "away"
    (project.folder / "masks").rename(drive)
    try:
        (project.folder / "masks").symlink_to(drive)
    except OSError:
        pytest.skip("no links here")
    drive.rename(away)
    before = fingerprint(project.folder)
    refused = pytest.raises(SegStudioError, match="is a link, and what it leads to is not there")
    with refused, project.change() as change:
        change.put_mask(photo.key, _mask(2))
    assert fingerprint(project.folder) == before
    away.rename(drive)
    project.write_mask(photo, _mask(2))
    assert not (project.folder / STAGING).exists()
