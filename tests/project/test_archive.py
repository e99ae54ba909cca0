import stat
import struct
import zipfile
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.errors import SegStudioError
from segstudio.project import archive
from segstudio.project.archive import safe_member, unpack


def _everything(_path: PurePosixPath) -> bool:
    return True


def _zip(tmp_path: Path, *members: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as writing:
        for name, data in members:
            writing.writestr(name, data)
    return path


def _refused(path: Path, tmp_path: Path) -> str:
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(SegStudioError) as caught:
        unpack(path, folder, _everything)
    assert list(folder.rglob("*")) == []
    return str(caught.value)


def test_wanted_members_are_written_with_their_folders(tmp_path: Path) -> None:
    path = _zip(tmp_path, ("a/ü 日本.xml", b"<a/>"), ("b.txt", b"no"), ("images\\c.png", b"png"))
    folder = tmp_path / "out"
    folder.mkdir()
    told: list[tuple[int, int]] = []
    found = unpack(
        path, folder, lambda name: name.suffix != ".txt", progress=lambda *steps: told.append(steps)
    )
    assert [item.relative_to(folder).as_posix() for item in found] == ["a/ü 日本.xml", "images/c.png"]
    assert found[0].read_bytes() == b"<a/>"
    assert told == [(1, 2), (2, 2)]


@pytest.mark.parametrize(
    "name", ["../a.xml", "a/../../b.xml", "/etc/a.xml", "C:\\a.xml", "c:a.xml", "..\\a.xml"]
)
def test_a_member_that_leaves_the_folder_refuses_the_archive(tmp_path: Path, name: str) -> None:
    message = _refused(_zip(tmp_path, ("good.xml", b"<a/>"), (name, b"<a/>")), tmp_path)
    assert "outside its folder" in message


@given(st.text(max_size=40))
def test_a_safe_member_stays_below_any_folder(name: str) -> None:
    path = safe_member(name)
    if path is not None:
        assert Path("/root/folder").joinpath(path).resolve().is_relative_to("/root/folder")


def test_a_link_refuses_the_archive(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link.xml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "is a link" in _refused(_zip(tmp_path, (link, b"/etc/passwd")), tmp_path)


def test_names_that_differ_in_case_alone_refuse_the_archive(tmp_path: Path) -> None:
    assert "there twice" in _refused(_zip(tmp_path, ("a.xml", b""), ("A.xml", b"")), tmp_path)


def test_a_protected_archive_is_told(tmp_path: Path) -> None:
    path = _zip(tmp_path, ("a.xml", b"<a/>"))
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(signature) + offset
        struct.pack_into("<H", data, place, 0x1)
    path.write_bytes(bytes(data))
    assert "password" in _refused(path, tmp_path)


def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "RATIO_FREE_BYTES", 1 << 20)
    message = _refused(_zip(tmp_path, ("a.png", bytes(4 << 20))), tmp_path)
    assert "which no photos do" in message


def test_too_many_members_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_MEMBERS", 2)
    members = [(f"{n}.xml", b"") for n in range(3)]
    assert "3 members" in _refused(_zip(tmp_path, *members), tmp_path)


@pytest.mark.parametrize("keep", [0, 10, 60, -10])
def test_a_cut_off_archive_is_told(tmp_path: Path, keep: int) -> None:
    path = _zip(tmp_path, ("a.xml", b"<a/>" * 50))
    path.write_bytes(path.read_bytes()[:keep])
    assert "damaged or cut off" in _refused(path, tmp_path)


def test_a_member_with_wrong_bytes_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as writing:
        writing.writestr("a.xml", b"<annotation/>")
    path.write_bytes(path.read_bytes().replace(b"<annotation/>", b"<annotatiom/>"))
    folder = tmp_path / "out"
    folder.mkdir()
    with pytest.raises(SegStudioError, match="damaged"):
        unpack(path, folder, _everything)
