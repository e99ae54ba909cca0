"""What is said when a sealed ZIP file cannot be unpacked; that it comes back, and what is hostile, is tested with backups."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from segstudio.errors import SegStudioError
from segstudio.project.backup import restore
from segstudio.project.sealed_zip import Member, Seal, unpack_sealed, write_sealed


def _sealed(path: Path, *names: str) -> Path:
    write_sealed(path, [Member(name, name.encode()) for name in names], Seal(kind="backup"))
    return path


def _refused(path: Path, folder: Path) -> str:
    """What restoring says; of the place that was asked for, not of the hidden folder beside it, and nothing is left."""
    with pytest.raises(SegStudioError) as refused:
        restore(path, folder)
    assert [each.name for each in folder.parent.iterdir()] == [path.name]
    assert ".part" not in str(refused.value)
    return str(refused.value)


def test_a_zip_without_a_project_is_told_as_that(tmp_path: Path) -> None:
    told = _refused(_sealed(tmp_path / "b.zip", "notes.txt"), tmp_path / "new")
    assert "holds no project.json" in told
    assert "segstudio new" not in told


def test_a_name_too_long_is_told_where_it_was_to_go(tmp_path: Path) -> None:
    told = _refused(_sealed(tmp_path / "b.zip", "project.json", f"sources/{'x' * 300}"), tmp_path / "new")
    assert str(tmp_path / "new") in told


def test_a_full_disk_is_told_with_what_helps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _sealed(tmp_path / "b.zip", *(f"sources/{'x' * 200}{number}" for number in range(30)))
    monkeypatch.setattr(
        "segstudio.project.archive.shutil.disk_usage", lambda _path: SimpleNamespace(free=5_000)
    )
    told = _refused(path, tmp_path / "new")
    assert f"takes 6 kB, but {tmp_path / 'new'} has 5 kB free. Make room there, or choose another" in told


def test_names_that_a_disk_cannot_tell_apart_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _sealed(tmp_path / "b.zip", "sources/IMG.png", "sources/img.png")
    there = Path.exists

    def exists(path: Path) -> bool:
        return there(path) or any(each.name.lower() == path.name.lower() for each in path.parent.glob("*"))

    monkeypatch.setattr(Path, "exists", exists)
    assert "cannot tell apart" in _refused(path, tmp_path / "new")


def test_it_is_unpacked_as_it_was_written(tmp_path: Path) -> None:
    names = ("sources/IMG.png", "sources/é", "notes.txt")
    unpack_sealed(_sealed(tmp_path / "b.zip", *names), tmp_path / "new")
    assert {name: (tmp_path / "new" / name).read_bytes() for name in names} == {n: n.encode() for n in names}
