"""Names found → keys in the project."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from hypothesis import given
from hypothesis import strategies as st

from segstudio.formats.photo_keys import keys_of
from segstudio.formats.places import PhotoFile
from segstudio.project.photos import clean_key


def _photos(*names: str) -> list[PhotoFile]:
    return [
        PhotoFile(Path("/given", *PurePosixPath(name).parts), PurePosixPath(name), f"given/{name}")
        for name in names
    ]


def _keys(*names: str) -> list[str]:
    return list(keys_of(_photos(*names), "").values())


def test_a_name_that_no_file_could_have_is_changed() -> None:
    assert _keys("new\nline.jpg", "a.jpg") == ["new_line.jpg", "a.jpg"]
    assert _keys("new\nline.jpg", "new_line.jpg", "new\tline.jpg")[2].endswith(".jpg")


def test_a_name_that_windows_refuses_is_changed_and_stays_a_name_of_its_own() -> None:
    assert _keys("trip./CON.jpg", "12:30.jpg", "12_30.jpg", "A.jpg", "a.jpg") == [
        "trip_/CON_.jpg",
        "12_30.jpg",
        "12_30-2.jpg",
        "A.jpg",
        "a-2.jpg",
    ]


def test_a_folder_that_says_photos_stays_in_the_name_where_that_tells_two_apart() -> None:
    assert sorted(_keys("images/t.jpg", "images/JPEGImages/t.jpg")) == ["JPEGImages/t.jpg", "t.jpg"]


def test_long_names_are_shortened_and_stay_different() -> None:
    first, second = _keys("ä" * 120 + "1.jpg", "ä" * 120 + "2.jpg")
    assert first != second
    for key in (first, second):
        assert key.startswith("ääää")
        assert key.endswith(".jpg")
        assert len(key.encode()) <= 180


def test_a_name_of_a_usual_length_stays_as_it_is() -> None:
    assert _keys("x" * 176 + ".jpg") == ["x" * 176 + ".jpg"]


@given(
    st.lists(
        st.text(st.characters(exclude_characters="/\\", exclude_categories=["Cs"]), min_size=1, max_size=300),
        min_size=1,
        max_size=6,
        unique=True,
    )
)
def test_any_names_become_different_keys(stems: list[str]) -> None:
    names = [f"x{stem}.jpg" for stem in stems]
    keys = _keys(*names)
    assert len({key.casefold() for key in keys}) == len({str(photo.path) for photo in _photos(*names)})
    for key in keys:
        assert clean_key(key) == key
        assert all(len(part.encode()) <= 190 for part in key.split("/"))
