"""What was accepted before, read from records that may be damaged."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from segstudio.desktop.reviewing.taken_book import FOLDER, TakenBook


@pytest.mark.parametrize("key", ["\x00.png", "../a.png", "x" * 5000, ""], ids=range(4))
def test_a_record_that_names_no_photo_is_forgotten(tmp_path: Path, key: str) -> None:
    place = tmp_path / FOLDER / "0.json"
    place.parent.mkdir(parents=True)
    place.write_text(json.dumps({"key": key, "stamp": [1, 2, 3], "came_in": False}), encoding="utf-8")
    book = TakenBook(tmp_path)
    book.load()
    assert book.taken(key) is None
    assert not place.exists()
