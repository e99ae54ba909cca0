"""A file is told by what it holds; one that cannot be read is a sentence, one that is not there is nothing."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from segstudio.errors import SegStudioError
from segstudio.project.digests import digest_if_there, file_digest


def test_a_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(b"x" * 3_000_000)
    told = hashlib.sha256(path.read_bytes()).hexdigest()
    assert file_digest(path) == digest_if_there(path) == told


def test_what_is_not_there_has_none_and_a_folder_is_told(tmp_path: Path) -> None:
    assert digest_if_there(tmp_path / "no.bin") == ""
    with pytest.raises(SegStudioError, match="cannot be read"):
        file_digest(tmp_path / "no.bin")
    with pytest.raises(SegStudioError, match="cannot be read") as told:
        digest_if_there(tmp_path)
    assert told.value.where == str(tmp_path)
