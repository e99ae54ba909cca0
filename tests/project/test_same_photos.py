"""Photos are known by their files, and none of a project has two of another."""

from __future__ import annotations

from pathlib import Path

import pytest

from segstudio.project.photos import Photo
from segstudio.project.same_photos import matches

_PICTURES = {"one": b"one", "two": b"two", "long": b"longer"}


def _photos(folder: Path, **pictures: str) -> list[Photo]:
    """Return photos by key: `a="one"` holds that picture, `a="one!"` is painted, too, and the file of `a=""` is away."""
    folder.mkdir()
    made = []
    for key, picture in pictures.items():
        path = folder / key
        if picture:
            path.write_bytes(_PICTURES[picture.rstrip("!")])
        made.append(Photo(key, path, (1, 1), has_mask=picture.endswith("!")))
    return made


@pytest.mark.parametrize(
    ("mine", "theirs", "matched", "copies"),
    [
        ({"a": "one"}, {"a": "one"}, {"a": "a"}, {}),
        ({"a": "one"}, {"z": "one"}, {"z": "a"}, {}),
        ({"a": "one"}, {"a": "two", "b": "long"}, {}, {}),
        ({"a": "one"}, {"x": "one", "y": "one"}, {"x": "a"}, {"y": "a"}),
        ({"a": "one"}, {"x": "one", "y": "one!"}, {"y": "a"}, {"x": "a"}),
        ({"a": "one"}, {"x": "one!", "a": "one"}, {"a": "a"}, {"x": "a"}),
        ({"a": "one", "b": "one"}, {"x": "one", "y": "one"}, {"x": "a", "y": "b"}, {}),
        ({"a": "one", "b": "one"}, {"b": "one", "x": "one"}, {"b": "b", "x": "a"}, {}),
        ({"a": "one", "b": "one"}, {"x": "one"}, {"x": "a"}, {}),
        ({"a": "one", "b": "two"}, {"a": "two", "b": "one"}, {"a": "b", "b": "a"}, {}),
        ({"a": "one", "b": "two"}, {"a": "", "b": ""}, {"a": "a"}, {}),
        ({"a": "one"}, {"a": "", "x": "one"}, {"a": "a"}, {"x": "a"}),
    ],
)
def test_each_photo_has_one_of_the_same_file_or_is_a_copy_of_it(
    tmp_path: Path,
    mine: dict[str, str],
    theirs: dict[str, str],
    matched: dict[str, str],
    copies: dict[str, str],
) -> None:
    """`a` is known by its name, too, as one that left in a pack."""
    found = list(matches(_photos(tmp_path / "mine", **mine), _photos(tmp_path / "theirs", **theirs), {"a"}))
    assert sorted(match.theirs.key for match in found) == sorted(theirs)
    assert {match.theirs.key: match.mine.key for match in found if match.mine is not None} == matched
    assert {match.theirs.key: match.copy_of.key for match in found if match.copy_of is not None} == copies
