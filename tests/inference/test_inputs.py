from pathlib import Path

import pytest

from segstudio.errors import SegStudioError
from segstudio.inference.inputs import find_inputs, refuse_overwriting


def _touch(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()


def _names(*sources: Path) -> list[str]:
    return [photo.name for photo in find_inputs(sources)]


def _stems(*sources: Path) -> list[str]:
    return [photo.stem for photo in find_inputs(sources)]


def test_a_folder_gives_its_photos_in_any_depth(tmp_path: Path) -> None:
    _touch(tmp_path, "b.JPG", "a.jpg", "ü/日本 1.png", "notes.txt", ".hidden/c.jpg", "._a.jpg")
    assert _names(tmp_path) == ["a.jpg", "b.JPG", "ü/日本 1.png"]
    assert _stems(tmp_path) == ["a", "b", "ü/日本 1"]


def test_several_folders_stay_apart(tmp_path: Path) -> None:
    _touch(tmp_path, "one/a.jpg", "two/a.jpg")
    assert _names(tmp_path / "one", tmp_path / "two") == ["one/a.jpg", "two/a.jpg"]


def test_photos_that_differ_in_their_ending_alone_keep_it(tmp_path: Path) -> None:
    _touch(tmp_path, "a.jpg", "a.png", "b.jpg")
    assert _stems(tmp_path) == ["a.jpg", "a.png", "b"]


def test_letter_case_alone_does_not_tell_files_apart(tmp_path: Path) -> None:
    _touch(tmp_path, "x/a.jpg", "x/A.png")
    assert _stems(tmp_path) == ["x/A.png", "x/a.jpg"]


def test_the_awkward_three_have_three_stems(tmp_path: Path) -> None:
    _touch(tmp_path, "a.jpg", "a.png", "a.jpg.png")
    assert len(set(_stems(tmp_path))) == 3


def test_files_of_one_name_are_numbered_and_a_photo_counts_once(tmp_path: Path) -> None:
    _touch(tmp_path, "one/a.jpg", "two/a.jpg")
    first, second = tmp_path / "one/a.jpg", tmp_path / "two/a.jpg"
    assert _names(first, second, first) == ["a.jpg", "a-2.jpg"]


def test_earlier_results_are_no_photos(tmp_path: Path) -> None:
    _touch(tmp_path, "a.jpg", "a.mask.png", "a.overlay.jpg", "a.panels.png", "a.confidence.png")
    assert _names(tmp_path) == ["a.jpg"]


def test_nothing_to_segment_is_told(tmp_path: Path) -> None:
    with pytest.raises(SegStudioError, match="there is no photo"):
        find_inputs([tmp_path])
    with pytest.raises(SegStudioError, match=r"gone\.jpg: there is no such photo or folder"):
        find_inputs([tmp_path / "gone.jpg"])


def test_a_result_never_takes_the_place_of_a_photo(tmp_path: Path) -> None:
    _touch(tmp_path, "a.jpg", "a.mask.png")
    photos = find_inputs([tmp_path / "a.jpg", tmp_path / "a.mask.png"])
    refuse_overwriting(photos, tmp_path / "elsewhere", (".mask.png",))
    with pytest.raises(SegStudioError, match="would replace this photo"):
        refuse_overwriting(photos, tmp_path, (".mask.png",))
