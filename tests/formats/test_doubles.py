"""Photos of equal content are found, and no more is read for it than is needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from segstudio.errors import WorkStopped
from segstudio.formats.doubles import Digests, doubles_of
from segstudio.formats.options import never
from segstudio.project.photos import Photo

LONG = 100_000
FILES = {
    "a": b"a" * LONG,
    "again": b"a" * LONG,
    "late": b"a" * (LONG - 1) + b"b",
    "early": b"b" + b"a" * (LONG - 1),
    "short": b"a",
    "empty": b"",
    "empty too": b"",
}


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    return {name: tmp_path / name for name in FILES}


def test_only_what_begins_alike_is_read_whole(files: dict[str, Path]) -> None:
    digests: Digests = {}
    gone = files["a"].with_name("gone")
    assert doubles_of([*files.values(), gone], (), digests, never) == {files["again"]: files["a"]}
    whole = {path.name for path, _, part in digests if part < 0}
    begun = {path.name for path, _, part in digests if part > 0}
    assert whole == {"a", "again", "late"}
    assert begun == {"a", "again", "late", "early"}, "those of equal length"


def test_a_photo_of_the_project_comes_before_what_is_given(files: dict[str, Path]) -> None:
    inside = Photo("x/again", files["again"], (1, 1), False)
    given = [files["late"], files["a"], files["early"]]
    assert doubles_of(given, (inside,), {}, never) == {files["a"]: inside}
    assert doubles_of(given, (), {}, never) == {}


def test_what_was_read_is_not_read_again_and_looking_can_be_stopped(files: dict[str, Path]) -> None:
    digests: Digests = {}
    given = [files["a"], files["again"]]
    with pytest.raises(WorkStopped):
        doubles_of(given, (), digests, lambda: True)
    found = doubles_of(given, (), digests, never)
    assert doubles_of(given, (), digests, lambda: True) == found == {files["again"]: files["a"]}
