"""What is kept of videos that wait."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from segstudio.desktop.reviewing.videos import Video, VideoBook
from segstudio.errors import SegStudioError


def test_what_was_put_is_read_back_while_its_file_is_there(tmp_path: Path) -> None:
    book, film = VideoBook(tmp_path / "project"), tmp_path / "film.avi"
    video = Video(film, every=3, scale=0.5, start=6)
    book.put(video)
    assert book.read() == ()
    film.touch()
    assert book.read() == (video,)
    book.remove(film)
    assert book.read() == ()


@pytest.mark.parametrize("told", ["x" * 5000, "\x00", "../" * 3000, "", "a\nb"], ids=range(5))
def test_a_record_that_names_no_file_is_passed_over(tmp_path: Path, told: str) -> None:
    book = VideoBook(tmp_path)
    (tmp_path / "film.avi").touch()
    book.put(Video(tmp_path / "film.avi"))
    (book.folder / "0.json").write_text(json.dumps({"video": told, "every": 1, "scale": 1}), encoding="utf-8")
    assert [video.path.name for video in book.read()] == ["film.avi"]


def test_nothing_is_read_written_or_removed_behind_a_link(tmp_path: Path) -> None:
    book, film = VideoBook(tmp_path / "project"), tmp_path / "film.avi"
    film.touch()
    book.put(Video(film))
    (record,) = book.folder.iterdir()
    own = book.folder.rename(tmp_path / "own") / record.name
    try:
        book.folder.symlink_to(own.parent, target_is_directory=True)
    except OSError:
        pytest.skip("no links here")
    before = own.read_bytes()
    assert book.read() == ()
    with pytest.raises(SegStudioError, match="link"):
        book.put(Video(film, every=7))
    book.remove(film)
    assert own.read_bytes() == before
