from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segstudio.errors import SegStudioError
from segstudio.project.change import aside_name, mask_name, state_name
from segstudio.project.listing import badly_named, photo_files
from segstudio.project.photos import PhotoState, clean_key, clean_path


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("a.jpg", "a.jpg"),
        ("./a//b/./c.jpg", "a/b/c.jpg"),
        ("a\\b.jpg", "a/b.jpg"),
        (unicodedata.normalize("NFD", "ü/日本.jpg"), "ü/日本.jpg"),
        (" a b .jpg", " a b .jpg"),
        ("..a/b...jpg", "..a/b...jpg"),
    ],
)
def test_a_key_has_one_spelling(name: str, key: str) -> None:
    assert clean_key(name) == key


@pytest.mark.parametrize(
    "name",
    [
        "x" * 243,
        "日" * 81,
        "a/" * 500 + "b",
        "x" * 256 + "/a",
        "",
        ".",
        "/etc/passwd",
        "../a.jpg",
        "a/../b.jpg",
        "C:\\a.jpg",
        "\\\\server\\a.jpg",
        "a\nb.jpg",
        "a\0",
    ],
)
def test_what_cannot_name_a_photo_is_refused(name: str) -> None:
    with pytest.raises(SegStudioError, match="cannot name a photo"):
        clean_key(name)


@pytest.mark.parametrize("key", ["x" * 242, "日" * 80, f"{'x' * 255}/a.jpg"])
def test_a_key_leaves_room_for_the_files_beside_the_mask(key: str, tmp_path: Path) -> None:
    assert clean_key(key) == key
    for name in (f"masks/{key}.lock.by.part", aside_name(state_name(key)), aside_name(mask_name(key))):
        path = tmp_path / clean_path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


def test_a_file_of_a_project_may_be_called_longer_but_lies_in_it() -> None:
    assert clean_path("masks/" + "x" * 255) == "masks/" + "x" * 255
    for name in ("masks/" + "x" * 256, "../a.json", "/a.json", "history/../../a"):
        with pytest.raises(SegStudioError, match="cannot name a file of a project"):
            clean_path(name)


@given(st.text(max_size=30))
def test_a_clean_key_stays_below_its_folder_and_is_not_cleaned_further(name: str) -> None:
    try:
        key = clean_key(name)
    except SegStudioError:
        return
    assert clean_key(key) == key
    assert (Path("/project") / key).resolve().is_relative_to("/project")


def test_a_state_comes_back_and_unknown_fields_are_passed_over() -> None:
    state = PhotoState(split="val", status="done", size=(3, 4), who="ü", when="2026-01-01T00:00:00+00:00")
    assert PhotoState.from_json(state.model_dump_json(), where="x") == state
    assert PhotoState.from_json('{"later": 1, "status": "checked"}', where="x").status == "checked"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "cut off or damaged"),
        ("[]", "cut off or damaged"),
        ('{"split": "test"}', '(split is "test" but should be "train" or "val"). Restore'),
        ('{"who": 5}', "(who is 5 but should be a text). Restore"),
        ('{"size": [0, 4]}', "(size.0 is 0 but should be above 0). Restore"),
        ('{"size": [4]}', "(size.1 is missing). Restore"),
        ('{"size": [100000, 100000]}', "impossible size"),
    ],
)
def test_a_damaged_state_is_told_by_file_and_field(text: str, told: str) -> None:
    with pytest.raises(SegStudioError) as caught:
        PhotoState.from_json(text, where="masks/a.json")
    assert str(caught.value).startswith("masks/a.json: ")
    assert told in str(caught.value)


def test_a_file_whose_name_can_be_no_key_hides_no_other_photo(tmp_path: Path) -> None:
    for name in ("a.png", "tab\tname.png", "no\nphoto.txt"):
        try:
            (tmp_path / name).touch()
        except OSError:
            pytest.skip("the file system takes no such name")
    assert list(photo_files(tmp_path)) == ["a.png"]
    assert [name for name, _ in badly_named(tmp_path)] == ["tab\\tname.png"]
